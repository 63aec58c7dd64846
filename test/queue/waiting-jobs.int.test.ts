import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { findWaitingJobs } from '../../src/queue/waiting-jobs.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { startRedis } from '../support/redis.ts';

let server: ThrowawayRedis;
let redis: Redis;
let queue: Queue;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  queue = new Queue('invoice-transfer', { prefix: '{waiting}', connection: { url: server.url } });
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  await queue.close();
  redis.disconnect();
  await server.stop();
});

const invoice = (id: string, shopId = 'acme.mysharefox.com') => anInvoiceInput({ shopId, invoice: { id } });
const find = (id: string, shopId?: string) => findWaitingJobs({ queue, redis }, id, shopId);

test.each([
  ['waiting', {}],
  ['prioritized', { priority: 7 }],
  ['delayed', { delay: 60_000 }],
] as const)('a %s job is found by its invoice, and says what it waits for', async (state, options) => {
  const job = await queue.add('invoice-transfer', invoice('W1'), options);
  await job.updateProgress({ waitsFor: 'transfer.settling', attempts: 0, since: 1 });
  await queue.add('invoice-transfer', invoice('W10'), options);
  expect(await find('W1')).toEqual({
    jobs: [
      {
        key: { shopId: 'acme.mysharefox.com', invoiceId: 'W1' },
        jobId: job.id,
        state,
        waitsFor: 'transfer.settling',
        addedAt: job.timestamp,
      },
    ],
    total: 2,
    looked: 2,
  });
});

test('another shop’s job is not found', async () => {
  await queue.add('invoice-transfer', invoice('W1', 'other.mysharefox.com'));
  expect((await find('W1', 'acme.mysharefox.com')).jobs).toEqual([]);
  expect((await find('W1')).jobs).toHaveLength(1);
});

test('of very many jobs 1,000 are searched, and the answer says so', async () => {
  const old = { name: 'invoice-transfer', data: invoice('OLD'), opts: { priority: 1 } };
  const others = Array.from({ length: 1_000 }, (_, index) => ({
    name: 'invoice-transfer',
    data: invoice(`X${index}`),
    opts: { priority: 2 + index },
  }));
  await queue.addBulk([old, ...others]);
  expect(await find('OLD')).toEqual({ jobs: [], total: 1_001, looked: 1_000 });
  expect((await find('X999')).jobs).toHaveLength(1);
});
