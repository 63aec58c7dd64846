/** The contract's harness on a real Redis, which can be killed. */
import { Redis } from 'ioredis';
import type { Clock } from '../../../src/clock.ts';
import type { ThrowawayRedis } from '../../../src/demo/throwaway-redis.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import type { EventFields } from '../../../src/transfer/ports/events.ts';
import { DEFAULT_TIMING } from '../../support/memory-store.ts';
import { startRedis } from '../../support/redis.ts';
import { silentLogger } from '../../twentyfourseven/support.ts';
import type { Harness, Open, OpenOptions } from '../contract/harness.ts';
import { shiftTimes } from './shift-times.ts';

export const PREFIX = '{store-test}';
/** What was written outlives the process, if not the machine; no test waits for a disk. */
const SURVIVES_KILL = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'no'];
const QUOTA = { pool: 'default', requestsPerHour: 7_200, requestsPerSecond: 20 };

export interface RedisServer extends ThrowawayRedis {
  /** For a look past the ports. */
  client: Redis;
  open: Open;
}

/** One server for a test file; `open` empties it and ends its quiet time. */
export async function startRedisServer(): Promise<RedisServer> {
  const redis = await startRedis({ args: SURVIVES_KILL });
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  return {
    ...redis,
    client,
    open: (options) => openHarness(redis, client, options),
    async stop() {
      client.disconnect();
      await redis.stop();
    },
  };
}

export function openOn(
  url: string,
  clock: Clock,
  { quota, timing, durability, login = '' }: OpenOptions = {},
): Store {
  return openStore({
    redis: {
      kind: 'single',
      url: url.replace('redis://', `redis://${login}`),
      ...(durability && { durability }),
    },
    prefix: PREFIX,
    timing: { ...DEFAULT_TIMING, ...timing },
    quota: { ...QUOTA, ...quota },
    clock,
    logger: silentLogger,
  });
}

async function openHarness(redis: ThrowawayRedis, client: Redis, options?: OpenOptions): Promise<Harness> {
  const timing = { ...DEFAULT_TIMING, ...options?.timing };
  await client.flushall();
  // Redis' own clock cannot be set: time goes by in that what the store wrote moves into the past.
  const openedAt = Date.now();
  const clock: Clock = {
    now: () => openedAt,
    monotonic: () => 0,
    sleep: () => Promise.reject(new Error('no')),
  };
  const open = () => openOn(redis.url, clock, options);
  const store = open();
  const other = open();
  await store.entities.lease('any', 'category');
  await shiftTimes(client, PREFIX, timing.settleMs);
  return {
    store,
    other,
    timing,
    clock,
    now: () => Date.now(),
    elapse: (ms) => shiftTimes(client, PREFIX, ms),
    wipe: async () => {
      await client.flushall();
    },
    async restart() {
      await redis.kill('SIGKILL');
      await redis.restart();
    },
    async events() {
      const entries = await client.xrange(store.keys.events, '-', '+');
      return entries.map(([, fields]) => {
        const event: Record<string, string> = {};
        for (let i = 0; i + 1 < fields.length; i += 2) event[fields[i] ?? ''] = fields[i + 1] ?? '';
        return event as unknown as EventFields;
      });
    },
    async close() {
      await store.close();
      await other.close();
    },
  };
}
