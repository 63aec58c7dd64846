import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideCustomerMark,
  decideMark,
  isTransferMark,
  judgeHit,
  type Mark,
} from '../../src/domain/mark.ts';
import { anOrder } from '../support/builders.ts';

const ids = { clientId: '123456789012345678', shopId: 'acme.mysharefox.com', invoiceId: '1018-1' };
const mark = decideMark(ids);
const invoiceIds = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/);
const shopIds = fc.stringMatching(/^[a-z0-9.-]{1,100}$/);
const clientIds = fc.stringMatching(/^[0-9]{1,20}$/);

describe('the mark of an order', () => {
  test('never changes for the same ids: an order of last year is still found', () => {
    expect(mark).toEqual(decideMark({ ...ids }));
    expect(mark).toEqual({ reference: 'SF-1018-1-lru2iuep', externalStatus: 519_749_566 });
  });

  test('fits its fields, is searchable and is recognised as ours', () => {
    fc.assert(
      fc.property(clientIds, shopIds, invoiceIds, (clientId, shopId, invoiceId) => {
        const { reference, externalStatus } = decideMark({ clientId, shopId, invoiceId });
        expect(reference.length).toBeLessThanOrEqual(50);
        expect(reference.startsWith(`SF-${invoiceId}-`)).toBe(true);
        expect(reference.slice(-9)).toMatch(/^-[a-z2-7]{8}$/);
        expect(isTransferMark(reference)).toBe(true);
        expect(Number.isInteger(externalStatus)).toBe(true);
        expect(externalStatus).toBeGreaterThan(0);
        expect(externalStatus).toBeLessThan(2 ** 31);
      }),
    );
  });

  test.each([
    ['another invoice', { invoiceId: '1018-2' }],
    ['another shop', { shopId: 'acme.mysharefox.co' }],
    ['another company', { clientId: '123456789012345679' }],
  ])('%s has another mark, in both halves', (_what, other) => {
    const another = decideMark({ ...ids, ...other });
    expect(another.reference).not.toBe(mark.reference);
    expect(another.reference.slice(-8)).not.toBe(mark.reference.slice(-8));
    expect(another.externalStatus).not.toBe(mark.externalStatus);
  });

  test('ids that read the same when joined have different marks', () => {
    const texts = fc.string({
      unit: fc.constantFrom('a', '1', '-', '.', ':', '|', '"', ',', '\\', '\u0000'),
    });
    fc.assert(
      fc.property(texts, texts, texts, fc.nat(3), (clientId, shopId, invoiceId, cut) => {
        const joined = clientId + shopId;
        const moved = { clientId: joined.slice(0, cut), shopId: joined.slice(cut), invoiceId };
        fc.pre(moved.clientId !== clientId);
        const one = decideMark({ clientId, shopId, invoiceId });
        expect(decideMark(moved).reference).not.toBe(one.reference);
      }),
    );
    const a = decideMark({ clientId: 'a","b', shopId: 'c', invoiceId: '1' });
    const b = decideMark({ clientId: 'a', shopId: 'b","c', invoiceId: '1' });
    expect(a.reference).not.toBe(b.reference);
  });

  test('20,000 invoices of one shop share no mark', () => {
    const references = new Set<string>();
    const letters = new Set<string>();
    for (let number = 0; number < 20_000; number += 1) {
      const { reference } = decideMark({ ...ids, invoiceId: `${number}` });
      references.add(reference);
      letters.add(reference.slice(-8));
    }
    expect(references.size).toBe(20_000);
    expect(letters.size).toBe(20_000);
  });
});

describe('an order that a look finds', () => {
  const other = decideMark({ ...ids, invoiceId: '1019-1' });
  const found = (overrides: Partial<Mark> & { orderStatus?: string }) =>
    judgeHit(
      anOrder({
        referenceNumber: overrides.reference ?? '',
        externalStatus: mark.externalStatus,
        ...(overrides.externalStatus === undefined ? {} : { externalStatus: overrides.externalStatus }),
        orderStatus: overrides.orderStatus ?? 'Web',
      }),
      mark,
    );

  test('both halves are ours', () => expect(found({ reference: mark.reference })).toBe('ours'));

  test('our reference is enough, also with spaces around it', () => {
    expect(found({ reference: mark.reference, externalStatus: 5 })).toBe('ours');
    expect(found({ reference: ` ${mark.reference} ` })).toBe('ours');
    const { externalStatus: _none, ...order } = anOrder({ referenceNumber: mark.reference });
    expect(judgeHit(order, mark)).toBe('ours');
  });

  test("an order with another invoice's mark is that invoice's, even if the searchable half collides", () => {
    expect(found({ reference: other.reference })).toBe('another_invoice');
  });

  test('a reference that a person wrote over ours is disputed, never "not found"', () => {
    expect(found({ reference: 'Bestilling 7' })).toBe('disputed');
    expect(found({ reference: '' })).toBe('disputed');
    expect(found({ reference: mark.reference.toUpperCase() })).toBe('disputed');
  });

  test('an order with another searchable half is no hit', () => {
    expect(found({ reference: 'Bestilling 7', externalStatus: 5 })).toBe('not_a_hit');
    expect(found({ reference: other.reference, externalStatus: other.externalStatus })).toBe('not_a_hit');
  });

  test('without the searchable half only the reference decides', () => {
    const { externalStatus: _none, ...order } = anOrder();
    expect(judgeHit({ ...order, referenceNumber: 'Bestilling 7' }, mark)).toBe('not_a_hit');
    expect(judgeHit({ ...order, referenceNumber: other.reference }, mark)).toBe('another_invoice');
  });

  test('an inactive order is never adopted', () => {
    expect(found({ reference: mark.reference, orderStatus: 'Inactive' })).toBe('not_a_hit');
    expect(found({ reference: '', orderStatus: 'Inactive' })).toBe('not_a_hit');
  });

  test.each(['SF-', 'SF-1018', 'SF-1018-ABCDEFGH', 'SF--abcdefgh', 'XSF-1-abcdefgh', 'SF-1-abcdefg1', ''])(
    '%j is no mark of ours',
    (reference) => {
      expect(isTransferMark(reference)).toBe(false);
    },
  );
});

test('a customer mark has its length, and differs by company and key', () => {
  const customerMark = decideCustomerMark('1', 'a');
  expect(customerMark).toMatch(/^SFC-[a-z2-7]{16}$/);
  expect(decideCustomerMark('1', 'a')).toBe(customerMark);
  expect(decideCustomerMark('2', 'a')).not.toBe(customerMark);
  expect(decideCustomerMark('1', 'b')).not.toBe(customerMark);
  expect(decideCustomerMark('1a', '')).not.toBe(decideCustomerMark('1', 'a'));
});
