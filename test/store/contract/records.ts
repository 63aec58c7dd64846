/** Transfer records: who may write, until when, and for which revision. */
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/domain/content.ts';
import { anInvoiceJob } from '../../support/builders.ts';
import { claimed, expectAbout, KEY, type Open, orderIntent, useHarness } from './harness.ts';

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
        newestAt: Date.parse(job.requestedAt),
        newestHash: contentHash(job),
        payload: job,
        issuedOn: job.invoice.issueDate,
        currency: job.invoice.currency,
        expected: { ...job.invoice.totals, rates: { 25: ['1215.00', '303.75'] } },
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

  describe('the newest content of a revision', () => {
    const at = (requestedAt: string, orderRef: string) =>
      anInvoiceJob({ requestId: orderRef, requestedAt, invoice: { orderRef } });
    const first = at('2021-01-13T09:30:00Z', 'a');
    const later = at('2021-01-13T09:31:00Z', 'b');
    const newest = async () => {
      const { newestAt, newestHash } = (await h.store.records.read(KEY)) ?? {};
      return [newestAt, newestHash];
    };
    const is = (job: typeof first) => [Date.parse(job.requestedAt), contentHash(job)];

    it('is known as soon as its job comes, though another worker has the lease', async () => {
      const answer = await h.store.records.claim(KEY, 1, first);
      if (answer.kind !== 'claimed') throw new Error(answer.reason);
      const { claim } = answer;
      await h.store.records.note(claim, { state: 'preparing' });
      expect(await newest()).toEqual(is(first));
      expect((await h.other.records.claim(KEY, 1, later)).kind).toBe('busy');
      expect(await newest()).toEqual(is(later));
      const intent = (job: typeof first) => ({
        ...orderIntent(claim, 1, contentHash(job)),
        requestedAt: Date.parse(job.requestedAt),
      });
      expect(await h.store.intents.write([intent(first)])).toEqual(['superseded']);
      const again = { ...later, requestedAt: first.requestedAt };
      expect(await h.store.intents.write([intent(again)])).toEqual(['go']);
    });

    it('is not an earlier one, nor one of a lower revision, however late it comes', async () => {
      for (const [job, revision] of [
        [later, 2],
        [first, 2],
        [at('2021-01-13T09:32:00Z', 'c'), 1],
      ] as const) {
        const answer = await h.store.records.claim(KEY, revision, job);
        if (answer.kind !== 'claimed') throw new Error(answer.reason);
        await h.store.records.release(answer.claim);
        expect(await newest()).toEqual(is(later));
      }
    });

    it('begins anew with a higher revision', async () => {
      await h.store.records.claim(KEY, 1, later);
      await h.other.records.claim(KEY, 2, first);
      expect(await newest()).toEqual(is(first));
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
}
