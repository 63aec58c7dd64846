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
import type { Company, StoredOrder, Violation, World } from './state.ts';

/**
 * What a test, the demo or a developer does to the sandbox from behind: things a bookkeeper does in
 * 24SevenOffice's own screens, things that go wrong, and looking into the books.
 *
 * The same operations are served as `POST /_control/<name>` with a JSON array of the arguments; the answer
 * is `{"result": …}`, or HTTP 400 `{"error": "…"}` where the call throws here. Control calls cost no quota.
 *
 * | name | arguments | result |
 * |---|---|---|
 * | addCompany | CompanySeed | |
 * | addCustomers, addCategories, addProducts, addOrders | clientId, seeds | their ids |
 * | putStored | clientId, kind (customers, orders …), id, fields in the WSDL's names | |
 * | books | clientId | SandboxBooks |
 * | requests | | the request log, oldest first |
 * | counts, resetCounts | | requests per operation since the last reset |
 * | violations | | what the caller must never have done |
 * | publish | clientId, orderId | the invoice number |
 * | pay | clientId, orderId, date (`2021-01-31T00:00:00`) | |
 * | deleteOrder, setInactive | clientId, orderId | |
 * | merge | clientId, orderId | the collecting order that carries the invoice |
 * | editReference | clientId, orderId, text | |
 * | setPassword | password | |
 * | renameCompany | clientId, name | |
 * | blockIdentity, disableCompany | clientId, boolean (default true) | |
 * | denyService | clientId, service (Company, Product …), boolean (default true) | |
 * | expireSessions | clientId (default all) | how many ended |
 * | revealAll | | |
 * | inject | FaultSpec | its id |
 * | clearFaults | | |
 * | seedRandom | number | |
 * | configure | part of SandboxBehaviour | |
 * | resetQuota | | |
 */
export type SandboxControl = {
  addCompany(seed: CompanySeed): Promise<void>;
  addCustomers(clientId: number, seeds: CustomerSeed[]): Promise<number[]>;
  addCategories(clientId: number, seeds: CategorySeed[]): Promise<number[]>;
  addProducts(clientId: number, seeds: ProductSeed[]): Promise<number[]>;
  addOrders(clientId: number, seeds: OrderSeed[]): Promise<number[]>;
  /** Data as another program left it: no rule is checked, an order is answered exactly as it stands. */
  putStored(clientId: number, kind: BooksKind, id: number, fields: Record<string, unknown>): Promise<void>;
  books(clientId: number): Promise<SandboxBooks>;
  requests(): Promise<RequestLogEntry[]>;
  counts(): Promise<Record<string, number>>;
  resetCounts(): Promise<void>;
  violations(): Promise<Violation[]>;
  /** Invoice the order as the bookkeeper's button does. */
  publish(clientId: number, orderId: number): Promise<number>;
  /** Mark an invoiced order paid. */
  pay(clientId: number, orderId: number, date: string): Promise<void>;
  deleteOrder(clientId: number, orderId: number): Promise<void>;
  /** Merge the order into a new collecting order and invoice that one. */
  merge(clientId: number, orderId: number): Promise<number>;
  setInactive(clientId: number, orderId: number): Promise<void>;
  editReference(clientId: number, orderId: number, text: string): Promise<void>;
  setPassword(password: string): Promise<void>;
  renameCompany(clientId: number, name: string): Promise<void>;
  blockIdentity(clientId: number, blocked?: boolean): Promise<void>;
  disableCompany(clientId: number, disabled?: boolean): Promise<void>;
  denyService(clientId: number, service: string, denied?: boolean): Promise<void>;
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
    async addCompany(seed) {
      addCompany(world, seed);
    },
    addCustomers: async (clientId, seeds) => addCustomers(world, companyOf(clientId), seeds),
    addCategories: async (clientId, seeds) => addCategories(world, companyOf(clientId), seeds),
    addProducts: async (clientId, seeds) => addProducts(world, companyOf(clientId), seeds),
    addOrders: async (clientId, seeds) => addOrders(world, companyOf(clientId), seeds),
    async putStored(clientId, kind, id, fields) {
      putStored(world, companyOf(clientId), kind, id, fields as Entity);
    },
    books: async (clientId) => readBooks(world, companyOf(clientId)),
    requests: async () => log.entries(),
    counts: async () => log.counts(),
    async resetCounts() {
      log.resetCounts();
    },
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
    async deleteOrder(clientId, orderId) {
      const order = orderOf(clientId, orderId);
      if (isInvoiced(order)) throw new Error(`order ${orderId} is invoiced and cannot be deleted`);
      companyOf(clientId).orders.delete(orderId);
    },
    async merge(clientId, orderId) {
      const company = companyOf(clientId);
      const order = orderOf(clientId, orderId);
      const now = world.clock();
      const collecting: StoredOrder = {
        id: company.nextId.order++,
        fields: {
          ...order.fields,
          ReferenceNumber: undefined,
          ExternalStatus: undefined,
          OrderStatus: 'CollectingOrder',
        },
        rows: order.rows.map((row) => ({ ...row, RowId: company.nextId.row++ })),
        createdAt: now,
        changedAt: now,
        visibleAt: now,
      };
      company.orders.set(collecting.id, collecting);
      invoice(company, collecting, now);
      edit(order, { OrderStatus: 'InvoicedPack' });
      return collecting.id;
    },
    async setInactive(clientId, orderId) {
      edit(orderOf(clientId, orderId), { OrderStatus: 'Inactive' });
    },
    async editReference(clientId, orderId, text) {
      edit(orderOf(clientId, orderId), { ReferenceNumber: text });
    },
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
    async clearFaults() {
      faults.clear();
    },
    async seedRandom(seed) {
      faults.reseed(seed);
    },
    async configure(change) {
      world.behaviour = behaviourSchema.parse({ ...world.behaviour, ...change });
    },
    async resetQuota() {
      quota.reset();
    },
  };
}
