/** Whatever breaks around a job: its invoice waits and is taken up again, or it ends with a record and an event. */
import type { Job } from 'bullmq';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { TransferResult } from '../../src/contract/results.ts';
import { createOutstanding } from '../../src/queue/outstanding.ts';
import { openQueues } from '../../src/queue/queues.ts';
import { startWorker } from '../../workers/queue-worker.ts';
import { run } from '../cli/support.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, quietLogger, SHOP, startProduct } from '../support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct({ sweepEveryMs: 300 });
  await product.connectShop();
  // The store is new and quiet: only once a first invoice is through are jobs begun at once.
  await product.send(anInvoice('first'));
});
afterAll(() => product.stop());

const anInvoice = (id: string) => anInvoiceInput({ invoice: { id }, requestId: `${id} click` });
const PATIENCE = { timeout: 20_000 };
/** What the job's last run met. */
async function waitsFor({ id = '' }: Job): Promise<unknown> {
  const job = await product.queues.transfer.getJob(id);
  return (job?.progress as { waitsFor?: unknown } | undefined)?.waitsFor;
}
async function expectCreated(id: string, job: Job): Promise<void> {
  expect(await product.endOf<TransferResult>(job)).toMatchObject({ result: { outcome: 'created' } });
  expect(await product.events(id)).toMatchObject([{ type: 'transfer.completed' }]);
}

describe('an invoice waits, and is transferred once it can be,', () => {
  const redis = (...command: [string, ...string[]]) => product.store.redis.call(...command);
  const refusals = async () =>
    Number(/errorstat_OOM:count=(\d+)/.exec(String(await redis('INFO', 'errorstats')))?.[1] ?? 0);
  afterEach(async () => {
    await redis('CONFIG', 'SET', 'maxmemory', '0');
    await redis('ACL', 'SETUSER', 'default', '+@all');
  });

  test('where Redis is full when its job begins', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `full-${index}`);
    const before = await refusals();
    // In quiet time no record is made: the jobs come back to a Redis that is full by then.
    await product.store.redis.hset(product.store.keys.epoch, 'quietUntil', Date.now() + 2_000);
    const jobs = await Promise.all(ids.map((id) => product.addTransfer(anInvoice(id))));
    await Promise.all(
      jobs.map((job) => expect.poll(() => waitsFor(job), PATIENCE).toBe('transfer.settling')),
    );
    await redis('CONFIG', 'SET', 'maxmemory', '1');
    await expect.poll(refusals, PATIENCE).toBeGreaterThan(before + ids.length);
    expect(await product.queues.transfer.getFailed()).toEqual([]);
    await redis('CONFIG', 'SET', 'maxmemory', '0');
    for (const [index, job] of jobs.entries()) await expectCreated(ids[index] ?? '', job);
  });

  test('where Redis fills up while invoices flow', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `flow-${index}`);
    const before = await product.events();
    await product.queues.transfer.addBulk(
      ids.map((id) => ({ name: 'invoice-transfer', data: anInvoice(id) })),
    );
    const ended = async () => (await product.events()).length - before.length;
    await expect.poll(ended, PATIENCE).toBeGreaterThan(20);
    await redis('CONFIG', 'SET', 'maxmemory', '1');
    const errors = await refusals();
    await expect.poll(refusals, PATIENCE).toBeGreaterThan(errors + 100);
    expect(await product.queues.transfer.getFailed()).toEqual([]);
    await redis('CONFIG', 'SET', 'maxmemory', '0');
    await expect.poll(ended, { timeout: 90_000, interval: 250 }).toBe(300);
    const after = (await product.events()).slice(before.length);
    expect(new Set(after.map(({ invoiceId, type }) => `${invoiceId} ${type}`))).toEqual(
      new Set(ids.map((id) => `${id} transfer.completed`)),
    );
    const { orders } = await product.sandbox.control.books(501);
    expect(orders.filter(({ reference }) => reference.startsWith('SF-flow-'))).toHaveLength(300);
    // The sweep goes on, too.
    const outstanding = product.store.keys.outstandingOf('invoice-transfer');
    await product.store.redis.hset(outstanding, 'ghost.example', 17);
    const counted = () => product.store.redis.hexists(outstanding, 'ghost.example');
    await expect.poll(counted, { timeout: 60_000 }).toBe(0);
  }, 120_000);

  test('where Redis denies INFO', async () => {
    await redis('ACL', 'SETUSER', 'default', '-info');
    const job = await product.addTransfer(anInvoice('denied'));
    await expect.poll(() => waitsFor(job), PATIENCE).toBe('store.refused');
    await redis('ACL', 'SETUSER', 'default', '+info');
    await expectCreated('denied', job);
  });

  test("where this version does not know a key of its shop's settings", async () => {
    const { redis: client, keys } = product.store;
    const settings = String(await client.hget(keys.shop(SHOP), 'settings'));
    await client.hset(keys.shop(SHOP), 'settings', settings.replace('{', '{"fromTheFuture":1,'));
    const job = await product.addTransfer(anInvoice('rolled-back'));
    await expect.poll(() => waitsFor(job), PATIENCE).toBe('shop.unreadable');
    // It hides no other shop, and is added again like any other.
    await product.connectShop({ shopId: 'other.mysharefox.com' });
    const { shops } = product.store;
    const readable = await shops.list({ skipsUnreadable: true });
    expect(readable.map(({ settings: { shopId } }) => shopId)).toEqual(['other.mysharefox.com']);
    // A backup without it would be none.
    await expect(shops.list()).rejects.toMatchObject({ code: 'shop.unreadable' });
    expect(await run(['shop', 'export'], product.env)).toMatchObject({
      exitCode: 1,
      err: [expect.stringContaining(`shop.unreadable: this version cannot read the settings of ${SHOP}`)],
    });
    await product.connectShop();
    await expectCreated('rolled-back', job);
  });
});

test('an error that nobody translated brings its job back', async () => {
  const { config, store } = product;
  const queues = openQueues({ redis: config.redis, prefix: '{apart}', logger: quietLogger() });
  const worker = startWorker({
    ...{ redis: config.redis, prefix: '{apart}', leaseMs: config.timing.leaseMs, clock: systemClock },
    ...{ queue: queues.transfer, slots: config.workers.transferSlots, logger: quietLogger() },
    outstanding: createOutstanding(store),
    processor: () => Promise.reject(new TypeError('nobody foresaw it')),
  });
  const job = await queues.transfer.add('any', {}, { attempts: 1 });
  await expect.poll(() => job.getState(), PATIENCE).toMatch(/delayed|failed/);
  expect(await job.getState()).toBe('delayed');
  await worker.stop(1_000);
  await queues.close();
});

describe('an invoice begun by a version that understands more than this one', () => {
  test('waits for that version, and is transferred by it', async () => {
    const { redis, keys } = product.store;
    await product.sandbox.control.inject({
      operation: 'GetInvoices',
      effect: { kind: 'truncated' },
      count: 1,
    });
    const job = await product.addTransfer(anInvoice('newer'));
    const key = keys.record({ shopId: SHOP, invoiceId: 'newer' });
    await expect.poll(() => redis.hget(key, 'attempts'), PATIENCE).toBe('1');
    const data = String(await redis.hget(key, 'payload'));
    const newer = data.replace('{', '{"fromTheFuture":1,');
    await redis.hset(key, 'payload', newer);
    await job.updateData(JSON.parse(newer));
    await expect.poll(() => redis.hget(key, 'waitsFor'), PATIENCE).toBe('payload.invalid');
    await job.updateData(JSON.parse(data));
    await redis.hset(key, 'payload', data);
    await expectCreated('newer', job);
  });
});

describe('how long an ended job is kept', () => {
  const HOUR_MS = 3_600_000;
  /** Jobs that ended as long ago as that. */
  async function endedAgo(ms: number, state: 'failed' | 'completed', ids: string[]): Promise<Job[]> {
    const add = (id: string) =>
      product.addTransfer(
        state === 'failed'
          ? anInvoiceInput({ invoice: { id, currency: 'SEK' }, requestId: `${id} click` })
          : anInvoice(id),
      );
    const jobs = await Promise.all(ids.map(add));
    for (const job of jobs) {
      await product.endOf(job);
      await product.store.redis.zadd(product.queues.transfer.toKey(state), Date.now() - ms, job.id ?? '');
    }
    return jobs;
  }
  const kept = async (jobs: Job[]) =>
    (await Promise.all(jobs.map(({ id = '' }) => product.queues.transfer.getJob(id)))).filter(
      (job) => job !== undefined,
    );

  test('is not shortened for others by a job that asks for less, failed or completed', async () => {
    const failed = await endedAgo(2 * HOUR_MS, 'failed', ['old-1', 'old-2']);
    const completed = await endedAgo(2 * HOUR_MS, 'completed', ['old-3', 'old-4']);
    const short = { removeOnFail: { age: 3_600 }, removeOnComplete: { age: 3_600 } };
    await product.endOf(await product.addTransfer(anInvoice('short-1'), short));
    const { shopId } = anInvoice('x');
    await product.endOf(await product.addTransfer({ shopId }, short));
    await product.endOf(await product.addTransfer({ shopId }, { removeOnFail: { count: 1 } }));
    expect(await kept(failed)).toHaveLength(2);
    expect(await kept(completed)).toHaveLength(2);
  });

  test('is thirty days where it failed, seven where it completed, also for a producer that says nothing', async () => {
    const [failed] = await endedAgo(31 * 24 * HOUR_MS, 'failed', ['old-5']);
    const [completed] = await endedAgo(8 * 24 * HOUR_MS, 'completed', ['old-6']);
    await product.endOf(await product.addTransfer(anInvoice('plain-1')));
    await product.endOf(await product.addTransfer({}));
    expect(await kept([failed, completed].flatMap((job) => job ?? []))).toEqual([]);
  });
});
