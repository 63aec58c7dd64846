/** One invoice: what became of it, why, and what to do now. */
import { html } from 'ghtml';
import { ERROR_CATALOGUE, type Language } from '../../contract/errors.ts';
import type { TrailEntry, TransferRecord } from '../../transfer/ports.ts';
import type { Story } from './desk.ts';
import { type Html, page, time } from './layout.ts';
import { pathOf, stateOf } from './list-pages.ts';
import { advice, LANGUAGES } from './words.ts';

export interface StoryView {
  story: Story;
  language: Language;
  mayAct: boolean;
  notice?: string | undefined;
  problem?: string | undefined;
}

export function storyPage({ story, language, mayAct, notice, problem }: StoryView): Html {
  const { key, record, trail } = story;
  const { what, todo } = advice(record, language);
  const body = html`<h1>Invoice ${key.invoiceId}</h1>
<p>${key.shopId} · !${stateOf(record.state)}</p>
!${notice === undefined ? '' : html`<p class="notice" role="status">${notice}</p>`}
!${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
<div class="todo"><p lang="${language}">!${what === undefined ? '' : html`${what}<br>`}<strong>${todo}</strong></p></div>
!${languageLinks(story, language)}
!${reason(record)}
!${mayAct ? actions(story) : ''}
<h2>What stands where</h2>!${factsTable(factsOf(record))}
!${contentSection(record)}
!${warnings(record)}
<h2>What happened</h2>!${trailTable(trail)}`;
  return page({ title: `Invoice ${key.invoiceId}`, body });
}

const languageLinks = ({ key }: Story, chosen: Language): Html =>
  html`<p>!${Object.entries(LANGUAGES).map(([code, name]) =>
    code === chosen
      ? html`<span lang="${code}">${name}</span> `
      : html`<a lang="${code}" href="${pathOf(key)}?lang=${code}">${name}</a> `,
  )}</p>`;

function reason({ code, message, waitsFor, state }: TransferRecord): Html {
  const about = code ?? (state === 'transferred' ? undefined : waitsFor);
  if (about === undefined) return '';
  const { owner, retried } = ERROR_CATALOGUE[about];
  const itself = retried && code === undefined ? ' It is tried again by itself.' : '';
  return html`<p><code>${about}</code> ${code === undefined ? '' : (message ?? '')} <span class="soft">Who acts: ${owner}.${itself}</span></p>`;
}

type Fact = [name: string, value: string | number | undefined];

function factsOf(record: TransferRecord): Fact[] {
  const at = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  return [
    ['Order', record.orderId],
    ['Customer', record.customerId],
    ['Product', record.productId],
    ['Company (Client.Id)', record.clientId],
    ['Reference on the order', record.reference],
    ['Total expected', record.result?.totals.expected ?? record.payload?.invoice.totals.gross],
    ['Total posted', record.result?.totals.posted],
    ['Revision', record.revision],
    ['Failed attempts', record.attempts],
    ['Accepted', at(record.acceptedAt)],
    ['Last sent', at(record.sentAt)],
    ['A send without a clear answer', record.unknownOutcome ? 'yes' : undefined],
  ];
}

const factsTable = (facts: Fact[]): Html =>
  html`<table><tbody>!${facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;

/** Of what Sharefox sent: no name, no address, no text. */
function contentSection({ payload }: TransferRecord): Html {
  if (payload === undefined) return '';
  const { invoice, lines, requestedAt, requestId } = payload;
  return html`<h2>What Sharefox sent</h2>!${factsTable([
    ['Click', requestId],
    ['At', requestedAt],
    ['Type', invoice.type],
    ['Sharefox order', invoice.orderId],
    ['Issued', invoice.issueDate],
    ['Due', invoice.dueDate],
    ['Prices', invoice.pricesIncludeVat ? 'with VAT' : 'without VAT'],
    [
      'Net, VAT, gross',
      `${invoice.totals.net}, ${invoice.totals.vat}, ${invoice.totals.gross} ${invoice.currency}`,
    ],
    ['Lines', lines.length],
    ['VAT rates', [...new Set(lines.map(({ vatPercent }) => `${vatPercent} %`))].join(', ')],
  ])}`;
}

function warnings({ result }: TransferRecord): Html {
  if (result === undefined || result.warnings.length === 0) return '';
  return html`<h2>Warnings</h2><ul>!${result.warnings.map(
    ({ code, path, message }) => html`<li><code>${code}</code> ${path ?? ''} ${message}</li>`,
  )}</ul>`;
}

function trailTable(trail: (TrailEntry & { at: string })[]): Html {
  return html`<table class="rows"><thead><tr><th scope="col">When (UTC)</th><th scope="col">Step</th><th scope="col">Facts</th></tr></thead><tbody>!${trail.map(
    ({ at, step, ...facts }) =>
      html`<tr><td class="soft">!${time(at)}</td><td>${step}</td><td>${Object.entries(facts)
        .map(([name, value]) => `${name} ${value}`)
        .join(', ')}</td></tr>`,
  )}</tbody></table>`;
}

function actions({ key, record, isRepeatable }: Story): Html {
  const path = pathOf(key);
  const button = (action: string, label: string) =>
    html`<form class="inline" method="post" action="${path}/${action}"><button type="submit" class="second">${label}</button></form>`;
  const retry =
    record.state === 'transferred'
      ? ''
      : isRepeatable
        ? button('retry', record.state === 'unresolved' ? 'Look again now' : 'Retry now')
        : html`<p class="soft">Its content is not kept any more; it is sent again from Sharefox.</p>`;
  const check = record.orderId === undefined ? '' : button('check', 'Check status');
  return html`!${retry}!${check}!${record.state === 'unresolved' ? decisionForms(path, record) : ''}`;
}

function decisionForms(path: string, { orderId }: TransferRecord): Html {
  const why = html`<label>Why, for the trail; no names, no addresses <input type="text" name="reason" required maxlength="200"></label>`;
  return html`<form method="post" action="${path}/resolve"><fieldset><legend>This is its order</legend>
<label>Order id in 24SevenOffice <input type="text" name="order" inputmode="numeric" pattern="[1-9][0-9]{0,9}" required value="${orderId ?? ''}"></label>
<label><input type="checkbox" name="accept" value="1"> Accept it although it differs from the invoice</label>!${why}
<button type="submit">Confirm the order</button></fieldset></form>
<form method="post" action="${path}/not-created"><fieldset><legend>No order was created</legend>!${why}
<button type="submit">Send it anew</button></fieldset></form>`;
}
