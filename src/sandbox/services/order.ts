import { invoiceSchema } from '../schema/invoice.ts';
import { type Entity, entities, entity, int, text } from '../schema/value.ts';
import { type Company, newStored, type StoredOrder, type World } from '../state.ts';
import {
  type Call,
  EntityRefused,
  fitColumns,
  merge,
  mergeUpdate,
  realDefaults,
  refuseParameter,
} from './call.ts';
import { answerOrder, rowTaxCode } from './order-answer.ts';

const orderDefaults = realDefaults(invoiceSchema, 'InvoiceOrder');
const { ChangeState: _change, ...rowDefaults } = realDefaults(invoiceSchema, 'InvoiceRow');

/** A save does not store these as sent: the system sets them, and rows are changed one by one. */
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

/** Of an order or a row. A company that keeps no list takes any number. */
function checkDimensions(company: Company, fields: Entity): void {
  const departmentId = int(fields, 'DepartmentId');
  const projectId = int(fields, 'ProjectId');
  const { departments, projects } = company;
  if (
    departmentId !== undefined &&
    departments.length > 0 &&
    !departments.some(({ id }) => id === departmentId)
  ) {
    throw refuseParameter('Department does not exist');
  }
  if (projectId !== undefined && projects.length > 0 && !projects.includes(projectId)) {
    throw refuseParameter('Project does not exist');
  }
}

function checkRow(world: World, company: Company, row: Entity): void {
  if (text(row, 'Type') === 'Normal') {
    const productId = int(row, 'ProductId');
    if (productId === undefined) throw refuseParameter('ProductId is required');
    if (!company.products.has(productId)) throw refuseParameter('Product does not exist');
  }
  checkDimensions(company, row);
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

/** A KID as Norwegian banks check it (modulus 10). */
function withCheckDigit(digits: string): string {
  let sum = 0;
  for (const [index, digit] of [...digits].reverse().entries()) {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** Book the order: it becomes Invoiced and gets its invoice number. */
export function invoice(company: Company, order: StoredOrder, now: number): number {
  const invoiceId = company.nextId.invoice++;
  order.fields = {
    ...order.fields,
    OrderStatus: 'Invoiced',
    InvoiceId: invoiceId,
    OCR: withCheckDigit(String(invoiceId).padStart(6, '0')),
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
  checkDimensions(company, fields);
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
  const order = existing ?? { ...newStored(company.nextId.order++, {}, now, visibleAt), rows: [] };
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
