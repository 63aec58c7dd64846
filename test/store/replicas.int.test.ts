/** With a replica that may take over, an intent counts only once the replica has it. */
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createKeys } from '../../src/store/keys.ts';
import type { Store } from '../../src/store/store.ts';
import { startRedis } from '../support/redis.ts';
import { claimed, createIntent, KEY, leased, orderIntent } from './contract/harness.ts';
import { openOn, PREFIX } from './support/redis-harness.ts';

const keys = createKeys(PREFIX);
const clock = { now: Date.now, monotonic: () => 0, sleep: (ms: number) => wait(ms) };
let primary: ThrowawayRedis;
let replica: ThrowawayRedis;
let client: Redis;
let store: Store;

beforeAll(async () => {
  primary = await startRedis({ args: ['--save', '', '--repl-diskless-sync-delay', '0'] });
  replica = await startRedis({ args: ['--save', '', '--replicaof', '127.0.0.1', String(primary.port)] });
  client = new Redis(primary.url);
  store = openOn(primary.url, clock);
  await store.records.claim(KEY, 1);
  await client.hset(keys.epoch, 'quietUntil', Date.now());
  while ((await client.wait(1, 1_000)) < 1);
});
afterAll(async () => {
  client.disconnect();
  await store.close();
  await replica.stop();
  await primary.stop();
});

describe('an intent where replicas stand by', () => {
  it('goes once a replica has it; without one it does not go, and says to ask again later', async () => {
    expect((await store.checkDurability()).replicas).toBe(1);
    const claim = await claimed(store);
    await store.records.note(claim, { state: 'preparing' });
    const intents = [
      orderIntent(claim),
      createIntent(await leased(store)),
      { ...orderIntent(claim), fence: 'x' },
    ];
    expect(await store.intents.write(intents)).toEqual(['go', 'go', 'stale']);
    const copy = new Redis(replica.url);
    expect(await copy.hget(keys.record(KEY), 'state')).toBe('sending');
    copy.disconnect();

    await replica.kill();
    expect(await store.intents.write(intents)).toEqual(['quiet', 'quiet', 'stale']);
    // A replica that was there once is missed until it is back.
    expect((await store.checkDurability()).replicas).toBe(0);
    expect(await store.intents.write(intents)).toEqual(['quiet', 'quiet', 'stale']);
  });
});
