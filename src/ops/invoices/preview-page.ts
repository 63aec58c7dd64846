/** The order that an invoice would become now: all its fields but names and texts. */
import { html } from 'ghtml';
import type { OrderDraft, OrderRowDraft, OrderRowEdit, OrderUpdate } from '../../domain/books.ts';
import type { RecordKey } from '../../transfer/ports/records.ts';
import type { Preview } from '../../transfer/preview-invoice.ts';
import { type Html, page } from './layout.ts';
import { pathOf } from './list-pages.ts';

type WouldWrite = Extract<Preview, { kind: 'would_write' }>['wouldWrite'];
type Head = Omit<OrderDraft, 'rows'> & Partial<Pick<OrderUpdate, 'orderId'>>;

/** @param told a refusal is a sentence: why there would be no order, or why we cannot say now */
export function previewPage(key: RecordKey, told: { preview: Preview } | { refusal: string }): Html {
  const body = html`<h1>Preview of invoice ${key.invoiceId}</h1>
<p>${key.shopId}. Nothing was written. <a href="${pathOf(key)}">Back to the invoice</a></p>
!${'refusal' in told ? html`<p class="problem" role="alert">${told.refusal}</p>` : previewed(told.preview)}`;
  return page({ title: `Preview of invoice ${key.invoiceId}`, body });
}

function previewed(preview: Preview): Html {
  if (preview.kind === 'stands') {
    const { orderId, totals } = preview.result;
    return html`<p class="notice">Its order is there: ${orderId}, gross ${totals.posted}. Nothing would be written.</p>`;
  }
  const { order } = preview.wouldWrite;
  const parts = order === undefined ? undefined : 'create' in order ? order.create : order.update;
  return html`<p class="todo">This is what “Send invoice” would make now. Names and texts are left out.</p>
<h2>The order</h2><table class="facts"><tbody>!${factsOf(preview.wouldWrite, parts).map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`,
  )}</tbody></table>
<h2>Its rows</h2>!${rowsTable(parts?.rows ?? [], preview.wouldWrite.rowProducts ?? [])}`;
}

function factsOf({ customer, categories, products }: WouldWrite, head: Head | undefined): [string, string][] {
  const length = (text: string | undefined) => (text === undefined ? undefined : `${text.length} characters`);
  const facts: [string, string | number | undefined][] = [
    ['Customer', customerOf(customer, head)],
    ['Category', newOnes(categories)],
    ['Product', newOnes(products)],
    ['Order', head?.orderId === undefined ? 'new' : `${head.orderId} changed`],
    ['Status', head?.orderStatus],
    ['Date', head?.dateOrdered.slice(0, 10)],
    ['Delivered', head?.deliveryDate?.slice(0, 10)],
    ['Days to pay', head?.paymentTime],
    ['Prices', head?.includeVat ? 'with VAT' : 'without VAT'],
    ['Reference', head?.referenceNumber],
    ['Number for searches', head?.externalStatus],
    ['Department', head?.departmentId],
    ['Project', head?.projectId],
    ["Buyer's reference", length(head?.yourReference)],
    ['Title', length(head?.invoiceTitle)],
    ['Text', length(head?.invoiceText)],
    ['E-mail for the invoice', head?.invoiceEmailAddress && 'given'],
  ];
  return facts.flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
}

const newOnes = (made: { name: string }[]): string | undefined =>
  made.length === 0 ? undefined : `new: ${made.map(({ name }) => name).join(', ')}`;

function customerOf(customer: WouldWrite['customer'], head: Head | undefined): string {
  if (customer === undefined) return `${head?.customerId ?? ''}, as it is`;
  if ('create' in customer) return `new: ${customer.create.type}`;
  const { id, type: _type, ...fields } = customer.update;
  return `${id} changed: ${Object.keys(fields).join(', ')}`;
}

/** The period at the end of a row's name. */
const PERIOD = / \((\d{4}-\d\d-\d\d - \d{4}-\d\d-\d\d)\)$/;

function rowsTable(rows: (OrderRowDraft | OrderRowEdit)[], rowProducts: string[]): Html {
  const drafts = rows.flatMap((row) => ('productId' in row ? [row] : 'row' in row ? [row.row] : []));
  const isPlaced = drafts.some((row) => (row.departmentId ?? row.projectId) !== undefined);
  const head = ['Row', 'Period', 'Quantity', 'Price', 'Discount', 'Tax code', 'Product'];
  if (isPlaced) head.push('Department', 'Project');
  return html`<table class="rows"><thead><tr>!${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>!${rows.map(
    (row) =>
      html`<tr>!${cellsOf(row, rowProducts)
        .slice(0, head.length)
        .map((cell, index) => html`<td title="${head[index] ?? ''}">${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}

function cellsOf(row: OrderRowDraft | OrderRowEdit, rowProducts: string[]): string[] {
  if ('change' in row) {
    if (row.change === 'Delete') return [`${row.rowId} removed`];
    const [number, ...cells] = cellsOf(row.row, rowProducts);
    return [`${number} ${row.change === 'Add' ? 'added' : 'changed'}`, ...cells];
  }
  const { sequenceNumber, name, quantity, price, discountRate, taxCode, productId } = row;
  const id = productId <= 0 ? 'new' : String(productId);
  const named = rowProducts[sequenceNumber - 1];
  const product = named === undefined ? id : `${named} (${id})`;
  const period = PERIOD.exec(name)?.[1] ?? '';
  const dimensions = [row.departmentId, row.projectId].map((dimension) => String(dimension ?? ''));
  return [
    ...[String(sequenceNumber), period, quantity, price, `${discountRate} %`, String(taxCode), product],
    ...dimensions,
  ];
}
