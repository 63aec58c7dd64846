import { Decimal } from 'decimal.js';
import { invoiceSchema } from '../schema/invoice.ts';
import { type Entity, entities, entity, int, text, type Value } from '../schema/value.ts';
import { type Company, minuteStamp, type StoredOrder, type TaxCode, type World } from '../state.ts';
import { type OrderTotals, orderTotals } from '../totals.ts';
import {
  type Call,
  EntityRefused,
  fitColumns,
  merge,
  mergeUpdate,
  realDefaults,
  refuseParameter,
} from './call.ts';

const orderDefaults = realDefaults(invoiceSchema, 'InvoiceOrder');
const { ChangeState: _change, ...rowDefaults } = realDefaults(invoiceSchema, 'InvoiceRow');

/** Set by the system or write only: what a request says here is dropped. */
const systemFields = new Set([
  'OrderId',
  'InvoiceId',
  'DateInvoiced',
  'DateChanged',
  'OrderTotalIncVat',
  'OrderTotalVat',
  'Paid',
  'PaymentAmount',
  'InvoiceRows',
  'APIException',
]);

const invoicedStates = new Set(['Invoiced', 'InvoicedPack', 'InvoicedCashAccount']);

export const isInvoiced = (order: StoredOrder) => invoicedStates.has(text(order.fields, 'OrderStatus') ?? '');

/** The row's own tax code decides; the request's VatRate is read only and plays no part. */
function vatPercent(world: World, company: Company, row: Entity): string {
  return rowTaxCode(world, company, row)?.rate ?? world.behaviour.defaultVatPercent;
}

/** The tax code that the row names, by id or by number. */
function rowTaxCode(world: World, company: Company, row: Entity): TaxCode | undefined {
  const named = int(entity(row, 'TaxSettings') ?? {}, 'TaxCode');
  const byNumber = world.behaviour.taxCodeMeans === 'tax_no';
  return company.taxCodes.find((code) => (byNumber ? Number(code.taxNo) : code.taxId) === named);
}

export function rowAmounts(
  world: World,
  row: Entity,
): { price: string; quantity: string; discountPercent: string } {
  const rate = text(row, 'DiscountRate') ?? '0';
  return {
    price: text(row, 'Price') ?? '0',
    quantity: text(row, 'Quantity') ?? '0',
    discountPercent:
      world.behaviour.discountUnit === 'percent' ? rate : new Decimal(rate).times(100).toFixed(),
  };
}

/** Whether the order's row prices hold the VAT. */
function pricesIncludeVat({ behaviour }: World, includeVat: Value): boolean {
  if (includeVat === true) return behaviour.includeVatTrue === 'inc_vat';
  return (includeVat === false ? behaviour.includeVatFalse : behaviour.includeVatNil) === 'inc_vat';
}

export function totalsOf(world: World, company: Company, order: StoredOrder): OrderTotals {
  const rows = order.rows
    .filter((row) => text(row, 'Type') === 'Normal')
    .map((row) => ({ ...rowAmounts(world, row), vatPercent: vatPercent(world, company, row) }));
  return orderTotals(rows, pricesIncludeVat(world, order.fields.IncludeVAT));
}

export function answerRow(world: World, company: Company, row: Entity): Entity {
  const settings = entity(row, 'TaxSettings');
  const vatRate = vatPercent(world, company, row);
  return {
    ...row,
    VatRate: text(row, 'Type') === 'Normal' ? vatRate : undefined,
    ProductId: int(row, 'ProductId') ?? -1,
    TaxSettings: settings && { ...settings, TaxRate: vatRate },
  };
}

export function answerOrder(world: World, company: Company, order: StoredOrder): Entity {
  if (order.isLiteral) return { OrderId: order.id, ...order.fields };
  const totals = totalsOf(world, company, order);
  return {
    ...order.fields,
    OrderId: order.id,
    DateChanged: minuteStamp(order.changedAt),
    OrderTotalIncVat: new Decimal(totals.incVat).toFixed(2),
    OrderTotalVat: new Decimal(totals.vat).toFixed(2),
    InvoiceRows: order.rows.map((row) => answerRow(world, company, row)),
  };
}

function checkRow(world: World, company: Company, row: Entity): void {
  if (text(row, 'Type') === 'Normal') {
    const productId = int(row, 'ProductId');
    if (productId === undefined) throw refuseParameter('ProductId is required');
    if (!company.products.has(productId)) throw refuseParameter('Product does not exist');
  }
  const named = int(entity(row, 'TaxSettings') ?? {}, 'TaxCode');
  if (named !== undefined && rowTaxCode(world, company, row) === undefined) {
    throw refuseParameter('Tax code does not exist');
  }
}

function newRow({ world, company }: Call, sent: Entity, position: number): Entity {
  const { RowId: _rowId, VatRate: _vatRate, ProductNo: _productNo, ChangeState: _state, ...fields } = sent;
  const row = merge(rowDefaults, fields);
  checkRow(world, company, row);
  const product = company.products.get(int(row, 'ProductId') ?? -1);
  return {
    ...row,
    RowId: company.nextId.row++,
    Name: text(row, 'Name') ?? (product && text(product.fields, 'Name')),
    Price: text(row, 'Price') ?? (product && text(product.fields, 'Price')),
    ProductNo: product && text(product.fields, 'No'),
    SequenceNumber: int(row, 'SequenceNumber') ?? position,
  };
}

/** Rows of an existing order change by ChangeState and RowId; a row without a ChangeState is not touched. */
function changeRows(call: Call, rows: Entity[], sent: Entity[]): Entity[] {
  const { world, company } = call;
  let result = rows;
  for (const change of sent) {
    const state = text(change, 'ChangeState') ?? 'None';
    if (state === 'None') continue;
    if (state === 'Add') {
      result = [...result, newRow(call, change, result.length + 1)];
      continue;
    }
    const rowId = int(change, 'RowId');
    const existing = result.find((row) => row.RowId === rowId);
    if (existing === undefined) throw refuseParameter('Row does not exist');
    if (state === 'Delete') {
      result = result.filter((row) => row !== existing);
      continue;
    }
    const { ChangeState: _state, VatRate: _vatRate, ProductNo: _productNo, ...fields } = change;
    const edited = mergeUpdate(world, existing, fields, rowDefaults);
    checkRow(world, company, edited);
    result = result.map((row) => (row === existing ? edited : row));
  }
  return result;
}

/** Give the order its invoice number, as booking does. */
export function invoice(company: Company, order: StoredOrder, now: number): number {
  const invoiceId = company.nextId.invoice++;
  order.fields = {
    ...order.fields,
    OrderStatus: 'Invoiced',
    InvoiceId: invoiceId,
    DateInvoiced: new Date(now).toISOString().slice(0, 19),
  };
  order.changedAt = now;
  return invoiceId;
}

function customersCurrency(world: World, customer: Entity): Entity | undefined {
  const symbol = text(customer, 'CurrencyId');
  if (world.behaviour.customerCurrency === 'ignored' || symbol === undefined || symbol === 'LOCAL')
    return undefined;
  return { Symbol: symbol };
}

/**
 * Never idempotent: without an OrderId every save is one more order. A refused entity leaves no trace.
 *
 * @throws EntityRefused
 */
export function saveOrder(call: Call, asked: Entity): Entity {
  const { world, company, visibleAt } = call;
  const member = fitColumns(world, invoiceSchema, 'InvoiceOrder', asked);
  const sent: Entity = Object.fromEntries(Object.entries(member).filter(([name]) => !systemFields.has(name)));
  const sentRows = entities(member, 'InvoiceRows');
  const orderId = int(member, 'OrderId');
  const existing = orderId === undefined ? undefined : company.orders.get(orderId);
  if (orderId !== undefined && existing === undefined) throw refuseParameter('Order does not exist');
  if (existing !== undefined && isInvoiced(existing)) {
    throw new EntityRefused(
      'Office24Seven.Library.Economy.Invoice.InvoiceException',
      'The order is invoiced and cannot be changed',
    );
  }
  const fields =
    existing === undefined
      ? merge(orderDefaults, sent)
      : mergeUpdate(world, existing.fields, sent, orderDefaults);
  const customer = company.customers.get(int(fields, 'CustomerId') ?? -1);
  if (customer === undefined) throw refuseParameter('Customer does not exist');
  if (company.departmentRequired && int(fields, 'DepartmentId') === undefined) {
    throw new EntityRefused(
      'Office24Seven.Library.Economy.Accounting.DepartmentIsRequiredException',
      'Department is required',
    );
  }
  const rows =
    existing === undefined
      ? sentRows.map((row, index) => newRow(call, row, index + 1))
      : changeRows(call, existing.rows, sentRows);
  const now = world.clock();
  const order: StoredOrder = existing ?? {
    id: company.nextId.order++,
    fields: {},
    rows: [],
    createdAt: now,
    changedAt: now,
    visibleAt,
  };
  order.fields = {
    ...fields,
    DateOrdered: text(fields, 'DateOrdered') ?? `${new Date(now).toISOString().slice(0, 10)}T00:00:00`,
    CustomerName: text(fields, 'CustomerName') ?? text(customer.fields, 'Name')?.slice(0, 100),
    CustomerOrgNo: text(fields, 'CustomerOrgNo') ?? text(customer.fields, 'OrganizationNumber'),
    Currency: entity(fields, 'Currency') ?? customersCurrency(world, customer.fields),
  };
  order.rows = rows;
  order.changedAt = now;
  company.orders.set(order.id, order);
  if (text(fields, 'OrderStatus') === 'Invoiced') {
    invoice(company, order, now);
    world.violations.push({
      at: now,
      kind: 'booked',
      operation: call.operation,
      clientId: company.clientId,
      message: `order ${order.id} was saved as Invoiced, which books it`,
    });
  }
  return answerOrder(world, company, order);
}
