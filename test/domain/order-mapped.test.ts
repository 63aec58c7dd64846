import { describe, expect, test } from 'vitest';
import type { Order, OrderDraft } from '../../src/domain/books.ts';
import { decideMark } from '../../src/domain/mark.ts';
import { decideOrder } from '../../src/domain/order.ts';
import { compareMapped } from '../../src/domain/order-mapped.ts';
import { aLine, anInvoiceJob, anOrder, aShop } from '../support/builders.ts';

const mark = decideMark({ clientId: '1', shopId: 'acme.mysharefox.com', invoiceId: '1018-1' });
const shop = aShop({ locations: { oslo: { departmentId: 3, projectId: 4 }, bergen: { departmentId: 5 } } });
const job = anInvoiceJob({
  invoice: {
    ...{ location: 'oslo', buyerReference: 'Kari  Nordmann', purchaseOrderNumber: '4711' },
    deliveryDate: '2021-01-12',
  },
  lines: [aLine({ location: 'bergen' }), aLine()],
});
const { draft } = decideOrder({
  ...{ job, lines: job.lines, shop, mark, taxIds: new Map([['25', 10]]) },
  ...{ totals: job.invoice.totals, customerId: 301, productId: 701, rowProductIds: [702, 701] },
});

const asSent = (changes: Partial<Order> = {}, from: OrderDraft = draft): Order => ({
  ...anOrder(),
  ...from,
  rows: from.rows.map((row) => ({ ...row, type: 'Normal' as const })),
  ...changes,
});
const compared = (order: Order) => {
  const { differences, unshown } = compareMapped(draft, order, 'Europe/Oslo');
  return { differences: differences.map(({ text }) => text), unshown };
};

test('the draft says it all', () => {
  expect(draft).toMatchObject({
    yourReference: 'Kari  Nordmann',
    deliveryDate: '2021-01-12T12:00:00',
    departmentId: 3,
    projectId: 4,
    invoiceText: 'Bestillingsnummer: 4711\nSharefox 1018',
    rows: [{ productId: 702, departmentId: 5 }, { productId: 701 }],
  });
  expect(draft.rows[1]).not.toHaveProperty('departmentId');
});

test("an order as it was sent agrees, also with the order's department on each row, and with spaces joined", () => {
  expect(compared(asSent())).toEqual({ differences: [], unshown: [] });
  const rows = asSent().rows.map((row) => ({ departmentId: 3, projectId: 4, ...row }));
  expect(compared(asSent({ rows, yourReference: 'Kari Nordmann' }))).toEqual({
    differences: [],
    unshown: [],
  });
});

describe('what books elsewhere is a difference', () => {
  test('another product', () => {
    const rows = asSent().rows.map((row) => ({ ...row, productId: 701 }));
    expect(compared(asSent({ rows })).differences).toEqual(['row 1: product 701 instead of 702']);
  });

  test('another department or project', () => {
    const rows = asSent().rows.map((row) => ({ ...row, departmentId: 9 }));
    expect(compared(asSent({ departmentId: 8, projectId: 7, rows })).differences).toEqual([
      'department 8 instead of 3',
      'project 7 instead of 4',
      'row 1: department 9 instead of 5',
    ]);
  });
});

test('what the order does not show, or shows as another text, is told and no more', () => {
  const { departmentId: _d, projectId: _p, yourReference: _y, deliveryDate: _t, ...bare } = asSent();
  const rows = bare.rows.map(({ departmentId: _, productId: __, ...row }) => row);
  expect(compared({ ...bare, rows })).toEqual({
    differences: [],
    unshown: ['department', 'project', 'buyer reference', 'delivery date'],
  });
});
