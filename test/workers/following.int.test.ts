/** Orders after their transfer: what a bookkeeper does in 24SevenOffice is told once, and nothing is ever sent for it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { orderEventBodies } from '../../src/contract/results.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, SHOP, startProduct } from '../support/product.ts';

const FJORD = 501;
const SHORT = { FOLLOW_EVERY_MS: '200', TFSO_TIMEOUT_MS: '500', TFSO_SETTLE_MS: '600' };
const PATIENCE = { timeout: 30_000, interval: 20 };

let product: Product;
beforeAll(async () => {
  product = await startProduct({ env: SHORT });
  await product.connectShop();
});
afterAll(() => product.stop());

async function transferred(id: string): Promise<number> {
  const end = await product.send(anInvoiceInput({ invoice: { id }, requestId: `${id} click` }));
  if (!('result' in end)) throw new Error(end.failedReason);
  return end.result.orderId;
}

/** Order events of one invoice, oldest first, each checked against its schema. */
async function told(id: string): Promise<{ type: string; body: unknown }[]> {
  const events = (await product.events(id)).filter(({ type = '' }) => type.startsWith('order.'));
  return events.map(({ type = '', body = '', requestId, shopId }) => {
    expect({ requestId, shopId }).toEqual({ requestId: '', shopId: SHOP });
    const schema = orderEventBodies[type as keyof typeof orderEventBodies];
    return { type, body: schema.parse(JSON.parse(body)) };
  });
}

const typesOf = async (id: string) => (await told(id)).map(({ type }) => type);

/** Resolves once the order was looked at after this call. */
async function looked(id: string, times = 1): Promise<Record<string, string>> {
  for (let i = 0; i < times; i += 1) {
    const { followedAt = '0' } = await product.record(id);
    await vi.waitUntil(
      async () => Number((await product.record(id)).followedAt ?? 0) > Number(followedAt),
      PATIENCE,
    );
  }
  return product.record(id);
}

const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' }).format(new Date());

test('an order is told invoiced, paid, and its payment taken back, once each', async () => {
  const orderId = await transferred('life');
  expect(await looked('life')).toMatchObject({ orderStatus: 'Web', state: 'transferred' });
  const before = today();
  const invoiceNumber = await product.sandbox.control.publish(FJORD, orderId);
  await vi.waitUntil(async () => (await typesOf('life')).length === 1, PATIENCE);
  const [invoiced] = await told('life');
  expect(invoiced).toMatchObject({
    type: 'order.invoiced',
    body: { orderId, invoiceNumber, invoicedOn: expect.toBeOneOf([before, today()]) },
  });
  await product.sandbox.control.pay(FJORD, orderId, '2021-02-03T00:00:00');
  await vi.waitUntil(async () => (await typesOf('life')).length === 2, PATIENCE);
  expect((await told('life'))[1]).toEqual({
    type: 'order.paid',
    body: { orderId, invoiceNumber, paidOn: '2021-02-03' },
  });
  expect(await product.record('life')).toMatchObject({
    orderStatus: 'Invoiced',
    invoiceNumber: `${invoiceNumber}`,
    paidOn: '2021-02-03',
  });
  await product.sandbox.control.unpay(FJORD, orderId);
  await vi.waitUntil(async () => (await typesOf('life')).length === 3, PATIENCE);
  expect((await told('life'))[2]).toEqual({
    type: 'order.payment_reversed',
    body: { orderId, invoiceNumber },
  });
  expect(await looked('life', 3)).not.toHaveProperty('paidOn');
  expect(await typesOf('life')).toHaveLength(3);
});

test('what a bookkeeper changes is told with what differs, and so is its way back; nothing is sent', async () => {
  const orderId = await transferred('edited');
  const { basis = '' } = await looked('edited');
  const { total: expected } = JSON.parse(basis);
  await product.sandbox.control.resetCounts();
  await product.sandbox.control.editPrice(FJORD, orderId, '1.00');
  await vi.waitUntil(async () => (await typesOf('edited')).length === 1, PATIENCE);
  const [changed] = await told('edited');
  expect(changed?.type).toBe('order.changed');
  const { differences } = (changed?.body ?? {}) as { differences: { what: string; expected?: string }[] };
  expect(differences.map(({ what }) => what)).toEqual(['total', 'vat', 'rows']);
  expect(differences[0]).toMatchObject({ expected });
  await product.sandbox.control.editReference(FJORD, orderId, 'PO 17, Kari Nordmann');
  await vi.waitUntil(async () => (await typesOf('edited')).length === 2, PATIENCE);
  expect(JSON.stringify(await told('edited'))).not.toContain('Kari');
  const { reference = '', differsSince } = await looked('edited', 2);
  expect(differsSince).toBeDefined();
  await product.sandbox.control.editReference(FJORD, orderId, reference);
  await vi.waitUntil(async () => (await typesOf('edited')).length === 3, PATIENCE);
  expect((await told('edited'))[2]).toEqual(changed);
  expect(await product.sandbox.control.counts()).not.toHaveProperty('SaveInvoices');
});

test('an order that was merged is told so, once', async () => {
  const orderId = await transferred('merged');
  await looked('merged');
  await product.sandbox.control.merge(FJORD, orderId);
  await vi.waitUntil(async () => (await typesOf('merged')).includes('order.merged'), PATIENCE);
  await looked('merged', 2);
  expect(await typesOf('merged')).toEqual(['order.merged']);
});

test('an order that was deleted is gone after it was missed twice, and is followed no more', async () => {
  const orderId = await transferred('deleted');
  await looked('deleted');
  await product.sandbox.control.deleteOrder(FJORD, orderId);
  await vi.waitUntil(async () => (await product.record('deleted')).orderMissedAt !== undefined, PATIENCE);
  expect(await typesOf('deleted')).toEqual([]);
  await vi.waitUntil(async () => (await typesOf('deleted')).length === 1, PATIENCE);
  expect(await told('deleted')).toEqual([{ type: 'order.gone', body: { orderId } }]);
  const { redis, keys } = product.store;
  expect(await redis.zscore(keys.follow, `${SHOP}:deleted`)).toBeNull();
  expect(await product.record('deleted')).toMatchObject({ state: 'transferred' });
  expect((await product.store.followedLists.page('gone', 0, 10)).keys).toContainEqual({
    shopId: SHOP,
    invoiceId: 'deleted',
  });
});

test('an order of an older version, unknown to the follower, is followed, too', async () => {
  const orderId = await transferred('older');
  const { redis, keys } = product.store;
  const member = `${SHOP}:older`;
  await vi.waitUntil(async () => (await redis.zscore(keys.follow, member)) !== null, PATIENCE);
  await redis.zrem(keys.follow, member);
  await redis.hdel(keys.record({ shopId: SHOP, invoiceId: 'older' }), 'followedAt', 'basis');
  await product.sandbox.control.editPrice(FJORD, orderId, '2.00');
  await redis.del(keys.followScan);
  await vi.waitUntil(async () => (await typesOf('older')).length === 1, PATIENCE);
  const [{ body } = { body: undefined }] = await told('older');
  // Its rows were never seen before; its sum is in the result.
  expect((body as { differences: { what: string }[] }).differences.map(({ what }) => what)).toEqual([
    'total',
  ]);
});

test('a shop may switch it off', async () => {
  await product.connectShop({ shopId: 'quiet.mysharefox.com', followOrders: false });
  const end = await product.send(
    anInvoiceInput({ shopId: 'quiet.mysharefox.com', invoice: { id: 'quiet' }, requestId: 'quiet click' }),
  );
  expect(end).toHaveProperty('result');
  const { redis, keys } = product.store;
  const member = 'quiet.mysharefox.com:quiet';
  // A day of steps later it is asked for again.
  await vi.waitUntil(
    async () => Number(await redis.zscore(keys.follow, member)) > Date.now() + 4_000,
    PATIENCE,
  );
  expect(await product.record('quiet', 'quiet.mysharefox.com')).not.toHaveProperty('followedAt');
});
