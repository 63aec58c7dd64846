/** The whole product in this process: a Redis and a sandbox of its own, workers, and a plain producer. */
import { Queue, QueueEvents } from 'bullmq';
import { systemClock } from '../../src/clock.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import type { InvoiceTransferInput, StatusCheckInput } from '../../src/contract/jobs.ts';
import { INVOICE_TRANSFER, JOB_RETENTION, STATUS_CHECK } from '../../src/contract/jobs.ts';
import type { StatusResult, TransferResult } from '../../src/contract/results.ts';
import { type ShopSettingsInput, shopSettings } from '../../src/contract/shop.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createLogger } from '../../src/logger.ts';
import { defaultUser } from '../../src/sandbox/demo-seed.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Logger } from '../../src/transfer/ports.ts';
import { type App, startApp } from '../../workers/app.ts';
import { startRedis } from './redis.ts';

export const PREFIX = '{sharefox24seven}';
export const FJORD = { clientId: 501, identityId: '1d000000-0000-4000-8000-000000000501' };

export function quietLogger(): Logger {
  return createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent' } as Parameters<
    typeof createLogger
  >[0]);
}

/** Times short enough for a test and in the order the contract wants them. */
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

export interface Product {
  redis: ThrowawayRedis;
  sandbox: Sandbox;
  config: Config;
  store: Store;
  app: App;
  connectShop(settings?: Partial<ShopSettingsInput>, company?: typeof FJORD): Promise<void>;
  /** Add a job as any BullMQ producer would; resolves with its end. */
  send(
    data: InvoiceTransferInput | Record<string, unknown>,
    options?: { jobId?: string },
  ): Promise<Ended<TransferResult>>;
  check(data: StatusCheckInput): Promise<Ended<StatusResult>>;
  events(): Promise<Record<string, string>[]>;
  stop(): Promise<void>;
}

export type Ended<T> = { result: T } | { failedReason: string };

export async function startProduct(
  options: { sandbox?: SandboxOptions; env?: NodeJS.ProcessEnv } = {},
): Promise<Product> {
  const redis = await startRedis();
  const sandbox = await startSandbox({
    requestsPerHour: 1e7,
    requestsPerSecond: 1e5,
    loginsPerMinute: 1e4,
    ...options.sandbox,
  });
  const config = loadConfig({ ...productEnv(redis.url, sandbox.url), ...options.env });
  const logger = quietLogger();
  const { prefix, timing, tfso } = config;
  const quota = {
    pool: tfso.quotaPool,
    requestsPerHour: tfso.requestsPerHour,
    requestsPerSecond: tfso.requestsPerSecond,
  };
  const store = openStore({ redis: config.redis, prefix, timing, quota, clock: systemClock, logger });
  const app = await startApp(config, { clock: systemClock, logger });
  await app.working;
  const connection = { url: redis.url };
  const queues = [INVOICE_TRANSFER, STATUS_CHECK].map((name) => ({
    queue: new Queue(name, { connection, prefix }),
    ends: new QueueEvents(name, { connection, prefix }),
  }));
  await Promise.all(queues.map(({ ends }) => ends.waitUntilReady()));

  async function add<T>(index: 0 | 1, data: unknown, jobOptions = {}): Promise<Ended<T>> {
    const { queue, ends } = queues[index] as (typeof queues)[0];
    const job = await queue.add(queue.name, data, { ...JOB_RETENTION, priority: 1, ...jobOptions });
    try {
      return { result: (await job.waitUntilFinished(ends, 50_000)) as T };
    } catch (error) {
      return { failedReason: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    redis,
    sandbox,
    config,
    store,
    app,
    async connectShop(settings = {}, company = FJORD) {
      const shop = shopSettings.parse({
        shopId: 'acme.mysharefox.com',
        accountName: 'Fjord Utleie AS',
        rentalProductName: 'SharefoxRental',
        ...settings,
      });
      await store.shops.save(shop);
      await store.shops.markVerified(shop.shopId, {
        clientId: String(company.clientId),
        identityId: company.identityId,
        verifiedAt: new Date(0).toISOString(),
      });
    },
    send: (data, jobOptions) => add<TransferResult>(0, data, jobOptions),
    check: (data) => add<StatusResult>(1, data),
    async events() {
      const entries = await store.redis.xrange(store.keys.events, '-', '+');
      return entries.map(([, fields]) => {
        const event: Record<string, string> = {};
        for (let i = 0; i + 1 < fields.length; i += 2) event[fields[i] ?? ''] = fields[i + 1] ?? '';
        return event;
      });
    },
    async stop() {
      await app.stop();
      for (const { queue, ends } of queues) {
        await ends.close();
        await queue.close();
      }
      await store.close();
      await sandbox.stop();
      await redis.stop();
    },
  };
}
