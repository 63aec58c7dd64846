import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

/** One less; the field goes with the last one, and never below zero. */
const LOWER = `
local left = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') - 1
if left > 0 then redis.call('HSET', KEYS[1], ARGV[1], left) else redis.call('HDEL', KEYS[1], ARGV[1]) end
return left`;

export interface Outstanding {
  /** One more; returns how many there are with it. */
  raise(shopId: string): Promise<number>;
  /** One of the shop's jobs has ended. */
  lower(shopId: string): Promise<void>;
  /** As counted anew; shops that are not named have none. */
  replace(counts: ReadonlyMap<string, number>): Promise<void>;
}

/** For producers too: one whose job was not added takes back what it raised. */
export async function lowerOutstanding(redis: RedisClient, key: string, shopId: string): Promise<void> {
  await redis.eval(LOWER, 1, key, shopId);
}

/** How many jobs each shop has under way; producers raise it, and take it as the priority of the next. */
export function createOutstanding({ redis, keys }: { redis: RedisClient; keys: Keys }): Outstanding {
  return {
    raise: (shopId) => redis.hincrby(keys.outstanding, shopId, 1),
    lower: (shopId) => lowerOutstanding(redis, keys.outstanding, shopId),
    async replace(counts) {
      const transaction = redis.multi().del(keys.outstanding);
      if (counts.size > 0) transaction.hset(keys.outstanding, Object.fromEntries(counts));
      await transaction.exec();
    },
  };
}
