/** Records as they lie in Redis, out of it and back: what an export keeps, and what an import may put in its place. */
import { randomUUID } from 'node:crypto';
import { CHECK_OPEN_MS, nextLookMs } from '../domain/agenda.ts';
import { isEnded } from '../domain/transfer.ts';
import type { Timing } from '../timing.ts';
import type { RecordKey, TrailEntry } from '../transfer/ports/records.ts';
import { agendaMember, keyOfMember } from './agenda.ts';
import { onOurNode, type RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import { fromFields } from './record-fields.ts';
import type { Scripts } from './scripts.ts';
import { readTrail } from './trail.ts';

export interface ArchivedRecord {
  key: RecordKey;
  /** Every field as Redis has it, those of another version too, but for what belongs to one life of the store. */
  fields: Record<string, string>;
  trail: (TrailEntry & { at: string })[];
}

/** `kept`: what is here is the same or newer. `busy`: a job works on an older one; ask again later. */
export type Restored = 'restored' | 'kept' | 'busy';

export interface RecordArchive {
  /** Each record that is there all the while, once; one that comes or goes meanwhile, once or not at all. */
  keys(): AsyncIterable<RecordKey[]>;
  /** Those of them that there are; a record and its trail as of one moment. */
  read(keys: readonly RecordKey[]): Promise<ArchivedRecord[]>;
  /**
   * For one import. The first record that is put in its place begins a quiet time of one settle.
   * Throws RangeError for fields that are no record.
   */
  begin(): { restore(record: ArchivedRecord): Promise<Restored> };
}

const SCAN_COUNT = 500;
/** A lease and a job id are of one life of the store: in another, the same job id is another's. */
const OF_ONE_LIFE = ['fence', 'epoch', 'leaseUntil', 'jobId'];

/** Stream ids must rise; entries of one millisecond are counted. */
function withIds(trail: ArchivedRecord['trail']): [string, string][] {
  let last = 0;
  let sequence = 0;
  return trail.map(({ at, ...entry }) => {
    const ms = Math.max(last, Date.parse(at));
    sequence = ms === last ? sequence + 1 : 0;
    last = ms;
    return [`${ms}-${sequence}`, JSON.stringify(entry)];
  });
}

export function createRecordArchive(deps: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
  timing: Timing;
}): RecordArchive {
  const { redis, scripts, keys, timing } = deps;

  async function* scanned(): AsyncGenerator<RecordKey[]> {
    const seen = new Set<string>();
    const literally = keys.records.replace(/[\\*?[\]]/g, '\\$&');
    let cursor = '0';
    do {
      const args = [cursor, 'MATCH', `${literally}*`, 'COUNT', SCAN_COUNT];
      const [next, names] = (await onOurNode(redis, keys, 'SCAN', ...args)) as [string, string[]];
      cursor = next;
      // A scan may name one twice.
      const members = names.map((name) => name.slice(keys.records.length)).filter((name) => !seen.has(name));
      for (const member of members) seen.add(member);
      yield [...new Set(members)].map(keyOfMember);
    } while (cursor !== '0');
  }

  async function restore(epoch: string, { key, fields, trail }: ArchivedRecord): Promise<Restored> {
    const record = fromFields(fields);
    if (record === undefined || !Number.isFinite(record.updatedAt)) throw new RangeError('no record');
    const { state, updatedAt, acceptedAt, clientId, orderId, differsSince, goneAt, issuedOn = '' } = record;
    const lookMs = isEnded(state) ? nextLookMs(state, record.looks ?? 0) : CHECK_OPEN_MS;
    const isTransferred = state === 'transferred';
    const args = {
      epoch,
      settleMs: String(timing.settleMs),
      member: agendaMember(key),
      state,
      updatedAt: String(updatedAt),
      since: String(state === 'unresolved' || state === 'rejected' ? updatedAt : (acceptedAt ?? updatedAt)),
      fields: Object.entries(fields)
        .filter(([name]) => !OF_ONE_LIFE.includes(name))
        .flat(),
      trail: withIds(trail),
      lookMs: lookMs === undefined ? '' : String(lookMs),
      order: clientId !== undefined && orderId !== undefined ? `${clientId}:${orderId}` : '',
      followed: isTransferred && goneAt === undefined,
      differsSince: isTransferred && differsSince !== undefined ? String(differsSince) : '',
      issuedOn,
      goneAt: isTransferred && goneAt !== undefined ? String(goneAt) : '',
    };
    const named = [keys.epoch, keys.record(key), keys.trail(key), keys.agenda, ...keys.lists, keys.orders];
    return (await scripts.run(
      'restore',
      [...named, keys.followNew, keys.followDiffers, keys.followGone, keys.issued(key.shopId)],
      [JSON.stringify(args)],
    )) as Restored;
  }

  return {
    keys: scanned,
    async read(wanted) {
      if (wanted.length === 0) return [];
      const both = redis.multi();
      for (const key of wanted) both.hgetall(keys.record(key)).xrange(keys.trail(key), '-', '+');
      const replies = (await both.exec()) ?? [];
      return wanted.flatMap((key, index) => {
        const [failed, all] = replies[2 * index] ?? [];
        if (failed) throw failed;
        const fields = { ...(all as Record<string, string>) };
        for (const name of OF_ONE_LIFE) delete fields[name];
        if (fields.state === undefined) return [];
        return [{ key, fields, trail: readTrail(replies[2 * index + 1]?.[1] as [string, string[]][]) }];
      });
    },
    begin() {
      const epoch = randomUUID();
      return { restore: (record) => restore(epoch, record) };
    },
  };
}
