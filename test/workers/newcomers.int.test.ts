/** A single invoice of another shop begins although one shop's burst holds every slot it can have. */
import { type Job, Queue } from 'bullmq';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { INVOICE_TRANSFER } from '../../src/contract/jobs.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { type JobWorker, startWorker } from '../../workers/queue-worker.ts';
import { quietLogger } from '../support/product.ts';
import { startRedis } from '../support/redis.ts';

const PREFIX = '{newcomers}';
const SLOTS = 20;
/** One in ten is kept for shops with few jobs in flight. */
const OF_BURST = 18;

let redis: ThrowawayRedis;
let queue: Queue;
let worker: JobWorker;

/** Jobs in flight: they stay so until they are let go. */
const held = new Map<string, { shop: string; letGo: () => void }>();
let most = 0;
let onChange: () => void = () => undefined;

function hold(job: Job): Promise<void> {
  const id = job.id ?? '';
  return new Promise<void>((letGo) => {
    held.set(id, { shop: job.data.shopId, letGo });
    most = Math.max(most, held.size);
    onChange();
  }).finally(() => held.delete(id));
}

const inFlight = (shop: string) => [...held.values()].filter((each) => each.shop === shop).length;

function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    onChange = () => {
      if (isSo()) resolve();
    };
    onChange();
  });
}

beforeAll(async () => {
  redis = await startRedis();
  queue = new Queue(INVOICE_TRANSFER, { connection: { url: redis.url }, prefix: PREFIX });
  worker = startWorker({
    queue,
    processor: hold,
    slots: { from: SLOTS, upTo: SLOTS, keepsSome: true },
    redis: { kind: 'single', url: redis.url },
    prefix: PREFIX,
    leaseMs: 30_000,
    outstanding: { raise: async () => 1, lower: async () => undefined },
    clock: systemClock,
    logger: quietLogger(),
  });
});
afterAll(async () => {
  await queue.obliterate({ force: true });
  for (const { letGo } of held.values()) letGo();
  await worker.stop(10_000);
  await queue.close();
  await redis.stop();
});

const add = (shopId: string, priority: number) => queue.add(INVOICE_TRANSFER, { shopId }, { priority });

it('and the next waits where every slot is taken', async () => {
  for (let job = 1; job <= 60; job += 1) await add('burst.example', job);
  await until(() => inFlight('burst.example') === OF_BURST);
  for (const shop of ['first.example', 'second.example']) {
    await add(shop, 1);
    await until(() => inFlight(shop) === 1);
  }
  expect(held.size).toBe(SLOTS);
  await add('third.example', 1);
  const begun = until(() => inFlight('third.example') === 1);
  for (const { shop, letGo } of [...held.values()]) if (shop !== 'burst.example') letGo();
  await begun;
  expect(inFlight('burst.example')).toBe(OF_BURST);
  expect(most).toBe(SLOTS);
});
