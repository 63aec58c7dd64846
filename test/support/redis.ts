import { Redis } from 'ioredis';
import { startRedis as startOwnRedis, type ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';

/** The Redis in TEST_REDIS_URL if set (it cannot be killed), else our own server on a free port. */
export async function startRedis(options: { args?: string[] } = {}): Promise<ThrowawayRedis> {
  const given = process.env.TEST_REDIS_URL;
  if (given === undefined || options.args !== undefined) return startOwnRedis(options);
  const client = new Redis(given);
  await client.flushall();
  client.disconnect();
  const cannot = () => Promise.reject(new Error('the Redis in TEST_REDIS_URL is not ours to kill'));
  return {
    url: given,
    port: Number(new URL(given).port || 6379),
    kill: cannot,
    restart: cannot,
    stop: async () => undefined,
  };
}
