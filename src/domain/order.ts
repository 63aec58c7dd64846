/** The order that an invoice becomes, and whether an order as read agrees with it. */
import type { InvoiceTransferJob, LocalDate } from '../contract/jobs.ts';
import type { Warning } from '../contract/results.ts';
import type { ShopSettings } from '../contract/shop.ts';
import type { Order, OrderDraft, OrderRowDraft } from './books.ts';
import { currencyToSend } from './currency.ts';
import { withoutUndefined } from './defined.ts';
import type { SentLine } from './invoice.ts';
import { orderDimensions, rowDimensions } from './mapping.ts';
import type { Mark } from './mark.ts';
import { acceptableTotals, Decimal, money, plainDecimal, type Totals } from './money.ts';
import { postedTotals, rowDifferences } from './order-rows.ts';
import { orderTexts, rowName } from './order-texts.ts';
import { normalizePercent, type TaxIds } from './tax.ts';

export interface OrderPlan {
  draft: OrderDraft;
  /** By our own rule of rounding. */
  expected: Totals;
  /** By every known way of rounding. */
  acceptable: Totals[];
  /** Normalized, one per row. */
  vatPercents: string[];
  warnings: Warning[];
}

export interface OrderInput {
  job: InvoiceTransferJob;
  /** From `decideInvoice`. Without `number` a line's number is its position. */
  lines: readonly (InvoiceTransferJob['lines'][number] & Partial<Pick<SentLine, 'number'>>)[];
  totals: Totals;
  shop: ShopSettings;
  customerId: number;
  /** Of every row, unless `rowProductIds` says otherwise. */
  productId: number;
  /** One per line, where the shop maps lines to products of their own. */
  rowProductIds?: readonly number[] | undefined;
  /** As 24SevenOffice has it. */
  customerCurrency?: string | undefined;
  taxIds: TaxIds;
  mark: Mark;
}

const DAY_MS = 86_400_000;
/** Days. PaymentTime is a 16-bit number in the service. */
const LONGEST_PAYMENT_TIME = 32_767;

function paymentTime({ issueDate, dueDate }: InvoiceTransferJob['invoice']): {
  days?: number;
  warnings: Warning[];
} {
  if (dueDate === undefined) return { warnings: [] };
  const days = (Date.parse(dueDate) - Date.parse(issueDate)) / DAY_MS;
  if (days >= 0 && days <= LONGEST_PAYMENT_TIME) return { days, warnings: [] };
  const why =
    days < 0 ? 'before the issue date' : `more than ${LONGEST_PAYMENT_TIME} days after the issue date`;
  const message = `the due date is ${why} and was not sent; the shop's usual terms apply`;
  return { warnings: [{ code: 'order.due_date_ignored', path: 'invoice.dueDate', message }] };
}

/** Without a zone: the day stays the same whatever zone the service converts it to. */
const noonOf = (date: LocalDate): string => `${date}T12:00:00`;

/**
 * Decide the order an invoice becomes.
 *
 * Pure, so that a retried job cannot reach a different order than its first attempt did.
 *
 * @throws if `taxIds` lacks a line's percent: then `decideTaxCodes` was called for other lines
 */
export function decideOrder(input: OrderInput): OrderPlan {
  const { job, lines, totals, shop, taxIds, mark } = input;
  const { invoice } = job;
  const vatPercents = lines.map((line) => normalizePercent(line.vatPercent));
  const warnings: Warning[] = [];
  const rows = lines.map((line, index): OrderRowDraft => {
    const percent = vatPercents[index] ?? '';
    const taxCode = taxIds.get(percent);
    if (taxCode === undefined) throw new Error(`no tax code was decided for ${percent} %`);
    const named = rowName(line, (line.number ?? index + 1) - 1);
    const { warnings: unmapped, ...dimensions } = rowDimensions(line, (line.number ?? index + 1) - 1, shop);
    warnings.push(...named.warnings, ...unmapped);
    return {
      productId: input.rowProductIds?.[index] ?? input.productId,
      price: plainDecimal(line.unitPrice),
      name: named.name,
      discountRate: plainDecimal(line.discountPercent ?? '0'),
      quantity: plainDecimal(line.quantity),
      sequenceNumber: index + 1,
      taxCode,
      ...dimensions,
    };
  });
  const texts = orderTexts(job, shop.language);
  const payment = paymentTime(invoice);
  const { warnings: unmapped, ...dimensions } = orderDimensions(invoice, shop);
  const draft: OrderDraft = {
    customerId: input.customerId,
    orderStatus: shop.orderStatus,
    dateOrdered: noonOf(invoice.issueDate),
    includeVat: invoice.pricesIncludeVat,
    invoiceText: texts.invoiceText,
    externalStatus: mark.externalStatus,
    referenceNumber: mark.reference,
    // Also on the order: another invoice may change the customer's address before this one is published.
    invoiceEmailAddress: job.customer.email.trim(),
    rows,
    ...withoutUndefined({
      paymentTime: payment.days,
      ...dimensions,
      yourReference: texts.yourReference,
      invoiceTitle: texts.invoiceTitle,
      deliveryDate: invoice.deliveryDate && noonOf(invoice.deliveryDate),
      currency: currencyToSend(input.customerCurrency, shop.currency),
    }),
  };
  return {
    draft,
    expected: totals,
    acceptable: acceptableTotals(lines, invoice.pricesIncludeVat),
    vatPercents,
    warnings: [...unmapped, ...warnings, ...texts.warnings, ...payment.warnings],
  };
}

/** The parts of a plan that `compareOrder` needs. `control` are Sharefox's own sums. */
export interface OrderExpectation
  extends Pick<OrderPlan, 'draft' | 'expected' | 'acceptable' | 'vatPercents'> {
  control: Totals;
}

export interface OrderComparison {
  agrees: boolean;
  /** The order's sums, to the øre; undefined if the service showed none. */
  posted: { gross: string; vat: string } | undefined;
  differences: string[];
  warnings: Warning[];
}

/**
 * Compare an order as read with the one that was decided.
 *
 * Sums must be Sharefox's own or those of a known way of rounding. There must be as many rows, each with its VAT
 * rate, tax code and amount as far as the service shows them. Names are not compared: people may edit them.
 */
export function compareOrder(plan: OrderExpectation, order: Order): OrderComparison {
  const posted = postedTotals(order);
  const same = (totals: Totals) => posted?.gross === totals.gross && posted.vat === totals.vat;
  const control = {
    ...plan.control,
    gross: money(new Decimal(plan.control.gross)),
    vat: money(new Decimal(plan.control.vat)),
  };
  const accepted = plan.acceptable.some(same);
  const differences: string[] = [];
  if (posted === undefined) {
    differences.push('the order shows no totals');
  } else if (!same(control) && !accepted) {
    const { gross, vat } = plan.expected;
    if (posted.gross !== gross) differences.push(`gross ${posted.gross} instead of ${gross}`);
    if (posted.vat !== vat) differences.push(`VAT ${posted.vat} instead of ${vat}`);
  }
  differences.push(...rowDifferences(plan, order));
  const warnings: Warning[] =
    accepted && !same(control)
      ? [
          {
            code: 'order.rounding_difference',
            path: 'invoice.totals',
            message: `the order comes to gross ${posted?.gross}, VAT ${posted?.vat}; Sharefox says gross ${control.gross}, VAT ${control.vat}`,
          },
        ]
      : [];
  return { agrees: differences.length === 0, posted, differences, warnings };
}
