/** Sums of an invoice. Decimal strings in and out, never floats. */
import { Decimal as DecimalJs } from 'decimal.js';
import type { Decimal as DecimalText, InvoiceLine } from '../contract/jobs.ts';

/** 60 digits keep products and sums of payload decimals exact. Halves are rounded away from zero. */
export const Decimal = DecimalJs.clone({
  precision: 60,
  rounding: DecimalJs.ROUND_HALF_UP,
  toExpNeg: -1000,
  toExpPos: 1000,
  defaults: true,
});
export type Decimal = DecimalJs;

/** Major units with two decimals, e.g. `"1518.75"`. */
export interface Totals {
  net: string;
  vat: string;
  gross: string;
}

type PricedLine = Pick<InvoiceLine, 'quantity' | 'unitPrice' | 'discountPercent'>;
type TaxedLine = PricedLine & Pick<InvoiceLine, 'vatPercent'>;

export function roundMoney(amount: Decimal): Decimal {
  return amount.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
}

/** Money as the contract writes it: two decimals, no exponent, no "-0.00". */
export function money(amount: Decimal): DecimalText {
  return roundMoney(amount).toFixed(2) as DecimalText;
}

/** A decimal string without exponent, trailing zeros or minus zero: "25.00" is "25". */
export function plainDecimal(value: string): string {
  return new Decimal(value).toFixed();
}

/** Quantity × price less the discount, not rounded. Includes VAT if the invoice's prices do. */
export function lineAmount(line: PricedLine): Decimal {
  const share = new Decimal(100).minus(line.discountPercent ?? 0).dividedBy(100);
  return new Decimal(line.quantity).times(line.unitPrice).times(share);
}

const sum = (amounts: Decimal[]): Decimal =>
  amounts.reduce((total, amount) => total.plus(amount), new Decimal(0));

/** VAT of an amount that includes it or not. */
function vatOf(amount: Decimal, vatPercent: string, pricesIncludeVat: boolean): Decimal {
  const base = pricesIncludeVat ? new Decimal(100).plus(vatPercent) : new Decimal(100);
  return amount.times(vatPercent).dividedBy(base);
}

function totalsOf(amount: Decimal, vat: Decimal, pricesIncludeVat: boolean): Totals {
  const gross = roundMoney(pricesIncludeVat ? amount : amount.plus(vat));
  const roundedVat = roundMoney(vat);
  return { net: money(gross.minus(roundedVat)), vat: money(roundedVat), gross: money(gross) };
}

/** Each rate's lines, rounded half up to two decimals and added; with VAT if the prices include it. */
function amountsByRate(lines: readonly TaxedLine[]): Map<string, Decimal> {
  const byRate = new Map<string, Decimal>();
  for (const line of lines) {
    const rate = plainDecimal(line.vatPercent);
    byRate.set(rate, (byRate.get(rate) ?? new Decimal(0)).plus(roundMoney(lineAmount(line))));
  }
  return byRate;
}

/** Rounds each line half up to two decimals. VAT is computed per rate, on the sum of its lines. */
export function computeTotals(lines: readonly TaxedLine[], pricesIncludeVat: boolean): Totals {
  const byRate = amountsByRate(lines);
  const vat = [...byRate].map(([rate, amount]) => roundMoney(vatOf(amount, rate, pricesIncludeVat)));
  return totalsOf(sum([...byRate.values()]), sum(vat), pricesIncludeVat);
}

/** Net and VAT of each VAT percent, the highest first. Their sums are `computeTotals`. */
export function totalsByRate(
  lines: readonly TaxedLine[],
  pricesIncludeVat: boolean,
): { vatPercent: string; net: DecimalText; vat: DecimalText }[] {
  return [...amountsByRate(lines)]
    .sort(([a], [b]) => new Decimal(b).comparedTo(a))
    .map(([vatPercent, amount]) => {
      const { net, vat } = totalsOf(
        amount,
        roundMoney(vatOf(amount, vatPercent, pricesIncludeVat)),
        pricesIncludeVat,
      );
      return { vatPercent, net: net as DecimalText, vat: vat as DecimalText };
    });
}

function vatRoundedPerLine(lines: readonly TaxedLine[], pricesIncludeVat: boolean): Totals {
  const amounts = lines.map((line) => roundMoney(lineAmount(line)));
  const vat = lines.map((line) =>
    roundMoney(vatOf(roundMoney(lineAmount(line)), line.vatPercent, pricesIncludeVat)),
  );
  return totalsOf(sum(amounts), sum(vat), pricesIncludeVat);
}

function roundedAtTheEnd(lines: readonly TaxedLine[], pricesIncludeVat: boolean): Totals {
  const vat = lines.map((line) => vatOf(lineAmount(line), line.vatPercent, pricesIncludeVat));
  return totalsOf(sum(lines.map(lineAmount)), sum(vat), pricesIncludeVat);
}

/**
 * The sums by all known ways of rounding, our own first, without duplicates.
 *
 * An accounting system may round at another step, differ by an øre and still be right. Any other sum means a
 * wrong order.
 */
export function acceptableTotals(lines: readonly TaxedLine[], pricesIncludeVat: boolean): Totals[] {
  const ways = [computeTotals, vatRoundedPerLine, roundedAtTheEnd].map((way) => way(lines, pricesIncludeVat));
  return [...new Map(ways.map((totals) => [`${totals.gross} ${totals.vat}`, totals])).values()];
}
