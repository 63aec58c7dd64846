import { Decimal } from 'decimal.js';
import type { Order, Row } from './books.ts';
import { check, same } from './checks.ts';
import { type Payload, sums } from './sharefox.ts';
import { type Stage, shopOf } from './stage.ts';

/** Compares a stored row with the line it came from. */
const isRowOf = (
  row: Row | undefined,
  line: Payload['lines'][number],
  taxIds: Record<string, number>,
): boolean =>
  row !== undefined &&
  new Decimal(row.Price).eq(line.unitPrice) &&
  new Decimal(row.Quantity).eq(line.quantity) &&
  new Decimal(row.Discount).eq(line.discountPercent ?? '0') &&
  row.TaxCode === taxIds[line.vatPercent] &&
  row.Type === 'Normal' &&
  row.Name ===
    (line.period === undefined ? line.name : `${line.name} (${line.period.from} - ${line.period.to})`);

/** Transfers an invoice and compares result, record, event and books with each other. */
export const transferred = async (
  stage: Stage,
  payload: Payload,
  outcome = 'created',
): Promise<Order | undefined> => {
  const { id } = payload.invoice;
  const shop = shopOf(payload.shopId);
  stage.sent.set(`${payload.shopId} ${id}`, payload);
  const { value, failedReason } = await stage.sharefox.send(payload);
  check(`${id}: ${outcome}`, value?.outcome === outcome, failedReason ?? value);
  const company = await stage.office.company(shop.client);
  const orders = company.orders.filter((order) => order.OrderId === value?.orderId);
  check(`${id}: its order stands in company ${shop.client}`, orders.length === 1, orders.length);
  const [order] = orders;
  if (order === undefined) return undefined;
  const { gross, vat } = sums(payload.lines, payload.invoice.pricesIncludeVat);
  same(`${id}: sums to the fourth decimal`, [order.Total, order.Vat], [gross.toFixed(4), vat.toFixed(4)]);
  same(`${id}: the customer of the result`, order.CustomerId, value?.customerId);
  same(`${id}: the reference of the result`, order.ReferenceNumber, value?.reference);
  same(`${id}: not invoiced`, [order.OrderStatus, order.InvoiceId], ['Web', -2147483648]);
  check(
    `${id}: each line is its row, with the tax code of its percentage`,
    order.Rows.length === payload.lines.length &&
      payload.lines.every((line, index) => isRowOf(order.Rows[index], line, shop.taxIds)),
    order.Rows,
  );
  const record = await stage.sharefox.record(payload.shopId, id);
  same(
    `${id}: the record`,
    [record.state, record.orderId, record.reference],
    ['transferred', `${order.OrderId}`, order.ReferenceNumber],
  );
  const events = (await stage.sharefox.events()).filter(
    (event) => event.shopId === payload.shopId && event.invoiceId === id,
  );
  check(
    `${id}: its last event is transfer.completed`,
    events.at(-1)?.type === 'transfer.completed',
    events.map((event) => event.type),
  );
  return order;
};
