import { type BehaviourChange, behaviourSchema } from './behaviour.ts';
import { readBooks, type SandboxBooks } from './books.ts';
import { toBooks } from './dates.ts';
import type { FaultSpec, Faults } from './faults.ts';
import type { Quota } from './quota.ts';
import type { RequestLog, RequestLogEntry } from './request-log.ts';
import type { Entity } from './schema/value.ts';
import {
  addCategories,
  addCompany,
  addCustomers,
  addOrders,
  addProducts,
  type BooksKind,
  type CategorySeed,
  type CompanySeed,
  type CustomerSeed,
  type OrderSeed,
  type ProductSeed,
  putStored,
} from './seed.ts';
import { invoice, isInvoiced } from './services/order.ts';
import { isOperationName, isServiceName } from './services/registry.ts';
import { type Company, newStored, type StoredOrder, type Violation, type World } from './state.ts';

/**
 * What tests, the demo and developers do to the sandbox directly: a bookkeeper's work in 24SevenOffice's own
 * screens, things that go wrong, and reading the books.
 *
 * `POST /_control/<name>` with a JSON array of the arguments does the same over HTTP. It answers
 * `{"result": …}`, or HTTP 400 with `{"error": "…"}` where the call throws here. Control calls cost no quota.
 */
export type SandboxControl = {
  addCompany(seed: CompanySeed): Promise<void>;
  /** This and the three below return the new ids. */
  addCustomers(clientId: number, seeds: CustomerSeed[]): Promise<number[]>;
  addCategories(clientId: number, seeds: CategorySeed[]): Promise<number[]>;
  addProducts(clientId: number, seeds: ProductSeed[]): Promise<number[]>;
  addOrders(clientId: number, seeds: OrderSeed[]): Promise<number[]>;
  /** Data as another program left it, by names of the WSDL: no rule is checked, orders are answered as given. */
  putStored(clientId: number, kind: BooksKind, id: number, fields: Record<string, unknown>): Promise<void>;
  books(clientId: number): Promise<SandboxBooks>;
  /** Oldest first. */
  requests(): Promise<RequestLogEntry[]>;
  /** Requests by operation since the last reset. */
  counts(): Promise<Record<string, number>>;
  resetCounts(): Promise<void>;
  /** What callers must never do, and did. */
  violations(): Promise<Violation[]>;
  /** Invoice the order as the bookkeeper's button does. Returns the invoice number. */
  publish(clientId: number, orderId: number): Promise<number>;
  /** Mark an invoiced order as paid on a date like `2021-01-31T00:00:00`. */
  pay(clientId: number, orderId: number, date: string): Promise<void>;
  /** Take the payment back. */
  unpay(clientId: number, orderId: number): Promise<void>;
  /** Give the first row another price, a decimal like `99.50`. */
  editPrice(clientId: number, orderId: number, price: string): Promise<void>;
  /** Move the order to another customer. */
  editCustomer(clientId: number, orderId: number, customerId: number): Promise<void>;
  deleteOrder(clientId: number, orderId: number): Promise<void>;
  /** Merge the order into a new collecting order and invoice that one. Returns its id. */
  merge(clientId: number, orderId: number): Promise<number>;
  setInactive(clientId: number, orderId: number): Promise<void>;
  editReference(clientId: number, orderId: number, text: string): Promise<void>;
  setPassword(password: string): Promise<void>;
  renameCompany(clientId: number, name: string): Promise<void>;
  /** The booleans of these three are true unless given. */
  blockIdentity(clientId: number, blocked?: boolean): Promise<void>;
  disableCompany(clientId: number, disabled?: boolean): Promise<void>;
  denyService(clientId: number, service: string, denied?: boolean): Promise<void>;
  /** Ends all sessions, or those of one company. Returns how many. */
  expireSessions(clientId?: number): Promise<number>;
  /** Show everything a visibility delay still holds back. */
  revealAll(): Promise<void>;
  inject(fault: FaultSpec): Promise<string>;
  clearFaults(): Promise<void>;
  seedRandom(seed: number): Promise<void>;
  configure(change: BehaviourChange): Promise<void>;
  /** Forget what was used of the quota, and any quarantine. */
  resetQuota(): Promise<void>;
};

export function createControl({
  world,
  faults,
  log,
  quota,
}: {
  world: World;
  faults: Faults;
  log: RequestLog;
  quota: Quota;
}): SandboxControl {
  function companyOf(clientId: number): Company {
    const company = world.companies.get(clientId);
    if (company === undefined) throw new Error(`no company ${clientId}`);
    return company;
  }

  function orderOf(clientId: number, orderId: number): StoredOrder {
    const order = companyOf(clientId).orders.get(orderId);
    if (order === undefined) throw new Error(`no order ${orderId} in company ${clientId}`);
    return order;
  }

  function edit(order: StoredOrder, fields: StoredOrder['fields']): void {
    order.fields = { ...order.fields, ...fields };
    order.changedAt = world.clock();
  }

  return {
    addCompany: async (seed) => void addCompany(world, seed),
    addCustomers: async (clientId, seeds) => addCustomers(world, companyOf(clientId), seeds),
    addCategories: async (clientId, seeds) => addCategories(world, companyOf(clientId), seeds),
    addProducts: async (clientId, seeds) => addProducts(world, companyOf(clientId), seeds),
    addOrders: async (clientId, seeds) => addOrders(world, companyOf(clientId), seeds),
    putStored: async (clientId, kind, id, fields) =>
      putStored(world, companyOf(clientId), kind, id, fields as Entity),
    books: async (clientId) => readBooks(world, companyOf(clientId)),
    requests: async () => log.entries(),
    counts: async () => log.counts(),
    resetCounts: async () => log.resetCounts(),
    violations: async () => [...world.violations],
    async publish(clientId, orderId) {
      const order = orderOf(clientId, orderId);
      if (isInvoiced(order)) throw new Error(`order ${orderId} is invoiced already`);
      return invoice(companyOf(clientId), order, world.clock());
    },
    async pay(clientId, orderId, date) {
      const order = orderOf(clientId, orderId);
      if (!isInvoiced(order)) throw new Error(`order ${orderId} is not invoiced`);
      edit(order, { Paid: toBooks(date, world.behaviour.dateShift) });
    },
    unpay: async (clientId, orderId) => edit(orderOf(clientId, orderId), { Paid: undefined }),
    async editPrice(clientId, orderId, price) {
      const order = orderOf(clientId, orderId);
      order.rows = order.rows.map((row, index) => (index === 0 ? { ...row, Price: price } : row));
      edit(order, {});
    },
    editCustomer: async (clientId, orderId, customerId) =>
      edit(orderOf(clientId, orderId), { CustomerId: customerId }),
    async deleteOrder(clientId, orderId) {
      const order = orderOf(clientId, orderId);
      if (isInvoiced(order)) throw new Error(`order ${orderId} is invoiced and cannot be deleted`);
      companyOf(clientId).orders.delete(orderId);
    },
    async merge(clientId, orderId) {
      const company = companyOf(clientId);
      const order = orderOf(clientId, orderId);
      const now = world.clock();
      const fields = {
        ...order.fields,
        ReferenceNumber: undefined,
        ExternalStatus: undefined,
        OrderStatus: 'CollectingOrder',
      };
      const rows = order.rows.map((row) => ({ ...row, RowId: company.nextId.row++ }));
      const collecting = { ...newStored(company.nextId.order++, fields, now, now), rows };
      company.orders.set(collecting.id, collecting);
      invoice(company, collecting, now);
      edit(order, { OrderStatus: 'InvoicedPack' });
      return collecting.id;
    },
    setInactive: async (clientId, orderId) => edit(orderOf(clientId, orderId), { OrderStatus: 'Inactive' }),
    editReference: async (clientId, orderId, text) =>
      edit(orderOf(clientId, orderId), { ReferenceNumber: text }),
    async setPassword(password) {
      world.user = { ...world.user, password };
    },
    async renameCompany(clientId, name) {
      companyOf(clientId).name = name;
    },
    async blockIdentity(clientId, blocked = true) {
      companyOf(clientId).isBlocked = blocked;
    },
    async disableCompany(clientId, disabled = true) {
      companyOf(clientId).isDisabled = disabled;
    },
    async denyService(clientId, service, denied = true) {
      if (!isServiceName(service)) throw new Error(`no service ${service}`);
      const { deniedServices } = companyOf(clientId);
      if (denied) deniedServices.add(service);
      else deniedServices.delete(service);
    },
    async expireSessions(clientId) {
      const ended = [...world.sessions.values()].filter(
        (session) => clientId === undefined || session.clientId === clientId,
      );
      for (const { id } of ended) world.sessions.delete(id);
      return ended.length;
    },
    async revealAll() {
      for (const { customers, categories, products, orders } of world.companies.values()) {
        for (const entries of [customers, categories, products, orders]) {
          for (const stored of entries.values()) stored.visibleAt = Math.min(stored.visibleAt, world.clock());
        }
      }
    },
    async inject(fault) {
      if (fault.operation !== '*' && !isOperationName(fault.operation)) {
        throw new Error(`no operation ${fault.operation}`);
      }
      return faults.inject(fault);
    },
    clearFaults: async () => faults.clear(),
    seedRandom: async (seed) => faults.reseed(seed),
    async configure(change) {
      world.behaviour = behaviourSchema.parse({ ...world.behaviour, ...change });
    },
    resetQuota: async () => quota.reset(),
  };
}
