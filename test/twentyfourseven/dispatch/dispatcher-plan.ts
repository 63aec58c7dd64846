/** Plans of calls and of what the service makes of them; and how one went, by a simulated clock. */
import fc from 'fast-check';
import type { IntentAnswer, SendIntent } from '../../../src/transfer/ports/intents.ts';
import type { ShopAccess } from '../../../src/transfer/ports/shops.ts';
import { createCircuits } from '../../../src/twentyfourseven/circuits/circuits.ts';
import { createDispatcher, type Dispatcher } from '../../../src/twentyfourseven/dispatch/dispatcher.ts';
import { createExchange } from '../../../src/twentyfourseven/dispatch/exchange.ts';
import { createQuota } from '../../../src/twentyfourseven/dispatch/quota.ts';
import { createTurns } from '../../../src/twentyfourseven/dispatch/turns.ts';
import * as operations from '../../../src/twentyfourseven/operations.ts';
import { aManualClock, type ManualClock } from '../../support/fake-clock.ts';
import { createMemoryQuota } from '../../support/memory/quota.ts';
import { createMemoryServer } from '../../support/memory/server.ts';
import {
  anIntent,
  anOrder,
  berg,
  fjord,
  memoryCircuits,
  memoryIntents,
  probeTimes,
  silentLogger,
} from '../support.ts';
import {
  BAD_FATES,
  createModelServer,
  type Delivery,
  type Fate,
  type ModelServer,
  STANDING_ORDERS,
  WHOLE_FATES,
} from './model-server.ts';

/* ---------- what is asked ---------- */

interface Kind {
  /** The operation on the wire. */
  wireName: string;
  effect: 'read' | 'update' | 'create';
  keyOf(n: number): string;
  ask(dispatcher: Dispatcher, call: Asked): Promise<unknown>;
}

const [row] = anOrder().rows;
const KINDS = {
  order: {
    wireName: 'SaveInvoices',
    effect: 'create',
    keyOf: (n) => `SF-${n}-AAAAAAAA`,
    ask(dispatcher, { access, key, n, rows }) {
      const draft = { referenceNumber: key, externalStatus: 77_000 + n, rows: Array(rows).fill(row) };
      return dispatcher.call(access, operations.createOrder, anOrder(draft), anIntent(key));
    },
  },
  product: {
    wireName: 'SaveProducts',
    effect: 'create',
    keyOf: (n) => `product ${n}`,
    ask: (dispatcher, { access, key }) =>
      dispatcher.call(access, operations.createProduct, { name: key, categoryId: 1 }, anIntent(key)),
  },
  customer: {
    wireName: 'SaveCompanies',
    effect: 'update',
    keyOf: (n) => String(1_000 + n),
    ask: (dispatcher, { access, key }) =>
      dispatcher.call(access, operations.updateCustomer, { id: Number(key), type: 'Business' }),
  },
  orderById: {
    wireName: 'GetInvoices',
    effect: 'read',
    keyOf: (n) => String(1 + (n % (2 * STANDING_ORDERS))),
    ask: (dispatcher, { access, key }) => dispatcher.call(access, operations.orderById, Number(key)),
  },
  customersByEmail: {
    wireName: 'GetCompanies',
    effect: 'read',
    keyOf: (n) => `${n}@example.no`,
    ask: (dispatcher, { access, key }) => dispatcher.call(access, operations.customersByEmail, key),
  },
} satisfies Record<string, Kind>;

/* ---------- plans ---------- */

interface Planned {
  atMs: number;
  kind: keyof typeof KINDS;
  access: ShopAccess;
  rows: number;
  /** Spoils its request: a validation fault. */
  isBad: boolean;
  /** What its intents are answered, one after the other; then `go`. */
  claims: IntentAnswer[];
}

export interface Plan {
  calls: Planned[];
  fates: Fate[];
  maxBatch: number;
  requestsPerHour: number;
  /** Which of the askings of each throw. */
  broken: Record<'sessions' | 'circuits' | 'quota' | 'intents', number[]>;
}

const often = <T>(usual: T, weight: number, ...rest: T[]) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight }, { arbitrary: fc.constantFrom(...rest), weight: 1 });
/** As long as it may become, too: fast-check prefers short ones. */
const list = <T>(arbitrary: fc.Arbitrary<T>, maxLength: number, minLength = 0) =>
  fc.array(arbitrary, { minLength, maxLength, size: 'max' });

const kind = fc.oneof(
  { arbitrary: fc.constant<Planned['kind']>('order'), weight: 3 },
  { arbitrary: fc.constantFrom(...(Object.keys(KINDS) as Planned['kind'][])), weight: 1 },
);
/** Bursts, and what comes between them. */
const atMs = fc.oneof(fc.constantFrom(0, 12_000, 24_000), fc.integer({ min: 0, max: 40_000 }));

interface Weather {
  kind: fc.Arbitrary<Planned['kind']>;
  claims: fc.Arbitrary<IntentAnswer[]>;
  whole: fc.Arbitrary<Fate['whole']>;
  members: fc.Arbitrary<Fate['members']>;
  requestsPerHour: fc.Arbitrary<number>;
  broken: fc.Arbitrary<Plan['broken']>;
}

const plans = ({ kind, claims, whole, members, requestsPerHour, broken }: Weather): fc.Arbitrary<Plan> => {
  const call = fc.record({
    atMs,
    kind,
    access: often(fjord, 6, berg),
    rows: fc.oneof(
      { arbitrary: fc.constant(1), weight: 2 },
      { arbitrary: fc.integer({ min: 1, max: 300 }), weight: 1 },
    ),
    isBad: often(false, 20, true),
    claims,
  });
  const fate = fc.record({
    latencyMs: fc.oneof(fc.constantFrom(0, 100), fc.integer({ min: 1, max: 3_000 })),
    whole,
    members,
    turn: fc.nat(40),
  });
  return fc.record({
    calls: list(call, 60, 1),
    fates: list(fate, 60),
    maxBatch: fc.integer({ min: 1, max: 16 }),
    requestsPerHour,
    broken,
  });
};

const calm: Weather = {
  kind,
  claims: fc.constant([]),
  whole: fc.constant('answered'),
  members: fc.constant([]),
  requestsPerHour: fc.constant(36_000),
  broken: fc.constant({ sessions: [], circuits: [], quota: [], intents: [] }),
};
/** More often than the rest, which may close the way for a company or for all. */
const OFTENER = ['session', 'lost before', 'lost amid', 'lost after', 'a fault after', 'unparsable'] as const;
const occasions = fc.array(fc.nat(200), { maxLength: 2 });

/** The service answers everything, only late and in any order; some members are bad. */
export const calms = plans(calm);
/** Orders alone, and the answers do not always say whose is whose. */
export const orders = plans({
  ...calm,
  kind: fc.constant('order'),
  members: list(often('saved', 5, 'garbled', 'garbled', 'dropped', 'unmarked', 'foreign', 'twice'), 3),
});
/** Everything may happen. */
export const storms = plans({
  kind,
  claims: fc.array(often<IntentAnswer>('go', 16, 'stale', 'superseded', 'quiet'), { maxLength: 3 }),
  whole: often('answered', 6, ...OFTENER, ...WHOLE_FATES),
  members: list(often('saved', 10, ...BAD_FATES), 8),
  requestsPerHour: fc.constantFrom(1_200, 3_600, 36_000),
  broken: fc.record({ sessions: occasions, circuits: occasions, quota: occasions, intents: occasions }),
});

/* ---------- how one went ---------- */

export interface Asked extends Planned {
  n: number;
  /** Of its entity; for a save it is the call's own. */
  key: string;
  /** Once it has settled. */
  outcome?: { value: unknown } | { error: unknown };
}

/** In the order they happened: intents asked for, by key, and requests whose bytes left. */
export type Moment =
  | { what: 'intents'; keys: string[]; answers: IntentAnswer[] }
  | { what: 'left'; delivery: Delivery };

export interface History {
  plan: Plan;
  calls: Asked[];
  server: ModelServer;
  moments: Moment[];
  clock: ManualClock;
  /** Tokens given so far. */
  tokens(): number;
  /** From now on nothing goes wrong. */
  calm(): void;
  /** The same dispatcher asked for more; the outcome comes with time. */
  ask(planned: Pick<Planned, 'kind' | 'access'>): Asked;
}

const HOUR_MS = 3_600_000;

/** What a store throws that is away. */
export class Broken extends Error {}

export const factsOf = (call: Asked): Kind => KINDS[call.kind];

export async function run(plan: Plan): Promise<History> {
  const clock = aManualClock();
  const moments: Moment[] = [];
  const calls: Asked[] = [];
  const asked = { sessions: 0, circuits: 0, quota: 0, intents: 0 };
  let isCalm = false;
  /** The same, but for the occasions on which it throws. */
  const breaking =
    <Args extends unknown[], R>(what: keyof typeof asked, work: (...args: Args) => Promise<R>) =>
    async (...args: Args): Promise<R> => {
      asked[what] += 1;
      if (!isCalm && plan.broken[what].includes(asked[what])) throw new Broken(`${what} broke`);
      return work(...args);
    };
  let tokens = 0;

  const bad = new Set<string>();
  const server = createModelServer({
    clock,
    fates: plan.fates,
    bad,
    onLeft: (delivery) => moments.push({ what: 'left', delivery }),
  });
  const timing = { timeoutMs: 30_000, sendWindowMs: 500, settleMs: 1_000, leaseMs: 60_000 };
  const limits = { pool: 'pool', requestsPerHour: plan.requestsPerHour, requestsPerSecond: 10 };
  const store = createMemoryQuota({ server: createMemoryServer({ clock, timing }), limits });
  const quota = createQuota({
    store: {
      ...store,
      take: breaking('quota', async () => {
        const waitMs = await store.take();
        if (waitMs <= 0) tokens += 1;
        return waitMs;
      }),
    },
    clock,
    logger: silentLogger,
  });
  const turns = createTurns({ quota, clock });
  const circuits = createCircuits({
    store: memoryCircuits(clock),
    times: probeTimes,
    clock,
    logger: silentLogger,
    onStop: turns.dismiss,
  });
  const written = new Map<string, number>();
  const keyOf = (intent: SendIntent) => (intent.kind === 'order' ? intent.key.invoiceId : '');
  const intents = memoryIntents((intent) => {
    const key = keyOf(intent);
    const nth = written.get(key) ?? 0;
    written.set(key, nth + 1);
    return calls.find((call) => call.key === key)?.claims[nth] ?? 'go';
  });
  const dispatcher = createDispatcher({
    exchange: createExchange({ soap: server.soap, quota, clock, logger: silentLogger }),
    circuits: { ...circuits, enter: breaking('circuits', circuits.enter) },
    sessions: {
      ...server.sessions,
      acquire: breaking('sessions', server.sessions.acquire),
      acquireForSave: breaking('sessions', server.sessions.acquireForSave),
    },
    turns,
    intents: {
      write: breaking('intents', async (batch) => {
        const answers = await intents.write(batch);
        moments.push({ what: 'intents', keys: batch.map(keyOf), answers });
        return answers;
      }),
    },
    clock,
    logger: silentLogger,
    settleMs: timing.settleMs,
    maxBatch: plan.maxBatch,
  });

  function ask(one: Partial<Planned> & Pick<Planned, 'kind' | 'access'>): Asked {
    const n = calls.length;
    const { keyOf: name, ask: put, effect }: Kind = KINDS[one.kind];
    const call: Asked = { atMs: 0, rows: 1, isBad: false, claims: [], ...one, n, key: name(n) };
    if (call.isBad && effect !== 'read') bad.add(call.key);
    calls.push(call);
    put(dispatcher, call).then(
      (value) => {
        call.outcome = { value };
      },
      (error: unknown) => {
        call.outcome = { error };
      },
    );
    return call;
  }

  for (const one of plan.calls) void clock.sleep(one.atMs).then(() => ask(one));
  await clock.pass(HOUR_MS);
  const calm = () => {
    isCalm = true;
    server.calm();
  };
  return { plan, calls, server, moments, clock, tokens: () => tokens, calm, ask };
}
