/** The page of one invoice: what became of it, why, and what to do now. */
import { html } from 'ghtml';
import { ERROR_CATALOGUE, type Language } from '../../contract/errors.ts';
import { isForChoosing } from '../../transfer/choose-customer.ts';
import type { TrailEntry, TransferRecord } from '../../transfer/ports/records.ts';
import type { Story } from './desk.ts';
import { type Html, page, time } from './layout.ts';
import { pathOf, stateOf } from './list-pages.ts';
import { orderFacts } from './order-section.ts';
import { advice, LANGUAGES } from './words.ts';

export interface StoryView {
  story: Story;
  language: Language;
  mayAct: boolean;
  notice?: Html | undefined;
  problem?: string | undefined;
  /** The reader's last click has not ended yet. */
  isPending: boolean;
}

export function storyPage(view: StoryView): Html {
  const { story, language, mayAct, notice, problem, isPending } = view;
  const { key, record, trail } = story;
  const body = html`<h1>Invoice ${key.invoiceId}</h1>
<div !${isPending ? 'data-live' : ''}><p>${key.shopId} · !${stateOf(record.state)}</p>
!${notice === undefined ? '' : html`<div class="notice" role="status">!${notice}</div>`}
!${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
!${todo(story, language)}
!${mayAct ? saidSection(story) : ''}
!${mayAct ? actions(story) : ''}
!${orderSection(record)}<h2>Facts</h2>!${factsTable(factsOf(story))}
!${warnings(record)}
<h2>What happened</h2>!${trailTable(trail)}
!${contentSection(story)}</div>`;
  return page({ title: `Invoice ${key.invoiceId}`, body });
}

function todo(story: Story, language: Language): Html {
  const { what, todo: now } = advice(story.record, language);
  return html`<section class="todo"><h2>What to do now</h2>
<p lang="${language}">!${what === undefined ? '' : html`${what}<br>`}<strong>${now}</strong></p>
!${reason(story.record)}!${languageLinks(story, language)}</section>`;
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
  const told = code === undefined || message === undefined ? '' : `: ${message}`;
  return html`<p><code>${about}</code>${told}. Who acts: ${owner}.${itself}</p>`;
}

/** Foreign words, which may name anybody: for the operator, and nowhere else. */
const saidSection = ({ words, record }: Story): Html =>
  words === undefined || record.state === 'transferred'
    ? ''
    : html`<section class="said"><h2>What 24SevenOffice said</h2><blockquote>${words}</blockquote>
<p class="soft">It may name people, so it stands here alone, in no log and no event, and goes with the content.</p></section>`;

type Fact = [name: string, value: Html | number | undefined];
const text = (value: string | undefined): Html | undefined =>
  value === undefined ? undefined : html`${value}`;

/** The result's, then those of other rows. */
function productsOf({ productId, rowProductIds = [] }: Story['record']): string | undefined {
  return productId === undefined ? undefined : [...new Set([productId, ...rowProductIds])].join(', ');
}

function factsOf({ record, content }: Story): Fact[] {
  const at = (ms: number | undefined) => (ms === undefined ? undefined : html`!${time(ms)} UTC`);
  const totals = record.result?.totals;
  return [
    ['Order', record.orderId],
    ['Reference on the order', text(record.reference)],
    ['Company (Client.Id)', text(record.clientId)],
    ['Customer', record.customerId],
    [record.rowProductIds === undefined ? 'Product' : 'Products', text(productsOf(record))],
    ['Location', text(content?.invoice.location)],
    ['Delivered', text(content?.invoice.deliveryDate)],
    ['Total expected', text(totals?.expected ?? content?.invoice.totals.gross)],
    [
      'Total posted',
      totals &&
        html`<span class="${totals.posted === totals.expected ? '' : 'differs'}">${totals.posted}</span>`,
    ],
    ['Revision', record.revision],
    ['Failed attempts', record.attempts],
    ['Accepted', at(record.acceptedAt)],
    ['Last sent', at(record.sentAt)],
    ['A send without a clear answer', record.unknownOutcome ? 'yes' : undefined],
  ];
}

const factsTable = (facts: Fact[]): Html =>
  html`<table class="facts"><tbody>!${facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => html`<tr><th scope="row">${name}</th><td>!${value}</td></tr>`)}</tbody></table>`;

/** Its life in 24SevenOffice, once somebody has looked. */
function orderSection(record: TransferRecord): Html {
  const facts = orderFacts(record);
  return facts.every(([, value]) => value === undefined)
    ? ''
    : html`<h2>The order since</h2>!${factsTable(facts)}`;
}

/** What Sharefox sent, without names, addresses and texts. */
function contentSection({ content }: Story): Html {
  if (content === undefined) return '';
  const { invoice, lines, requestedAt, requestId } = content;
  const { net, vat, gross } = invoice.totals;
  return html`<h2>What Sharefox sent</h2>!${factsTable([
    ['Click', text(requestId)],
    ['At', html`!${time(requestedAt)} UTC`],
    ['Type', text(invoice.type)],
    ['Sharefox order', text(invoice.orderId)],
    ['Issued', text(invoice.issueDate)],
    ['Due', text(invoice.dueDate)],
    ['Prices', invoice.pricesIncludeVat ? 'with VAT' : 'without VAT'],
    ['Net, VAT, gross', text(`${net}, ${vat}, ${gross} ${invoice.currency}`)],
    ['Lines', lines.length],
    ['VAT rates', text([...new Set(lines.map(({ vatPercent }) => `${vatPercent} %`))].join(', '))],
  ])}`;
}

function warnings({ result }: TransferRecord): Html {
  if (result === undefined || result.warnings.length === 0) return '';
  return html`<h2>Warnings</h2><ul>!${result.warnings.map(
    ({ code, path, message }) => html`<li><code>${code}</code> ${path ?? ''} ${message}</li>`,
  )}</ul>`;
}

/** Readable names for the facts of a trail entry. */
const FACTS = new Map([
  ['requestId', 'click'],
  ['customerId', 'customer'],
  ['productId', 'product'],
  ['orderId', 'order'],
  ['how', 'is'],
]);

function trailTable(trail: (TrailEntry & { at: string })[]): Html {
  return html`<table class="rows"><thead><tr><th scope="col">When (UTC)</th><th scope="col">Step</th><th scope="col">Facts</th></tr></thead><tbody>!${trail.map(
    ({ at, step, ...facts }) =>
      html`<tr><td class="soft when">!${time(at)}</td><td>${step}</td><td class="long">${Object.entries(facts)
        .map(([name, value]) => `${FACTS.get(name) ?? name} ${value}`)
        .join(', ')}</td></tr>`,
  )}</tbody></table>`;
}

function actions({ key, record, content, isRepeatable }: Story): Html {
  const path = pathOf(key);
  const button = (action: string, label: string, told: string) =>
    html`<form class="act" method="post" action="${path}/${action}"><button type="submit" class="second">${label}</button><span class="soft">${told}</span></form>`;
  const check =
    record.orderId === undefined
      ? ''
      : button('check', 'Check status', 'Asks 24SevenOffice whether the order is invoiced and paid.');
  const preview =
    content === undefined || record.state === 'transferred'
      ? ''
      : button('preview', 'Preview', 'Shows the order it would become now. Writes nothing.');
  const choose =
    content === undefined || !isForChoosing(record)
      ? ''
      : button(
          'candidates',
          'Choose the customer',
          'Shows the customers that have its e-mail address. Writes nothing.',
        );
  return html`!${choose}!${isRepeatable || record.state === 'transferred' ? retry(record, button) : GONE}!${preview}!${check}!${record.state === 'unresolved' ? decisionForms(path, record) : ''}`;
}

const GONE = html`<p class="soft">What Sharefox sent is no longer kept: send it again from Sharefox.</p>`;

function retry(
  { state }: TransferRecord,
  button: (action: string, label: string, told: string) => Html,
): Html {
  switch (state) {
    case 'transferred':
      return '';
    case 'unresolved':
      return button('retry', 'Look again now', 'Looks for the order in 24SevenOffice. Sends nothing.');
    case 'rejected':
      return button(
        'retry',
        'Retry now',
        'Sends it again as it was. While the cause stands it is rejected again.',
      );
    default:
      return button('retry', 'Try now', 'Ends the wait. While the cause stands it waits again.');
  }
}

function decisionForms(path: string, { orderId }: TransferRecord): Html {
  const why = html`<label>Why, for the trail; no names, no addresses <input type="text" name="reason" required maxlength="200"></label>`;
  return html`<form method="post" action="${path}/resolve"><fieldset><legend>An order is there: this one</legend>
<label>Order id in 24SevenOffice <input type="text" name="order" inputmode="numeric" pattern="[1-9][0-9]{0,9}" required value="${orderId ?? ''}"></label>
<label><input type="checkbox" name="accept" value="1"> Accept it although it differs from the invoice</label>!${why}
<button type="submit">Confirm the order</button></fieldset></form>
<form method="post" action="${path}/not-created"><fieldset><legend>Looked: no order is there</legend>!${why}
<button type="submit">Send it again</button></fieldset></form>`;
}
