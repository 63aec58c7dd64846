/** Followed orders in Redis: a sorted set of looks by their time, and the record each look is written to. */
import type { Clock } from '../clock.ts';
import { FOLLOWED_STATES } from '../domain/following.ts';
import type { FollowedLists, FollowedRecords } from '../following/ports.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import { agendaMember, keyOfMember } from './agenda.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import { toFields } from './record-fields.ts';
import type { Scripts } from './scripts.ts';

/** In the scan's place while it rests. */
const RESTS = 'rests';

export function createFollowedRecords(deps: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
  clock: Clock;
}): FollowedRecords {
  const { redis, scripts, keys, clock } = deps;

  async function storeNow(): Promise<number> {
    const [seconds, micros] = await redis.time();
    return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
  }

  async function withoutLook(members: string[]): Promise<string[]> {
    if (members.length === 0) return [];
    const pipeline = redis.pipeline();
    for (const member of members) {
      pipeline.hmget(keys.record(keyOfMember(member)), 'state', 'followedAt');
      pipeline.zscore(keys.follow, member);
    }
    const replies = (await pipeline.exec()) ?? [];
    return members.filter((_member, index) => {
      const [state, followedAt] = (replies[2 * index]?.[1] ?? []) as (string | null)[];
      return state === 'transferred' && followedAt === null && replies[2 * index + 1]?.[1] === null;
    });
  }

  return {
    async arrived(limit) {
      const members = await redis.srandmember(keys.followNew, limit);
      return { nowMs: await storeNow(), keys: (members ?? []).map(keyOfMember) };
    },

    async neverFollowed(pageSize, restMs) {
      const nowMs = await storeNow();
      const place = await redis.get(keys.followScan);
      if (place === RESTS) return { nowMs, keys: [], goOn: async () => undefined };
      const [next, flat] = await redis.hscan(keys.orders, place ?? '0', 'COUNT', pageSize);
      const members = flat.filter((_text, index) => index % 2 === 1);
      return {
        nowMs,
        keys: (await withoutLook(members)).map(keyOfMember),
        async goOn() {
          if (next === '0') await redis.set(keys.followScan, RESTS, 'PX', Math.ceil(restMs));
          else await redis.set(keys.followScan, next);
        },
      };
    },

    async enter(entries) {
      if (entries.length === 0) return;
      const named = entries.map(({ key, at }) => ({ member: agendaMember(key), at: String(Math.ceil(at)) }));
      const records = entries.map(({ key }) => keys.record(key));
      await scripts.run(
        'follow-enter',
        [keys.follow, keys.followNew, ...records],
        [JSON.stringify({ entries: named })],
      );
    },

    async due(limit, holdMs) {
      const members = (await scripts.run('due', [keys.follow], [limit, holdMs])) as string[];
      return { nowMs: await storeNow(), keys: members.map(keyOfMember) };
    },

    async note({ key, from, changes, events, state, nextAt }) {
      const { sets, deletes } = toFields(changes);
      const { shopId, invoiceId } = key;
      const args = {
        member: agendaMember(key),
        from: [from.orderId, from.updatedAt, from.followedAt ?? ''].map(String),
        sets: sets.flat(),
        deletes,
        events: events.map(({ type, body }) => [type, JSON.stringify(body)]),
        shopId,
        invoiceId,
        at: new Date(clock.now()).toISOString(),
        nextAt: nextAt === undefined ? '' : String(Math.ceil(nextAt)),
        state: state === undefined ? 0 : FOLLOWED_STATES.indexOf(state) + 1,
        differs: changes.differences != null,
        gone: changes.goneAt != null,
        issuedOn: changes.issuedOn ?? '',
        invoiceNumber: changes.invoiceNumber == null ? '' : `${from.clientId}:${changes.invoiceNumber}`,
      };
      const answer = await scripts.run(
        'follow-note',
        [
          keys.record(key),
          keys.events,
          keys.follow,
          keys.followDiffers,
          keys.followGone,
          ...keys.followStates,
          keys.issued(shopId),
          keys.invoiceNumbers,
        ],
        [JSON.stringify(args)],
      );
      return answer === 'ok';
    },

    async postpone(postponed: readonly RecordKey[], delayMs) {
      if (postponed.length === 0) return;
      const args = { members: postponed.map(agendaMember), delayMs: String(Math.ceil(delayMs)) };
      await scripts.run('follow-postpone', [keys.follow], [JSON.stringify(args)]);
    },

    async drop(key) {
      await redis.zrem(keys.follow, agendaMember(key));
    },
  };
}

export function createFollowedLists({ redis, keys }: { redis: RedisClient; keys: Keys }): FollowedLists {
  const zsets = { differs: keys.followDiffers, gone: keys.followGone };
  return {
    async counts() {
      const pipeline = redis.pipeline();
      for (const key of keys.followStates) pipeline.scard(key);
      for (const key of [zsets.differs, zsets.gone]) pipeline.zcard(key);
      const [[, oldest], [seconds], replies] = await Promise.all([
        redis.zrange(keys.follow, 0, 0, 'WITHSCORES'),
        redis.time(),
        pipeline.exec(),
      ]);
      const [open, invoiced, paid, merged, differs, gone] = (replies ?? []).map(([, count]) => Number(count));
      const lagMs = oldest === undefined ? 0 : Math.max(0, Number(seconds) * 1_000 - Number(oldest));
      return { open, invoiced, paid, merged, differs, gone, lagMs } as Awaited<
        ReturnType<FollowedLists['counts']>
      >;
    },
    async page(list, offset, limit) {
      const [total, members] = await Promise.all([
        redis.zcard(zsets[list]),
        redis.zrevrange(zsets[list], offset, offset + limit - 1),
      ]);
      return { total, keys: members.map(keyOfMember) };
    },
  };
}
