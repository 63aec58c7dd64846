/** How a transfer ends, who is told, and what later jobs may change of it. */
import { describe, expect, test } from 'vitest';
import { parseInvoiceTransferJob } from '../../src/contract/parse.ts';
import { failure as failureBody, transferResult } from '../../src/contract/results.ts';
import { NotNow, OutcomeUnknown, Rejected, Retryable } from '../../src/errors.ts';
import { anInvoiceInput, anInvoiceJob, anOrder, aShop } from '../support/builders.ts';
import { aClick, aWorld, DAY_MS, failureOf, MAX_ATTEMPTS, resultOf, settleMs, type World } from './world.ts';

const job = anInvoiceJob();
const unanswered = () => new OutcomeUnknown('order.unknown_outcome');

describe('an end', () => {
  test('as transferred: state, event and result say the same, once', async () => {
    const world = await aWorld();
    const result = resultOf(await world.worker.run(job));
    const [event, ...more] = world.store.eventsOf(world.key);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ type: 'transfer.completed', ...world.key, requestId: 'request-1' });
    expect(transferResult.parse(JSON.parse(event?.body ?? ''))).toEqual(result);
    const record = await world.record();
    expect(record).toMatchObject({ state: 'transferred', result, reference: world.mark.reference });
    expect([record.payload, record.code]).toEqual([undefined, undefined]);
  });

  test('as rejected: state, event and failure say the same, once', async () => {
    const world = await aWorld();
    world.company.taxCodes = [];
    const failure = failureOf(await world.worker.run(job));
    const [event, ...more] = world.store.eventsOf(world.key);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ type: 'transfer.rejected', requestId: 'request-1' });
    const { code, message } = failure;
    expect(failureBody.parse(JSON.parse(event?.body ?? ''))).toEqual({ code, message });
    const record = await world.record();
    expect(record).toMatchObject({ state: 'rejected', code: 'vat.not_found', message });
    expect(record.payload).toBeUndefined();
  });

  test('as unresolved: the payload is kept for the looks to come', async () => {
    const world = await aWorld({ afterUnknown: 'ask' });
    world.company.fail('createOrder', unanswered(), 'sent');
    await world.worker.finish(job);
    expect(world.events()).toEqual(['transfer.unresolved']);
    expect((await world.record()).payload).toEqual(job);
  });

  test('no event or message holds anything personal', async () => {
    for (const change of [
      () => ({}),
      (world: World) => {
        world.company.taxCodes = [];
      },
      (world: World) => world.company.fail('createOrder', unanswered(), 'sent'),
    ]) {
      const world = await aWorld({ afterUnknown: 'ask' });
      change(world);
      await world.worker.finish(job);
      const told = JSON.stringify([
        world.store.eventsOf(),
        await world.store.records.trail(world.key),
        world.worker.logged,
        (await world.record()).message,
      ]);
      expect(told).not.toMatch(/Nordmann|Kari|byggmester|Brobekkveien|90279664|902 79|817/i);
    }
  });
});

describe('rejected is only said where no order may stand', () => {
  test('after a look of this claim that found none', async () => {
    const world = await aWorld();
    world.company.taxCodes = [];
    await world.worker.run(job);
    expect((await world.record()).state).toBe('rejected');
    expect(world.company.count('findOrdersByMark')).toBe(1);
  });

  test('not where an earlier save had no answer', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'sent');
    await world.worker.run(job);
    world.company.taxCodes = [];
    await world.store.facts.forget('501', 'taxCodes');
    expect(await world.worker.finish(job)).toMatchObject({ failure: { code: 'vat.not_found' } });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'vat.not_found' });
  });

  test('not where an order id is known', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = 1;
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'not_now' });
    expect((await world.record()).state).toBe('ordered');
    await world.settings({ currency: 'SEK' });
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'invoice.currency_mismatch' });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'invoice.currency_mismatch' });
  });

  test('not where the look itself was refused', async () => {
    const world = await aWorld();
    world.company.fail('findOrdersByMark', new Rejected('order.refused', 'no such search'));
    await world.worker.run(job);
    expect((await world.record()).state).toBe('unresolved');
  });

  describe('while no order was ever found by its mark', () => {
    const person = { isCompany: false, companyName: '', companyOrgNo: '', email: 'post@shared.example' };
    const personal = anInvoiceJob({ customer: person });

    async function aWorldWithTwoCustomers() {
      const world = await aWorld();
      const [first, second] = ['Nordmann', 'Olsen'].map((name) =>
        world.company.addCustomer({ name, type: 'Consumer', emails: { work: person.email } }),
      );
      return { ...world, first, second };
    }

    test('a customer that cannot be told: after a look at each who may be meant', async () => {
      const world = await aWorldWithTwoCustomers();
      expect(failureOf(await world.worker.run(personal))).toMatchObject({ code: 'customer.ambiguous' });
      expect(await world.record()).toMatchObject({ state: 'rejected', code: 'customer.ambiguous' });
      expect(world.company.count('findOrdersOfCustomer')).toBe(2);
    });

    test('an order of one of them that is ours is adopted instead', async () => {
      const world = await aWorldWithTwoCustomers();
      world.company.searchesByMark = false;
      const { reference: referenceNumber, externalStatus } = world.mark;
      const customerId = world.second?.id ?? 0;
      world.company.addOrder(anOrder({ referenceNumber, externalStatus, customerId }));
      expect(await world.worker.finish(personal)).toMatchObject({
        result: { outcome: 'adopted', orderId: 5001, customerId },
      });
    });

    test('a customer the service refuses to create has no orders', async () => {
      const world = await aWorld();
      world.company.fail('createCustomer', new Rejected('customer.refused'));
      await world.worker.run(job);
      expect(await world.record()).toMatchObject({ state: 'rejected', code: 'customer.refused' });
    });

    test('a customer whose update is refused is looked at first', async () => {
      const world = await aWorld();
      world.company.addCustomer({ organizationNumber: '817404502', name: 'Byggmester' });
      world.company.fail('updateCustomer', new Rejected('customer.refused'));
      await world.worker.run(job);
      expect(await world.record()).toMatchObject({ state: 'rejected', code: 'customer.refused' });
      expect(world.company.count('findOrdersOfCustomer')).toBe(1);
    });

    test('a look at one of them that fails decides nothing', async () => {
      const world = await aWorldWithTwoCustomers();
      world.company.fail('findOrdersOfCustomer', new Retryable('service.unavailable'));
      expect(failureOf(await world.worker.run(personal))).toMatchObject({ kind: 'retryable' });
      expect((await world.record()).state).toBe('preparing');
    });
  });
});

describe('refused before anything is asked', () => {
  test.each<[string, () => ReturnType<typeof anInvoiceJob>]>([
    ['invoice.type_not_transferable', () => aClick('request-1', { type: 'printed' })],
    ['invoice.credit_unsupported', () => aClick('request-1', { kind: 'credit', creditsInvoiceId: 'I-0' })],
    ['invoice.currency_mismatch', () => aClick('request-1', { currency: 'SEK' })],
    ['invoice.totals_mismatch', () => aClick('request-1', { totals: { net: '1', vat: '0', gross: '1' } })],
  ])('%s: rejected, with its event, and not one call', async (code, refused) => {
    const world = await aWorld();
    expect(failureOf(await world.worker.run(refused()))).toMatchObject({ kind: 'rejected', code });
    expect(await world.record()).toMatchObject({ state: 'rejected', code });
    expect(world.events()).toEqual(['transfer.rejected']);
    expect(world.company.count('findOrdersByMark')).toBe(0);
    // Delivered again it adds nothing; corrected, it goes through.
    expect(failureOf(await world.worker.run(refused()))).toMatchObject({ code });
    expect(resultOf(await world.worker.run(aClick('request-2'))).outcome).toBe('created');
    expect(world.events()).toEqual(['transfer.rejected', 'transfer.completed']);
  });

  test('R1, R2: only what the contract knows gets this far', () => {
    expect(parseInvoiceTransferJob({ ...anInvoiceInput(), module: 'Orders 1.0' }).ok).toBe(false);
  });

  test.each<[string, (world: World) => Promise<unknown>]>([
    ['shop.unknown', async (world) => world.store.wipe()],
    ['shop.disabled', (world) => world.store.shops.disable(world.key.shopId)],
    ['shop.not_verified', (world) => world.store.shops.save(aShop({ accountName: 'Renamed AS' }))],
  ])('%s: rejected, also in quiet time', async (code, change) => {
    const world = await aWorld();
    await change(world);
    world.store.restart();
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'rejected', code });
    expect(await world.record()).toMatchObject({ state: 'rejected', code });
    expect(world.events()).toEqual(['transfer.rejected']);
  });

  test('a shop switched off while its invoice is under way ends the invoice: an order may stand', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(job);
    await world.store.shops.disable(world.key.shopId);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'shop.disabled' });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'shop.disabled' });
    expect(world.events()).toEqual(['transfer.unresolved']);
  });

  test('a shop switched off before its invoice was begun ends it as rejected', async () => {
    const world = await aWorld();
    const dying = world.another({
      crossing: (command, when) => {
        if (command === 'records.claim' && when === 'after') dying.kill();
      },
    });
    void dying.start(job);
    await world.clock.pass(settleMs);
    expect((await world.record()).state).toBe('accepted');
    await world.store.shops.disable(world.key.shopId);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'shop.disabled' });
    expect(await world.record()).toMatchObject({ state: 'rejected', code: 'shop.disabled' });
    expect(world.events()).toEqual(['transfer.rejected']);
  });

  test("another click's refusal leaves an invoice under way to its own job", async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    await world.worker.run(job);
    expect(failureOf(await world.worker.run(aClick('request-2', { type: 'printed' })))).toMatchObject({
      code: 'invoice.type_not_transferable',
    });
    expect((await world.record()).state).toBe('preparing');
    expect(world.events()).toEqual([]);
    expect(resultOf(await world.worker.run(job)).outcome).toBe('created');
  });

  test('a refused click on a transferred invoice leaves its record and event', async () => {
    const world = await aWorld();
    await world.worker.run(job);
    await world.store.shops.disable(world.key.shopId);
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({ code: 'shop.disabled' });
    expect((await world.record()).state).toBe('transferred');
    expect(world.events()).toEqual(['transfer.completed']);
  });

  test('while another worker holds the invoice, its end is left to that one', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'sent');
    const first = world.worker.start(job);
    await gate.reached;
    await world.store.shops.disable(world.key.shopId);
    expect(failureOf(await world.another().run(job))).toMatchObject({ code: 'shop.disabled' });
    gate.open();
    expect(resultOf(await first).outcome).toBe('created');
    expect(world.events()).toEqual(['transfer.completed']);
  });

  test('a stored payload the shop refuses by now ends it without keeping the lease', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(aClick('request-1'));
    await world.clock.pass(settleMs);
    await world.settings({ currency: 'SEK' });
    const click = aClick('request-2', { currency: 'SEK' });
    expect(failureOf(await world.worker.run(click))).toMatchObject({ code: 'invoice.currency_mismatch' });
    expect((await world.record()).state).toBe('unresolved');
    await world.settings({});
    expect(resultOf(await world.worker.run(aClick('request-3')))).toMatchObject({ outcome: 'adopted' });
  });
});

describe('attempts', () => {
  test('used up, with nothing ever sent: rejected', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'), 'sent', 99);
    expect(await world.worker.finish(job)).toMatchObject({
      failure: { kind: 'rejected', code: 'transfer.attempts_exhausted' },
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
      kind: 'rejected',
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

describe('unresolved only looks', () => {
  async function anUnresolvedWorld() {
    const world = await aWorld({ afterUnknown: 'ask' });
    world.company.fail('createOrder', unanswered(), 'sent');
    await world.worker.finish(job);
    return world;
  }

  test('whatever is clicked, nothing is sent', async () => {
    const world = await anUnresolvedWorld();
    const saves = world.company.saves();
    await world.settings({ afterUnknown: 'resend' });
    for (const click of [job, aClick('request-2'), aClick('request-3', { revision: 2, comment: 'new' })]) {
      expect(failureOf(await world.worker.run(click))).toMatchObject({ code: 'order.unknown_outcome' });
      await world.clock.pass(settleMs);
    }
    expect(world.company.saves()).toBe(saves);
    expect(world.events()).toEqual(['transfer.unresolved']);
  });

  test('an order that shows up after all is adopted, with a second event', async () => {
    const world = await anUnresolvedWorld();
    world.company.addOrder({
      orderId: 5001,
      customerId: 301,
      referenceNumber: world.mark.reference,
      externalStatus: world.mark.externalStatus,
      includeVat: false,
      totalIncVat: '1518.7500',
      totalVat: '303.7500',
      rows: [{ name: 'Traktor', type: 'Normal', productId: 9 }],
    });
    expect(resultOf(await world.worker.run(aClick('request-2')))).toMatchObject({ outcome: 'adopted' });
    expect(await world.record()).toMatchObject({ state: 'transferred', orderId: 5001 });
    expect(world.store.eventsOf(world.key)).toMatchObject([
      { type: 'transfer.unresolved', requestId: 'request-1' },
      { type: 'transfer.completed', requestId: 'request-2' },
    ]);
  });

  test('looks that fail leave the reason as it was, however many', async () => {
    const world = await anUnresolvedWorld();
    world.company.fail('findOrdersByMark', new Retryable('service.unavailable'), 'sent', 99);
    const before = await world.record();
    for (let n = 0; n < 2 * MAX_ATTEMPTS; n += 1) {
      expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({ kind: 'retryable' });
    }
    const { state, code, message, attempts } = await world.record();
    expect({ state, code, message, attempts }).toEqual({
      state: 'unresolved',
      code: before.code,
      message: before.message,
      attempts: before.attempts,
    });
  });

  test('an order in the company the shop was connected to before is not looked for in the new one', async () => {
    const world = await anUnresolvedWorld();
    await world.store.shops.markVerified(world.key.shopId, {
      clientId: '777',
      identityId: 'identity-777',
      verifiedAt: '2021-01-02T00:00:00Z',
    });
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({
      code: 'order.unknown_outcome',
      message: expect.stringContaining('connected to before'),
    });
    expect(world.service.company('777').count('findOrdersByMark')).toBe(0);
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
    expect((failure as NotNow).untilMs).toBe(world.clock.now() + 1_000);
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
