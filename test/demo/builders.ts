/** Findings of a demo that went well: one shop, its first sample invoice transferred and paid. */
import type { Findings, InvoiceFinding, ShopFindings } from '../../src/demo/findings.ts';
import { FJORD, SAMPLE_INVOICES } from '../../src/demo/samples.ts';
import type { SandboxBooks } from '../../src/sandbox/books.ts';
import type { TransferRecord } from '../../src/transfer/ports/records.ts';

type BooksOrder = SandboxBooks['orders'][number];
type BooksEntry = SandboxBooks['customers'][number];

const REFERENCE = 'SF-1001-1-aaaaaaaa';

export function anEntry(id: number, name: string, fields: Record<string, unknown> = {}): BooksEntry {
  return { id, name, visible: true, createdAt: 0, changedAt: 0, fields: { Name: name, ...fields } };
}

export function aBooksOrder(changes: Partial<BooksOrder> = {}): BooksOrder {
  return {
    orderId: 1001,
    customerId: 2,
    reference: REFERENCE,
    externalStatus: 1,
    status: 'Invoiced',
    includeVat: false,
    invoiceId: 10001,
    dateInvoiced: '2026-11-10T10:00:00',
    paid: '2026-11-10T00:00:00',
    totalIncVat: '8975.00',
    totalVat: '1795.00',
    rows: [],
    visible: true,
    createdAt: 0,
    changedAt: 0,
    fields: {},
    ...changes,
  };
}

export function aTransferRecord(changes: Partial<TransferRecord> = {}): TransferRecord {
  const totals = { expected: '8975.00', posted: '8975.00' };
  return {
    state: 'transferred',
    revision: 1,
    acceptedAt: 0,
    updatedAt: 0,
    attempts: 0,
    unknownOutcome: false,
    orderId: 1001,
    customerId: 2,
    reference: REFERENCE,
    result: {
      outcome: 'created',
      orderId: 1001,
      customerId: 2,
      productId: 2,
      reference: REFERENCE,
      customer: 'updated',
      product: 'created',
      category: 'created',
      totals: totals as NonNullable<TransferRecord['result']>['totals'],
      warnings: [],
    },
    ended: [],
    ...changes,
  };
}

export function aFinding(changes: Partial<InvoiceFinding> = {}): InvoiceFinding {
  const sample = SAMPLE_INVOICES[0];
  if (sample === undefined) throw new Error('there are sample invoices');
  return {
    sample,
    record: aTransferRecord(),
    order: aBooksOrder(),
    customerName: 'Bygg & Anlegg AS',
    status: { status: 'paid', detail: 'paid', orderId: 1001, checkedAt: '2026-11-10T12:00:00.000Z' },
    ...changes,
  };
}

export function someBooks(changes: Partial<SandboxBooks> = {}): SandboxBooks {
  return {
    clientId: 501,
    name: 'Fjord Utleie AS',
    customers: [
      anEntry(1, 'Nordmann', { FirstName: 'Kari', EmailAddresses: { Work: { Value: 'kari@example.no' } } }),
      anEntry(2, 'Bygg & Anlegg AS', { OrganizationNumber: '987 654 321' }),
    ],
    categories: [anEntry(1, 'Diverse'), anEntry(2, 'SharefoxRental')],
    products: [anEntry(1, 'Frakt'), anEntry(2, 'SharefoxRental')],
    orders: [aBooksOrder()],
    ...changes,
  };
}

export function someFindings(
  changes: Partial<ShopFindings> & { violations?: Findings['violations'] } = {},
): Findings {
  const { violations = [], ...shop } = changes;
  const before = someBooks({ orders: [] });
  return {
    shops: [{ shop: FJORD, books: someBooks(), before, invoices: [aFinding()], ...shop }],
    violations,
  };
}
