import { INVOICE_TRANSFER } from '../contract/jobs.ts';
import type { RedisClient } from '../store/connection.ts';
import type { Keys } from '../store/keys.ts';

/** By so many more, or less; the field goes with the last one, and never below zero. */
const CHANGE = `
for at = 1, #ARGV, 2 do
  local left = (tonumber(redis.call('HGET', KEYS[1], ARGV[at])) or 0) + tonumber(ARGV[at + 1])
  if left > 0 then redis.call('HSET', KEYS[1], ARGV[at], left) else redis.call('HDEL', KEYS[1], ARGV[at]) end
end`;

export type Counts = Record<string, number>;

/** A count of all jobs, made a piece at a time. */
export interface Recount {
  /** How many jobs of each state have been counted. */
  at: number;
  /** What stood there when it began. */
  before: Counts;
  counted: Counts;
}

export interface Outstanding {
  /** One more; returns how many there are with it. */
  raise(shopId: string): Promise<number>;
  /** One of the shop's jobs has ended. */
  lower(shopId: string): Promise<void>;
  /** The recount that is under way, or one that begins. */
  recount(): Promise<Recount>;
  /** To be gone on with by whichever process sweeps next. */
  putAside(recount: Recount): Promise<void>;
  /** Take out what the count had drifted; what was raised and lowered meanwhile stays. */
  finish(recount: Recount): Promise<void>;
}

/** How many jobs of a queue each shop has under way; producers raise it, and take it as the priority of the next. */
export function createOutstanding(
  { redis, keys }: { redis: RedisClient; keys: Keys },
  queue: string = INVOICE_TRANSFER,
): Outstanding {
  const key = keys.outstandingOf(queue);
  const recountKey = keys.recount(queue);
  return {
    raise: (shopId) => redis.hincrby(key, shopId, 1),
    async lower(shopId) {
      await redis.eval(CHANGE, 1, key, shopId, -1);
    },
    async recount() {
      const aside = await redis.get(recountKey);
      if (aside !== null) return JSON.parse(aside) as Recount;
      const before = Object.entries(await redis.hgetall(key)).map(([shop, count]) => [
        shop,
        Number(count) || 0,
      ]);
      return { at: 0, before: Object.fromEntries(before) as Counts, counted: {} };
    },
    async putAside(recount) {
      await redis.set(recountKey, JSON.stringify(recount));
    },
    async finish({ before, counted }) {
      const shops = [...new Set([...Object.keys(before), ...Object.keys(counted)])];
      const changes = shops.flatMap((shop) => [shop, (counted[shop] ?? 0) - (before[shop] ?? 0)]);
      if (changes.length > 0) await redis.eval(CHANGE, 1, key, ...changes);
      await redis.del(recountKey);
    },
  };
}
