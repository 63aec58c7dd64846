import type { StatusResult } from '../contract/results.ts';
import type { Order } from './books.ts';
import { withoutUndefined } from './defined.ts';
import { localDateOf } from './service-date.ts';

/**
 * Decide what the "Check status" button shows.
 *
 * Only an order with a date of payment is paid. An order's status says nothing about money.
 *
 * @param order as read just now; undefined if it is no longer in 24SevenOffice
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
  // The order was merged into a collecting order, which has the invoice. We cannot tell which one that is.
  if (order.orderStatus === 'InvoicedPack') {
    return { status: 'not_paid', detail: 'merged', orderId, ...invoiced, checkedAt };
  }
  if (order.invoiceId !== undefined) {
    return { status: 'not_paid', detail: 'invoiced', orderId, ...invoiced, checkedAt };
  }
  return { status: 'not_paid', detail: 'order_not_invoiced', orderId, checkedAt };
}
