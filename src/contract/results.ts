/** What a job answers: its return value, and the body of its event. */
import { z } from 'zod';
import { decimal, localDate } from './jobs.ts';

export const warning = z.strictObject({
  code: z.string(),
  path: z.string().optional(),
  message: z.string(),
});
export type Warning = z.infer<typeof warning>;

export const transferResult = z.strictObject({
  outcome: z.enum(['created', 'adopted', 'already_transferred', 'updated']),
  orderId: z.int(),
  customerId: z.int(),
  productId: z.int(),
  reference: z.string(),
  customer: z.enum(['created', 'updated', 'unchanged']),
  product: z.enum(['found', 'created']),
  category: z.enum(['found', 'created', 'not_needed']),
  totals: z.strictObject({ expected: decimal, posted: decimal }),
  warnings: z.array(warning),
});
export type TransferResult = z.infer<typeof transferResult>;

export const statusResult = z.strictObject({
  status: z.enum(['paid', 'not_paid']),
  detail: z.enum(['order_not_invoiced', 'invoiced', 'paid', 'order_missing', 'merged']),
  orderId: z.int(),
  invoiceNumber: z.int().optional(),
  invoicedOn: localDate.optional(),
  paidOn: localDate.optional(),
  checkedAt: z.iso.datetime(),
});
export type StatusResult = z.infer<typeof statusResult>;

/** States of a transfer record. The last three are ends. */
export const transferState = z.enum([
  'accepted',
  'preparing',
  'sending',
  'ordered',
  'transferred',
  'rejected',
  'unresolved',
]);
export type TransferState = z.infer<typeof transferState>;

export const eventType = z.enum([
  'transfer.completed',
  'transfer.rejected',
  'transfer.unresolved',
  'payment.checked',
  'order.invoiced',
  'order.paid',
  'order.payment_reversed',
  'order.changed',
  'order.merged',
  'order.gone',
]);
export type EventType = z.infer<typeof eventType>;

/** One way in which an order is not as it was verified. Values only where they are no texts. */
export const orderDifference = z.strictObject({
  what: z.enum(['total', 'vat', 'rows', 'reference', 'customer', 'currency']),
  expected: z.string().optional(),
  found: z.string().optional(),
});
export type OrderDifference = z.infer<typeof orderDifference>;

const orderId = z.int();
const invoiceNumber = z.int();

/** Bodies of the events that tell what became of an order after its transfer. */
export const orderEventBodies = {
  'order.invoiced': z.strictObject({
    orderId,
    invoiceNumber,
    invoicedOn: localDate,
    dueOn: localDate.optional(),
    /** The payment reference (KID), where 24SevenOffice gives it. */
    ocr: z.string().optional(),
  }),
  'order.paid': z.strictObject({ orderId, invoiceNumber: invoiceNumber.optional(), paidOn: localDate }),
  'order.payment_reversed': z.strictObject({ orderId, invoiceNumber: invoiceNumber.optional() }),
  /** No differences: the order is as it was verified again. */
  'order.changed': z.strictObject({ orderId, differences: z.array(orderDifference) }),
  'order.merged': z.strictObject({ orderId }),
  'order.gone': z.strictObject({ orderId }),
} as const;
export type OrderEventType = keyof typeof orderEventBodies;
export type OrderEvent = {
  [T in OrderEventType]: { type: T; body: z.infer<(typeof orderEventBodies)[T]> };
}[OrderEventType];

/** Body of `transfer.rejected` and `transfer.unresolved`. */
export const failure = z.strictObject({ code: z.string(), message: z.string() });
export type Failure = z.infer<typeof failure>;
