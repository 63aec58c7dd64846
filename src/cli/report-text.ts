/** A report as a table for a terminal of 80 columns. */
import { type Added, type NamedDifference, type ReportSection, STEPS, type Step } from '../domain/report.ts';
import type { MadeReport } from '../following/make-report.ts';

const TOLD: Record<Step, string> = {
  asked: 'asked for by Sharefox',
  sent: 'sent',
  standing: 'standing',
  invoiced: 'invoiced',
  paid: 'paid',
};
/** Ids under one difference; the file has all. */
const MOST_IDS = 40;
const WIDTH = 80;

const cells = (label: string, ...rest: string[]): string =>
  `${label.padEnd(24)}${rest.map((text, index) => text.padStart(index === 0 ? 9 : 15)).join('')}`.trimEnd();

const added = (label: string, { count, net, vat, gross }: Added): string =>
  cells(label, String(count), net, vat, gross);

const label = ({ name, isAccepted }: NamedDifference): string =>
  name === 'changed' || isAccepted ? `  ± ${name}` : `  − ${name}`;

/** Words in lines of at most the terminal's width, each indented. */
function wrapped(words: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of words) {
    if (line !== indent && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return line === indent ? lines : [...lines, line];
}

function waterfall({ currency, steps, differences }: ReportSection): string[] {
  return [
    cells(currency, 'invoices', 'net', 'VAT', 'gross'),
    ...STEPS.flatMap((step) => [
      added(TOLD[step], steps[step]),
      ...differences.filter(({ from }) => from === step).map((one) => added(label(one), one)),
    ]),
  ];
}

function byRate({ steps }: ReportSection): string[] {
  const percents = [
    ...new Set(STEPS.flatMap((step) => steps[step].rates.map(({ vatPercent }) => vatPercent))),
  ];
  return [
    cells('by VAT percent', '', 'net', 'VAT'),
    ...percents.flatMap((percent) =>
      STEPS.flatMap((step) => {
        const rate = steps[step].rates.find(({ vatPercent }) => vatPercent === percent);
        return rate === undefined
          ? []
          : [cells(`${percent} %`.padStart(8).padEnd(11) + step, '', rate.net, rate.vat)];
      }),
    ),
    ...STEPS.filter((step) => steps[step].withoutRates > 0).map(
      (step) => `${steps[step].withoutRates} ${step} cannot be told by VAT percent`,
    ),
  ];
}

function named({ name, what, count, unknown, invoiceIds }: NamedDifference): string[] {
  const shown = invoiceIds.slice(0, MOST_IDS);
  const more = count > shown.length ? [`and ${count - shown.length} more; --csv has all`] : [];
  const without = unknown > 0 ? [`  ${unknown} of them without a sum: no record tells it`] : [];
  return [`${name}: ${what}`, ...without, ...wrapped([...shown, ...more], '  ')];
}

export function reportText(report: MadeReport): string[] {
  const { shopId, from, to, sections, readAtMs, elsewhere, differs } = report;
  const when =
    readAtMs === undefined
      ? 'from the records alone: each order as it was seen last'
      : `orders read ${new Date(readAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const lines = [`${shopId}, invoices issued ${from} to ${to}`, when];
  if (elsewhere > 0) {
    lines.push(`${elsewhere} of another company than the shop's now: as each order was seen last`);
  }
  if (sections.length === 0) return [...lines, 'no invoice is known of these days'];
  for (const section of sections) {
    lines.push('', ...waterfall(section), '', ...byRate(section));
    for (const difference of section.differences) lines.push('', ...named(difference));
  }
  return [...lines, '', differs ? 'it differs' : 'nothing differs: all of it stands, and is paid'];
}
