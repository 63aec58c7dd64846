/** How often, how long, and until when the worker stops: what attempts and waiting cost. */
import { describe, expect, test } from 'vitest';
import { NotNow, Retryable } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { failureOf, MAX_ATTEMPTS, resultOf } from './worker.ts';
import { aClick, aWorld, DAY_MS, unanswered, type World } from './world.ts';

const job = anInvoiceJob();

describe('attempts', () => {
  test('used up, with nothing ever sent: rejected', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'), 'sent', 99);
    expect(await world.worker.finish(job)).toMatchObject({
      failure: { kind: 'terminal', code: 'transfer.attempts_exhausted' },
    });
    expect(world.company.count('createOrder')).toBe(MAX_ATTEMPTS);
    expect(await world.record()).toMatchObject({
      state: 'rejected',
      code: 'transfer.attempts_exhausted',
      attempts: MAX_ATTEMPTS,
      message: expect.stringContaining(`tried ${MAX_ATTEMPTS} times, last: 24SevenOffice ended the session`),
    });
    expect(world.events()).toEqual(['transfer.rejected']);
  });

  test('used up over looks that failed: unresolved', async () => {
    const world = await aWorld();
    world.company.fail('findOrdersByMark', new Retryable('service.unavailable'), 'sent', 99);
    await world.worker.finish(job);
    expect(await world.record()).toMatchObject({
      state: 'unresolved',
      code: 'transfer.attempts_exhausted',
    });
  });

  test('used up by a save without an answer: unresolved, and the outcome is said to be unknown', async () => {
    const world = await aWorld({}, { maxAttempts: 1 });
    world.company.fail('createOrder', unanswered(), 'done');
    expect(await world.worker.finish(job)).toMatchObject({ failure: { code: 'order.unknown_outcome' } });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.unknown_outcome' });
    // The order is there: the next click finds it.
    expect(resultOf(await world.worker.run(aClick('request-2')))).toMatchObject({ outcome: 'adopted' });
    expect(world.events()).toEqual(['transfer.unresolved', 'transfer.completed']);
    expect(world.company.orders).toHaveLength(1);
  });

  test('used up by a bug after the save: never rejected', async () => {
    const world = await aWorld({}, { maxAttempts: 1 });
    world.company.fail('createOrder', new Error('a bug'), 'done');
    await world.worker.finish(job);
    expect((await world.record()).state).toBe('unresolved');
  });

  test('used up where not even the outcome could be noted: never rejected', async () => {
    const world = await aWorld();
    let isBroken = false;
    const worker = world.another({
      maxAttempts: 1,
      crossing: (command) => {
        if (command !== 'records.note' || !isBroken) return;
        isBroken = false;
        throw new Error('Redis was away');
      },
    });
    const gate = world.company.hold('createOrder', 'done');
    const run = worker.start(job);
    await gate.reached;
    isBroken = true;
    gate.open();
    expect(failureOf(await run)).toMatchObject({ code: 'transfer.attempts_exhausted' });
    expect((await world.record()).state).toBe('unresolved');
  });

  test('are counted in the record, over workers and clicks', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'), 'sent', 2);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ attempts: 1 });
    expect(failureOf(await world.another().run(job))).toMatchObject({ attempts: 2 });
    expect((await world.record()).attempts).toBe(2);
    expect((await world.trail()).filter((step) => step === 'attempt failed')).toHaveLength(2);
  });

  test('a bug is logged with its stack, costs one, and is told as one', async () => {
    const world = await aWorld();
    const bug = new TypeError('cannot read properties of undefined');
    world.company.fail('findProducts', bug);
    expect(failureOf(await world.worker.run(job))).toMatchObject({
      kind: 'retryable',
      code: 'transfer.bug',
      cause: bug,
      attempts: 1,
    });
    expect(world.worker.logged).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { err: bug } }),
    );
    expect(resultOf(await world.worker.run(job)).outcome).toBe('created');
  });

  test('waiting costs none', async () => {
    const world = await aWorld();
    world.company.fail(
      'createOrder',
      new NotNow('service.quota', world.clock.now()),
      'sent',
      3 * MAX_ATTEMPTS,
    );
    expect(await world.worker.finish(job)).toMatchObject({ result: { outcome: 'created' } });
    expect((await world.record()).attempts).toBe(0);
  });
});

describe('seven days', () => {
  const waits = (world: World) => new NotNow('service.quota', world.clock.now() + DAY_MS);

  test('of waiting with nothing sent: rejected as expired, saying what it waited for', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', waits(world), 'sent', 99);
    await world.worker.run(job);
    await world.clock.pass(7 * DAY_MS);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'not_now' });
    await world.clock.pass(1);
    expect(failureOf(await world.worker.run(job))).toMatchObject({
      kind: 'terminal',
      code: 'transfer.expired',
      message: expect.stringContaining('last for: The hourly number of requests'),
    });
    expect(await world.record()).toMatchObject({ state: 'rejected', code: 'transfer.expired' });
  });

  test('of waiting with an order sent: unresolved', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'sent');
    await world.worker.run(job);
    world.company.fail('findOrdersByMark', waits(world), 'sent', 99);
    await world.clock.pass(7 * DAY_MS + 1);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'transfer.expired' });
    expect((await world.record()).state).toBe('unresolved');
  });

  test('are counted anew from a click that reopens', async () => {
    const world = await aWorld();
    const { taxCodes } = world.company;
    world.company.taxCodes = [];
    await world.worker.run(job);
    world.company.taxCodes = taxCodes;
    await world.clock.pass(8 * DAY_MS);
    world.company.fail('createOrder', waits(world));
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({ kind: 'not_now' });
  });

  test('change nothing in an invoice that has ended', async () => {
    for (const end of ['transferred', 'unresolved'] as const) {
      const world = await aWorld({ afterUnknown: 'ask' });
      if (end === 'unresolved') world.company.fail('createOrder', unanswered(), 'sent');
      await world.worker.finish(job);
      const { code } = await world.record();
      await world.clock.pass(30 * DAY_MS);
      world.company.fail('findOrdersByMark', waits(world), 'sent');
      world.company.fail('getOrder', waits(world), 'sent');
      expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({ kind: 'not_now' });
      const record = await world.record();
      expect([record.state, record.code]).toEqual([end, code]);
      expect(world.events()).toHaveLength(1);
    }
  });
});

describe('a worker that stops', () => {
  test('gives the job back at the next step; another goes on where it stood', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createCustomer', 'done');
    const stopping = world.another();
    const run = stopping.start(job);
    await gate.reached;
    stopping.stop();
    gate.open();
    const failure = failureOf(await run);
    expect(failure).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect((failure as NotNow).untilMs).toBe(world.clock.now());
    expect(stopping.steps).toEqual(['look', 'customer']);
    expect((await world.record()).attempts).toBe(0);
    expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'created', customer: 'created' });
  });

  test('finishes the step it is in: an order sent is noted', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'sent');
    const stopping = world.another();
    const run = stopping.start(job);
    await gate.reached;
    stopping.stop();
    gate.open();
    expect(failureOf(await run)).toMatchObject({ kind: 'not_now' });
    expect(await world.record()).toMatchObject({ state: 'ordered' });
    expect(resultOf(await world.worker.run(job))).toMatchObject({ outcome: 'created' });
  });

  test('does not begin one at all', async () => {
    const world = await aWorld();
    world.worker.stop();
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'not_now' });
    expect(world.company.count('findOrdersByMark')).toBe(0);
  });
});

test('each step done is timed and logged in one line', async () => {
  const world = await aWorld();
  await world.worker.run(job);
  const steps = ['look', 'customer', 'look again', 'product', 'tax', 'order', 'verify'];
  expect(world.worker.steps).toEqual(steps);
  expect(world.worker.logged).toEqual(
    steps.map((step) => ({ level: 'info', fields: { step, durationMs: 0 }, message: 'step done' })),
  );
});
