import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/contract/errors.ts';
import type { Order } from '../../src/domain/books.ts';
import { judgeHit, type Mark } from '../../src/domain/mark.ts';
import {
  concernsJobOnly,
  decideFailureEnd,
  decideLook,
  duplicateMessage,
  isEnded,
  type RecordFacts,
} from '../../src/domain/transfer.ts';
import { anOrder } from '../support/builders.ts';
import { aRecord, CODES, facts, STATES } from './transfer-facts.ts';

const MARK: Mark = { reference: 'SF-1018-1-aaaaaaaa', externalStatus: 1_234_567 };
const PERSON_DECIDES: ErrorCode[] = [
  'order.currency_mismatch',
  'order.not_updated',
  'order.duplicate_found',
  'order.mark_disputed',
  'order.totals_mismatch',
  'order.unknown_outcome',
  'order.vanished',
];

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

  test('one found that is the one we know: adopted again', () => {
    expect(look({ ...sending, orderId: 5001 }, [ours()])).toEqual({ do: 'adopt', order: ours() });
  });

  test('one found, sent again after a second order was let go: adopted, for that question was answered', () => {
    expect(look({ ...sending, code: 'order.duplicate_found' }, [ours()])).toEqual({
      do: 'adopt',
      order: ours(),
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
          if (record.state === 'sending' && record.denied !== true)
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
        const isDenied = record.state === 'sending' && record.denied === true && looked;
        expect(isDenied || ['accepted', 'preparing', 'rejected'].includes(record.state)).toBe(true);
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
        expect(decideFailureEnd({ ...record, state: 'sending', denied: false }, code, looked)).toBe(
          'unresolved',
        );
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
