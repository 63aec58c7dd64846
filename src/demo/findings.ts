/** What became of the sample invoices, as the store and the books tell it. */
import { type StatusResult, statusResult } from '../contract/results.ts';
import type { BooksOrder, SandboxBooks } from '../sandbox/books.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Violation } from '../sandbox/state.ts';
import type { Store } from '../store/store.ts';
import type { TransferRecord } from '../transfer/ports/records.ts';
import type { SampleInvoice, SampleShop } from './samples.ts';

export interface InvoiceFinding {
  sample: SampleInvoice;
  record: TransferRecord | undefined;
  /** The order in this company's books with the record's order id. */
  order: BooksOrder | undefined;
  customerName: string | undefined;
  /** The last answer to "Check status", from the event stream. */
  status: StatusResult | undefined;
}

export interface ShopFindings {
  shop: SampleShop;
  books: SandboxBooks;
  /** The books before the first invoice. */
  before: SandboxBooks;
  invoices: InvoiceFinding[];
}

export interface Findings {
  shops: ShopFindings[];
  violations: Violation[];
}

const keyOf = (shopId: string | undefined, invoiceId: string | undefined) => `${shopId} ${invoiceId}`;

async function readStatuses({ redis, keys }: Store): Promise<Map<string, StatusResult>> {
  const statuses = new Map<string, StatusResult>();
  for (const [, flat] of await redis.xrange(keys.events, '-', '+')) {
    const event = new Map<string, string>();
    for (let i = 0; i + 1 < flat.length; i += 2) event.set(flat[i] ?? '', flat[i + 1] ?? '');
    if (event.get('type') !== 'payment.checked') continue;
    const status = statusResult.parse(JSON.parse(event.get('body') ?? ''));
    statuses.set(keyOf(event.get('shopId'), event.get('invoiceId')), status);
  }
  return statuses;
}

export async function collectFindings(
  { store, sandbox }: { store: Store; sandbox: Sandbox },
  asked: {
    shops: { shop: SampleShop; before: SandboxBooks }[];
    samples: readonly SampleInvoice[];
  },
): Promise<Findings> {
  const statuses = await readStatuses(store);
  const shops = await Promise.all(
    asked.shops.map(async ({ shop, before }): Promise<ShopFindings> => {
      const { shopId } = shop.settings;
      const books = await sandbox.control.books(shop.clientId);
      const own = asked.samples.filter(({ input }) => input.shopId === shopId);
      const invoices = own.map(async (sample): Promise<InvoiceFinding> => {
        const invoiceId = sample.input.invoice.id;
        const record = await store.records.read({ shopId, invoiceId });
        const order = books.orders.find(({ orderId }) => orderId === record?.orderId);
        const customer = books.customers.find(({ id }) => id === order?.customerId);
        const status = statuses.get(keyOf(shopId, invoiceId));
        return { sample, record, order, customerName: fullName(customer), status };
      });
      return { shop, books, before, invoices: await Promise.all(invoices) };
    }),
  );
  return { shops, violations: await sandbox.control.violations() };
}

function fullName(customer: SandboxBooks['customers'][number] | undefined): string | undefined {
  if (customer === undefined) return undefined;
  const { FirstName: firstName } = customer.fields;
  return typeof firstName === 'string' && firstName !== '' ? `${firstName} ${customer.name}` : customer.name;
}
