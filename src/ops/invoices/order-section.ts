/** What became of an order after its transfer, as the follower saw it last. */
import { html } from 'ghtml';
import type { FollowedFields } from '../../domain/following.ts';
import type { TransferRecord } from '../../transfer/ports/records.ts';
import type { FollowedRow } from './desk.ts';
import { type Html, PATH, page, time } from './layout.ts';
import { pathOf } from './list-pages.ts';

type Fact = [name: string, value: Html | number | undefined];

/** One word for how the order stands; undefined where nobody has looked yet. */
function standingOf(record: FollowedFields): string | undefined {
  const { goneAt, paidOn, orderStatus, invoiceNumber, followedAt } = record;
  if (goneAt !== undefined) return 'gone';
  if (paidOn !== undefined) return 'paid';
  if (orderStatus === 'InvoicedPack') return 'merged into a collecting order';
  if (invoiceNumber !== undefined) return 'invoiced, not paid';
  return followedAt === undefined ? undefined : 'not invoiced';
}

const differencesIn = ({ differences = [] }: FollowedFields): Html =>
  differences
    .map(({ what, expected, found }) =>
      expected === undefined || found === undefined
        ? html`${what}`
        : html`${what}: ${found} instead of ${expected}`,
    )
    .join('; ');

export function orderFacts(record: TransferRecord): Fact[] {
  const { invoiceNumber, invoicedOn, dueOn, paidOn, differsSince, followedAt, goneAt } = record;
  const at = (ms: number | undefined) => (ms === undefined ? undefined : html`!${time(ms)} UTC`);
  const standing = standingOf(record);
  const isBad = goneAt !== undefined;
  return [
    ['The order is', standing && html`<span class="${isBad ? 'differs' : ''}">${standing}</span>`],
    ['Gone since', at(goneAt)],
    ['Invoice number in 24SevenOffice', invoiceNumber],
    ['Invoiced on', invoicedOn && html`${invoicedOn}`],
    ['Due on', dueOn && html`${dueOn}`],
    ['Paid on', paidOn && html`${paidOn}`],
    [
      'Differs from what was sent',
      differsSince && html`<span class="differs">!${differencesIn(record)}</span>`,
    ],
    ['Differs since', at(differsSince)],
    ['Looked at last', at(followedAt)],
  ];
}

const TITLES = {
  differs: 'Differs from what was sent',
  gone: 'Gone from 24SevenOffice',
};
export type FollowedListName = keyof typeof TITLES;

const row = ({ key, record }: FollowedRow): Html => html`<tr>
<td><a href="${pathOf(key)}">${key.invoiceId}</a></td><td class="long">${key.shopId}</td><td>${record.orderId ?? ''}</td>
<td>!${record.goneAt === undefined ? differencesIn(record) : html`gone`}</td><td class="soft when">!${time(record.differsSince ?? record.goneAt ?? record.updatedAt)}</td></tr>`;

export function followedListPage(
  name: FollowedListName,
  { rows, total, next }: { rows: FollowedRow[]; total: number; next: string | undefined },
): Html {
  const title = TITLES[name];
  const table =
    rows.length === 0
      ? html`<p class="soft">None.</p>`
      : html`<table class="rows"><thead><tr><th scope="col">Invoice</th><th scope="col">Shop</th><th scope="col">Order</th><th scope="col">What</th><th scope="col">Since (UTC)</th></tr></thead>
<tbody>!${rows.map(row)}</tbody></table>`;
  const other = name === 'differs' ? 'gone' : 'differs';
  const body = html`<h1>${title}: ${total}</h1>
<p>Somebody changed the order in 24SevenOffice after its transfer. Nothing is sent again by itself. Also: <a href="${PATH}?list=${other}">${TITLES[other].toLowerCase()}</a>.</p>
!${table}!${next === undefined ? '' : html`<p><a href="${next}">Older ones</a></p>`}`;
  return page({ title, body });
}
