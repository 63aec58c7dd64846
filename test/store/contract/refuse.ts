/** Transfer records: a job refused before anything was tried. */
import { describe, expect, it } from 'vitest';
import { anInvoiceJob } from '../../support/builders.ts';
import { claimed, KEY, type Open, useHarness } from './harness.ts';

const TRAIL = { step: 'test' };

export function refuseContract(open: Open): void {
  const h = useHarness(open);
  const refuse = (requestId: string, code: 'vat.not_found' | 'shop.unknown' = 'shop.unknown') =>
    h.store.records.refuse(KEY, requestId, code, `because of ${code}`);

  describe('a job refused before anything was tried', () => {
    it('is written as rejected with its event, though there was no record', async () => {
      expect(await refuse('request-1')).toBe('rejected');
      const end = { requestId: 'request-1', code: 'shop.unknown', message: 'because of shop.unknown' };
      const record = await h.other.records.read(KEY);
      expect(record).toEqual({
        state: 'rejected',
        revision: 1,
        attempts: 0,
        unknownOutcome: false,
        acceptedAt: record?.updatedAt,
        updatedAt: expect.any(Number),
        code: end.code,
        message: end.message,
        ended: [end],
      });
      expect(Math.abs((record?.updatedAt ?? 0) - h.now())).toBeLessThan(20_000);
      expect(await h.store.records.trail(KEY)).toMatchObject([
        { step: 'refused', code: 'shop.unknown', requestId: 'request-1' },
      ]);
      expect(await h.events()).toEqual([
        {
          type: 'transfer.rejected',
          ...KEY,
          requestId: 'request-1',
          at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          body: JSON.stringify({ code: end.code, message: end.message }),
        },
      ]);
    });

    it('and run again adds nothing', async () => {
      await refuse('request-1');
      const before = await h.store.records.read(KEY);
      expect(await refuse('request-1')).toBe('told');
      expect(await h.store.records.read(KEY)).toEqual(before);
      expect(await h.events()).toHaveLength(1);
      expect(await h.store.records.trail(KEY)).toHaveLength(1);
    });

    it('by another click is told to that one too, and both are remembered', async () => {
      await refuse('request-1', 'vat.not_found');
      expect(await refuse('request-2', 'shop.unknown')).toBe('rejected');
      const record = await h.store.records.read(KEY);
      expect(record?.code).toBe('shop.unknown');
      expect(record?.ended.map(({ requestId }) => requestId)).toEqual(['request-1', 'request-2']);
      expect((await h.events()).map(({ requestId }) => requestId)).toEqual(['request-1', 'request-2']);
    });

    it('that comes again after another click was refused adds nothing either', async () => {
      await refuse('request-1');
      await refuse('request-2');
      expect(await refuse('request-1')).toBe('told');
      expect((await h.events()).map(({ requestId }) => requestId)).toEqual(['request-1', 'request-2']);
      expect((await h.store.records.read(KEY))?.ended).toHaveLength(2);
    });

    it('does not wait for the quiet time of a new epoch', async () => {
      await h.wipe();
      expect(await refuse('request-1')).toBe('rejected');
    });

    it('remembers the end a worker wrote before, and a worker remembers its', async () => {
      await h.store.records.end(await claimed(h.store), {
        state: 'rejected',
        requestId: 'by-worker',
        code: 'vat.not_found',
        message: 'm',
        trail: TRAIL,
      });
      expect(await refuse('by-worker')).toBe('told');
      await refuse('refused');
      const claim = await claimed(h.store);
      expect(claim.record.ended.map(({ requestId }) => requestId)).toEqual(['by-worker', 'refused']);
    });

    it('stays readable however often it is refused', async () => {
      for (let i = 0; i < 120; i += 1) await refuse(`request-${i}`);
      const ended = (await h.store.records.read(KEY))?.ended ?? [];
      expect(ended.at(-1)?.requestId).toBe('request-119');
      expect(JSON.stringify(ended).length).toBeLessThan(10_000);
    });

    it.each(['accepted', 'preparing', 'sending', 'ordered', 'transferred', 'unresolved'] as const)(
      'leaves a record that is %s alone: an order may hang on it',
      async (state) => {
        const answer = await h.store.records.claim(KEY, 1, anInvoiceJob());
        if (answer.kind !== 'claimed') throw new Error(answer.reason);
        await h.store.records.note(answer.claim, { state });
        const before = await h.store.records.read(KEY);
        expect(await refuse('request-2')).toBe('kept');
        expect(await h.store.records.read(KEY)).toEqual(before);
        expect(await h.events()).toEqual([]);
        expect(await h.store.records.trail(KEY)).toEqual([]);
      },
    );
  });
}
