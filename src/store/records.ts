import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { EventType } from '../contract/results.ts';
import { CHECK_OPEN_MS, nextLookMs } from '../domain/agenda.ts';
import { contentHash, requestedAtMs } from '../domain/content.ts';
import { issuedFields } from '../domain/sums.ts';
import { StaleClaim } from '../errors.ts';
import type { Timing } from '../timing.ts';
import type {
  Claim,
  Click,
  RecordChanges,
  RecordEnd,
  RecordKey,
  RequestEnd,
  TrailEntry,
  TransferRecord,
  TransferRecords,
} from '../transfer/ports/records.ts';
import { agendaMember } from './agenda.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import { applyChanges, fromFields, toFields } from './record-fields.ts';
import type { Scripts } from './scripts.ts';
import { readTrail } from './trail.ts';

/** How many clicks' ends a record remembers. */
const REMEMBERED_ENDS = 20;

const EVENT_OF: Record<RecordEnd['state'], EventType> = {
  transferred: 'transfer.completed',
  rejected: 'transfer.rejected',
  unresolved: 'transfer.unresolved',
};

/** A flat array of field, value, … as Redis answers HGETALL inside a script. */
function pairs(flat: string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ''] = flat[i + 1] ?? '';
  return fields;
}

/** Where an order's id is learnt, so that the invoice is found by it. */
function orderField({ record }: Claim, { orderId, clientId = record.clientId }: RecordChanges): string {
  return typeof orderId === 'number' && typeof clientId === 'string' ? `${clientId}:${orderId}` : '';
}

interface Write {
  lease: 'keep' | 'free' | number;
  changes?: RecordChanges;
  ended?: RequestEnd;
  trail?: TrailEntry | undefined;
  event?: { state: RecordEnd['state']; requestId: string; body: string };
}

/** Transfer records in Redis: every write after the claim is one script that checks fence and epoch. */
export function createRecords(deps: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
  timing: Timing;
  clock: Clock;
}): TransferRecords {
  const { redis, scripts, keys, timing, clock } = deps;

  async function write(claim: Claim, { lease, changes = {}, ended, trail, event }: Write): Promise<boolean> {
    const { sets, deletes } = toFields(changes);
    const allEnded = ended === undefined ? undefined : [...claim.record.ended, ended].slice(-REMEMBERED_ENDS);
    if (ended !== undefined && allEnded !== undefined) {
      sets.push(...toFields({ ended: allEnded }).sets, ['requestId', ended.requestId]);
    }
    const { shopId, invoiceId } = claim.key;
    const eventArgs =
      event === undefined
        ? ['', '', '', '', '', '', '']
        : [
            event.state,
            EVENT_OF[event.state],
            shopId,
            invoiceId,
            event.requestId,
            new Date(clock.now()).toISOString(),
            event.body,
          ];
    const answer = await scripts.run(
      'write',
      [
        keys.epoch,
        keys.record(claim.key),
        keys.trail(claim.key),
        keys.events,
        keys.agenda,
        ...keys.lists,
        keys.orders,
        keys.followNew,
        keys.issued(shopId),
      ],
      [
        randomUUID(),
        timing.settleMs,
        claim.fence,
        claim.epoch,
        lease,
        trail === undefined ? '' : JSON.stringify(trail),
        ...eventArgs,
        agendaMember(claim.key),
        CHECK_OPEN_MS,
        (event && nextLookMs(event.state, 0)) ?? '',
        orderField(claim, changes),
        sets.length,
        ...sets.flat(),
        ...deletes,
      ],
    );
    if (answer !== 'ok') return false;
    claim.record = applyChanges(claim.record, changes);
    if (allEnded !== undefined) claim.record.ended = allEnded;
    if (event !== undefined) claim.record.state = event.state;
    return true;
  }

  async function mustWrite(claim: Claim, what: Write): Promise<void> {
    if (!(await write(claim, what))) throw new StaleClaim(clock.now());
  }

  return {
    async claim(key, revision, payload, jobId) {
      const fence = randomUUID();
      const [kind, ...rest] = (await scripts.run(
        'claim',
        [keys.epoch, keys.record(key), keys.agenda, ...keys.lists, keys.issued(key.shopId)],
        [
          randomUUID(),
          timing.settleMs,
          timing.leaseMs,
          fence,
          revision,
          payload === undefined ? '' : JSON.stringify(payload),
          jobId ?? '',
          agendaMember(key),
          CHECK_OPEN_MS,
          payload === undefined ? '' : requestedAtMs(payload),
          payload === undefined ? '' : contentHash(payload),
          ...(payload === undefined ? [] : toFields(issuedFields(payload)).sets.flat()),
        ],
      )) as [string, string, string, string[]];
      if (kind !== 'claimed') {
        return { kind: 'busy', reason: kind === 'quiet' ? 'quiet' : 'leased', waitMs: Number(rest[0]) };
      }
      const [claimedAt, epoch, flat] = rest as [string, string, string[]];
      const record = fromFields(pairs(flat)) as TransferRecord;
      return { kind: 'claimed', claim: { key, fence, epoch, claimedAt: Number(claimedAt), record } };
    },
    note: (claim, changes, trail) => mustWrite(claim, { lease: timing.leaseMs, changes, trail }),
    renew: (claim) => mustWrite(claim, { lease: timing.leaseMs }),
    async release(claim, changes = {}, trail) {
      await write(claim, { lease: 'free', changes, trail });
    },
    async end(claim, end) {
      const { requestId, contentHash } = end;
      const click: Click = { requestId, contentHash };
      const failure = end.code === undefined ? undefined : { code: end.code, message: end.message ?? '' };
      const ended: RequestEnd =
        failure === undefined && end.result !== undefined
          ? { ...click, result: end.result }
          : {
              ...click,
              code: failure?.code ?? 'transfer.bug',
              message: failure?.message ?? '',
            };
      await mustWrite(claim, {
        lease: 'free',
        changes: {
          ...end.changes,
          waitsFor: null,
          code: failure?.code ?? null,
          message: failure?.message ?? null,
          ...(end.result === undefined ? {} : { result: end.result }),
          ...(end.state === 'unresolved' ? {} : { payload: null }),
        },
        ended,
        trail: end.trail,
        event: {
          state: end.state,
          requestId: end.requestId,
          body: JSON.stringify(end.result ?? failure),
        },
      });
    },
    answer: (claim, ended, trail) => mustWrite(claim, { lease: 'free', ended, trail }),
    async refuse(key, requestId, code, message, jobId, issued = {}) {
      const answer = await scripts.run(
        'refuse',
        [keys.record(key), keys.trail(key), keys.events, ...keys.lists, keys.issued(key.shopId)],
        [
          requestId,
          code,
          message,
          JSON.stringify({ requestId, code, message } satisfies RequestEnd),
          JSON.stringify({ step: 'refused', code, requestId } satisfies TrailEntry),
          key.shopId,
          key.invoiceId,
          new Date(clock.now()).toISOString(),
          JSON.stringify({ code, message }),
          agendaMember(key),
          jobId ?? '',
          ...toFields(issued).sets.flat(),
        ],
      );
      return answer as 'rejected' | 'told' | 'kept';
    },
    read: async (key: RecordKey) => fromFields(await redis.hgetall(keys.record(key))),
    async trail(key) {
      return readTrail(await redis.xrange(keys.trail(key), '-', '+'));
    },
  };
}
