/** Requests that reached the sandbox, by the adapter's operations. */
import type { RequestLogEntry } from '../../../src/sandbox/request-log.ts';

export interface SeenRequest {
  /** `GetCompanies.CompanyEmail`, `SaveInvoices.create`. */
  name: string;
  /** Number of ids searched for, or entities sent. */
  members: number;
  body: string;
  operation: string;
  sessionId: string | null;
}

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

/** Needs the sandbox's `keepBodies`. */
export function seen(entry: RequestLogEntry): SeenRequest {
  const { operation, sessionId, body = '' } = entry;
  const search = /<(?:\w+:)?searchParams[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1];
  const common = { body, operation, sessionId };
  if (search !== undefined) {
    const [params = ''] = body.split('</searchParams>');
    return {
      ...common,
      name: `${operation}.${search}`,
      members: Math.max(1, count(params, /<(?:\w+:)?int>/g)),
    };
  }
  if (operation === 'SaveCompanies' || operation === 'SaveInvoices') {
    const members = count(body, /<(?:\w+:)?(?:Company|InvoiceOrder)>/g);
    const isUpdate = /<(?:\w+:)?(?:Company|InvoiceOrder)>\s*<(?:\w+:)?(?:Id|OrderId)>/.test(body);
    return { ...common, name: `${operation}.${isUpdate ? 'update' : 'create'}`, members };
  }
  return { ...common, name: operation, members: 1 };
}

export interface OperationCount {
  name: string;
  requests: number;
  members: number;
}

/** In the order of their first appearance. */
export function countByName(requests: SeenRequest[]): OperationCount[] {
  const counts = new Map<string, OperationCount>();
  for (const { name, members } of requests) {
    const known = counts.get(name) ?? { name, requests: 0, members: 0 };
    counts.set(name, { name, requests: known.requests + 1, members: known.members + members });
  }
  return [...counts.values()];
}
