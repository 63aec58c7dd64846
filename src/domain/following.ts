/**
 * An order after its transfer: what is remembered of it, what became of it between two looks, and when the next
 * look is. Nothing here sends anything.
 */
import { createHash } from 'node:crypto';
import type { LocalDate } from '../contract/jobs.ts';
import type { OrderDifference, OrderEvent } from '../contract/results.ts';
import type { Order } from './books.ts';
import { withoutUndefined } from './defined.ts';
import { Decimal } from './money.ts';
import { postedTotals } from './order-rows.ts';
import { localDateOf } from './service-date.ts';
import { type IssuedFields, type Sums, sumsOf } from './sums.ts';

/** What an order looked like when it was verified; later looks are compared with it. No texts, no personal data. */
export interface OrderBasis {
  total?: string;
  vat?: string;
  rowCount: number;
  /** Hash of each row's product, price, quantity, discount and VAT; names may be edited. */
  rows: string;
  reference: string;
  customerId: number;
  /** ISO 4217; left out: the account's own. */
  currency?: string;
}

/** What following adds to a transfer record; absent while unknown. Times are epoch milliseconds. */
export interface FollowedFields {
  orderStatus?: string;
  invoiceNumber?: number;
  invoicedOn?: LocalDate;
  dueOn?: LocalDate;
  paidOn?: LocalDate;
  /** When the order was looked at last. */
  followedAt?: number;
  basis?: OrderBasis;
  /** The order's own sums, as seen last. */
  shown?: Sums;
  /** As told last; absent while the order is as it was verified. */
  differences?: OrderDifference[];
  /** Since when it differs. */
  differsSince?: number;
  /** When it was first seen to be paid; following ends some time after. */
  paidSeenAt?: number;
  /** When a look by its id found nothing, the first time in a row. */
  orderMissedAt?: number;
  /** When it was missed for the second time: it is followed no more. */
  goneAt?: number;
}

type Seen = FollowedFields & Pick<IssuedFields, 'issuedOn'>;
export type FollowedChanges = { [K in keyof Seen]?: Seen[K] | null };

/** How a followed order stands. `open`: not invoiced. */
export const FOLLOWED_STATES = ['open', 'invoiced', 'paid', 'merged'] as const;
export type FollowedState = (typeof FOLLOWED_STATES)[number];

function stateOf({ paidOn, orderStatus, invoiceNumber }: FollowedChanges): FollowedState {
  if (paidOn) return 'paid';
  if (orderStatus === 'InvoicedPack') return 'merged';
  return invoiceNumber ? 'invoiced' : 'open';
}

/** Changes to write, the events that tell them, and when the next look is; `undefined`: never. */
export interface FollowDecision {
  changes: FollowedChanges;
  events: OrderEvent[];
  /** Undefined where the look did not show the order. */
  state: FollowedState | undefined;
  nextMs: number | undefined;
}

/** The record's part in it. */
export interface Followed extends Seen {
  orderId?: number;
  customerId?: number;
  reference?: string;
  /** When the transfer began. */
  acceptedAt: number;
  /** The result of the transfer, where the record has one. */
  result?: { totals: { posted: string } };
}

/* ---------- how often ---------- */

/** Steps of one look each: with FOLLOW_EVERY_MS at its default a step is an hour, so 24 are a day. */
const DAY = 24;
/** Followed so long after it was seen to be paid: payments are taken back, too. */
const STEPS_AFTER_PAID = 30 * DAY;
/** Followed so long at most. */
const STEPS_IN_ALL = 400 * DAY;

interface Cadence {
  what: string;
  applies(order: { isPaid: boolean; isInvoiced: boolean; ageSteps: number; stepsFromDue: number }): boolean;
  /** From one look to the next. */
  steps: number;
}

/**
 * The first row that applies. Young orders are published, edited and deleted; around the due date the money comes;
 * everything else changes seldom, and once a day is what the contract promises at least.
 */
const CADENCE: readonly Cadence[] = [
  { what: 'paid: only a reversal is left', applies: ({ isPaid }) => isPaid, steps: DAY },
  { what: 'the first two days', applies: ({ ageSteps }) => ageSteps < 2 * DAY, steps: 1 },
  {
    what: 'invoiced, five days around the due date',
    applies: ({ isInvoiced, stepsFromDue }) => isInvoiced && Math.abs(stepsFromDue) <= 5 * DAY,
    steps: DAY / 4,
  },
  {
    what: 'not invoiced, the first two weeks',
    applies: ({ isInvoiced, ageSteps }) => !isInvoiced && ageSteps < 14 * DAY,
    steps: DAY / 3,
  },
  { what: 'all others', applies: () => true, steps: DAY },
];

export interface FollowTiming {
  /** One step: FOLLOW_EVERY_MS. */
  everyMs: number;
  /** What was written so long ago is shown by a look. */
  settleMs: number;
}

/** Milliseconds from now to the next look; undefined: its following ends here. */
function nextLook(
  followed: Pick<Followed, 'acceptedAt'> & FollowedChanges,
  nowMs: number,
  { everyMs }: FollowTiming,
): number | undefined {
  const stepsSince = (thenMs: number) => (nowMs - thenMs) / everyMs;
  const ageSteps = stepsSince(followed.acceptedAt);
  if (ageSteps >= STEPS_IN_ALL) return undefined;
  const { paidSeenAt, dueOn, paidOn, invoiceNumber } = followed;
  if (paidSeenAt && stepsSince(paidSeenAt) >= STEPS_AFTER_PAID) return undefined;
  const state = {
    isPaid: Boolean(paidOn),
    isInvoiced: Boolean(invoiceNumber),
    ageSteps,
    stepsFromDue: dueOn ? stepsSince(Date.parse(dueOn)) : Number.POSITIVE_INFINITY,
  };
  const { steps } = CADENCE.find(({ applies }) => applies(state)) as Cadence;
  return steps * everyMs;
}

/* ---------- what an order is compared with ---------- */

const plain = (number: string | undefined): string => {
  if (number === undefined || number === '') return '';
  const value = new Decimal(number);
  return value.toFixed();
};

function rowsHash(order: Order): string {
  const rows = order.rows
    .filter((row) => row.type === 'Normal')
    .toSorted((a, b) => (a.sequenceNumber ?? 0) - (b.sequenceNumber ?? 0))
    .map((row) => [
      row.productId ?? 0,
      plain(row.price),
      plain(row.quantity),
      plain(row.discountRate),
      plain(row.vatRate),
    ]);
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex').slice(0, 16);
}

const currencyOf = ({ currency }: Order) =>
  currency === undefined || currency === 'LOCAL' ? undefined : currency;

/** What later looks are compared with. */
export function basisOf(order: Order): OrderBasis {
  const posted = postedTotals(order);
  return withoutUndefined({
    total: posted?.gross,
    vat: posted?.vat,
    rowCount: order.rows.filter((row) => row.type === 'Normal').length,
    rows: rowsHash(order),
    reference: order.referenceNumber.trim(),
    customerId: order.customerId,
    currency: currencyOf(order),
  });
}

/** Of a record from before orders were followed: what it knows of the order, and what is seen now for the rest. */
function firstBasis(followed: Followed, order: Order): OrderBasis {
  const seen = basisOf(order);
  return withoutUndefined({
    ...seen,
    total: followed.result?.totals.posted ?? seen.total,
    reference: followed.reference ?? seen.reference,
    customerId: followed.customerId ?? seen.customerId,
  });
}

function differencesOf(basis: OrderBasis, order: Order): OrderDifference[] {
  const now = basisOf(order);
  const found: OrderDifference[] = [];
  const differ = (what: OrderDifference['what'], expected?: string | number, seen?: string | number) => {
    if (expected !== seen)
      found.push(
        withoutUndefined({
          what,
          expected: expected?.toString(),
          found: seen?.toString(),
        }) as OrderDifference,
      );
  };
  // Sums that the service leaves out say nothing.
  if (now.total !== undefined && basis.total !== undefined) differ('total', basis.total, now.total);
  if (now.vat !== undefined && basis.vat !== undefined) differ('vat', basis.vat, now.vat);
  if (basis.rows !== now.rows) {
    const counts =
      basis.rowCount === now.rowCount ? {} : { expected: `${basis.rowCount}`, found: `${now.rowCount}` };
    found.push({ what: 'rows', ...counts });
  }
  // A person may have typed anything into a reference.
  if (basis.reference !== now.reference) found.push({ what: 'reference', expected: basis.reference });
  differ('customer', basis.customerId, now.customerId);
  if (basis.currency !== undefined && now.currency !== undefined)
    differ('currency', basis.currency, now.currency);
  return found;
}

/* ---------- what became of it ---------- */

function dueDate(invoicedOn: LocalDate | undefined, days: number | undefined): LocalDate | undefined {
  if (invoicedOn === undefined || days === undefined) return undefined;
  const due = new Date(Date.parse(invoicedOn) + days * 86_400_000);
  return Number.isNaN(due.getTime()) ? undefined : (due.toISOString().slice(0, 10) as LocalDate);
}

/** The order was not in the answer. Missed twice, one settle apart, it is gone. */
function decideMissing(
  followed: Followed,
  orderId: number,
  nowMs: number,
  timing: FollowTiming,
): FollowDecision {
  const { orderMissedAt } = followed;
  if (orderMissedAt !== undefined && nowMs - orderMissedAt >= timing.settleMs) {
    const changes = { followedAt: nowMs, goneAt: nowMs, orderMissedAt: null };
    return {
      changes,
      events: [{ type: 'order.gone', body: { orderId } }],
      state: undefined,
      nextMs: undefined,
    };
  }
  const since = orderMissedAt ?? nowMs;
  const changes = { followedAt: nowMs, orderMissedAt: since };
  return { changes, events: [], state: undefined, nextMs: Math.max(1, since + timing.settleMs - nowMs) };
}

/**
 * Compare one look with what is remembered.
 *
 * @param order as read just now by its id; undefined: not there
 * @param nowMs the store's clock
 */
export function decideFollowed(
  followed: Followed & { orderId: number },
  order: Order | undefined,
  nowMs: number,
  timing: FollowTiming & { timeZone: string },
): FollowDecision {
  const { orderId } = followed;
  if (order === undefined) return decideMissing(followed, orderId, nowMs, timing);
  const { timeZone } = timing;
  const events: OrderEvent[] = [];
  const invoiceNumber = order.invoiceId;
  // An invoice without a date is dated by the day it was seen.
  const invoicedOn =
    invoiceNumber === undefined
      ? undefined
      : (localDateOf(order.dateInvoiced, timeZone) ??
        followed.invoicedOn ??
        localDateOf(new Date(nowMs).toISOString(), timeZone));
  const dueOn = dueDate(invoicedOn, order.paymentTime);
  const paidOn = localDateOf(order.paid, timeZone);

  if (invoiceNumber !== undefined && invoicedOn !== undefined && invoiceNumber !== followed.invoiceNumber) {
    const body = withoutUndefined({ orderId, invoiceNumber, invoicedOn, dueOn, ocr: order.ocr });
    events.push({ type: 'order.invoiced', body });
  }
  if (paidOn !== undefined && paidOn !== followed.paidOn)
    events.push({ type: 'order.paid', body: withoutUndefined({ orderId, invoiceNumber, paidOn }) });
  if (paidOn === undefined && followed.paidOn !== undefined)
    events.push({ type: 'order.payment_reversed', body: withoutUndefined({ orderId, invoiceNumber }) });
  if (order.orderStatus === 'InvoicedPack' && followed.orderStatus !== 'InvoicedPack')
    events.push({ type: 'order.merged', body: { orderId } });

  const basis = followed.basis ?? firstBasis(followed, order);
  const differences = differencesOf(basis, order);
  const before = followed.differences ?? [];
  // An order that is as it was verified again is told, too: with no differences.
  if (JSON.stringify(differences) !== JSON.stringify(before))
    events.push({ type: 'order.changed', body: { orderId, differences } });

  const seen = {
    // A record of an earlier version does not say when its invoice was issued; the order's date is that day.
    ...(followed.issuedOn === undefined &&
      withoutUndefined({ issuedOn: localDateOf(order.dateOrdered, timeZone) })),
    shown: sumsOf(order) ?? null,
    orderStatus: order.orderStatus,
    invoiceNumber: invoiceNumber ?? null,
    invoicedOn: invoicedOn ?? null,
    dueOn: dueOn ?? null,
    paidOn: paidOn ?? null,
    followedAt: nowMs,
    basis,
    differences: differences.length > 0 ? differences : null,
    differsSince: differences.length > 0 ? (followed.differsSince ?? nowMs) : null,
    paidSeenAt: paidOn === undefined ? null : (followed.paidSeenAt ?? nowMs),
    orderMissedAt: null,
  };
  return {
    changes: seen,
    events,
    state: stateOf(seen),
    nextMs: nextLook({ acceptedAt: followed.acceptedAt, ...seen }, nowMs, timing),
  };
}

/* ---------- when ---------- */

/**
 * The time of the next look, on the company's own grid of steps: all that is due in a company is due together and
 * leaves in one request, and companies spread over the step.
 */
export function alignLook(clientId: string, dueMs: number, everyMs: number): number {
  const offset = createHash('sha256').update(clientId).digest().readUInt32BE(0) % everyMs;
  return Math.floor((dueMs - offset) / everyMs) * everyMs + offset;
}
