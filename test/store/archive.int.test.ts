/** Records out of Redis and back: what comes back is what was there, and nothing newer is lost. */
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lineOf, parseLine } from '../../src/cli/records-file.ts';
import { transferState } from '../../src/contract/results.ts';
import type { ArchivedRecord } from '../../src/store/archive.ts';
import { createKeys } from '../../src/store/keys.ts';
import type { Store } from '../../src/store/store.ts';
import type { Claim } from '../../src/transfer/ports/records.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { aResult, CLIENT, type Harness, KEY, orderIntent } from './contract/harness.ts';
import { PREFIX, type RedisServer, startRedisServer } from './support/redis-harness.ts';

const keys = createKeys(PREFIX);
let server: RedisServer;
let h: Harness;
let store: Store;

beforeAll(async () => {
  server = await startRedisServer();
});
beforeEach(async () => {
  h = await server.open();
  store = h.store as unknown as Store;
});
afterEach(() => h.close());
afterAll(() => server.stop());

async function claim(invoiceId = KEY.invoiceId): Promise<Claim> {
  const answer = await store.records.claim(
    { ...KEY, invoiceId },
    1,
    anInvoiceJob({ invoice: { id: invoiceId } }),
  );
  if (answer.kind !== 'claimed') throw new Error(answer.reason);
  return answer.claim;
}
async function exported(): Promise<ArchivedRecord[]> {
  const all: ArchivedRecord[] = [];
  for await (const page of store.archive.keys()) all.push(...(await store.archive.read(page)));
  return all.map((record) => parseLine(lineOf(record)) ?? expect.fail('no record'));
}
const only = async () => (await exported())[0] ?? expect.fail('none');
async function transfer(): Promise<void> {
  const taken = await claim();
  await store.records.note(taken, { state: 'preparing', clientId: CLIENT });
  await store.intents.write([orderIntent(taken)]);
  await store.records.note(taken, { state: 'ordered', orderId: 5001 }, { step: 'ordered', orderId: 5001 });
  const trail = { step: 'transferred', orderId: 5001 };
  await store.records.end(taken, { state: 'transferred', requestId: 'r', result: aResult(), trail });
}
const listed = async (key: string) => server.client.zrange(key, 0, -1);

describe('records out of Redis and back', () => {
  it('a transferred one is found by its order, looked for again and followed, with its story', async () => {
    await transfer();
    const [before, story] = [await store.records.read(KEY), await store.records.trail(KEY)];
    const record = await only();
    await h.wipe();
    expect(await store.archive.begin().restore(record)).toBe('restored');
    expect(await store.records.read(KEY)).toEqual(before);
    expect(await store.records.trail(KEY)).toEqual(story);
    expect(await store.lists.byNumber([CLIENT], 5001)).toEqual([KEY]);
    expect(await listed(keys.agenda)).toEqual([`${KEY.shopId}:${KEY.invoiceId}`]);
    expect((await store.followed.arrived(10)).keys).toEqual([KEY]);
    const { issueDate } = anInvoiceJob().invoice;
    expect(await store.issued.count(KEY.shopId, issueDate, issueDate)).toBe(1);
    expect(await h.events()).toEqual([]);
  });

  it('one under way comes into the list and the agenda; its lease and job stay behind', async () => {
    await store.records.claim(KEY, 1, anInvoiceJob(), '17');
    const record = await only();
    await h.wipe();
    await store.archive.begin().restore(record);
    const fields = await server.client.hgetall(keys.record(KEY));
    expect(fields).toMatchObject({ state: 'accepted' });
    expect(fields).not.toHaveProperty('fence');
    expect(fields).not.toHaveProperty('jobId');
    expect(fields).not.toHaveProperty('leaseUntil');
    expect(await listed(keys.agenda)).toHaveLength(1);
    expect((await store.lists.standing()).open.count).toBe(1);
  });

  it('nothing is claimed for one settle after an import: a save may have left after the export', async () => {
    const record = await (async () => {
      await claim();
      return only();
    })();
    await server.client.del(keys.record(KEY));
    await store.archive.begin().restore(record);
    const answer = await store.records.claim(KEY, 1);
    expect(answer).toMatchObject({ kind: 'busy', reason: 'quiet' });
    await h.elapse(h.timing.settleMs);
    expect(await store.records.claim(KEY, 1)).toMatchObject({ kind: 'claimed' });
  });

  it('the quiet time begins once for a whole import, and not at all where all is kept', async () => {
    await transfer();
    const record = await only();
    const epoch = () => server.client.hget(keys.epoch, 'id');
    const before = await epoch();
    expect(await store.archive.begin().restore(record)).toBe('kept');
    expect(await epoch()).toBe(before);
    await h.wipe();
    const { restore } = store.archive.begin();
    await restore(record);
    const first = await epoch();
    await restore({ ...record, key: { ...record.key, invoiceId: 'other' } });
    expect(await epoch()).toBe(first);
  });

  it('a newer record is never overwritten, and an older one is not while a job works on it', async () => {
    const taken = await claim();
    const old = await only();
    await h.elapse(1_000);
    await store.records.note(taken, { state: 'preparing' });
    const newer = (by: number) => ({
      ...old,
      fields: { ...old.fields, code: 'order.vanished', updatedAt: `${Number(old.fields.updatedAt) + by}` },
    });
    expect(await store.archive.begin().restore(old)).toBe('kept');
    expect(await store.archive.begin().restore(newer(3_600_000))).toBe('busy');
    expect((await store.records.read(KEY))?.state).toBe('preparing');
    await store.records.release(taken);
    expect(await store.archive.begin().restore(newer(3_600_000))).toBe('restored');
    expect(await store.records.read(KEY)).toMatchObject({ state: 'accepted', code: 'order.vanished' });
  });

  it('whatever stands in a record and its trail comes back as it was', async () => {
    const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/);
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    const entry = fc.record({ step: text, found: fc.integer(), isNew: fc.boolean(), said: text });
    const arbitrary = fc.record({
      state: fc.constantFrom(...transferState.options),
      fields: fc.dictionary(
        word.map((name) => `x${name}`),
        text,
      ),
      message: text,
      orderId: fc.option(fc.integer({ min: 1, max: 2 ** 31 - 1 }).map(String), { nil: undefined }),
      updatedAt: fc.integer({ min: 1, max: 2 ** 42 }).map(String),
      trail: fc.array(entry, { maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ state, fields, message, orderId, updatedAt, trail }) => {
        await h.wipe();
        const more = { ...fields, ...(orderId && { orderId, clientId: CLIENT }) };
        const hash = { state, revision: '1', acceptedAt: '1', updatedAt, message, ...more };
        await server.client.hset(keys.record(KEY), hash);
        for (const [index, told] of trail.entries()) {
          const id = `${1_700_000_000_000 + Math.floor(index / 3)}-${index % 3}`;
          await server.client.xadd(keys.trail(KEY), id, 'entry', JSON.stringify(told));
        }
        const story = await server.client.xrange(keys.trail(KEY), '-', '+');
        const record = await only();
        await h.wipe();
        await store.archive.begin().restore(record);
        expect(await server.client.hgetall(keys.record(KEY))).toEqual(hash);
        expect(await server.client.xrange(keys.trail(KEY), '-', '+')).toEqual(story);
      }),
      { numRuns: 60 },
    );
  });
});

describe('an ended trail', () => {
  it('takes a fraction of the memory that Redis set aside for it, and goes on being written', async () => {
    const begun = await claim('begun');
    await store.records.note(begun, {}, { step: 'begin' });
    await transfer();
    const sizeOf = (invoiceId: string) =>
      server.client.memory('USAGE', keys.trail({ ...KEY, invoiceId })) as Promise<number>;
    expect(await sizeOf(KEY.invoiceId)).toBeLessThan((await sizeOf('begun')) / 2);
    const again = await claim();
    await store.records.release(again, {}, { step: 'confirmed' });
    expect((await store.records.trail(KEY)).map(({ step }) => step)).toEqual([
      'ordered',
      'transferred',
      'confirmed',
    ]);
  });

  it('stays as it is where the Redis user may not DUMP', async () => {
    await server.client.call('ACL', 'SETUSER', 'least', 'on', '>pw', '~*', '+@all', '-dump', '-restore');
    await h.close();
    h = await server.open({ login: 'least:pw@' });
    store = h.store as unknown as Store;
    await transfer();
    expect((await store.records.trail(KEY)).map(({ step }) => step)).toContain('transferred');
  });
});
