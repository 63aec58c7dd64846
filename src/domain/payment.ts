import type { LocalDate } from '../contract/jobs.ts';
import type { StatusResult } from '../contract/results.ts';
import type { Order } from './books.ts';
import { withoutUndefined } from './defined.ts';

const HAS_ZONE = /(Z|[+-]\d{2}:?\d{2})$/i;
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;
/** Before this a date is the service's way to say "not set". */
const FIRST_REAL_YEAR = 1900;

/** The shop's calendar date of a time of the service's, which is UTC where it names no zone. */
function localDateOf(time: string | undefined, timeZone: string): LocalDate | undefined {
  if (time === undefined) return undefined;
  const instant = new Date(DATE_ONLY.test(time) || HAS_ZONE.test(time) ? time : `${time}Z`);
  if (Number.isNaN(instant.getTime()) || instant.getUTCFullYear() < FIRST_REAL_YEAR) return undefined;
  if (DATE_ONLY.test(time)) return time as LocalDate;
  // Swedish dates are written as ISO 8601 has them.
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(instant) as LocalDate;
}

/**
 * Decide what the "Check status" button shows.
 *
 * Paid is only what has a date of payment; a status of the order says nothing about money.
 *
 * @param order as read just now; undefined where it is not in 24SevenOffice any more
 * @param checkedAt ISO 8601 instant, UTC
 */
export function decideStatus(
  order: Order | undefined,
  orderId: number,
  timeZone: string,
  checkedAt: string,
): StatusResult {
  if (order === undefined) return { status: 'not_paid', detail: 'order_missing', orderId, checkedAt };
  const invoiced = withoutUndefined({
    invoiceNumber: order.invoiceId,
    invoicedOn: localDateOf(order.dateInvoiced, timeZone),
  });
  const paidOn = localDateOf(order.paid, timeZone);
  if (paidOn !== undefined) {
    return { status: 'paid', detail: 'paid', orderId, ...invoiced, paidOn, checkedAt };
  }
  // Merged into a collecting order: the invoice hangs on that one, which cannot be told from here.
  if (order.orderStatus === 'InvoicedPack') {
    return { status: 'not_paid', detail: 'merged', orderId, ...invoiced, checkedAt };
  }
  if (order.invoiceId !== undefined) {
    return { status: 'not_paid', detail: 'invoiced', orderId, ...invoiced, checkedAt };
  }
  return { status: 'not_paid', detail: 'order_not_invoiced', orderId, checkedAt };
}
