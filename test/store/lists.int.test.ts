/** The lists people work through, kept by the scripts that change a record's state. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeys } from '../../src/store/keys.ts';
import { createRecordLists, type ListName, type RecordLists } from '../../src/store/lists.ts';
import { createScripts } from '../../src/store/scripts.ts';
import type { Claim, RecordEnd } from '../../src/transfer/ports/records.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { CLIENT, expectAbout, type Harness, KEY, orderIntent } from './contract/harness.ts';
import { PREFIX, type RedisServer, startRedisServer } from './support/redis-harness.ts';

let server: RedisServer;
let h: Harness;
let lists: RecordLists;

beforeAll(async () => {
  server = await startRedisServer();
  lists = createRecordLists({
    redis: server.client,
    keys: createKeys(PREFIX),
    scripts: createScripts(server.client),
  });
});
beforeEach(async () => {
  h = await server.open();
});
afterEach(() => h.close());
afterAll(() => server.stop());

async function claim(invoiceId: string): Promise<Claim> {
  const answer = await h.store.records.claim({ ...KEY, invoiceId }, 1);
  if (answer.kind !== 'claimed') throw new Error(answer.reason);
  return answer.claim;
}

const end = async (invoiceId: string, state: RecordEnd['state']) =>
  h.store.records.end(await claim(invoiceId), {
    state,
    requestId: 'r',
    code: 'order.vanished',
    message: 'm',
    trail: { step: 'test' },
  });

async function listed(): Promise<Record<ListName, string[]>> {
  const ids = async (list: ListName) => (await lists.page(list, 0, 100)).rows.map(({ key }) => key.invoiceId);
  return { open: await ids('open'), unresolved: await ids('unresolved'), rejected: await ids('rejected') };
}

describe('the lists people work through', () => {
  it('hold an invoice where it stands, and nowhere else', async () => {
    const begun = await claim('1');
    expect(await listed()).toEqual({ open: ['1'], unresolved: [], rejected: [] });
    await h.store.records.note(begun, { state: 'preparing' });
    await h.store.intents.write([orderIntent(begun)]);
    await h.store.records.note(begun, { state: 'ordered' });
    expect(await listed()).toEqual({ open: ['1'], unresolved: [], rejected: [] });
    await h.store.records.release(begun);
    await end('1', 'unresolved');
    expect(await listed()).toEqual({ open: [], unresolved: ['1'], rejected: [] });
    await end('1', 'transferred');
    expect(await listed()).toEqual({ open: [], unresolved: [], rejected: [] });
  });

  it('hold an invoice as old as it has been under way, however often it was put off since', async () => {
    const begun = await claim('1');
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await h.elapse(1_000);
      await h.store.records.note(begun, { state: 'preparing' });
      await h.elapse(1_000);
      await h.store.intents.write([orderIntent(begun)]);
    }
    const { open } = await lists.standing();
    expect(open.count).toBe(1);
    expectAbout(open.since ?? 0, h.now() - 6_000);
  });

  it('hold what was rejected, by a worker or before anything was tried, until it is begun anew', async () => {
    await end('1', 'rejected');
    await h.elapse(1_000);
    await h.store.records.refuse({ ...KEY, invoiceId: '2' }, 'r', 'shop.unknown', 'm');
    expect(await listed()).toEqual({ open: [], unresolved: [], rejected: ['2', '1'] });
    await h.store.records.note(await claim('1'), { state: 'preparing' });
    expect(await listed()).toEqual({ open: ['1'], unresolved: [], rejected: ['2'] });
  });

  it('come in pages, newest first, with the number of all', async () => {
    for (const invoiceId of ['1', '2', '3', '4', '5']) {
      await claim(invoiceId);
      await h.elapse(1_000);
    }
    const page = await lists.page('open', 1, 2);
    expect(page.total).toBe(5);
    expect(page.rows.map(({ key }) => key)).toEqual([
      { ...KEY, invoiceId: '4' },
      { ...KEY, invoiceId: '3' },
    ]);
    expect(await lists.page('open', 5, 2)).toEqual({ total: 5, rows: [] });
    expect(await lists.page('unresolved', 0, 2)).toEqual({ total: 0, rows: [] });
  });

  it('show a record without its content', async () => {
    const record = await claim('1');
    await h.store.records.note(record, { state: 'ordered', orderId: 5001 });
    await h.store.records.release(record, { waitsFor: 'service.unavailable', payload: anInvoiceJob() });
    await end('2', 'unresolved');
    const [waiting] = (await lists.page('open', 0, 10)).rows;
    const [ended] = (await lists.page('unresolved', 0, 10)).rows;
    const times = { acceptedAt: expect.any(Number), updatedAt: expect.any(Number) };
    expect(waiting).toEqual({
      key: record.key,
      state: 'ordered',
      orderId: 5001,
      waitsFor: 'service.unavailable',
      ...times,
    });
    expect(ended).toEqual({
      key: { ...KEY, invoiceId: '2' },
      state: 'unresolved',
      code: 'order.vanished',
      ...times,
    });
    expectAbout(waiting?.updatedAt ?? 0, h.now());
    const rows = await lists.rows([{ ...KEY, invoiceId: 'unknown' }, record.key]);
    expect(rows).toEqual([waiting]);
  });
});

describe('an invoice by the id of its order', () => {
  it('is found in the companies asked for, once the order is known', async () => {
    const record = await claim('1');
    await h.store.records.note(record, { clientId: CLIENT });
    expect(await lists.byNumber([CLIENT], 5001)).toEqual([]);
    await h.store.records.note(record, { orderId: 5001 });
    expect(await lists.byNumber(['502', CLIENT], 5001)).toEqual([{ ...KEY, invoiceId: '1' }]);
    expect(await lists.byNumber(['502'], 5001)).toEqual([]);
    expect(await lists.byNumber([CLIENT], 5002)).toEqual([]);
    expect(await lists.byNumber([], 5001)).toEqual([]);
  });

  it('is found where company and order came together, and where the order came with the end', async () => {
    await h.store.records.note(await claim('1'), { clientId: CLIENT, orderId: 5001 });
    const record = await claim('2');
    await h.store.records.note(record, { clientId: CLIENT });
    await h.store.records.end(record, {
      state: 'unresolved',
      requestId: 'r',
      code: 'order.totals_mismatch',
      message: 'm',
      changes: { orderId: 5002 },
      trail: { step: 'test' },
    });
    expect(await lists.byNumber([CLIENT], 5001)).toEqual([{ ...KEY, invoiceId: '1' }]);
    expect(await lists.byNumber([CLIENT], 5002)).toEqual([{ ...KEY, invoiceId: '2' }]);
  });
});

it('the agenda lets go of a record that is no longer there', async () => {
  const { key } = await claim('1');
  const { agenda, record } = createKeys(PREFIX);
  await server.client.del(record(key));
  expect(await server.client.zcard(agenda)).toBe(1);
  await h.store.agenda.schedule(key, 'accepted', 60_000);
  expect(await server.client.zcard(agenda)).toBe(0);
});
