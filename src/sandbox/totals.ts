import { Decimal } from 'decimal.js';

const Money = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_UP });

export type TotalsRow = {
  price: string;
  quantity: string;
  discountPercent: string;
  vatPercent: string;
};

/** Money as SQL Server's `money` prints it: four decimals. */
export type OrderTotals = { incVat: string; vat: string };

/** Quantity × price less the discount, half up to two decimals. */
export function lineTotal({ price, quantity, discountPercent }: Omit<TotalsRow, 'vatPercent'>): string {
  return new Money(quantity)
    .times(price)
    .times(new Money(100).minus(discountPercent))
    .dividedBy(100)
    .toDecimalPlaces(2)
    .toFixed(2);
}

/**
 * VAT is computed once per rate on the sum of its rounded lines.
 *
 * @param includeVat the prices hold the VAT already: it is taken out of them instead of put on top
 */
export function orderTotals(rows: TotalsRow[], includeVat: boolean): OrderTotals {
  const sums = new Map<string, Decimal>();
  for (const row of rows) {
    const rate = new Money(row.vatPercent).toString();
    sums.set(rate, (sums.get(rate) ?? new Money(0)).plus(lineTotal(row)));
  }
  let lines = new Money(0);
  let vat = new Money(0);
  for (const [rate, sum] of sums) {
    lines = lines.plus(sum);
    const base = includeVat ? new Money(100).plus(rate) : new Money(100);
    vat = vat.plus(sum.times(rate).dividedBy(base).toDecimalPlaces(2));
  }
  return { incVat: (includeVat ? lines : lines.plus(vat)).toFixed(4), vat: vat.toFixed(4) };
}
