/** With a replica that may take over, an intent counts only once the replica has it. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createProducer, INVOICE_TRANSFER, NotReplicated } from '../../src/producer.ts';
import { createKeys } from '../../src/store/keys.ts';
import { createReplicas } from '../../src/store/replicas.ts';
import type { Store } from '../../src/store/store.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { startRedis } from '../support/redis.ts';
import { claimed, createIntent, KEY, leased, orderIntent } from './contract/harness.ts';
import { openOn, PREFIX } from './support/redis-harness.ts';

const isBusy = (error: Error) => error.message.startsWith('BUSY');
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
    await replica.restart();
  });

  it('is held back by a replica that joined after the worker had started', async () => {
    const alone = await startRedis({ args: ['--save', '', '--repl-diskless-sync-delay', '0'] });
    let now = 0;
    const late = openOn(alone.url, { ...clock, monotonic: () => now });
    await late.records.claim(KEY, 1);
    await late.redis.hset(keys.epoch, 'quietUntil', Date.now());
    const intent = createIntent(await leased(late));
    expect(await late.intents.write([intent])).toEqual(['go']);
    const joining = await startRedis({
      args: ['--save', '', '--replicaof', '127.0.0.1', String(alone.port)],
    });
    while ((await late.redis.wait(1, 1_000)) < 1);
    now += 5_001;
    expect(await late.intents.write([intent])).toEqual(['go']);
    await joining.kill();
    expect(await late.intents.write([intent])).toEqual(['quiet']);
    await Promise.all([late.close(), joining.stop(), alone.stop()]);
  });
});

describe('a job that a producer adds where replicas stand by', () => {
  const invoice = (id: string) => anInvoiceInput({ invoice: { id } });

  it('counts as added once a replica has it; until then the call says so, and can be made again', async () => {
    const producer = createProducer({ connection: primary.url, prefix: PREFIX });
    await vi.waitUntil(async () => (await client.wait(1, 1_000)) === 1, { timeout: 20_000 });
    const first = await producer.sendInvoice(invoice('P1'));
    expect(first.added).toBe(true);

    // The replica stands still: connected, and deaf to what the primary tells it.
    const deaf = new Redis(replica.url);
    await deaf.config('SET', 'lua-time-limit', '50');
    const control = new Redis(replica.url);
    await control.ping();
    const asleep = deaf.eval('while true do end', 0).catch((error: Error) => error.message);
    await vi.waitUntil(() => control.ping().then(() => false, isBusy), { timeout: 20_000 });
    const calls = await Promise.allSettled(['P2', 'P3', 'P4'].map((id) => producer.sendInvoice(invoice(id))));
    const reasons = calls.map((call) => (call.status === 'rejected' ? call.reason : call.value));
    expect(reasons).toEqual([
      expect.any(NotReplicated),
      expect.any(NotReplicated),
      expect.any(NotReplicated),
    ]);
    await control.call('SCRIPT', 'KILL');
    expect(await asleep).toContain('killed');

    const { jobId } = reasons[0] as NotReplicated;
    expect(await producer.sendInvoice(invoice('P2'))).toEqual({ jobId, added: false });
    const job = await control.hgetall(`${PREFIX}:${INVOICE_TRANSFER}:${jobId}`);
    expect(job).toHaveProperty('data');
    deaf.disconnect();
    control.disconnect();
    await producer.close();
  });

  it('is added all the same where the login of the producer may not ask for replicas', async () => {
    await client.call('ACL', 'SETUSER', 'till', 'on', '>secret', '~*', '&*', '+@all', '-wait');
    const told: Error[] = [];
    const connection = { host: '127.0.0.1', port: primary.port, username: 'till', password: 'secret' };
    const onError = (error: Error) => told.push(error);
    const producer = createProducer({ connection, prefix: PREFIX, onError });
    expect(await producer.sendInvoice(invoice('P5'))).toMatchObject({ added: true });
    expect(told).toMatchObject([{ code: 'store.refused' }]);
    await producer.close();
  });
});

describe('a connection that is lost between a write and the wait for a replica', () => {
  it('changes nothing: the next one asks for all that the primary has, too', async () => {
    const writer = new Redis(primary.url);
    const replicas = createReplicas({ redis: writer, keys, areExpected: true, monotonic: () => 0 });
    await vi.waitUntil(() => replicas.haveAll(), { timeout: 20_000 });
    const copy = new Redis(replica.url);
    const [, pid] = /process_id:(\d+)/.exec(await copy.info('server')) ?? [];
    process.kill(Number(pid), 'SIGSTOP');
    try {
      await writer.set(`${PREFIX}:written`, '1');
      const again = once(writer, 'ready');
      await client.call('CLIENT', 'KILL', 'ID', await writer.client('ID'));
      await again;
      expect(await replicas.haveAll()).toBe(false);
    } finally {
      process.kill(Number(pid), 'SIGCONT');
      copy.disconnect();
      writer.disconnect();
    }
  });

  it('is no bug where it is cut in the middle of the wait', async () => {
    const cut = Object.assign(new Error('Command aborted due to connection close'), { name: 'AbortError' });
    const pipeline = { set: () => pipeline, call: () => pipeline, exec: async () => [[null, 0], [cut]] };
    const redis = { pipeline: () => pipeline } as unknown as Redis;
    const replicas = createReplicas({ redis, keys, areExpected: true, monotonic: () => 0 });
    expect(await replicas.haveAll()).toBe(false);
  });
});
