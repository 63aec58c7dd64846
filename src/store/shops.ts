import { type ShopSettings, shopSettings } from '../contract/shop.ts';
import { NotYet } from '../errors.ts';
import type { Shop, Shops } from '../transfer/ports/shops.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Scripts } from './scripts.ts';

/** Settings of another version may hold a key that this one would leave out of an order. Throws NotYet. */
function parseShop(shopId: string, fields: Record<string, string>): Shop | undefined {
  if (fields.settings === undefined) return undefined;
  const { clientId, identityId, verifiedAt, formerClientId } = fields;
  const parsed = shopSettings.safeParse(JSON.parse(fields.settings));
  if (!parsed.success) {
    throw new NotYet(
      'shop.unreadable',
      `this version cannot read the settings of ${shopId}; deploy the one that wrote them, or run shop add`,
    );
  }
  const shop: Shop = { settings: parsed.data, disabled: fields.disabled === '1' };
  if (clientId !== undefined && identityId !== undefined && verifiedAt !== undefined) {
    shop.verified = { clientId, identityId, verifiedAt };
  }
  if (formerClientId !== undefined) shop.formerClientId = formerClientId;
  return shop;
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
  const find = async (shopId: string) => parseShop(shopId, await redis.hgetall(keys.shop(shopId)));
  /** What rests while the shop may not transfer; what still may not rests again. */
  const wake = (shopId: string) => scripts.run('wake', [keys.agenda, keys.resting(shopId)], []);
  async function save(settings: ShopSettings): Promise<void> {
    const { shopId, accountName, clientId } = settings;
    const forgotten = await scripts.run(
      'shop-save',
      [keys.shops, keys.shop(shopId)],
      [shopId, JSON.stringify(settings), accountName, clientId ?? ''],
    );
    if (typeof forgotten === 'string' && forgotten !== '') {
      await redis.del(keys.session(forgotten), keys.facts(forgotten));
    }
    await wake(shopId);
  }
  return {
    find,
    async list({ skipsUnreadable = false } = {}) {
      const ids = (await redis.smembers(keys.shops)).sort();
      const orSkipped = (error: unknown) => {
        if (skipsUnreadable && error instanceof NotYet) return undefined;
        throw error;
      };
      const shops = await Promise.all(ids.map((id) => find(id).catch(orSkipped)));
      return shops.filter((shop) => shop !== undefined);
    },
    save,
    async markVerified(shopId, { clientId, identityId, verifiedAt }, expected) {
      const done = await scripts.run(
        'shop-verified',
        [keys.shop(shopId)],
        [
          clientId,
          identityId,
          verifiedAt,
          expected.accountName,
          expected.clientId ?? '',
          expected.before ?? '',
        ],
      );
      await wake(shopId);
      return Number(done) === 1;
    },
    async restore({ settings, disabled, verified, formerClientId }) {
      await save(settings);
      const fields = { ...verified, ...(formerClientId !== undefined && { formerClientId }) };
      await redis.hset(keys.shop(settings.shopId), { disabled: disabled ? '1' : '0', ...fields });
      await wake(settings.shopId);
    },
    async disable(shopId) {
      if ((await redis.exists(keys.shop(shopId))) === 0) return false;
      await redis.hset(keys.shop(shopId), 'disabled', '1');
      return true;
    },
  };
}
