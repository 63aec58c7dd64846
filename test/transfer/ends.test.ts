/** How a transfer ends, who is told, and what later jobs may change of it. */
import { describe, expect, test } from 'vitest';
import { failure as failureBody, transferResult } from '../../src/contract/results.ts';
import { Retryable, Terminal } from '../../src/errors.ts';
import { anInvoiceJob, anOrder } from '../support/builders.ts';
import { failureOf, MAX_ATTEMPTS, resultOf } from './worker.ts';
import { aClick, aWorld, moveCompany, settleMs, standing, unanswered, type World } from './world.ts';

const job = anInvoiceJob();

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
    world.company.fail('findOrdersByMark', new Terminal('order.refused', 'no such search'));
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
      world.company.fail('createCustomer', new Terminal('customer.refused'));
      await world.worker.run(job);
      expect(await world.record()).toMatchObject({ state: 'rejected', code: 'customer.refused' });
    });

    test('a customer whose update is refused is looked at first', async () => {
      const world = await aWorld();
      world.company.addCustomer({ organizationNumber: '817404502', name: 'Byggmester' });
      world.company.fail('updateCustomer', new Terminal('customer.refused'));
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

  test('also where not even the customer is known, and no order was ever found by its mark', async () => {
    const world = await aWorld({}, { maxAttempts: 1 });
    world.company.fail('findOrdersByMark', new Retryable('service.unavailable'));
    await world.worker.run(job);
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'transfer.attempts_exhausted' });
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({
      code: 'transfer.attempts_exhausted',
    });
    expect(world.company.saves()).toBe(0);
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
    await moveCompany(world);
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({
      kind: 'terminal',
      message: expect.stringContaining('connected to before'),
    });
    expect(world.service.company('777').count('findOrdersByMark')).toBe(0);
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.unknown_outcome' });
  });

  test.each<[string, (world: World) => Promise<void>]>([
    ['the shop stood in another company for a while', moveCompany],
    ['the shop had another currency for a while', (world) => world.settings({ currency: 'SEK' })],
  ])('two orders stay a question for a person, although %s', async (_, change) => {
    const world = await aWorld();
    standing(world);
    standing(world);
    await world.worker.run(job);
    await change(world);
    const click = aClick('request-2', { currency: (await world.shop()).currency });
    expect(failureOf(await world.worker.run(click))).toMatchObject({ kind: 'terminal' });
    await world.settings({});
    world.company.deleteOrder(5001);
    expect(failureOf(await world.worker.run(aClick('request-3')))).toMatchObject({
      code: 'order.duplicate_found',
    });
  });

  test('a company moved away while an order was on its way leaves that to a person', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(job);
    await moveCompany(world);
    await world.clock.pass(settleMs);
    expect(failureOf(await world.worker.run(job))).toMatchObject({ code: 'order.unknown_outcome' });
    expect((await world.record()).state).toBe('unresolved');
    expect(world.service.company('777').saves()).toBe(0);
  });
});
