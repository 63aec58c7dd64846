/** What the Lua stands on: Redis' clock, numbers as digits, the epoch; and how scripts come into Redis. */
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeys } from '../../src/store/keys.ts';
import { createScripts } from '../../src/store/scripts.ts';
import { startRedis } from '../support/redis.ts';
import { claimed, createIntent, type Harness, KEY, leased, orderIntent } from './contract/harness.ts';
import { openOn, PREFIX, type RedisServer, startRedisServer } from './support/redis-harness.ts';

const keys = createKeys(PREFIX);
let server: RedisServer;
let h: Harness;

beforeAll(async () => {
  server = await startRedisServer();
});
beforeEach(async () => {
  h = await server.open();
});
afterEach(() => h.close());
afterAll(() => server.stop());

const runId = async () => /run_id:(\w+)/.exec(await server.client.info('server'))?.[1];

describe('the epoch', () => {
  it('is written down with the run of the server that made it', async () => {
    const { epoch } = await claimed(h.store);
    expect(await server.client.hgetall(keys.epoch)).toMatchObject({ id: epoch, runId: await runId() });
  });

  it('of another run of the server is replaced, although everything is still there', async () => {
    const before = await claimed(h.store);
    await server.client.hset(keys.epoch, 'runId', '0'.repeat(40));
    expect(await h.store.intents.write([orderIntent(before)])).toEqual(['stale']);
    const epoch = await server.client.hgetall(keys.epoch);
    expect(epoch.runId).toBe(await runId());
    expect(epoch.id).not.toBe(before.epoch);
    expect(Number(epoch.quietUntil)).toBeGreaterThan(Date.now() + h.timing.settleMs - 20_000);
  });

  it('is made once by many processes that all find it missing', async () => {
    await h.wipe();
    const waits = await Promise.all(
      [h.store, h.other, h.store].map(({ records }, i) => records.claim({ ...KEY, invoiceId: `${i}` }, 1)),
    );
    expect(waits.map((answer) => answer.kind === 'busy' && answer.reason)).toEqual([
      'quiet',
      'quiet',
      'quiet',
    ]);
    await h.elapse(h.timing.settleMs);
    const first = await claimed(h.store);
    await h.store.records.release(first);
    expect((await claimed(h.other)).epoch).toBe(first.epoch);
  });

  it('that is quiet lets no intent go, whatever claim it comes with', async () => {
    const claim = await claimed(h.store);
    await h.store.records.note(claim, { state: 'preparing' });
    const lease = await leased(h.store);
    await server.client.hset(keys.epoch, 'quietUntil', Date.now() + 60_000);
    const intents = [orderIntent(claim), createIntent(lease)];
    expect(await h.store.intents.write(intents)).toEqual(['quiet', 'quiet']);
    expect((await h.store.records.read(KEY))?.state).toBe('preparing');
    expect(await server.client.hexists(keys.createLease(lease.clientId, lease.kind), 'creatingSince')).toBe(
      0,
    );
  });
});

describe('the epoch where the service keeps what it acknowledged', () => {
  let kept: Harness;
  const name = 'worker';
  beforeEach(async () => {
    await server.client.call(
      'ACL',
      'SETUSER',
      name,
      'on',
      '>secret',
      '~*',
      '&*',
      '+@all',
      '-info',
      '-config',
    );
    kept = await server.open({ durability: 'service', login: `${name}:secret@` });
  });
  afterEach(() => kept.close());

  it('goes on where another process of the server answers, and asks for no INFO', async () => {
    const before = await claimed(kept.store);
    await server.client.hset(keys.epoch, 'runId', '0'.repeat(40));
    expect(await kept.store.intents.write([createIntent(await leased(kept.store))])).toEqual(['go']);
    await kept.store.records.release(before);
    expect((await claimed(kept.other)).epoch).toBe(before.epoch);
  });

  it('is new, and quiet, where everything is gone all the same', async () => {
    await kept.wipe();
    expect(await kept.store.records.claim(KEY, 1)).toMatchObject({ kind: 'busy', reason: 'quiet' });
  });

  it('is not believed by a worker for which the file counts', async () => {
    const before = await claimed(kept.store);
    expect(await h.store.records.claim(KEY, 1)).toMatchObject({ kind: 'busy', reason: 'quiet' });
    expect(await kept.store.intents.write([orderIntent(before)])).toEqual(['stale']);
  });
});

it('every number of ours is kept as plain digits', async () => {
  const claim = await claimed(h.store, 2_147_483_647);
  await h.store.records.note(claim, { state: 'preparing', orderId: 2_147_483_647 });
  await h.store.intents.write([orderIntent(claim, 2_147_483_647)]);
  await h.store.intents.write([createIntent(await leased(h.store))]);
  await h.store.quota.take();
  await h.store.quota.quarantine(12_345.6);
  const kept = await Promise.all([
    server.client.hmget(
      keys.record(KEY),
      ...['revision', 'acceptedAt', 'updatedAt', 'leaseUntil', 'sentAt', 'orderId'],
    ),
    server.client.hmget(keys.createLease('501', 'customer'), 'leaseUntil', 'creatingSince'),
    server.client.hmget(keys.epoch, 'quietUntil'),
    server.client.hmget(keys.quota('default'), 'at', 'quarantineUntil'),
    server.client.lrange(keys.quotaRecent('default'), 0, -1),
  ]);
  expect(kept.flat()).toHaveLength(12);
  for (const value of kept.flat()) expect(value).toMatch(/^\d+$/);
  expect(await server.client.hget(keys.quota('default'), 'tokens')).toMatch(/^\d+\.\d{9}$/);
});

it("by Redis' own clock, quiet times end and leases run out as long after as was said", async () => {
  await h.wipe();
  const store = openOn(server.url, h.clock, { timing: { settleMs: 150, leaseMs: 150 } });
  const waits: string[] = [];
  for (let taken = 0; taken < 2; ) {
    const answer = await store.records.claim(KEY, 1);
    if (answer.kind === 'claimed') taken += 1;
    else {
      expect(answer.waitMs).toBeLessThanOrEqual(150);
      waits.push(answer.reason);
      // A timer of Node's may fire a millisecond early.
      await wait(answer.waitMs + 2);
    }
  }
  await store.close();
  // No more than these: what was said was enough. A machine that stood still may have met none of them.
  expect(['quiet leased', 'quiet', 'leased', '']).toContain(waits.join(' '));
});

describe('scripts', () => {
  it('run again after Redis has forgotten them', async () => {
    const claim = await claimed(h.store);
    await server.client.script('FLUSH');
    await h.store.records.renew(claim);
    await server.client.script('FLUSH');
    await h.store.records.end(claim, {
      state: 'rejected',
      requestId: 'r',
      code: 'vat.not_found',
      message: 'm',
      trail: { step: 'x' },
    });
    expect(await h.events()).toHaveLength(1);
  });

  /** Scripts on a connection that notes how they were sent. */
  function spiedScripts() {
    const sent: string[] = [];
    const redis = new Redis(server.url);
    const spy = new Proxy(redis, {
      get(target, name) {
        if (name === 'eval' || name === 'evalsha') sent.push(name);
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return { scripts: createScripts(spy), sent, close: () => redis.disconnect() };
  }
  const QUOTA_KEYS = [keys.quota('x'), keys.quotaRecent('x')];
  const QUOTA_ARGS = [40, 0.002, 20, 10, 0];

  it('are sent as a whole once, then by their hash', async () => {
    await server.client.script('FLUSH');
    const { scripts, sent, close } = spiedScripts();
    for (let i = 0; i < 3; i += 1) await scripts.run('quota', QUOTA_KEYS, QUOTA_ARGS);
    close();
    expect(sent).toEqual(['evalsha', 'eval', 'evalsha', 'evalsha']);
  });

  it('that break say so, and are not sent a second time', async () => {
    const { scripts, sent, close } = spiedScripts();
    await scripts.run('quota', QUOTA_KEYS, QUOTA_ARGS);
    sent.length = 0;
    await server.client.del(...QUOTA_KEYS);
    await server.client.set(QUOTA_KEYS[0] ?? '', 'not a hash');
    await expect(scripts.run('quota', QUOTA_KEYS, QUOTA_ARGS)).rejects.toThrow(/WRONGTYPE/);
    close();
    expect(sent).toEqual(['evalsha']);
  });
});

it('a Redis that came back with older data refuses claims that data shows as held', async () => {
  // Snapshots only: what came after the last one is lost with the process.
  const redis = await startRedis({ args: ['--save', '', '--appendonly', 'no'] });
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  client.on('error', () => undefined);
  const store = openOn(redis.url, h.clock);
  try {
    await store.records.claim(KEY, 1);
    await client.hset(keys.epoch, 'quietUntil', Date.now());
    const claim = await claimed(store);
    await store.records.note(claim, { state: 'preparing' });
    await client.save();
    expect(await store.intents.write([orderIntent(claim)])).toEqual(['go']);
    await redis.kill('SIGKILL');
    await redis.restart();
    expect(await client.hmget(keys.record(KEY), 'fence', 'epoch', 'state')).toEqual([
      claim.fence,
      claim.epoch,
      'preparing',
    ]);
    expect(await store.intents.write([orderIntent(claim)])).toEqual(['stale']);
    await expect(store.records.note(claim, {})).rejects.toThrow();
    expect(await store.records.claim(KEY, 1)).toMatchObject({ reason: 'quiet' });
  } finally {
    await store.close();
    client.disconnect();
    await redis.stop();
  }
});
