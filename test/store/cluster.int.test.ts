/**
 * In a Redis Cluster a script may touch the keys of one slot only, so all of ours lie in one; and a command
 * without a key goes to any node, which need not be ours.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createOutstanding } from '../../src/queue/outstanding.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { aShop } from '../support/builders.ts';
import { DEFAULT_TIMING } from '../support/memory-store.ts';
import { startRedis } from '../support/redis.ts';
import { silentLogger } from '../twentyfourseven/support.ts';
import { claimed, createIntent, KEY, leased, orderIntent } from './contract/harness.ts';

const ARGS = ['--save', '', '--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];
/** Slot 13081: on the second node. */
const PREFIX = '{sharefox24seven}';

/** An empty node, ours, and a replica of ours. */
let nodes: ThrowawayRedis[];
let store: Store;

beforeAll(async () => {
  nodes = await Promise.all([0, 1, 2].map(() => startRedis({ args: ARGS })));
  await formCluster(nodes.map(({ url }) => new Redis(url)));
  store = openStore({
    redis: {
      kind: 'cluster',
      url: 'redis://127.0.0.1',
      nodes: nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    },
    prefix: PREFIX,
    timing: DEFAULT_TIMING,
    quota: { pool: 'default', requestsPerHour: 7_200, requestsPerSecond: 20 },
    clock: systemClock,
    logger: silentLogger,
  });
  expect(await store.records.claim(KEY, 1)).toMatchObject({ reason: 'quiet' });
  await store.redis.hset(store.keys.epoch, 'quietUntil', Date.now());
}, 60_000);
afterAll(async () => {
  await store.close();
  for (const node of nodes) await node.stop();
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(20);
}

async function formCluster(clients: Redis[]): Promise<void> {
  const [empty, ours, replica] = clients as [Redis, Redis, Redis];
  await empty.cluster('ADDSLOTSRANGE', 0, 8_191);
  await ours.cluster('ADDSLOTSRANGE', 8_192, 16_383);
  for (const node of [empty, replica]) {
    await node.cluster('MEET', '127.0.0.1', Number(ours.options.port));
  }
  const oursId = await ours.cluster('MYID');
  // Refused until the nodes know each other.
  const isReplica = () => replica.cluster('REPLICATE', oursId).then(Boolean, () => false);
  await until(isReplica);
  for (const node of clients) {
    await until(async () => (await node.cluster('INFO')).includes('cluster_state:ok'));
  }
  await until(async () => (await ours.info('replication')).includes('state=online'));
  for (const node of clients) node.disconnect();
}

it('every command of the store works in a Redis Cluster', async () => {
  const { shopId } = KEY;
  await store.shops.save(aShop({ shopId }));
  const verified = { clientId: '501', identityId: 'i', verifiedAt: 'v' };
  expect(await store.shops.markVerified(shopId, verified, aShop({ shopId }))).toBe(true);
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
  await store.entities.free(lease, 'settled');
  await store.entities.remember(lease.clientId, lease.kind, 301, ['a', 'b']);
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
  const rows = await store.lists.rows([KEY, { ...KEY, invoiceId: '2' }, { ...KEY, invoiceId: 'unknown' }]);
  expect(rows.map(({ state }) => state)).toEqual(['unresolved', 'rejected']);
  expect(await store.lists.page('rejected', 0, 10)).toMatchObject({
    total: 1,
    rows: [{ code: 'shop.unknown' }],
  });

  await store.agenda.schedule(KEY, 'unresolved', -1, { countsAsLook: true });
  expect(await store.agenda.due(10, 1_000)).toEqual([KEY]);
  expect(await store.quota.take()).toBe(0);
  expect(await store.circuits.swap('service', undefined, 'open')).toBe(true);
  expect((await store.circuits.read(['service'])).states).toEqual(['open']);
  const outstanding = createOutstanding(store);
  await outstanding.raise(shopId);
  await outstanding.lower(shopId);
  await outstanding.putAside({ at: 1, before: {}, counted: { [shopId]: 2 } });
  await outstanding.finish(await outstanding.recount());
});

it('durability is asked of the node that holds our keys, and its replica is the one that counts', async () => {
  const key = { ...KEY, invoiceId: 'replicated' };
  const answer = await store.records.claim(key, 1);
  if (answer.kind !== 'claimed') throw new Error(answer.reason);
  await store.records.note(answer.claim, { state: 'preparing' });
  for (let i = 0; i < 10; i += 1) {
    expect((await store.checkDurability()).replicas).toBe(1);
    expect(await store.intents.write([orderIntent(answer.claim)])).toEqual(['go']);
  }
});
