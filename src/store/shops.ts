import { shopSettings } from '../contract/shop.ts';
import type { Shop, Shops } from '../transfer/ports.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

function parseShop(fields: Record<string, string>): Shop | undefined {
  if (fields.settings === undefined) return undefined;
  const { clientId, identityId, verifiedAt } = fields;
  const shop: Shop = {
    settings: shopSettings.parse(JSON.parse(fields.settings)),
    disabled: fields.disabled === '1',
  };
  if (clientId !== undefined && identityId !== undefined && verifiedAt !== undefined) {
    shop.verified = { clientId, identityId, verifiedAt };
  }
  return shop;
}

/** Connected shops in Redis. */
export function createShops({ redis, keys }: { redis: RedisClient; keys: Keys }): Shops {
  const find = async (shopId: string) => parseShop(await redis.hgetall(keys.shop(shopId)));
  return {
    find,
    async list() {
      const ids = (await redis.smembers(keys.shops)).sort();
      const shops = await Promise.all(ids.map(find));
      return shops.filter((shop) => shop !== undefined);
    },
    async save(settings) {
      const known = await find(settings.shopId);
      const key = keys.shop(settings.shopId);
      const change = redis
        .multi()
        .sadd(keys.shops, settings.shopId)
        .hset(key, {
          settings: JSON.stringify(settings),
          disabled: '0',
        });
      if (known !== undefined && known.settings.accountName !== settings.accountName) {
        change.hdel(key, 'clientId', 'identityId', 'verifiedAt');
      }
      await change.exec();
      if (known?.verified !== undefined && known.settings.accountName !== settings.accountName) {
        await redis.del(keys.session(known.verified.clientId), keys.facts(known.verified.clientId));
      }
    },
    async markVerified(shopId, verified) {
      await redis.hset(keys.shop(shopId), { ...verified });
    },
    async disable(shopId) {
      if ((await redis.exists(keys.shop(shopId))) === 0) return false;
      await redis.hset(keys.shop(shopId), 'disabled', '1');
      return true;
    },
  };
}
