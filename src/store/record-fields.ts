/** A transfer record as hash fields and back; the one place that knows how each field is written. */
import { transferState } from '../contract/results.ts';
import type { RecordChanges, TransferRecord } from '../transfer/ports/records.ts';

interface Codec {
  write(value: unknown): string;
  read(text: string): unknown;
}
const text: Codec = { write: String, read: (value) => value };
const int: Codec = { write: String, read: Number };
const flag: Codec = { write: (value) => (value ? '1' : '0'), read: (value) => value === '1' };
const json: Codec = { write: JSON.stringify, read: JSON.parse };

const CODECS: Record<keyof TransferRecord, Codec> = {
  state: text,
  revision: int,
  newestAt: int,
  newestHash: text,
  acceptedAt: int,
  updatedAt: int,
  attempts: int,
  unknownOutcome: flag,
  sentAt: int,
  sentHash: text,
  sentComment: text,
  sentPaymentTime: int,
  missedAt: int,
  denied: flag,
  orderedAt: int,
  orderId: int,
  customerId: int,
  productId: int,
  rowProductIds: json,
  reference: text,
  clientId: text,
  adopted: flag,
  updating: flag,
  shownBefore: json,
  sentFields: json,
  jobId: text,
  looks: int,
  waitsFor: text,
  code: text,
  message: text,
  result: json,
  customer: text,
  product: text,
  category: text,
  payload: json,
  ended: json,
  issuedOn: text,
  currency: text,
  expected: json,
  shown: json,
  orderStatus: text,
  invoiceNumber: int,
  invoicedOn: text,
  dueOn: text,
  paidOn: text,
  followedAt: int,
  basis: json,
  differences: json,
  differsSince: int,
  paidSeenAt: int,
  orderMissedAt: int,
  goneAt: int,
};

/** Changes as fields to set and fields to delete. */
export function toFields(changes: RecordChanges | { ended: TransferRecord['ended'] }): {
  sets: [string, string][];
  deletes: string[];
} {
  const sets: [string, string][] = [];
  const deletes: string[] = [];
  for (const [field, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    if (value === null) deletes.push(field);
    else sets.push([field, CODECS[field as keyof TransferRecord].write(value)]);
  }
  return { sets, deletes };
}

/** The hash as a record; undefined where there is none. Fields of the lease are left out. */
export function fromFields(fields: Record<string, string>): TransferRecord | undefined {
  const state = transferState.safeParse(fields.state);
  if (!state.success) return undefined;
  const read: Record<string, unknown> = { ended: [], unknownOutcome: false };
  for (const [field, codec] of Object.entries(CODECS)) {
    const value = fields[field];
    if (value !== undefined) read[field] = codec.read(value);
  }
  return read as unknown as TransferRecord;
}

/** The same changes on the record in hand. */
export function applyChanges(record: TransferRecord, changes: RecordChanges): TransferRecord {
  const next: Record<string, unknown> = { ...record };
  for (const [field, value] of Object.entries(changes)) {
    if (value === null) delete next[field];
    else if (value !== undefined) next[field] = value;
  }
  return next as unknown as TransferRecord;
}
