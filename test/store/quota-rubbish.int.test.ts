import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createQuotaStore } from '../../src/store/quota.ts';
import { createScripts } from '../../src/store/scripts.ts';
import type { QuotaStore } from '../../src/twentyfourseven/ports.ts';
import { startRedis } from '../support/redis.ts';

const keys = createKeys('{quota-test}');
const limits = { pool: 'a', requestsPerHour: 7_200, requestsPerSecond: 1_000 };
const bucket = keys.quota(limits.pool);
let server: ThrowawayRedis;
let redis: Redis;
let quota: QuotaStore;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  quota = createQuotaStore({ redis, scripts: createScripts(redis), keys, limits });
});
beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const RUBBISH = [
  '7199.5',
  '7e3',
  '',
  'many',
  'NaN',
  '-nan',
  'inf',
  '-inf',
  '1e400',
  '99999999999999999999',
  '{}',
];
const soon = () => String(Date.now() + 60_000);

it.each(RUBBISH)('a budget in which "%s" is kept does not stop every shop for good', async (rubbish) => {
  for (const field of ['tokens', 'at', 'quarantineUntil', 'windowLeft', 'windowEnds']) {
    await redis.flushall();
    expect(await quota.take()).toBe(0);
    await redis.hset(bucket, { windowLeft: '5', windowEnds: soon(), [field]: rubbish });
    expect([field, await quota.take()]).toEqual([field, 0]);
    expect([field, await quota.take()]).toEqual([field, 0]);
    expect(Number.isFinite((await quota.left()).tokens)).toBe(true);
  }
  await redis.lpush(keys.quotaRecent(limits.pool), ...Array.from({ length: 1_000 }, () => rubbish));
  expect(await quota.take()).toBe(0);
});

it.each(RUBBISH)('a background in which "%s" is kept goes on', async (rubbish) => {
  const at = String(Date.now());
  await redis.hset(bucket, { tokens: '40', at, awaitedUntil: rubbish });
  await redis.lpush(keys.quotaBackground(limits.pool), ...Array.from({ length: 1_000 }, () => rubbish));
  expect(await quota.take({ isBackground: true })).toBe(0);
});

it('a fraction that was kept counts down like a whole number', async () => {
  await redis.hset(bucket, { windowLeft: '2.5', windowEnds: soon() });
  expect([await quota.take(), await quota.take(), (await quota.take()) > 0]).toEqual([0, 0, true]);
});
