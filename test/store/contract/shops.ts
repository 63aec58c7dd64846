/** Shops as connected and verified. */
import { expect, it } from 'vitest';
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
    await h.store.shops.markVerified(SHOP_ID, VERIFIED);
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
    await h.store.shops.markVerified(SHOP_ID, VERIFIED);
    await h.store.sessions.put(CLIENT, 'sealed');
    await h.store.sessions.put('502', 'sealed');
    await h.store.facts.set(CLIENT, 'markSearchable', '1');
    await h.store.shops.save(aShop({ accountName: 'Berg Utleie AS' }));
    expect(await find()).toEqual({ settings: aShop({ accountName: 'Berg Utleie AS' }), disabled: false });
    expect(await h.store.sessions.get(CLIENT)).toBeUndefined();
    expect(await h.store.sessions.get('502')).toBe('sealed');
    expect(await h.store.facts.get(CLIENT, 'markSearchable')).toBeUndefined();
  });

  it('a disabled shop stays verified, and saving it again enables it', async () => {
    await h.store.shops.save(aShop());
    await h.store.shops.markVerified(SHOP_ID, VERIFIED);
    expect(await h.store.shops.disable(SHOP_ID)).toBe(true);
    expect(await find()).toEqual({ settings: aShop(), disabled: true, verified: VERIFIED });
    await h.store.shops.save(aShop());
    expect((await find())?.disabled).toBe(false);
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
