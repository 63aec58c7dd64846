import { once } from 'node:events';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort, type ThrowawayRedis } from '../src/demo/throwaway-redis.ts';
import {
  createProducer,
  INVOICE_TRANSFER,
  type InvoiceTransferInput,
  type Producer,
  STATUS_CHECK,
} from '../src/producer.ts';
import { startRedis } from './support/redis.ts';

const PREFIX = '{producer}';

function invoice(
  changes: { shopId?: string; id?: string; revision?: number; requestId?: string; name?: string } = {},
) {
  const input: InvoiceTransferInput = {
    schemaVersion: 1,
    shopId: changes.shopId ?? 'acme.mysharefox.com',
    requestId: changes.requestId ?? 'req-1',
    requestedAt: '2021-01-10T09:30:00Z',
    invoice: {
      id: changes.id ?? '1018',
      ...(changes.revision === undefined ? {} : { revision: changes.revision }),
      type: 'data_for_accounting',
      orderId: '1018',
      issueDate: '2021-01-10',
      currency: 'NOK',
      pricesIncludeVat: true,
      totals: { net: '1000.00', vat: '250.00', gross: '1250.00' },
    },
    customer: { isCompany: false, firstName: 'Kari', lastName: 'Nordmann', email: 'kari@example.com' },
    lines: [
      {
        id: '1',
        kind: 'custom',
        name: changes.name ?? 'Delivery',
        quantity: '1',
        unitPrice: '1250.00',
        vatPercent: '25',
      },
    ],
  };
  return input;
}

const statusCheck = {
  schemaVersion: 1,
  shopId: 'acme.mysharefox.com',
  requestId: 'r',
  requestedAt: '2021-01-10T09:30:00Z',
  invoiceId: '1018',
} as const;

let server: ThrowawayRedis;
let redis: Redis;
let producer: Producer;
let queue: Queue;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  producer = createProducer({ connection: server.url, prefix: PREFIX });
  queue = new Queue(INVOICE_TRANSFER, { prefix: PREFIX, connection: { url: server.url } });
});
afterEach(async () => {
  await producer.close();
  await queue.close();
});

const outstanding = () => redis.hgetall(`${PREFIX}:outstanding`);

/** Take every waiting job and end it as `end` says. */
async function work(end: () => Promise<unknown>): Promise<void> {
  const worker = new Worker(INVOICE_TRANSFER, end, {
    prefix: PREFIX,
    connection: { url: server.url, maxRetriesPerRequest: null },
  });
  worker.on('error', () => undefined);
  await once(worker, 'drained');
  await worker.close();
}

describe('adding', () => {
  test('an invoice becomes one job with our retention and the input as it was given', async () => {
    const { jobId, added } = await producer.sendInvoice(invoice());
    expect(added).toBe(true);
    const job = await queue.getJob(jobId);
    expect(job?.name).toBe('invoice-transfer');
    expect(job?.data).toEqual(invoice());
    expect(job?.opts).toMatchObject({
      removeOnComplete: { age: 604_800 },
      removeOnFail: { age: 2_592_000 },
      priority: 1,
    });
  });

  test('many clicks before Redis is connected are added without a warning from Node', async () => {
    const warnings: string[] = [];
    const note = (warning: Error) => void warnings.push(warning.message);
    process.on('warning', note);
    const ids = Array.from({ length: 20 }, (_, index) => `many-${index}`);
    const added = await Promise.all(ids.map((id) => producer.sendInvoice(invoice({ id }))));
    process.removeListener('warning', note);
    expect(added.filter((one) => one.added)).toHaveLength(20);
    expect(warnings).toEqual([]);
  });

  test('a status check goes to its own queue', async () => {
    const { jobId } = await producer.checkStatus(statusCheck);
    const checks = new Queue(STATUS_CHECK, { prefix: PREFIX, connection: { url: server.url } });
    expect((await checks.getJob(jobId))?.data).toEqual(statusCheck);
    await checks.close();
    expect(await producer.checkStatus({ ...statusCheck, requestId: 'again' })).toEqual({
      jobId,
      added: false,
    });
  });

  test('a payload the worker would refuse is refused here, with paths and without values', async () => {
    const wrong = invoice();
    const line = { ...wrong.lines[0], vatPercent: 'canary' } as InvoiceTransferInput['lines'][number];
    const refusal = producer.sendInvoice({ ...wrong, lines: [line] });
    await expect(refusal).rejects.toMatchObject({
      code: 'payload.invalid',
      problems: expect.arrayContaining([
        { path: 'lines.0.vatPercent', message: 'must be between 0 and 100' },
      ]),
    });
    await expect(refusal).rejects.not.toThrow('canary');
    expect(await redis.dbsize()).toBe(0);
  });
});

describe('fairness', () => {
  test("a shop's later jobs stand behind its earlier ones and behind other shops'", async () => {
    const priorities: (number | undefined)[] = [];
    for (const [shopId, id] of [
      ['a.no', '1'],
      ['a.no', '2'],
      ['a.no', '3'],
      ['b.no', '1'],
    ] as const) {
      const { jobId } = await producer.sendInvoice(invoice({ shopId, id }));
      priorities.push((await queue.getJob(jobId))?.opts.priority);
    }
    expect(priorities).toEqual([1, 2, 3, 1]);
    expect(await outstanding()).toEqual({ 'a.no': '3', 'b.no': '1' });
  });

  test("a shop's status checks, however many, push none of its invoices back", async () => {
    for (let check = 0; check < 3; check += 1) {
      await producer.checkStatus({
        schemaVersion: 1,
        shopId: 'a.no',
        requestId: 'nightly',
        requestedAt: '2021-01-20T08:00:00Z',
        invoiceId: `I${check}`,
      });
    }
    const { jobId } = await producer.sendInvoice(invoice({ shopId: 'a.no' }));
    expect((await queue.getJob(jobId))?.opts.priority).toBe(1);
    expect(await outstanding()).toEqual({ 'a.no': '1' });
    expect(await redis.hgetall(`${PREFIX}:outstanding:status-check`)).toEqual({ 'a.no': '3' });
  });

  test('the priority stays within what BullMQ takes, however wrong the count is', async () => {
    await redis.hset(`${PREFIX}:outstanding`, { 'a.no': 9_000_000, 'b.no': -7 });
    const high = await producer.sendInvoice(invoice({ shopId: 'a.no' }));
    const low = await producer.sendInvoice(invoice({ shopId: 'b.no' }));
    expect((await queue.getJob(high.jobId))?.opts.priority).toBe(2_097_151);
    expect((await queue.getJob(low.jobId))?.opts.priority).toBe(1);
  });
});

describe('double clicks', () => {
  test('the same click twice is one job, and counts once', async () => {
    const first = await producer.sendInvoice(invoice({ requestId: 'click-1' }));
    const second = await producer.sendInvoice(invoice({ requestId: 'click-2' }));
    expect(second).toEqual({ jobId: first.jobId, added: false });
    expect(await queue.getJobCounts('prioritized', 'waiting')).toEqual({ prioritized: 1, waiting: 0 });
    expect(await outstanding()).toEqual({ 'acme.mysharefox.com': '1' });
  });

  test('fifty clicks at once are one job', async () => {
    const clicks = await Promise.all(
      Array.from({ length: 50 }, (_, n) => producer.sendInvoice(invoice({ requestId: `click-${n}` }))),
    );
    expect(clicks.filter(({ added }) => added)).toHaveLength(1);
    expect(new Set(clicks.map(({ jobId }) => jobId)).size).toBe(1);
    expect(await outstanding()).toEqual({ 'acme.mysharefox.com': '1' });
  });

  test.each([
    ['another revision', { revision: 2 }],
    ['another content', { name: 'Pick-up' }],
    ['another invoice', { id: '1019' }],
    ['another shop', { shopId: 'other.no' }],
  ])('%s is another job', async (_, changes) => {
    await producer.sendInvoice(invoice());
    expect((await producer.sendInvoice(invoice(changes))).added).toBe(true);
  });

  test.each([
    ['failed', () => Promise.reject(new Error('customer.ambiguous: several'))],
    ['completed', () => Promise.resolve('done')],
  ])('an invoice whose job has %s can be sent again', async (_, end) => {
    const first = await producer.sendInvoice(invoice());
    await work(end);
    const second = await producer.sendInvoice(invoice());
    expect(second.added).toBe(true);
    expect(second.jobId).not.toBe(first.jobId);
  });

  test('no key in Redis tells who the customer is', async () => {
    await producer.sendInvoice(invoice());
    const keys = (await redis.keys('*')).join(' ');
    expect(keys).toContain(':de:');
    expect(keys).not.toMatch(/kari|nordmann|example\.com/i);
  });
});

test('a producer without our package needs a plain add and nothing else', async () => {
  const plain = new Queue('invoice-transfer', { prefix: PREFIX, connection: { url: server.url } });
  const shopId = 'acme.mysharefox.com';
  const outstandingJobs = await redis.hincrby(`${PREFIX}:outstanding`, shopId, 1);
  const job = await plain.add('invoice-transfer', invoice(), {
    removeOnComplete: { age: 604_800 },
    removeOnFail: { age: 2_592_000 },
    priority: Math.min(outstandingJobs, 2_097_151),
  });
  await plain.close();
  expect((await queue.getJob(job.id ?? ''))?.data).toEqual(invoice());
  const ours = await producer.sendInvoice(invoice({ id: '1019' }));
  expect((await queue.getJob(ours.jobId))?.opts.priority).toBe(2);
});

test('a Cluster takes jobs under a prefix with a hash tag', async () => {
  // The bus port of its own: the default, port + 10,000, may not exist.
  const busPort = String(await freePort());
  const node = await startRedis({
    args: [
      ['--save', ''],
      ['--cluster-enabled', 'yes'],
      ['--cluster-port', busPort],
      ['--cluster-announce-ip', '127.0.0.1'],
    ].flat(),
  });
  const admin = new Redis(node.url);
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
  const state = async () => String(await admin.call('CLUSTER', 'INFO'));
  await expect.poll(state, { timeout: 15_000 }).toContain('cluster_state:ok');
  const clustered = createProducer({
    connection: { cluster: [{ host: '127.0.0.1', port: node.port }] },
    prefix: PREFIX,
  });
  try {
    expect((await clustered.sendInvoice(invoice())).added).toBe(true);
    expect((await clustered.sendInvoice(invoice())).added).toBe(false);
    expect(await admin.hgetall(`${PREFIX}:outstanding`)).toEqual({ 'acme.mysharefox.com': '1' });
  } finally {
    await clustered.close();
    admin.disconnect();
    await node.stop();
  }
});

describe('Redis away', () => {
  let own: ThrowawayRedis;
  beforeEach(async () => {
    // Durable, so that what was added before the kill is still there.
    own = await startRedis({ args: ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'] });
  });
  afterEach(() => own.stop());

  async function jobsAfterReturn(): Promise<number> {
    const jobs = new Queue(INVOICE_TRANSFER, { prefix: PREFIX, connection: { url: own.url } });
    const count = await jobs.getJobCountByTypes('prioritized', 'waiting');
    await jobs.close();
    return count;
  }

  async function rejectsInTime(call: Promise<unknown>): Promise<void> {
    const startedAt = performance.now();
    await expect(call).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  }

  test('a call rejects within two seconds and no ghost job is added when Redis comes back', async () => {
    const away = createProducer({ connection: own.url, prefix: PREFIX });
    expect((await away.sendInvoice(invoice({ id: '1' }))).added).toBe(true);
    await own.kill();
    await rejectsInTime(away.sendInvoice(invoice({ id: '2' })));
    await own.restart();
    // The same connection works again, so whatever it had kept would have been sent by now.
    expect((await away.sendInvoice(invoice({ id: '3' }))).added).toBe(true);
    expect(await jobsAfterReturn()).toBe(2);
    await away.close();
  });

  test('a producer made while Redis was away works once it is there', async () => {
    await own.kill();
    const early = createProducer({ connection: own.url, prefix: PREFIX });
    await rejectsInTime(early.sendInvoice(invoice({ id: '1' })));
    await own.restart();
    expect((await early.sendInvoice(invoice({ id: '2' }))).added).toBe(true);
    expect(await jobsAfterReturn()).toBe(1);
    await early.close();
  });

  test('a closed producer says so', async () => {
    const closed = createProducer({ connection: own.url, prefix: PREFIX });
    await closed.close();
    await expect(closed.sendInvoice(invoice())).rejects.toThrow('closed');
  });
});
