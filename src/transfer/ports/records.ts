/** Our row for each invoice, its trail, and the right to work on it. */
import type { ErrorCode } from '../../contract/errors.ts';
import type { InvoiceTransferJob } from '../../contract/jobs.ts';
import type { TransferResult, TransferState } from '../../contract/results.ts';
import type { FollowedFields } from '../../domain/following.ts';
import type { SaidFields } from '../../domain/order-said.ts';
import type { SentHead } from '../../domain/order-update.ts';
import type { IssuedFields } from '../../domain/sums.ts';

export interface RecordKey {
  shopId: string;
  invoiceId: string;
}

/** Which click; a producer may use a request id twice, so its content tells, too. */
export interface Click {
  requestId: string;
  contentHash?: string | undefined;
}

/** What became of one click. */
export type RequestEnd = Click & ({ result: TransferResult } | { code: ErrorCode; message: string });

/** Our row for one invoice. Times are epoch milliseconds of the store's clock. */
export interface TransferRecord extends SentHead, IssuedFields, FollowedFields {
  state: TransferState;
  /** Highest revision known. */
  revision: number;
  /** Of that revision's newest content known: when it was clicked (Sharefox' clock), and its hash. */
  newestAt?: number;
  newestHash?: string;
  acceptedAt: number;
  updatedAt: number;
  attempts: number;
  /** True once a save left without a clean answer: the end can never be `rejected`. */
  unknownOutcome: boolean;
  /** When the last intent was written. */
  sentAt?: number;
  /** Content hash the last intent was written for. */
  sentHash?: string;
  /** When a settled look found nothing after a send of unknown outcome. */
  missedAt?: number;
  /** The service said of the last send that it wrote nothing; believed after one settled look. */
  denied?: boolean;
  orderedAt?: number;
  orderId?: number;
  customerId?: number;
  /** The rental product's; the first row's where no row has that. */
  productId?: number;
  /** Each row's, of what was sent last, where they are not all `productId`. */
  rowProductIds?: number[];
  reference?: string;
  clientId?: string;
  /** True where the order was found by its mark instead of answered to our own send. */
  adopted?: boolean;
  /** Why it was rejected or is unresolved. */
  code?: ErrorCode;
  message?: string;
  result?: TransferResult;
  /** True while the order that stands is brought to an edited invoice. */
  updating?: boolean;
  /** What the order showed before that, and what had been asked of it until then. */
  shownBefore?: SaidFields;
  sentFields?: SaidFields;
  /** BullMQ's id of the job that claimed it last. */
  jobId?: string;
  /** What the last attempt met that did not end it. */
  waitsFor?: ErrorCode;
  /** How often the sweep has looked since the record came into its state. */
  looks?: number;
  /** How the customer, product and category came to be, over all attempts. */
  customer?: TransferResult['customer'];
  product?: TransferResult['product'];
  category?: TransferResult['category'];
  /** Kept until the record ends transferred or rejected. */
  payload?: InvoiceTransferJob;
  ended: RequestEnd[];
}

/** Fields a step may set; `null` clears. */
export type RecordChanges = {
  [K in keyof Omit<TransferRecord, 'ended' | 'updatedAt'>]?: TransferRecord[K] | null;
};

/** One line of an invoice's history. Never personal data. */
export interface TrailEntry {
  step: string;
  [field: string]: string | number | boolean;
}

/** The right to work on one record: lease, random fence, epoch. Every write checks the last two. */
export interface Claim {
  key: RecordKey;
  fence: string;
  epoch: string;
  /** The store's clock when the claim was taken; looks of this claim were sent no earlier. */
  claimedAt: number;
  /** As it stood when claimed, then as our own writes changed it. */
  record: TransferRecord;
}

export type ClaimAnswer =
  | { kind: 'claimed'; claim: Claim }
  /** Someone else works on it (`leased`), or looks cannot be believed yet (`quiet`: a new epoch). */
  | { kind: 'busy'; reason: 'leased' | 'quiet'; waitMs: number };

/** A record's end, written with its event in one script. */
export interface RecordEnd extends Click {
  state: 'transferred' | 'rejected' | 'unresolved';
  result?: TransferResult;
  code?: ErrorCode;
  message?: string;
  changes?: RecordChanges;
  trail: TrailEntry;
}

export interface TransferRecords {
  /**
   * Take the lease and a fresh fence, and raise what is known to be newest, revision and content
   * (also where someone else has the lease).
   * A record that is not there yet is created as `accepted`, with the payload.
   *
   * @param jobId kept, so that the sweep can ask whether the record's job still lives
   */
  claim(key: RecordKey, revision: number, payload?: InvoiceTransferJob, jobId?: string): Promise<ClaimAnswer>;
  /** Write under the claim. Throws StaleClaim where fence or epoch have moved on. */
  note(claim: Claim, changes: RecordChanges, trail?: TrailEntry): Promise<void>;
  renew(claim: Claim): Promise<void>;
  /** Give the claim back, optionally with a last write. A stale claim is given back silently. */
  release(claim: Claim, changes?: RecordChanges, trail?: TrailEntry): Promise<void>;
  /** Write the end state and its event, and give the claim back. Throws StaleClaim. */
  end(claim: Claim, end: RecordEnd): Promise<void>;
  /** Remember what a job that changed nothing was told, and give the claim back. */
  answer(claim: Claim, end: RequestEnd, trail?: TrailEntry): Promise<void>;
  /**
   * Refuse a payload or shop before anything was tried: no claim, no look, no quiet time.
   * Writes `rejected` and its event where the record is new, or rejected by another request. `kept`: the
   * record stands otherwise and was left alone; `told`: this request was refused before.
   *
   * @param issued of the invoice, as far as its data can be read
   */
  refuse(
    key: RecordKey,
    requestId: string,
    code: ErrorCode,
    message: string,
    jobId?: string,
    issued?: IssuedFields,
  ): Promise<'rejected' | 'told' | 'kept'>;
  read(key: RecordKey): Promise<TransferRecord | undefined>;
  trail(key: RecordKey): Promise<(TrailEntry & { at: string })[]>;
}
