/** An order that stands, brought to an edited invoice: which rows change, and how. */
import { orderStatus } from '../contract/shop.ts';
import type { Order, OrderDraft, OrderRow, OrderRowDraft, OrderRowEdit, OrderUpdate } from './books.ts';
import { Decimal } from './money.ts';

export type OrderUpdateDecision =
  | { kind: 'update'; update: OrderUpdate }
  /** The bookkeeper has taken it further: nothing is changed any more. */
  | { kind: 'closed'; message: string };

/**
 * Decide how the order that stands becomes the drafted one.
 *
 * Pure in what stands: asked again after a save without an answer, it names only what is still missing, so
 * a row is never added twice. The status stays the bookkeeper's.
 */
export function decideOrderUpdate(order: Order, draft: OrderDraft): OrderUpdateDecision {
  const status = orderStatus.safeParse(order.orderStatus);
  if (!status.success || order.invoiceId !== undefined || order.dateInvoiced !== undefined) {
    const message = `order ${order.orderId} is ${order.orderStatus} in 24SevenOffice and is not changed any more; credit it there or undo the edit in Sharefox`;
    return { kind: 'closed', message };
  }
  const { rows, ...header } = draft;
  const standing = order.rows.filter((row) => row.type === 'Normal');
  return {
    kind: 'update',
    update: {
      ...header,
      orderId: order.orderId,
      orderStatus: status.data,
      rows: rowEdits(standing, rows, header.includeVat === order.includeVat),
    },
  };
}

/** Row by row in their order; what stands beyond the invoice's rows goes. */
function rowEdits(standing: OrderRow[], drafted: OrderRowDraft[], sameBasis: boolean): OrderRowEdit[] {
  const edits = drafted.flatMap((row, index): OrderRowEdit[] => {
    const before = standing[index];
    if (before?.rowId === undefined) return [{ change: 'Add', row }];
    return sameBasis && isAlike(before, row) ? [] : [{ change: 'Edit', rowId: before.rowId, row }];
  });
  const surplus = standing.slice(drafted.length).flatMap(({ rowId }): OrderRowEdit[] => {
    return rowId === undefined ? [] : [{ change: 'Delete', rowId }];
  });
  return [...edits, ...surplus];
}

const isNumber = (text: string | undefined, wanted: string): boolean =>
  text !== undefined && new Decimal(text).equals(wanted);

function isAlike(row: OrderRow, drafted: OrderRowDraft): boolean {
  return (
    row.productId === drafted.productId &&
    row.name === drafted.name &&
    isNumber(row.price, drafted.price) &&
    isNumber(row.quantity, drafted.quantity) &&
    isNumber(row.discountRate ?? '0', drafted.discountRate) &&
    row.taxCode === drafted.taxCode &&
    row.sequenceNumber === drafted.sequenceNumber
  );
}
