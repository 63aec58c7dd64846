/** Nothing counts as done before it was read back and compared, to the øre. */
import { describe, expect, test } from 'vitest';
import type { NotNow } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import { aClick, aWorld, searchable, settleMs, standing } from './world.ts';

const job = anInvoiceJob();

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
      kind: 'terminal',
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

  test.each(['beside', 'instead of'])(
    'another order under our number %s the one just made, its reference edited, is disputed',
    async (where) => {
      const world = await aWorld();
      await searchable(world);
      const gate = world.company.hold('createOrder', 'done');
      const run = world.worker.start(job);
      await gate.reached;
      const orderId = world.company.orders[0]?.orderId ?? 0;
      const other = standing(world, { referenceNumber: 'PO 4711' });
      if (where === 'instead of') world.company.deleteOrder(orderId);
      gate.open();
      expect(failureOf(await run)).toMatchObject({
        code: 'order.mark_disputed',
        message: expect.stringContaining(`order ${other.orderId} carries`),
      });
      expect(await world.record()).toMatchObject({ state: 'unresolved', orderId });
    },
  );

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

describe('the money of an order is what its currency says', () => {
  const foreign = { organizationNumber: '817404502', name: 'Byggmester AS', currencyId: 'EUR' };

  test("a customer's foreign currency does not turn the order: it is sent with the shop's own", async () => {
    const world = await aWorld();
    world.company.addCustomer(foreign);
    expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'created' });
    expect(world.company.orders).toMatchObject([{ currency: 'NOK' }]);
  });

  test.each(['LOCAL', 'NOK'])('nothing is said of it where the customer pays in %s', async (currencyId) => {
    const world = await aWorld();
    world.company.addCustomer({ ...foreign, currencyId });
    resultOf(await world.worker.run(job));
    expect(world.company.drafts[0]).not.toHaveProperty('currency');
  });

  test('the right number in the wrong money is told to a person, not called done', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(job);
    await gate.reached;
    world.company.editOrder(world.company.orders[0]?.orderId ?? 0, { currency: 'EUR' });
    gate.open();
    expect(failureOf(await run)).toMatchObject({
      code: 'order.currency_mismatch',
      message: expect.stringContaining('currency EUR instead of NOK'),
    });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.currency_mismatch' });
  });

  test.each([
    ['EUR', { failure: { code: 'order.currency_mismatch' } }],
    ['nok', { result: { outcome: 'adopted' } }],
    ['LOCAL', { result: { outcome: 'adopted' } }],
  ])('an order found by its mark is held against it, too: %s', async (currency, ended) => {
    const world = await aWorld();
    standing(world, { currency });
    expect(await world.worker.finish(job)).toMatchObject(ended);
  });
});
