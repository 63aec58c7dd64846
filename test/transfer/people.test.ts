/** What a person decides of an unresolved or transferred invoice. */
import { describe, expect, test } from 'vitest';
import { Retryable, Terminal } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { aSweep } from './a-sweep.ts';
import { failureOf, resultOf } from './worker.ts';
import {
  aClick,
  anEditedJob,
  aWorld,
  moveCompany,
  settleMs,
  standing,
  unanswered,
  type World,
} from './world.ts';

const job = anInvoiceJob();
const decision = { requestId: 'decision-1', by: 'support', reason: 'ticket 7' };
const confirmation = { ...decision, acceptDifference: false };

async function anUnresolvedWorld() {
  const world = await aWorld({ afterUnknown: 'ask' });
  world.company.fail('createOrder', unanswered(), 'sent');
  await world.worker.finish(job);
  await world.clock.pass(settleMs);
  return world;
}

const refused = (message: string) =>
  expect.objectContaining({ name: 'DecisionRefused', message: expect.stringContaining(message) });

/** What a refused decision leaves behind: everything as it was, free to be claimed. */
async function expectUntouched(world: World, attempt: Promise<unknown>, message: string): Promise<void> {
  const { updatedAt: _, ...before } = await world.record();
  await expect(attempt).rejects.toEqual(refused(message));
  const { updatedAt: __, ...after } = await world.record();
  expect(after).toEqual(before);
  const claim = await world.store.records.claim(world.key, 1);
  expect(claim.kind).toBe('claimed');
}

describe('order N is this invoice', () => {
  test('ends it as transferred with that order, and says who said so', async () => {
    const world = await anUnresolvedWorld();
    const { orderId } = standing(world, { referenceNumber: 'PO 4711' });
    expect(await world.worker.people.orderIs(world.key, orderId, confirmation)).toMatchObject({
      outcome: 'adopted',
      orderId,
    });
    expect(await world.record()).toMatchObject({ state: 'transferred', orderId });
    expect(world.events()).toEqual(['transfer.unresolved', 'transfer.completed']);
    expect(await world.store.records.trail(world.key)).toContainEqual(
      expect.objectContaining({ step: 'transferred', by: 'support', reason: 'ticket 7' }),
    );
  });

  test('is refused where the sums differ, unless the difference is accepted', async () => {
    const world = await anUnresolvedWorld();
    const { orderId } = standing(world, { totalIncVat: '1500.0000' });
    const { orderIs } = world.worker.people;
    await expectUntouched(world, orderIs(world.key, orderId, confirmation), 'gross 1500.00 instead of');
    await world.clock.pass(settleMs);
    const accepted = await orderIs(world.key, orderId, { ...confirmation, acceptDifference: true });
    expect(accepted.totals).toEqual({ expected: '1518.75', posted: '1500.00' });
    expect(accepted.warnings.map(({ code }) => code)).toContain('order.difference_accepted');
  });

  test.each<[string, (world: World) => number, string]>([
    ['is not in the books', () => 4711, 'is not in this company'],
    [
      "carries another invoice's mark",
      (world) => standing(world, { referenceNumber: 'SF-77-bbbbbbbb' }).orderId,
      "another invoice's mark",
    ],
    ['is cancelled', (world) => standing(world, { orderStatus: 'Inactive' }).orderId, 'is Inactive'],
    [
      'is one of two',
      (world) => {
        standing(world);
        return standing(world).orderId;
      },
      "order 5001 carries this invoice's mark, too",
    ],
  ])('is refused where the order %s', async (_, orderOf, message) => {
    const world = await anUnresolvedWorld();
    const { orderIs } = world.worker.people;
    await expectUntouched(world, orderIs(world.key, orderOf(world), confirmation), message);
  });
});

describe('what a person confirmed is what the same click finds', () => {
  /** An order under our number whose reference somebody edited, in a store that never sent it. */
  async function aConfirmedWorld(resend: 'refuse' | 'update') {
    const world = await aWorld({ resend });
    const { orderId } = standing(world, { referenceNumber: 'PO 4711', totalIncVat: '1500.0000' });
    expect(await world.worker.finish(job)).toMatchObject({ failure: { code: 'order.mark_disputed' } });
    await world.worker.people.orderIs(world.key, orderId, { ...confirmation, acceptDifference: true });
    return { ...world, orderId };
  }

  test.each(['refuse', 'update'] as const)('already transferred, under resend: %s', async (resend) => {
    const world = await aConfirmedWorld(resend);
    expect(resultOf(await world.worker.run(aClick('request-2')))).toMatchObject({
      outcome: 'already_transferred',
      orderId: world.orderId,
    });
    expect(world.company.saves()).toBe(0);
    expect(world.company.orders).toMatchObject([{ referenceNumber: 'PO 4711', totalIncVat: '1500.0000' }]);
  });

  test('another content is another', async () => {
    const world = await aConfirmedWorld('refuse');
    expect(failureOf(await world.worker.run(anEditedJob('request-2', 4)))).toMatchObject({
      code: 'invoice.changed_after_transfer',
    });
  });
});

test('an invoice whose second order showed up late can be resolved, once it was sent again', async () => {
  const world = await aWorld();
  const { orderId } = resultOf(await world.worker.run(job));
  standing(world, { orderId: 9001 });
  await world.clock.pass(3_600_000);
  expect(await aSweep(world).pass()).toMatchObject({ duplicate: 1 });
  world.company.deleteOrder(orderId);
  const { orderIs } = world.worker.people;
  await expectUntouched(
    world,
    orderIs(world.key, 9001, confirmation),
    'send the invoice again from Sharefox',
  );
  await world.clock.pass(settleMs);
  await world.worker.run(aClick('request-2', { comment: 'an edit is not what was sent' }));
  await expect(orderIs(world.key, 9001, confirmation)).rejects.toEqual(refused('send the invoice again'));
  await world.worker.run(aClick('request-3'));
  expect(await orderIs(world.key, 9001, confirmation)).toMatchObject({ orderId: 9001, outcome: 'adopted' });
  expect(world.events()).toEqual(['transfer.completed', 'transfer.unresolved', 'transfer.completed']);
});

test('of two orders the second deleted, the first is confirmed as it was verified', async () => {
  const world = await aWorld();
  const { orderId } = resultOf(await world.worker.run(job));
  standing(world, { orderId: 9001 });
  await world.clock.pass(3_600_000);
  await aSweep(world).pass();
  world.company.deleteOrder(9001);
  const { orderIs } = world.worker.people;
  expect(await orderIs(world.key, orderId, confirmation)).toMatchObject({ orderId, outcome: 'created' });
  expect(await world.record()).toMatchObject({ state: 'transferred', orderId });
  expect(world.events()).toEqual(['transfer.completed', 'transfer.unresolved', 'transfer.completed']);
});

describe('no order was created', () => {
  test('opens the invoice: its own job sends it', async () => {
    const world = await anUnresolvedWorld();
    const again = await world.worker.people.notCreated(world.key, decision);
    expect(again).toEqual({ ...job, requestId: 'decision-1' });
    expect(await world.record()).toMatchObject({ state: 'accepted', attempts: 0, unknownOutcome: false });
    expect(await world.worker.finish(again)).toMatchObject({ result: { outcome: 'created' } });
    expect(world.company.orders).toHaveLength(1);
  });

  test('opens it also where a newer revision was clicked since', async () => {
    const world = await anUnresolvedWorld();
    await world.worker.run(anEditedJob('request-2', 4, 2));
    const again = await world.worker.people.notCreated(world.key, decision);
    expect(await world.worker.finish(again)).toMatchObject({ result: { outcome: 'created' } });
  });

  test.each<[string, (world: World) => void, string]>([
    ['one carries its mark', (world) => standing(world), 'resolve with --order 5001'],
    [
      'one carries its number, edited by a bookkeeper',
      (world) => standing(world, { referenceNumber: 'PO 1' }),
      'resolve with --order 5001',
    ],
  ])('is refused where %s', async (_, change, message) => {
    const world = await anUnresolvedWorld();
    change(world);
    await expectUntouched(world, world.worker.people.notCreated(world.key, decision), message);
  });

  test('is refused where one of its customer is found, in a shop not searchable by mark', async () => {
    const world = await anUnresolvedWorld();
    world.company.searchesByMark = false;
    standing(world, { customerId: world.company.customers[0]?.id ?? 0 });
    await expectUntouched(world, world.worker.people.notCreated(world.key, decision), '--order 5001');
  });

  test('is refused until the send has settled', async () => {
    const world = await aWorld({}, { maxAttempts: 1 });
    world.company.fail('createOrder', unanswered(), 'done');
    world.company.visibleAfterMs = settleMs - 1;
    await world.worker.run(job);
    expect((await world.record()).state).toBe('unresolved');
    const { notCreated } = world.worker.people;
    await expectUntouched(world, notCreated(world.key, decision), `look again in ${settleMs / 1_000} s`);
    await world.clock.pass(settleMs);
    await expect(notCreated(world.key, decision)).rejects.toEqual(refused('--order'));
  });

  test('is refused where an order id is known', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(job);
    await gate.reached;
    const orderId = world.company.orders[0]?.orderId ?? 0;
    world.company.editOrder(orderId, { totalVat: '1.0000' });
    gate.open();
    await run;
    await world.clock.pass(settleMs);
    await expectUntouched(
      world,
      world.worker.people.notCreated(world.key, decision),
      `order ${orderId} was created`,
    );
  });
});

describe('the order was deleted on purpose', () => {
  test('lets the next click make a new one', async () => {
    const world = await aWorld();
    const { orderId } = resultOf(await world.worker.run(job));
    world.company.deleteOrder(orderId);
    await world.worker.people.orderDeleted(world.key, decision);
    expect(await world.record()).toMatchObject({ state: 'rejected', code: 'order.missing' });
    expect((await world.record()).orderId).toBeUndefined();
    expect(resultOf(await world.worker.run(aClick('request-2')))).toMatchObject({ outcome: 'created' });
    expect(world.company.orders).toHaveLength(1);
    expect(world.events()).toEqual(['transfer.completed', 'transfer.rejected', 'transfer.completed']);
  });

  test('also where we were the first to miss it', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = 10 * settleMs;
    await world.worker.finish(job);
    const { orderId, code } = await world.record();
    expect(code).toBe('order.vanished');
    world.company.deleteOrder(orderId ?? 0);
    await world.clock.pass(settleMs);
    await world.worker.people.orderDeleted(world.key, decision);
    world.company.visibleAfterMs = 0;
    expect(resultOf(await world.worker.run(aClick('request-2')))).toMatchObject({ outcome: 'created' });
    expect(world.company.orders).toHaveLength(1);
  });

  test('also where an edit had been under way: the next click begins with the invoice, not with the edit', async () => {
    const world = await aWorld({ resend: 'update' });
    const { orderId } = resultOf(await world.worker.run(job));
    world.company.fail('updateOrder', new Terminal('order.refused'));
    await world.worker.run(anEditedJob('request-2', 4));
    world.company.deleteOrder(orderId);
    await world.clock.pass(settleMs);
    await world.worker.people.orderDeleted(world.key, decision);
    const click = anEditedJob('request-3', 4, 3);
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    expect(await world.worker.finish(click)).toMatchObject({ result: { outcome: 'created' } });
  });

  test('is refused while an order just made may not show yet', async () => {
    const world = await aWorld({}, { maxAttempts: 1 });
    world.company.visibleAfterMs = settleMs - 1;
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(job);
    await gate.reached;
    world.company.fail('findOrdersByMark', new Retryable('service.unavailable'));
    gate.open();
    await run;
    expect((await world.record()).state).toBe('unresolved');
    const { orderDeleted } = world.worker.people;
    await expectUntouched(world, orderDeleted(world.key, decision), `look again in ${settleMs / 1_000} s`);
    await world.clock.pass(settleMs);
    await expect(orderDeleted(world.key, decision)).rejects.toEqual(refused('still stands'));
  });

  test('is refused while it stands, whatever a bookkeeper made of its mark', async () => {
    const world = await aWorld();
    const { orderId } = resultOf(await world.worker.run(job));
    world.company.editOrder(orderId, { referenceNumber: 'PO 1', externalStatus: 5 });
    await expectUntouched(
      world,
      world.worker.people.orderDeleted(world.key, decision),
      `order ${orderId} still stands`,
    );
  });

  test('is refused where no order is known', async () => {
    const world = await anUnresolvedWorld();
    await expectUntouched(world, world.worker.people.orderDeleted(world.key, decision), '--not-created');
  });

  test('is refused while it, or another under the mark, still stands', async () => {
    const world = await aWorld();
    const { orderId } = resultOf(await world.worker.run(job));
    const { orderDeleted } = world.worker.people;
    await expectUntouched(world, orderDeleted(world.key, decision), `order ${orderId} still stands`);
    await world.clock.pass(settleMs);
    world.company.deleteOrder(orderId);
    standing(world, { orderId: 9001 });
    await expectUntouched(world, orderDeleted(world.key, decision), 'order 9001 still stands');
  });
});

describe('any decision', () => {
  test.each(['orderIs', 'notCreated'] as const)('%s is about an unresolved invoice only', async (name) => {
    const world = await aWorld();
    const decide = () =>
      name === 'orderIs'
        ? world.worker.people.orderIs(world.key, 1, confirmation)
        : world.worker.people.notCreated(world.key, decision);
    await expect(decide()).rejects.toEqual(refused('is not known'));
    await world.worker.run(job);
    await expectUntouched(world, decide(), 'is transferred, not unresolved');
  });

  test('comes too late where a job has found the order just before', async () => {
    const world = await anUnresolvedWorld();
    standing(world);
    let isFirst = true;
    const desk = world.another({
      async crossing(command, when) {
        if (!isFirst || command !== 'records.read' || when !== 'after') return;
        isFirst = false;
        resultOf(await world.worker.run(aClick('request-2')));
      },
    });
    await expect(desk.people.notCreated(world.key, decision)).rejects.toEqual(refused('is transferred'));
    expect((await world.record()).state).toBe('transferred');
  });

  test('is refused for a company the shop has left', async () => {
    const world = await anUnresolvedWorld();
    await moveCompany(world);
    await expectUntouched(world, world.worker.people.notCreated(world.key, decision), 'another company now');
  });

  test('waits while a job works on the invoice', async () => {
    const world = await anUnresolvedWorld();
    const gate = world.company.hold('findOrdersByMark', 'sent');
    const run = world.worker.start(aClick('request-2'));
    await gate.reached;
    await expect(world.worker.people.notCreated(world.key, decision)).rejects.toMatchObject({
      kind: 'not_now',
      code: 'transfer.busy',
    });
    gate.open();
    await run;
  });

  test('whose look fails changes nothing', async () => {
    const world = await anUnresolvedWorld();
    const failure = new Retryable('service.unavailable');
    world.company.fail('findOrdersByMark', failure);
    await expect(world.worker.people.notCreated(world.key, decision)).rejects.toBe(failure);
    expect((await world.record()).state).toBe('unresolved');
    expect((await world.store.records.claim(world.key, 1)).kind).toBe('claimed');
  });

  test('needs the content of the invoice', async () => {
    const world = await anUnresolvedWorld();
    world.store.server.hash(world.store.server.keys.record(world.key)).delete('payload');
    await expect(world.worker.people.notCreated(world.key, decision)).rejects.toEqual(
      refused('its content is not kept any more'),
    );
  });
});
