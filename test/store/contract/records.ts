/** Transfer records: who may write, and until when. */
import { describe, expect, it } from 'vitest';
import { StaleClaim } from '../../../src/errors.ts';
import { anInvoiceJob } from '../../support/builders.ts';
import { claimed, expectAbout, KEY, leased, type Open, orderIntent, useHarness } from './harness.ts';

const TRAIL = { step: 'test' };

export function recordsContract(open: Open): void {
  const h = useHarness(open);

  describe('a claim', () => {
    it('on an invoice never seen creates its record as accepted, with the payload', async () => {
      const job = anInvoiceJob();
      expect(await h.store.records.read(KEY)).toBeUndefined();
      const answer = await h.store.records.claim(KEY, 3, job);
      if (answer.kind !== 'claimed') throw new Error(answer.reason);
      const { claim } = answer;
      expectAbout(claim.claimedAt, h.now());
      expect(claim.record).toEqual({
        state: 'accepted',
        revision: 3,
        attempts: 0,
        acceptedAt: claim.claimedAt,
        updatedAt: claim.claimedAt,
        unknownOutcome: false,
        payload: job,
        ended: [],
      });
      expect(await h.store.records.read(KEY)).toEqual(claim.record);
    });

    it('on a record that is there leaves its payload, state and acceptance alone', async () => {
      const job = anInvoiceJob();
      await h.store.records.claim(KEY, 1, job);
      await h.elapse(h.timing.leaseMs);
      const answer = await h.store.records.claim(KEY, 1, anInvoiceJob({ requestId: 'request-2' }));
      if (answer.kind !== 'claimed') throw new Error(answer.reason);
      expect(answer.claim.record.payload).toEqual(job);
      expectAbout(answer.claim.record.acceptedAt, h.now() - h.timing.leaseMs);
    });

    it('keeps the id of the job that claimed last', async () => {
      const claim = async (jobId?: string) => {
        const answer = await h.store.records.claim(KEY, 1, undefined, jobId);
        if (answer.kind !== 'claimed') throw new Error(answer.reason);
        await h.store.records.release(answer.claim);
        expect(await h.store.records.read(KEY)).toMatchObject({ jobId: answer.claim.record.jobId });
        return answer.claim.record.jobId;
      };
      expect([await claim('job-1'), await claim('job-2'), await claim()]).toEqual([
        'job-1',
        'job-2',
        'job-2',
      ]);
    });

    it('while another worker has the lease is busy, and says for how long', async () => {
      await claimed(h.store);
      const answer = await h.other.records.claim(KEY, 1);
      expect(answer).toMatchObject({ kind: 'busy', reason: 'leased' });
      expectAbout(answer.kind === 'busy' ? answer.waitMs : 0, h.timing.leaseMs);
    });

    it('on one invoice does not hold up another invoice or another shop', async () => {
      await claimed(h.store);
      const others = [
        { ...KEY, invoiceId: '1018-2' },
        { ...KEY, shopId: 'fjord.mysharefox.com' },
      ];
      for (const key of others) expect((await h.other.records.claim(key, 1)).kind).toBe('claimed');
    });

    it('of two workers at once goes to one', async () => {
      const answers = await Promise.all(
        [h.store, h.other, h.store, h.other].map((store) => store.records.claim(KEY, 1)),
      );
      expect(answers.map(({ kind }) => kind).sort()).toEqual(['busy', 'busy', 'busy', 'claimed']);
    });

    it('is to be had again once it was given back', async () => {
      await h.store.records.release(await claimed(h.store));
      const second = await claimed(h.other);
      expect(second.record.state).toBe('accepted');
    });

    it('is to be had again once its lease ran out, not before', async () => {
      await claimed(h.store);
      await h.elapse(h.timing.leaseMs - 30_000);
      expect((await h.other.records.claim(KEY, 1)).kind).toBe('busy');
      await h.elapse(30_000);
      expect((await h.other.records.claim(KEY, 1)).kind).toBe('claimed');
    });

    it('has a fence of its own each time', async () => {
      const first = await claimed(h.store);
      await h.store.records.release(first);
      expect((await claimed(h.store)).fence).not.toBe(first.fence);
    });
  });

  describe('the lease', () => {
    it.each(['renew', 'note'] as const)('lasts as long again after %s', async (command) => {
      const claim = await claimed(h.store);
      await h.elapse(h.timing.leaseMs - 30_000);
      if (command === 'renew') await h.store.records.renew(claim);
      else await h.store.records.note(claim, {});
      await h.elapse(h.timing.leaseMs - 30_000);
      expect((await h.other.records.claim(KEY, 1)).kind).toBe('busy');
    });

    it('that ran out while nobody else came is still written under', async () => {
      const claim = await claimed(h.store);
      await h.elapse(10 * h.timing.leaseMs);
      await h.store.records.note(claim, { attempts: 1 });
      expect((await h.store.records.read(KEY))?.attempts).toBe(1);
    });
  });

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

  describe('the highest revision', () => {
    it('is known to all as soon as a job comes with it, though another worker has the lease', async () => {
      const claim = await claimed(h.store, 1);
      await h.store.records.note(claim, { state: 'preparing' });
      expect((await h.other.records.claim(KEY, 2)).kind).toBe('busy');
      expect((await h.store.records.read(KEY))?.revision).toBe(2);
      expect(await h.store.intents.write([orderIntent(claim, 1)])).toEqual(['superseded']);
    });

    it('is known to all though the store is quiet', async () => {
      await h.store.records.release(await claimed(h.store, 1));
      await h.restart();
      expect(await h.store.records.claim(KEY, 4)).toMatchObject({ reason: 'quiet' });
      expect((await h.store.records.read(KEY))?.revision).toBe(4);
    });

    it('is what a claim shows, and no lower one takes it back', async () => {
      await h.store.records.release(await claimed(h.store, 10));
      const claim = await claimed(h.other, 9);
      expect(claim.record.revision).toBe(10);
      expect((await h.store.records.read(KEY))?.revision).toBe(10);
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
