/** One order, exactly once: what follows a send without an answer, and what must not be sent any more. */
import { describe, expect, test } from 'vitest';
import { NotNow, Retryable, Terminal } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { quiesce } from '../support/fake-clock.ts';
import { failureOf, resultOf } from './worker.ts';
import { aWorld, leaseMs, settleMs, unanswered } from './world.ts';

const job = anInvoiceJob();

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
    world.company.fail('createOrder', new Terminal('order.refused'));
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

  test('nor while the one who has it now is still at work', async () => {
    const world = await aWorld();
    const slow = world.another();
    const gate = world.company.hold('createOrder', 'asked');
    const late = slow.start(job);
    await gate.reached;
    world.clock.suspend(leaseMs + 1);
    const look = world.company.hold('findOrdersByMark', 'done');
    const current = world.worker.start(job);
    await look.reached;
    gate.open();
    expect(failureOf(await late)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect(world.company.orders).toEqual([]);
    look.open();
    expect(resultOf(await current)).toMatchObject({ outcome: 'created' });
    expect(world.company.orders).toHaveLength(1);
  });

  test('nor does it write into the record of the one at work', async () => {
    const world = await aWorld();
    const slow = world.another();
    const gate = world.company.hold('createCustomer', 'done');
    const late = slow.start(job);
    await gate.reached;
    world.clock.suspend(settleMs);
    const look = world.company.hold('findOrdersByMark', 'sent');
    const current = world.worker.start(job);
    await look.reached;
    gate.open();
    expect(failureOf(await late)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect((await world.record()).customerId).toBeUndefined();
    look.open();
    expect(resultOf(await current)).toMatchObject({ outcome: 'created', customer: 'unchanged' });
    expect(world.company.customers).toHaveLength(1);
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
    const settings = await world.shop();
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
    const settings = await world.shop();
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
    const settings = await world.shop();
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

describe('a save that the service denies, after it had left', () => {
  const denied = () => Object.assign(new Retryable('service.session_lost'), { isDenial: true });

  test('is not sent again without a look: a server that commits and then says so made no second order', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('createOrder', denied(), 'done');
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'service.session_lost' });
    expect(await world.record()).toMatchObject({ state: 'sending', denied: true, unknownOutcome: false });
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'transfer.settling' });
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'adopted' } });
    expect(world.company.orders).toHaveLength(1);
    expect(world.company.count('createOrder')).toBe(1);
  });

  test.each(['resend', 'ask'] as const)(
    'and was not there: one settled look, then it is sent, and nobody is asked (%s)',
    async (afterUnknown) => {
      const world = await aWorld({ afterUnknown });
      world.company.fail('createOrder', denied(), 'sent');
      await world.worker.run(job);
      await world.clock.pass(settleMs);
      expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'created' });
      expect((await world.record()).denied).toBeUndefined();
      expect(world.company.orders).toHaveLength(1);
    },
  );

  test('again and again ends with a person: the last look was before the last send', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', denied(), 'sent', 99);
    expect(await world.worker.finish(job)).toMatchObject({ failure: { kind: 'terminal' } });
    expect((await world.record()).state).toBe('unresolved');
  });

  test('and then refused for its data is rejected: it was answered, and looked for', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', denied(), 'sent');
    await world.worker.run(job);
    await world.clock.pass(settleMs);
    world.company.fail('createOrder', new Terminal('order.refused'));
    failureOf(await world.worker.run(job));
    expect((await world.record()).state).toBe('rejected');
  });

  test('of an unanswered send says nothing about the one before', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', denied(), 'sent');
    world.company.fail('createOrder', unanswered(), 'sent');
    await world.worker.run(job);
    await world.clock.pass(settleMs);
    await world.worker.run(job);
    await world.clock.pass(settleMs);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'transfer.settling' });
    expect(world.company.count('createOrder')).toBe(2);
  });
});
