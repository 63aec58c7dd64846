/** The time that the service and the way to it take: recorded requests are sent again, bare, one at a time. */
import http from 'node:http';
import { performance } from 'node:perf_hooks';
import { serviceNamespace } from '../../../src/sandbox/schema/read.ts';
import { SERVICE_PATHS, type ServiceName } from '../../../src/twentyfourseven/wire/services.ts';
import type { SeenRequest } from './requests-seen.ts';

const SERVICE_OF: Record<string, ServiceName> = {
  GetCompanies: 'company',
  SaveCompanies: 'company',
  GetInvoices: 'invoice',
  SaveInvoices: 'invoice',
};

/** Milliseconds for each request. No envelope is built, no answer is parsed. */
export async function replay(baseUrl: string, requests: SeenRequest[]): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (const request of requests) {
    const started = performance.now();
    await post(baseUrl, request, agent);
    times.push(performance.now() - started);
  }
  agent.destroy();
  return times;
}

function post(
  baseUrl: string,
  { operation, sessionId, body }: SeenRequest,
  agent: http.Agent,
): Promise<void> {
  const service = SERVICE_OF[operation];
  if (service === undefined) throw new Error(`${operation} is not replayed`);
  const headers = {
    'Content-Type': 'text/xml; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    SOAPAction: `"${serviceNamespace}/${operation}"`,
    Cookie: `ASP.NET_SessionId=${sessionId}`,
  };
  return new Promise((resolve, reject) => {
    const request = http.request(`${baseUrl}${SERVICE_PATHS[service]}`, { method: 'POST', agent, headers });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`replayed: HTTP ${response.statusCode}`)),
      );
    });
    request.end(body);
  });
}
