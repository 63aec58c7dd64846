/** Shops as connected and verified. */
import { describe, expect, it } from 'vitest';
import type { ShopSettingsInput } from '../../../src/contract/shop.ts';
import type { Shop } from '../../../src/transfer/ports/shops.ts';
import { aShop } from '../../support/builders.ts';
import { CLIENT, type Open, useHarness } from './harness.ts';

const SHOP_ID = aShop().shopId;
const VERIFIED = {
  clientId: CLIENT,
  identityId: '1d000000-0000-4000-8000-000000000501',
  verifiedAt: '2021-01-13T09:30:00.000Z',
};

export function shopsContract(open: Open): void {
  const h = useHarness(open);
  const find = () => h.other.shops.find(SHOP_ID);

  it('a shop is found as it was saved, enabled and not verified', async () => {
    expect(await find()).toBeUndefined();
    const settings = aShop({ vatCodes: { '25': 3 }, departmentId: 7 });
    await h.store.shops.save(settings);
    expect(await find()).toEqual({ settings, disabled: false });
  });

  it('a verified shop stays verified when it is saved again with the same account name', async () => {
    await h.store.shops.save(aShop());
    expect(await h.store.shops.markVerified(SHOP_ID, VERIFIED, aShop())).toBe(true);
    await h.store.facts.set(CLIENT, 'taxCodes', '[]');
    await h.store.shops.save(aShop({ rentalProductName: 'Utleie' }));
    expect(await find()).toEqual({
      settings: aShop({ rentalProductName: 'Utleie' }),
      disabled: false,
      verified: VERIFIED,
    });
    expect(await h.store.facts.get(CLIENT, 'taxCodes')).toBe('[]');
  });

  it('a changed account name forgets the verification, the session and the facts of the company before', async () => {
    await h.store.shops.save(aShop());
    expect(await h.store.shops.markVerified(SHOP_ID, VERIFIED, aShop())).toBe(true);
    await h.store.sessions.put(CLIENT, 'sealed');
    await h.store.sessions.put('502', 'sealed');
    await h.store.facts.set(CLIENT, 'markSearchable', '1');
    await h.store.shops.save(aShop({ accountName: 'Berg Utleie AS' }));
    expect(await find()).toEqual({
      settings: aShop({ accountName: 'Berg Utleie AS' }),
      disabled: false,
      formerClientId: CLIENT,
    });
    expect(await h.store.sessions.get(CLIENT)).toBeUndefined();
    expect(await h.store.sessions.get('502')).toBe('sealed');
    expect(await h.store.facts.get(CLIENT, 'markSearchable')).toBeUndefined();
  });

  it('a disabled shop stays verified, and saving it again enables it', async () => {
    await h.store.shops.save(aShop());
    expect(await h.store.shops.markVerified(SHOP_ID, VERIFIED, aShop())).toBe(true);
    expect(await h.store.shops.disable(SHOP_ID)).toBe(true);
    expect(await find()).toEqual({ settings: aShop(), disabled: true, verified: VERIFIED });
    await h.store.shops.save(aShop());
    expect((await find())?.disabled).toBe(false);
  });

  it('naming another company than the verified one forgets the verification', async () => {
    await h.store.shops.save(aShop());
    await h.store.shops.markVerified(SHOP_ID, VERIFIED, aShop());
    const named = aShop({ clientId: Number(CLIENT) });
    await h.store.shops.save(named);
    expect((await find())?.verified).toEqual(VERIFIED);
    const another = aShop({ clientId: Number(CLIENT) + 1 });
    await h.store.shops.save(another);
    expect(await find()).toEqual({ settings: another, disabled: false, formerClientId: CLIENT });
  });

  describe('a verification', () => {
    const mark = (expected: Parameters<typeof h.store.shops.markVerified>[2]) =>
      h.store.shops.markVerified(SHOP_ID, VERIFIED, expected);

    it.each<[string, Partial<ShopSettingsInput>]>([
      ['names another account', { accountName: 'Berg Utleie AS' }],
      ['names a company', { clientId: 502 }],
    ])('that ends beside a shop add which %s ties the shop to nothing', async (_, changes) => {
      await h.store.shops.save(aShop(changes));
      expect(await mark(aShop())).toBe(false);
      expect(await find()).toEqual({ settings: aShop(changes), disabled: false });
      expect(await mark(aShop(changes))).toBe(true);
    });

    it('beside another one that moved the shop changes nothing', async () => {
      await h.store.shops.save(aShop());
      expect(await mark({ ...aShop(), before: '777' })).toBe(false);
      expect(await mark(aShop())).toBe(true);
      expect(await mark(aShop())).toBe(false);
      expect(await mark({ ...aShop(), before: CLIENT })).toBe(true);
    });

    it('of a shop that is not there makes none', async () => {
      expect(await mark(aShop())).toBe(false);
      expect(await find()).toBeUndefined();
    });

    it('remembers the company before until the next one', async () => {
      await h.store.shops.save(aShop());
      await mark(aShop());
      await h.store.shops.save(aShop({ accountName: 'B' }));
      await h.store.shops.save(aShop());
      expect((await find())?.formerClientId).toBe(CLIENT);
      expect(await mark({ ...aShop(), before: CLIENT })).toBe(true);
      expect(await find()).toEqual({ settings: aShop(), disabled: false, verified: VERIFIED });
    });

    it('comes back as it was exported', async () => {
      const shops: Shop[] = [
        { settings: aShop(), disabled: true, verified: VERIFIED },
        { settings: aShop(), disabled: false, formerClientId: CLIENT },
      ];
      for (const shop of shops) {
        await h.store.shops.restore(shop);
        expect((await find())?.disabled).toBe(shop.disabled);
      }
      expect((await find())?.formerClientId).toBe(CLIENT);
    });
  });

  it('disabling a shop that is not there says so and makes none', async () => {
    expect(await h.store.shops.disable(SHOP_ID)).toBe(false);
    expect(await find()).toBeUndefined();
    expect(await h.store.shops.list()).toEqual([]);
  });

  it('all shops are listed once each, by id', async () => {
    for (const shopId of ['fjord.mysharefox.com', 'acme.mysharefox.com', 'fjord.mysharefox.com']) {
      await h.store.shops.save(aShop({ shopId }));
    }
    const ids = (await h.other.shops.list()).map(({ settings }) => settings.shopId);
    expect(ids).toEqual(['acme.mysharefox.com', 'fjord.mysharefox.com']);
  });
}
