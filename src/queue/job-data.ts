/** What a job's data is about, as any producer may have written it. */
import type { Job } from 'bullmq';
import { type ErrorCode, isErrorCode } from '../contract/errors.ts';
import { invoiceId, shopId } from '../contract/jobs.ts';
import type { RecordKey } from '../transfer/ports/records.ts';

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** Undefined where it is not JSON. */
export function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Empty where the payload names none. */
export function shopOf(job: Job<unknown> | undefined): string {
  const shop = shopId.safeParse(fieldsOf(job?.data).shopId);
  return shop.success ? shop.data : '';
}

/** The invoice of a transfer or a status check. */
export function invoiceOf(data: unknown): RecordKey | undefined {
  const { shopId: shop, invoice, invoiceId: checked } = fieldsOf(data);
  const key = { shop: shopId.safeParse(shop), invoice: invoiceId.safeParse(fieldsOf(invoice).id ?? checked) };
  return key.shop.success && key.invoice.success
    ? { shopId: key.shop.data, invoiceId: key.invoice.data }
    : undefined;
}

/** @param progress a job's, as it lies in Redis */
export function waitsForOf(progress: string | null | undefined): ErrorCode | undefined {
  const { waitsFor } = fieldsOf(readable(progress ?? 'null'));
  return typeof waitsFor === 'string' && isErrorCode(waitsFor) ? waitsFor : undefined;
}
