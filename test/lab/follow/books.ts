/**
 * The orders of all companies and the bookkeepers who work on them. Each thing they do is noted with the events
 * that it must be told by, and until when: reckoned here anew, not with the code under test.
 */
import type { Order } from '../../../src/domain/books.ts';

/** From 0 to less than 1, following from a seed. */
export type Random = () => number;
/** A whole number from 0 to less than `limit`. */
export const below = (random: Random, limit: number) => Math.floor(random() * limit);

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Days until an invoice is due. */
const PAYMENT_DAYS = 14;

export interface FollowedOrder {
  shop: number;
  orderId: number;
  acceptedAt: number;
  /** As it was verified. */
  verified: { price: number; customerId: number; reference: string };
  price: number;
  customerId: number;
  reference: string;
  invoiceNumber?: number;
  invoicedAt?: number;
  paid?: string;
  isMerged: boolean;
  isDeleted: boolean;
  /** When it was first seen to be paid, where that was before the run. */
  paidSeenAt?: number;
  /** Nobody works on it before: what was done last must have been told by then. */
  leftAloneUntil: number;
  /** Oldest first. */
  expected: Expected[];
}

export interface Expected {
  type: string;
  /** Must be equal in the event's body. */
  body: Record<string, unknown>;
  /** Names of what differs, for `order.changed`. */
  differences?: string[];
  /** The look that shows it is due; told later than a step after this, it was late. */
  dueAt: number;
}

export const totalOf = (price: number) => (price * 5) / 4;
const stamp = (ms: number) => new Date(ms).toISOString().slice(0, 19);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** As the adapter reads it; undefined: not there. Prices are multiples of four, so that sums are whole. */
export function orderIn(order: FollowedOrder): Order | undefined {
  if (order.isDeleted) return undefined;
  const { orderId, customerId, reference, price, invoiceNumber, invoicedAt, paid } = order;
  return {
    orderId,
    customerId,
    orderStatus: order.isMerged ? 'InvoicedPack' : invoiceNumber === undefined ? 'Web' : 'Invoiced',
    referenceNumber: reference,
    totalIncVat: String(totalOf(price)),
    totalVat: String(price / 4),
    paymentTime: PAYMENT_DAYS,
    ...(invoiceNumber !== undefined && { invoiceId: invoiceNumber }),
    ...(invoicedAt !== undefined && { dateInvoiced: stamp(invoicedAt) }),
    ...(paid !== undefined && { paid: `${paid}T00:00:00` }),
    rows: [
      {
        name: 'Telt',
        type: 'Normal',
        productId: 7,
        price: String(price),
        quantity: '1',
        vatRate: '25',
        sequenceNumber: 1,
      },
    ],
  };
}

/** From the look at `lookedAt` to the next one, by how the order stood then. Hours as the documents give them. */
export function cadenceMs(order: FollowedOrder, lookedAt: number): number {
  if (order.paid !== undefined) return 24 * HOUR_MS;
  if (lookedAt - order.acceptedAt < 2 * DAY_MS) return HOUR_MS;
  if (order.invoicedAt !== undefined) {
    const due = Date.parse(dayOf(order.invoicedAt)) + PAYMENT_DAYS * DAY_MS;
    return Math.abs(lookedAt - due) <= 5 * DAY_MS ? 6 * HOUR_MS : 24 * HOUR_MS;
  }
  return lookedAt - order.acceptedAt < 14 * DAY_MS ? 8 * HOUR_MS : 24 * HOUR_MS;
}

function differencesOf(order: FollowedOrder): string[] {
  const { verified } = order;
  return [
    ...(order.price === verified.price ? [] : ['total', 'vat', 'rows']),
    ...(order.reference === verified.reference ? [] : ['reference']),
    ...(order.customerId === verified.customerId ? [] : ['customer']),
  ];
}

let lastNumber = 50_000;

const publish = (order: FollowedOrder, now: number) => {
  lastNumber += 1;
  order.invoiceNumber = lastNumber;
  order.invoicedAt = now;
};

type Told = Omit<Expected, 'dueAt'>;
const invoiced = (order: FollowedOrder): Told => ({
  type: 'order.invoiced',
  body: {
    orderId: order.orderId,
    invoiceNumber: order.invoiceNumber,
    invoicedOn: dayOf(order.invoicedAt ?? 0),
    dueOn: dayOf((order.invoicedAt ?? 0) + PAYMENT_DAYS * DAY_MS),
  },
});
const paid = ({ orderId, invoiceNumber, paid: paidOn }: FollowedOrder): Told => ({
  type: 'order.paid',
  body: { orderId, invoiceNumber, paidOn },
});
const changed = (order: FollowedOrder): Told => ({
  type: 'order.changed',
  body: { orderId: order.orderId },
  differences: differencesOf(order),
});

interface Act {
  weight: number;
  applies(order: FollowedOrder): boolean;
  /** @returns what it must be told by, in this order */
  do(order: FollowedOrder, now: number, random: Random): Told[];
}

const isOpen = ({ invoiceNumber, isMerged }: FollowedOrder) => invoiceNumber === undefined && !isMerged;
const isUnpaid = ({ invoiceNumber, paid: paidOn }: FollowedOrder) =>
  invoiceNumber !== undefined && paidOn === undefined;

const ACTS: Record<string, Act> = {
  publish: {
    weight: 30,
    applies: isOpen,
    do(order, now) {
      publish(order, now);
      return [invoiced(order)];
    },
  },
  'publish and pay': {
    weight: 5,
    applies: isOpen,
    do(order, now) {
      publish(order, now);
      order.paid = dayOf(now);
      return [invoiced(order), paid(order)];
    },
  },
  pay: {
    weight: 40,
    applies: isUnpaid,
    do(order, now) {
      order.paid = dayOf(now);
      return [paid(order)];
    },
  },
  'pay and take back': { weight: 5, applies: isUnpaid, do: () => [] },
  'take a payment back': {
    weight: 5,
    applies: (order) => order.paid !== undefined,
    do(order) {
      delete order.paid;
      const { orderId, invoiceNumber } = order;
      return [{ type: 'order.payment_reversed', body: { orderId, invoiceNumber } }];
    },
  },
  'edit the price': {
    weight: 15,
    applies: isOpen,
    do(order, _now, random) {
      order.price += 4 * below(random, 50) + 4;
      return [changed(order)];
    },
  },
  'edit and put back': { weight: 5, applies: isOpen, do: () => [] },
  'put everything back': {
    weight: 15,
    applies: (order) => isOpen(order) && differencesOf(order).length > 0,
    do(order) {
      Object.assign(order, order.verified);
      return [changed(order)];
    },
  },
  'change the customer': {
    weight: 5,
    applies: isOpen,
    do(order) {
      order.customerId += 1;
      return [changed(order)];
    },
  },
  'change the reference': {
    weight: 5,
    // A reference is told by its old value alone, so a second edit of it changes nothing that is told.
    applies: (order) => isOpen(order) && order.reference === order.verified.reference,
    do(order) {
      order.reference = 'Kari Nordmann';
      return [changed(order)];
    },
  },
  merge: {
    weight: 5,
    applies: isOpen,
    do(order) {
      order.isMerged = true;
      return [{ type: 'order.merged', body: { orderId: order.orderId } }];
    },
  },
  delete: {
    weight: 5,
    applies: isOpen,
    do(order) {
      order.isDeleted = true;
      return [{ type: 'order.gone', body: { orderId: order.orderId } }];
    },
  },
};

/** What an order from before must be told by: its record knows nothing of it yet. */
export function unknownSoFar(order: FollowedOrder): Told[] {
  return [
    ...(order.invoiceNumber === undefined ? [] : [invoiced(order)]),
    ...(order.paid === undefined ? [] : [paid(order)]),
  ];
}

/** One thing that a bookkeeper does, at random; undefined where there is nothing to do. */
export function actOn(order: FollowedOrder, now: number, random: Random): [string, Told[]] | undefined {
  if (order.isDeleted || order.isMerged || order.leftAloneUntil > now) return undefined;
  const possible = Object.entries(ACTS).filter(([, { applies }]) => applies(order));
  const all = possible.reduce((sum, [, { weight }]) => sum + weight, 0);
  let at = below(random, all);
  const chosen = possible.find(([, { weight }]) => {
    at -= weight;
    return at < 0;
  });
  return chosen && [chosen[0], chosen[1].do(order, now, random)];
}
