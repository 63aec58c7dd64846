/** One order, exactly once: its mark, and the look before every send. */
import { describe, expect, test } from 'vitest';
import { NotNow, Retryable } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import { aClick, aWorld, searchable, settleMs, standing, unanswered } from './world.ts';

const job = anInvoiceJob();

describe('mark', () => {
  test('every order sent carries it, visible and searchable', async () => {
    const world = await aWorld();
    const { reference } = resultOf(await world.worker.run(job));
    expect(world.mark.reference).toMatch(/^SF-1018-1-[a-z2-7]{8}$/);
    expect(reference).toBe(world.mark.reference);
    expect(world.company.drafts).toMatchObject([
      { referenceNumber: reference, externalStatus: world.mark.externalStatus },
    ]);
  });

  test('two shops on one company do not take each other for the same invoice', async () => {
    const world = await aWorld();
    resultOf(await world.worker.run(job));
    const other = 'other.mysharefox.com';
    const verified = { clientId: '501', identityId: 'identity-501', verifiedAt: '2021-01-01T00:00:00Z' };
    const settings = { ...(await world.shop()), shopId: other };
    await world.store.shops.restore({ settings, disabled: false, verified });
    expect(resultOf(await world.worker.run(anInvoiceJob({ shopId: other })))).toMatchObject({
      outcome: 'created',
    });
    expect(world.company.orders).toHaveLength(2);
  });
});

describe('look first', () => {
  test('every attempt that may send looks before it', async () => {
    const world = await aWorld();
    await searchable(world);
    for (let n = 1; n <= 3; n += 1) {
      world.company.fail('createOrder', new Retryable('service.session_lost'));
      expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'retryable' });
      expect(world.company.count('findOrdersByMark')).toBe(n);
    }
    resultOf(await world.worker.run(job));
    // One more to look, one to read back.
    expect(world.company.count('findOrdersByMark')).toBe(5);
  });

  test('an order found is adopted: nothing is sent, and the result says so', async () => {
    const world = await aWorld();
    const { orderId } = standing(world);
    expect(resultOf(await world.worker.run(job))).toMatchObject({
      outcome: 'adopted',
      orderId,
      customerId: 301,
      productId: 701,
      customer: 'unchanged',
      product: 'found',
      category: 'not_needed',
      totals: { posted: '1518.75' },
    });
    expect(world.company.saves()).toBe(0);
    expect(await world.trail()).toEqual(['begin', 'adopt', 'transferred']);
    expect(await world.record()).toMatchObject({ state: 'transferred', adopted: true, orderId });
  });

  test('an order found only by its customer is adopted too', async () => {
    const world = await aWorld();
    world.company.searchesByMark = false;
    const customer = world.company.addCustomer({ organizationNumber: '817404502', name: 'Byggmester AS' });
    const { orderId } = standing(world, { customerId: customer.id });
    expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'adopted', orderId });
    expect(world.company.count('createOrder')).toBe(0);
  });

  test('an order that was published and paid meanwhile is adopted as any other', async () => {
    const world = await aWorld();
    standing(world, { orderStatus: 'Invoiced', invoiceId: 88, dateInvoiced: '2021-01-20T00:00:00' });
    expect(resultOf(await world.worker.run(job)).outcome).toBe('adopted');
  });

  test('a cancelled order is not adopted: a new one is made', async () => {
    const world = await aWorld();
    const { orderId } = standing(world, { orderStatus: 'Inactive' });
    const result = resultOf(await world.worker.run(job));
    expect(result.outcome).toBe('created');
    expect(result.orderId).not.toBe(orderId);
  });

  test("another invoice's order under the same number is left alone", async () => {
    const world = await aWorld();
    standing(world, { referenceNumber: 'SF-77-bbbbbbbb' });
    expect(resultOf(await world.worker.run(job)).outcome).toBe('created');
    expect(world.company.orders).toHaveLength(2);
  });

  test('two orders found: a person must decide, nothing is sent', async () => {
    const world = await aWorld();
    standing(world);
    standing(world);
    expect(failureOf(await world.worker.run(job))).toMatchObject({
      kind: 'terminal',
      code: 'order.duplicate_found',
      message: expect.stringContaining('orders 5001 and 5002'),
    });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.duplicate_found' });
    expect(world.company.saves()).toBe(0);
    // One of them deleted: which one was right nobody has said.
    world.company.deleteOrder(5001);
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({
      code: 'order.duplicate_found',
    });
    expect(world.events()).toEqual(['transfer.unresolved']);
  });

  test('an order whose reference a bookkeeper has edited is disputed, never doubled', async () => {
    const world = await aWorld();
    standing(world, { referenceNumber: 'PO 4711' });
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'order.mark_disputed' });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.mark_disputed' });
    expect(world.company.saves()).toBe(0);
  });

  test.each([
    ['findOrdersByMark', new Retryable('service.unavailable'), 'retryable'],
    ['findOrdersByMark', new NotNow('service.quota', Number.MAX_SAFE_INTEGER), 'not_now'],
    ['findOrdersOfCustomer', new Retryable('service.unavailable'), 'retryable'],
  ] as const)('a look that fails (%s) is never read as "not found"', async (call, error, kind) => {
    const world = await aWorld();
    world.company.fail(call, error);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind });
    expect(world.company.count('createOrder')).toBe(0);
    expect(await world.record()).toMatchObject({ state: 'preparing' });
  });
});

describe('ExternalStatus search', () => {
  test("while unproven, the customer's orders are looked through too, before anything is sent", async () => {
    const world = await aWorld();
    world.company.searchesByMark = false;
    resultOf(await world.worker.run(job));
    expect(world.company.count('findOrdersOfCustomer')).toBe(1);
    expect(await world.store.facts.get('501', 'markSearchable')).toBeUndefined();
    resultOf(await world.worker.run(aClick('request-2', { id: 'I-2' })));
    expect(world.company.count('findOrdersOfCustomer')).toBe(2);
  });

  test('once an order was found by it, it alone is asked', async () => {
    const world = await aWorld();
    resultOf(await world.worker.run(job));
    expect(await world.store.facts.get('501', 'markSearchable')).toBe('1');
    expect(world.company.count('findOrdersOfCustomer')).toBe(1);
    resultOf(await world.worker.run(aClick('request-2', { id: 'I-2' })));
    expect(world.company.count('findOrdersOfCustomer')).toBe(1);
  });

  test('unproven, an unanswered order is still found again, through its customer', async () => {
    const world = await aWorld();
    world.company.searchesByMark = false;
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('createOrder', unanswered(), 'done');
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'adopted' } });
    expect(world.company.orders).toHaveLength(1);
  });

  test('unproven, an order just made is read back by its id', async () => {
    const world = await aWorld();
    world.company.searchesByMark = false;
    resultOf(await world.worker.run(job));
    expect(world.company.count('getOrder')).toBe(1);
  });
});
