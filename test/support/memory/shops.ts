import type { ShopSettings } from '../../../src/contract/shop.ts';
import type { Shop, Shops } from '../../../src/transfer/ports.ts';
import { type MemoryServer, setFields } from './server.ts';

export function createMemoryShops(server: MemoryServer): Shops {
  const { keys } = server;
  function find(shopId: string): Shop | undefined {
    const { settings, disabled, clientId, identityId, verifiedAt } = Object.fromEntries(
      server.hash(keys.shop(shopId)),
    );
    if (settings === undefined) return undefined;
    const shop: Shop = { settings: JSON.parse(settings) as ShopSettings, disabled: disabled === '1' };
    if (clientId !== undefined && identityId !== undefined && verifiedAt !== undefined) {
      shop.verified = { clientId, identityId, verifiedAt };
    }
    return shop;
  }
  /** As in src/store/lua/wake.lua. */
  function wake(shopId: string): void {
    const agenda = server.scores(keys.agenda);
    const resting = server.scores(keys.resting(shopId));
    for (const [member, at] of resting) agenda.set(member, Math.min(agenda.get(member) ?? at, at));
    resting.clear();
  }
  return {
    find: async (shopId) => find(shopId),
    async list() {
      const shops = [...server.hash(keys.shops).keys()].sort().map(find);
      return shops.filter((shop) => shop !== undefined);
    },
    async save(settings) {
      const known = find(settings.shopId);
      const hash = server.hash(keys.shop(settings.shopId));
      server.hash(keys.shops).set(settings.shopId, '1');
      setFields(hash, { settings: JSON.stringify(settings), disabled: 0 });
      wake(settings.shopId);
      if (known === undefined || known.settings.accountName === settings.accountName) return;
      for (const field of ['clientId', 'identityId', 'verifiedAt']) hash.delete(field);
      if (known.verified === undefined) return;
      server.drop(keys.session(known.verified.clientId));
      server.drop(keys.facts(known.verified.clientId));
    },
    async markVerified(shopId, verified) {
      setFields(server.hash(keys.shop(shopId)), { ...verified });
      wake(shopId);
    },
    async disable(shopId) {
      const hash = server.hash(keys.shop(shopId));
      if (hash.size === 0) return false;
      hash.set('disabled', '1');
      return true;
    },
  };
}
