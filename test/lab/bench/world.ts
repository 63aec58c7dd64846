/** A throwaway world: a Redis that syncs every write, sandbox and workers as processes, and a producer. */
import { systemClock } from '../../../src/clock.ts';
import { loadConfig } from '../../../src/config.ts';
import type { InvoiceTransferInput } from '../../../src/contract/jobs.ts';
import { type ShopSettingsInput, shopSettings } from '../../../src/contract/shop.ts';
import { DURABLE, startRedis, type ThrowawayRedis } from '../../../src/demo/throwaway-redis.ts';
import { createProducer, type Producer } from '../../../src/producer.ts';
import type { BehaviourChange } from '../../../src/sandbox/behaviour.ts';
import type { SandboxControl } from '../../../src/sandbox/control.ts';
import { createControlClient } from '../../../src/sandbox/control-client.ts';
import type { CompanySeed } from '../../../src/sandbox/seed.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import type { ShopAccess } from '../../../src/transfer/ports/shops.ts';
import { PREFIX, productEnv, quietLogger } from '../../support/product.ts';
import { type Child, startChild } from './children.ts';
import type { TimeByPart } from './cpu-profile.ts';
import { type Ends, watchEnds } from './ends.ts';
import { type SeenRequest, seen } from './requests-seen.ts';

export interface World {
  redis: ThrowawayRedis;
  sandboxUrl: string;
  sandbox: Child;
  control: SandboxControl;
  store: Store;
  producer: Producer;
  ends: Ends;
  workers: Child[];
  /** Connect a new shop with its own company in the sandbox, verified. */
  connectShop(books?: Partial<CompanySeed>, more?: Partial<ShopSettingsInput>): Promise<ShopAccess>;
  /** Stop the workers, and start `count` new ones with these changes to their environment. */
  restartWorkers(count: number, env: NodeJS.ProcessEnv): Promise<void>;
  /** Add the invoices one after another, and wait until each has an order. */
  transfer(invoices: InvoiceTransferInput[]): Promise<void>;
  /** The same with a time limit. Returns how many have an order by then. */
  transferWithin(limitMs: number, invoices: InvoiceTransferInput[]): Promise<number>;
  /** Time of the first worker's main thread, by part, while `act` ran. */
  profileOf(act: () => Promise<unknown>): Promise<TimeByPart>;
  /** The requests that reached the sandbox while `act` ran. */
  requestsOf(act: () => Promise<unknown>): Promise<SeenRequest[]>;
  stop(): Promise<void>;
}

export const RENTAL_PRODUCT = 'SharefoxRental';

/** The contract's defaults, but limits so high that nothing waits. */
const UNLIMITED: NodeJS.ProcessEnv = {
  TFSO_TIMEOUT_MS: '60000',
  TFSO_SETTLE_MS: '90000',
  TFSO_REQUESTS_PER_HOUR: '10000000',
  TFSO_REQUESTS_PER_SECOND: '10000',
  ALLOW_VOLATILE_REDIS: '0',
  ...tuning(),
};

/** Settings that can be tried from outside: `WORKER_CONCURRENCY=300 npm run bench`. */
export function tuning(): NodeJS.ProcessEnv {
  const names = ['WORKER_CONCURRENCY', 'STATUS_CONCURRENCY', 'TFSO_MAX_BATCH'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
const UNLIMITED_SANDBOX: BehaviourChange = {
  requestsPerHour: 1e9,
  requestsPerSecond: 1e6,
  loginsPerMinute: 1e6,
};

export async function openWorld(
  options: { env?: NodeJS.ProcessEnv; behaviour?: BehaviourChange } = {},
): Promise<World> {
  const redis = await startRedis({ args: DURABLE });
  const sandbox = await startChild('child-sandbox.ts', {
    BENCH_BEHAVIOUR: JSON.stringify({ ...UNLIMITED_SANDBOX, ...options.behaviour }),
  });
  const control = createControlClient(sandbox.address);
  const env = { ...productEnv(redis.url, sandbox.address), ...UNLIMITED, ...options.env };
  const { redis: redisConfig, prefix, timing, tfso } = loadConfig(env);
  const quota = {
    pool: tfso.quotaPool,
    requestsPerHour: tfso.requestsPerHour,
    requestsPerSecond: tfso.requestsPerSecond,
  };
  const logger = quietLogger();
  const store = openStore({ redis: redisConfig, prefix, timing, quota, clock: systemClock, logger });
  await endQuietTime(store);
  const workers = await startWorkers(1, env);
  const producer = createProducer({ connection: redis.url, prefix: PREFIX });
  const ends = watchEnds(redis.url, store.keys.events);
  let shops = 0;

  return {
    redis,
    sandboxUrl: sandbox.address,
    sandbox,
    control,
    store,
    producer,
    ends,
    workers,
    async connectShop(books = {}, more = {}) {
      shops += 1;
      const clientId = 1_000 + shops;
      const identityId = `1d000000-0000-4000-8000-00000000${clientId}`;
      const shopId = `shop-${shops}.example`;
      await control.addCompany({ clientId, identityId, name: `Utleie ${shops} AS`, ...books });
      const settings = shopSettings.parse({
        shopId,
        accountName: `Utleie ${shops} AS`,
        rentalProductName: RENTAL_PRODUCT,
        ...more,
      });
      const verified = { clientId: String(clientId), identityId, verifiedAt: new Date(0).toISOString() };
      await store.shops.restore({ settings, disabled: false, verified });
      return { shopId, clientId: String(clientId), identityId };
    },
    async restartWorkers(count, changes) {
      await Promise.all(workers.splice(0).map((worker) => worker.stop()));
      workers.push(...(await startWorkers(count, { ...env, ...changes })));
    },
    async transfer(invoices) {
      await Promise.all(invoices.map((invoice) => producer.sendInvoice(invoice)));
      await ends.of(
        invoices.map(({ requestId }) => requestId),
        'transfer.completed',
      );
    },
    async transferWithin(limitMs, invoices) {
      await Promise.all(invoices.map((invoice) => producer.sendInvoice(invoice)));
      const requestIds = invoices.map(({ requestId }) => requestId);
      return (await ends.within(limitMs, requestIds, 'transfer.completed')).length;
    },
    async profileOf(act) {
      const [worker] = workers;
      if (worker === undefined) throw new Error('there is no worker');
      return worker.profileOf(act);
    },
    async requestsOf(act) {
      const before = (await control.requests()).length;
      await act();
      return (await control.requests()).slice(before).map(seen);
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      ends.close();
      await producer.close();
      await store.close();
      await sandbox.stop();
      await redis.stop();
    },
  };
}

function startWorkers(count: number, env: NodeJS.ProcessEnv): Promise<Child[]> {
  return Promise.all(Array.from({ length: count }, () => startChild('child-worker.ts', env)));
}

/** A new store waits one settle before anything is sent. The bench skips that. */
async function endQuietTime({ redis, keys }: Store): Promise<void> {
  const runId = /run_id:(\w+)/.exec(await redis.info('server'))?.[1] ?? '';
  await redis.hset(keys.epoch, { id: 'bench', runId, quietUntil: '0' });
}

/** Open a world, use it, and close it whatever happens. */
export async function inWorld<T>(
  options: Parameters<typeof openWorld>[0],
  use: (world: World) => Promise<T>,
): Promise<T> {
  const world = await openWorld(options);
  try {
    return await use(world);
  } finally {
    await world.stop();
  }
}
