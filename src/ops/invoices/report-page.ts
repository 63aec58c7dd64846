/** A shop's report: its steps, its differences, and the invoices behind each. */
import { html } from 'ghtml';
import {
  type Added,
  type NamedDifference,
  type ReportedInvoice,
  type ReportSection,
  STEPS,
  type Step,
} from '../../domain/report.ts';
import type { MadeReport } from '../../following/make-report.ts';
import { type Html, PATH, page, time } from './layout.ts';
import { pathOf } from './list-pages.ts';

export const REPORT_PATH = `${PATH}/report`;

/** Invoices listed under one difference; the file has all. */
const MOST_SHOWN = 200;

export interface Asked {
  shop: string;
  from: string;
  to: string;
}

const TOLD: Record<Step, string> = {
  asked: 'Asked for by Sharefox',
  sent: 'Sent',
  standing: 'Standing in 24SevenOffice',
  invoiced: 'Invoiced',
  paid: 'Paid',
};

const dateInput = (label: string, name: string, value: string): Html =>
  html`<label>${label} <input type="text" name="${name}" value="${value}" required pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}" placeholder="2021-01-31" maxlength="10"></label>`;

const form = ({
  shop,
  from,
  to,
}: Asked): Html => html`<form class="search" method="get" action="${REPORT_PATH}">
<label>Shop <input type="text" name="shop" value="${shop}" required maxlength="100"></label>
!${dateInput('Issued from', 'from', from)}!${dateInput('to', 'to', to)}
<button type="submit">Show</button></form>`;

const hidden = (asked: Asked): Html =>
  html`!${Object.entries(asked).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;

/** The same report as a file, of the records or of a look at the orders now. */
function files(asked: Asked, isLive: boolean, mayAct: boolean): Html {
  const button = (label: string, kind: string, name = '') =>
    html`<button type="submit" class="${kind}" name="${name}" value="1">${label}</button>`;
  const file = html`<form class="act" method="${isLive ? 'post' : 'get'}" action="${REPORT_PATH}">!${hidden(asked)}
<label><input type="checkbox" name="comma" value="1" checked> Decimal comma</label>!${button('File for Excel', 'second', 'csv')}</form>`;
  const read = html`<form class="act" method="post" action="${REPORT_PATH}">!${hidden(asked)}!${button('Read the orders now', 'second', 'now')}<span class="soft">One request for each 1,000 orders. Changes nothing.</span></form>`;
  return html`!${mayAct && !isLive ? read : ''}!${mayAct || !isLive ? file : ''}`;
}

const amounts = ({ count, net, vat, gross }: Added): Html =>
  Object.entries({ Invoices: String(count), Net: net, VAT: vat, Gross: gross })
    .map(([title, text]) => html`<td class="number" title="${title}">${text}</td>`)
    .join('');

function steps(section: ReportSection, place: number): Html {
  const rows = STEPS.flatMap((step) => [
    html`<tr><td><strong>${TOLD[step]}</strong></td>!${amounts(section.steps[step])}</tr>`,
    ...section.differences
      .filter(({ from }) => from === step)
      .map(
        (one) =>
          html`<tr><td>${isChange(one) ? '±' : '−'} <a href="#${anchor(one, place)}">${one.name}</a></td>!${amounts(one)}</tr>`,
      ),
  ]);
  return html`<table class="rows"><caption class="soft">${section.currency}</caption><thead><tr><th scope="col">Step</th><th scope="col" class="number">Invoices</th><th scope="col" class="number">Net</th><th scope="col" class="number">VAT</th><th scope="col" class="number">Gross</th></tr></thead><tbody>!${rows}</tbody></table>`;
}

const isChange = ({ name, isAccepted }: NamedDifference) => isAccepted || name === 'changed';
const anchor = ({ name }: NamedDifference, place: number) => `${name.replaceAll(' ', '-')}-${place}`;

function rates({ steps: all }: ReportSection): Html {
  const percents = [...new Set(STEPS.flatMap((step) => all[step].rates.map(({ vatPercent }) => vatPercent)))];
  const rows = percents.flatMap((percent) =>
    STEPS.flatMap((step) => {
      const rate = all[step].rates.find(({ vatPercent }) => vatPercent === percent);
      return rate === undefined
        ? []
        : [
            html`<tr><td>${percent} %</td><td>${TOLD[step]}</td><td class="number" title="Net">${rate.net}</td><td class="number" title="VAT">${rate.vat}</td></tr>`,
          ];
    }),
  );
  const untold = STEPS.filter((step) => all[step].withoutRates > 0).map(
    (step) =>
      html`<p class="soft">${TOLD[step]}: ${all[step].withoutRates} cannot be told by VAT percent.</p>`,
  );
  return html`<h2>By VAT percent</h2><table class="rows"><thead><tr><th scope="col">Percent</th><th scope="col">Step</th><th scope="col" class="number">Net</th><th scope="col" class="number">VAT</th></tr></thead><tbody>!${rows}</tbody></table>!${untold}`;
}

function behind(shopId: string, { invoiceId, issuedOn, code, order, expected }: ReportedInvoice): Html {
  const changed = order?.differences.map(({ what }) => what).join(', ');
  const gross = (order?.isThere === true ? order.shown : undefined)?.gross ?? expected?.gross ?? 'unknown';
  return html`<tr><td><a href="${pathOf({ shopId, invoiceId })}">${invoiceId}</a></td><td class="when" title="Issued">${issuedOn}</td>
<td title="Order">${order?.orderId ?? ''}</td><td title="Invoice number">${order?.invoiceNumber ?? ''}</td><td class="when" title="Due">${order?.dueOn ?? ''}</td>
<td>${code ?? changed ?? ''}</td><td class="number" title="Gross">${gross}</td></tr>`;
}

function difference(report: MadeReport, one: NamedDifference, place: number): Html {
  const byId = new Map(report.invoices.map((invoice) => [invoice.invoiceId, invoice]));
  const shown = one.invoiceIds.slice(0, MOST_SHOWN).flatMap((id) => byId.get(id) ?? []);
  const left = one.count - shown.length;
  return html`<h2 id="${anchor(one, place)}">${one.name}: ${one.count}</h2><p>${one.what}. Gross ${one.gross}.!${
    one.unknown > 0 ? ` ${one.unknown} without a sum: no record tells it.` : ''
  }</p>
<table class="rows"><thead><tr><th scope="col">Invoice</th><th scope="col">Issued</th><th scope="col">Order</th><th scope="col">Number</th><th scope="col">Due</th><th scope="col">Why</th><th scope="col" class="number">Gross</th></tr></thead><tbody>!${shown.map(
    (invoice) => behind(report.shopId, invoice),
  )}</tbody></table>!${left > 0 ? html`<p class="soft">And ${left} more: the file has all.</p>` : ''}`;
}

function found(report: MadeReport, asked: Asked, mayAct: boolean): Html {
  const { sections, readAtMs, elsewhere, differs } = report;
  const when =
    readAtMs === undefined
      ? 'From the records: each order as it was seen last.'
      : html`Orders read !${time(readAtMs)} UTC.`;
  const moved = elsewhere > 0 ? ` ${elsewhere} orders of another company: as they were seen last.` : '';
  const outcome =
    sections.length === 0
      ? html`<p class="notice" role="status">No invoice is known of these days.</p>`
      : differs
        ? ''
        : html`<p class="notice" role="status">Nothing differs: all of it stands, and is paid.</p>`;
  return html`<p class="soft">!${when}${moved}</p>!${outcome}
!${sections.map(
    (section, place) =>
      html`!${steps(section, place)}!${section.differences.map((one) => difference(report, one, place))}!${rates(section)}`,
  )}
!${files(asked, readAtMs !== undefined, mayAct)}`;
}

export function reportPage(options: {
  asked: Asked;
  report?: MadeReport;
  problem?: string;
  mayAct: boolean;
}): Html {
  const { asked, report, problem, mayAct } = options;
  const title = report === undefined ? 'Report' : `Report of ${asked.shop}, ${asked.from} to ${asked.to}`;
  const body = html`<h1>${title}</h1>!${form(asked)}
!${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
!${report === undefined ? html`<p>A shop’s invoices by issue date: what Sharefox asked for, what was sent, what stands in 24SevenOffice, what is invoiced and what is paid. Each difference is named, with its invoices.</p>` : found(report, asked, mayAct)}`;
  return page({ title, body });
}
