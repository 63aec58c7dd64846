/** The adapter's world in memory: stores, clock, logger, drafts; and the whole adapter against a sandbox. */

import type { Clock } from '../../src/clock.ts';
import type { CustomerDraft, OrderDraft } from '../../src/domain/books.ts';
import type { Logger } from '../../src/logger.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { IntentAnswer, Intents, SendIntent } from '../../src/transfer/ports/intents.ts';
import type { ShopAccess } from '../../src/transfer/ports/shops.ts';
import { createCircuits, type Pass } from '../../src/twentyfourseven/circuits/circuits.ts';
import type { RequestFacts } from '../../src/twentyfourseven/dispatch/exchange.ts';
import type { CircuitName, CircuitStore, QuotaStore, SessionStore } from '../../src/twentyfourseven/ports.ts';
import { createTwentyFourSeven, type TwentyFourSeven } from '../../src/twentyfourseven/twentyfourseven.ts';
import { foundBehaviour } from '../support/found-behaviour.ts';

export const fjord: ShopAccess = {
  shopId: 'fjord.mysharefox.com',
  clientId: '501',
  identityId: '1d000000-0000-4000-8000-000000000501',
};
export const berg: ShopAccess = {
  shopId: 'berg.mysharefox.com',
  clientId: '502',
  identityId: '1d000000-0000-4000-8000-000000000502',
};

export const credentials = {
  username: 'support@sharefox.example',
  password: 'sandbox-password',
  applicationId: 'a0000000-0000-4000-8000-000000000001',
};

/** Stands still unless told or slept on. */
export function aClock(nowMs = Date.UTC(2021, 0, 13, 9, 30)): Clock & { advance(ms: number): void } {
  let passed = 0;
  return {
    now: () => nowMs + passed,
    monotonic: () => passed,
    sleep: async (ms) => {
      passed += ms;
    },
    advance: (ms) => {
      passed += ms;
    },
  };
}

export const realClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

export function memoryCircuits(clock: Clock): CircuitStore & { states: Map<CircuitName, string> } {
  const states = new Map<CircuitName, string>();
  return {
    states,
    read: async (names) => ({ nowMs: clock.now(), states: names.map((name) => states.get(name)) }),
    swap: async (name, before, after) => {
      if (states.get(name) !== before) return false;
      if (after === undefined) states.delete(name);
      else states.set(name, after);
      return true;
    },
    names: async () => [...states.keys()],
  };
}

export const probeTimes = { firstMs: 5_000, longestMs: 60_000, probeMs: 100_000 };

export const aCircuits = (clock: Clock = realClock, store: CircuitStore = memoryCircuits(clock)) =>
  createCircuits({ store, times: probeTimes, clock, logger: silentLogger });

/** A way past circuits of which none is open. */
export const freePass: Pick<Pass, 'isProbe' | 'undecided'> = {
  isProbe: false,
  undecided: async () => undefined,
};

export function memorySessions(): SessionStore & {
  values: Map<string, string>;
  logins: Map<string, number>;
} {
  const values = new Map<string, string>();
  const locks = new Map<string, string>();
  const logins = new Map<string, number>();
  let lastToken = 0;
  return {
    values,
    logins,
    get: async (clientId) => values.get(clientId),
    put: async (clientId, sealed) => {
      values.set(clientId, sealed);
    },
    drop: async (clientId, sealed) => {
      if (values.get(clientId) === sealed) values.delete(clientId);
    },
    lock: async (clientId) => {
      if (locks.has(clientId)) return undefined;
      lastToken += 1;
      locks.set(clientId, `token-${lastToken}`);
      return `token-${lastToken}`;
    },
    unlock: async (clientId, token) => {
      if (locks.get(clientId) === token) locks.delete(clientId);
    },
    countLogin: async (clientId, perHour) => {
      const count = (logins.get(clientId) ?? 0) + 1;
      logins.set(clientId, count);
      return count <= perHour;
    },
  };
}

export function memoryQuota(): QuotaStore & {
  taken: number;
  quarantinedFor: number;
  observed: [number, number][];
} {
  const quota = {
    taken: 0,
    quarantinedFor: 0,
    observed: [] as [number, number][],
    take: async () => {
      quota.taken += 1;
      return 0;
    },
    quarantine: async (forMs: number) => {
      quota.quarantinedFor = forMs;
    },
    observe: async (remaining: number, endsInMs: number) => {
      quota.observed.push([remaining, endsInMs]);
    },
    left: async () => ({ tokens: 1, quarantineUntilMs: 0 }),
  };
  return quota;
}

/** Answers `go` unless `answer` says otherwise; remembers what was written. */
export function memoryIntents(
  answer: (intent: SendIntent, written: number) => IntentAnswer = () => 'go',
): Intents & { batches: SendIntent[][] } {
  const batches: SendIntent[][] = [];
  return {
    batches,
    write: async (intents) => {
      batches.push(intents);
      return intents.map((intent) => answer(intent, batches.length));
    },
  };
}

export function anIntent(invoiceId = '1018-1'): SendIntent {
  return {
    kind: 'order',
    key: { shopId: fjord.shopId, invoiceId },
    fence: 'fence',
    epoch: 'epoch',
    revision: 1,
    requestedAt: 0,
    contentHash: 'hash',
  };
}

export const createIntent: Extract<SendIntent, { kind: 'create' }> = {
  kind: 'create',
  clientId: '501',
  entity: 'customer',
  fence: 'fence',
  epoch: 'epoch',
};

export function anOrder(overrides: Partial<OrderDraft> = {}): OrderDraft {
  return {
    customerId: 1,
    orderStatus: 'Web',
    dateOrdered: '2021-01-10T12:00:00',
    paymentTime: 14,
    includeVat: false,
    invoiceTitle: 'Kari Nordmann',
    invoiceText: 'Sharefox 1018',
    externalStatus: 77_001,
    invoiceEmailAddress: 'faktura@example.no',
    referenceNumber: 'SF-1018-1-ABCDEFGH',
    rows: [
      {
        productId: 1,
        price: '450.00',
        name: 'Traktor (2021-01-10 - 2021-01-12)',
        discountRate: '10',
        quantity: '3',
        sequenceNumber: 1,
        taxCode: 10,
      },
    ],
    ...overrides,
  };
}

export function aCustomer(overrides: Partial<CustomerDraft> = {}): CustomerDraft {
  return {
    externalId: 'SF-C-ABCDEFGH',
    organizationNumber: '817404502',
    name: 'Byggmester AS',
    type: 'Business',
    emails: { work: 'kari@byggmester.example', invoice: 'kari@byggmester.example' },
    phones: { mobile: '+4790279664' },
    addresses: { post: { street: 'Brobekkveien 54', postalCode: '0598', city: 'Oslo', country: 'NO' } },
    country: 'NO',
    ...overrides,
  };
}

export interface Harness {
  sandbox: Sandbox;
  adapter: TwentyFourSeven;
  sessions: ReturnType<typeof memorySessions>;
  quota: ReturnType<typeof memoryQuota>;
  circuits: ReturnType<typeof memoryCircuits>;
  intents: ReturnType<typeof memoryIntents>;
  requests: RequestFacts[];
  stop(): Promise<void>;
}

export async function startHarness({
  timeoutMs = 2_000,
  sendWindowMs = 500,
  maxBatch = 8,
  answer,
  recordDir,
  baseUrl,
  ...options
}: SandboxOptions & {
  recordDir?: string;
  /** Of another server; the sandbox's where left out. */
  baseUrl?: string;
  timeoutMs?: number;
  sendWindowMs?: number;
  maxBatch?: number;
  answer?: (intent: SendIntent, written: number) => IntentAnswer;
} = {}): Promise<Harness> {
  const sandbox = await startSandbox({
    keepBodies: true,
    requestsPerSecond: 10_000,
    ...foundBehaviour(),
    ...options,
  });
  const sessions = memorySessions();
  const quota = memoryQuota();
  const circuits = memoryCircuits(realClock);
  const intents = memoryIntents(answer);
  const requests: RequestFacts[] = [];
  const adapter = createTwentyFourSeven({
    baseUrl: baseUrl ?? sandbox.url,
    recordDir,
    credentials: async () => credentials,
    timing: { timeoutMs, sendWindowMs, settleMs: 1_000 },
    maxBatch,
    sessionStore: sessions,
    quotaStore: quota,
    circuitStore: circuits,
    intents,
    clock: realClock,
    logger: silentLogger,
    onRequest: (facts) => requests.push(facts),
  });
  return {
    sandbox,
    adapter,
    sessions,
    quota,
    circuits,
    intents,
    requests,
    async stop() {
      await adapter.close();
      await sandbox.stop();
    },
  };
}

/** What a rejected promise was rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
