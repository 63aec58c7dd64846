/**
 * Marks: how we recognise our orders and customers in 24SevenOffice, which has no idempotency key.
 *
 * A mark depends on the ids alone, so that we make the same marks even after Redis was emptied.
 */
import { createHash } from 'node:crypto';
import type { Order } from './books.ts';

/** `reference` (at most 50 characters) is for the bookkeeper to see, `externalStatus` for the service to search. */
export interface Mark {
  reference: string;
  externalStatus: number;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const CUSTOMER_MARK = /^SFC-[a-z2-7]{16}$/;
const ORDER_MARK = /^SF-[A-Za-z0-9_-]{1,30}-[a-z2-7]{8}$/;

/** JSON keeps the parts apart: ["a","bc"] and ["ab","c"] differ. */
const digest = (...parts: string[]): Buffer => createHash('sha256').update(JSON.stringify(parts)).digest();

/** The first `letters` × 5 bits; `letters` is a multiple of 8. */
function base32(bytes: Buffer, letters: number): string {
  const bits = BigInt(`0x${bytes.subarray(0, (letters * 5) / 8).toString('hex')}`);
  return Array.from(
    { length: letters },
    (_, index) => BASE32[Number((bits >> BigInt(5 * (letters - 1 - index))) & 31n)],
  ).join('');
}

/** The mark of one invoice's order in one company's books. */
export function decideMark(ids: { clientId: string; shopId: string; invoiceId: string }): Mark {
  const bytes = digest('order', ids.clientId, ids.shopId, ids.invoiceId);
  return {
    reference: `SF-${ids.invoiceId}-${base32(bytes, 8)}`,
    // 0 would mean "not set".
    externalStatus: bytes.readUInt32BE(8) & 0x7fffffff || 1,
  };
}

/** ExternalId of a customer we create; `naturalKey` is its strongest key. */
export function decideCustomerMark(clientId: string, naturalKey: string): string {
  return `SFC-${base32(digest('customer', clientId, naturalKey), 16)}`;
}

export const isCustomerMark = (externalId: string): boolean => CUSTOMER_MARK.test(externalId);

/** Whether a reference looks like one of our order marks, of any invoice. */
export function isTransferMark(reference: string): boolean {
  return ORDER_MARK.test(reference.trim());
}

export type Hit = 'ours' | 'another_invoice' | 'disputed' | 'not_a_hit';

/**
 * How an order that a look found relates to this invoice.
 *
 * `disputed`: the searchable half is ours, but a person changed the visible half, so a person must decide.
 * An Inactive order was cancelled by a bookkeeper: it is never adopted.
 */
export function judgeHit(order: Order, mark: Mark): Hit {
  const reference = order.referenceNumber.trim();
  if (order.orderStatus === 'Inactive') return 'not_a_hit';
  if (reference === mark.reference) return 'ours';
  if (order.externalStatus !== undefined && order.externalStatus !== mark.externalStatus) return 'not_a_hit';
  if (isTransferMark(reference)) return 'another_invoice';
  return order.externalStatus === mark.externalStatus ? 'disputed' : 'not_a_hit';
}
