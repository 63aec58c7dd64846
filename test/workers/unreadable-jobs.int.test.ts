/** A job whose data is no JSON: whoever wrote it harms nobody else, and it ends. */
import type { Job, Queue } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../cli/support.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, SHOP, startProduct } from '../support/product.ts';

/** Names an invoice that is searched for below, and breaks off. */
const BROKEN = '{"shopId":"acme.mysharefox.com","invoice":{"id":"broken-1"},';

let product: Product;
let jobs: Job[];
beforeAll(async () => {
  product = await startProduct({ sweepEveryMs: 300 });
  await product.connectShop();
  await product.connectShop({ shopId: 'gone.mysharefox.com' });
  await product.store.shops.disable('gone.mysharefox.com');
  const { transfer, status } = product.queues;
  jobs = [await addBroken(transfer, { delay: 3_600_000 }), await addBroken(status, { delay: 3_600_000 })];
});
afterAll(() => product.stop());

/** As a producer that is not BullMQ's own would leave it. */
async function addBroken(queue: Queue, options: { delay: number }): Promise<Job> {
  const job = await queue.add(queue.name, {}, options);
  await product.store.redis.hset(queue.toKey(job.id ?? ''), 'data', BROKEN);
  return job;
}

async function get(path: string): Promise<number> {
  const { username, password } = product.config.ops;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return (await fetch(`${product.app.opsUrl}${path}`, { headers: { authorization } })).status;
}

async function harmsNobody(state: string): Promise<void> {
  const list = '/board/api/queues?activeQueue=invoice-transfer&page=1&jobsPerPage=10&status=';
  expect(await get(`${list}${state}`)).toBe(200);
  expect(await get(`/board/api/queues/invoice-transfer/${jobs[0]?.id}`)).toBe(200);
  expect(await get('/invoices')).toBe(200);
  expect(await get('/invoices?q=broken-1')).toBe(200);
  expect(await get(`/invoices?q=broken-1&shop=${SHOP}`)).toBe(200);
  expect(await run(['shop', 'forget', 'gone.mysharefox.com', '--yes'], product.env)).toMatchObject({
    exitCode: 0,
  });
  const { redis, keys } = product.store;
  await redis.hset(keys.outstandingOf('invoice-transfer'), 'ghost.example', 17);
  await expect
    .poll(() => redis.hgetall(keys.outstandingOf('invoice-transfer')), { timeout: 20_000 })
    .not.toHaveProperty('ghost.example');
}

test('that waits leaves lists, pages, counts, the sweep and shop forget as they were', async () => {
  await harmsNobody('delayed');
});

test('ends refused in its turn, and the invoices around it are transferred', async () => {
  const invoices = ['a', 'b', 'c'].map((id) =>
    product.send(anInvoiceInput({ invoice: { id }, requestId: id })),
  );
  for (const job of jobs) await job.promote();
  for (const job of jobs) {
    expect(await product.endOf(job)).toMatchObject({
      failedReason: expect.stringMatching(/^payload\.invalid: the payload must be of type object/),
      attemptsMade: 1,
    });
  }
  for (const end of await Promise.all(invoices))
    expect(end).toMatchObject({ result: { outcome: 'created' } });
  const { transfer } = product.queues;
  expect(await transfer.getJobCounts('active', 'waiting', 'delayed')).toEqual({
    ...{ active: 0, waiting: 0, delayed: 0 },
  });
  // What nobody can read is of no use to anybody, and may name somebody.
  expect(await product.store.redis.hget(transfer.toKey(jobs[0]?.id ?? ''), 'data')).toBe('null');
});

test('that has ended leaves them so, too', async () => {
  await harmsNobody('failed');
});
