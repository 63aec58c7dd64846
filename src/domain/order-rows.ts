/** Compares an order as read with its draft: its sums and its rows. */
import type { Order, OrderDraft, OrderRow, OrderRowDraft } from './books.ts';
import { Decimal, lineAmount, money } from './money.ts';

const DECIMAL = /^-?\d+(\.\d+)?$/;

const isDecimal = (text: string | undefined): text is string => DECIMAL.test(text ?? '');

const sameNumber = (a: string, b: string): boolean => new Decimal(a).equals(b);

/** The order's sums, to the øre; undefined if the service gives none. */
export function postedTotals(order: Order): { gross: string; vat: string } | undefined {
  const { totalIncVat, totalVat } = order;
  return isDecimal(totalIncVat) && isDecimal(totalVat)
    ? { gross: money(new Decimal(totalIncVat)), vat: money(new Decimal(totalVat)) }
    : undefined;
}

/** The rows in the draft's order: by sequence number if each has its own, else by position. */
export function pairRows(draft: OrderRowDraft[], rows: OrderRow[]): (OrderRow | undefined)[] {
  const bySequence = new Map(rows.map((row) => [row.sequenceNumber, row]));
  return draft.every((row) => bySequence.has(row.sequenceNumber)) && bySequence.size === rows.length
    ? draft.map((row) => bySequence.get(row.sequenceNumber))
    : draft.map((_row, index) => rows[index]);
}

const amountOf = (quantity: string, unitPrice: string, discountPercent: string): string =>
  money(lineAmount({ quantity, unitPrice, discountPercent } as Parameters<typeof lineAmount>[0]));

function amountDifference(draft: OrderRowDraft, row: OrderRow): string[] {
  const { price, quantity, discountRate = draft.discountRate } = row;
  if (!isDecimal(price) || !isDecimal(quantity) || !isDecimal(discountRate)) return [];
  const posted = amountOf(quantity, price, discountRate);
  const sent = amountOf(draft.quantity, draft.price, draft.discountRate);
  return posted === sent ? [] : [`amount ${posted} instead of ${sent}`];
}

/** Short English phrases with numbers, no texts of the order. Fields that the service leaves out are not compared. */
export function rowDifferences(
  plan: { draft: Pick<OrderDraft, 'rows' | 'includeVat'>; vatPercents: readonly string[] },
  order: Order,
): string[] {
  const { draft } = plan;
  const rows = order.rows.filter((row) => row.type === 'Normal');
  if (rows.length !== draft.rows.length) return [`${rows.length} rows instead of ${draft.rows.length}`];
  // Row prices can be compared only if both orders include VAT, or neither does.
  const sameBasis = draft.includeVat === (order.includeVat ?? false);
  const paired = pairRows(draft.rows, rows);
  return draft.rows.flatMap((sent, index) => {
    const row = paired[index];
    if (row === undefined) return [];
    const percent = plan.vatPercents[index] ?? '0';
    const found: string[] = [];
    if (isDecimal(row.vatRate) && !sameNumber(row.vatRate, percent)) {
      found.push(`VAT ${new Decimal(row.vatRate).toFixed()} % instead of ${percent} %`);
    }
    if (row.taxCode !== undefined && row.taxCode !== sent.taxCode) {
      found.push(`tax code ${row.taxCode} instead of ${sent.taxCode}`);
    }
    if (sameBasis) found.push(...amountDifference(sent, row));
    return found.map((difference) => `row ${sent.sequenceNumber}: ${difference}`);
  });
}
