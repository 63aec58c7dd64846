/** A shop whose producer sets no priority does not stand before all others until its last job. */
import { type Job, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { INVOICE_TRANSFER } from '../../src/contract/jobs.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createOutstanding, type Outstanding } from '../../src/queue/outstanding.ts';
import { recountOutstanding } from '../../src/queue/recount.ts';
import { createKeys } from '../../src/store/keys.ts';
import { type JobWorker, startWorker } from '../../workers/queue-worker.ts';
import { quietLogger } from '../support/product.ts';
import { startRedis } from '../support/redis.ts';

const PREFIX = '{priorities}';
const FLOOD = 10_000;
const SLOTS = 20;
const keys = createKeys(PREFIX);
const key = keys.outstandingOf(INVOICE_TRANSFER);

let redis: ThrowawayRedis;
let client: Redis;
let queue: Queue;
let outstanding: Outstanding;
let worker: JobWorker;
const begun: string[] = [];
let letGo: () => void = () => undefined;
const held = new Promise<void>((resolve) => {
  letGo = resolve;
});
let onSmall: () => void = () => undefined;
const small = new Promise<void>((resolve) => {
  onSmall = resolve;
});

async function hold(job: Job): Promise<void> {
  begun.push(job.data.shopId);
  if (job.data.shopId === 'small.example') onSmall();
  await held;
}

beforeAll(async () => {
  redis = await startRedis();
  queue = new Queue(INVOICE_TRANSFER, { connection: { url: redis.url }, prefix: PREFIX });
  client = new Redis(redis.url);
  outstanding = createOutstanding({ redis: client, keys });
});
afterAll(async () => {
  letGo();
  await worker.stop(10_000);
  await queue.close();
  client.disconnect();
  await redis.stop();
});

const addFlood = async (count: number) => {
  for (let job = 0; job < count; job += 1_000) {
    const jobs = Array.from({ length: 1_000 }, (_, n) => ({
      name: INVOICE_TRANSFER,
      data: { shopId: 'flood.example', n: job + n },
    }));
    await queue.addBulk(jobs);
  }
};

it('10,000 jobs of one shop without a priority: another shop’s single job begins at once', async () => {
  await addFlood(FLOOD);
  await queue.add(INVOICE_TRANSFER, { shopId: 'small.example' }, { priority: 1 });
  worker = startWorker({
    queue,
    processor: hold,
    slots: { from: SLOTS, upTo: SLOTS, keepsSome: true },
    redis: { kind: 'single', url: redis.url },
    prefix: PREFIX,
    leaseMs: 30_000,
    outstanding,
    clock: systemClock,
    logger: quietLogger(),
  });
  // Those of the flood never end, so that only a place before them lets it begin.
  await small;
  expect(begun.length).toBeLessThanOrEqual(SLOTS);
  await expect.poll(() => queue.getJobCountByTypes('waiting'), { timeout: 30_000 }).toBe(0);
  const [first, second] = await queue.getJobs(['prioritized'], 0, 1, true);
  expect([first?.data.n, second?.data.n]).toEqual([begun.length - 1, begun.length]);
});

it('more jobs than one sweep reads are counted anew all the same, in several', async () => {
  await client.hset(key, { 'flood.example': 3, 'ghost.example': 5 });
  let sweeps = 0;
  do {
    await recountOutstanding(queue, outstanding);
    sweeps += 1;
    await outstanding.raise('small.example');
  } while ((await outstanding.recount()).at > 0);
  expect(sweeps).toBeGreaterThan(5);
  expect(await client.hgetall(key)).toEqual({
    'flood.example': String(FLOOD),
    'small.example': String(sweeps + 1),
  });
});
