import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { INVOICE_TRANSFER, STATUS_CHECK } from '../../src/contract/jobs.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createOutstanding, type Outstanding } from '../../src/queue/outstanding.ts';
import { createKeys } from '../../src/store/keys.ts';
import { startRedis } from '../support/redis.ts';

const keys = createKeys('{outstanding-test}');
const KEY = keys.outstandingOf(INVOICE_TRANSFER);
let server: ThrowawayRedis;
let redis: Redis;
let outstanding: Outstanding;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  outstanding = createOutstanding({ redis, keys });
});
beforeEach(async () => {
  await redis.flushall();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const counts = () => redis.hgetall(KEY);

describe("a shop's jobs under way", () => {
  it('are counted up and down, each shop by itself', async () => {
    expect([
      await outstanding.raise('a'),
      await outstanding.raise('a'),
      await outstanding.raise('b'),
    ]).toEqual([1, 2, 1]);
    await outstanding.lower('a');
    expect(await counts()).toEqual({ a: '1', b: '1' });
  });

  it('leave no trace once all have ended', async () => {
    await outstanding.raise('a');
    await outstanding.lower('a');
    expect(await counts()).toEqual({});
  });

  it('never fall below zero: a job of a producer that did not count lends the shop no advantage', async () => {
    await outstanding.lower('a');
    await outstanding.lower('a');
    expect(await outstanding.raise('a')).toBe(1);
  });

  it('come right again where a lost count had made them negative', async () => {
    await redis.hset(KEY, 'a', -3);
    await outstanding.lower('a');
    expect(await counts()).toEqual({});
  });

  it('of one queue are not those of the other: status checks push no invoice back', async () => {
    const checks = createOutstanding({ redis, keys }, STATUS_CHECK);
    for (let check = 0; check < 3; check += 1) await checks.raise('a');
    expect(await outstanding.raise('a')).toBe(1);
    await checks.lower('a');
    expect(await counts()).toEqual({ a: '1' });
  });

  describe('counted anew', () => {
    it('are what was counted, and shops without any are gone', async () => {
      await redis.hset(KEY, { gone: 7, rubbish: 'x', low: 1 });
      await outstanding.finish({ ...(await outstanding.recount()), counted: { low: 3 } });
      expect(await counts()).toEqual({ low: '3' });
      await outstanding.finish({ ...(await outstanding.recount()), counted: {} });
      expect(await counts()).toEqual({});
    });

    it('a piece at a time, whichever process has the next: what is raised and lowered meanwhile stays', async () => {
      await redis.hset(KEY, { a: 9, b: 2 });
      const begun = await outstanding.recount();
      expect(begun).toEqual({ at: 0, before: { a: 9, b: 2 }, counted: {} });
      await outstanding.putAside({ ...begun, at: 5, counted: { a: 5, b: 2 } });
      await outstanding.raise('a');
      await outstanding.raise('c');
      await outstanding.lower('b');
      const other = createOutstanding({ redis, keys });
      expect(await other.recount()).toMatchObject({ at: 5, counted: { a: 5, b: 2 } });
      await other.finish(await other.recount());
      expect(await counts()).toEqual({ a: '6', b: '1', c: '1' });
      expect((await outstanding.recount()).at).toBe(0);
    });
  });
});
