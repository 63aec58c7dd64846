/** Find-or-create: the lease on a company's creates, and the ids they lead to. */
import { describe, expect, it } from 'vitest';
import { StaleClaim } from '../../../src/errors.ts';
import { CLIENT, createIntent, expectAbout, leased, type Open, useHarness } from './harness.ts';

export function entitiesContract(open: Open): void {
  const h = useHarness(open);
  const known = (key: string) => h.other.entities.known(CLIENT, 'customer', key);

  describe('the create lease', () => {
    it('is held by one at a time, of each company and kind', async () => {
      await leased(h.store, 'customer');
      const answer = await h.other.entities.lease(CLIENT, 'customer');
      expect(answer).toMatchObject({ kind: 'busy', reason: 'leased' });
      expectAbout(answer.kind === 'busy' ? answer.waitMs : 0, h.timing.leaseMs);
      expect((await h.other.entities.lease(CLIENT, 'product')).kind).toBe('taken');
      expect((await h.other.entities.lease('502', 'customer')).kind).toBe('taken');
    });

    it('of many askers at once goes to one', async () => {
      const answers = await Promise.all(
        [h.store, h.other, h.store, h.other].map(({ entities }) => entities.lease(CLIENT, 'category')),
      );
      expect(answers.filter(({ kind }) => kind === 'taken')).toHaveLength(1);
    });

    it('is to be had again once it ran out, not before', async () => {
      await leased(h.store);
      await h.elapse(h.timing.leaseMs - 30_000);
      expect((await h.other.entities.lease(CLIENT, 'customer')).kind).toBe('busy');
      await h.elapse(30_000);
      const second = await leased(h.other);
      expect(second.creatingSince).toBeUndefined();
    });

    it('lasts as long again after it was renewed', async () => {
      const lease = await leased(h.store);
      await h.elapse(h.timing.leaseMs - 30_000);
      await h.store.entities.renewLease(lease);
      await h.elapse(h.timing.leaseMs - 30_000);
      expect((await h.other.entities.lease(CLIENT, 'customer')).kind).toBe('busy');
    });

    it.each(['wipe', 'restart'] as const)('is not given in the quiet time after a %s', async (what) => {
      await h[what]();
      const answer = await h.store.entities.lease(CLIENT, 'customer');
      expect(answer).toMatchObject({ kind: 'busy', reason: 'quiet' });
      expectAbout(answer.kind === 'busy' ? answer.waitMs : 0, h.timing.settleMs);
      await h.elapse(h.timing.settleMs);
      await leased(h.store);
    });

    it.each(['lost to another', 'given back', 'lost to a restart'])('%s is not renewed', async (how) => {
      const lease = await leased(h.store);
      if (how === 'given back') await h.store.entities.free(lease, 'settled');
      if (how === 'lost to a restart') await h.restart();
      await h.elapse(h.timing.leaseMs);
      if (how === 'lost to another') await leased(h.other);
      await expect(h.store.entities.renewLease(lease)).rejects.toBeInstanceOf(StaleClaim);
      if (how === 'given back') await leased(h.other);
    });
  });

  describe('a create of unknown outcome', () => {
    it.each(['its maker said so', 'its maker died'])(
      'keeps successors waiting one settle from the send, as %s',
      async (how) => {
        const lease = await leased(h.store);
        await h.store.intents.write([createIntent(lease)]);
        if (how === 'its maker said so') await h.store.entities.free(lease, 'outcome_unknown');
        // The settle is longer than the lease, so that both cases look the same from then on.
        const beforeMs = h.timing.settleMs - 3_000;
        await h.elapse(beforeMs);
        expect(await h.other.entities.lease(CLIENT, 'customer')).toMatchObject({ kind: 'busy' });
        await h.elapse(3_000);
        const successor = await leased(h.other);
        expectAbout(successor.creatingSince ?? 0, h.now() - h.timing.settleMs);
      },
    );

    it('says how long a successor has to wait', async () => {
      const lease = await leased(h.store);
      await h.store.intents.write([createIntent(lease)]);
      await h.store.entities.free(lease, 'outcome_unknown');
      const answer = await h.other.entities.lease(CLIENT, 'customer');
      expect(answer).toMatchObject({ kind: 'busy', reason: 'settling' });
      expectAbout(answer.kind === 'busy' ? answer.waitMs : 0, h.timing.settleMs);
    });

    it('is waited for after a restart as well', async () => {
      const lease = await leased(h.store);
      await h.restart();
      await h.store.entities.lease(CLIENT, 'customer');
      await h.elapse(h.timing.settleMs);
      const next = await leased(h.store);
      await h.store.intents.write([createIntent(next)]);
      await h.store.entities.free(next, 'outcome_unknown');
      expect(lease.epoch).not.toBe(next.epoch);
      expect(await h.store.entities.lease(CLIENT, 'customer')).toMatchObject({ reason: 'settling' });
    });

    it('is over once a successor found what was made, or that nothing was', async () => {
      const first = await leased(h.store);
      await h.store.intents.write([createIntent(first)]);
      await h.store.entities.free(first, 'outcome_unknown');
      await h.elapse(h.timing.settleMs);
      await h.other.entities.free(await leased(h.other), 'settled');
      expect((await leased(h.store)).creatingSince).toBeUndefined();
    });
  });

  describe('the id of what was found or made', () => {
    it('is stored under every natural key', async () => {
      const facts = { email: 'sha256 of an address', name: 'with "quotes"' };
      const naturalKeys = ['org:817404502', 'email:kari byggmester'];
      await h.store.entities.remember(CLIENT, 'customer', 301, naturalKeys, facts);
      for (const key of ['org:817404502', 'email:kari byggmester']) {
        const found = await known(key);
        expect(found).toMatchObject({ id: 301, facts });
        expectAbout(found?.at ?? 0, h.now());
      }
    });

    it('is known in its company and kind only', async () => {
      await h.store.entities.remember(CLIENT, 'customer', 301, ['name:a']);
      expect(await known('name:b')).toBeUndefined();
      expect(await h.store.entities.known('502', 'customer', 'name:a')).toBeUndefined();
      expect(await h.store.entities.known(CLIENT, 'product', 'name:a')).toBeUndefined();
    });

    it('leaves the lease with who has it where one that lost it frees it', async () => {
      const stale = await leased(h.store);
      await h.elapse(h.timing.leaseMs);
      await leased(h.other);
      await h.store.entities.free(stale, 'settled');
      expect((await h.store.entities.lease(CLIENT, 'customer')).kind).toBe('busy');
    });

    it('is stored without a lease where it was merely found', async () => {
      await h.store.entities.remember(CLIENT, 'customer', 302, ['org:1', 'email:a'], { name: 'x' });
      expect(await known('org:1')).toMatchObject({ id: 302, facts: { name: 'x' } });
      expect(await known('email:a')).toMatchObject({ id: 302 });
      expectAbout((await known('email:a'))?.at ?? 0, h.now());
    });

    it('is replaced by what was stored later', async () => {
      await h.store.entities.remember(CLIENT, 'customer', 302, ['org:1']);
      await h.store.entities.remember(CLIENT, 'customer', 303, ['org:1']);
      expect((await known('org:1'))?.id).toBe(303);
    });

    it('is forgotten by key, or all of a kind', async () => {
      await h.store.entities.remember(CLIENT, 'customer', 301, ['a', 'b', 'c']);
      await h.store.entities.remember(CLIENT, 'product', 701, ['a']);
      await h.store.entities.forget(CLIENT, 'customer', ['a', 'unknown']);
      expect([await known('a'), (await known('b'))?.id]).toEqual([undefined, 301]);
      await h.store.entities.forget(CLIENT, 'customer', []);
      expect((await known('b'))?.id).toBe(301);
      await h.store.entities.forget(CLIENT, 'customer');
      expect([await known('b'), await known('c')]).toEqual([undefined, undefined]);
      expect((await h.store.entities.known(CLIENT, 'product', 'a'))?.id).toBe(701);
    });
  });
}
