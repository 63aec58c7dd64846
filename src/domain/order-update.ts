/** Changes an existing order into an edited invoice's: which rows change, and how. */
import { createHash } from 'node:crypto';
import type { Warning } from '../contract/results.ts';
import { orderStatus } from '../contract/shop.ts';
import type { Order, OrderDraft, OrderRow, OrderRowDraft, OrderRowEdit, OrderUpdate } from './books.ts';
import { withoutUndefined } from './defined.ts';
import { Decimal } from './money.ts';
import { bySequence, fieldsAsked, fieldsShown, type SaidFields } from './order-said.ts';
import { isRealDate } from './service-date.ts';

export type OrderUpdateDecision =
  | { kind: 'update'; update: OrderUpdate }
  /** The bookkeeper has processed the order. We do not change it any more. */
  | { kind: 'closed'; message: string };

/** Fields that were sent to an order, and that a later save may not be able to clear. */
export interface SentHead {
  /** A hash, because the text is personal data. */
  sentComment?: string;
  sentPaymentTime?: number;
}

export const commentHash = (comment: string): string =>
  createHash('sha256').update(comment.trim()).digest('hex');

export function sentHead({ invoiceTitle, paymentTime }: Omit<OrderDraft, 'rows'>): SentHead {
  return withoutUndefined({
    sentComment: invoiceTitle ? commentHash(invoiceTitle) : undefined,
    sentPaymentTime: paymentTime,
  });
}

/**
 * Decide how the existing order becomes the drafted one.
 *
 * Depends on the order alone: decided again after a save without an answer, it holds only what is still missing,
 * so a row is never added twice. The bookkeeper's status stays, and so does what `before` does not show to be
 * ours: a comment, a buyer's reference, a row's department or project.
 *
 * @param before what was sent until now
 */
export function decideOrderUpdate(
  order: Order,
  draft: OrderDraft,
  before: Pick<SentHead, 'sentComment'> & { sentFields?: SaidFields } = {},
): OrderUpdateDecision {
  const { sentComment, sentFields = {} } = before;
  const status = orderStatus.safeParse(order.orderStatus);
  if (!status.success || order.invoiceId !== undefined || isRealDate(order.dateInvoiced)) {
    const message = `order ${order.orderId} is ${order.orderStatus} in 24SevenOffice and is not changed any more; credit it there or undo the edit in Sharefox`;
    return { kind: 'closed', message };
  }
  const { rows, ...header } = draft;
  const isOurs = order.invoiceTitle !== undefined && commentHash(order.invoiceTitle) === sentComment;
  const isOurReference =
    order.yourReference !== undefined && kept(sentFields, draft, order).includes('buyer reference');
  const standing = bySequence(order.rows.filter((row) => row.type === 'Normal'));
  return {
    kind: 'update',
    update: {
      ...(isOurs && { invoiceTitle: '' }),
      ...(isOurReference && { yourReference: '' }),
      ...header,
      orderId: order.orderId,
      orderStatus: status.data,
      rows: rowEdits(standing, rows, {
        sameBasis: header.includeVat === order.includeVat,
        mustLose: (row, drafted) =>
          DIMENSIONS.some(
            ([dimension, field]) =>
              drafted[dimension] === undefined &&
              row[dimension] !== undefined &&
              row[dimension] !== order[dimension] &&
              sentFields[field] !== undefined,
          ),
      }),
    },
  };
}

const DIMENSIONS = [
  ['departmentId', 'row departments'],
  ['projectId', 'row projects'],
] as const;

/** What an order keeps where the invoice no longer says it: the service has no way to clear most of it. */
const KEPT = ['buyer reference', 'delivery date', 'department', 'project'] as const;

/** Of those, what the order shows as it was sent. The zone makes no difference to noon of a day of ours. */
function kept(sent: SaidFields, draft: OrderDraft, order: Order, timeZone = 'UTC'): (typeof KEPT)[number][] {
  const asked = fieldsAsked(draft);
  const shown = fieldsShown(order, timeZone);
  return KEPT.filter(
    (name) => sent[name] !== undefined && asked[name] === undefined && shown[name] === sent[name],
  );
}

/**
 * Warnings of what the invoice no longer has but the order still shows. The service may ignore an empty text, it
 * has no way to say "the customer's own terms again", and we do not clear a bookkeeper's comment.
 */
export function keptWarnings(
  sent: SentHead & { sentFields?: SaidFields },
  draft: OrderDraft,
  order: Order,
  timeZone: string,
): Warning[] {
  const warnings: Warning[] = [];
  const warn = (code: string, path: string, message: string) => warnings.push({ code, path, message });
  const look = 'check it in 24SevenOffice before publishing';
  if (sent.sentComment !== undefined && !draft.invoiceTitle && order.invoiceTitle) {
    warn(
      'order.comment_kept',
      'invoice.comment',
      `the invoice has no comment any more, the order still shows one; ${look}`,
    );
  }
  if (
    sent.sentPaymentTime !== undefined &&
    draft.paymentTime === undefined &&
    order.paymentTime !== undefined
  ) {
    const message = `the invoice has no due date any more, the order keeps its ${order.paymentTime} days; ${look}`;
    warn('order.due_date_kept', 'invoice.dueDate', message);
  }
  const others = kept(sent.sentFields ?? {}, draft, order, timeZone);
  if (others.length > 0) {
    const message = `the invoice has no ${others.join(', ')} any more, the order still shows it; ${look}`;
    warn('order.field_kept', 'invoice', message);
  }
  return warnings;
}

/**
 * Compares row by row, by position. Surplus rows of the order are deleted, and so is one that must lose what a save
 * cannot clear: it is made anew.
 */
function rowEdits(
  standing: OrderRow[],
  drafted: OrderRowDraft[],
  {
    sameBasis,
    mustLose,
  }: { sameBasis: boolean; mustLose: (before: OrderRow, row: OrderRowDraft) => boolean },
): OrderRowEdit[] {
  const edits = drafted.flatMap((row, index): OrderRowEdit[] => {
    const before = standing[index];
    if (before?.rowId === undefined) return [{ change: 'Add', row }];
    if (mustLose(before, row)) {
      return [
        { change: 'Delete', rowId: before.rowId },
        { change: 'Add', row },
      ];
    }
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
    DIMENSIONS.every(
      ([dimension]) => drafted[dimension] === undefined || row[dimension] === drafted[dimension],
    ) &&
    row.sequenceNumber === drafted.sequenceNumber
  );
}
