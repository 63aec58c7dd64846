/** Counts per hour on a real Redis: of several processes together, and gone after two days. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Buckets, createBuckets, HOURS_KEPT, LATENCY_BOUNDS_MS } from '../../src/store/buckets.ts';
import { createKeys } from '../../src/store/keys.ts';
import { aManualClock } from '../support/fake-clock.ts';
import { startRedis } from '../support/redis.ts';
import { silentLogger } from '../twentyfourseven/support.ts';

const HOUR_MS = 3_600_000;
/** Half past nine. */
const START = Date.UTC(2021, 0, 13, 9, 30);

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
const keys = createKeys('{buckets}');

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** As one process has them. */
const aProcess = (clock = aManualClock(START), pool = 'default', client: Redis = redis): Buckets =>
  createBuckets({ redis: client, keys, clock, logger: silentLogger, pool });

test('what two processes counted is one figure', async () => {
  const [one, other] = [aProcess(), aProcess()];
  one.ended('created');
  one.ended('rejected');
  other.ended('created');
  one.requested();
  other.requested();
  await Promise.all([one.flush(), other.flush()]);
  const hours = await other.read();
  expect(hours).toHaveLength(HOURS_KEPT);
  const { startsAt, ended, requests } = hours.at(-1) ?? {};
  expect(startsAt).toBe(Date.UTC(2021, 0, 13, 9));
  expect(ended).toEqual({ created: 2, rejected: 1 });
  expect(requests).toEqual([0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0]);
  expect(hours.slice(0, -1).every(({ ended: before }) => Object.keys(before).length === 0)).toBe(true);
});

test('each hour has its own counts, also those gathered before it began', async () => {
  const clock = aManualClock(START);
  const buckets = aProcess(clock);
  buckets.ended('created');
  clock.advance(HOUR_MS);
  buckets.ended('adopted');
  await buckets.flush();
  const hours = await buckets.read(3);
  expect(hours.map(({ ended }) => ended)).toEqual([{}, { created: 1 }, { adopted: 1 }]);
});

test('a latency counts where it belongs, at the bound and above the last one', async () => {
  const buckets = aProcess();
  for (const ms of [0, 500, 501, 1_000, (LATENCY_BOUNDS_MS.at(-1) ?? 0) + 1]) buckets.ordered(ms);
  await buckets.flush();
  const [hour] = await buckets.read(1);
  expect(hour?.took.slice(0, 3)).toEqual([2, 2, 0]);
  expect(hour?.took.at(-1)).toBe(1);
  expect(hour?.took).toHaveLength(LATENCY_BOUNDS_MS.length + 1);
});

test('requests of another quota pool are not counted into ours', async () => {
  const [ours, theirs] = [aProcess(), aProcess(aManualClock(START), 'elsewhere')];
  ours.requested();
  theirs.requested();
  theirs.requested();
  await Promise.all([ours.flush(), theirs.flush()]);
  expect((await ours.read(1))[0]?.requests[6]).toBe(1);
  expect((await theirs.read(1))[0]?.requests[6]).toBe(2);
});

test('many counts are one write, a few seconds later, and nothing is written while nothing happens', async () => {
  const clock = aManualClock(START);
  const buckets = aProcess(clock);
  for (let i = 0; i < 1_000; i += 1) buckets.ended('created');
  expect(clock.sleepers()).toBe(1);
  expect(await redis.exists(keys.hour(START / HOUR_MS - 0.5))).toBe(0);
  await clock.pass(5_000);
  // Behind the write of the timer, which it shares the queue with.
  await buckets.flush();
  expect((await buckets.read(1))[0]?.ended).toEqual({ created: 1_000 });
  expect(clock.sleepers()).toBe(0);
  expect(await redis.dbsize()).toBe(1);
});

test('an hour expires by itself, after it has left the page', async () => {
  const buckets = aProcess();
  buckets.ended('created');
  await buckets.flush();
  const [name = ''] = await redis.keys('*');
  const leftMs = await redis.pttl(name);
  expect(leftMs).toBeGreaterThan(HOURS_KEPT * HOUR_MS);
  expect(leftMs).toBeLessThanOrEqual((HOURS_KEPT + 3) * HOUR_MS);
  await redis.pexpire(name, 1);
  await expect.poll(() => redis.exists(name)).toBe(0);
  expect((await buckets.read(1))[0]?.ended).toEqual({});
});

test('counts go on after a write that Redis refused, and a worker is told nothing of it', async () => {
  const buckets = aProcess();
  const hour = keys.hour(Math.floor(START / HOUR_MS));
  await redis.set(hour, 'not a hash');
  buckets.ended('created');
  await buckets.flush();
  await redis.del(hour);
  buckets.ended('created');
  await buckets.flush();
  expect((await buckets.read(1))[0]?.ended).toEqual({ created: 1 });
});

test('a process that stops writes its last counts, and its timer is gone', async () => {
  const clock = aManualClock(START);
  const buckets = aProcess(clock);
  buckets.ended('created');
  await buckets.close();
  expect(clock.sleepers()).toBe(0);
  expect((await buckets.read(1))[0]?.ended).toEqual({ created: 1 });
});

test('while Redis is away, one write waits and the rest is gathered for the next', async () => {
  const away = new Redis(server.url, { lazyConnect: true, maxRetriesPerRequest: null });
  const clock = aManualClock(START);
  const buckets = aProcess(clock, 'default', away);
  let letIn = () => {};
  const reachable = new Promise<void>((resolve) => {
    letIn = resolve;
  });
  const pipeline = away.pipeline.bind(away);
  let begun = 0;
  away.pipeline = (() => {
    begun += 1;
    const made = pipeline();
    const exec = made.exec.bind(made);
    made.exec = (async () => {
      await reachable;
      return exec();
    }) as typeof made.exec;
    return made;
  }) as typeof away.pipeline;
  for (let i = 0; i < 10; i += 1) {
    buckets.ended('created');
    await clock.pass(5_000);
  }
  expect(begun).toBe(1);
  letIn();
  await buckets.flush();
  expect((await buckets.read(1))[0]?.ended).toEqual({ created: 10 });
  expect(begun).toBeLessThanOrEqual(3);
  away.disconnect();
});
