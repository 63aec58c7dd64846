/** `shop forget` on a product that has done a little of everything for two shops. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planted } from '../privacy/planted.ts';
import { leaksIn, textsInRedis } from '../privacy/search.ts';
import { type Product, startProduct } from '../support/product.ts';
import { BERG, SHOP } from '../support/surroundings.ts';
import { run as runWith } from './support.ts';

const OTHER = 'berg.mysharefox.com';
let product: Product;

const run = (...args: string[]) => runWith(args, product.env);
const ofOther = (id: string) => ({ ...planted(id), shopId: OTHER });
const factsOf = async (id: string) => {
  const { payload: _, sentComment: __, ...facts } = await product.record(id);
  return facts;
};
const SHOP_KEYS = new RegExp(`:(transfer|trail):${SHOP}:|:(invoice-transfer|status-check):`);
/** Who is still named in a record or job of this shop. */
async function namedIn(shopId: string): Promise<string[]> {
  const texts = await textsInRedis(product.store.redis);
  const isOf = (where: string, text: string) =>
    where.includes(`:${shopId}:`) || (SHOP_KEYS.test(where) && text.includes(`"${shopId}"`));
  return leaksIn(texts.filter(([where, text]) => isOf(where, text)));
}

beforeAll(async () => {
  product = await startProduct();
  await product.connectShop({ afterUnknown: 'ask' });
  await product.connectShop({ shopId: OTHER, accountName: 'Berg Maskin AS' }, BERG);
  await product.sandbox.control.inject({
    operation: 'SaveInvoices',
    bodyIncludes: 'SF-unknown',
    effect: { kind: 'reset' },
  });
  await product.send(planted('made'));
  await product.send(planted('unknown'));
  await product.send(planted('refused', { invoice: { currency: 'EUR' } }));
  await product.send({ ...planted('odd'), 'Zaphira Quillwort': 1 });
  await product.send(ofOther('made'));
  const requestedAt = '2021-01-20T08:00:00Z';
  await product.check({ schemaVersion: 1, shopId: SHOP, requestId: 'c', requestedAt, invoiceId: 'made' });
  // A job whose malformed payload names no shop belongs to none.
  await product.send({ shopId: 'nobody', customer: 'x' });
});
afterAll(() => product.stop());
test('a shop that may still send is refused, and so is an unknown one', async () => {
  expect(await run('shop', 'forget', SHOP, '--yes')).toEqual({
    exitCode: 1,
    out: [],
    err: [`${SHOP} may still send invoices; run shop disable ${SHOP} first`],
  });
  expect(await run('shop', 'forget', 'nobody.no', '--yes')).toMatchObject({
    exitCode: 1,
    err: ['shop.unknown: nothing is known of nobody.no'],
  });
});

test('while an invoice is unresolved or a job waits, they are listed and nothing is erased', async () => {
  await run('shop', 'disable', SHOP);
  const before = await namedIn(SHOP);
  const refused = await run('shop', 'forget', SHOP, '--yes');
  expect(refused.exitCode).toBe(1);
  expect(refused.err[0]).toBe(`${SHOP} has 1 invoice and 0 jobs under way; nothing was erased`);
  expect(refused.err).toContain('invoice unknown: unresolved');

  const waiting = await product.addTransfer(planted('later'), { delay: 3_600_000 });
  const withJob = await run('shop', 'forget', SHOP, '--yes', '--unresolved');
  expect(withJob).toMatchObject({
    exitCode: 1,
    err: [`${SHOP} has 0 invoices and 1 job under way; nothing was erased`, expect.anything()],
  });
  await waiting.remove();
  expect(await namedIn(SHOP)).toEqual(before);
});

test('without --yes it says what it would erase, and erases nothing', async () => {
  const before = await namedIn(SHOP);
  const { exitCode, err } = await run('shop', 'forget', SHOP, '--unresolved');
  expect(exitCode).toBe(2);
  expect(err.join()).toContain('nothing was erased, say --yes');
  expect(await namedIn(SHOP)).toEqual(before);
});

test('personal data is erased, what bookkeeping needs stays, and another shop keeps everything', async () => {
  const { keys, redis } = product.store;
  const ids = ['made', 'unknown', 'refused', 'odd'];
  const facts = await Promise.all(ids.map(factsOf));
  const events = await product.events();
  const others = await namedIn(OTHER);
  expect((await namedIn(SHOP)).length).toBeGreaterThan(4);
  expect(others.length).toBeGreaterThan(0);
  expect(await redis.hlen(keys.ids('501', 'customer'))).toBeGreaterThan(0);

  const { exitCode, out, err } = await run('shop', 'forget', SHOP, '--yes', '--unresolved');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
  expect(out).toEqual([
    '5 jobs removed',
    'content of 4 invoices erased; states, ids and sums are kept',
    'customers known by e-mail or number, and the session, of company 501 forgotten',
    'Redis keeps no append-only file',
    expect.stringMatching(/^not reached from here: snapshots, backups/),
  ]);

  expect(await namedIn(SHOP)).toEqual([]);
  expect(await Promise.all(ids.map(factsOf))).toEqual(facts);
  expect(facts[0]).toMatchObject({ state: 'transferred', orderId: expect.stringMatching(/^\d+$/) });
  expect(await product.record('unknown')).not.toHaveProperty('payload');
  for (const id of ids) expect(await product.record(id)).not.toHaveProperty('sentComment');
  expect(await product.events()).toEqual(events);
  expect(await redis.exists(keys.ids('501', 'customer'), keys.session('501'))).toBe(0);
  expect(await redis.exists(keys.ids('502', 'customer'), keys.session('502'))).toBe(2);
  expect(await namedIn(OTHER)).toEqual(others);
});

test('a shop that is connected again makes no second order for an invoice it sent before', async () => {
  await product.connectShop({ afterUnknown: 'ask' });
  const again = await product.send(planted('made', { requestId: 'again' }));
  expect(again).toMatchObject({ result: { outcome: 'already_transferred' } });
  const { orders } = await product.sandbox.control.books(501);
  expect(orders.filter(({ reference }) => reference.startsWith('SF-made-'))).toHaveLength(1);
});

test('what is known of a company stays while another shop uses it', async () => {
  await product.connectShop({ shopId: 'second.mysharefox.com' });
  await run('shop', 'disable', SHOP);
  const { exitCode, out } = await run('shop', 'forget', SHOP, '--yes', '--unresolved');
  expect(exitCode).toBe(0);
  expect(out).toContain(
    'company 501 is also the company of second.mysharefox.com: hashes of its customers are kept for it',
  );
  expect(await product.store.redis.exists(product.store.keys.session('501'))).toBe(1);
});
