/** `invoice preview`, `resolve` and `resend` on a running product. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../cli/support.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, productEnv, startProduct } from '../support/product.ts';

const shopId = anInvoiceInput().shopId;
let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.connectShop({ shopId, afterUnknown: 'ask' });
  await product.send(anInvoiceInput({ requestId: 'first', invoice: { id: 'P0' } }));
});
afterAll(() => product.stop());
beforeEach(() => product.sandbox.control.clearFaults());

const cli = (...args: string[]) => run(args, productEnv(product.redis.url, product.sandbox.url));
const resolve = (id: string, ...args: string[]) =>
  cli('invoice', 'resolve', shopId, id, '--reason', 'looked in the books', ...args);
const recordOf = (invoiceId: string) => product.store.records.read({ shopId, invoiceId });
const ordersOf = async (id: string) =>
  (await product.sandbox.control.books(501)).orders.filter(({ reference }) =>
    reference?.startsWith(`SF-${id}-`),
  );

/** Polls: what ends the invoice is a job the command added, in a queue this test does not hear. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 25));
}

/** Sent without an answer, and nothing of it to be found: under `ask`, a person must say. */
async function unknown(id: string, commit: 'before' | 'after'): Promise<void> {
  const { control } = product.sandbox;
  await control.inject({ operation: 'SaveInvoices', effect: { kind: 'reset' }, when: commit, count: 1 });
  await product.send(anInvoiceInput({ requestId: `${id}-1`, invoice: { id } }));
}

describe('--not-created', () => {
  test('sends the invoice anew, once nothing is to be found; the trail says who and why', async () => {
    await unknown('P1', 'before');
    expect(await recordOf('P1')).toMatchObject({ state: 'unresolved', code: 'order.unknown_outcome' });
    expect(await resolve('P1', '--not-created')).toMatchObject({ exitCode: 0 });
    await until(async () => (await recordOf('P1'))?.state === 'transferred');
    expect(await ordersOf('P1')).toHaveLength(1);
    const trail = await product.store.records.trail({ shopId, invoiceId: 'P1' });
    expect(trail).toContainEqual(
      expect.objectContaining({ reason: 'looked in the books', by: expect.any(String) }),
    );
  });

  test('is refused where an order carries the mark, which it names', async () => {
    const { control } = product.sandbox;
    const sent = await product.send(anInvoiceInput({ requestId: 'P2-1', invoice: { id: 'P2' } }));
    if (!('result' in sent)) throw new Error(sent.failedReason);
    await control.editReference(501, sent.result.orderId, 'by hand');
    const { redis, keys } = product.store;
    await redis.hset(
      keys.record({ shopId, invoiceId: 'P2' }),
      'state',
      'unresolved',
      'code',
      'order.vanished',
    );
    expect(await resolve('P2', '--not-created')).toMatchObject({
      exitCode: 1,
      err: [expect.stringContaining(`order ${sent.result.orderId}`)],
    });
  });
});

describe('--order N', () => {
  test('made by hand, whose sums differ, is refused until the difference is accepted', async () => {
    await unknown('P3', 'before');
    const [first] = await ordersOf('P0');
    const [byHand] = await product.sandbox.control.addOrders(501, [
      {
        customerId: first?.customerId ?? 0,
        status: 'Web',
        includeVat: false,
        rows: [
          { productId: first?.rows[0]?.productId ?? 0, name: 'by hand', price: '1000.00', quantity: '1' },
        ],
      },
    ]);
    expect(await resolve('P3', '--order', String(byHand))).toMatchObject({
      exitCode: 1,
      err: [expect.stringMatching(/^order\.totals_mismatch: /)],
    });
    expect(await recordOf('P3')).toMatchObject({ state: 'unresolved' });
    expect(await resolve('P3', '--order', String(byHand), '--accept-difference')).toMatchObject({
      exitCode: 0,
    });
    const record = await recordOf('P3');
    expect(record).toMatchObject({ state: 'transferred', orderId: byHand });
    expect(record?.result).toMatchObject({ outcome: 'adopted', totals: { posted: '1250.00' } });
    expect(record?.result?.warnings.map(({ code }) => code)).toContain('order.difference_accepted');
    const events = (await product.events()).filter((event) => event.invoiceId === 'P3');
    expect(events.map(({ type }) => type)).toEqual(['transfer.unresolved', 'transfer.completed']);
  });

  test.each([
    ['is not in the books', 'P5', 999_999],
    ['is another invoice’s', 'P6', undefined],
  ])('that %s is refused, and nothing changes', async (_why, id, orderId) => {
    await unknown(id, 'before');
    const other = (await ordersOf('P0'))[0]?.orderId;
    const refused = await resolve(id, '--order', String(orderId ?? other));
    expect(refused.exitCode).toBe(1);
    expect(await recordOf(id)).toMatchObject({ state: 'unresolved' });
    expect((await recordOf(id))?.orderId).toBeUndefined();
  });
});

describe('resend --order-deleted', () => {
  const resend = (id: string) =>
    cli('invoice', 'resend', shopId, id, '--order-deleted', '--reason', 'cancelled by the shop');

  test('is refused while the order stands', async () => {
    await product.send(anInvoiceInput({ requestId: 'P7-1', invoice: { id: 'P7' } }));
    expect(await resend('P7')).toMatchObject({ exitCode: 1, err: [expect.stringContaining('still stands')] });
    expect(await recordOf('P7')).toMatchObject({ state: 'transferred' });
  });

  test('lets the next click make one new order, once the old one is gone', async () => {
    const input = anInvoiceInput({ requestId: 'P8-1', invoice: { id: 'P8' } });
    const sent = await product.send(input);
    if (!('result' in sent)) throw new Error(sent.failedReason);
    await product.sandbox.control.deleteOrder(501, sent.result.orderId);
    expect(await product.send({ ...input, requestId: 'P8-2' })).toMatchObject({
      failedReason: expect.stringMatching(/^order\.missing: /),
    });
    expect(await resend('P8')).toMatchObject({ exitCode: 0 });
    const again = await product.send({ ...input, requestId: 'P8-3' });
    expect(again).toMatchObject({ result: { outcome: 'created' } });
    expect(await ordersOf('P8')).toHaveLength(1);
    const events = (await product.events()).filter((event) => event.invoiceId === 'P8');
    expect(events.map(({ type }) => type)).toEqual([
      'transfer.completed',
      'transfer.rejected',
      'transfer.completed',
    ]);
  });
});

test.each([
  ['resolve', shopId, 'P0', '--reason', 'x'],
  ['resolve', shopId, 'P0', '--order', '1', '--not-created', '--reason', 'x'],
  ['resolve', shopId, 'P0', '--not-created'],
  ['resolve', shopId, 'P0', '--order', 'abc', '--reason', 'x'],
  ['resend', shopId, 'P0', '--reason', 'x'],
])('invoice %s %s %s %s %s is wrong use', async (...args) => {
  expect(await cli('invoice', ...args)).toMatchObject({ exitCode: 2 });
});

test('there is nothing to decide of an invoice that is transferred, or unknown', async () => {
  expect(await resolve('P0', '--not-created')).toMatchObject({ exitCode: 1 });
  expect(await resolve('never-seen', '--not-created')).toMatchObject({ exitCode: 1 });
});

describe('preview', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preview-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const preview = (content: unknown) => {
    const file = join(folder, 'invoice.json');
    writeFileSync(file, JSON.stringify(content));
    return cli('invoice', 'preview', file);
  };

  test('shows the order a payload would become, and writes nothing', async () => {
    const before = await product.sandbox.control.books(501);
    const shown = await preview(anInvoiceInput({ invoice: { id: 'P9' } }));
    expect(shown).toMatchObject({ exitCode: 0 });
    expect(shown.out.join('\n')).toContain('Traktor (2021-01-10 - 2021-01-12): 3 × 450, discount 10 %');
    expect(await product.sandbox.control.books(501)).toEqual(before);
    expect(await recordOf('P9')).toBeUndefined();
  });

  test('of a payload a worker would refuse says where', async () => {
    expect(await preview({ ...anInvoiceInput(), lines: [] })).toMatchObject({
      exitCode: 1,
      err: [expect.stringMatching(/^payload\.invalid: lines /)],
    });
  });
});
