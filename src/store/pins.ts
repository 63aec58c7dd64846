import { z } from 'zod';
import type { CustomerPin, CustomerPins } from '../transfer/ports/pins.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

const pinned = z.object({
  clientId: z.string(),
  customerId: z.number().int().positive(),
  chosenAt: z.string(),
  by: z.string(),
  invoiceId: z.string(),
});

/** What cannot be read counts as not chosen: then the invoice is refused as ambiguous, and a person chooses anew. */
function parse(text: string | null | undefined): CustomerPin | undefined {
  try {
    return pinned.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** One hash for each shop. */
export function createPins({ redis, keys }: { redis: RedisClient; keys: Keys }): CustomerPins {
  return {
    find: async (shopId, key) => parse(await redis.hget(keys.pins(shopId), key)),
    async set(shopId, key, pin) {
      await redis.hset(keys.pins(shopId), key, JSON.stringify(pin));
    },
    async list(shopId) {
      const all = Object.entries(await redis.hgetall(keys.pins(shopId)));
      return all.flatMap(([key, text]) => {
        const pin = parse(text);
        return pin === undefined ? [] : [{ key, ...pin }];
      });
    },
    remove: async (shopId, key) => (await redis.hdel(keys.pins(shopId), key)) === 1,
    async forgetShop(shopId) {
      const count = await redis.hlen(keys.pins(shopId));
      await redis.del(keys.pins(shopId));
      return count;
    },
  };
}
