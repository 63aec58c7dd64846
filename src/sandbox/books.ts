import { Decimal } from 'decimal.js';
import { type Entity, entity, int, text } from './schema/value.ts';
import { answerRow, rowAmounts, totalsOf } from './services/order-answer.ts';
import { type Company, isVisible, type Stored, type StoredOrder, type World } from './state.ts';
import { lineTotal } from './totals.ts';

type BooksEntry = {
  id: number;
  name: string;
  /** False while a visibility delay hides it from searches and reads. */
  visible: boolean;
  createdAt: number;
  changedAt: number;
  /** All stored fields, by their names in the WSDL. */
  fields: Record<string, unknown>;
};

type BooksRow = {
  rowId: number;
  type: string;
  productId: number | null;
  name: string;
  price: string;
  quantity: string;
  discountRate: string;
  taxCode: number | null;
  vatRate: string;
  sequenceNumber: number;
  /** Quantity × price less the discount, two decimals. */
  total: string;
};

export type BooksOrder = {
  orderId: number;
  customerId: number;
  reference: string;
  externalStatus: number | null;
  status: string;
  includeVat: boolean | null;
  invoiceId: number | null;
  dateInvoiced: string | null;
  paid: string | null;
  /** Two decimals. */
  totalIncVat: string;
  totalVat: string;
  rows: BooksRow[];
  visible: boolean;
  createdAt: number;
  changedAt: number;
  fields: Record<string, unknown>;
};

export type SandboxBooks = {
  clientId: number;
  name: string;
  customers: BooksEntry[];
  categories: BooksEntry[];
  products: BooksEntry[];
  orders: BooksOrder[];
};

const cents = (money: string) => new Decimal(money).toFixed(2);

/** A copy without unset fields, so that it is the same here and over HTTP. */
function storedFields({ fields }: Stored): Record<string, unknown> {
  return JSON.parse(JSON.stringify(fields));
}

function entry(now: number, stored: Stored): BooksEntry {
  return {
    id: stored.id,
    name: text(stored.fields, 'Name') ?? '',
    visible: isVisible(stored, now),
    createdAt: stored.createdAt,
    changedAt: stored.changedAt,
    fields: storedFields(stored),
  };
}

function booksRow(world: World, company: Company, stored: Entity): BooksRow {
  const row = answerRow(world, company, stored);
  const amounts = rowAmounts(world, row);
  const isNormal = text(row, 'Type') === 'Normal';
  return {
    rowId: int(row, 'RowId') ?? 0,
    type: text(row, 'Type') ?? '',
    productId: int(stored, 'ProductId') ?? null,
    name: text(row, 'Name') ?? '',
    price: amounts.price,
    quantity: amounts.quantity,
    discountRate: amounts.discountPercent,
    taxCode: int(entity(row, 'TaxSettings') ?? {}, 'TaxCode') ?? null,
    vatRate: text(row, 'VatRate') ?? '0',
    sequenceNumber: int(row, 'SequenceNumber') ?? 0,
    total: isNormal ? lineTotal(amounts) : '0.00',
  };
}

function booksOrder(world: World, company: Company, order: StoredOrder): BooksOrder {
  const { fields } = order;
  const totals = totalsOf(world, company, order);
  return {
    orderId: order.id,
    customerId: int(fields, 'CustomerId') ?? 0,
    reference: text(fields, 'ReferenceNumber') ?? '',
    externalStatus: int(fields, 'ExternalStatus') ?? null,
    status: text(fields, 'OrderStatus') ?? '',
    includeVat: typeof fields.IncludeVAT === 'boolean' ? fields.IncludeVAT : null,
    invoiceId: int(fields, 'InvoiceId') ?? null,
    dateInvoiced: text(fields, 'DateInvoiced') ?? null,
    paid: text(fields, 'Paid') ?? null,
    totalIncVat: cents(totals.incVat),
    totalVat: cents(totals.vat),
    rows: order.rows.map((row) => booksRow(world, company, row)),
    visible: isVisible(order, world.clock()),
    createdAt: order.createdAt,
    changedAt: order.changedAt,
    fields: storedFields(order),
  };
}

/** A copy of everything one company holds, hidden entries included. */
export function readBooks(world: World, company: Company): SandboxBooks {
  const now = world.clock();
  const entries = (stored: Map<number, Stored>) => [...stored.values()].map((one) => entry(now, one));
  return {
    clientId: company.clientId,
    name: company.name,
    customers: entries(company.customers),
    categories: entries(company.categories),
    products: entries(company.products),
    orders: [...company.orders.values()].map((order) => booksOrder(world, company, order)),
  };
}
