import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE, type ErrorCode } from '../../src/contract/errors.ts';
import { type TransferState, transferState } from '../../src/contract/results.ts';
import type { Order } from '../../src/domain/books.ts';
import { judgeHit, type Mark } from '../../src/domain/mark.ts';
import {
  concernsJobOnly,
  decideEntry,
  decideFailureEnd,
  decideLook,
  duplicateMessage,
  type Entry,
  isEnded,
  type RecordFacts,
} from '../../src/domain/transfer.ts';
import { anOrder } from '../support/builders.ts';

const SETTLE = 95_000;
const MARK: Mark = { reference: 'SF-1018-1-aaaaaaaa', externalStatus: 1_234_567 };
const STATES = transferState.options;
const CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[];
const PERSON_DECIDES: ErrorCode[] = [
  'order.duplicate_found',
  'order.mark_disputed',
  'order.totals_mismatch',
  'order.unknown_outcome',
  'order.vanished',
];

function aRecord(facts: Partial<RecordFacts> & { customerId?: number } = {}) {
  return { state: 'preparing' as TransferState, revision: 1, unknownOutcome: false, ended: [], ...facts };
}

const aJob = { requestId: 'request-1', revision: 1, contentHash: 'hash-1' };

const enter = (
  facts: Partial<RecordFacts>,
  { job = aJob, at = 1_000_000, resend = 'refuse' as const }: Partial<Entering> = {},
): Entry => decideEntry(aRecord(facts), job, at, SETTLE, resend);
interface Entering {
  job: typeof aJob;
  at: number;
  resend: 'refuse' | 'update';
}

/** Optional fields left out, as `exactOptionalPropertyTypes` wants them. */
const facts: fc.Arbitrary<RecordFacts & { customerId?: number }> = fc.record(
  {
    state: fc.constantFrom(...STATES),
    revision: fc.integer({ min: 1, max: 4 }),
    unknownOutcome: fc.boolean(),
    sentAt: fc.integer({ min: 1, max: 1_000_000 }),
    missedAt: fc.integer({ min: 1, max: 1_000_000 }),
    sentHash: fc.constantFrom('hash-1', 'hash-2'),
    orderId: fc.integer({ min: 1, max: 3 }),
    customerId: fc.integer({ min: 1, max: 3 }),
    updating: fc.boolean(),
    code: fc.constantFrom(...CODES),
    ended: fc.array(
      fc.record({
        requestId: fc.constantFrom('request-1', 'request-2'),
        code: fc.constantFrom(...CODES),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['state', 'revision', 'unknownOutcome', 'ended'] },
);
const jobs = fc.record({
  requestId: fc.constantFrom('request-1', 'request-2', 'request-3'),
  revision: fc.integer({ min: 1, max: 4 }),
  contentHash: fc.constantFrom('hash-1', 'hash-2'),
});
const times = fc.integer({ min: 1, max: 1_200_000 });
const policies = fc.constantFrom('refuse' as const, 'update' as const);

/** Orders a look may bring up: ours, edited, another invoice's, cancelled, a stranger's. */
const orders: fc.Arbitrary<Order[]> = fc.array(
  fc
    .record({
      orderId: fc.integer({ min: 1, max: 4 }),
      referenceNumber: fc.constantFrom(MARK.reference, ` ${MARK.reference} `, 'SF-77-bbbbbbbb', 'PO 12', ''),
      externalStatus: fc.constantFrom(MARK.externalStatus, 99, undefined),
      orderStatus: fc.constantFrom('Web', 'Invoiced', 'Inactive'),
    })
    .map(({ externalStatus, ...order }) => {
      const { externalStatus: _, ...rest } = anOrder(order);
      return externalStatus === undefined ? rest : { ...rest, externalStatus };
    }),
  { maxLength: 3 },
);

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

describe('look: what the orders found mean', () => {
  const look = (record: Partial<RecordFacts>, found: Order[], policy: 'resend' | 'ask' = 'resend') =>
    decideLook(aRecord(record), found, MARK, policy);
  const ours = (orderId = 5001) => anOrder({ orderId });
  const sending = { state: 'sending' as const, sentAt: 1 };

  test('none found, nothing sent: go on', () => {
    expect(look({}, [])).toEqual({ do: 'send' });
  });

  test('one found: adopted, whatever the record says', () => {
    for (const state of ['accepted', 'preparing', 'sending', 'unresolved'] as const) {
      expect(look({ state }, [ours()])).toEqual({ do: 'adopt', order: ours() });
    }
  });

  test('two found: a person must decide, and is told both', () => {
    expect(look({}, [ours(2), ours(1)])).toEqual({
      do: 'unresolved',
      code: 'order.duplicate_found',
      message: expect.stringContaining('orders 1 and 2'),
    });
  });

  test('one found that is not the one we know: a duplicate', () => {
    expect(look({ orderId: 7 }, [ours(9)])).toMatchObject({
      do: 'unresolved',
      code: 'order.duplicate_found',
      message: expect.stringContaining('orders 7 and 9'),
    });
  });

  test('one left of two is not adopted: nobody has said it is the right one', () => {
    const duplicate = { state: 'unresolved' as const, code: 'order.duplicate_found' as const };
    expect(look(duplicate, [ours()])).toMatchObject({
      do: 'unresolved',
      code: 'order.duplicate_found',
      message: expect.stringContaining('order 5001 is left of two'),
    });
  });

  test('our number under an edited reference is disputed, never "not found"', () => {
    const edited = anOrder({ orderId: 8, referenceNumber: 'PO 4711' });
    for (const record of [{}, sending, { ...sending, missedAt: 1 }, { state: 'unresolved' as const }]) {
      expect(look(record, [edited])).toEqual({
        do: 'unresolved',
        code: 'order.mark_disputed',
        message: expect.stringContaining('order 8'),
      });
    }
    expect(look({}, [ours(), edited])).toMatchObject({ code: 'order.mark_disputed' });
  });

  test("another invoice's order and a cancelled one are no hits", () => {
    const another = anOrder({ referenceNumber: 'SF-77-bbbbbbbb' });
    const cancelled = anOrder({ orderStatus: 'Inactive' });
    expect(look({}, [another, cancelled])).toEqual({ do: 'send' });
    expect(look({}, [another, cancelled, ours(3)])).toMatchObject({ do: 'adopt', order: { orderId: 3 } });
  });

  test('an unanswered send missed once is noted; missed again, the shop decides', () => {
    expect(look(sending, [])).toEqual({ do: 'note_miss' });
    expect(look({ ...sending, missedAt: 5 }, [], 'resend')).toEqual({ do: 'send' });
    expect(look({ ...sending, missedAt: 5 }, [], 'ask')).toMatchObject({
      do: 'unresolved',
      code: 'order.unknown_outcome',
    });
  });

  test('an unresolved record stays so with its code while nothing is found', () => {
    expect(look({ state: 'unresolved', code: 'order.vanished' }, [])).toMatchObject({
      do: 'unresolved',
      code: 'order.vanished',
    });
    expect(look({ state: 'unresolved' }, [])).toMatchObject({ code: 'order.unknown_outcome' });
  });

  test('nothing is sent while an order may stand or an unanswered send was missed less than twice', () => {
    fc.assert(
      fc.property(
        facts,
        orders,
        fc.constantFrom('resend' as const, 'ask' as const),
        (record, found, policy) => {
          const decision = decideLook(record, found, MARK, policy);
          if (decision.do !== 'send') return;
          expect(found.map((order) => judgeHit(order, MARK))).not.toContain('ours');
          expect(found.map((order) => judgeHit(order, MARK))).not.toContain('disputed');
          expect(record.state).not.toBe('unresolved');
          if (record.state === 'sending')
            expect([record.missedAt !== undefined, policy]).toEqual([true, 'resend']);
        },
      ),
    );
  });

  test('only the one order that carries our whole mark is ever adopted', () => {
    fc.assert(
      fc.property(facts, orders, (record, found) => {
        const decision = decideLook(record, found, MARK, 'resend');
        if (decision.do !== 'adopt') return;
        const { order } = decision;
        expect(found.filter((other) => judgeHit(other, MARK) === 'ours')).toEqual([order]);
        expect(order.referenceNumber.trim()).toBe(MARK.reference);
        expect(order.orderStatus).not.toBe('Inactive');
        if (record.orderId !== undefined) expect(order.orderId).toBe(record.orderId);
      }),
    );
  });
});

describe('failure end: what a clerk is told', () => {
  const end = (record: Parameters<typeof aRecord>[0], code: ErrorCode, looked = true) =>
    decideFailureEnd(aRecord(record), code, looked);

  test('rejected where nothing was sent and this claim has looked', () => {
    expect(end({}, 'vat.not_found')).toBe('rejected');
    expect(end({ state: 'rejected' }, 'vat.not_found')).toBe('rejected');
    expect(end({ state: 'accepted' }, 'vat.not_found')).toBe('rejected');
  });

  test('without a look, only where nothing was tried at all', () => {
    expect(end({}, 'vat.not_found', false)).toBe('unresolved');
    expect(end({ state: 'accepted' }, 'shop.disabled', false)).toBe('rejected');
    expect(end({ state: 'accepted', customerId: 1 }, 'shop.disabled', false)).toBe('unresolved');
  });

  test.each<[string, Parameters<typeof aRecord>[0]]>([
    ['a save without an answer', { unknownOutcome: true }],
    ['an order id', { orderId: 1 }],
    ['a send under way', { state: 'sending' }],
    ['an order', { state: 'ordered' }],
    ['an order transferred', { state: 'transferred' }],
    ['a person to decide already', { state: 'unresolved' }],
  ])('unresolved where there was ever %s', (_, record) => {
    expect(end(record, 'vat.not_found')).toBe('unresolved');
  });

  test.each(PERSON_DECIDES)('%s is never a rejection', (code) => {
    for (const state of STATES) {
      for (const looked of [true, false]) expect(end({ state }, code, looked)).toBe('unresolved');
    }
  });

  test('rejected never where an order may stand', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...CODES), fc.boolean(), (record, code, looked) => {
        if (decideFailureEnd(record, code, looked) !== 'rejected') return;
        expect(record.orderId).toBeUndefined();
        expect(record.unknownOutcome).toBe(false);
        expect(['accepted', 'preparing', 'rejected']).toContain(record.state);
        expect(PERSON_DECIDES).not.toContain(code);
        expect(looked || (record.state === 'accepted' && record.customerId === undefined)).toBe(true);
      }),
    );
  });

  test('knowing more of an order never turns unresolved into rejected', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...CODES), fc.boolean(), (record, code, looked) => {
        fc.pre(decideFailureEnd(record, code, looked) === 'unresolved');
        expect(decideFailureEnd({ ...record, orderId: 1 }, code, looked)).toBe('unresolved');
        expect(decideFailureEnd({ ...record, unknownOutcome: true }, code, looked)).toBe('unresolved');
        expect(decideFailureEnd({ ...record, state: 'sending' }, code, looked)).toBe('unresolved');
        expect(decideFailureEnd(record, code, false)).toBe('unresolved');
      }),
    );
  });
});

describe('refusals of one job', () => {
  test.each(['transferred', 'unresolved'] as const)(
    'a later job refused leaves an %s record as it is, except where the order itself is in doubt',
    (state) => {
      for (const code of CODES) expect(concernsJobOnly(state, code)).toBe(!PERSON_DECIDES.includes(code));
    },
  );

  test('a superseded revision is its own affair in every state', () => {
    for (const state of STATES) expect(concernsJobOnly(state, 'invoice.superseded')).toBe(true);
  });

  test('any other refusal ends a record that is under way: else it would never end', () => {
    for (const state of ['accepted', 'preparing', 'sending', 'ordered'] as const) {
      for (const code of CODES.filter((each) => each !== 'invoice.superseded')) {
        expect(concernsJobOnly(state, code)).toBe(false);
      }
    }
  });

  test('three states are ends', () => {
    expect(STATES.filter(isEnded)).toEqual(['transferred', 'rejected', 'unresolved']);
  });
});

describe('what a person is told of duplicates', () => {
  const found = (...ids: number[]) => ids.map((orderId) => anOrder({ orderId }));

  test.each<[string, { orderId?: number }, Order[], string]>([
    ['all ids, smallest first', {}, found(12, 3), 'orders 3 and 12 both'],
    ['the id we know too', { orderId: 20 }, found(3), 'orders 3 and 20 both'],
    ['each id once', { orderId: 3 }, found(3, 12), 'orders 3 and 12 both'],
    ['three of them', {}, found(1, 2, 3), 'orders 1 and 2 and 3 both'],
    ['one left of two', {}, found(3), 'order 3 is left of two'],
  ])('%s', (_, record, orders, text) => {
    expect(duplicateMessage(record, orders)).toContain(text);
  });
});
