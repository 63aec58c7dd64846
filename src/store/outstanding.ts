import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

const LOWER = `
local left = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0') - 1
if left > 0 then redis.call('HSET', KEYS[1], ARGV[1], left) else redis.call('HDEL', KEYS[1], ARGV[1]) end
return left`;

export interface Outstanding {
  /** One of the shop's jobs has ended. */
  lower(shopId: string): Promise<void>;
}

/** How many jobs each shop has under way; producers raise it, and take it as the priority of the next. */
export function createOutstanding({ redis, keys }: { redis: RedisClient; keys: Keys }): Outstanding {
  return {
    async lower(shopId) {
      await redis.eval(LOWER, 1, keys.outstanding, shopId);
    },
  };
}
