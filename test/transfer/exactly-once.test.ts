/** "One order, exactly once": the look, the intent, the settle time, the fence, the read-back. */
import { describe, expect, test } from 'vitest';
import type { Order } from '../../src/domain/books.ts';
import { NotNow, OutcomeUnknown, Rejected, Retryable } from '../../src/errors.ts';
import { anInvoiceJob, anOrder } from '../support/builders.ts';
import { quiesce } from '../support/fake-clock.ts';
import { aClick, aWorld, failureOf, leaseMs, resultOf, settleMs, type World } from './world.ts';

const unanswered = () => new OutcomeUnknown('order.unknown_outcome');
const job = anInvoiceJob();

/** The order of the builders' invoice, put there by an earlier life of the store, say. */
const standing = ({ company, mark }: World, changes: Partial<Order> = {}): Order =>
  company.addOrder(
    anOrder({
      orderId: 5001 + company.orders.length,
      referenceNumber: mark.reference,
      externalStatus: mark.externalStatus,
      ...changes,
    }),
  );

/** As for a shop whose orders have been found by their ExternalStatus before. */
const searchable = (world: World) => world.store.facts.set('501', 'markSearchable', '1');

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
    await world.store.shops.save({ ...(await settingsOf(world)), shopId: other });
    await world.store.shops.markVerified(other, {
      clientId: '501',
      identityId: 'identity-501',
      verifiedAt: '2021-01-01T00:00:00Z',
    });
    expect(resultOf(await world.worker.run(anInvoiceJob({ shopId: other })))).toMatchObject({
      outcome: 'created',
    });
    expect(world.company.orders).toHaveLength(2);
  });
});

async function settingsOf(world: World) {
  const shop = await world.store.shops.find(world.key.shopId);
  if (shop === undefined) throw new Error('the world has a shop');
  return shop.settings;
}

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
      kind: 'rejected',
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

describe('after a send without an answer', () => {
  test('no look is believed before the settle time; then the order is adopted', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('createOrder', unanswered(), 'done');
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'outcome_unknown' });
    const looks = world.company.count('findOrdersByMark');
    await world.clock.pass(settleMs - 2);
    const waits = failureOf(await world.worker.run(job));
    expect(waits).toMatchObject({ kind: 'not_now', code: 'transfer.settling' });
    expect((waits as NotNow).untilMs).toBe(world.clock.now() + 2);
    expect(world.company.count('findOrdersByMark')).toBe(looks);

    await world.clock.pass(2);
    expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'adopted' });
    expect(world.company.orders).toHaveLength(1);
  });

  test('that never arrived: missed twice, one settle apart, then sent again', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'sent');
    await world.worker.run(job);
    await world.clock.pass(settleMs);
    const missed = failureOf(await world.worker.run(job));
    expect(missed).toMatchObject({ kind: 'not_now', code: 'transfer.settling' });
    await world.clock.pass(settleMs - 1);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'not_now' });
    expect(world.company.orders).toEqual([]);
    await world.clock.pass(1);
    expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'created' });
    expect(world.company.orders).toHaveLength(1);
    expect((await world.record()).unknownOutcome).toBe(true);
  });

  test('that arrives between the two looks is adopted by the second', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs + 1;
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(job);
    await world.clock.pass(settleMs);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'not_now' });
    await world.clock.pass(settleMs);
    expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'adopted' });
    expect(world.company.orders).toHaveLength(1);
  });

  test('a shop that says "ask" is asked instead of a second send', async () => {
    const world = await aWorld({ afterUnknown: 'ask' });
    world.company.fail('createOrder', unanswered(), 'sent');
    expect(await world.worker.finish(job)).toMatchObject({ failure: { code: 'order.unknown_outcome' } });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.unknown_outcome' });
    expect(world.company.orders).toEqual([]);
    expect(world.company.count('createOrder')).toBe(1);
    expect(world.events()).toEqual(['transfer.unresolved']);
  });

  test('the resent order is given a settle time of its own to show', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'sent');
    await world.worker.run(job);
    world.company.visibleAfterMs = settleMs - 1;
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'created' } });
  });

  test('a resend that is refused does not end as rejected: the first may still come', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'sent');
    world.company.fail('createOrder', new Rejected('order.refused'));
    expect(await world.worker.finish(job)).toMatchObject({ failure: { code: 'order.refused' } });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.refused' });
  });

  test('a second unanswered send is looked for as patiently as the first', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'sent');
    world.company.fail('createOrder', unanswered(), 'done');
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'adopted' } });
    expect(world.company.orders).toHaveLength(1);
    expect(world.company.count('createOrder')).toBe(2);
  });

  test('a bug beside the save is taken for a save', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('createOrder', new TypeError('cannot read properties of undefined'), 'done');
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'retryable', code: 'transfer.bug' });
    expect(await world.record()).toMatchObject({ state: 'sending', unknownOutcome: true });
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'adopted' } });
    expect(world.company.orders).toHaveLength(1);
  });
});

describe('intent', () => {
  test('is what stands in the record when the bytes leave', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'sent');
    const run = world.worker.start(job);
    await gate.reached;
    expect(await world.record()).toMatchObject({
      state: 'sending',
      sentAt: world.clock.now(),
      sentRevision: 1,
      sentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    gate.open();
    resultOf(await run);
  });

  test.each([
    ['quota', new NotNow('service.quota', Number.MAX_SAFE_INTEGER), 'not_now'],
    ['a lost session', new Retryable('service.session_lost'), 'retryable'],
  ])('a save refused for %s puts it back: the next attempt need not wait', async (_, error, kind) => {
    const world = await aWorld();
    world.company.fail('createOrder', error);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind });
    const record = await world.record();
    expect(record).toMatchObject({ state: 'preparing', unknownOutcome: false });
    expect(record.sentAt).toBeUndefined();
    expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'created' });
  });

  test('refused because the store was restarted, nothing is sent', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'asked');
    const run = world.worker.start(job);
    await gate.reached;
    world.store.restart();
    gate.open();
    expect(failureOf(await run)).toMatchObject({ kind: 'not_now' });
    expect(world.company.orders).toEqual([]);
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'created' } });
    expect(world.company.orders).toHaveLength(1);
  });
});

describe('fence', () => {
  test('a worker that lost its lease sends nothing any more', async () => {
    const world = await aWorld();
    const slow = world.another();
    const gate = world.company.hold('createOrder', 'asked');
    const late = slow.start(job);
    await gate.reached;
    world.clock.suspend(leaseMs + 1);
    const { orderId } = resultOf(await world.worker.run(job));
    gate.open();
    expect(failureOf(await late)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect(world.company.orders.map((order) => order.orderId)).toEqual([orderId]);
    expect(world.events()).toEqual(['transfer.completed']);
  });

  test('a worker that lost it after its send writes nothing into the record', async () => {
    const world = await aWorld();
    const slow = world.another();
    const gate = world.company.hold('createOrder', 'done');
    const late = slow.start(job);
    await gate.reached;
    world.clock.suspend(leaseMs + 1);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'transfer.settling' });
    gate.open();
    expect(failureOf(await late)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect(await world.record()).toMatchObject({ state: 'sending' });
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'adopted' } });
    expect(world.company.orders).toHaveLength(1);
  });

  test.each(['findOrdersByMark', 'findOrdersOfCustomer'] as const)(
    'a look (%s) answered after the lease was lost leads to nothing',
    async (call) => {
      const world = await aWorld();
      const slow = world.another();
      const gate = world.company.hold(call, 'done');
      const late = slow.start(job);
      await gate.reached;
      world.clock.suspend(leaseMs + 1);
      resultOf(await world.worker.run(job));
      gate.open();
      expect(failureOf(await late)).toMatchObject({ kind: 'not_now' });
      expect(world.company.orders).toHaveLength(1);
      expect(world.events()).toEqual(['transfer.completed']);
    },
  );

  test('is kept by renewal for as long as the send waits for its turn', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'asked');
    const patient = world.worker.start(job);
    await gate.reached;
    await world.clock.pass(10 * leaseMs);
    expect(failureOf(await world.another().run(job))).toMatchObject({ code: 'transfer.busy' });
    gate.open();
    resultOf(await patient);
    expect(world.clock.sleepers()).toBe(0);
  });
});

describe('epoch', () => {
  test('a store that came back empty: quiet for one settle, then what stands is adopted', async () => {
    const world = await aWorld();
    await world.worker.run(job);
    const settings = await settingsOf(world);
    world.store.wipe();
    await world.settings(settings);
    const quiet = failureOf(await world.worker.run(job));
    expect(quiet).toMatchObject({ kind: 'not_now', code: 'transfer.settling' });
    expect((quiet as NotNow).untilMs).toBe(world.clock.now() + settleMs);
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'adopted' } });
    expect(world.company.orders).toHaveLength(1);
    expect(world.company.customers).toHaveLength(1);
  });

  test('emptied while a send waits for its turn, it is not sent', async () => {
    const world = await aWorld();
    const settings = await settingsOf(world);
    const gate = world.company.hold('createOrder', 'asked');
    const late = world.worker.start(job);
    await gate.reached;
    world.store.wipe();
    await world.settings(settings);
    gate.open();
    expect(failureOf(await late)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect(world.company.orders).toEqual([]);
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'created' } });
    expect(world.company.orders).toHaveLength(1);
  });

  test('emptied while a send is on its way: the new life waits for it and adopts', async () => {
    const world = await aWorld();
    const settings = await settingsOf(world);
    world.company.visibleAfterMs = settleMs - 1;
    const gate = world.company.hold('createOrder', 'sent');
    const late = world.worker.start(job);
    await gate.reached;
    world.store.wipe();
    await world.settings(settings);
    const other = world.another();
    const finished = other.finish(job);
    await quiesce();
    gate.open();
    expect(failureOf(await late)).toMatchObject({ kind: 'not_now' });
    expect(await finished).toMatchObject({ result: { outcome: 'adopted' } });
    expect(world.company.orders).toHaveLength(1);
    expect(world.company.customers).toHaveLength(1);
    expect(world.company.products).toHaveLength(1);
  });
});

describe('read-back', () => {
  test('an order that came out with other sums is told to a person, not called done', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(job);
    await gate.reached;
    const [order] = world.company.orders;
    world.company.editOrder(order?.orderId ?? 0, { totalIncVat: '1518.7400' });
    gate.open();
    expect(failureOf(await run)).toMatchObject({
      kind: 'rejected',
      code: 'order.totals_mismatch',
      message: expect.stringContaining('gross 1518.74 instead of 1518.75'),
    });
    expect(await world.record()).toMatchObject({ state: 'unresolved', orderId: order?.orderId });
    // Put right in 24SevenOffice, the next look takes it over.
    world.company.editOrder(order?.orderId ?? 0, { totalIncVat: '1518.7500' });
    expect(resultOf(await world.worker.run(aClick('request-2')))).toMatchObject({ orderId: order?.orderId });
    expect(world.events()).toEqual(['transfer.unresolved', 'transfer.completed']);
  });

  test('an order that shows no sums at all is not called done either', async () => {
    const world = await aWorld();
    standing(world, { totalIncVat: '' });
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'order.totals_mismatch' });
  });

  test('another order under our mark beside the one just made is a duplicate', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(job);
    await gate.reached;
    standing(world, { orderId: 9001 });
    gate.open();
    expect(failureOf(await run)).toMatchObject({
      code: 'order.duplicate_found',
      message: expect.stringContaining('and 9001 both'),
    });
    expect((await world.record()).state).toBe('unresolved');
  });

  test('another order under our mark instead of the one just made is a duplicate too', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs;
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(job);
    await gate.reached;
    standing(world, { orderId: 9001 });
    gate.open();
    expect(failureOf(await run)).toMatchObject({ code: 'order.duplicate_found' });
  });

  test('an order that does not show yet is looked for, ever more slowly, until it must show', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    const started = world.clock.now();
    const failure = failureOf(await world.worker.run(job));
    expect(failure).toMatchObject({ kind: 'not_now', code: 'transfer.settling' });
    expect((failure as NotNow).untilMs).toBe(started + 1_000);
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'created' } });
    expect(world.clock.now() - started).toBeLessThanOrEqual(settleMs);
    expect(world.company.count('findOrdersByMark')).toBeLessThan(12);
    expect(world.company.count('createOrder')).toBe(1);
  });

  test.each([true, false])(
    'an order gone before it was read back has vanished (searchable: %s)',
    async (by) => {
      const world = await aWorld();
      world.company.searchesByMark = by;
      if (by) await searchable(world);
      const gate = world.company.hold('createOrder', 'done');
      const run = world.worker.start(job);
      await gate.reached;
      const [order] = world.company.orders;
      world.company.deleteOrder(order?.orderId ?? 0);
      gate.open();
      expect(failureOf(await run)).toMatchObject({ kind: 'not_now' });
      const settled = world.clock.now() + settleMs;
      expect(await world.worker.finish(job)).toMatchObject({ failure: { code: 'order.vanished' } });
      expect(world.clock.now()).toBeGreaterThanOrEqual(settled);
      expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.vanished' });
      expect(world.company.count('createOrder')).toBe(1);
    },
  );

  test('an order whose reference was edited at once is still known by its id', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(job);
    await gate.reached;
    world.company.editOrder(world.company.orders[0]?.orderId ?? 0, { referenceNumber: 'PO 4711' });
    gate.open();
    expect(resultOf(await run)).toMatchObject({ outcome: 'created' });
  });

  test('is compared with what was sent, although another content is asked for by now', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    await world.worker.run(job);
    const other = anInvoiceJob({ requestId: 'request-2', invoice: { comment: 'new' } });
    expect(await world.worker.finish(other)).toMatchObject({
      failure: { code: 'invoice.changed_after_transfer' },
    });
    expect(await world.record()).toMatchObject({ state: 'transferred', result: { outcome: 'created' } });
    expect(world.company.orders).toHaveLength(1);
  });
});
