import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Decimal as DecimalText, InvoiceLine } from '../../src/contract/jobs.ts';
import {
  acceptableTotals,
  computeTotals,
  Decimal,
  lineAmount,
  money,
  plainDecimal,
  roundMoney,
} from '../../src/domain/money.ts';
import { aLine } from '../support/builders.ts';

const text = (value: number, decimals: number) =>
  new Decimal(value).dividedBy(10 ** decimals).toFixed() as DecimalText;

const lines = fc.array(
  fc
    .record({
      quantity: fc.nat(2_000_000).map((n) => text(n, 4)),
      unitPrice: fc.integer({ min: -10_000_000, max: 100_000_000 }).map((n) => text(n, 3)),
      discountPercent: fc.option(
        fc.nat(10_000).map((n) => text(n, 2)),
        { nil: undefined },
      ),
      vatPercent: fc.constantFrom('25', '25.00', '15', '12', '11.11', '0').map((p) => p as DecimalText),
    })
    .map(({ discountPercent, ...line }) =>
      discountPercent === undefined ? line : { ...line, discountPercent },
    ),
  { minLength: 1, maxLength: 30 },
);

const simple = (unitPrice: string, vatPercent = '25', quantity = '1') =>
  aLine({ unitPrice, vatPercent, quantity, discountPercent: '0' });

describe('rounding', () => {
  test.each([
    ['1.005', '1.01'],
    ['1.0049999', '1.00'],
    ['-1.005', '-1.01'],
    ['2.675', '2.68'],
    ['-0.001', '0.00'],
    ['-0', '0.00'],
    ['0.005', '0.01'],
    ['1e21', '1000000000000000000000.00'],
  ])('%s is %s', (amount, rounded) => {
    expect(money(new Decimal(amount))).toBe(rounded);
    expect(roundMoney(new Decimal(amount)).toFixed(2).replace('-0.00', '0.00')).toBe(rounded);
  });

  test.each([
    ['25.00', '25'],
    ['-0.00', '0'],
    ['0.0000001', '0.0000001'],
    ['9999999999999.9999', '9999999999999.9999'],
  ])('%s is written %s', (value, plain) => {
    expect(plainDecimal(value)).toBe(plain);
    expect(new Decimal(value).toString()).not.toMatch(/e/i);
  });
});

describe('a line', () => {
  test('is quantity times price less the discount, not rounded', () => {
    expect(lineAmount(aLine()).toFixed()).toBe('1215');
    expect(lineAmount(aLine({ quantity: '0.3333', unitPrice: '0.01' })).toFixed()).toBe('0.0029997');
  });

  test('without discount is the whole', () => {
    const { discountPercent: _none, ...line } = aLine();
    expect(lineAmount(line).toFixed()).toBe('1350');
  });

  test('with 100 % discount is zero', () => {
    expect(lineAmount(aLine({ discountPercent: '100' })).isZero()).toBe(true);
  });

  test('is exact where a float is not', () => {
    const line = aLine({
      quantity: '9999999999999.9999',
      unitPrice: '9999999999999.9999',
      discountPercent: '0.0001',
    });
    const exact = (99999999999999999n * 99999999999999999n * 999999n).toString();
    expect(lineAmount(line).toFixed()).toBe(`${exact.slice(0, -14)}.${exact.slice(-14)}`);
  });
});

describe('sums of an invoice', () => {
  test("the contract's example", () => {
    expect(computeTotals([aLine()], false)).toEqual({ net: '1215.00', vat: '303.75', gross: '1518.75' });
  });

  test('VAT is taken out of prices that include it', () => {
    expect(computeTotals([simple('125.00')], true)).toEqual({ net: '100.00', vat: '25.00', gross: '125.00' });
    expect(computeTotals([simple('100.00', '15')], true)).toEqual({
      net: '86.96',
      vat: '13.04',
      gross: '100.00',
    });
  });

  test('lines are rounded one by one, VAT on the sum of each rate', () => {
    const three = [simple('0.335'), simple('0.335'), simple('0.335')];
    expect(computeTotals(three, false)).toEqual({ net: '1.02', vat: '0.26', gross: '1.28' });
    const mixed = [simple('100'), simple('100', '15'), simple('100', '25.00'), simple('100', '0')];
    expect(computeTotals(mixed, false)).toEqual({ net: '400.00', vat: '65.00', gross: '465.00' });
  });

  test('a rebate takes from net and VAT', () => {
    const rebate = aLine({ kind: 'custom', unitPrice: '-50', quantity: '1', discountPercent: '0' });
    expect(computeTotals([simple('100'), rebate], false)).toEqual({
      net: '50.00',
      vat: '12.50',
      gross: '62.50',
    });
  });

  test('net and VAT make the gross sum, in either basis and in every way of rounding', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (some, pricesIncludeVat) => {
        for (const { net, vat, gross } of acceptableTotals(some, pricesIncludeVat)) {
          expect(new Decimal(net).plus(vat).toFixed(2)).toBe(gross === '0.00' ? '0.00' : gross);
          for (const sum of [net, vat, gross]) expect(sum).toMatch(/^(?!-0\.00)-?\d+\.\d\d$/);
        }
      }),
    );
  });

  test('the order of the lines does not count', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (some, pricesIncludeVat) => {
        const backwards = [...some].reverse();
        expect(computeTotals(backwards, pricesIncludeVat)).toEqual(computeTotals(some, pricesIncludeVat));
        expect(acceptableTotals(backwards, pricesIncludeVat)).toEqual(
          acceptableTotals(some, pricesIncludeVat),
        );
      }),
    );
  });

  test('prices with VAT give the same sums as the same prices without', () => {
    const whole = fc.array(
      fc.record({
        price: fc.integer({ min: 1, max: 1_000_000 }),
        percent: fc.constantFrom('25', '15', '12', '0'),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(whole, (items) => {
        const without = items.map(({ price, percent }) => simple(`${price}.00`, percent));
        const within = items.map(({ price, percent }) =>
          simple(new Decimal(price).times(new Decimal(100).plus(percent)).dividedBy(100).toFixed(2), percent),
        );
        expect(computeTotals(within, true)).toEqual(computeTotals(without, false));
      }),
    );
  });

  test('one more line adds at most its own amount and an øre of VAT rounding', () => {
    fc.assert(
      fc.property(lines, (some) => {
        const all = computeTotals(some, false);
        const [first, ...rest] = some;
        if (first === undefined || rest.length === 0) return;
        const alone = computeTotals([first], false);
        const others = computeTotals(rest, false);
        expect(new Decimal(alone.net).plus(others.net).toFixed(2)).toBe(new Decimal(all.net).toFixed(2));
        expect(new Decimal(alone.vat).plus(others.vat).minus(all.vat).abs().lessThanOrEqualTo('0.01')).toBe(
          true,
        );
      }),
    );
  });
});

describe('acceptable sums', () => {
  const odd: InvoiceLine[] = [simple('0.335'), simple('0.335'), simple('0.335')];

  test('start with our own rule, and hold each way once', () => {
    expect(acceptableTotals([aLine()], false)).toEqual([computeTotals([aLine()], false)]);
    expect(acceptableTotals(odd, false)).toEqual([
      { net: '1.02', vat: '0.26', gross: '1.28' },
      { net: '1.02', vat: '0.27', gross: '1.29' },
      { net: '1.01', vat: '0.25', gross: '1.26' },
    ]);
  });

  test('differ from each other by at most an øre for each line and sum', () => {
    fc.assert(
      fc.property(lines, fc.boolean(), (some, pricesIncludeVat) => {
        const [own, ...others] = acceptableTotals(some, pricesIncludeVat);
        for (const other of others) {
          const difference = new Decimal(other.gross).minus(own?.gross ?? NaN).abs();
          expect(difference.lessThanOrEqualTo(new Decimal('0.01').times(some.length + 6))).toBe(true);
        }
      }),
    );
  });
});
