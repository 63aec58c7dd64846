/**
 * One order, exactly once: what to do next with a record, a job and what a look showed.
 *
 * Pure. The rules are in docs/adr/0002, and explored as a model in test/lab/model.
 */
import type { ErrorCode } from '../contract/errors.ts';
import type { TransferResult, TransferState } from '../contract/results.ts';
import type { ShopSettings } from '../contract/shop.ts';
import type { Order } from './books.ts';
import { judgeHit, type Mark } from './mark.ts';

/** The part of a transfer record these decisions stand on. Times in epoch milliseconds. */
export interface RecordFacts {
  state: TransferState;
  revision: number;
  newestAt?: number;
  newestHash?: string;
  unknownOutcome: boolean;
  sentAt?: number;
  sentHash?: string;
  missedAt?: number;
  denied?: boolean;
  orderId?: number;
  updating?: boolean;
  code?: ErrorCode;
  /** The content under way. */
  payload?: { requestId: string };
  ended: EndedClick[];
}

/** Refusals that follow from payload and settings alone. They are decided anew each time, never repeated from memory. */
const RECHECKED_REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'payload.invalid',
  'shop.unknown',
  'shop.disabled',
  'shop.not_verified',
  'invoice.type_not_transferable',
  'invoice.credit_unsupported',
  'invoice.currency_mismatch',
  'invoice.totals_mismatch',
  'invoice.negative_total',
]);

/** The answer to an earlier click. */
interface EndedClick {
  requestId: string;
  contentHash?: string | undefined;
  code?: ErrorCode;
  message?: string;
  result?: TransferResult;
}

/** Codes that mean an order may exist: the end is never `rejected`. */
const PERSON_DECIDES: ReadonlySet<ErrorCode> = new Set([
  'order.currency_mismatch',
  'order.not_updated',
  'order.duplicate_found',
  'order.mark_disputed',
  'order.totals_mismatch',
  'order.unknown_outcome',
  'order.vanished',
]);

const ENDED: ReadonlySet<TransferState> = new Set(['transferred', 'rejected', 'unresolved']);

export const isEnded = (state: TransferState): boolean => ENDED.has(state);

/**
 * True if the refusal ends this job only; the record keeps its state. That holds for every refusal of a job that
 * comes after the record's end, unless the refusal is about the order itself. While a record is under way it
 * holds only for a superseded job: any other refusal must end the record, or it would never end.
 */
export function concernsJobOnly(state: TransferState, code: ErrorCode): boolean {
  const hasEnd = state === 'transferred' || state === 'unresolved';
  return code === 'invoice.superseded' || (hasEnd && !PERSON_DECIDES.has(code));
}

/** A claimed job, as far as its record decides about it. */
interface Job {
  requestId: string;
  revision: number;
  /** Epoch milliseconds. */
  requestedAt: number;
  contentHash: string;
}

export type Entry =
  /** This click was answered before; repeat that answer. */
  | { do: 'repeat'; end: EndedClick }
  | { do: 'refuse'; code: 'invoice.superseded' | 'invoice.changed_after_transfer' }
  /** Same content as sent: read the order once, send nothing. */
  | { do: 'confirm' }
  /** A look cannot be believed before then. */
  | { do: 'wait'; untilMs: number }
  /** Look, and adopt what is found; never send. */
  | { do: 'look_only' }
  /** First attempt, or a rejected invoice clicked again. */
  | { do: 'begin' }
  /** Go on where an earlier attempt stopped. */
  | { do: 'continue' }
  /** Bring the order to the edited invoice. */
  | { do: 'update' };

/**
 * Decide what a claimed job is to its record.
 *
 * @param at the store's clock at the claim: looks of this claim are sent no earlier
 * @param settleMs so long after a send, a look can be believed
 * @param resend the shop's setting for a sent invoice whose content changed
 */
export function decideEntry(
  record: RecordFacts,
  job: Job,
  at: number,
  settleMs: number,
  resend: ShopSettings['resend'],
): Entry {
  const before = record.ended.findLast((end) => end.requestId === job.requestId);
  if (before !== undefined && repeats(record, before, job)) return { do: 'repeat', end: before };
  // Checked before the revision: a look sends nothing, and the order may be the older revision's.
  if (record.state === 'unresolved') return { do: 'look_only' };
  if (isSuperseded(record, job)) return { do: 'refuse', code: 'invoice.superseded' };
  switch (record.state) {
    case 'transferred':
      if (record.sentHash === job.contentHash) return { do: 'confirm' };
      return resend === 'update'
        ? { do: 'update' }
        : { do: 'refuse', code: 'invoice.changed_after_transfer' };
    case 'accepted':
    case 'rejected':
      return { do: 'begin' };
    case 'preparing':
    case 'ordered':
      return { do: record.updating === true ? 'update' : 'continue' };
    case 'sending': {
      const settled = Math.max(record.sentAt ?? 0, record.missedAt ?? 0) + settleMs;
      if (at < settled) return { do: 'wait', untilMs: settled };
      return { do: record.updating === true ? 'update' : 'continue' };
    }
  }
}

/** Of two contents with the same revision the later click wins, whichever job runs first. */
function isSuperseded({ revision, newestAt, newestHash }: RecordFacts, job: Job): boolean {
  if (job.revision !== revision) return job.revision < revision;
  return newestAt !== undefined && job.requestedAt < newestAt && job.contentHash !== newestHash;
}

/**
 * A success, and a refusal that still stands, are repeated. An unresolved invoice is looked for again. Other
 * content is another click, even with the same request id. While another click is under way, an earlier click
 * that has ended must not bring its old content back.
 */
function repeats(
  { state, payload }: RecordFacts,
  { requestId, contentHash, code }: EndedClick,
  job: Job,
): boolean {
  if (contentHash !== undefined && contentHash !== job.contentHash) return false;
  if (code === undefined) return true;
  if (state === 'unresolved') return false;
  if (concernsJobOnly(state, code)) return true;
  if (state === 'rejected') return !RECHECKED_REFUSALS.has(code);
  return payload !== undefined && payload.requestId !== requestId;
}

export type LookDecision =
  | { do: 'adopt'; order: Order }
  | { do: 'send' }
  /** The first settled miss after a send of unknown outcome: look again one settle later. */
  | { do: 'note_miss' }
  | { do: 'unresolved'; code: ErrorCode; message: string };

/**
 * Decide what a look-up by mark means. Called with looks that can be believed only.
 *
 * @param orders every order the looks brought up, ours or not
 */
export function decideLook(
  record: RecordFacts,
  orders: Order[],
  mark: Mark,
  afterUnknown: 'resend' | 'ask',
): LookDecision {
  const ours = orders.filter((order) => judgeHit(order, mark) === 'ours');
  const disputed = orders.filter((order) => judgeHit(order, mark) === 'disputed');
  const [first] = ours;
  const others = ours.filter((order) => order.orderId !== record.orderId);
  if (ours.length > 1 || (record.orderId !== undefined && others.length > 0)) {
    return { do: 'unresolved', code: 'order.duplicate_found', message: duplicateMessage(record, ours) };
  }
  if (disputed.length > 0) {
    return { do: 'unresolved', code: 'order.mark_disputed', message: disputedMessage(disputed) };
  }
  if (first !== undefined) {
    // One of two orders is gone. A person has to say which was right, and nobody has yet.
    return record.state === 'unresolved' && record.code === 'order.duplicate_found'
      ? { do: 'unresolved', code: 'order.duplicate_found', message: duplicateMessage(record, ours) }
      : { do: 'adopt', order: first };
  }
  if (record.state === 'unresolved') {
    return { do: 'unresolved', code: record.code ?? 'order.unknown_outcome', message: '' };
  }
  if (record.state !== 'sending') return { do: 'send' };
  // The service has answered, so the save cannot arrive later: one settled look is enough.
  if (record.denied === true) return { do: 'send' };
  if (record.missedAt === undefined) return { do: 'note_miss' };
  return afterUnknown === 'resend'
    ? { do: 'send' }
    : {
        do: 'unresolved',
        code: 'order.unknown_outcome',
        message:
          'the order was sent, 24SevenOffice did not answer, and two looks did not find it; look in 24SevenOffice, then resolve the invoice',
      };
}

export function disputedMessage(orders: Order[]): string {
  const ids = orders.map((order) => order.orderId).join(', ');
  return `order ${ids} carries this invoice's number but another reference; Support must say whether it is this invoice's order`;
}

export function duplicateMessage(record: { orderId?: number }, ours: Order[]): string {
  const ids = [
    ...new Set([...(record.orderId === undefined ? [] : [record.orderId]), ...ours.map((o) => o.orderId)]),
  ];
  return ids.length > 1
    ? `orders ${ids.sort((a, b) => a - b).join(' and ')} both carry this invoice's mark; delete all but one in 24SevenOffice, then resolve the invoice`
    : `order ${ids.join()} is left of two; resolve the invoice to confirm it`;
}

/**
 * Decide how a failure ends a record. A clerk who sees "rejected" makes a new invoice, so it is said only
 * where no order can exist: nothing ever sent with unknown outcome, no order id ever, and a look in this
 * very claim found none (or nothing was tried in the company at all).
 */
export function decideFailureEnd(
  record: RecordFacts & { customerId?: number },
  code: ErrorCode,
  lookedAndFoundNone: boolean,
): 'rejected' | 'unresolved' {
  const nothingTried = record.state === 'accepted' && record.customerId === undefined;
  const neverSent =
    record.state === 'accepted' ||
    record.state === 'preparing' ||
    record.state === 'rejected' ||
    (record.state === 'sending' && record.denied === true && lookedAndFoundNone);
  return !PERSON_DECIDES.has(code) &&
    neverSent &&
    !record.unknownOutcome &&
    record.orderId === undefined &&
    (lookedAndFoundNone || nothingTried)
    ? 'rejected'
    : 'unresolved';
}
