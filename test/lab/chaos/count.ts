/** Compares the books with the plan: what is there too often, not at all, or in the wrong place. */
import type { SandboxBooks } from '../../../src/sandbox/books.ts';
import { clientIdOf, customerName, RENTAL, shopIdOf } from './companies.ts';
import type { PlannedInvoice } from './plan.ts';
import type { Event } from './sharefox.ts';
import type { Surroundings } from './surroundings.ts';

export interface Account {
  invoices: number;
  transferred: number;
  /** Those of them that an earlier attempt made, or one before Redis lost its data. */
  adopted: number;
  /** By code. */
  unresolved: Map<string, number>;
  rejected: Map<string, number>;
  /** One line each. All of the following should be empty. */
  duplicates: string[];
  lost: string[];
  wrongCompany: string[];
  /** Invoices that do not have exactly one event for their end. */
  wrongEvents: string[];
  /** Violations that the sandbox has seen. */
  violations: string[];
  /** Events that came a second time, after a failover that lost the first. */
  toldAgain: number;
}

export async function countBooks(
  around: Surroundings,
  /** @param clicksAgain how often an invoice was refused, mended and clicked on again; by its id */
  { hasReplica, clicksAgain = new Map() }: { hasReplica: boolean; clicksAgain?: Map<string, number> },
): Promise<Account> {
  const { control, sharefox, shops } = around;
  const books = await Promise.all(
    Array.from({ length: shops }, (_, shop) => control.books(clientIdOf(shop))),
  );
  const invoices = sharefox.clicked();
  const account: Account = {
    invoices: invoices.length,
    ...{ transferred: 0, adopted: 0, toldAgain: 0 },
    ...{ unresolved: new Map(), rejected: new Map() },
    ...{ duplicates: [], lost: [], wrongCompany: [], wrongEvents: [] },
    violations: (await control.violations()).map(({ operation, message }) => `${operation}: ${message}`),
  };
  const orders = ordersByInvoice(books);
  for (const invoice of invoices) {
    const all = sharefox.events(invoice.id);
    // The primary may lose an end that Sharefox has read. Then it comes again, and must be the same.
    const events = hasReplica ? all.filter((event, index) => !tellsAgain(event, all[index - 1])) : all;
    account.toldAgain += all.length - events.length;
    // Each of these clicks got its own answer.
    const answered = events.slice(0, clicksAgain.get(invoice.id) ?? 0);
    for (const { type } of answered) {
      if (type !== 'transfer.rejected') account.wrongEvents.push(`invoice ${invoice.id}: ${type} before`);
    }
    judge(invoice, orders.get(invoice.id) ?? [], events.slice(answered.length), account);
    if (!sharefox.hasEnded(invoice))
      account.lost.push(`invoice ${invoice.id}: ${await standing(around, invoice)}`);
  }
  for (const [shop, book] of books.entries()) judgeEntities(shop, book, account);
  const known = new Set(invoices.map(({ id }) => id));
  for (const id of orders.keys()) if (!known.has(id)) account.wrongCompany.push(`an order of nobody: ${id}`);
  return account;
}

const tellsAgain = (event: Event, before: Event | undefined) =>
  event.type === before?.type && event.body.orderId === before.body.orderId;

/** Why an invoice has no end: its record, and the last job for it. */
async function standing({ store, sharefox }: Surroundings, { id, shop }: PlannedInvoice): Promise<string> {
  const record = await store.records.read({ shopId: shopIdOf(shop), invoiceId: id });
  if (record === undefined) return 'no end, no record';
  const { state, attempts, waitsFor, jobId } = record;
  const job = jobId === undefined ? 'no job' : await sharefox.tellJob(jobId);
  return `no end; ${state}, ${attempts} failed attempts, waits for ${waitsFor ?? 'nothing'}; its job is ${job}`;
}

interface Standing {
  shop: number;
  orderId: number;
}

function ordersByInvoice(books: SandboxBooks[]): Map<string, Standing[]> {
  const all = new Map<string, Standing[]>();
  for (const [shop, { orders }] of books.entries()) {
    for (const { orderId, reference } of orders) {
      const id = /^SF-(.+)-[a-z2-7]{8}$/.exec(reference)?.[1] ?? reference;
      all.set(id, [...(all.get(id) ?? []), { shop, orderId }]);
    }
  }
  return all;
}

function judge(
  { id, shop, scene }: PlannedInvoice,
  orders: Standing[],
  events: ReturnType<Surroundings['sharefox']['events']>,
  account: Account,
): void {
  const ids = orders.map(({ orderId }) => orderId).join(', ');
  if (orders.length > 1) account.duplicates.push(`invoice ${id}: orders ${ids}`);
  for (const order of orders) {
    if (order.shop !== shop) account.wrongCompany.push(`order ${order.orderId} of invoice ${id}`);
  }
  const last = events.at(-1);
  const tally = (map: Map<string, number>) => {
    const code = last?.body.code ?? 'no code';
    map.set(code, (map.get(code) ?? 0) + 1);
  };
  switch (last?.type) {
    case 'transfer.completed':
      account.transferred += 1;
      if (last.body.outcome === 'adopted') account.adopted += 1;
      if (!orders.some(({ orderId }) => orderId === last.body.orderId)) {
        account.lost.push(`invoice ${id}: transferred as order ${last.body.orderId}, which is not there`);
      }
      break;
    case 'transfer.unresolved':
      tally(account.unresolved);
      break;
    case 'transfer.rejected':
      tally(account.rejected);
      if (orders.length > 0) account.lost.push(`invoice ${id}: rejected, but order ${ids} stands`);
      break;
  }
  const types = events.map(({ type }) => type).join(' ');
  // If Redis is emptied between two clicks, the second is like a first one: it adopts the order and says so.
  const again = scene.is === 'second click' ? '( transfer\\.completed)?' : '';
  const isOnce = new RegExp(`^(transfer\\.unresolved )?transfer\\.(completed|rejected|unresolved)${again}$`);
  if (!isOnce.test(types)) account.wrongEvents.push(`invoice ${id}: ${types || 'none'}`);
}

/** Each customer's name exists once (it names the shop), and so do the product and the category. */
function judgeEntities(shop: number, books: SandboxBooks, { duplicates, wrongCompany }: Account): void {
  const twice = (kind: string, names: string[]) => {
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) duplicates.push(`${kind} ${name} of company ${books.clientId}`);
      seen.add(name);
    }
  };
  const customers = books.customers.map(({ name }) => name);
  twice('customer', customers);
  twice(
    'product',
    books.products.map(({ name }) => name),
  );
  twice(
    'category',
    books.categories.map(({ name }) => name),
  );
  const prefix = customerName(shop, 0).split('-')[0] ?? '';
  for (const name of customers) {
    if (!name.startsWith(`${prefix}-`)) wrongCompany.push(`customer ${name} in company ${books.clientId}`);
  }
  for (const { name } of [...books.products, ...books.categories]) {
    if (name !== RENTAL) wrongCompany.push(`${name} in company ${books.clientId}`);
  }
}
