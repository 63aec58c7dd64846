/** `records export` and `import` beside a whole product. */
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { anInvoiceJob } from '../support/builders.ts';
import { type Product, SHOP, startProduct } from '../support/product.ts';
import { run as runWith } from './support.ts';

let product: Product;
let folder: string;
let file: string;

const run = (...args: string[]) => runWith(args, product.env);
const click = (id: string, requestId = id) =>
  product.send(anInvoiceJob({ requestId, invoice: { id }, shopId: SHOP }));
const lines = async (path = file) =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(
      (line) => JSON.parse(line) as { invoiceId: string; record: Record<string, string>; trail: object[] },
    );
const withoutLease = ({ fence: _, epoch: __, jobId: ___, ...record }: Record<string, string>) => record;
const orders = async (id: string) =>
  (await product.sandbox.control.books(501)).orders.filter(({ reference }) =>
    reference.startsWith(`SF-${id}-`),
  );

beforeAll(async () => {
  product = await startProduct({ sweepEveryMs: 100 });
  await product.connectShop();
});
afterAll(() => product.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'records-'));
  file = join(folder, 'records.ndjson');
});
afterEach(() => rm(folder, { recursive: true }));

/** As an operator does it: Redis comes back empty, shops and records are put back. */
async function loseRedisAndRestore(): Promise<void> {
  const shops = join(folder, 'shops.json');
  await writeFile(shops, (await run('shop', 'export')).out.join('\n'));
  await product.store.redis.flushall();
  expect(await run('shop', 'import', shops)).toMatchObject({ exitCode: 0 });
  expect(await run('records', 'import', file)).toMatchObject({ exitCode: 0, err: [] });
}

test('after Redis was lost and restored, a click again is told already_transferred and makes no order', async () => {
  await click('restored');
  const before = await product.record('restored');
  const story = (await run('invoice', 'show', SHOP, 'restored')).out;
  expect(await run('records', 'export', file)).toMatchObject({ exitCode: 0, err: [] });
  await loseRedisAndRestore();
  expect(withoutLease(await product.record('restored'))).toEqual(withoutLease(before));
  expect((await run('invoice', 'show', SHOP, 'restored')).out).toEqual(story);
  expect(await click('restored', 'again')).toMatchObject({ result: { outcome: 'already_transferred' } });
  expect(await orders('restored')).toHaveLength(1);
});

test('one that was exported under way, and sent after that, is taken over by the sweep and not sent again', async () => {
  await click('underway');
  await run('records', 'export', file);
  const payload = JSON.stringify(
    anInvoiceJob({ requestId: 'underway', invoice: { id: 'underway' }, shopId: SHOP }),
  );
  const { record } = (await lines()).find(({ invoiceId }) => invoiceId === 'underway') ?? expect.fail('none');
  const { revision = '', acceptedAt = '', updatedAt = '' } = record;
  const early = { state: 'accepted', revision, acceptedAt, updatedAt, attempts: '0', payload };
  const line = { version: 1, shopId: SHOP, invoiceId: 'underway', record: early, trail: [] };
  await writeFile(file, `${JSON.stringify(line)}\n`);
  await loseRedisAndRestore();
  await product.store.redis.zadd(product.store.keys.agenda, 0, `${SHOP}:underway`);
  await expect
    .poll(async () => (await product.record('underway')).state, { timeout: 30_000 })
    .toBe('transferred');
  expect(JSON.parse((await product.record('underway')).result ?? '')).toMatchObject({ outcome: 'adopted' });
  expect(await orders('underway')).toHaveLength(1);
});

test('beside workers, every record that was there is exported once, and importing it again changes nothing', async () => {
  const there = ['a', 'b', 'c', 'd', 'e'].map((id) => `beside-${id}`);
  await Promise.all(there.map((id) => click(id)));
  const busy = Promise.all(Array.from({ length: 20 }, (_, index) => click(`meanwhile-${index}`)));
  await run('records', 'export', file);
  await busy;
  const ids = (await lines()).map(({ invoiceId }) => invoiceId);
  expect(ids).toEqual(expect.arrayContaining(there));
  expect(new Set(ids).size).toBe(ids.length);
  const before = await product.record('beside-a');
  expect((await run('records', 'import', file)).out).toEqual([
    `0 records imported; ${ids.length} kept, the same or newer here`,
  ]);
  expect(await product.record('beside-a')).toEqual(before);
});

test('an export that broke off goes on: what its part file has is not asked for again, a cut line is', async () => {
  await click('part-1');
  await run('records', 'export', file);
  const whole = await lines();
  const [first] = whole;
  await writeFile(`${file}.part`, `${JSON.stringify({ ...first, trail: [] })}\n{"version":1,"shopId":"ac`);
  expect(await run('records', 'export', file)).toMatchObject({
    exitCode: 0,
    out: [`${whole.length} records exported to ${file}`],
  });
  const again = await lines();
  expect(again.map(({ invoiceId }) => invoiceId).sort()).toEqual(
    whole.map(({ invoiceId }) => invoiceId).sort(),
  );
  expect(again[0]).toMatchObject({ trail: [] });
  expect((await stat(file)).mode & 0o077).toBe(0);
  await expect(stat(`${file}.part`)).rejects.toThrow('ENOENT');
});

test('a line that is no record is told by its number alone; the others are put back; exit code 1', async () => {
  await click('beside-wrong');
  await run('records', 'export', file);
  const count = (await lines()).length;
  await appendFile(file, '{"version":1,"shopId":"acme.mysharefox.com","invoiceId":"Ola Nordmann"');
  expect(await run('records', 'import', file)).toEqual({
    exitCode: 1,
    out: [`0 records imported; ${count} kept, the same or newer here`],
    err: [`${file}: line ${count + 1} is no record`],
  });
});

test('a file that cannot be read or written is wrong use; - is standard output', async () => {
  const nowhere = join(folder, 'no', 'file');
  expect(await run('records', 'import', nowhere)).toMatchObject({
    exitCode: 2,
    err: [`${nowhere}: cannot be read (ENOENT)`],
  });
  expect(await run('records', 'export', nowhere)).toMatchObject({
    exitCode: 2,
    err: [`${nowhere}: cannot be written (ENOENT)`],
  });
  expect(await run('records', 'export')).toMatchObject({ exitCode: 2 });
  const { out } = await run('records', 'export', '-');
  expect(out.every((line) => JSON.parse(line).version === 1)).toBe(true);
  expect(out.length).toBeGreaterThan(0);
});
