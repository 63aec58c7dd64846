/** A person chooses the customer where several could be meant; that choice is used from then on, and no guess is. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { pinKey } from '../../src/domain/customer.ts';
import { anInvoiceJob, aShop } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import { aWorld, moveCompany, searchable, settleMs, unanswered, type World } from './world.ts';

const EMAIL = 'post@shared.example';
const PERSON = { isCompany: false, companyName: '', companyOrgNo: '', email: EMAIL, userId: 'user-7' };
const decision = { requestId: 'd-1', by: 'anna', reason: 'asked the shop' };

const aJob = (
  id = '1018-1',
  customer: Partial<InvoiceTransferInput['customer']> = {},
  requestId = `${id}-click`,
) => anInvoiceJob({ requestId, invoice: { id }, customer: { ...PERSON, ...customer } });

/** Two customers with the invoice's e-mail, and the invoice refused for that. */
async function anAmbiguousWorld(): Promise<World & { twins: [number, number] }> {
  const world = await aWorld();
  await searchable(world);
  const [one, other] = ['Nordmann', 'Olsen'].map((name) =>
    world.company.addCustomer({ name, firstName: 'Kari', type: 'Consumer', emails: { work: EMAIL } }),
  );
  expect(failureOf(await world.worker.run(aJob()))).toMatchObject({ code: 'customer.ambiguous' });
  return Object.assign(world, { twins: [one?.id ?? 0, other?.id ?? 0] as [number, number] });
}
const refusal = (message: string) =>
  expect.objectContaining({ name: 'DecisionRefused', message: expect.stringContaining(message) });

describe('candidates', () => {
  test('are those with the e-mail, by number and name', async () => {
    const world = await anAmbiguousWorld();
    world.company.addCustomer({ name: 'Elsewhere', emails: { work: 'other@shared.example' } });
    // A company of its own number is nobody that a private person could be.
    world.company.addCustomer({ name: 'Berg AS', organizationNumber: '999888777', emails: { work: EMAIL } });
    expect(await world.worker.customers.candidates(aJob())).toEqual([
      { id: world.twins[0], name: 'Kari Nordmann' },
      { id: world.twins[1], name: 'Kari Olsen' },
    ]);
  });

  test('are logged nowhere, and stand in no record', async () => {
    const world = await anAmbiguousWorld();
    await world.worker.customers.candidates(aJob());
    await world.worker.customers.choose(aJob(), world.twins[1], decision);
    const kept = [world.worker.logged, await world.record(), await world.store.records.trail(world.key)];
    expect(JSON.stringify(kept)).not.toMatch(/Olsen|Nordmann|shared\.example|user-7/);
    expect(JSON.stringify(await world.store.pins.list(world.key.shopId))).not.toMatch(/Olsen|shared|user-7/);
  });
});

describe('a chosen customer', () => {
  test('gets the invoice when it is sent again, and every later one of the same person', async () => {
    const world = await anAmbiguousWorld();
    await world.worker.customers.choose(aJob(), world.twins[1], decision);
    expect((await world.record()).state).toBe('rejected');
    const again = resultOf(await world.worker.run(aJob('1018-1', {}, 'again')));
    expect(again).toMatchObject({ outcome: 'created', customerId: world.twins[1] });
    // Also under another e-mail: it is who Sharefox says it is.
    const later = await world.worker.run(aJob('1019-1', { email: 'new@shared.example' }));
    expect(resultOf(later).customerId).toBe(world.twins[1]);
  });

  test('is for that person only: another with the same e-mail is still refused', async () => {
    const world = await anAmbiguousWorld();
    await world.worker.customers.choose(aJob(), world.twins[1], decision);
    expect(failureOf(await world.worker.run(aJob('1020-1', { userId: 'user-8' })))).toMatchObject({
      code: 'customer.ambiguous',
    });
  });

  test('is kept for the e-mail where Sharefox names no user', async () => {
    const world = await aWorld();
    await searchable(world);
    const [, other] = ['A', 'B'].map((name) =>
      world.company.addCustomer({ name, type: 'Consumer', emails: { work: EMAIL } }),
    );
    const nobody = { userId: undefined };
    await world.worker.run(aJob('1018-1', nobody));
    await world.worker.customers.choose(aJob('1018-1', nobody), other?.id ?? 0, decision);
    const later = aJob('1019-1', { userId: '', email: ` ${EMAIL.toUpperCase()}` });
    expect(resultOf(await world.worker.run(later)).customerId).toBe(other?.id);
  });

  test('is found without a search: one read, and no more requests than for a known one', async () => {
    const world = await anAmbiguousWorld();
    await world.worker.customers.choose(aJob(), world.twins[0], decision);
    await world.worker.run(aJob('1018-1', {}, 'again'));
    const asked: string[] = [];
    const watched = world.another({
      crossing: (command, when) => void (when === 'before' && asked.push(command)),
    });
    await watched.run(aJob('1019-1'));
    expect(asked.filter((command) => /^books\..*[cC]ustomer/.test(command))).toEqual(['books.getCustomer']);
  });

  test('is told in the trail, with who chose it and why', async () => {
    const world = await anAmbiguousWorld();
    await world.worker.customers.choose(aJob(), world.twins[1], decision);
    expect((await world.store.records.trail(world.key)).at(-1)).toMatchObject({
      step: 'customer chosen',
      customerId: world.twins[1],
      by: 'anna',
      reason: 'asked the shop',
    });
    expect(await world.store.pins.list(world.key.shopId)).toEqual([
      expect.objectContaining({
        clientId: '501',
        customerId: world.twins[1],
        by: 'anna',
        invoiceId: '1018-1',
      }),
    ]);
  });

  test('that is gone fails the invoice for Support, and no other customer is taken', async () => {
    const world = await anAmbiguousWorld();
    await world.worker.customers.choose(aJob(), world.twins[1], decision);
    world.company.removeCustomer(world.twins[1]);
    await world.clock.pass(settleMs);
    const failed = failureOf(await world.worker.run(aJob('1018-1', {}, 'again')));
    expect(failed).toMatchObject({ kind: 'terminal', code: 'customer.pin_gone' });
    expect(failed.message).toContain(`customer unpin ${world.key.shopId} ${pinKey('501', aJob().customer)}`);
    expect(await world.record()).toMatchObject({ state: 'rejected', code: 'customer.pin_gone' });
    expect(world.company.orders).toEqual([]);
    // The one that is left may be chosen, by a person.
    await world.worker.customers.choose(aJob(), world.twins[0], decision);
    const again = await world.worker.run(aJob('1018-1', {}, 'once more'));
    expect(resultOf(again).customerId).toBe(world.twins[0]);
  });

  test('that is gone leaves an order alone that stands at it', async () => {
    const world = await anAmbiguousWorld();
    await world.worker.customers.choose(aJob(), world.twins[1], decision);
    const made = resultOf(await world.worker.run(aJob('1018-1', {}, 'again')));
    world.company.removeCustomer(world.twins[1]);
    await world.clock.pass(settleMs);
    const told = resultOf(await world.worker.run(aJob('1018-1', {}, 'third')));
    expect(told).toMatchObject({ outcome: 'already_transferred', orderId: made.orderId });
  });

  test('does not get an invoice that names another company', async () => {
    const world = await anAmbiguousWorld();
    const berg = world.company.addCustomer({ name: 'Berg AS', organizationNumber: '999888777' });
    world.company.editCustomer(world.twins[1], { organizationNumber: '817404502', type: 'Business' });
    await world.store.pins.set(world.key.shopId, pinKey('501', aJob().customer), {
      ...{ clientId: '501', customerId: world.twins[1], by: 'anna', invoiceId: '1018-1' },
      chosenAt: '2021-01-13T09:30:00Z',
    });
    const company = { isCompany: true, companyName: 'Berg AS', companyOrgNo: '999 888 777' };
    expect(resultOf(await world.worker.run(aJob('1021-1', company))).customerId).toBe(berg.id);
  });

  test('that is another by now makes no second order of an invoice that was sent to the first', async () => {
    // Its mark cannot be searched: the look goes through the customer's orders.
    const world = await aWorld();
    const twins = ['Nordmann', 'Olsen'].map((name) =>
      world.company.addCustomer({ name, type: 'Consumer', emails: { work: EMAIL } }),
    );
    const pin = (customerId = 0) =>
      world.store.pins.set(world.key.shopId, pinKey('501', aJob().customer), {
        ...{ clientId: '501', customerId, by: 'anna', invoiceId: '1018-1' },
        chosenAt: '2021-01-13T09:30:00Z',
      });
    await pin(twins[0]?.id);
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(aJob());
    await pin(twins[1]?.id);
    const ended = await world.worker.finish(aJob());
    expect(ended).toMatchObject({ result: { outcome: 'adopted', customerId: twins[0]?.id } });
    expect(world.company.orders).toHaveLength(1);
  });

  test('that is undone leads to the refusal again', async () => {
    const world = await anAmbiguousWorld();
    await world.worker.customers.choose(aJob(), world.twins[1], decision);
    const { shopId } = world.key;
    expect(await world.store.pins.remove(shopId, pinKey('501', aJob().customer))).toBe(true);
    expect(failureOf(await world.worker.run(aJob('1018-1', {}, 'again')))).toMatchObject({
      code: 'customer.ambiguous',
    });
  });
});

describe('nothing is chosen', () => {
  test.each([
    ['a customer who is none of them', 999_999, 'is not one of those'],
    ['a customer with another e-mail', 'other', 'is not one of those'],
  ] as const)('for %s', async (_what, which, message) => {
    const world = await anAmbiguousWorld();
    const other = world.company.addCustomer({ name: 'X', emails: { work: 'x@elsewhere.example' } });
    const choice = world.worker.customers.choose(aJob(), which === 'other' ? other.id : which, decision);
    await expect(choice).rejects.toEqual(refusal(message));
    expect(await world.store.pins.list(world.key.shopId)).toEqual([]);
    // Nobody holds it.
    expect((await world.store.records.claim(world.key, 1)).kind).toBe('claimed');
  });

  test('where the invoice was rejected for something else, or is transferred', async () => {
    const world = await aWorld();
    const { id } = world.company.addCustomer({ name: 'Only', type: 'Consumer', emails: { work: EMAIL } });
    await world.worker.run(aJob());
    await expect(world.worker.customers.choose(aJob(), id, decision)).rejects.toEqual(
      refusal('is transferred'),
    );
    await world.settings({ currency: 'SEK' });
    await world.worker.run(aJob('1022-1'));
    await expect(world.worker.customers.choose(aJob('1022-1'), id, decision)).rejects.toEqual(
      refusal('nothing to choose'),
    );
  });

  test('where the process dies before the choice is in force; the trail alone tells of it', async () => {
    const world = await anAmbiguousWorld();
    const dying = world.another({
      crossing(command, when) {
        if (command === 'pins.set' && when === 'before') dying.kill();
      },
    });
    void dying.customers.choose(aJob(), world.twins[1], decision);
    await world.clock.pass(1_000);
    expect(await world.store.pins.list(world.key.shopId)).toEqual([]);
    expect((await world.trail()).at(-1)).toBe('customer chosen');
  });
});

test('a choice never leads to a customer of another company', async () => {
  const users = fc.constantFrom('user-1', 'user-2', undefined);
  const emails = fc.constantFrom(EMAIL, 'two@shared.example');
  await fc.assert(
    fc.asyncProperty(
      users,
      emails,
      fc.boolean(),
      fc.integer({ min: 1, max: 3 }),
      async (userId, email, isForged, more) => {
        const world = await aWorld();
        await searchable(world);
        const customer = { userId, email };
        // The same numbers stand for other people in the company the shop moves to.
        const elsewhere = world.service.company('777');
        for (const company of [world.company, elsewhere])
          for (let i = 0; i <= more; i += 1)
            company.addCustomer({ name: `N${i}`, type: 'Consumer', emails: { work: email } });
        await world.store.facts.set('777', 'markSearchable', '1');
        await world.worker.run(aJob('1018-1', customer));
        const [first] = await world.worker.customers.candidates(aJob('1018-1', customer));
        await world.worker.customers.choose(aJob('1018-1', customer), first?.id ?? 0, decision);
        await moveCompany(world);
        const { shopId } = world.key;
        if (isForged) {
          const [pin] = await world.store.pins.list(shopId);
          if (pin !== undefined)
            await world.store.pins.set(shopId, pinKey('777', aJob('x', customer).customer), pin);
        }
        const moved = await world.worker.run(aJob('1019-1', customer));
        expect(failureOf(moved)).toMatchObject({ code: 'customer.ambiguous' });
        expect(elsewhere.orders).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});

test('a choice of one shop is not another’s, though they share a company', async () => {
  const world = await anAmbiguousWorld();
  await world.worker.customers.choose(aJob(), world.twins[1], decision);
  const verified = { clientId: '501', identityId: 'identity-501', verifiedAt: '2021-01-01T00:00:00Z' };
  const shopId = 'berg.mysharefox.com';
  await world.store.shops.restore({ settings: aShop({ shopId }), disabled: false, verified });
  expect(failureOf(await world.worker.run({ ...aJob(), shopId }))).toMatchObject({
    code: 'customer.ambiguous',
  });
});
