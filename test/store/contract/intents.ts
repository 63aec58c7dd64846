/** Intents: the last word before a save leaves. */
import { describe, expect, it } from 'vitest';
import type { TransferState } from '../../../src/contract/results.ts';
import type { Claim } from '../../../src/transfer/ports/records.ts';
import {
  CLIENT,
  claimed,
  createIntent,
  expectAbout,
  KEY,
  leased,
  type Open,
  orderIntent,
  useHarness,
} from './harness.ts';

export function intentsContract(open: Open): void {
  const h = useHarness(open);

  async function preparing(revision = 1): Promise<Claim> {
    const claim = await claimed(h.store, revision);
    await h.store.records.note(claim, { state: 'preparing' });
    return claim;
  }

  describe('the intent of an order', () => {
    it('goes, and the record says since when, which revision and which content', async () => {
      const claim = await preparing(2);
      await h.store.records.note(claim, { missedAt: 5, denied: true });
      expect(await h.store.intents.write([orderIntent(claim, 2, 'hash-2')])).toEqual(['go']);
      const record = await h.other.records.read(KEY);
      expect(record).toMatchObject({ state: 'sending', sentHash: 'hash-2' });
      expect(record).not.toHaveProperty('missedAt');
      expect(record).not.toHaveProperty('denied');
      expectAbout(record?.sentAt ?? 0, h.now());
      expect(await h.store.records.trail(KEY)).toMatchObject([{ step: 'send', revision: 2 }]);
    });

    it('goes again from sending, as after two looks in vain', async () => {
      const claim = await preparing();
      await h.store.intents.write([orderIntent(claim)]);
      const first = (await h.store.records.read(KEY))?.sentAt ?? 0;
      await h.elapse(30_000);
      expect(await h.store.intents.write([orderIntent(claim)])).toEqual(['go']);
      const sentAt = (await h.store.records.read(KEY))?.sentAt ?? 0;
      expectAbout(sentAt, h.now());
      expect(sentAt).toBeGreaterThanOrEqual(first);
    });

    it('renews the lease', async () => {
      const claim = await preparing();
      await h.elapse(h.timing.leaseMs - 30_000);
      await h.store.intents.write([orderIntent(claim)]);
      await h.elapse(h.timing.leaseMs - 30_000);
      expect((await h.other.records.claim(KEY, 1)).kind).toBe('busy');
    });

    it.each<TransferState>(['accepted', 'ordered', 'transferred', 'rejected', 'unresolved'])(
      'is refused from %s: nothing is sent from there',
      async (state) => {
        const claim = await preparing();
        await h.store.records.note(claim, { state });
        expect(await h.store.intents.write([orderIntent(claim)])).toEqual(['stale']);
        expect(await h.store.records.read(KEY)).not.toHaveProperty('sentAt');
      },
    );

    it('is refused where a higher revision is known, and goes for that revision', async () => {
      const claim = await preparing(2);
      expect(await h.store.intents.write([orderIntent(claim, 1)])).toEqual(['superseded']);
      expect((await h.store.records.read(KEY))?.state).toBe('preparing');
      expect(await h.store.intents.write([orderIntent(claim, 2)])).toEqual(['go']);
    });

    it('counts revisions as numbers: 9 is lower than 10', async () => {
      const claim = await preparing(10);
      expect(await h.store.intents.write([orderIntent(claim, 9)])).toEqual(['superseded']);
    });

    it('is refused where the claim went to another worker', async () => {
      const stale = await preparing();
      await h.elapse(h.timing.leaseMs);
      await claimed(h.other);
      expect(await h.store.intents.write([orderIntent(stale)])).toEqual(['stale']);
      expect((await h.store.records.read(KEY))?.state).toBe('preparing');
    });

    it('is refused where the claim was given back', async () => {
      const claim = await preparing();
      await h.store.records.release(claim);
      expect(await h.store.intents.write([orderIntent(claim)])).toEqual(['stale']);
      expect((await h.store.records.read(KEY))?.state).toBe('preparing');
    });

    it.each(['wipe', 'restart'] as const)(
      'is refused after a %s: the claim was of another epoch',
      async (what) => {
        const claim = await preparing();
        await h[what]();
        expect(await h.store.intents.write([orderIntent(claim)])).toEqual(['stale']);
        await h.elapse(h.timing.settleMs);
        expect(await h.store.intents.write([orderIntent(claim)])).toEqual(['stale']);
        expect((await h.store.records.read(KEY))?.state).toBe(what === 'wipe' ? undefined : 'preparing');
      },
    );

    it('of an unknown fence is refused', async () => {
      const claim = await preparing();
      expect(await h.store.intents.write([{ ...orderIntent(claim), fence: 'guess' }])).toEqual(['stale']);
    });
  });

  describe('the intent of a create', () => {
    it('goes, and a successor learns when the create left', async () => {
      const lease = await leased(h.store);
      expect(await h.store.intents.write([createIntent(lease)])).toEqual(['go']);
      await h.elapse(h.timing.leaseMs + h.timing.settleMs);
      const successor = await leased(h.other);
      expectAbout(successor.creatingSince ?? 0, h.now() - h.timing.leaseMs - h.timing.settleMs);
    });

    it('renews the lease', async () => {
      const lease = await leased(h.store);
      await h.elapse(h.timing.leaseMs - 30_000);
      await h.store.intents.write([createIntent(lease)]);
      await h.elapse(h.timing.leaseMs - 30_000);
      expect(await h.other.entities.lease(CLIENT, 'customer')).toMatchObject({ reason: 'leased' });
    });

    it.each(['lost to another', 'given back', 'lost to a restart'])(
      'is refused where the lease was %s, and leaves no mark',
      async (how) => {
        const lease = await leased(h.store);
        if (how === 'given back') await h.store.entities.free(lease, 'settled');
        if (how === 'lost to a restart') await h.restart();
        await h.elapse(h.timing.leaseMs);
        if (how === 'lost to another') await h.other.entities.free(await leased(h.other), 'settled');
        expect(await h.store.intents.write([createIntent(lease)])).toEqual(['stale']);
        await h.elapse(h.timing.settleMs);
        expect((await leased(h.other)).creatingSince).toBeUndefined();
      },
    );
  });

  it('of several intents each has its own answer, in order', async () => {
    const claim = await preparing();
    const lease = await leased(h.store, 'product');
    const answers = await h.store.intents.write([
      { ...orderIntent(claim), fence: 'guess' },
      createIntent(lease),
      orderIntent(claim),
      { ...createIntent(lease), epoch: 'guess' },
    ]);
    expect(answers).toEqual(['stale', 'go', 'go', 'stale']);
  });
}
