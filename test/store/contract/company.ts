/** Shops, facts of companies and of the deployment, the events of status checks, sessions and logins. */
import { describe, expect, it } from 'vitest';
import type { StatusResult } from '../../../src/contract/results.ts';
import { aShop } from '../../support/builders.ts';
import { CLIENT, KEY, type Open, useHarness } from './harness.ts';

const HOUR_MS = 3_600_000;
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

export function factsContract(open: Open): void {
  const h = useHarness(open);

  it('a fact is kept per company and name until it is replaced or forgotten', async () => {
    const { facts } = h.store;
    await facts.set(CLIENT, 'taxCodes', '[{"taxId":3}]');
    await facts.set(CLIENT, 'markSearchable', '1');
    await facts.set('502', 'taxCodes', 'refused');
    expect(await h.other.facts.get(CLIENT, 'taxCodes')).toBe('[{"taxId":3}]');
    expect(await h.other.facts.get(CLIENT, 'confirmedTaxIds')).toBeUndefined();
    await facts.set(CLIENT, 'taxCodes', '[]');
    expect(await facts.get(CLIENT, 'taxCodes')).toBe('[]');
    await facts.forget(CLIENT, 'taxCodes');
    expect(await facts.get(CLIENT, 'taxCodes')).toBeUndefined();
    expect(await facts.get(CLIENT, 'markSearchable')).toBe('1');
    expect(await facts.get('502', 'taxCodes')).toBe('refused');
  });
}

export function deploymentContract(open: Open): void {
  const h = useHarness(open);

  it('sessions that were seen to move stay suspect, for every process', async () => {
    expect(await h.other.deployment.sessionsMove()).toBe(false);
    await h.store.deployment.noteSessionsMove();
    await h.store.deployment.noteSessionsMove();
    expect(await h.other.deployment.sessionsMove()).toBe(true);
  });
}

export function eventsContract(open: Open): void {
  const h = useHarness(open);
  const result: StatusResult = {
    status: 'not_paid',
    detail: 'invoiced',
    orderId: 5001,
    checkedAt: '2021-01-13T09:30:00.000Z',
  };

  it('a status check is one event, also when its job runs again elsewhere', async () => {
    await h.store.events.paymentChecked(KEY, 'request-1', result);
    await h.other.events.paymentChecked(KEY, 'request-1', { ...result, status: 'paid' });
    expect(await h.events()).toEqual([
      {
        type: 'payment.checked',
        ...KEY,
        requestId: 'request-1',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        body: JSON.stringify(result),
      },
    ]);
  });

  it('the next click, another invoice and another shop have events of their own', async () => {
    await h.store.events.paymentChecked(KEY, 'request-1', result);
    await h.store.events.paymentChecked(KEY, 'request-2', result);
    await h.store.events.paymentChecked({ ...KEY, invoiceId: '1019' }, 'request-1', result);
    await h.store.events.paymentChecked({ ...KEY, shopId: 'fjord.mysharefox.com' }, 'request-1', result);
    expect((await h.events()).map(({ invoiceId, requestId }) => `${invoiceId} ${requestId}`)).toEqual([
      '1018-1 request-1',
      '1018-1 request-2',
      '1019 request-1',
      '1018-1 request-1',
    ]);
  });
}

export function sessionsContract(open: Open): void {
  const h = useHarness(open);

  describe('a session', () => {
    it('is shared by all processes, per company', async () => {
      await h.store.sessions.put(CLIENT, 'sealed-1');
      expect(await h.other.sessions.get(CLIENT)).toBe('sealed-1');
      expect(await h.other.sessions.get('502')).toBeUndefined();
    });

    it('is dropped only by one who means this very one', async () => {
      await h.store.sessions.put(CLIENT, 'sealed-2');
      await h.other.sessions.drop(CLIENT, 'sealed-1');
      expect(await h.store.sessions.get(CLIENT)).toBe('sealed-2');
      await h.other.sessions.drop(CLIENT, 'sealed-2');
      expect(await h.store.sessions.get(CLIENT)).toBeUndefined();
    });

    it('is kept for less than the day it may live', async () => {
      await h.store.sessions.put(CLIENT, 'sealed-1');
      await h.elapse(22 * HOUR_MS);
      expect(await h.store.sessions.get(CLIENT)).toBe('sealed-1');
      await h.elapse(HOUR_MS);
      expect(await h.store.sessions.get(CLIENT)).toBeUndefined();
    });
  });

  describe('the right to log in', () => {
    it('is had by one process at a time, per company', async () => {
      const token = await h.store.sessions.lock(CLIENT, 60_000);
      expect(token).toEqual(expect.any(String));
      expect(await h.other.sessions.lock(CLIENT, 60_000)).toBeUndefined();
      expect(await h.other.sessions.lock('502', 60_000)).toEqual(expect.any(String));
    });

    it('is given back by its holder, not by another', async () => {
      const token = (await h.store.sessions.lock(CLIENT, 60_000)) ?? '';
      await h.other.sessions.unlock(CLIENT, 'guess');
      expect(await h.other.sessions.lock(CLIENT, 60_000)).toBeUndefined();
      await h.store.sessions.unlock(CLIENT, token);
      expect(await h.other.sessions.lock(CLIENT, 60_000)).toEqual(expect.any(String));
    });

    it('goes by itself when its holder died', async () => {
      await h.store.sessions.lock(CLIENT, 60_000);
      await h.elapse(60_000);
      expect(await h.other.sessions.lock(CLIENT, 60_000)).toEqual(expect.any(String));
    });
  });

  it('logins above the limit of an hour are refused, per company, until the next hour', async () => {
    const login = (store = h.store, clientId = CLIENT) => store.sessions.countLogin(clientId, 2);
    expect([await login(), await login(h.other), await login(), await login(h.other)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await login(h.store, '502')).toBe(true);
    await h.elapse(HOUR_MS);
    expect(await login()).toBe(true);
  });
}
