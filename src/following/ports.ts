/** What following needs from the world. */
import type { LocalDate } from '../contract/jobs.ts';
import type { OrderEvent } from '../contract/results.ts';
import type { Order } from '../domain/books.ts';
import type { FollowedChanges, FollowedState } from '../domain/following.ts';
import type { RecordKey, TransferRecord } from '../transfer/ports/records.ts';
import type { ShopAccess } from '../transfer/ports/shops.ts';

/** What one look changes: written with its events in one script, or not at all. */
export interface FollowNote {
  key: RecordKey;
  /** As the decision was made from; where the record is another by now, nothing is written. */
  from: Pick<TransferRecord, 'orderId' | 'clientId' | 'updatedAt' | 'followedAt'>;
  changes: FollowedChanges;
  events: OrderEvent[];
  /** How it stands; undefined: as before. */
  state: FollowedState | undefined;
  /** Of the store's clock; undefined: it is followed no more. */
  nextAt: number | undefined;
}

/** Which orders are to be looked at, and what was seen of them. `nowMs` is the store's clock. */
export interface FollowedRecords {
  /** Orders whose transfer has just ended, not yet entered. The script that writes the end notes them. */
  arrived(limit: number): Promise<{ nowMs: number; keys: RecordKey[] }>;
  /**
   * A page of all orders ever made, those that were never followed: transferred before orders were, or by an older
   * version. The next call gives the same page until `goOn` was called; after the last page it begins anew `restMs` later.
   */
  neverFollowed(
    pageSize: number,
    restMs: number,
  ): Promise<{ nowMs: number; keys: RecordKey[]; goOn(): Promise<void> }>;
  /** The first look. Does nothing where the record is not `transferred`. */
  enter(entries: readonly { key: RecordKey; at: number }[]): Promise<void>;
  /** Those whose time has come, oldest first; nobody else is given them within `holdMs`. */
  due(limit: number, holdMs: number): Promise<{ nowMs: number; keys: RecordKey[] }>;
  /** False where the record has changed since it was read; then nothing is written. */
  note(note: FollowNote): Promise<boolean>;
  /** Look again so much later; nothing was seen. */
  postpone(keys: readonly RecordKey[], delayMs: number): Promise<void>;
  /** No more. */
  drop(key: RecordKey): Promise<void>;
}

/** A record as a report needs it: without content and history. */
export type IssuedRecord = Pick<
  TransferRecord,
  | 'state'
  | 'code'
  | 'acceptedAt'
  | 'issuedOn'
  | 'currency'
  | 'expected'
  | 'shown'
  | 'result'
  | 'orderId'
  | 'clientId'
  | 'customerId'
  | 'reference'
  | 'orderStatus'
  | 'invoiceNumber'
  | 'invoicedOn'
  | 'dueOn'
  | 'paidOn'
  | 'followedAt'
  | 'basis'
  | 'differences'
  | 'goneAt'
>;

/** A shop's invoices by issue date. Listed by the scripts that write a record's issue date. */
export interface IssuedRecords {
  count(shopId: string, from: LocalDate, to: LocalDate): Promise<number>;
  /** By issue date, then by id. */
  read(shopId: string, from: LocalDate, to: LocalDate): Promise<{ key: RecordKey; record: IssuedRecord }[]>;
}

/** Orders by their ids, with tokens that nobody waits for. */
export interface FollowedOrders {
  /**
   * Up to 1,000 of one company in one request. What is missing from the answer is not in 24SevenOffice, as the
   * company's own session says. Does not wait: throws NotNow where jobs wait for the quota, a tenth of the hour's
   * requests was spent this way, or a circuit is open; Retryable where the look failed.
   */
  read(access: ShopAccess, orderIds: readonly number[]): Promise<ReadonlyMap<number, Order | 'unreadable'>>;
}

/** What people see of all followed orders. */
export interface FollowedLists {
  /** `lagMs`: how late the oldest look is that is due. */
  counts(): Promise<Record<FollowedState | 'differs' | 'gone', number> & { lagMs: number }>;
  /** Newest first: orders that are not as they were verified, and those that are gone (of these the newest 20,000). */
  page(
    list: 'differs' | 'gone',
    offset: number,
    limit: number,
  ): Promise<{ total: number; keys: RecordKey[] }>;
}
