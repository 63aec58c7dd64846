/** The "Check status" button: what is asked through the queue, answered, and told in the event stream. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideMark } from '../../src/domain/mark.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';
import { BERG, SHOP } from '../support/surroundings.ts';

let product: Product;
const OTHER = 'berg.mysharefox.com';

beforeAll(async () => {
  product = await startProduct();
  await product.connectShop();
  await product.connectShop({ shopId: OTHER, accountName: 'Berg Maskin AS' }, BERG);
  await product.connectShop({ shopId: 'disabled.mysharefox.com' });
  await product.store.shops.disable('disabled.mysharefox.com');
});
afterAll(() => product.stop());

async function transferred(id: string, shopId = SHOP): Promise<number> {
  const end = await product.send(anInvoiceInput({ shopId, invoice: { id }, requestId: `${id} click` }));
  if (!('result' in end)) throw new Error(end.failedReason);
  return end.result.orderId;
}

let asked = 0;
function check(
  invoiceId: string,
  more: { shopId?: string; externalOrderId?: number; requestId?: string } = {},
) {
  asked += 1;
  return product.check({
    schemaVersion: 1,
    shopId: SHOP,
    requestId: `check-${asked}`,
    requestedAt: '2021-01-20T08:00:00Z',
    invoiceId,
    ...more,
  });
}
const answers = (detail: object) => ({
  result: { ...detail, checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) },
  attemptsMade: 1,
});
const refused = (code: string) => ({
  failedReason: expect.stringMatching(new RegExp(`^${code.replace('.', '\\.')}: \\S`)),
  attemptsMade: 1,
});
const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' }).format(new Date());

test('an order goes from not invoiced over invoiced to paid, one event for each check', async () => {
  const { control } = product.sandbox;
  const orderId = await transferred('life');
  expect(await check('life')).toEqual(answers({ status: 'not_paid', detail: 'order_not_invoiced', orderId }));

  const before = today();
  const invoiceNumber = await control.publish(501, orderId);
  const invoiced = { orderId, invoiceNumber, invoicedOn: expect.toBeOneOf([before, today()]) };
  expect(await check('life')).toEqual(answers({ status: 'not_paid', detail: 'invoiced', ...invoiced }));

  await control.pay(501, orderId, '2021-02-03T00:00:00');
  const last = await check('life');
  expect(last).toEqual(answers({ status: 'paid', detail: 'paid', ...invoiced, paidOn: '2021-02-03' }));

  const events = await product.events('life');
  expect(events.map(({ type }) => type)).toEqual([
    'transfer.completed',
    'payment.checked',
    'payment.checked',
    'payment.checked',
  ]);
  const told = events[3];
  expect(Object.keys(told ?? {}).sort()).toEqual(['at', 'body', 'invoiceId', 'requestId', 'shopId', 'type']);
  expect(told).toMatchObject({ shopId: SHOP, invoiceId: 'life', requestId: `check-${asked}` });
  expect({ result: JSON.parse(told?.body ?? ''), attemptsMade: 1 }).toEqual(last);
});

test('a check is read only: it leaves the record as it is and saves nothing', async () => {
  await transferred('read-only');
  const before = await product.record('read-only');
  await product.sandbox.control.resetCounts();
  await check('read-only');
  expect(await product.sandbox.control.counts()).toEqual({ GetInvoices: 1 });
  expect(await product.record('read-only')).toEqual(before);
});

test('an order merged into a collecting order cannot be told paid or not', async () => {
  const orderId = await transferred('merged');
  await product.sandbox.control.merge(501, orderId);
  expect(await check('merged')).toEqual(answers({ status: 'not_paid', detail: 'merged', orderId }));
});

test('an order that was deleted is missing, not unpaid alone', async () => {
  const orderId = await transferred('deleted');
  await product.sandbox.control.deleteOrder(501, orderId);
  expect(await check('deleted')).toEqual(answers({ status: 'not_paid', detail: 'order_missing', orderId }));
});

test('an order whose reference a bookkeeper edited is still known by its id', async () => {
  const orderId = await transferred('edited');
  await product.sandbox.control.editReference(501, orderId, 'Kranleie januar');
  expect(await check('edited')).toMatchObject({ result: { detail: 'order_not_invoiced', orderId } });
});

test('another invoice’s order, and one that is nobody’s of ours, are refused', async () => {
  const [foreign = 0] = await product.sandbox.control.addOrders(501, [{ customerId: 1, reference: 'Own 7' }]);
  const others = await transferred('others');
  await transferred('mine');
  expect(await check('mine', { externalOrderId: others })).toEqual(refused('order.not_ours'));
  expect(await check('mine', { externalOrderId: foreign })).toEqual(refused('order.not_ours'));
  expect(await check('never-sent', { externalOrderId: others })).toEqual(refused('order.not_ours'));
  expect((await product.events('mine')).map(({ type }) => type)).toEqual(['transfer.completed']);
});

test('an order of another company is refused, whichever company has an order of that number', async () => {
  // Both companies count their orders from the same number.
  const ours = await transferred('ours');
  let theirs = 0;
  for (let count = 0; theirs < ours; count += 1) theirs = await transferred(`theirs-${count}`, OTHER);
  expect(await check('ours', { shopId: OTHER, externalOrderId: theirs })).toEqual(refused('order.not_ours'));
  // A shop that was moved to another company: what it sent stands in the old one.
  await product.connectShop({ shopId: 'moved.mysharefox.com' });
  const shopId = 'moved.mysharefox.com';
  const moved = await transferred('moved', shopId);
  await product.connectShop({ shopId, accountName: 'Berg Maskin AS' }, BERG);
  expect(await check('moved', { shopId })).toEqual(refused('order.not_ours'));
  expect(await check('moved', { shopId, externalOrderId: moved })).toEqual(refused('order.not_ours'));
});

test('an invoice that was never sent is not transferred, with or without a record', async () => {
  expect(await check('never-sent')).toEqual(refused('invoice.not_transferred'));
  await product.send(anInvoiceInput({ invoice: { id: 'refused', currency: 'EUR' } }));
  expect(await check('refused')).toEqual(refused('invoice.not_transferred'));
});

test('an order without a record is found by its mark, and by its number', async () => {
  const mark = decideMark({ clientId: '501', shopId: SHOP, invoiceId: 'lost-record' });
  const [orderId = 0] = await product.sandbox.control.addOrders(501, [
    { customerId: 1, reference: mark.reference, externalStatus: mark.externalStatus },
  ]);
  const found = answers({ status: 'not_paid', detail: 'order_not_invoiced', orderId });
  expect(await check('lost-record')).toEqual(found);
  expect(await check('lost-record', { externalOrderId: orderId })).toEqual(found);
});

test('a shop that is unknown or switched off gets its own code', async () => {
  expect(await check('any', { shopId: 'nobody.mysharefox.com' })).toEqual(refused('shop.unknown'));
  expect(await check('any', { shopId: 'disabled.mysharefox.com' })).toEqual(refused('shop.disabled'));
});

test('every check adds its event, also where a producer gives several the same request id', async () => {
  const orderId = await transferred('same-request');
  await check('same-request', { requestId: 'the-same' });
  await product.sandbox.control.publish(501, orderId);
  await check('same-request', { requestId: 'the-same' });
  const events = (await product.events('same-request')).filter(({ type }) => type === 'payment.checked');
  expect(events.map(({ body }) => JSON.parse(body ?? '').detail)).toEqual(['order_not_invoiced', 'invoiced']);
});

test('a status check gets through a service that stumbles, with one attempt granted', async () => {
  const orderId = await transferred('stumble');
  await product.sandbox.control.inject({ operation: 'GetInvoices', effect: { kind: 'truncated' } });
  const job = await product.addCheck(
    {
      schemaVersion: 1,
      shopId: SHOP,
      requestId: 'stumbling',
      requestedAt: '2021-01-20T08:00:00Z',
      invoiceId: 'stumble',
    },
    { attempts: 1 },
  );
  expect(await product.endOf(job)).toMatchObject({ result: { orderId, status: 'not_paid' } });
});

test('nothing of it was against the rules of 24SevenOffice', async () => {
  expect(await product.sandbox.control.violations()).toEqual([]);
});
