import { afterEach, describe, expect, it } from 'vitest';
import { freePort, type ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import type { Logger } from '../../src/logger.ts';
import { connectRedis, type RedisClient } from '../../src/store/connection.ts';
import { startRedis } from '../support/redis.ts';
import { silentLogger } from '../twentyfourseven/support.ts';

let redis: ThrowawayRedis | undefined;
let client: RedisClient | undefined;
afterEach(async () => {
  client?.disconnect();
  await redis?.stop();
  redis = undefined;
});

describe('the connection to Redis', () => {
  it('takes user, password with any sign in it, and database from the URL', async () => {
    redis = await startRedis({
      args: ['--save', '', '--user', 'worker', 'on', '>p@ss:/w%rd', '~*', '&*', '+@all'],
    });
    const login = `worker:${encodeURIComponent('p@ss:/w%rd')}`;
    client = connectRedis(
      { kind: 'single', url: `redis://${login}@127.0.0.1:${redis.port}/3` },
      silentLogger,
    );
    expect(await client.call('ACL', 'WHOAMI')).toBe('worker');
    expect(await client.client('INFO')).toMatch(/ db=3 /);
  });

  it('waits for a Redis that is away, says so without the password, and goes on when it is back', async () => {
    redis = await startRedis({ args: ['--save', '', '--requirepass', 'secret-password'] });
    const warned: unknown[] = [];
    const logger: Logger = { ...silentLogger, warn: (...said) => warned.push(said) };
    client = connectRedis(
      { kind: 'single', url: `redis://:secret-password@127.0.0.1:${redis.port}` },
      logger,
    );
    await redis.kill();
    const answer = client.set('key', 'value');
    while (warned.length < 2) await new Promise((resolve) => client?.once('error', resolve));
    await redis.restart();
    expect(await answer).toBe('OK');
    expect(JSON.stringify(warned)).toContain('redis connection failed');
    expect(JSON.stringify(warned)).not.toContain('secret-password');
  });

  it('to a Redis that was never there waits as well, until it is given up', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    client = connectRedis({ kind: 'single', url }, silentLogger);
    const answer = client.ping();
    await new Promise((resolve) => client?.once('error', resolve));
    client.disconnect();
    await expect(answer).rejects.toThrow(/closed/i);
  });
});
