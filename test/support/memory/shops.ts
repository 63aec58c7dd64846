import type { ShopSettings } from '../../../src/contract/shop.ts';
import type { Shop, Shops } from '../../../src/transfer/ports/shops.ts';
import { type MemoryServer, setFields } from './server.ts';

export function createMemoryShops(server: MemoryServer): Shops {
  const { keys } = server;
  function find(shopId: string): Shop | undefined {
    const { settings, disabled, clientId, identityId, verifiedAt, formerClientId } = Object.fromEntries(
      server.hash(keys.shop(shopId)),
    );
    if (settings === undefined) return undefined;
    const shop: Shop = { settings: JSON.parse(settings) as ShopSettings, disabled: disabled === '1' };
    if (clientId !== undefined && identityId !== undefined && verifiedAt !== undefined) {
      shop.verified = { clientId, identityId, verifiedAt };
    }
    if (formerClientId !== undefined) shop.formerClientId = formerClientId;
    return shop;
  }
  /** As in src/store/lua/wake.lua. */
  function wake(shopId: string): void {
    const agenda = server.scores(keys.agenda);
    const resting = server.scores(keys.resting(shopId));
    for (const [member, at] of resting) agenda.set(member, Math.min(agenda.get(member) ?? at, at));
    resting.clear();
  }
  async function save(settings: ShopSettings): Promise<void> {
    const { shopId, accountName, clientId: named } = settings;
    const known = find(shopId);
    const hash = server.hash(keys.shop(shopId));
    server.hash(keys.shops).set(shopId, '1');
    setFields(hash, { settings: JSON.stringify(settings), disabled: 0 });
    wake(shopId);
    const clientId = known?.verified?.clientId;
    if (clientId === undefined) return;
    const isSame = named === undefined || String(named) === clientId;
    if (known?.settings.accountName === accountName && isSame) return;
    for (const field of ['clientId', 'identityId', 'verifiedAt']) hash.delete(field);
    setFields(hash, { formerClientId: clientId });
    server.drop(keys.session(clientId));
    server.drop(keys.facts(clientId));
  }
  return {
    find: async (shopId) => find(shopId),
    async list() {
      const shops = [...server.hash(keys.shops).keys()].sort().map(find);
      return shops.filter((shop) => shop !== undefined);
    },
    save,
    async markVerified(shopId, verified, expected) {
      const shop = find(shopId);
      const before = shop?.verified?.clientId ?? shop?.formerClientId;
      const { accountName, clientId } = shop?.settings ?? {};
      if (accountName !== expected.accountName || clientId !== expected.clientId) return false;
      if (before !== expected.before) return false;
      const hash = server.hash(keys.shop(shopId));
      setFields(hash, { ...verified });
      hash.delete('formerClientId');
      wake(shopId);
      return true;
    },
    async restore({ settings, disabled, verified, formerClientId }) {
      await save(settings);
      const fields = { ...verified, ...(formerClientId !== undefined && { formerClientId }) };
      setFields(server.hash(keys.shop(settings.shopId)), { disabled: disabled ? 1 : 0, ...fields });
      wake(settings.shopId);
    },
    async disable(shopId) {
      const hash = server.hash(keys.shop(shopId));
      if (hash.size === 0) return false;
      hash.set('disabled', '1');
      return true;
    },
  };
}
