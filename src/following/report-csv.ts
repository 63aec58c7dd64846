/**
 * A report as a file for Excel: one row an invoice. UTF-8 with a byte order mark, semicolons, CRLF, so that a Nordic
 * Excel opens it by a double click.
 */

import { Decimal } from '../domain/money.ts';
import { differencesOf, type ReportedInvoice, stepOf } from '../domain/report.ts';
import type { Sums } from '../domain/sums.ts';
import type { MadeReport } from './make-report.ts';

type Cell = { text: string | number | undefined } | { amount: string | undefined };

/** What Excel takes for a formula where a cell begins with it. */
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[";\r\n]/;

/** A text that begins like a formula gets an apostrophe in front, and stays a text. */
function textOf(text: string | number | undefined): string {
  const plain = text === undefined ? '' : String(text);
  const harmless = FORMULA.test(plain) ? `'${plain}` : plain;
  return QUOTED.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const written = (cell: Cell, decimalComma: boolean): string => {
  if ('text' in cell) return textOf(cell.text);
  return decimalComma ? (cell.amount ?? '').replace('.', ',') : (cell.amount ?? '');
};

const amountsOf = (sums: Sums | undefined): Cell[] => [
  { amount: sums?.net },
  { amount: sums?.vat },
  { amount: sums?.gross },
];

function ratesOf({ expected, order }: ReportedInvoice, vatPercents: readonly string[]): Cell[] {
  const rates = (order?.shown ?? expected)?.rates ?? {};
  return vatPercents.flatMap((percent) => [{ amount: rates[percent]?.[0] }, { amount: rates[percent]?.[1] }]);
}

const HEAD = [
  ...['Invoice', 'Issued', 'Step', 'Differences', 'Changed', 'Transfer', 'Code', 'Currency'],
  ...['Sharefox net', 'Sharefox VAT', 'Sharefox gross', 'Order net', 'Order VAT', 'Order gross'],
  ...['Order', 'Order status', 'Invoice number', 'Invoiced on', 'Due on', 'Paid on', 'Looked at (UTC)'],
];

function rowOf(invoice: ReportedInvoice, vatPercents: readonly string[]): Cell[] {
  const { invoiceId, issuedOn, state, code, currency, expected, order } = invoice;
  const texts = (...all: (string | number | undefined)[]): Cell[] => all.map((text) => ({ text }));
  const changed = order?.differences.map(({ what }) => what).join(', ');
  const seen = order?.seenAt === undefined ? undefined : new Date(order.seenAt).toISOString().slice(0, 16);
  return [
    ...texts(invoiceId, issuedOn, stepOf(invoice), differencesOf(invoice).join(', '), changed, state, code),
    ...texts(currency),
    ...amountsOf(expected),
    ...amountsOf(order?.isThere === true ? order.shown : undefined),
    ...texts(order?.orderId, order?.status, order?.invoiceNumber, order?.invoicedOn, order?.dueOn),
    ...texts(order?.paidOn, seen?.replace('T', ' ')),
    ...ratesOf(invoice, vatPercents),
  ];
}

/** All lines, each with its line end. */
export function reportCsv({ invoices }: MadeReport, { decimalComma }: { decimalComma: boolean }): string {
  const rates = invoices.flatMap(({ expected, order }) =>
    Object.keys((order?.shown ?? expected)?.rates ?? {}),
  );
  const vatPercents = [...new Set(rates)].sort((a, b) => new Decimal(b).comparedTo(a));
  const head = [...HEAD, ...vatPercents.flatMap((percent) => [`Net at ${percent} %`, `VAT at ${percent} %`])];
  const rows = [
    head.map((text): Cell => ({ text })),
    ...invoices.map((invoice) => rowOf(invoice, vatPercents)),
  ];
  const lines = rows.map((cells) => cells.map((cell) => written(cell, decimalComma)).join(';'));
  return `\uFEFF${lines.map((line) => `${line}\r\n`).join('')}`;
}
