/**
 * 24SevenOffice companies in memory, behind the `Books` port. They keep what was saved and when it becomes
 * visible, and follow a script of what goes wrong. Like the dispatcher, a save writes its intent just before
 * it is sent.
 */

import type { Clock } from '../../src/clock.ts';
import type {
  Category,
  Customer,
  Order,
  OrderDraft,
  OrderRow,
  OrderRowDraft,
  OrderUpdate,
  Product,
  TaxCode,
} from '../../src/domain/books.ts';
import { withoutUndefined } from '../../src/domain/defined.ts';
import { NotNow, StaleClaim, Terminal } from '../../src/errors.ts';
import { norwegianTaxCodes } from '../../src/sandbox/tax-codes.ts';
import { orderTotals } from '../../src/sandbox/totals.ts';
import type { Books, BooksOf } from '../../src/transfer/ports/books.ts';
import type { Intents, SendIntent } from '../../src/transfer/ports/intents.ts';

export type Call = keyof Books;

/**
 * Where a call can be stopped. `asked`: before a save's intent is written. `sent`: the intent is written, the
 * company has not saved (or read) yet. `done`: it has, and its answer is under way.
 */
export type Moment = 'asked' | 'sent' | 'done';

export interface Gate {
  /** Resolves when a call waits here. */
  reached: Promise<void>;
  /** Let that call go on. With an error it fails here. */
  open(error?: Error): void;
}

export interface FakeCompany {
  clientId: string;
  /** Everything saved so far, visible or not. */
  readonly orders: Order[];
  readonly customers: Customer[];
  readonly products: Product[];
  readonly categories: Category[];
  taxCodes: TaxCode[];
  /** How long entities saved from now on stay hidden from reads. */
  visibleAfterMs: number;
  /** false: a search by ExternalStatus never finds anything. */
  searchesByMark: boolean;
  /** false: a search by e-mail does not search the slots that we write. */
  searchesOurEmailSlots: boolean;
  /** false: ExternalId is ignored in a search, so that every customer is a hit. */
  filtersByExternalId: boolean;
  /** true: an empty text in an order's update clears the stored text. false: it changes nothing. */
  emptyClears: boolean;
  /** The text that is stored for an order's text as sent. */
  writes: (text: string) => string;
  /** Every order save that took effect. */
  readonly drafts: (OrderDraft | OrderUpdate)[];
  count(call: Call): number;
  /** Number of calls that create or update. */
  saves(): number;
  /** The next `times` calls fail at that moment. Several scripts for one call apply in the order given. */
  fail(call: Call, error: Error, when?: Moment, times?: number): void;
  /** Forget all scripted failures. Calls already held stay held. */
  heal(): void;
  /** The next call waits at that moment until its gate is opened. */
  hold(call: Call, when?: Moment): Gate;
  /** From here on: what a person does in 24SevenOffice itself. It is visible at once. */
  addCustomer(customer: Partial<Customer>): Customer;
  addProduct(product: Partial<Product>): Product;
  addCategory(name: string): Category;
  addOrder(order: Partial<Order>): Order;
  editOrder(orderId: number, changes: Partial<Order>): void;
  deleteOrder(orderId: number): void;
  editCustomer(id: number, changes: Partial<Customer>): void;
  removeCustomer(id: number): void;
  removeProduct(id: number): void;
}

export interface FakeService {
  company(clientId: string): FakeCompany;
  /** The books as one process reaches them: saves write their intents through that process's store. */
  booksOf(intents: Intents): BooksOf;
}

/** One entity: each version of it, and from when reads show that version. */
interface Kept<T> {
  versions: { value: T; visibleAt: number }[];
}

interface Shelf<T> {
  all(): T[];
  seen(): T[];
  add(value: T, visibleAt: number): T;
  change(isIt: (value: T) => boolean, edit: (value: T) => T, visibleAt: number): void;
  remove(isIt: (value: T) => boolean): void;
}

function createShelf<T>(now: () => number): Shelf<T> {
  let kept: Kept<T>[] = [];
  const newest = ({ versions }: Kept<T>): T => (versions.at(-1) as { value: T }).value;
  return {
    all: () => kept.map(newest),
    seen: () =>
      kept.flatMap(({ versions }) => {
        const version = versions.findLast(({ visibleAt }) => visibleAt <= now());
        return version === undefined ? [] : [structuredClone(version.value)];
      }),
    add(value, visibleAt) {
      kept.push({ versions: [{ value, visibleAt }] });
      return value;
    },
    change(isIt, edit, visibleAt) {
      for (const one of kept.filter((other) => isIt(newest(other)))) {
        one.versions.push({ value: edit(newest(one)), visibleAt });
      }
    },
    remove(isIt) {
      kept = kept.filter((one) => !isIt(newest(one)));
    },
  };
}

interface Scripted {
  call: Call;
  when: Moment;
  act(): Promise<void>;
}

export function createFakeService({ clock, settleMs }: { clock: Clock; settleMs: number }): FakeService {
  const companies = new Map<string, ReturnType<typeof openCompany>>();
  const open = (clientId: string) => {
    const known = companies.get(clientId) ?? openCompany(clientId, clock);
    companies.set(clientId, known);
    return known;
  };
  return {
    company: (clientId) => open(clientId).company,
    booksOf: (intents) => (access) => open(access.clientId).booksThrough(intents, settleMs),
  };
}

function openCompany(clientId: string, clock: Clock) {
  let lastId = 700;
  const nextId = () => {
    lastId += 1;
    return lastId;
  };
  const orders = createShelf<Order>(clock.now);
  const customers = createShelf<Customer>(clock.now);
  const products = createShelf<Product>(clock.now);
  const categories = createShelf<Category>(clock.now);
  const counts = new Map<Call, number>();
  const drafts: (OrderDraft | OrderUpdate)[] = [];
  let script: Scripted[] = [];

  const company: FakeCompany = {
    clientId,
    taxCodes: norwegianTaxCodes,
    visibleAfterMs: 0,
    searchesByMark: true,
    searchesOurEmailSlots: true,
    filtersByExternalId: true,
    emptyClears: false,
    writes: (text) => text,
    drafts,
    get orders() {
      return orders.all();
    },
    get customers() {
      return customers.all();
    },
    get products() {
      return products.all();
    },
    get categories() {
      return categories.all();
    },
    count: (call) => counts.get(call) ?? 0,
    saves: () => [...counts].filter(([call]) => /^(create|update)/.test(call)).reduce((n, [, m]) => n + m, 0),
    fail(call, error, when = 'sent', times = 1) {
      const act = () => Promise.reject(error);
      script.push(...Array.from({ length: times }, () => ({ call, when, act })));
    },
    heal() {
      script = [];
    },
    hold(call, when = 'sent') {
      let arrive = () => {};
      let open = (_error?: Error) => {};
      const reached = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      const opened = new Promise<Error | undefined>((resolve) => {
        open = resolve;
      });
      const act = async () => {
        arrive();
        const error = await opened;
        if (error !== undefined) throw error;
      };
      script.push({ call, when, act });
      return { reached, open };
    },
    addCustomer: (customer) => customers.add({ id: nextId(), type: 'Business', ...customer }, 0),
    addProduct: (product) => products.add({ id: nextId(), name: '', statusId: 1, ...product }, 0),
    addCategory: (name) => categories.add({ id: nextId(), name }, 0),
    addOrder: (order) =>
      orders.add(
        { orderId: nextId(), customerId: 1, orderStatus: 'Web', referenceNumber: '', rows: [], ...order },
        0,
      ),
    editOrder: (orderId, changes) =>
      orders.change(
        (order) => order.orderId === orderId,
        (order) => ({ ...order, ...changes }),
        0,
      ),
    deleteOrder: (orderId) => orders.remove((order) => order.orderId === orderId),
    editCustomer: (id, changes) =>
      customers.change(
        (customer) => customer.id === id,
        (customer) => ({ ...customer, ...changes }),
        0,
      ),
    removeCustomer: (id) => customers.remove((customer) => customer.id === id),
    removeProduct: (id) => products.remove((product) => product.id === id),
  };

  async function pass(call: Call, when: Moment): Promise<void> {
    const next = script.find((scripted) => scripted.call === call && scripted.when === when);
    if (next === undefined) return;
    script = script.filter((scripted) => scripted !== next);
    await next.act();
  }

  async function read<T>(call: Call, look: () => T): Promise<T> {
    counts.set(call, company.count(call) + 1);
    await pass(call, 'asked');
    await pass(call, 'sent');
    const found = look();
    await pass(call, 'done');
    return found;
  }

  function booksThrough(intents: Intents, settleMs: number): Books {
    async function save<T>(call: Call, intent: SendIntent | undefined, commit: () => T): Promise<T> {
      counts.set(call, company.count(call) + 1);
      await pass(call, 'asked');
      if (intent !== undefined) {
        const [answer] = await intents.write([intent]);
        if (answer === 'superseded') throw new Terminal('invoice.superseded');
        if (answer === 'quiet') throw new NotNow('transfer.settling', clock.now() + settleMs);
        if (answer !== 'go') throw new StaleClaim(clock.now());
      }
      await pass(call, 'sent');
      const saved = commit();
      await pass(call, 'done');
      return saved;
    }
    const visibleAt = () => clock.now() + company.visibleAfterMs;
    /** As 24SevenOffice's search: every value that contains the text is a hit. */
    const holds = (text: string | undefined, part: string) =>
      (text ?? '').toLowerCase().includes(part.toLowerCase());

    return {
      findCustomersByOrganizationNumber: (number) =>
        read('findCustomersByOrganizationNumber', () =>
          customers.seen().filter((customer) => holds(customer.organizationNumber, number)),
        ),
      findCustomersByEmail: (email) =>
        read('findCustomersByEmail', () =>
          customers
            .seen()
            .filter(({ emails }) =>
              Object.entries(emails ?? {}).some(
                ([slot, one]) =>
                  holds(one, email) && (company.searchesOurEmailSlots || !['work', 'invoice'].includes(slot)),
              ),
            ),
        ),
      findCustomersByExternalId: (externalId) =>
        read('findCustomersByExternalId', () =>
          customers
            .seen()
            .filter((customer) => customer.externalId === externalId || !company.filtersByExternalId),
        ),
      getCustomer: (id) => read('getCustomer', () => customers.seen().find((customer) => customer.id === id)),
      createCustomer: (draft, intent) =>
        save('createCustomer', intent, () => customers.add({ ...draft, id: nextId() }, visibleAt()).id),
      updateCustomer: (update) =>
        save('updateCustomer', undefined, () =>
          customers.change(
            (customer) => customer.id === update.id,
            (customer) => ({ ...customer, ...update }),
            visibleAt(),
          ),
        ),

      listCategories: () => read('listCategories', () => categories.seen()),
      createCategory: (name, intent) =>
        save('createCategory', intent, () => categories.add({ id: nextId(), name }, visibleAt()).id),
      findProducts: (name) =>
        read('findProducts', () => products.seen().filter((product) => holds(product.name, name))),
      getProduct: (id) => read('getProduct', () => products.seen().find((product) => product.id === id)),
      createProduct: (draft, intent) =>
        save('createProduct', intent, () => {
          if (!categories.all().some(({ id }) => id === draft.categoryId))
            throw new Terminal('product.refused');
          return products.add({ ...draft, id: nextId(), statusId: 1 }, visibleAt()).id;
        }),
      listTaxCodes: () => read('listTaxCodes', () => company.taxCodes),
      listDepartments: () => read('listDepartments', () => []),

      findOrdersByMark: (externalStatus) =>
        read('findOrdersByMark', () =>
          company.searchesByMark
            ? orders.seen().filter((order) => order.externalStatus === externalStatus)
            : [],
        ),
      findOrdersOfCustomer: (customerId) =>
        read('findOrdersOfCustomer', () => orders.seen().filter((order) => order.customerId === customerId)),
      getOrder: (orderId) => read('getOrder', () => orders.seen().find((order) => order.orderId === orderId)),
      createOrder: (draft, intent) =>
        save('createOrder', intent, () => {
          const order = bookedOrder(
            company,
            nextId(),
            draft,
            draft.rows.map((row) => rowOf(row, nextId())),
          );
          drafts.push(draft);
          return orders.add(order, visibleAt()).orderId;
        }),
      updateOrder: (update, intent) =>
        save('updateOrder', intent, () => {
          const standing = orders.all().find((order) => order.orderId === update.orderId);
          if (standing === undefined) throw new Terminal('order.refused', 'no such order');
          const changed = bookedOrder(
            company,
            update.orderId,
            update,
            editedRows(standing.rows, update, nextId),
            standing,
          );
          drafts.push(update);
          orders.change(
            (order) => order.orderId === update.orderId,
            () => changed,
            visibleAt(),
          );
        }),
    };
  }

  return { company, booksThrough };
}

const rowOf = (row: OrderRowDraft, rowId: number): OrderRow => ({ ...row, rowId, type: 'Normal' });

function editedRows(standing: OrderRow[], { rows }: OrderUpdate, nextId: () => number): OrderRow[] {
  let after = standing;
  for (const edit of rows) {
    if (edit.change === 'Add') after = [...after, rowOf(edit.row, nextId())];
    else if (edit.change === 'Delete') after = after.filter((row) => row.rowId !== edit.rowId);
    else after = after.map((row) => (row.rowId === edit.rowId ? rowOf(edit.row, edit.rowId) : row));
  }
  return after;
}

/** The order as 24SevenOffice stores it, with the tax code's rate on each row and its own sums. Throws Terminal. */
function bookedOrder(
  company: FakeCompany,
  orderId: number,
  draft: Omit<OrderDraft, 'rows'>,
  rows: OrderRow[],
  standing?: Order,
): Order {
  const booked = rows.map((row) => {
    const code = company.taxCodes.find(({ taxId }) => taxId === row.taxCode);
    const product = company.products.find(({ id }) => id === row.productId);
    if (code === undefined) throw new Terminal('order.refused', 'no such tax code');
    if (product === undefined) throw new Terminal('order.refused', 'no such product');
    return { ...row, vatRate: code.rate };
  });
  const totals = orderTotals(
    booked.map(
      ({ price = '0', quantity = '0', discountRate: discountPercent = '0', vatRate: vatPercent }) => ({
        price,
        quantity,
        discountPercent,
        vatPercent,
      }),
    ),
    draft.includeVat,
  );
  const { customerId, orderStatus, referenceNumber, externalStatus, includeVat } = draft;
  const sent = draft.invoiceTitle === '' && !company.emptyClears ? undefined : draft.invoiceTitle;
  const invoiceTitle = (sent === undefined ? standing?.invoiceTitle : company.writes(sent)) || undefined;
  const reference = draft.yourReference === '' && !company.emptyClears ? undefined : draft.yourReference;
  const yourReference = reference === undefined ? standing?.yourReference : company.writes(reference);
  const paymentTime = draft.paymentTime ?? standing?.paymentTime;
  const theirs = company.customers.find(({ id }) => id === draft.customerId)?.currencyId;
  const currency = draft.currency ?? standing?.currency ?? (theirs === 'LOCAL' ? undefined : theirs);
  return {
    ...withoutUndefined({
      ...{ invoiceTitle, paymentTime, currency },
      dateOrdered: draft.dateOrdered,
      invoiceText: draft.invoiceText && company.writes(draft.invoiceText),
      invoiceEmailAddress: draft.invoiceEmailAddress,
      // As 24SevenOffice: what a save leaves out stays.
      departmentId: draft.departmentId ?? standing?.departmentId,
      projectId: draft.projectId ?? standing?.projectId,
      deliveryDate: draft.deliveryDate ?? standing?.deliveryDate,
      yourReference: yourReference || undefined,
    }),
    ...{ orderId, customerId, orderStatus, referenceNumber, externalStatus, includeVat, rows: booked },
    totalIncVat: totals.incVat,
    totalVat: totals.vat,
  };
}
