import type { InvoiceLine, InvoiceTransferJob } from '../contract/jobs.ts';
import type { Warning } from '../contract/results.ts';
import type { ShopSettings } from '../contract/shop.ts';
import { computeTotals, Decimal, lineAmount, type Totals } from './money.ts';
import { type Refusal, refuse } from './refusal.ts';

/** A line to send, with its number (1..n) in the invoice as Sharefox shows it. */
export type SentLine = InvoiceLine & { number: number };

export interface InvoiceCheck {
  kind: 'ok';
  lines: SentLine[];
  totals: Totals;
  warnings: Warning[];
}

const TOLERANCE_PER_LINE = new Decimal('0.01');

const show = ({ net, vat, gross }: Totals): string => `net ${net}, VAT ${vat}, gross ${gross}`;

function linesToSend(job: InvoiceTransferJob, shop: ShopSettings): SentLine[] {
  const lines = job.lines.map((line, index) => ({ ...line, number: index + 1 }));
  return shop.zeroPriceLines === 'skip' ? lines.filter((line) => !lineAmount(line).isZero()) : lines;
}

function skippedWarnings(job: InvoiceTransferJob, sent: SentLine[]): Warning[] {
  const kept = new Set(sent.map((line) => line.number));
  return job.lines.flatMap((_line, index) =>
    kept.has(index + 1)
      ? []
      : [
          {
            code: 'line.skipped',
            path: `lines.${index}`,
            message: `line ${index + 1} comes to zero and was not sent, as the shop's settings say`,
          },
        ],
  );
}

/** Compare the control sums with the lines: exact, a warning for rounding, or a refusal. */
function checkSums(job: InvoiceTransferJob, totals: Totals): Warning[] | Refusal {
  const control = job.invoice.totals;
  const tolerance = TOLERANCE_PER_LINE.times(job.lines.length);
  const differences = (['net', 'vat', 'gross'] as const).map((name) =>
    new Decimal(control[name]).minus(totals[name]).abs(),
  );
  if (differences.some((difference) => difference.greaterThan(tolerance))) {
    return refuse(
      'invoice.totals_mismatch',
      `the invoice says ${show(control)}, but its lines come to ${show(totals)}; nothing was sent. Correct the invoice in Sharefox and send it again`,
    );
  }
  if (differences.every((difference) => difference.isZero())) return [];
  return [
    {
      code: 'invoice.rounding_difference',
      path: 'invoice.totals',
      message: `the invoice says ${show(control)}, its lines come to ${show(totals)}`,
    },
  ];
}

/**
 * Decide whether an invoice may be sent at all: everything that can be refused without asking 24SevenOffice.
 *
 * Control sums are over all lines. A skipped line of zero changes none of them.
 */
export function decideInvoice(job: InvoiceTransferJob, shop: ShopSettings): InvoiceCheck | Refusal {
  const { invoice } = job;
  if (invoice.type === 'printed') {
    return refuse(
      'invoice.type_not_transferable',
      'the invoice is of type "Printed"; set its type to "Data for Accounting" and send it again',
    );
  }
  if (invoice.kind === 'credit') {
    return refuse(
      'invoice.credit_unsupported',
      'credit notes are not transferred; make the credit note in 24SevenOffice',
    );
  }
  if (invoice.currency !== shop.currency) {
    return refuse(
      'invoice.currency_mismatch',
      `the invoice is in ${invoice.currency}, the shop's books are in ${shop.currency}; make this invoice in 24SevenOffice`,
    );
  }
  const lines = linesToSend(job, shop);
  if (lines.length === 0) {
    return refuse(
      'invoice.nothing_to_send',
      'every line comes to zero and the shop skips those; give a line a price, or leave this invoice out',
    );
  }
  const totals = computeTotals(lines, invoice.pricesIncludeVat);
  if (new Decimal(totals.gross).isNegative()) {
    return refuse(
      'invoice.negative_total',
      `the lines come to ${totals.gross}; make a credit note in 24SevenOffice instead`,
    );
  }
  const sums = checkSums(job, totals);
  if ('kind' in sums) return sums;
  return { kind: 'ok', lines, totals, warnings: [...skippedWarnings(job, lines), ...sums] };
}
