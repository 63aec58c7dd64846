/** `invoice forget`: one person asks for erasure, and nothing of them is left here, on the disk of Redis neither. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planted, plantedPerson } from '../privacy/planted.ts';
import { leaksIn, type Text, textsInRedis } from '../privacy/search.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';
import { SHOP } from '../support/surroundings.ts';
import { run as runWith } from './support.ts';

let product: Product;
let files: string;
const run = (...args: string[]) => runWith(args, product.env);

/** What lies in the folder of Redis. */
const onDisk = (): Text[] =>
  readdirSync(files, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]);
const isNamed = async () => leaksIn([...(await textsInRedis(product.store.redis)), ...onDisk()]).length > 0;

beforeAll(async () => {
  product = await startProduct({ redisArgs: ['--save', '', '--appendonly', 'yes', '--appendfsync', 'no'] });
  files = ((await product.store.redis.config('GET', 'dir')) as string[])[1] ?? '';
  await product.connectShop({ afterUnknown: 'ask' });
  await product.send(
    anInvoiceInput({ invoice: { id: 'neighbour' }, customer: { companyOrgNo: '974760673' } }),
  );
});
afterAll(() => product.stop());

test('while it is under way, unresolved or waiting, it is refused and nothing is erased', async () => {
  const waiting = await product.addTransfer(plantedPerson('later'), { delay: 3_600_000 });
  expect(await run('invoice', 'forget', SHOP, 'later', '--yes')).toMatchObject({
    exitCode: 1,
    out: [],
    err: [
      `invoice later of ${SHOP} is under way (not begun, 1 job in the queue); nothing was erased`,
      'wait until it has ended',
    ],
  });
  await waiting.remove();
  await product.sandbox.control.inject({
    operation: 'SaveInvoices',
    bodyIncludes: 'SF-unknown',
    effect: { kind: 'reset' },
  });
  await product.send(plantedPerson('unknown'));
  const refused = await run('invoice', 'forget', SHOP, 'unknown', '--yes');
  expect(refused.exitCode).toBe(1);
  expect(refused.err[0]).toContain('is under way (unresolved, 0 jobs in the queue); nothing was erased');
  expect(await product.record('unknown')).toHaveProperty('payload');
});

test('one that nobody knows is refused', async () => {
  expect(await run('invoice', 'forget', SHOP, 'nobody', '--yes')).toEqual({
    exitCode: 1,
    out: [],
    err: [`invoice.not_transferred: nothing is known of invoice nobody of ${SHOP}`],
  });
});

test('without --yes it says what it would erase, and erases nothing', async () => {
  await product.send(planted('made'));
  const { exitCode, err } = await run('invoice', 'forget', SHOP, 'made');
  expect(exitCode).toBe(2);
  expect(err.join()).toContain('nothing was erased, say --yes');
  expect(await isNamed()).toBe(true);
});

test('nothing of the person is left in Redis or its file; record, events and the neighbour stay', async () => {
  const { redis, keys } = product.store;
  // A rejected one, and one whose producer set no retention.
  await product.send(planted('refused', { invoice: { currency: 'EUR' } }));
  const { payload: _, sentComment: __, ...facts } = await product.record('made');
  const events = await product.events();
  const known = await redis.hlen(keys.ids('501', 'customer'));

  const { exitCode, out, err } = await run('invoice', 'forget', SHOP, 'made', '--yes');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
  expect(out).toContain("Redis' append-only file was written anew, without it");
  expect(out.join('\n')).toMatch(/backups/);
  expect((await run('invoice', 'forget', SHOP, 'refused', '--yes')).exitCode).toBe(0);
  expect((await run('invoice', 'forget', SHOP, 'unknown', '--yes', '--unresolved')).exitCode).toBe(0);

  expect(leaksIn(await textsInRedis(redis))).toEqual([]);
  expect(leaksIn(onDisk())).toEqual([]);
  expect(onDisk().length).toBeGreaterThan(0);
  expect(await product.record('made')).toEqual(facts);
  expect(await product.events()).toEqual(events);
  expect(await redis.hlen(keys.ids('501', 'customer'))).toBeLessThan(known);
  expect((await run('invoice', 'show', SHOP, 'made')).out[0]).toContain('transferred');
  expect(await redis.hlen(keys.ids('501', 'customer'))).toBeGreaterThan(0);
});

test('sent again, it makes no second order', async () => {
  const again = await product.send(planted('made', { requestId: 'again' }));
  expect(again).toMatchObject({ result: { outcome: 'already_transferred' } });
  const { orders } = await product.sandbox.control.books(501);
  expect(orders.filter(({ reference }) => reference.startsWith('SF-made-'))).toHaveLength(1);
});
