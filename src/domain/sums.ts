/** What a record keeps of an invoice's money once its content is deleted: sums and dates, nobody's name. */
import { type InvoiceTransferJob, invoiceTransferJob, type LocalDate, localDate } from '../contract/jobs.ts';
import type { Order } from './books.ts';
import { withoutUndefined } from './defined.ts';
import { Decimal, money, totalsByRate } from './money.ts';
import { postedTotals } from './order-rows.ts';

/** Major units with two decimals. `rates`: net and VAT by VAT percent; left out where a row does not tell its own. */
export interface Sums {
  net: string;
  vat: string;
  gross: string;
  rates?: Record<string, [net: string, vat: string]>;
}

/** What Sharefox says of the invoice, for reports by its date. Absent in records of earlier versions. */
export interface IssuedFields {
  issuedOn?: LocalDate;
  /** ISO 4217. */
  currency?: string;
  /** Sharefox' control sums, and its lines by VAT percent. */
  expected?: Sums;
}

const ratesOf = (...given: Parameters<typeof totalsByRate>): NonNullable<Sums['rates']> =>
  Object.fromEntries(totalsByRate(...given).map(({ vatPercent, net, vat }) => [vatPercent, [net, vat]]));

export function issuedFields({ invoice, lines }: InvoiceTransferJob): Required<IssuedFields> {
  const { issueDate, currency, totals, pricesIncludeVat } = invoice;
  const { net, vat, gross } = totals;
  const rounded = (amount: string) => money(new Decimal(amount));
  return {
    issuedOn: issueDate,
    currency,
    expected: {
      net: rounded(net),
      vat: rounded(vat),
      gross: rounded(gross),
      rates: ratesOf(lines, pricesIncludeVat),
    },
  };
}

/** Of data that may be no payload: then its date alone, if it has one. */
export function issuedFieldsOf(data: unknown): IssuedFields {
  const job = invoiceTransferJob.safeParse(data).data;
  if (job !== undefined) return issuedFields(job);
  const { invoice } = (data ?? {}) as { invoice?: { issueDate?: unknown } };
  const issuedOn = localDate.safeParse(invoice?.issueDate);
  return issuedOn.success ? { issuedOn: issuedOn.data } : {};
}

type Taxed = Parameters<typeof totalsByRate>[0][number];

/** An order's own sums; undefined where 24SevenOffice gives none. */
export function sumsOf(order: Order): Sums | undefined {
  const posted = postedTotals(order);
  if (posted === undefined) return undefined;
  const { gross, vat } = posted;
  const rows = order.rows.filter(({ type }) => type === 'Normal');
  const taxed = rows.flatMap(({ price: unitPrice, quantity, vatRate: vatPercent, discountRate }) =>
    unitPrice === undefined || quantity === undefined || vatPercent === undefined
      ? []
      : [{ unitPrice, quantity, vatPercent, discountPercent: discountRate ?? '0' } as Taxed],
  );
  return withoutUndefined({
    net: money(new Decimal(gross).minus(vat)),
    vat,
    gross,
    rates: taxed.length === rows.length ? ratesOf(taxed, order.includeVat ?? false) : undefined,
  });
}
