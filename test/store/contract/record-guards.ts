/** Transfer records: who may not write any more. */
import { describe, expect, it } from 'vitest';
import { StaleClaim } from '../../../src/errors.ts';
import { anInvoiceJob } from '../../support/builders.ts';
import { claimed, expectAbout, KEY, leased, type Open, useHarness } from './harness.ts';

const TRAIL = { step: 'test' };

export function recordGuardsContract(open: Open): void {
  const h = useHarness(open);

  describe('a worker that lost its claim', () => {
    const writes: [string, (stale: Awaited<ReturnType<typeof claimed>>) => Promise<unknown>][] = [
      ['note', (stale) => h.store.records.note(stale, { orderId: 9 }, TRAIL)],
      ['renew', (stale) => h.store.records.renew(stale)],
      [
        'end',
        (stale) =>
          h.store.records.end(stale, {
            state: 'rejected',
            requestId: 'r',
            code: 'vat.not_found',
            message: 'm',
            trail: TRAIL,
          }),
      ],
      [
        'answer',
        (stale) =>
          h.store.records.answer(stale, { requestId: 'r', code: 'invoice.superseded', message: 'm' }, TRAIL),
      ],
    ];

    it.each(writes)('to another worker writes nothing any more: %s', async (_name, write) => {
      const stale = await claimed(h.store);
      await h.elapse(h.timing.leaseMs);
      const now = await claimed(h.other);
      const before = await h.store.records.read(KEY);
      await expect(write(stale)).rejects.toBeInstanceOf(StaleClaim);
      expect(await h.store.records.read(KEY)).toEqual(before);
      expect(await h.store.records.trail(KEY)).toEqual([]);
      expect(await h.events()).toEqual([]);
      await h.other.records.note(now, { attempts: 1 });
    });

    it.each(writes)('to a restart of the store writes nothing any more: %s', async (_name, write) => {
      const stale = await claimed(h.store);
      await h.restart();
      await expect(write(stale)).rejects.toBeInstanceOf(StaleClaim);
      expect((await h.store.records.read(KEY))?.state).toBe('accepted');
      expect(await h.events()).toEqual([]);
    });

    it.each(writes)('with the store itself brings nothing back: %s', async (_name, write) => {
      const stale = await claimed(h.store);
      await h.wipe();
      await expect(write(stale)).rejects.toBeInstanceOf(StaleClaim);
      expect(await h.store.records.read(KEY)).toBeUndefined();
    });

    it.each(writes.slice(0, 2))('by giving it back does not take it again: %s', async (_name, write) => {
      const claim = await claimed(h.store);
      await h.store.records.release(claim);
      const before = await h.store.records.read(KEY);
      await expect(write(claim)).rejects.toBeInstanceOf(StaleClaim);
      expect(await h.store.records.read(KEY)).toEqual(before);
      expect((await h.other.records.claim(KEY, 1)).kind).toBe('claimed');
    });

    it('gives it back in silence, and the one who has it keeps it', async () => {
      const stale = await claimed(h.store);
      await h.elapse(h.timing.leaseMs);
      const now = await claimed(h.other);
      await h.store.records.release(stale, { attempts: 7 }, TRAIL);
      expect((await h.store.records.read(KEY))?.attempts).toBe(0);
      expect((await h.store.records.claim(KEY, 1)).kind).toBe('busy');
      await h.other.records.note(now, {});
    });
  });

  describe('a new epoch', () => {
    it.each(['wipe', 'restart'] as const)(
      'after a %s is quiet for one settle: nothing is claimed',
      async (what) => {
        await h[what]();
        const answer = await h.store.records.claim(KEY, 1, anInvoiceJob());
        expect(answer).toMatchObject({ kind: 'busy', reason: 'quiet' });
        expectAbout(answer.kind === 'busy' ? answer.waitMs : 0, h.timing.settleMs);
        expect(await h.store.records.read(KEY)).toBeUndefined();

        await h.elapse(h.timing.settleMs - 30_000);
        expect((await h.other.records.claim(KEY, 1)).kind).toBe('busy');
        await h.elapse(30_000);
        expect((await h.other.records.claim(KEY, 1)).kind).toBe('claimed');
      },
    );

    it('does not begin while the store stays what it is', async () => {
      const first = await claimed(h.store);
      await h.store.records.release(first);
      await h.elapse(24 * 3_600_000);
      expect((await claimed(h.other)).epoch).toBe(first.epoch);
    });

    it('keeps what was written before the restart', async () => {
      const claim = await claimed(h.store);
      await h.store.records.note(
        claim,
        { state: 'ordered', orderId: 5001 },
        { step: 'ordered', orderId: 5001 },
      );
      await h.restart();
      expect(await h.store.records.read(KEY)).toMatchObject({ state: 'ordered', orderId: 5001 });
      expect(await h.store.records.trail(KEY)).toHaveLength(1);
    });
  });

  describe('where a lease is longer than the quiet time', () => {
    const long = useHarness(open, { timing: { leaseMs: 3_600_000 } });

    it('a new epoch does not wait for leases of the one before: nothing of it is written any more', async () => {
      const before = await claimed(long.store);
      await leased(long.store);
      await long.restart();
      await long.store.records.claim(KEY, 1);
      await long.elapse(long.timing.settleMs);
      expect((await claimed(long.other)).epoch).not.toBe(before.epoch);
      await leased(long.other);
    });
  });
}
