/** One shop, its books, the store and workers, all in memory on a clock the test moves. */
import type { InvoiceTransferInput, InvoiceTransferJob, StatusCheckJob } from '../../src/contract/jobs.ts';
import type { ShopSettings, ShopSettingsInput } from '../../src/contract/shop.ts';
import type { Order } from '../../src/domain/books.ts';
import { decideMark, type Mark } from '../../src/domain/mark.ts';
import { OutcomeUnknown } from '../../src/errors.ts';
import type { Timing } from '../../src/timing.ts';
import type { EventFields } from '../../src/transfer/ports/events.ts';
import type { RecordKey, TransferRecord } from '../../src/transfer/ports/records.ts';
import { anInvoiceJob, anOrder, aShop } from '../support/builders.ts';
import { createFakeService, type FakeCompany, type FakeService } from '../support/fake-books.ts';
import { aManualClock, type ManualClock } from '../support/fake-clock.ts';
import { DEFAULT_TIMING, type MemoryStore, openMemoryStore } from '../support/memory-store.ts';
import { aWorker, type Crossing, type Worker } from './worker.ts';

export const { settleMs, leaseMs } = DEFAULT_TIMING;
const SHOP_ID = 'acme.mysharefox.com';
export const DAY_MS = 24 * 3_600_000;

/** The order of the builders' invoice under our mark, put there by an earlier life of the store, say. */
export function standing({ company, mark }: World, changes: Partial<Order> = {}): Order {
  return company.addOrder(
    anOrder({
      orderId: 5001 + company.orders.length,
      referenceNumber: mark.reference,
      externalStatus: mark.externalStatus,
      ...changes,
    }),
  );
}

/** As for a shop whose orders have been found by their ExternalStatus before. */
export const searchable = ({ store }: World) => store.facts.set('501', 'markSearchable', '1');

/** The shop stands in another company from now on. */
export async function moveCompany({ store, shop }: World): Promise<void> {
  const verified = { clientId: '777', identityId: 'identity-777', verifiedAt: '2021-01-02T00:00:00Z' };
  await store.shops.restore({ settings: await shop(), disabled: false, verified });
}

export const unanswered = () => new OutcomeUnknown('order.unknown_outcome');

export interface World {
  clock: ManualClock;
  store: MemoryStore;
  service: FakeService;
  company: FakeCompany;
  worker: Worker;
  mark: Mark;
  key: RecordKey;
  /** Another worker process on the same store. */
  another(options?: { crossing?: Crossing; maxAttempts?: number }): Worker;
  record(key?: RecordKey): Promise<TransferRecord>;
  trail(): Promise<string[]>;
  /** Types of the events of one invoice, oldest first. */
  events(key?: RecordKey): EventFields['type'][];
  settings(settings: Partial<ShopSettingsInput>): Promise<void>;
  shop(): Promise<ShopSettings>;
}

export async function aWorld(
  settings: Partial<ShopSettingsInput> = {},
  { timing = DEFAULT_TIMING, ...options }: { maxAttempts?: number; timing?: Timing } = {},
): Promise<World> {
  const clock = aManualClock();
  const store = openMemoryStore({ clock, timing });
  const service = createFakeService({ clock, settleMs });
  const company = service.company('501');
  const key: RecordKey = { shopId: SHOP_ID, invoiceId: '1018-1' };
  const connect = async (changes: Partial<ShopSettingsInput>) => {
    const verifiedAt = '2021-01-01T00:00:00Z';
    const verified = { clientId: '501', identityId: 'identity-501', verifiedAt };
    await store.shops.restore({ settings: aShop(changes), disabled: false, verified });
  };
  await connect(settings);
  const another: World['another'] = (more) => aWorker({ store, service, ...options, ...more });
  return {
    clock,
    store,
    service,
    company,
    key,
    worker: another(),
    mark: decideMark({ clientId: '501', ...key }),
    another,
    async record(of = key) {
      const record = await store.records.read(of);
      if (record === undefined) throw new Error('there is no record');
      return record;
    },
    trail: async () => (await store.records.trail(key)).map(({ step }) => step),
    events: (of = key) => store.eventsOf(of).map(({ type }) => type),
    settings: connect,
    async shop() {
      const shop = await store.shops.find(SHOP_ID);
      if (shop === undefined) throw new Error('the world has a shop');
      return shop.settings;
    },
  };
}

/** A click on another invoice, or again on the same with another content, each with its own requestId. */
export function aClick(requestId: string, changes: Partial<InvoiceTransferInput['invoice']> = {}) {
  return anInvoiceJob({ requestId, invoice: changes });
}

/** One line of that quantity at 405.00 after discount, sums included. */
export function anEditedJob(requestId: string, quantity: number, revision = 2): InvoiceTransferJob {
  const net = quantity * 405;
  const [line] = anInvoiceJob().lines;
  if (line === undefined) throw new Error('the builder has a line');
  return anInvoiceJob({
    requestId,
    invoice: {
      revision,
      totals: {
        net: net.toFixed(2),
        vat: (net / 4).toFixed(2),
        gross: (net * 1.25).toFixed(2),
      },
    },
    lines: [{ ...line, quantity: String(quantity) }],
  });
}

export function aStatusJob(changes: Partial<StatusCheckJob> = {}): StatusCheckJob {
  return {
    schemaVersion: 1,
    shopId: SHOP_ID,
    requestId: 'check-1',
    requestedAt: '2021-02-01T08:00:00Z',
    invoiceId: '1018-1',
    ...changes,
  };
}
