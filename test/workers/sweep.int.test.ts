/** The sweep on a running product; "later" is said to its agenda, so that nothing has to wait. */
import { type Job, Queue, QueueEvents } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { INVOICE_TRANSFER } from '../../src/contract/jobs.ts';
import type { RecordKey } from '../../src/transfer/ports/records.ts';
import { createSlippedJobs } from '../../workers/slipped-jobs.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, quietLogger, startProduct } from '../support/product.ts';

const shopId = anInvoiceInput().shopId;
let product: Product;
let sweeps: Queue;
let sweepEnds: QueueEvents;
let transfers: Queue;
let transferEnds: QueueEvents;

beforeAll(async () => {
  product = await startProduct();
  await product.connectShop({ shopId, afterUnknown: 'ask' });
  // The store is new and quiet: only once a first invoice is through do jobs leave records at once.
  await product.send(anInvoiceInput({ requestId: 'first', invoice: { id: 'S0' } }));
  const options = { connection: { url: product.redis.url }, prefix: product.config.prefix };
  sweeps = new Queue('sweep', options);
  sweepEnds = new QueueEvents('sweep', options);
  transfers = new Queue(INVOICE_TRANSFER, options);
  transferEnds = new QueueEvents(INVOICE_TRANSFER, options);
  await Promise.all([sweepEnds.waitUntilReady(), transferEnds.waitUntilReady()]);
});
afterAll(async () => {
  await Promise.all([sweeps.close(), sweepEnds.close(), transfers.close(), transferEnds.close()]);
  await product.stop();
});

const keyOf = (invoiceId: string): RecordKey => ({ shopId, invoiceId });
const recordOf = (invoiceId: string) => product.store.records.read(keyOf(invoiceId));

async function sweepLater(invoiceId: string): Promise<void> {
  const { redis, keys } = product.store;
  await redis.zadd(keys.agenda, 0, `${shopId}:${invoiceId}`);
  const job = await sweeps.add('sweep', {}, { removeOnComplete: true });
  await job.waitUntilFinished(sweepEnds, 20_000);
}

/** Resolves when the next job of the transfer queue that a sweep added has ended. */
function nextSweptJob(): Promise<void> {
  return new Promise((resolve) => {
    const onEnd = ({ jobId }: { jobId: string }) => {
      if (!jobId.startsWith('sweep-')) return;
      transferEnds.off('completed', onEnd);
      transferEnds.off('failed', onEnd);
      resolve();
    };
    transferEnds.on('completed', onEnd);
    transferEnds.on('failed', onEnd);
  });
}

const eventsOf = async (invoiceId: string) =>
  (await product.events()).filter((event) => event.invoiceId === invoiceId).map(({ type }) => type);

describe('a record under way whose job is gone', () => {
  test('is enqueued again from its own payload, and ends transferred', async () => {
    const { control } = product.sandbox;
    await control.inject({ operation: 'GetInvoices', effect: { kind: 'truncated' }, count: 1 });
    const ended = transfers.add(
      INVOICE_TRANSFER,
      anInvoiceInput({ requestId: 'lost', invoice: { id: 'S1' } }),
      { jobId: 'lost-job', delay: 0 },
    );
    const job = await ended;
    await new Promise<void>((resolve) =>
      transferEnds.on('delayed', ({ jobId }) => jobId === job.id && resolve()),
    );
    await job.remove();
    const done = nextSweptJob();
    await sweepLater('S1');
    await done;
    expect(await recordOf('S1')).toMatchObject({ state: 'transferred' });
    expect(await eventsOf('S1')).toEqual(['transfer.completed']);
  });

  test('is left to its job while that one lives', async () => {
    await product.sandbox.control.inject({
      operation: 'GetInvoices',
      effect: { kind: 'truncated' },
      count: 1,
    });
    const delayed = new Promise<void>((resolve) =>
      transferEnds.on('delayed', ({ jobId }) => jobId === 'living-job' && resolve()),
    );
    const sent = product.send(anInvoiceInput({ requestId: 'alive', invoice: { id: 'S2' } }), {
      jobId: 'living-job',
    });
    await delayed;
    const before = await transfers.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active');
    await sweepLater('S2');
    const after = await transfers.getJobCountByTypes('waiting', 'prioritized', 'delayed', 'active');
    expect(after).toBeLessThanOrEqual(before);
    expect(await sent).toMatchObject({ result: { outcome: 'created' } });
  });
});

describe('a job that failed without a record', () => {
  const DAY_MS = 24 * 3_600_000;
  /** As an error that nobody translated left it. */
  async function slipped(invoiceId: string, agoMs: number): Promise<Job> {
    const data = anInvoiceInput({ requestId: `${invoiceId} click`, invoice: { id: invoiceId } });
    const job = await transfers.add(INVOICE_TRANSFER, data, { delay: DAY_MS });
    const at = Date.now() - agoMs;
    const id = job.id ?? '';
    await product.store.redis
      .multi()
      .zrem(transfers.toKey('delayed'), id)
      .zadd(transfers.toKey('failed'), at, id)
      .hset(transfers.toKey(id), { finishedOn: at, failedReason: 'OOM command not allowed' })
      .exec();
    return job;
  }

  test('is taken up again and becomes an order; one that was refused stays as it is', async () => {
    const refusal = anInvoiceInput({ requestId: 'no', invoice: { id: 'S6', currency: 'SEK' } });
    const refused = await product.addTransfer(refusal);
    expect(await product.endOf(refused)).toMatchObject({ attemptsMade: 1 });
    const nobodys = await product.addTransfer({ shopId: 'NOBODY', invoice: { id: 'S6' } });
    await product.endOf(nobodys);
    const job = await slipped('S7', 0);
    await sweepLater('S0');
    await expect.poll(() => eventsOf('S7'), { timeout: 20_000 }).toEqual(['transfer.completed']);
    await expect.poll(() => job.getState(), { timeout: 20_000 }).toBe('completed');
    for (const { id = '' } of [refused, nobodys])
      expect(await transfers.getJob(id)).toMatchObject({ attemptsMade: 1, attemptsStarted: 1 });
  });

  test('more than seven days ago is not sent unasked: it ends, with its event', async () => {
    // The sweep of this process has looked at what failed before it; another's looks at all that is kept.
    const { store } = product;
    const job = await slipped('S8', 8 * DAY_MS);
    const look = createSlippedJobs({
      ...{ queue: transfers, redis: store.redis, recordPrefix: store.keys.records, records: store.records },
      ...{ clock: systemClock, log: quietLogger() },
    });
    await look();
    await look();
    expect(await job.getState()).toBe('failed');
    expect(await recordOf('S8')).toMatchObject({ state: 'rejected', code: 'transfer.expired' });
    expect(await eventsOf('S8')).toEqual(['transfer.rejected']);
  });
});

test('an unresolved invoice whose order shows up late is adopted by the sweep, and a completed event follows', async () => {
  const { control } = product.sandbox;
  await control.inject({ operation: 'SaveInvoices', effect: { kind: 'hidden', ms: 600_000 }, count: 1 });
  const ended = await product.send(anInvoiceInput({ requestId: 'hidden', invoice: { id: 'S3' } }));
  expect(ended).toMatchObject({ failedReason: expect.stringMatching(/^order\.vanished: /) });
  await control.revealAll();
  const done = nextSweptJob();
  await sweepLater('S3');
  await done;
  expect(await recordOf('S3')).toMatchObject({ state: 'transferred' });
  expect(await eventsOf('S3')).toEqual(['transfer.unresolved', 'transfer.completed']);
});

test('a second order that shows up after the transfer becomes unresolved, with both ids and one event', async () => {
  const sent = await product.send(anInvoiceInput({ requestId: 'two', invoice: { id: 'S4' } }));
  if (!('result' in sent)) throw new Error(sent.failedReason);
  const { control } = product.sandbox;
  const order = (await control.books(501)).orders.find(({ orderId }) => orderId === sent.result.orderId);
  if (order === undefined) throw new Error('the order stands');
  const [secondId] = await control.addOrders(501, [
    {
      customerId: order.customerId,
      status: 'Web',
      reference: order.reference,
      externalStatus: order.externalStatus ?? 0,
      includeVat: false,
      rows: [],
    },
  ]);
  await sweepLater('S4');
  const record = await recordOf('S4');
  expect(record).toMatchObject({ state: 'unresolved', code: 'order.duplicate_found' });
  expect(record?.message).toContain(String(sent.result.orderId));
  expect(record?.message).toContain(String(secondId));
  expect(await eventsOf('S4')).toEqual(['transfer.completed', 'transfer.unresolved']);
});

test('a transferred invoice is looked for three times, and then no more', async () => {
  await product.send(anInvoiceInput({ requestId: 'quiet', invoice: { id: 'S5' } }));
  const { redis, keys } = product.store;
  const isPlanned = async () => (await redis.zscore(keys.agenda, `${shopId}:S5`)) !== null;
  const planned: boolean[] = [];
  for (let look = 0; look < 3; look += 1) {
    planned.push(await isPlanned());
    await sweepLater('S5');
  }
  expect([...planned, await isPlanned()]).toEqual([true, true, true, false]);
});

test('outstanding jobs are counted anew: a count that no job stands for is gone', async () => {
  const { redis, keys } = product.store;
  await redis.hset(keys.outstandingOf('invoice-transfer'), 'ghost.example', 17);
  await sweepLater('S5');
  expect(await redis.hgetall(keys.outstandingOf('invoice-transfer'))).toEqual({});
});
