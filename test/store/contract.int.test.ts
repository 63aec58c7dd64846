import { afterAll, beforeAll, describe } from 'vitest';
import { storeContract } from './contract/all.ts';
import { type RedisServer, startRedisServer } from './support/redis-harness.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

describe('the store in Redis', () => storeContract((options) => server.open(options)));
