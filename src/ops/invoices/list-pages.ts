/** Lists of invoices: what needs a person, what waits and why, what was rejected and for what. */
import { html } from 'ghtml';
import { ERROR_CATALOGUE, errorText } from '../../contract/errors.ts';
import type { RecordRow } from '../../store/lists.ts';
import type { RecordKey } from '../../transfer/ports.ts';
import type { Cause } from './desk.ts';
import { type Html, PATH, page, time } from './layout.ts';

const UNDER_WAY = new Set(['accepted', 'preparing', 'sending', 'ordered']);

export const pathOf = ({ shopId, invoiceId }: RecordKey): string => `${PATH}/${shopId}/${invoiceId}`;

export const stateOf = (state: string): Html =>
  html`<span class="state ${UNDER_WAY.has(state) ? 'open' : state}">${state}</span>`;

function rowHtml({ key, state, code, waitsFor, orderId, updatedAt }: RecordRow): Html {
  const why = code ?? waitsFor;
  return html`<tr>
<td><a href="${pathOf(key)}">${key.invoiceId}</a></td><td>${key.shopId}</td><td>!${stateOf(state)}</td>
<td>${why ?? ''}</td><td>${orderId === undefined ? '' : `order ${orderId}`}</td><td class="soft">!${time(updatedAt)}</td>
</tr>`;
}

function rowsTable(rows: RecordRow[]): Html {
  if (rows.length === 0) return html`<p class="soft">None.</p>`;
  return html`<table class="rows"><thead><tr><th scope="col">Invoice</th><th scope="col">Shop</th><th scope="col">State</th><th scope="col">Why</th><th scope="col">Order</th><th scope="col">Changed (UTC)</th></tr></thead>
<tbody>!${rows.map(rowHtml)}</tbody></table>`;
}

const searchForm = (
  query: string,
  shopId: string,
): Html => html`<form method="get" action="${PATH}" role="search">
<label>Invoice id, order id or reference <input type="search" name="q" value="${query}" maxlength="60"></label>
<label>Shop (may be left empty) <input type="text" name="shop" value="${shopId}" maxlength="100"></label>
<button type="submit">Find</button>
</form>`;

interface Overview {
  unresolved: { total: number; rows: RecordRow[] };
  open: { total: number; rows: RecordRow[] };
  causes: Cause[];
}

const more = (shown: number, total: number, list: string): Html =>
  total > shown ? html`<p><a href="${PATH}?list=${list}">All ${total}</a></p>` : '';

export function overviewPage({ unresolved, open, causes }: Overview): Html {
  const body = html`<h1>Invoices</h1>!${searchForm('', '')}
<h2>Needs a person: ${unresolved.total}</h2>!${rowsTable(unresolved.rows)}!${more(unresolved.rows.length, unresolved.total, 'unresolved')}
<h2>Waiting, and why: ${open.total}</h2>!${rowsTable(open.rows)}!${more(open.rows.length, open.total, 'open')}
<h2>Rejected, by cause</h2>!${causesTable(causes)}`;
  return page({ title: 'Invoices', body });
}

function causesTable(causes: Cause[]): Html {
  if (causes.length === 0) return html`<p class="soft">None.</p>`;
  return html`<table><thead><tr><th scope="col">Cause</th><th scope="col">Who acts</th><th scope="col">Invoices</th></tr></thead><tbody>!${causes.map(
    ({ code, rows }) =>
      html`<tr><td><a href="${PATH}?code=${code}">${code}</a><br><span class="soft">${
        code === 'unknown' ? '' : errorText(code, 'en')
      }</span></td><td>${code === 'unknown' ? '' : ERROR_CATALOGUE[code].owner}</td><td class="number">${rows.length}</td></tr>`,
  )}</tbody></table>`;
}

export function foundPage(query: string, shopId: string, rows: RecordRow[]): Html {
  const none =
    rows.length === 0
      ? html`<p class="problem">Nothing is known of it. It was never added to the queue, its shop is not connected, or it waits in the queue: see the <a href="/board">board</a>.</p>`
      : rowsTable(rows);
  return page({ title: `Find ${query}`, body: html`<h1>Find</h1>!${searchForm(query, shopId)}!${none}` });
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
  const retry = mayAct
    ? html`<form method="post" action="${PATH}/retries"><input type="hidden" name="code" value="${code}">
<p>Retry sends each of these ${rows.length} invoices again, as a new click would. What still stands against one rejects it again.</p>
<button type="submit">Retry all ${rows.length}</button></form>`
    : '';
  return page({ title: code, body: html`<h1>Rejected: ${code}</h1>!${retry}!${rowsTable(rows)}` });
}
