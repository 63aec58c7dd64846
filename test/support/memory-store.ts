/**
 * The store in memory, on a clock that the test moves, for tests of the code above the store. It gives the same
 * answers as the Lua scripts: test/store/contract runs one suite against both.
 */
import type { QuotaLimits } from '../../src/store/quota.ts';
import type { Timing } from '../../src/timing.ts';
import type { Agenda } from '../../src/transfer/ports/agenda.ts';
import type { CompanyFacts, Entities } from '../../src/transfer/ports/entities.ts';
import type { EventFields, Events } from '../../src/transfer/ports/events.ts';
import type { Intents } from '../../src/transfer/ports/intents.ts';
import type { CustomerPins } from '../../src/transfer/ports/pins.ts';
import type { RecordKey, TransferRecords } from '../../src/transfer/ports/records.ts';
import type { Shops } from '../../src/transfer/ports/shops.ts';
import type {
  CircuitStore,
  DeploymentFacts,
  QuotaStore,
  SessionStore,
} from '../../src/twentyfourseven/ports.ts';
import type { ManualClock } from './fake-clock.ts';
import {
  createMemoryDeployment,
  createMemoryEvents,
  createMemoryFacts,
  createMemorySessions,
} from './memory/company.ts';
import { createMemoryPins } from './memory/pins.ts';
import { createMemoryQuota } from './memory/quota.ts';
import { createMemoryRecords } from './memory/records.ts';
import { createMemoryEntities, createMemoryIntents } from './memory/sends.ts';
import { createMemoryServer, type MemoryServer } from './memory/server.ts';
import { createMemoryShops } from './memory/shops.ts';
import { createMemoryAgenda, createMemoryCircuits } from './memory/standing.ts';

/** As from TFSO_TIMEOUT_MS 60000 and TFSO_SETTLE_MS 90000. */
export const DEFAULT_TIMING: Timing = {
  timeoutMs: 60_000,
  sendWindowMs: 5_000,
  settleMs: 95_000,
  leaseMs: 90_000,
};

export interface MemoryPorts {
  shops: Shops;
  records: TransferRecords;
  agenda: Agenda;
  entities: Entities;
  facts: CompanyFacts;
  pins: CustomerPins;
  deployment: DeploymentFacts;
  sessions: SessionStore;
  quota: QuotaStore;
  circuits: CircuitStore;
  intents: Intents;
  events: Events;
}

export interface MemoryStore extends MemoryPorts {
  clock: ManualClock;
  timing: Timing;
  /** Pass it to openMemoryStore for a second process on the same data. */
  server: MemoryServer;
  /** Redis is emptied or replaced by an empty one: a new epoch, quiet for one settle. */
  wipe(): void;
  /** Redis restarts and keeps its data: a new epoch, quiet for one settle. */
  restart(): void;
  /** The event stream, oldest first; of one invoice or of all. */
  eventsOf(key?: RecordKey): EventFields[];
}

export function openMemoryStore(options: {
  clock: ManualClock;
  timing?: Timing;
  quota?: QuotaLimits;
  /** Share another store's server. */
  server?: MemoryServer;
}): MemoryStore {
  const { clock, timing = DEFAULT_TIMING } = options;
  const limits = options.quota ?? { pool: 'default', requestsPerHour: 7_200, requestsPerSecond: 20 };
  const server = options.server ?? createSettledServer({ clock, timing });
  return {
    shops: createMemoryShops(server),
    records: createMemoryRecords({ server, timing }),
    agenda: createMemoryAgenda(server),
    entities: createMemoryEntities({ server, timing }),
    facts: createMemoryFacts(server),
    pins: createMemoryPins(server),
    deployment: createMemoryDeployment(server),
    sessions: createMemorySessions(server),
    quota: createMemoryQuota({ server, limits }),
    circuits: createMemoryCircuits(server, limits.pool),
    intents: createMemoryIntents({ server, timing }),
    events: createMemoryEvents(server),
    clock,
    timing,
    server,
    wipe: server.wipe,
    restart: server.restart,
    eventsOf(key) {
      const all = server.entries(server.keys.events).map(({ fields }) => fields as unknown as EventFields);
      return all.filter((e) => !key || (e.shopId === key.shopId && e.invoiceId === key.invoiceId));
    },
  };
}

/** A server whose first quiet time is over, so that tests need not wait for it. */
function createSettledServer({ clock, timing }: { clock: ManualClock; timing: Timing }): MemoryServer {
  const server = createMemoryServer({ clock, timing });
  server.currentEpoch();
  server.hash(server.keys.epoch).set('quietUntil', String(server.now()));
  return server;
}
