import { shopSettings } from '../contract/shop.ts';
import { NotYet } from '../errors.ts';
import type { Shop, Shops } from '../transfer/ports.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Scripts } from './scripts.ts';

/** Settings of another version may hold a key that this one would leave out of an order. Throws NotYet. */
function parseShop(fields: Record<string, string>): Shop | undefined {
  if (fields.settings === undefined) return undefined;
  const { clientId, identityId, verifiedAt } = fields;
  const parsed = shopSettings.safeParse(JSON.parse(fields.settings));
  if (!parsed.success) {
    throw new NotYet(
      'shop.unreadable',
      'this version cannot read the settings of this shop; deploy the one that wrote them, or run shop add',
    );
  }
  const shop: Shop = { settings: parsed.data, disabled: fields.disabled === '1' };
  if (clientId !== undefined && identityId !== undefined && verifiedAt !== undefined) {
    shop.verified = { clientId, identityId, verifiedAt };
  }
  return shop;
}

/** Undefined where it was never added. */
async function accountNameOf(redis: RedisClient, key: string): Promise<string | undefined> {
  const settings = await redis.hget(key, 'settings');
  return settings === null ? undefined : (JSON.parse(settings) as { accountName?: string }).accountName;
}

/** Connected shops in Redis. */
export function createShops({
  redis,
  scripts,
  keys,
}: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
}): Shops {
  const find = async (shopId: string) => parseShop(await redis.hgetall(keys.shop(shopId)));
  /** What rests while the shop may not transfer; what still may not rests again. */
  const wake = (shopId: string) => scripts.run('wake', [keys.agenda, keys.resting(shopId)], []);
  return {
    find,
    async list() {
      const ids = (await redis.smembers(keys.shops)).sort();
      // One that cannot be read hides no other.
      const shops = await Promise.allSettled(ids.map(find));
      return shops.flatMap((shop) => {
        if (shop.status === 'fulfilled') return shop.value ?? [];
        if (shop.reason instanceof NotYet) return [];
        throw shop.reason;
      });
    },
    async save(settings) {
      const key = keys.shop(settings.shopId);
      const [nameBefore, clientId] = await Promise.all([
        accountNameOf(redis, key),
        redis.hget(key, 'clientId'),
      ]);
      const isRenamed = nameBefore !== undefined && nameBefore !== settings.accountName;
      const change = redis
        .multi()
        .sadd(keys.shops, settings.shopId)
        .hset(key, {
          settings: JSON.stringify(settings),
          disabled: '0',
        });
      if (isRenamed) {
        change.hdel(key, 'clientId', 'identityId', 'verifiedAt');
      }
      await change.exec();
      if (isRenamed && clientId !== null) await redis.del(keys.session(clientId), keys.facts(clientId));
      await wake(settings.shopId);
    },
    async markVerified(shopId, verified) {
      await redis.hset(keys.shop(shopId), { ...verified });
      await wake(shopId);
    },
    async disable(shopId) {
      if ((await redis.exists(keys.shop(shopId))) === 0) return false;
      await redis.hset(keys.shop(shopId), 'disabled', '1');
      return true;
    },
  };
}
