/** The sweep: nothing accepted is forgotten, nothing unresolved is left alone, a late second order is found. */
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferJob } from '../../src/contract/jobs.ts';
import { NotNow, Retryable } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { aSweep } from './a-sweep.ts';
import { resultOf } from './worker.ts';
import {
  aClick,
  anEditedJob,
  aWorld,
  DAY_MS,
  moveCompany,
  settleMs,
  standing,
  unanswered,
  type World,
} from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOTHING = { alive: 0, enqueued: 0, ended: 0, looked: 0, duplicate: 0, failed: 0 };
const job = anInvoiceJob();

/** As the sweep's jobs go: each is run to its end. */
async function runAdded(world: World, { added }: { added: InvoiceTransferJob[] }): Promise<void> {
  for (const one of added.splice(0)) await world.worker.finish(one);
}

async function aWorldUnderWay() {
  const world = await aWorld();
  world.company.fail('createOrder', new Retryable('service.session_lost'));
  await world.worker.run(job);
  return world;
}

async function anUnresolvedWorld() {
  const world = await aWorld({ afterUnknown: 'ask' });
  world.company.fail('createOrder', unanswered(), 'sent');
  await world.worker.finish(job);
  return world;
}

describe('an invoice under way', () => {
  test('whose job is gone is enqueued again', async () => {
    const world = await aWorldUnderWay();
    const swept = aSweep(world);
    expect(await swept.pass()).toEqual(NOTHING);
    await world.clock.pass(MINUTE_MS);
    expect(await swept.pass()).toEqual({ ...NOTHING, enqueued: 1 });
    expect(swept.added).toEqual([job]);
    expect(swept.looks).toEqual([]);
    await runAdded(world, swept);
    expect((await world.record()).state).toBe('transferred');
  });

  test('whose job lives is left to it', async () => {
    const world = await aWorldUnderWay();
    const claim = await world.store.records.claim(world.key, 1, job, 'job-7');
    if (claim.kind === 'claimed') await world.store.records.release(claim.claim);
    await world.clock.pass(MINUTE_MS);
    expect(await aSweep(world, ['job-7']).pass()).toEqual({ ...NOTHING, alive: 1 });
    await world.clock.pass(MINUTE_MS);
    expect(await aSweep(world).pass()).toEqual({ ...NOTHING, enqueued: 1 });
  });

  test('superseded by a revision that never came back goes on as a click of its own', async () => {
    const world = await aWorldUnderWay();
    const gate = world.company.hold('createOrder', 'asked');
    const older = world.worker.start(job);
    await gate.reached;
    // The newer one raises the revision, and is never heard of again.
    await world.another().run(anEditedJob('request-2', 4, 2));
    gate.open();
    expect(await older).toMatchObject({ failure: { code: 'invoice.superseded' } });
    const swept = aSweep(world);
    await world.clock.pass(MINUTE_MS);
    await swept.pass();
    await runAdded(world, swept);
    expect((await world.record()).state).toBe('transferred');
    expect(world.company.orders).toHaveLength(1);
  });

  test('that has lost its payload ends, with its event: a person can resolve it', async () => {
    const world = await aWorldUnderWay();
    world.store.server.hash(world.store.server.keys.record(world.key)).delete('payload');
    await world.clock.pass(MINUTE_MS);
    const swept = aSweep(world);
    expect(await swept.pass()).toEqual({ ...NOTHING, ended: 1 });
    expect(swept.added).toEqual([]);
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'payload.invalid' });
    expect(world.events()).toEqual(['transfer.unresolved']);
    expect(swept.logged).toMatchObject([{ level: 'error', fields: { code: 'payload.invalid' } }]);
  });
});

describe('an unresolved invoice', () => {
  test('is looked for after five minutes, an hour, and daily; an order that shows up is adopted', async () => {
    const world = await anUnresolvedWorld();
    const swept = aSweep(world);
    for (const ms of [5 * MINUTE_MS, 55 * MINUTE_MS, DAY_MS, DAY_MS]) {
      await world.clock.pass(ms - 1);
      expect(await swept.pass()).toEqual(NOTHING);
      await world.clock.pass(1);
      expect(await swept.pass()).toEqual({ ...NOTHING, looked: 1 });
      await runAdded(world, swept);
    }
    expect(world.company.saves()).toBe(4);
    // What only looks and finds nothing leaves no failed job behind.
    expect(swept.looks).toHaveLength(4);
    standing(world);
    await world.clock.pass(DAY_MS);
    await swept.pass();
    await runAdded(world, swept);
    expect(await world.record()).toMatchObject({ state: 'transferred', orderId: 5001 });
    expect(world.events()).toEqual(['transfer.unresolved', 'transfer.completed']);
  });

  test('is still looked for after somebody clicked a newer revision', async () => {
    const world = await anUnresolvedWorld();
    await world.worker.run(anEditedJob('request-2', 4, 2));
    const swept = aSweep(world);
    await world.clock.pass(5 * MINUTE_MS);
    await swept.pass();
    await runAdded(world, swept);
    standing(world);
    await world.clock.pass(55 * MINUTE_MS);
    await swept.pass();
    await runAdded(world, swept);
    expect(await world.record()).toMatchObject({ state: 'transferred', orderId: 5001 });
  });
});

describe('a transferred invoice', () => {
  test('is looked for at an hour, a day and a week, then never again', async () => {
    const world = await aWorld();
    await world.worker.run(job);
    const swept = aSweep(world);
    for (const ms of [HOUR_MS, 23 * HOUR_MS, 6 * DAY_MS]) {
      await world.clock.pass(ms - 1);
      expect(await swept.pass()).toEqual(NOTHING);
      await world.clock.pass(1);
      expect(await swept.pass()).toEqual({ ...NOTHING, looked: 1 });
    }
    await world.clock.pass(365 * DAY_MS);
    expect(await swept.pass()).toEqual(NOTHING);
    expect(swept.added).toEqual([]);
  });

  test('with a second order that showed up late becomes unresolved, with its event', async () => {
    const world = await aWorld();
    const { orderId } = resultOf(await world.worker.run(job));
    standing(world, { orderId: 9001 });
    await world.clock.pass(HOUR_MS);
    const swept = aSweep(world);
    expect(await swept.pass()).toEqual({ ...NOTHING, duplicate: 1 });
    expect(await world.record()).toMatchObject({
      state: 'unresolved',
      code: 'order.duplicate_found',
      message: expect.stringContaining(`orders ${orderId} and 9001`),
    });
    expect(world.events()).toEqual(['transfer.completed', 'transfer.unresolved']);
    expect(swept.logged).toMatchObject([{ level: 'error', fields: { code: 'order.duplicate_found' } }]);
  });

  test("is not called double over a bookkeeper's edits or another invoice's order", async () => {
    const world = await aWorld();
    const { orderId } = resultOf(await world.worker.run(job));
    world.company.editOrder(orderId, { referenceNumber: 'PO 1' });
    standing(world, { orderId: 9001, referenceNumber: 'SF-77-bbbbbbbb' });
    standing(world, { orderId: 9002, orderStatus: 'Inactive' });
    await world.clock.pass(HOUR_MS);
    expect(await aSweep(world).pass()).toEqual({ ...NOTHING, looked: 1 });
  });

  test('that a job works on just now is looked at a minute later', async () => {
    const world = await aWorld();
    await world.worker.run(job);
    standing(world, { orderId: 9001 });
    await world.clock.pass(HOUR_MS);
    const gate = world.company.hold('getOrder', 'sent');
    const clicked = world.worker.start(aClick('request-2'));
    await gate.reached;
    expect(await aSweep(world).pass()).toEqual({ ...NOTHING, failed: 1 });
    gate.open();
    await clicked;
    await world.clock.pass(MINUTE_MS);
    expect(await aSweep(world).pass()).toEqual({ ...NOTHING, duplicate: 1 });
  });

  test('of a shop that moved to another company is let go', async () => {
    const world = await aWorld();
    await world.worker.run(job);
    await moveCompany(world);
    await world.clock.pass(HOUR_MS);
    expect(await aSweep(world).pass()).toEqual(NOTHING);
    expect(world.service.company('777').count('findOrdersByMark')).toBe(0);
    await world.clock.pass(DAY_MS);
    expect(await aSweep(world).pass()).toEqual(NOTHING);
  });

  test.each([
    ['info', new Retryable('service.unavailable')],
    ['error', new Error('a bug')],
  ])('that cannot be looked at is looked at again a minute later (%s)', async (level, error) => {
    const world = await aWorld();
    await world.worker.run(job);
    await world.clock.pass(HOUR_MS);
    world.company.fail('findOrdersByMark', error);
    const swept = aSweep(world);
    expect(await swept.pass()).toEqual({ ...NOTHING, failed: 1 });
    expect(swept.logged).toMatchObject([{ level }]);
    await world.clock.pass(MINUTE_MS);
    expect(await swept.pass()).toEqual({ ...NOTHING, looked: 1 });
  });
});

describe('of a shop that is switched off', () => {
  async function passes(world: World, swept: ReturnType<typeof aSweep>, count: number): Promise<void> {
    for (let pass = 0; pass < count; pass += 1) {
      await world.clock.pass(MINUTE_MS);
      expect(await swept.pass()).toEqual(NOTHING);
    }
  }

  test('a transferred invoice rests, unlooked at and unmentioned, until the shop is switched on', async () => {
    const world = await aWorld();
    await world.worker.run(job);
    await world.store.shops.disable(world.key.shopId);
    await world.clock.pass(HOUR_MS);
    const swept = aSweep(world);
    await passes(world, swept, 150);
    expect(swept.logged).toEqual([]);
    standing(world, { orderId: 9001 });
    await world.settings({});
    expect(await swept.pass()).toEqual({ ...NOTHING, duplicate: 1 });
  });

  test('an unresolved one rests, too; no job is added that would only be refused', async () => {
    const world = await anUnresolvedWorld();
    await world.store.shops.disable(world.key.shopId);
    await world.clock.pass(HOUR_MS);
    const swept = aSweep(world);
    await passes(world, swept, 3);
    expect({ added: swept.added, logged: swept.logged }).toEqual({ added: [], logged: [] });
    await world.settings({});
    expect(await swept.pass()).toEqual({ ...NOTHING, looked: 1 });
    standing(world);
    await runAdded(world, swept);
    expect(await world.record()).toMatchObject({ state: 'transferred' });
  });

  test('one under way whose job is gone comes back, and ends with its event', async () => {
    const world = await aWorldUnderWay();
    await world.store.shops.disable(world.key.shopId);
    await world.clock.pass(MINUTE_MS);
    const swept = aSweep(world);
    expect(await swept.pass()).toEqual({ ...NOTHING, enqueued: 1 });
    await runAdded(world, swept);
    expect(world.events()).toEqual(['transfer.unresolved']);
  });
});

test('an invoice whose shop is held up is looked at again ten minutes later', async () => {
  const world = await aWorld();
  await world.worker.run(job);
  await world.clock.pass(HOUR_MS);
  world.company.fail('findOrdersByMark', new NotNow('service.identity_blocked', world.clock.now() + DAY_MS));
  const swept = aSweep(world);
  expect(await swept.pass()).toEqual({ ...NOTHING, failed: 1 });
  await world.clock.pass(9 * MINUTE_MS);
  expect(await swept.pass()).toEqual(NOTHING);
  await world.clock.pass(MINUTE_MS);
  expect(await swept.pass()).toEqual({ ...NOTHING, looked: 1 });
});

test('a rejected invoice is left alone', async () => {
  const world = await aWorld();
  world.company.taxCodes = [];
  await world.worker.run(job);
  await world.clock.pass(30 * DAY_MS);
  expect(await aSweep(world).pass()).toEqual(NOTHING);
});

test('a store emptied between schedule and look is no failure', async () => {
  const world = await aWorld();
  await world.worker.run(job);
  world.store.server.drop(world.store.server.keys.record(world.key));
  await world.clock.pass(HOUR_MS);
  expect(await aSweep(world).pass()).toEqual(NOTHING);
  await world.clock.pass(settleMs);
  expect(await aSweep(world).pass()).toEqual(NOTHING);
});
