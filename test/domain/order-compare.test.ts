import { describe, expect, test } from 'vitest';
import type { Order, OrderRow } from '../../src/domain/books.ts';
import { decideMark } from '../../src/domain/mark.ts';
import { computeTotals } from '../../src/domain/money.ts';
import { compareOrder, decideOrder } from '../../src/domain/order.ts';
import { aLine, anInvoiceJob, anOrder, aShop } from '../support/builders.ts';

const mark = decideMark({ clientId: '1', shopId: 'acme.mysharefox.com', invoiceId: '1018-1' });
const taxIds = new Map([
  ['25', 10],
  ['15', 16],
]);

function planOf(
  lines = [aLine()],
  pricesIncludeVat = false,
  control = computeTotals(lines, pricesIncludeVat),
) {
  const job = anInvoiceJob({ lines, invoice: { pricesIncludeVat } });
  const totals = computeTotals(lines, pricesIncludeVat);
  const plan = decideOrder({
    job,
    lines,
    totals,
    shop: aShop(),
    customerId: 301,
    productId: 701,
    taxIds,
    mark,
  });
  return { ...plan, control };
}

/** The order that a service which does what it is told makes of a plan. */
const orderOf = (plan: ReturnType<typeof planOf>, overrides: Partial<Order> = {}): Order => ({
  ...anOrder(),
  includeVat: plan.draft.includeVat,
  totalIncVat: plan.expected.gross,
  totalVat: plan.expected.vat,
  rows: plan.draft.rows.map((row, index) => ({
    ...row,
    rowId: index + 1,
    vatRate: plan.vatPercents[index] ?? '',
    type: 'Normal' as const,
  })),
  ...overrides,
});

const plan = planOf();
const [row] = orderOf(plan).rows as [OrderRow];
const differences = (overrides: Partial<Order>) => compareOrder(plan, orderOf(plan, overrides)).differences;

describe('an order that agrees', () => {
  test('to the øre, however many decimals the service writes', () => {
    const { referenceNumber: _ref, ...order } = anOrder();
    expect(compareOrder(plan, { ...order, referenceNumber: 'edited' })).toEqual({
      agrees: true,
      posted: { gross: '1518.75', vat: '303.75' },
      differences: [],
      warnings: [],
    });
  });

  test('with rows in another order, matched by their sequence numbers', () => {
    const two = planOf([aLine(), aLine({ id: 'b', unitPrice: '100', vatPercent: '15' })]);
    const rows = orderOf(two).rows.reverse();
    expect(compareOrder(two, orderOf(two, { rows }))).toMatchObject({ agrees: true });
  });

  test('with the service’s own sequence numbers, matched by position', () => {
    const two = planOf([aLine(), aLine({ id: 'b', unitPrice: '100', vatPercent: '15' })]);
    const renumbered = orderOf(two).rows.map((each, index) => ({ ...each, sequenceNumber: 100 + index }));
    expect(compareOrder(two, orderOf(two, { rows: renumbered }))).toMatchObject({ agrees: true });
    const none = orderOf(two).rows.map(({ sequenceNumber: _none, ...each }) => each);
    expect(compareOrder(two, orderOf(two, { rows: none }))).toMatchObject({ agrees: true });
  });

  test('with sequence numbers on some rows only, matched by position', () => {
    const two = planOf([aLine(), aLine({ id: 'b', unitPrice: '100', vatPercent: '15' })]);
    const rows = orderOf(two).rows.map((each) => ({
      ...each,
      sequenceNumber: (each.sequenceNumber ?? 0) - 1,
    }));
    expect(compareOrder(two, orderOf(two, { rows }))).toMatchObject({ agrees: true });
  });

  test('with text rows between', () => {
    const texts: OrderRow[] = [
      { name: 'Takk for leien', type: 'Text', sequenceNumber: 1 },
      { name: 'Uke 2', type: 'TextBold' },
    ];
    expect(differences({ rows: [...texts, row] })).toEqual([]);
  });

  test('although the service shows only a row’s name', () => {
    expect(differences({ rows: [{ name: 'x', type: 'Normal' }] })).toEqual([]);
    expect(differences({ rows: [{ ...row, vatRate: '', price: '' }] })).toEqual([]);
  });

  test('although a row’s name was edited', () => {
    expect(differences({ rows: [{ ...row, name: 'Traktor, rød' }] })).toEqual([]);
  });

  test('with row prices that are not known to have our VAT basis', () => {
    const within = planOf([aLine()], true);
    const rows = orderOf(within).rows.map((each) => ({ ...each, price: '360' }));
    const { includeVat: _none, ...order } = orderOf(within, { rows });
    expect(compareOrder(within, order)).toMatchObject({ agrees: true });
    expect(compareOrder(within, { ...order, includeVat: false })).toMatchObject({ agrees: true });
    expect(compareOrder(within, { ...order, includeVat: true })).toMatchObject({
      differences: ['row 1: amount 972.00 instead of 1215.00'],
    });
  });
});

describe('an order that is rounded in another way', () => {
  const thirds = ['a', 'b', 'c'].map((id) =>
    aLine({ id, quantity: '1', unitPrice: '0.335', discountPercent: '0' }),
  );
  const odd = planOf(thirds);

  test.each([
    ['1.29', '0.27'],
    ['1.26', '0.25'],
  ])('to gross %s, VAT %s agrees, with a warning', (totalIncVat, totalVat) => {
    expect(compareOrder(odd, orderOf(odd, { totalIncVat, totalVat }))).toMatchObject({
      agrees: true,
      posted: { gross: totalIncVat, vat: totalVat },
      warnings: [{ code: 'order.rounding_difference' }],
    });
  });

  test('as Sharefox did agrees without a warning', () => {
    const theirs = planOf(thirds, false, { net: '1.01', vat: '0.26', gross: '1.27' });
    expect(compareOrder(theirs, orderOf(theirs, { totalIncVat: '1.27', totalVat: '0.26' }))).toMatchObject({
      agrees: true,
      warnings: [],
    });
    expect(compareOrder(theirs, orderOf(theirs))).toMatchObject({
      agrees: true,
      warnings: [
        { code: 'order.rounding_difference', message: expect.stringContaining('gross 1.27, VAT 0.26') },
      ],
    });
  });

  test('is not accepted if gross is rounded in one way and VAT in another', () => {
    expect(compareOrder(odd, orderOf(odd, { totalIncVat: '1.29', totalVat: '0.25' }))).toMatchObject({
      agrees: false,
      differences: ['gross 1.29 instead of 1.28', 'VAT 0.25 instead of 0.26'],
    });
  });

  test('control sums may be written with other decimals', () => {
    const other = planOf([aLine()], false, { net: '1215', vat: '303.7500', gross: '1518.750' });
    expect(compareOrder(other, orderOf(other))).toMatchObject({ agrees: true, warnings: [] });
  });
});

describe('an order that differs', () => {
  test.each([
    ['by an øre', { totalIncVat: '1518.76' }, ['gross 1518.76 instead of 1518.75']],
    ['in VAT alone', { totalVat: '0.0000' }, ['VAT 0.00 instead of 303.75']],
    [
      'because the discount was not taken',
      { totalIncVat: '1687.50', totalVat: '337.50' },
      ['gross 1687.50 instead of 1518.75', 'VAT 337.50 instead of 303.75'],
    ],
  ])('%s is not accepted', (_how, totals, expected) => {
    expect(differences(totals)).toEqual(expected);
    expect(compareOrder(plan, orderOf(plan, totals)).agrees).toBe(false);
  });

  test.each([['totalIncVat'], ['totalVat']] as const)('without %s it is not known to agree', (missing) => {
    const { [missing]: _none, ...order } = orderOf(plan);
    expect(compareOrder(plan, order)).toEqual({
      agrees: false,
      posted: undefined,
      differences: ['the order shows no totals'],
      warnings: [],
    });
    expect(differences({ [missing]: '' })).toEqual(['the order shows no totals']);
  });

  test('in the number of rows', () => {
    expect(differences({ rows: [] })).toEqual(['0 rows instead of 1']);
    expect(differences({ rows: [row, { ...row, sequenceNumber: 2 }] })).toEqual(['2 rows instead of 1']);
  });

  test('in a rate, a tax code or an amount of a row', () => {
    expect(differences({ rows: [{ ...row, vatRate: '15.0000' }] })).toEqual([
      'row 1: VAT 15 % instead of 25 %',
    ]);
    expect(differences({ rows: [{ ...row, taxCode: 9 }] })).toEqual(['row 1: tax code 9 instead of 10']);
    expect(differences({ rows: [{ ...row, quantity: '2' }] })).toEqual([
      'row 1: amount 810.00 instead of 1215.00',
    ]);
    expect(differences({ rows: [{ ...row, discountRate: '0' }] })).toEqual([
      'row 1: amount 1350.00 instead of 1215.00',
    ]);
  });

  test('is described with numbers, never with texts', () => {
    const wrong = { ...row, name: 'Hemmelig', vatRate: '0', taxCode: 1, quantity: '9' };
    const found = differences({ rows: [wrong], totalIncVat: '1', totalVat: '2' });
    expect(found).toHaveLength(5);
    expect(found.join()).not.toMatch(/hemmelig|traktor|kari/i);
  });
});
