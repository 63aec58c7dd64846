/** Transfer records: their ends, with their events, and what each click was told. */
import { describe, expect, it } from 'vitest';
import type { RequestEnd } from '../../../src/transfer/ports/records.ts';
import { anInvoiceJob } from '../../support/builders.ts';
import { aResult, claimed, KEY, type Open, useHarness } from './harness.ts';

const RESULT = aResult();
const TRAIL = { step: 'test', requestId: 'request-1' };
const REJECTION = { state: 'rejected', code: 'vat.not_found', message: 'line 1', trail: TRAIL } as const;

export function recordEndsContract(open: Open): void {
  const h = useHarness(open);

  describe('an end', () => {
    it('transferred stores the result, drops the payload, tells the event, and frees the claim', async () => {
      const answer = await h.store.records.claim(KEY, 1, anInvoiceJob());
      if (answer.kind !== 'claimed') throw new Error(answer.reason);
      await h.store.records.note(answer.claim, {
        code: 'order.vanished',
        message: 'from before',
        waitsFor: 'transfer.busy',
      });
      await h.store.records.end(answer.claim, {
        state: 'transferred',
        requestId: 'request-1',
        result: RESULT,
        changes: { orderId: 5001 },
        trail: TRAIL,
      });
      const record = await h.other.records.read(KEY);
      expect(record).toMatchObject({
        state: 'transferred',
        orderId: 5001,
        result: RESULT,
        ended: [{ requestId: 'request-1', result: RESULT }],
      });
      for (const field of ['payload', 'code', 'message', 'waitsFor'])
        expect(record).not.toHaveProperty(field);
      expect(answer.claim.record).toEqual({ ...record, updatedAt: answer.claim.record.updatedAt });
      const [event, ...more] = await h.events();
      expect(more).toEqual([]);
      expect(event).toEqual({
        type: 'transfer.completed',
        ...KEY,
        requestId: 'request-1',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        body: JSON.stringify(RESULT),
      });
      expect(await h.store.records.trail(KEY)).toMatchObject([TRAIL]);
      expect((await h.other.records.claim(KEY, 1)).kind).toBe('claimed');
    });

    it.each([
      ['rejected', 'transfer.rejected', false],
      ['unresolved', 'transfer.unresolved', true],
    ] as const)(
      '%s tells code and message, and keeps the payload only where it may go on',
      async (state, type, keeps) => {
        const answer = await h.store.records.claim(KEY, 1, anInvoiceJob());
        if (answer.kind !== 'claimed') throw new Error(answer.reason);
        await h.store.records.end(answer.claim, { ...REJECTION, state, requestId: 'request-1' });
        const { code, message } = REJECTION;
        const record = await h.store.records.read(KEY);
        expect(record).toMatchObject({
          state,
          code,
          message,
          ended: [{ requestId: 'request-1', code, message }],
        });
        expect(record?.payload !== undefined).toBe(keeps);
        expect(await h.events()).toMatchObject([{ type, body: JSON.stringify({ code, message }) }]);
      },
    );

    it('remembers which content the click was about', async () => {
      await h.store.records.end(await claimed(h.store), {
        ...REJECTION,
        requestId: 'a',
        contentHash: 'hash-1',
      });
      await h.store.records.end(await claimed(h.store), {
        state: 'transferred',
        requestId: 'b',
        contentHash: 'hash-2',
        result: RESULT,
        trail: TRAIL,
      });
      const ended = (await h.store.records.read(KEY))?.ended;
      expect(ended?.map(({ contentHash }) => contentHash)).toEqual(['hash-1', 'hash-2']);
    });

    it('that changes nothing about the state adds no second event', async () => {
      for (const requestId of ['request-1', 'request-2', 'request-3']) {
        await h.store.records.end(await claimed(h.store), { ...REJECTION, state: 'unresolved', requestId });
      }
      expect(await h.events()).toHaveLength(1);
      expect((await h.store.records.read(KEY))?.ended.map((end) => end.requestId)).toEqual([
        'request-1',
        'request-2',
        'request-3',
      ]);
    });

    it('after an end adds an event where the state changes: unresolved, then transferred', async () => {
      await h.store.records.end(await claimed(h.store), {
        ...REJECTION,
        state: 'unresolved',
        requestId: 'a',
      });
      await h.store.records.end(await claimed(h.store), {
        state: 'transferred',
        requestId: 'a',
        result: RESULT,
        trail: TRAIL,
      });
      expect((await h.events()).map(({ type }) => type)).toEqual([
        'transfer.unresolved',
        'transfer.completed',
      ]);
    });

    it('of a reopened record is an event again', async () => {
      for (const requestId of ['a', 'b']) {
        const claim = await claimed(h.store);
        await h.store.records.note(claim, { state: 'preparing' });
        await h.store.records.end(claim, { ...REJECTION, requestId });
      }
      expect((await h.events()).map(({ requestId }) => requestId)).toEqual(['a', 'b']);
    });

    it('by two workers that both believe in it is written by the one with the claim, once', async () => {
      const first = await claimed(h.store);
      await h.elapse(h.timing.leaseMs);
      const second = await claimed(h.other);
      const ends = await Promise.allSettled([
        h.store.records.end(first, { ...REJECTION, requestId: 'first' }),
        h.other.records.end(second, { ...REJECTION, requestId: 'second' }),
      ]);
      expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
      expect((await h.events()).map(({ requestId }) => requestId)).toEqual(['second']);
    });
  });

  describe('an answer', () => {
    const ANSWER: RequestEnd = { requestId: 'request-2', code: 'invoice.superseded', message: 'm' };

    it('is remembered beside the earlier ones; state, code and event stay, and the claim is free', async () => {
      await h.store.records.end(await claimed(h.store), {
        state: 'transferred',
        requestId: 'request-1',
        result: RESULT,
        trail: TRAIL,
      });
      await h.store.records.answer(await claimed(h.store), ANSWER, { step: 'refused' });
      const record = await h.store.records.read(KEY);
      expect(record).toMatchObject({
        state: 'transferred',
        result: RESULT,
        ended: [{ requestId: 'request-1', result: RESULT }, ANSWER],
      });
      expect(record).not.toHaveProperty('code');
      expect(await h.events()).toHaveLength(1);
      expect(await h.store.records.trail(KEY)).toMatchObject([TRAIL, { step: 'refused' }]);
      expect((await h.other.records.claim(KEY, 1)).kind).toBe('claimed');
    });

    it('is remembered with the last twenty', async () => {
      for (let i = 1; i <= 22; i += 1) {
        await h.store.records.answer(await claimed(h.store), { ...ANSWER, requestId: `request-${i}` });
      }
      const ended = (await h.store.records.read(KEY))?.ended.map(({ requestId }) => requestId);
      expect(ended).toHaveLength(20);
      expect(ended?.[0]).toBe('request-3');
      expect(ended?.at(-1)).toBe('request-22');
    });
  });
}
