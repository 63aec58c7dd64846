import { describe, expect, it } from 'vitest';
import { lineTotal, orderTotals } from '../../src/sandbox/totals.ts';

const row = (price: string, vatPercent = '25', discountPercent = '0', quantity = '1') => ({
  price,
  vatPercent,
  discountPercent,
  quantity,
});

describe('totals', () => {
  it.each([
    ['1350', '1', '10', '1215.00'],
    ['0.125', '1', '0', '0.13'],
    ['1.005', '1', '0', '1.01'],
    ['33.33', '3', '33.33', '66.66'],
    ['-100', '1', '0', '-100.00'],
  ])('price %s × %s less %s %% is %s', (price, quantity, discountPercent, expected) => {
    expect(lineTotal({ price, quantity, discountPercent })).toBe(expected);
  });

  it('puts VAT on top of prices without it, with the four decimals of SQL money', () => {
    expect(orderTotals([row('1350', '25', '10')], false)).toEqual({ incVat: '1518.7500', vat: '303.7500' });
  });

  it('takes VAT out of prices that include it', () => {
    expect(orderTotals([row('125'), row('115', '15')], true)).toEqual({
      incVat: '240.0000',
      vat: '40.0000',
    });
  });

  it('rounds VAT once per rate, not once per row', () => {
    expect(orderTotals([row('0.02'), row('0.02'), row('0.02')], false).vat).toBe('0.0200');
    expect(orderTotals([row('0.02')], false).vat).toBe('0.0100');
  });

  it('adds rows of one rate together however the rate is written', () => {
    expect(orderTotals([row('0.02', '25.00'), row('0.02', '25')], false).vat).toBe('0.0100');
  });
});
