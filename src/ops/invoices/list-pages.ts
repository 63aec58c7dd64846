/** Lists of invoices: those that need a person, those that wait, and those that were rejected, with the reason. */
import { html } from 'ghtml';
import { ERROR_CATALOGUE, type ErrorCode, errorText } from '../../contract/errors.ts';
import type { WaitingJob, WaitingJobs } from '../../queue/waiting-jobs.ts';
import type { RecordRow } from '../../store/lists.ts';
import type { RecordKey } from '../../transfer/ports/records.ts';
import type { Cause, Causes } from './desk.ts';
import { type Html, PATH, page, time } from './layout.ts';

const UNDER_WAY = new Set(['accepted', 'preparing', 'sending', 'ordered']);
const isUnderWay = (state: string): boolean => UNDER_WAY.has(state);

export const pathOf = ({ shopId, invoiceId }: RecordKey): string => `${PATH}/${shopId}/${invoiceId}`;

export const stateOf = (state: string): Html =>
  html`<span class="state ${isUnderWay(state) ? 'open' : state}">${state}</span>`;

const told = (code: ErrorCode): Html =>
  html`<code>${code}</code><br><span class="soft">${errorText(code, 'en')}</span>`;

function rowHtml({ key, state, code, waitsFor, orderId, updatedAt }: RecordRow): Html {
  const why = code ?? (state === 'transferred' ? undefined : waitsFor);
  return html`<tr>
<td><a href="${pathOf(key)}">${key.invoiceId}</a></td><td class="long">${key.shopId}</td>
<td>!${stateOf(state)}${orderId === undefined ? '' : `, order ${orderId}`}</td>
<td>!${why === undefined ? '' : told(why)}</td><td class="soft when">!${time(updatedAt)}</td>
</tr>`;
}

function rowsTable(rows: RecordRow[]): Html {
  if (rows.length === 0) return html`<p class="soft">None.</p>`;
  return html`<table class="rows"><thead><tr><th scope="col">Invoice</th><th scope="col">Shop</th><th scope="col">State</th><th scope="col">Why</th><th scope="col">Changed (UTC)</th></tr></thead>
<tbody>!${rows.map(rowHtml)}</tbody></table>`;
}

const searchForm = (
  query: string,
  shopId: string,
): Html => html`<form class="search" method="get" action="${PATH}" role="search">
<label>Invoice, order, number, reference or code <input type="search" name="q" value="${query}" maxlength="60"></label>
<label>Shop (may be left empty) <input type="text" name="shop" value="${shopId}" maxlength="100"></label>
<button type="submit">Find</button>
</form>`;

interface Overview {
  unresolved: { total: number; rows: RecordRow[] };
  open: { total: number; rows: RecordRow[] };
  causes: Causes;
  /** Number of jobs that no worker has taken yet. */
  notBegun: number;
}

const more = (shown: number, total: number, list: string): Html =>
  total > shown ? html`<p><a href="${PATH}?list=${list}">All ${total}, newest first</a></p>` : '';

export function overviewPage({ unresolved, open, causes, notBegun }: Overview): Html {
  const { grouped, rejected } = causes;
  const ofThem = rejected > grouped ? html`<p class="soft">Of the newest ${grouped}.</p>` : '';
  const body = html`<h1>Invoices</h1>!${searchForm('', '')}
<h2>Needs a person: ${unresolved.total}</h2>!${rowsTable(unresolved.rows)}!${more(unresolved.rows.length, unresolved.total, 'unresolved')}
<h2>Waiting, and why: ${open.total}</h2>!${rowsTable(open.rows)}!${more(open.rows.length, open.total, 'open')}
<p class="soft">In the queue, and not begun: ${notBegun}.</p>
<h2>Rejected, by cause: ${rejected}</h2>!${ofThem}!${causesTable(causes.causes)}`;
  return page({ title: 'Invoices', body });
}

function causesTable(causes: Cause[]): Html {
  if (causes.length === 0) return html`<p class="soft">None.</p>`;
  return html`<table><thead><tr><th scope="col">Cause</th><th scope="col">Who acts</th><th scope="col" class="number">Invoices</th></tr></thead><tbody>!${causes.map(
    ({ code, rows }) =>
      html`<tr><td class="long"><a href="${PATH}?code=${code}">${code}</a><br><span class="soft">${
        code === 'unknown' ? '' : errorText(code, 'en')
      }</span></td><td>${code === 'unknown' ? '' : ERROR_CATALOGUE[code].owner}</td><td class="number">${rows.length}</td></tr>`,
  )}</tbody></table>`;
}

/** Rows of one page: more than this no person reads. */
const MOST_SHOWN = 200;

function firstOf(rows: RecordRow[]): Html {
  const left = rows.length - MOST_SHOWN;
  return html`!${rowsTable(rows.slice(0, MOST_SHOWN))}!${left > 0 ? html`<p class="soft">And ${left} more.</p>` : ''}`;
}

const BOARD_QUEUE = '/board/queue/invoice-transfer';

function unknown(waiting: WaitingJobs | undefined): Html {
  const more =
    waiting !== undefined && waiting.total > waiting.looked
      ? html`<li>Its job has not begun: of ${waiting.total} jobs that wait, ${waiting.looked} were looked through. The rest is on the <a href="${BOARD_QUEUE}?status=prioritized">board</a>.</li>`
      : '';
  return html`<div class="problem"><p><strong>Nothing is known of it.</strong> Either:</p><ul>
<li>Sharefox never added it, or under another shop id: ask what it sent.</li>!${more}
<li>Its shop is not connected: search with the shop id, too.</li></ul></div>`;
}

function waitingTable(jobs: WaitingJob[]): Html {
  const row = ({ key, jobId, state, waitsFor, addedAt }: WaitingJob) =>
    html`<tr><td>${key.invoiceId}</td><td class="long">${key.shopId}</td><td><a href="${BOARD_QUEUE}/${encodeURIComponent(jobId)}">${state}</a></td>
<td>!${waitsFor === undefined ? 'It waits for its turn.' : told(waitsFor)}</td><td class="soft when">!${time(addedAt)}</td></tr>`;
  return html`<p class="todo">Nothing to do: its job waits, and no worker has begun it.</p>
<table class="rows"><thead><tr><th scope="col">Invoice</th><th scope="col">Shop</th><th scope="col">Job</th><th scope="col">Why</th><th scope="col">Added (UTC)</th></tr></thead>
<tbody>!${jobs.map(row)}</tbody></table>`;
}

/** @param waiting jobs in the queue, for an invoice without a record */
export function foundPage(query: string, shopId: string, rows: RecordRow[], waiting?: WaitingJobs): Html {
  const jobs = waiting?.jobs ?? [];
  const nothing = jobs.length > 0 ? waitingTable(jobs) : unknown(waiting);
  const found = rows.length === 0 ? nothing : firstOf(rows);
  const what = query || shopId;
  return page({
    title: `Find ${what}`,
    body: html`<h1>Found for ${what}: ${rows.length || jobs.length}</h1>!${searchForm(query, shopId)}!${found}`,
  });
}

export function listPage(options: {
  title: string;
  rows: RecordRow[];
  total: number;
  next: string | undefined;
}): Html {
  const { title, rows, total, next } = options;
  const body = html`<h1>${title}: ${total}</h1>!${rowsTable(rows)}!${next === undefined ? '' : html`<p><a href="${next}">Older ones</a></p>`}`;
  return page({ title, body });
}

export function causePage(cause: Cause, mayAct: boolean): Html {
  const { code, rows } = cause;
  const who = code === 'unknown' ? '' : `${errorText(code, 'en')} Who acts: ${ERROR_CATALOGUE[code].owner}.`;
  const retry = mayAct
    ? html`<form class="todo" method="post" action="${PATH}/retries"><input type="hidden" name="code" value="${code}">
<h2>Retry all ${rows.length}</h2>
<p>Sends each of the ${rows.length} invoices below again, one after another, as a new click would. While the cause stands they are rejected again, and no order is made. You see how far it is, and can stop it.</p>
<p><button type="submit">Retry all ${rows.length}</button></p></form>`
    : '';
  const body = html`<h1>Rejected: ${code}</h1><p>${who}</p>!${retry}!${firstOf(rows)}`;
  return page({ title: code, body });
}
