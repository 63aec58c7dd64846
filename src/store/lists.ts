import { type ErrorCode, isErrorCode } from '../contract/errors.ts';
import { type TransferState, transferState } from '../contract/results.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import { keyOfMember } from './agenda.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Scripts } from './scripts.ts';

const NAMES = ['open', 'unresolved', 'rejected'] as const;
export type ListName = (typeof NAMES)[number];

/** One line of a list: a record without its content. */
export interface RecordRow {
  key: RecordKey;
  state: TransferState;
  code?: ErrorCode;
  waitsFor?: ErrorCode;
  orderId?: number;
  /** Epoch milliseconds of the store's clock. */
  updatedAt: number;
  acceptedAt: number;
}

/** How many a list holds, and since when the first of them has been in it: epoch milliseconds. */
export interface Standing {
  count: number;
  since?: number;
}

/** What people work through. The scripts that change a record's state keep it. */
export interface RecordLists {
  /** Newest first. Of rejected ones only the newest 20,000 are kept. */
  page(list: ListName, offset: number, limit: number): Promise<{ total: number; rows: RecordRow[] }>;
  /** For counting; reads no record. */
  standing(): Promise<Record<ListName, Standing>>;
  /** Those of them that there are. */
  rows(keys: RecordKey[]): Promise<RecordRow[]>;
  /** The invoices with this order id or 24SevenOffice invoice number, in each of the companies. */
  byNumber(clientIds: string[], number: number): Promise<RecordKey[]>;
}

const FIELDS = ['state', 'code', 'waitsFor', 'orderId', 'updatedAt', 'acceptedAt'] as const;

function rowOf(key: RecordKey, values: (string | null)[]): RecordRow[] {
  const [state, code, waitsFor, orderId, updatedAt, acceptedAt] = values;
  const known = transferState.safeParse(state);
  if (!known.success) return [];
  const codeOf = (text: string | null | undefined) => (text && isErrorCode(text) ? text : undefined);
  return [
    {
      key,
      state: known.data,
      updatedAt: Number(updatedAt ?? 0),
      acceptedAt: Number(acceptedAt ?? 0),
      ...(codeOf(code) && { code: codeOf(code) as ErrorCode }),
      ...(codeOf(waitsFor) && { waitsFor: codeOf(waitsFor) as ErrorCode }),
      ...(orderId && { orderId: Number(orderId) }),
    },
  ];
}

export function createRecordLists(deps: { redis: RedisClient; keys: Keys; scripts: Scripts }): RecordLists {
  const { redis, keys, scripts } = deps;

  async function rows(wanted: RecordKey[]): Promise<RecordRow[]> {
    if (wanted.length === 0) return [];
    const found = (await scripts.run('fields', wanted.map(keys.record), [...FIELDS])) as (string | null)[][];
    return wanted.flatMap((key, index) => rowOf(key, found[index] ?? []));
  }
  async function standingOf(name: ListName): Promise<Standing> {
    const key = keys.lists[NAMES.indexOf(name)] ?? '';
    const [count, [, since]] = await Promise.all([redis.zcard(key), redis.zrange(key, 0, 0, 'WITHSCORES')]);
    return since === undefined ? { count } : { count, since: Number(since) };
  }
  return {
    async standing() {
      const [open, unresolved, rejected] = await Promise.all([
        standingOf('open'),
        standingOf('unresolved'),
        standingOf('rejected'),
      ]);
      return { open, unresolved, rejected };
    },
    async page(list, offset, limit) {
      const key = keys.lists[NAMES.indexOf(list)] ?? '';
      const [total, members] = await Promise.all([
        redis.zcard(key),
        redis.zrevrange(key, offset, offset + limit - 1),
      ]);
      return { total, rows: await rows(members.map(keyOfMember)) };
    },
    rows,
    async byNumber(clientIds, number) {
      if (clientIds.length === 0) return [];
      const fields = clientIds.map((id) => `${id}:${number}`);
      const found = await Promise.all(
        [keys.orders, keys.invoiceNumbers].map((key) => redis.hmget(key, ...fields)),
      );
      const members = new Set(found.flat().filter((member) => member !== null));
      return [...members].map(keyOfMember);
    },
  };
}
