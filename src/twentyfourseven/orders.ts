/** Orders: 24SevenOffice's InvoiceOrder, to the wire and back. */
import { z } from 'zod';
import { orderStatus } from '../contract/shop.ts';
import type { Order, OrderDraft, OrderRow, OrderRowDraft, OrderUpdate } from '../domain/books.ts';
import { withoutUndefined } from '../domain/defined.ts';
import {
  checked,
  filled,
  wireDate,
  wireDecimal,
  wireId,
  wireInt,
  wireShort,
  wireText,
} from './wire/schemas.ts';
import {
  booleanOf,
  dateOf,
  decimalOf,
  defined,
  type Entity,
  entityOf,
  intOf,
  listOf,
  requiredInt,
  requiredText,
  textOf,
  UnreadableAnswer,
} from './wire/values.ts';

export const ORDER_PROPERTIES = [
  'OrderId',
  'CustomerId',
  'OrderStatus',
  'InvoiceId',
  'DateOrdered',
  'DateInvoiced',
  'IncludeVAT',
  'OrderTotalIncVat',
  'OrderTotalVat',
  'PaymentTime',
  'ProjectId',
  'DepartmentId',
  'YourReference',
  'InvoiceTitle',
  'InvoiceText',
  'InvoiceEmailAddress',
  'Paid',
  'Currency',
  'ExternalStatus',
  'InvoiceRows',
  'DeliveryDate',
  'ReferenceNumber',
] as const;
/** An order that is followed also shows what its payer pays by. */
export const FOLLOWED_ORDER_PROPERTIES = [...ORDER_PROPERTIES, 'OCR'] as const;
export const ORDER_ROW_PROPERTIES = [
  'ProductId',
  'RowId',
  'VatRate',
  'Price',
  'Name',
  'DiscountRate',
  'Quantity',
  'SequenceNumber',
  'Type',
  'ProjectId',
  'DepartmentId',
  'TaxSettings',
] as const;

const wireRow = z.strictObject({
  ProductId: wireId,
  Price: wireDecimal,
  Name: wireText(300),
  DiscountRate: wireDecimal,
  Quantity: wireDecimal,
  SequenceNumber: wireShort.min(1),
  Type: z.literal('Normal'),
  ProjectId: wireId.optional(),
  DepartmentId: wireId.optional(),
  TaxSettings: z.strictObject({ TaxCode: wireInt.min(0) }),
});

/**
 * A new order. The statuses are the contract's: `Invoiced`, which would book at once, is not among them
 * (invariant 4). No OrderId, hence never an update by mistake; no DistributionMethod, hence the customer's own.
 */
const wireOrder = z.strictObject({
  CustomerId: wireId,
  OrderStatus: orderStatus,
  DateOrdered: wireDate,
  PaymentTime: wireInt.min(0).optional(),
  ProjectId: wireId.optional(),
  IncludeVAT: z.boolean(),
  YourReference: wireText(50).optional(),
  InvoiceTitle: wireText(300).optional(),
  InvoiceText: wireText(750).optional(),
  /** Rate and unit are left out: 1, as for the company's own currency. */
  Currency: z.strictObject({ Symbol: z.string().regex(/^[A-Z]{3}$/) }).optional(),
  DepartmentId: wireId.optional(),
  ExternalStatus: wireId,
  InvoiceEmailAddress: wireText(250).optional(),
  InvoiceRows: z.strictObject({ InvoiceRow: z.array(wireRow).min(1) }),
  DeliveryDate: wireDate.optional(),
  ReferenceNumber: wireText(50),
});

const rowId = wireId;
/** Rows of an order that stands change by ChangeState; those left out stay (24seven.md §7.2). */
const wireOrderUpdate = wireOrder.extend({
  OrderId: wireId,
  /** Empty to clear it, should the service take that for a change (24seven.md §3 does not know). */
  YourReference: wireText(50).or(z.literal('')).optional(),
  InvoiceTitle: wireText(300).or(z.literal('')).optional(),
  InvoiceRows: z
    .strictObject({
      InvoiceRow: z
        .array(
          z.union([
            wireRow.extend({ ChangeState: z.literal('Add') }),
            wireRow.extend({ RowId: rowId, ChangeState: z.literal('Edit') }),
            z.strictObject({ RowId: rowId, ChangeState: z.literal('Delete') }),
          ]),
        )
        .min(1),
    })
    .optional(),
});

function rowToWire(row: OrderRowDraft): object {
  return {
    ProductId: row.productId,
    Price: row.price,
    Name: row.name,
    DiscountRate: row.discountRate,
    Quantity: row.quantity,
    SequenceNumber: row.sequenceNumber,
    Type: 'Normal',
    ...withoutUndefined({ ProjectId: row.projectId, DepartmentId: row.departmentId }),
    TaxSettings: { TaxCode: row.taxCode },
  };
}

export function orderToWire(draft: OrderDraft): object {
  const rows = { InvoiceRow: draft.rows.map(rowToWire) };
  return checked(wireOrder, 'order', filled({ ...headToWire(draft), InvoiceRows: rows }));
}

export function orderUpdateToWire(update: OrderUpdate): object {
  const rows = update.rows.map((edit) => {
    const row = edit.change === 'Delete' ? {} : rowToWire(edit.row);
    return { ...row, ...(edit.change !== 'Add' && { RowId: edit.rowId }), ChangeState: edit.change };
  });
  const wire = filled({
    OrderId: update.orderId,
    ...headToWire(update),
    ...(rows.length > 0 && { InvoiceRows: { InvoiceRow: rows } }),
  });
  const cleared = {
    ...(update.yourReference === '' && { YourReference: '' }),
    ...(update.invoiceTitle === '' && { InvoiceTitle: '' }),
  };
  return checked(wireOrderUpdate, 'order', { ...wire, ...cleared });
}

function headToWire(draft: Omit<OrderDraft, 'rows'>): object {
  return {
    CustomerId: draft.customerId,
    OrderStatus: draft.orderStatus,
    DateOrdered: draft.dateOrdered,
    PaymentTime: draft.paymentTime,
    ProjectId: draft.projectId,
    IncludeVAT: draft.includeVat,
    YourReference: draft.yourReference,
    InvoiceTitle: draft.invoiceTitle,
    InvoiceText: draft.invoiceText,
    Currency: draft.currency === undefined ? undefined : { Symbol: draft.currency },
    DepartmentId: draft.departmentId,
    ExternalStatus: draft.externalStatus,
    InvoiceEmailAddress: draft.invoiceEmailAddress,
    DeliveryDate: draft.deliveryDate,
    ReferenceNumber: draft.referenceNumber,
  };
}

const ROW_TYPES = new Set(['Normal', 'Text', 'TextBold']);

/** Real ids begin at 1; a 0 stands for none, as in the account service. */
function dimensionOf(entity: Entity, name: 'ProjectId' | 'DepartmentId'): number | undefined {
  const id = intOf(entity, name);
  return id !== undefined && id > 0 ? id : undefined;
}

function rowFromWire(row: Entity): OrderRow {
  const type = requiredText(row, 'Type');
  if (!ROW_TYPES.has(type)) throw new UnreadableAnswer('Type is not a row type');
  const tax = entityOf(row, 'TaxSettings');
  return defined({
    rowId: intOf(row, 'RowId'),
    productId: intOf(row, 'ProductId'),
    name: textOf(row, 'Name') ?? '',
    price: decimalOf(row, 'Price'),
    quantity: decimalOf(row, 'Quantity'),
    discountRate: decimalOf(row, 'DiscountRate'),
    vatRate: decimalOf(row, 'VatRate'),
    taxCode: tax && intOf(tax, 'TaxCode'),
    type: type as OrderRow['type'],
    sequenceNumber: intOf(row, 'SequenceNumber'),
    projectId: dimensionOf(row, 'ProjectId'),
    departmentId: dimensionOf(row, 'DepartmentId'),
  });
}

export function orderFromWire(entity: Entity): Order {
  const currency = entityOf(entity, 'Currency');
  return defined({
    orderId: requiredInt(entity, 'OrderId'),
    customerId: requiredInt(entity, 'CustomerId'),
    orderStatus: requiredText(entity, 'OrderStatus'),
    invoiceId: intOf(entity, 'InvoiceId'),
    dateOrdered: dateOf(entity, 'DateOrdered'),
    dateInvoiced: dateOf(entity, 'DateInvoiced'),
    paid: dateOf(entity, 'Paid'),
    paymentTime: intOf(entity, 'PaymentTime'),
    projectId: dimensionOf(entity, 'ProjectId'),
    departmentId: dimensionOf(entity, 'DepartmentId'),
    yourReference: textOf(entity, 'YourReference'),
    invoiceTitle: textOf(entity, 'InvoiceTitle'),
    invoiceText: textOf(entity, 'InvoiceText'),
    invoiceEmailAddress: textOf(entity, 'InvoiceEmailAddress'),
    deliveryDate: dateOf(entity, 'DeliveryDate'),
    currency: currency && textOf(currency, 'Symbol'),
    referenceNumber: textOf(entity, 'ReferenceNumber') ?? '',
    externalStatus: intOf(entity, 'ExternalStatus'),
    includeVat: booleanOf(entity, 'IncludeVAT'),
    totalIncVat: decimalOf(entity, 'OrderTotalIncVat'),
    totalVat: decimalOf(entity, 'OrderTotalVat'),
    rows: listOf(entity, 'InvoiceRows', 'InvoiceRow').map(rowFromWire),
  });
}

export const followedOrderFromWire = (entity: Entity): Order =>
  defined({ ...orderFromWire(entity), ocr: textOf(entity, 'OCR') });
