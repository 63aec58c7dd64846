/**
 * An order that was written, not answered, and not shown for longer than the settle time: the one assumption
 * of "at most once" does not hold. `afterUnknown` says what is done about it.
 */
import { Queue, QueueEvents } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';
import { FJORD } from '../support/surroundings.ts';

const ASK = 'ask.mysharefox.com';
const RESEND = 'resend.mysharefox.com';

let product: Product;
let sweeps: Queue;
let sweepEnds: QueueEvents;
beforeAll(async () => {
  product = await startProduct({ env: { TFSO_MAX_BATCH: '1', TFSO_SETTLE_MS: '3000' } });
  await product.connectShop({ shopId: ASK, afterUnknown: 'ask' });
  await product.connectShop({ shopId: RESEND, afterUnknown: 'resend' });
  // From here on customer, product and category show, and marks are known to be searchable.
  for (const shopId of [ASK, RESEND]) await product.send(anInvoice('first', shopId));
  const options = { connection: { url: product.redis.url }, prefix: product.config.prefix };
  sweeps = new Queue('sweep', options);
  sweepEnds = new QueueEvents('sweep', options);
  await sweepEnds.waitUntilReady();
});
afterAll(async () => {
  await Promise.all([sweeps.close(), sweepEnds.close()]);
  await product.stop();
});

const anInvoice = (id: string, shopId: string, requestId = `${id} click`) =>
  anInvoiceInput({ shopId, invoice: { id }, requestId });
const ordersOf = async (invoiceId: string) =>
  (await product.sandbox.control.books(FJORD.clientId)).orders.filter(({ reference }) =>
    reference.startsWith(`SF-${invoiceId}-`),
  );
const eventsOf = async (invoiceId: string) => (await product.events(invoiceId)).map(({ type }) => type);

/** Its order is written and stays hidden; the answer never comes. */
async function writeHidden(id: string): Promise<void> {
  const { control } = product.sandbox;
  await control.inject({
    operation: 'SaveInvoices',
    effect: { kind: 'cut' },
    when: 'after',
    bodyIncludes: `SF-${id}-`,
  });
  await control.configure({ visibilityDelayMs: 3_600_000 });
}
/** What is saved from now on shows at once; what is hidden stays so. Two settle times are left for it. */
const showWhatComes = () => product.sandbox.control.configure({ visibilityDelayMs: 0 });
const whenWritten = (id: string) => expect.poll(() => ordersOf(id), { timeout: 20_000 }).toHaveLength(1);

/** The sweep, as if it were time for it to look at this invoice. */
async function sweepLater(shopId: string, invoiceId: string): Promise<void> {
  const { redis, keys } = product.store;
  await redis.zadd(keys.agenda, 0, `${shopId}:${invoiceId}`);
  const job = await sweeps.add('sweep', {}, { removeOnComplete: true });
  await job.waitUntilFinished(sweepEnds, 20_000);
}

test('afterUnknown "ask": whatever is clicked there is never a second order, and once the first shows it is adopted', async () => {
  await writeHidden('asked');
  const job = await product.addTransfer(anInvoice('asked', ASK));
  await whenWritten('asked');
  await showWhatComes();
  expect(await product.endOf(job)).toMatchObject({
    failedReason: expect.stringMatching(/^order\.unknown_outcome: /),
  });
  expect(await eventsOf('asked')).toEqual(['transfer.unresolved']);

  const again = await product.send(anInvoice('asked', ASK, 'second click'));
  expect(again).toMatchObject({ failedReason: expect.stringMatching(/^order\.unknown_outcome: /) });
  await sweepLater(ASK, 'asked');
  await expect.poll(async () => (await product.record('asked', ASK)).looks, { timeout: 20_000 }).toBe('1');
  expect(await ordersOf('asked')).toHaveLength(1);
  expect(await eventsOf('asked')).toEqual(['transfer.unresolved']);

  await product.sandbox.control.revealAll();
  await sweepLater(ASK, 'asked');
  await expect
    .poll(() => eventsOf('asked'), { timeout: 20_000 })
    .toEqual(['transfer.unresolved', 'transfer.completed']);
  const [order, ...others] = await ordersOf('asked');
  expect(others).toEqual([]);
  expect(await product.record('asked', ASK)).toMatchObject({
    state: 'transferred',
    orderId: String(order?.orderId),
  });
});

test('afterUnknown "resend": the second order is sent, and when the first shows, both are told to a person', async () => {
  await writeHidden('resent');
  const job = await product.addTransfer(anInvoice('resent', RESEND));
  await whenWritten('resent');
  await showWhatComes();
  expect(await product.endOf(job)).toMatchObject({ result: { outcome: 'created' } });
  const both = (await ordersOf('resent')).map(({ orderId }) => orderId);
  expect(both).toHaveLength(2);
  expect(await eventsOf('resent')).toEqual(['transfer.completed']);

  await product.sandbox.control.revealAll();
  await sweepLater(RESEND, 'resent');
  const record = await product.record('resent', RESEND);
  expect(record).toMatchObject({ state: 'unresolved', code: 'order.duplicate_found' });
  for (const orderId of both) expect(record.message).toContain(String(orderId));
  const [, duplicate] = await product.events('resent');
  expect(duplicate).toMatchObject({ type: 'transfer.unresolved' });
  expect(JSON.parse(duplicate?.body ?? '{}')).toEqual({
    code: 'order.duplicate_found',
    message: record.message,
  });
  // A person must say which: a further click looks, and sends nothing.
  const again = await product.send(anInvoice('resent', RESEND, 'second click'));
  expect(again).toMatchObject({ failedReason: expect.stringMatching(/^order\.duplicate_found: /) });
  expect(await ordersOf('resent')).toHaveLength(2);
});
