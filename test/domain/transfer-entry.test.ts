import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TransferState } from '../../src/contract/results.ts';
import { decideEntry, type Entry, type RecordFacts } from '../../src/domain/transfer.ts';
import { aRecord, facts, STATES } from './transfer-facts.ts';

const SETTLE = 95_000;
const aJob = { requestId: 'request-1', revision: 1, requestedAt: 5, contentHash: 'hash-1' };

const enter = (
  facts: Partial<RecordFacts>,
  { job = aJob, at = 1_000_000, resend = 'refuse' as const }: Partial<Entering> = {},
): Entry => decideEntry(aRecord(facts), job, at, SETTLE, resend);
interface Entering {
  job: typeof aJob;
  at: number;
  resend: 'refuse' | 'update';
}

const jobs = fc.record({
  requestId: fc.constantFrom('request-1', 'request-2', 'request-3'),
  revision: fc.integer({ min: 1, max: 4 }),
  requestedAt: fc.integer({ min: 1, max: 3 }),
  contentHash: fc.constantFrom('hash-1', 'hash-2'),
});
const times = fc.integer({ min: 1, max: 1_200_000 });
const policies = fc.constantFrom('refuse' as const, 'update' as const);

describe('entry: what a claimed job is to its record', () => {
  test.each<[string, Partial<RecordFacts>, Entry]>([
    ['a record just made', { state: 'accepted' }, { do: 'begin' }],
    ['a rejected invoice clicked again', { state: 'rejected' }, { do: 'begin' }],
    ['an attempt that stopped before the send', { state: 'preparing' }, { do: 'continue' }],
    ['an order not verified yet', { state: 'ordered', orderId: 1 }, { do: 'continue' }],
    ['an unresolved one', { state: 'unresolved' }, { do: 'look_only' }],
    ['the same content as sent', { state: 'transferred', sentHash: 'hash-1' }, { do: 'confirm' }],
    [
      'another content than sent',
      { state: 'transferred', sentHash: 'hash-2' },
      { do: 'refuse', code: 'invoice.changed_after_transfer' },
    ],
    [
      'a newer revision known',
      { state: 'preparing', revision: 2 },
      { do: 'refuse', code: 'invoice.superseded' },
    ],
    [
      'a later click with another content known',
      { state: 'preparing', newestAt: 6, newestHash: 'hash-2' },
      { do: 'refuse', code: 'invoice.superseded' },
    ],
    [
      'a later click with the same content known',
      { state: 'preparing', newestAt: 6, newestHash: 'hash-1' },
      { do: 'continue' },
    ],
    [
      'a later click of a revision before',
      { state: 'preparing', revision: 0, newestAt: 6, newestHash: 'hash-2' },
      { do: 'continue' },
    ],
  ])('%s', (_, record, entry) => {
    expect(enter(record)).toEqual(entry);
  });

  test('another content updates the order where the shop says so', () => {
    expect(enter({ state: 'transferred', sentHash: 'hash-2' }, { resend: 'update' })).toEqual({
      do: 'update',
    });
    expect(enter({ state: 'transferred', sentHash: 'hash-1' }, { resend: 'update' })).toEqual({
      do: 'confirm',
    });
  });

  test.each<TransferState>(['preparing', 'ordered', 'sending'])(
    'an update under way goes on as one from %s',
    (state) => {
      expect(enter({ state, updating: true, orderId: 1 })).toEqual({ do: 'update' });
    },
  );

  test('an order that is known is verified at once, its send need not settle', () => {
    expect(enter({ state: 'ordered', orderId: 1, sentAt: 999_999 })).toEqual({ do: 'continue' });
  });

  test('a click that ended without its content being noted is told the same', () => {
    const end = { requestId: 'request-1', code: 'order.refused' as const };
    expect(enter({ state: 'rejected', ended: [end] })).toEqual({ do: 'repeat', end });
  });

  test('a send without an answer is looked for one settle after it, not a millisecond earlier', () => {
    const sent = { state: 'sending' as const, sentAt: 500_000 };
    expect(enter(sent, { at: 500_000 + SETTLE - 1 })).toEqual({ do: 'wait', untilMs: 500_000 + SETTLE });
    expect(enter(sent, { at: 500_000 + SETTLE })).toEqual({ do: 'continue' });
  });

  test('after a first miss the second look waits another settle', () => {
    const missed = { state: 'sending' as const, sentAt: 100_000, missedAt: 500_000 };
    expect(enter(missed, { at: 500_000 + SETTLE - 1 })).toEqual({ do: 'wait', untilMs: 500_000 + SETTLE });
    expect(enter(missed, { at: 500_000 + SETTLE })).toEqual({ do: 'continue' });
  });

  test('a success is said again to its click, whatever has become of the record', () => {
    for (const state of STATES) {
      expect(enter({ state, revision: 3, ended: [{ requestId: 'request-1' }] }).do).toBe('repeat');
    }
  });

  test('a refusal is said again while the record is rejected; a new click begins anew', () => {
    const rejected = {
      state: 'rejected' as const,
      ended: [{ requestId: 'request-1', code: 'vat.not_found' as const }],
    };
    expect(enter(rejected).do).toBe('repeat');
    expect(enter(rejected, { job: { ...aJob, requestId: 'request-2' } }).do).toBe('begin');
  });

  test('the same request id with another content is another click', () => {
    const ended = [{ requestId: 'request-1', contentHash: 'another', code: 'vat.not_found' as const }];
    expect(enter({ state: 'rejected', ended }).do).toBe('begin');
  });

  test('what is checked before a claim, and now passes, is not refused for what it was before', () => {
    for (const code of ['shop.not_verified', 'payload.invalid', 'invoice.currency_mismatch'] as const) {
      expect(enter({ state: 'rejected', ended: [{ requestId: 'request-1', code }] }).do).toBe('begin');
    }
  });

  test('what was unresolved is looked at again by the same click', () => {
    const ended = [{ requestId: 'request-1', code: 'order.unknown_outcome' as const }];
    expect(enter({ state: 'unresolved', ended }).do).toBe('look_only');
    expect(enter({ state: 'preparing', ended }).do).toBe('continue');
  });

  test('a refusal that concerned the job alone is said again, but for a look where a person must decide', () => {
    const ended = [{ requestId: 'request-1', code: 'invoice.superseded' as const }];
    for (const state of STATES) {
      expect(enter({ state, ended }).do).toBe(state === 'unresolved' ? 'look_only' : 'repeat');
    }
  });

  test('a click that has ended brings nothing back while another is under way', () => {
    const ended = [{ requestId: 'request-1', code: 'vat.not_found' as const }];
    for (const state of ['preparing', 'sending', 'ordered'] as const) {
      expect(enter({ state, ended, payload: { requestId: 'request-2' } }).do).toBe('repeat');
      expect(enter({ state, ended, payload: { requestId: 'request-1' } }).do).toBe('continue');
    }
  });

  test('a lower revision is never sent; it looks at most, where a person must decide', () => {
    fc.assert(
      fc.property(facts, jobs, times, policies, (record, job, at, resend) => {
        fc.pre(job.revision < record.revision);
        const entry = decideEntry(record, job, at, SETTLE, resend);
        if (entry.do === 'repeat') return;
        expect(entry).toEqual(
          record.state === 'unresolved' ? { do: 'look_only' } : { do: 'refuse', code: 'invoice.superseded' },
        );
      }),
    );
  });

  test('only a click that has ended before is told the same again', () => {
    fc.assert(
      fc.property(facts, jobs, times, policies, (record, job, at, resend) => {
        if (decideEntry(record, job, at, SETTLE, resend).do !== 'repeat') return;
        expect(record.ended.map((end) => end.requestId)).toContain(job.requestId);
      }),
    );
  });

  test('nothing is begun or continued where an order is transferred or a person must decide', () => {
    fc.assert(
      fc.property(facts, jobs, times, policies, (record, job, at, resend) => {
        const entry = decideEntry(record, job, at, SETTLE, resend);
        if (record.state === 'unresolved') expect(['repeat', 'look_only']).toContain(entry.do);
        if (record.state === 'transferred') {
          expect(['repeat', 'refuse', 'confirm', 'update']).toContain(entry.do);
        }
        if (entry.do === 'update') expect(record.updating === true || resend === 'update').toBe(true);
      }),
    );
  });

  test('no one works on an unsettled send, and every wait ends in the future', () => {
    fc.assert(
      fc.property(facts, jobs, times, policies, (record, job, at, resend) => {
        const entry = decideEntry(record, job, at, SETTLE, resend);
        const settled = Math.max(record.sentAt ?? 0, record.missedAt ?? 0) + SETTLE;
        if (entry.do === 'wait') expect(entry.untilMs).toBeGreaterThan(at);
        if (record.state === 'sending' && at < settled)
          expect(['repeat', 'refuse', 'wait']).toContain(entry.do);
      }),
    );
  });
});
