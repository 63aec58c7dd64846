/** R14: paid or not paid, asked of the one order that is this invoice's. */
import { describe, expect, test } from 'vitest';
import { statusResult } from '../../src/contract/results.ts';
import type { Order } from '../../src/domain/books.ts';
import { decideMark } from '../../src/domain/mark.ts';
import { NotNow, OutcomeUnknown, Retryable } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { aRun, resultOf } from './worker.ts';
import { aStatusJob, aWorld, moveCompany, standing, type World } from './world.ts';

async function aTransferredWorld(changes: Partial<Order> = {}) {
  const world = await aWorld();
  const { orderId } = resultOf(await world.worker.run(anInvoiceJob()));
  world.company.editOrder(orderId, changes);
  return { ...world, orderId };
}

async function check(world: World, changes: Parameters<typeof aStatusJob>[0] = {}) {
  const saves = world.company.saves();
  const result = await world.worker.checkStatus(aStatusJob(changes), aRun());
  expect(statusResult.parse(result)).toEqual(result);
  expect(world.company.saves()).toBe(saves);
  return result;
}

const refusal = (world: World, changes: Parameters<typeof aStatusJob>[0] = {}) =>
  world.worker.checkStatus(aStatusJob(changes), aRun()).then(
    (result) => result,
    (error: unknown) => error,
  );

describe('a transferred invoice', () => {
  test('with a date of payment is paid', async () => {
    const world = await aTransferredWorld({
      orderStatus: 'Invoiced',
      invoiceId: 88,
      dateInvoiced: '2021-01-20T00:00:00',
      paid: '2021-01-31T00:00:00',
    });
    expect(await check(world)).toEqual({
      status: 'paid',
      detail: 'paid',
      orderId: world.orderId,
      invoiceNumber: 88,
      invoicedOn: '2021-01-20',
      paidOn: '2021-01-31',
      checkedAt: new Date(world.clock.now()).toISOString(),
    });
  });

  test.each<[string, Partial<Order>]>([
    ['order_not_invoiced', {}],
    ['invoiced', { orderStatus: 'Invoiced', invoiceId: 88 }],
    ['merged', { orderStatus: 'InvoicedPack' }],
  ])('is not paid: %s', async (detail, changes) => {
    const world = await aTransferredWorld(changes);
    expect(await check(world)).toMatchObject({ status: 'not_paid', detail, orderId: world.orderId });
  });

  test('whose order was deleted is not paid: order_missing', async () => {
    const world = await aTransferredWorld();
    world.company.deleteOrder(world.orderId);
    expect(await check(world)).toMatchObject({
      status: 'not_paid',
      detail: 'order_missing',
      orderId: world.orderId,
    });
  });

  test('is the same whatever reference a bookkeeper gave its order', async () => {
    const world = await aTransferredWorld({ referenceNumber: 'PO 4711', paid: '2021-01-31T00:00:00' });
    expect(await check(world)).toMatchObject({ status: 'paid' });
  });

  test('is known by its id also where both halves of the mark were taken from the order', async () => {
    const world = await aTransferredWorld({ referenceNumber: 'PO 4711', externalStatus: 12 });
    expect(await check(world)).toMatchObject({ status: 'not_paid', orderId: world.orderId });
  });

  test('is read by its id: one call', async () => {
    const world = await aTransferredWorld();
    const before = world.company.count('getOrder') + world.company.count('findOrdersByMark');
    await check(world);
    expect(world.company.count('getOrder') + world.company.count('findOrdersByMark')).toBe(before + 1);
  });

  test('whose shop moved to another company is not asked about there', async () => {
    const world = await aTransferredWorld();
    await moveCompany(world);
    expect(await refusal(world)).toMatchObject({ kind: 'terminal', code: 'order.not_ours' });
    expect(world.service.company('777').count('getOrder')).toBe(0);
  });
});

describe('an order id from Sharefox', () => {
  test('is taken where our store knows nothing any more', async () => {
    const world = await aWorld();
    const { orderId } = standing(world, { paid: '2021-01-31T00:00:00' });
    expect(await check(world, { externalOrderId: orderId })).toMatchObject({ status: 'paid', orderId });
    expect(world.company.count('findOrdersByMark')).toBe(0);
  });

  test.each<[string, (world: World) => Partial<Order>]>([
    ["another invoice's", () => decideMarkOf('I-2')],
    ["a stranger's", () => ({ referenceNumber: 'PO 1', externalStatus: 5 })],
    ['one without any mark', () => ({ referenceNumber: '', externalStatus: undefined as never })],
  ])('that names %s order is refused', async (_, orderOf) => {
    const world = await aWorld();
    const { orderId } = standing(world, orderOf(world));
    expect(await refusal(world, { externalOrderId: orderId })).toMatchObject({
      kind: 'terminal',
      code: 'order.not_ours',
      message: expect.stringContaining(`order ${orderId}`),
    });
    expect(world.store.eventsOf()).toEqual([]);
  });

  test('that is not there: order_missing, under that id', async () => {
    const world = await aWorld();
    expect(await check(world, { externalOrderId: 99 })).toMatchObject({
      detail: 'order_missing',
      orderId: 99,
    });
  });
});

function decideMarkOf(invoiceId: string): Partial<Order> {
  const { reference, externalStatus } = decideMark({
    clientId: '501',
    shopId: 'acme.mysharefox.com',
    invoiceId,
  });
  return { referenceNumber: reference, externalStatus };
}

describe('without a record', () => {
  test('the order is found by its mark', async () => {
    const world = await aWorld();
    const { orderId } = standing(world, { invoiceId: 88, orderStatus: 'Invoiced' });
    expect(await check(world)).toMatchObject({ detail: 'invoiced', orderId });
  });

  test.each<[string, Partial<Order> | undefined]>([
    ['there is none', undefined],
    ['it is cancelled', { orderStatus: 'Inactive' }],
    ['its reference was edited', { referenceNumber: 'PO 1' }],
  ])('and where %s, the invoice has not been transferred', async (_, changes) => {
    const world = await aWorld();
    if (changes !== undefined) standing(world, changes);
    expect(await refusal(world)).toMatchObject({ kind: 'terminal', code: 'invoice.not_transferred' });
    expect(world.store.eventsOf()).toEqual([]);
  });

  test('two orders under the mark are told, not chosen from', async () => {
    const world = await aWorld();
    standing(world);
    standing(world);
    expect(await refusal(world)).toMatchObject({
      code: 'order.duplicate_found',
      message: expect.stringContaining('orders 5001 and 5002'),
    });
  });
});

test('an invoice sent without an answer is looked for by its mark', async () => {
  const world = await aWorld();
  world.company.fail('createOrder', new OutcomeUnknown('order.unknown_outcome'), 'done');
  await world.worker.run(anInvoiceJob());
  expect(await check(world)).toMatchObject({ detail: 'order_not_invoiced' });
});

describe('the event', () => {
  test('says what the check answered, once per click', async () => {
    const world = await aTransferredWorld();
    const first = await check(world);
    await check(world);
    expect(world.store.eventsOf().filter(({ type }) => type === 'payment.checked')).toMatchObject([
      { ...world.key, requestId: 'check-1', body: JSON.stringify(first) },
    ]);
    await check(world, { requestId: 'check-2' });
    expect(world.store.eventsOf().filter(({ type }) => type === 'payment.checked')).toHaveLength(2);
  });
});

describe('a check that fails', () => {
  test.each([new Retryable('service.unavailable'), new NotNow('service.quota', 1)])(
    'says so and answers nothing: $code',
    async (failure) => {
      const world = await aTransferredWorld();
      world.company.fail('getOrder', failure);
      expect(await refusal(world)).toBe(failure);
      expect(world.events()).toEqual(['transfer.completed']);
    },
  );

  test('by mark is not taken for "not transferred"', async () => {
    const world = await aWorld();
    world.company.fail('findOrdersByMark', new Retryable('service.unavailable'));
    expect(await refusal(world)).toMatchObject({ kind: 'retryable' });
  });

  test.each<[string, (world: World) => Promise<unknown>]>([
    ['shop.disabled', (world) => world.store.shops.disable(world.key.shopId)],
    ['shop.unknown', async (world) => world.store.wipe()],
  ])('for a shop that may not: %s', async (code, change) => {
    const world = await aTransferredWorld();
    await change(world);
    expect(await refusal(world)).toMatchObject({ kind: 'terminal', code });
  });
});
