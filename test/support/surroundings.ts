/** What the workers need in a test: their own Redis and sandbox, and a plain BullMQ producer. */
import { type Job, type JobsOptions, Queue, QueueEvents } from 'bullmq';
import { systemClock } from '../../src/clock.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { InvoiceTransferInput, StatusCheckInput } from '../../src/contract/jobs.ts';
import { INVOICE_TRANSFER, JOB_RETENTION, STATUS_CHECK } from '../../src/contract/jobs.ts';
import type { StatusResult, TransferResult } from '../../src/contract/results.ts';
import { type ShopSettingsInput, shopSettings } from '../../src/contract/shop.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createLogger, type Logger } from '../../src/logger.ts';
import { defaultUser } from '../../src/sandbox/demo-seed.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { foundBehaviour } from './found-behaviour.ts';
import { startRedis } from './redis.ts';

export const PREFIX = '{sharefox24seven}';
export const SHOP = 'acme.mysharefox.com';
export const FJORD = { clientId: 501, identityId: '1d000000-0000-4000-8000-000000000501' };
export const BERG = { clientId: 502, identityId: '1d000000-0000-4000-8000-000000000502' };

export function quietLogger(): Logger {
  return createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' } as Parameters<
    typeof createLogger
  >[0]);
}

/** Times that are short enough for a test, in the order that the contract demands. */
export function productEnv(redisUrl: string, baseUrl: string): NodeJS.ProcessEnv {
  return {
    REDIS_URL: redisUrl,
    QUEUE_PREFIX: PREFIX,
    TFSO_BASE_URL: baseUrl,
    TFSO_USERNAME: defaultUser.username,
    TFSO_PASSWORD: defaultUser.password,
    TFSO_APPLICATION_ID: defaultUser.applicationId,
    TFSO_TIMEOUT_MS: '1000',
    TFSO_SETTLE_MS: '1200',
    TFSO_REQUESTS_PER_HOUR: '7200000',
    TFSO_REQUESTS_PER_SECOND: '2000',
    ALLOW_VOLATILE_REDIS: '1',
    OPS_PORT: '0',
    OPS_USERNAME: 'ops',
    OPS_PASSWORD: 'ops-password',
  };
}

/** A job's end, as its producer sees it. */
export type Ended<T> = ({ result: T } | { failedReason: string }) & { attemptsMade: number };

/** Everything but the workers, and a producer that knows nothing but BullMQ. */
export interface Surroundings {
  redis: ThrowawayRedis;
  sandbox: Sandbox;
  config: Config;
  /** Environment for a worker process in these surroundings. */
  env: NodeJS.ProcessEnv;
  store: Store;
  queues: { transfer: Queue; status: Queue };
  /** Leaves the shop as `shop add` and a passed `shop verify` do. */
  connectShop(settings?: Partial<ShopSettingsInput>, company?: typeof FJORD): Promise<void>;
  /** Add a job with these options and no others, as any BullMQ producer would. */
  addTransfer(data: unknown, options?: JobsOptions): Promise<Job>;
  addCheck(data: unknown, options?: JobsOptions): Promise<Job>;
  /** Resolves once the job has completed or failed for good. */
  endOf<T>(job: Job): Promise<Ended<T>>;
  /** Add a job with the contract's options, and wait for its end. */
  send(
    data: InvoiceTransferInput | Record<string, unknown>,
    options?: JobsOptions,
  ): Promise<Ended<TransferResult>>;
  check(data: StatusCheckInput): Promise<Ended<StatusResult>>;
  /** The transfer record's hash in Redis. */
  record(invoiceId: string, shopId?: string): Promise<Record<string, string>>;
  /** The event stream, oldest first: of one invoice, or of all. */
  events(invoiceId?: string): Promise<Record<string, string>[]>;
  stop(): Promise<void>;
}

export interface SurroundingsOptions {
  sandbox?: SandboxOptions;
  env?: NodeJS.ProcessEnv;
  logger?: Logger;
  /** Arguments of redis-server; volatile if left out. */
  redisArgs?: string[];
}

function pairs(flat: string[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ''] = flat[i + 1] ?? '';
  return fields;
}

export async function startSurroundings(options: SurroundingsOptions = {}): Promise<Surroundings> {
  const redis = await startRedis(options.redisArgs === undefined ? {} : { args: options.redisArgs });
  const sandbox = await startSandbox({
    requestsPerHour: 1e7,
    requestsPerSecond: 1e5,
    loginsPerMinute: 1e4,
    ...foundBehaviour(),
    ...options.sandbox,
  });
  const env = { ...productEnv(redis.url, sandbox.url), ...options.env };
  const config = loadConfig(env);
  const logger = options.logger ?? quietLogger();
  const { prefix, timing, tfso } = config;
  const quota = {
    pool: tfso.quotaPool,
    requestsPerHour: tfso.requestsPerHour,
    requestsPerSecond: tfso.requestsPerSecond,
  };
  const store = openStore({ redis: config.redis, prefix, timing, quota, clock: systemClock, logger });
  const connection = { url: redis.url };
  const queueOf = (name: string) => {
    const queue = new Queue(name, { connection, prefix });
    // Some tests kill Redis. Without a listener BullMQ prints every error.
    queue.on('error', () => undefined);
    // Each job that is waited for adds a listener.
    queue.setMaxListeners(0);
    return queue;
  };
  const endsOfQueue = (name: string) => {
    const events = new QueueEvents(name, { connection, prefix });
    events.on('error', () => undefined);
    events.setMaxListeners(0);
    return events;
  };
  const queues = { transfer: queueOf(INVOICE_TRANSFER), status: queueOf(STATUS_CHECK) };
  const ends = new Map([INVOICE_TRANSFER, STATUS_CHECK].map((name) => [name, endsOfQueue(name)]));
  await Promise.all([...ends.values()].map((each) => each.waitUntilReady()));

  async function endOf<T>(job: Job): Promise<Ended<T>> {
    const told = ends.get(job.queueName);
    if (told === undefined) throw new Error(`no queue ${job.queueName}`);
    const end: { result: T } | { failedReason: string } = await job
      .waitUntilFinished(told, 120_000)
      .then((result: T) => ({ result }))
      .catch((error: unknown) => ({ failedReason: error instanceof Error ? error.message : String(error) }));
    const queue = job.queueName === INVOICE_TRANSFER ? queues.transfer : queues.status;
    const { attemptsMade = -1 } = (await queue.getJob(String(job.id))) ?? {};
    return { ...end, attemptsMade };
  }

  const contractOptions = { ...JOB_RETENTION, priority: 1 };
  return {
    redis,
    sandbox,
    config,
    env,
    store,
    queues,
    async connectShop(settings = {}, company = FJORD) {
      const shop = shopSettings.parse({
        shopId: SHOP,
        accountName: 'Fjord Utleie AS',
        rentalProductName: 'SharefoxRental',
        ...settings,
      });
      const { clientId, identityId } = company;
      const verified = { clientId: String(clientId), identityId, verifiedAt: new Date(0).toISOString() };
      await store.shops.restore({ settings: shop, disabled: false, verified });
    },
    addTransfer: (data, jobOptions) => queues.transfer.add(INVOICE_TRANSFER, data, jobOptions),
    addCheck: (data, jobOptions) => queues.status.add(STATUS_CHECK, data, jobOptions),
    endOf,
    async send(data, jobOptions = {}) {
      return endOf(await queues.transfer.add(INVOICE_TRANSFER, data, { ...contractOptions, ...jobOptions }));
    },
    async check(data) {
      return endOf(await queues.status.add(STATUS_CHECK, data, contractOptions));
    },
    record: (invoiceId, shopId = SHOP) => store.redis.hgetall(store.keys.record({ shopId, invoiceId })),
    async events(invoiceId) {
      const entries = await store.redis.xrange(store.keys.events, '-', '+');
      const all = entries.map(([, fields]) => pairs(fields));
      return invoiceId === undefined ? all : all.filter((event) => event.invoiceId === invoiceId);
    },
    async stop() {
      await Promise.all([...ends.values()].map((each) => each.close()));
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
      await store.close();
      await sandbox.stop();
      await redis.stop();
    },
  };
}
