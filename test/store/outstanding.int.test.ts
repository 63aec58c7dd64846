import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createOutstanding, type Outstanding } from '../../src/store/outstanding.ts';
import { startRedis } from '../support/redis.ts';

const keys = createKeys('{outstanding-test}');
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

const counts = () => redis.hgetall(keys.outstanding);

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
    await redis.hset(keys.outstanding, 'a', -3);
    await outstanding.lower('a');
    expect(await counts()).toEqual({});
  });

  it('counted anew are what was counted, and shops without any are gone', async () => {
    await outstanding.raise('gone');
    await outstanding.replace(new Map([['a', 3]]));
    expect(await counts()).toEqual({ a: '3' });
    await outstanding.replace(new Map());
    expect(await counts()).toEqual({});
  });
});
