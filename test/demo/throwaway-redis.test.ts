import { afterEach, expect, test, vi } from 'vitest';
import { NoRedis, startRedis } from '../../src/demo/throwaway-redis.ts';

vi.mock('testcontainers', () => {
  throw new Error('no container engine here');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test('without a Redis server and a container engine, one line says what to install', async () => {
  vi.stubEnv('PATH', '');
  const failure = await startRedis().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NoRedis);
  expect((failure as NoRedis).message).toMatch(/^[^\n]*install redis-server[^\n]*$/);
});
