/** The connection is lost after Redis has done what was asked: the client asks the same again. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { claimed, createIntent, type Harness, KEY, leased, orderIntent } from './contract/harness.ts';
import { type LossyProxy, startLossyProxy } from './support/lossy-proxy.ts';
import { openOn, type RedisServer, startRedisServer } from './support/redis-harness.ts';

let server: RedisServer;
let proxy: LossyProxy;
let h: Harness;
let store: Store;

beforeAll(async () => {
  server = await startRedisServer();
  proxy = await startLossyProxy(server.port);
});
beforeEach(async () => {
  h = await server.open();
  store = openOn(proxy.url, h.clock);
  // Scripts known and connection up: the next answer is the one that counts.
  await store.shops.list();
  await h.store.intents.write([]);
});
afterEach(async () => {
  await store.close();
  await h.close();
});
afterAll(async () => {
  proxy.stop();
  await server.stop();
});

/** Ask, lose the answer, and be answered the second time. */
async function withLostAnswer<T>(ask: () => Promise<T>): Promise<T> {
  const lostBefore = proxy.lost();
  proxy.loseNextAnswer();
  const answer = await ask();
  expect(proxy.lost()).toBe(lostBefore + 1);
  return answer;
}

const END = {
  requestId: 'request-1',
  code: 'vat.not_found',
  message: 'm',
  trail: { step: 'rejected' },
} as const;

describe('asked twice because the first answer was lost', () => {
  it('a claim is ours, not found taken by ourselves', async () => {
    await h.store.records.release(await claimed(h.store));
    const claim = await withLostAnswer(() => claimed(store));
    await store.records.note(claim, { attempts: 1 });
    expect((await h.other.records.claim(KEY, 1)).kind).toBe('busy');
  });

  it('a create lease is ours', async () => {
    await h.store.entities.free(await leased(h.store), 'settled');
    const lease = await withLostAnswer(() => leased(store));
    await store.entities.renewLease(lease);
    expect((await h.other.entities.lease(lease.clientId, lease.kind)).kind).toBe('busy');
  });

  it('an end stands, with one event and one memory of the click', async () => {
    await h.store.records.release(await claimed(h.store));
    const claim = await claimed(store);
    await withLostAnswer(() => store.records.end(claim, { ...END, state: 'rejected' }));
    expect(await h.events()).toHaveLength(1);
    expect((await h.store.records.read(KEY))?.ended).toHaveLength(1);
    expect((await h.other.records.claim(KEY, 1)).kind).toBe('claimed');
  });

  it('a claim given back is given back', async () => {
    await h.store.records.release(await claimed(h.store));
    const claim = await claimed(store);
    await withLostAnswer(() => store.records.release(claim, { attempts: 3 }));
    expect((await claimed(h.other)).record.attempts).toBe(3);
  });

  it('intents go', async () => {
    const lease = await leased(h.store);
    const claim = await claimed(h.store);
    await h.store.records.note(claim, { state: 'preparing' });
    await h.store.intents.write([createIntent(lease)]);
    const intents = [orderIntent(claim), createIntent(lease)];
    expect(await withLostAnswer(() => store.intents.write(intents))).toEqual(['go', 'go']);
  });

  it('a refusal is told once', async () => {
    await h.store.records.refuse({ ...KEY, invoiceId: 'other' }, 'r', 'shop.unknown', 'm');
    const told = await withLostAnswer(() => store.records.refuse(KEY, 'request-1', 'shop.unknown', 'm'));
    expect(told).toBe('told');
    expect((await h.events()).filter(({ invoiceId }) => invoiceId === KEY.invoiceId)).toHaveLength(1);
  });

  it('the right to log in is ours', async () => {
    const token = await withLostAnswer(() => store.sessions.lock('501', 60_000));
    expect(await h.other.sessions.lock('501', 60_000)).toBeUndefined();
    await h.other.sessions.unlock('501', token ?? '');
    expect(await h.other.sessions.lock('501', 60_000)).toEqual(expect.any(String));
  });

  it('a status check is one event', async () => {
    const result = {
      status: 'paid',
      detail: 'paid',
      orderId: 1,
      checkedAt: '2021-01-13T09:30:00.000Z',
    } as const;
    await withLostAnswer(() => store.events.paymentChecked(KEY, 'request-1', result));
    expect(await h.events()).toHaveLength(1);
  });
});
