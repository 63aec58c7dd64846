/** In a Redis Cluster a script may touch the keys of one slot only: all of ours lie in it. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createOutstanding } from '../../src/store/outstanding.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { aShop } from '../support/builders.ts';
import { DEFAULT_TIMING } from '../support/memory-store.ts';
import { startRedis } from '../support/redis.ts';
import { silentLogger } from '../twentyfourseven/support.ts';
import { claimed, createIntent, KEY, leased, orderIntent } from './contract/harness.ts';

let redis: ThrowawayRedis;
let store: Store;

beforeAll(async () => {
  redis = await startRedis({
    args: ['--save', '', '--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'],
  });
  const node = new Redis(redis.url);
  await node.cluster('ADDSLOTSRANGE', 0, 16_383);
  while (!(await node.cluster('INFO')).includes('cluster_state:ok'));
  node.disconnect();
  const { hostname: host } = new URL(redis.url);
  store = openStore({
    redis: { kind: 'cluster', url: redis.url, nodes: [{ host, port: redis.port }] },
    prefix: '{sharefox24seven}',
    timing: DEFAULT_TIMING,
    quota: { pool: 'default', requestsPerHour: 7_200, requestsPerSecond: 20 },
    clock: systemClock,
    logger: silentLogger,
  });
});
afterAll(async () => {
  await store.close();
  await redis.stop();
});

it('every command of the store works in a Redis Cluster', async () => {
  const { shopId } = KEY;
  expect(await store.records.claim(KEY, 1)).toMatchObject({ reason: 'quiet' });
  await store.redis.hset(store.keys.epoch, 'quietUntil', Date.now());

  await store.shops.save(aShop({ shopId }));
  await store.shops.markVerified(shopId, { clientId: '501', identityId: 'i', verifiedAt: 'v' });
  await store.sessions.put('501', 'sealed');
  await store.facts.set('501', 'taxCodes', '[]');
  await store.shops.save(aShop({ shopId, accountName: 'Another AS' }));
  expect(await store.sessions.get('501')).toBeUndefined();
  expect(await store.shops.list()).toHaveLength(1);
  await store.sessions.drop('501', 'sealed');
  await store.sessions.unlock('501', (await store.sessions.lock('501', 1_000)) ?? '');

  const claim = await claimed(store);
  await store.records.note(claim, { state: 'preparing' }, { step: 'begin' });
  const lease = await leased(store);
  expect(await store.intents.write([orderIntent(claim), createIntent(lease)])).toEqual(['go', 'go']);
  await store.entities.free(lease, { id: 301, keys: ['a', 'b'] });
  await store.records.end(claim, {
    state: 'unresolved',
    requestId: 'r',
    code: 'order.vanished',
    message: 'm',
    trail: { step: 'unresolved' },
  });
  await store.records.refuse({ ...KEY, invoiceId: '2' }, 'r', 'shop.unknown', 'm');
  const result = { status: 'paid', detail: 'paid', orderId: 1, checkedAt: '2021-01-13T09:30:00Z' } as const;
  await store.events.paymentChecked(KEY, 'r', result);
  expect(await store.redis.xlen(store.keys.events)).toBe(3);

  await store.agenda.schedule(KEY, 'unresolved', -1, { countsAsLook: true });
  expect(await store.agenda.due(10, 1_000)).toEqual([KEY]);
  expect(await store.quota.take()).toBe(0);
  expect(await store.circuits.swap('service', undefined, 'open')).toBe(true);
  expect((await store.circuits.read(['service'])).states).toEqual(['open']);
  const outstanding = createOutstanding(store);
  await outstanding.raise(shopId);
  await outstanding.lower(shopId);
  await outstanding.replace(new Map([[shopId, 2]]));
  expect((await store.checkDurability()).problems).not.toEqual([]);
});
