/** What a scrape says of the whole product, and of a Redis that is away. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMetrics } from '../../src/ops/metrics.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';
import { SHOP, type Surroundings, startSurroundings } from '../support/surroundings.ts';

let product: Product;

beforeAll(async () => {
  product = await startProduct({ redisArgs: [] });
  await product.connectShop();
});
afterAll(() => product.stop(), 90_000);

const scrape = async () => (await fetch(`${product.app.opsUrl}/metrics`)).text();
/** The value of one series, undefined where it is missing. */
function valueIn(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

test('each end of an invoice is counted once, with its outcome and code', async () => {
  await product.send(anInvoiceInput({ invoice: { id: 'made' } }));
  await product.send(anInvoiceInput({ invoice: { id: 'made' }, requestId: 'again' }));
  await product.send(anInvoiceInput({ invoice: { id: 'dollars', currency: 'USD' } }));
  await product.send({ ...anInvoiceInput({ invoice: { id: 'odd' } }), unknown: true });
  const text = await scrape();
  const ends = 'sharefox_transfer_ends_total';
  expect(valueIn(text, `${ends}{outcome="created",code=""}`)).toBe(1);
  expect(valueIn(text, `${ends}{outcome="rejected",code="invoice.currency_mismatch"}`)).toBe(1);
  expect(valueIn(text, `${ends}{outcome="rejected",code="payload.invalid"}`)).toBe(1);
  expect(text).not.toContain(`${ends}{outcome="already_transferred"`);
  expect(valueIn(text, 'sharefox_records{list="rejected"}')).toBe(2);
  expect(valueIn(text, 'sharefox_records{list="unresolved"}')).toBe(0);
  expect(valueIn(text, 'sharefox_oldest_record_seconds{list="unresolved"}')).toBe(0);
  expect(text).toMatch(/^sharefox_soap_members_count\{operation="SaveInvoices.create"\} 1$/m);
  expect(text).toMatch(/^sharefox_soap_request_seconds_count\{operation="Login",outcome="ok"\} \d/m);
  expect(text).toMatch(/^sharefox_step_seconds_count\{step="order"\} \d/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
});

test('an unresolved invoice is as old as its state', async () => {
  const since = Date.now() - 3_600_000;
  await product.store.redis.zadd(product.store.keys.lists[1], since, `${SHOP}:made`);
  const age = valueIn(await scrape(), 'sharefox_oldest_record_seconds{list="unresolved"}');
  expect(age).toBeGreaterThanOrEqual(3_600);
  await product.store.redis.zrem(product.store.keys.lists[1], `${SHOP}:made`);
});

test('a Redis that fills up, or cannot write to disk, is seen before an invoice is refused', async () => {
  const { redis } = product.store;
  const before = await scrape();
  expect(valueIn(before, 'sharefox_redis_persistence_failed{file="aof"}')).toBe(0);
  expect(valueIn(before, 'sharefox_redis_persistence_failed{file="rdb"}')).toBe(0);
  // Without maxmemory, the machine's memory is the limit.
  expect(valueIn(before, 'sharefox_redis_memory_limit_bytes')).toBeGreaterThan(2 ** 27);
  const [, directory = ''] = (await redis.config('GET', 'dir')) as string[];
  const [, file = ''] = (await redis.config('GET', 'dbfilename')) as string[];
  // A directory of that name: the snapshot cannot be written.
  const obstacle = join(directory, file, 'obstacle');
  mkdirSync(obstacle, { recursive: true });
  await redis.config('SET', 'maxmemory', 2 ** 27);
  await redis.save().catch(() => undefined);
  await redis.bgsave();
  await expect
    .poll(async () => valueIn(await scrape(), 'sharefox_redis_persistence_failed{file="rdb"}'))
    .toBe(1);
  const after = await scrape();
  expect(valueIn(after, 'sharefox_redis_memory_limit_bytes')).toBe(2 ** 27);
  const used = valueIn(after, 'sharefox_redis_memory_bytes');
  expect(used).toBeGreaterThan(500_000);
  expect(used).toBeLessThan(2 ** 27);
  rmSync(join(directory, file), { recursive: true });
  await redis.config('SET', 'maxmemory', 0);
  await redis.save();
});

test('no label names a shop, an invoice or a person', async () => {
  expect(await scrape()).not.toMatch(/acme|made|Nordmann|kari/i);
});

test('the oldest waiting job is found behind younger ones of higher priority, and so is the oldest delayed one', async () => {
  const around: Surroundings = await startSurroundings();
  const redis = new Redis(around.redis.url);
  try {
    const old = (ageMs: number) => ({ timestamp: Date.now() - ageMs });
    await around.addTransfer({ shopId: SHOP }, { priority: 9, ...old(900_000) });
    await around.addTransfer({ shopId: SHOP }, { priority: 1, ...old(1_000) });
    await around.addTransfer({ shopId: SHOP }, old(2_000));
    await around.addCheck({ shopId: SHOP }, { delay: 3_600_000, ...old(60_000) });
    const metrics = createMetrics();
    metrics.watchQueues([around.queues.transfer, around.queues.status], redis);
    const text = await metrics.registry.metrics();
    const age = (queue: string, state: string) =>
      valueIn(text, `sharefox_oldest_job_seconds{queue="${queue}",state="${state}"}`) ?? -1;
    expect(Math.floor(age('invoice-transfer', 'waiting') / 100)).toBe(9);
    expect(age('invoice-transfer', 'delayed')).toBe(0);
    expect(age('status-check', 'waiting')).toBe(0);
    expect(age('status-check', 'delayed')).toBeGreaterThanOrEqual(60);
  } finally {
    redis.disconnect();
    await around.stop();
  }
});

test('while Redis is away a scrape answers with the counters, and leaves out the gauges', async () => {
  const gauges = [
    'sharefox_jobs',
    'sharefox_oldest_job_seconds',
    'sharefox_records',
    'sharefox_oldest_record_seconds',
    'sharefox_circuit_open',
    'sharefox_quota_tokens',
    'sharefox_quarantine_until_seconds',
    'sharefox_redis_memory_bytes',
    'sharefox_redis_memory_limit_bytes',
    'sharefox_redis_persistence_failed',
  ];
  const present = (text: string) => gauges.filter((name) => new RegExp(`^${name}[ {]`, 'm').test(text));
  expect(present(await scrape())).toEqual(gauges);
  await product.redis.kill();
  const [text] = await Promise.all([scrape(), scrape(), scrape()]);
  expect(present(text)).toEqual([]);
  expect(text).toContain('sharefox_transfer_ends_total{outcome="created",code=""} 1');
  await product.redis.restart();
  await expect.poll(async () => present(await scrape()), { timeout: 20_000 }).toEqual(gauges);
  await product.connectShop();
  // A worker that is stopped while it reconnects would take its whole deadline.
  expect(await product.send(anInvoiceInput({ invoice: { id: 'after' } }))).toHaveProperty('result');
});
