/** Customer, product and category: made once, whoever else makes them just now. */
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { naturalKeys } from '../../src/domain/customer.ts';
import { decideCustomerMark } from '../../src/domain/mark.ts';
import { OutcomeUnknown, Retryable } from '../../src/errors.ts';
import { aCustomer, anInvoiceJob } from '../support/builders.ts';
import { quiesce } from '../support/fake-clock.ts';
import { failureOf, resultOf } from './worker.ts';
import { aWorld, leaseMs, moveCompany, settleMs, type World } from './world.ts';

const noAnswer = () => new OutcomeUnknown('service.unavailable');

/** The n-th invoice, for a customer told by what is given. */
function aJobFor(n: number, customer: Partial<InvoiceTransferInput['customer']> = {}) {
  return anInvoiceJob({ requestId: `request-${n}`, invoice: { id: `I-${n}` }, customer });
}

const made = ({ company }: World) => ({
  customers: company.customers.length,
  products: company.products.length,
  categories: company.categories.length,
});
const oneOfEach = { customers: 1, products: 1, categories: 1 };

describe('many first invoices of a new shop at once', () => {
  test('make one customer, one product and one category, although none of it shows yet', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    const runs = Array.from({ length: 12 }, (_, n) => world.worker.finish(aJobFor(n)));
    for (const ran of await Promise.all(runs)) expect(ran).toMatchObject({ result: { outcome: 'created' } });
    expect(made(world)).toEqual(oneOfEach);
    expect(world.company.orders).toHaveLength(12);
    expect(world.company.count('createCustomer')).toBe(1);
  });

  test('also of a private person, who is known by the e-mail alone', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    const person = { isCompany: false, companyName: '', companyOrgNo: '' };
    const runs = Array.from({ length: 4 }, (_, n) => world.worker.finish(aJobFor(n, person)));
    for (const ran of await Promise.all(runs)) expect(ran).toMatchObject({ result: { outcome: 'created' } });
    expect(made(world)).toEqual(oneOfEach);
  });

  test('also from several processes', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    const workers = [world.worker, world.another(), world.another()];
    const runs = Array.from({ length: 9 }, (_, n) => workers[n % 3]?.finish(aJobFor(n)));
    for (const ran of await Promise.all(runs)) expect(ran).toMatchObject({ result: { outcome: 'created' } });
    expect(made(world)).toEqual(oneOfEach);
  });

  test('also when one knows the organisation number and the other only the e-mail', async () => {
    for (const order of [
      [{}, { companyOrgNo: '' }],
      [{ companyOrgNo: '' }, {}],
    ]) {
      const world = await aWorld();
      world.company.visibleAfterMs = settleMs - 1;
      for (const [n, customer] of order.entries()) await world.worker.run(aJobFor(n, customer));
      expect(made(world).customers).toBe(1);
      expect(world.company.orders.length).toBe(2);
    }
  });

  test('also when the third knows only the number, and it was the second who brought it', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    const told = [{ companyOrgNo: '' }, {}, { email: 'faktura@byggmester.example' }];
    for (const [n, customer] of told.entries()) await world.worker.run(aJobFor(n, customer));
    expect(made(world).customers).toBe(1);
    expect(world.company.orders).toHaveLength(3);
  });

  test('keep a private person with the same e-mail apart from the company', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    await world.worker.run(aJobFor(1));
    await world.worker.run(aJobFor(2, { isCompany: false, companyName: '', companyOrgNo: '' }));
    expect(made(world).customers).toBe(2);
  });

  test('wait for each other no longer than patience allows', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createCustomer', 'sent');
    const first = world.worker.start(aJobFor(1));
    await gate.reached;
    const failure = failureOf(await world.another().run(aJobFor(2)));
    expect(failure).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    gate.open();
    resultOf(await first);
    expect(made(world).customers).toBe(1);
  });

  test('stop waiting when their worker stops, for another worker or for one of its own', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createCustomer', 'sent');
    const first = world.worker.start(aJobFor(1));
    await gate.reached;
    const own = world.worker.start(aJobFor(2));
    const another = world.another();
    const third = another.start(aJobFor(3));
    await quiesce();
    world.worker.stop();
    another.stop();
    await world.clock.pass(100);
    const atOnce = { kind: 'not_now', code: 'transfer.busy' };
    expect(failureOf(await own)).toMatchObject(atOnce);
    expect(failureOf(await third)).toMatchObject(atOnce);
    gate.open();
    expect(failureOf(await first)).toMatchObject(atOnce);
    expect(made(world).customers).toBe(1);
    resultOf(await world.another().run(aJobFor(2)));
    expect(made(world).customers).toBe(1);
  });
});

describe('a create without an answer', () => {
  test.each(['createCustomer', 'createProduct', 'createCategory'] as const)(
    '%s is looked for once it has settled, and found',
    async (call) => {
      const world = await aWorld();
      world.company.visibleAfterMs = settleMs - 1;
      world.company.fail(call, noAnswer(), 'done');
      const failure = failureOf(await world.worker.run(aJobFor(1)));
      expect(failure).toMatchObject({ kind: 'retryable', retryAfterMs: settleMs });
      // Nobody believes a search before that, in whatever process.
      expect(failureOf(await world.another().run(aJobFor(2)))).toMatchObject({
        kind: 'not_now',
        code: 'transfer.settling',
      });
      expect(await world.worker.finish(aJobFor(1))).toMatchObject({ result: { outcome: 'created' } });
      expect(await world.worker.finish(aJobFor(2))).toMatchObject({ result: { outcome: 'created' } });
      expect(made(world)).toEqual(oneOfEach);
    },
  );

  test('those who want the same customer in the same process wait as well', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('createCustomer', noAnswer(), 'done');
    const [first, second] = await Promise.all([world.worker.run(aJobFor(1)), world.worker.run(aJobFor(2))]);
    expect(failureOf(first)).toMatchObject({ kind: 'retryable', retryAfterMs: settleMs });
    expect(failureOf(second)).toMatchObject({ kind: 'not_now', code: 'transfer.settling' });
    for (const n of [1, 2]) await world.worker.finish(aJobFor(n));
    expect(made(world)).toEqual(oneOfEach);
  });

  test('that was denied after it had left settles before the search', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    const denied = Object.assign(new Retryable('service.session_lost'), { isDenial: true });
    world.company.fail('createCustomer', denied, 'done');
    expect(failureOf(await world.worker.run(aJobFor(1)))).toMatchObject({ code: 'service.session_lost' });
    expect(failureOf(await world.worker.run(aJobFor(2)))).toMatchObject({ code: 'transfer.settling' });
    expect(await world.worker.finish(aJobFor(1))).toMatchObject({ result: { outcome: 'created' } });
    expect(made(world)).toEqual(oneOfEach);
  });

  test('that never arrived is made again after the settle time', async () => {
    const world = await aWorld();
    world.company.fail('createCustomer', noAnswer(), 'sent');
    expect(failureOf(await world.worker.run(aJobFor(1)))).toMatchObject({ kind: 'retryable' });
    expect(await world.worker.finish(aJobFor(1))).toMatchObject({ result: { customer: 'created' } });
    expect(made(world)).toEqual(oneOfEach);
  });

  test('of a customer is found by our mark where neither number nor e-mail finds it', async () => {
    const world = await aWorld();
    world.company.fail('createCustomer', noAnswer(), 'done');
    await world.worker.run(aJobFor(1));
    const [customer] = world.company.customers;
    expect(customer?.externalId).toBe(decideCustomerMark('501', naturalKeys('501', aCustomer())[0]));
    world.company.editCustomer(customer?.id ?? 0, { organizationNumber: '', emails: {} });
    await world.clock.pass(settleMs);
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({ customerId: customer?.id });
    expect(world.company.count('findCustomersByExternalId')).toBe(2);
    expect(made(world).customers).toBe(1);
  });

  test('a process killed while it creates is followed after its lease and the settle time', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    const dying = world.another();
    const gate = world.company.hold('createCustomer', 'done');
    void dying.start(aJobFor(1));
    await gate.reached;
    dying.kill();
    expect(failureOf(await world.worker.run(aJobFor(2)))).toMatchObject({ code: 'transfer.busy' });
    expect(await world.worker.finish(aJobFor(2))).toMatchObject({ result: { outcome: 'created' } });
    expect(made(world).customers).toBe(1);
  });
});

describe('a customer of ours in a store that came back empty', () => {
  const person = { isCompany: false, companyName: '', companyOrgNo: '' };
  async function aLostStore(prepare: (world: World) => void = () => {}) {
    const world = await aWorld();
    prepare(world);
    const before = resultOf(await world.worker.run(aJobFor(1, person)));
    world.store.wipe();
    await world.settings({});
    await world.worker.run(aJobFor(2, person));
    await world.clock.pass(settleMs);
    return { world, customerId: before.customerId };
  }

  test('is found by our mark where the e-mail search ignores the slot that we write, not made twice', async () => {
    const { world, customerId } = await aLostStore(({ company }) => {
      company.searchesOurEmailSlots = false;
    });
    expect(resultOf(await world.worker.run(aJobFor(2, person)))).toMatchObject({
      customerId,
      customer: 'unchanged',
    });
    expect(made(world).customers).toBe(1);
  });

  test('is found by our mark where its e-mail was changed', async () => {
    const { world, customerId } = await aLostStore();
    world.company.editCustomer(customerId, { emails: { work: 'new@home.example' } });
    expect(resultOf(await world.worker.run(aJobFor(2, person)))).toMatchObject({ customerId });
    expect(made(world).customers).toBe(1);
  });

  test('is not somebody else, where the service ignores the search by our mark', async () => {
    const { world, customerId } = await aLostStore(({ company }) => {
      company.addCustomer({ name: 'Somebody', emails: { work: 'somebody@else.example' } });
      company.filtersByExternalId = false;
      company.searchesOurEmailSlots = false;
    });
    expect(resultOf(await world.worker.run(aJobFor(2, person)))).toMatchObject({ customerId });
    expect(made(world).customers).toBe(2);
    expect(
      resultOf(await world.worker.run(aJobFor(3, { ...person, email: 'third@home.example' }))),
    ).toMatchObject({ customer: 'created' });
  });

  test('is not taken over by a private person, once it has become a company', async () => {
    const { world, customerId } = await aLostStore();
    world.company.editCustomer(customerId, { organizationNumber: '817404502', type: 'Business' });
    const after = resultOf(await world.worker.run(aJobFor(2, person)));
    expect(after.customer).toBe('created');
    expect(after.customerId).not.toBe(customerId);
  });
});

describe('the look by our mark before a create', () => {
  const person = (n: number) => ({
    isCompany: false,
    companyName: '',
    companyOrgNo: '',
    email: `p${n}@x.example`,
  });
  const looks = ({ company }: World) => company.count('findCustomersByExternalId');

  test('costs nothing once the e-mail search has been seen to find one of ours', async () => {
    const world = await aWorld();
    await world.worker.run(aJobFor(1, person(1)));
    expect(looks(world)).toBe(1);
    const searches = world.company.count('findCustomersByEmail');
    await world.worker.run(aJobFor(2, person(2)));
    await world.worker.run(aJobFor(3));
    expect(looks(world)).toBe(1);
    expect(world.company.count('findCustomersByEmail') - searches).toBe(2);
    expect(made(world).customers).toBe(3);
  });

  test('is asked for by one of many, and given up where the e-mail search does not find ours', async () => {
    const world = await aWorld();
    world.company.searchesOurEmailSlots = false;
    const crowd = Array.from({ length: 20 }, (_, n) => world.worker.run(aJobFor(n, person(n))));
    for (const ran of await Promise.all(crowd)) resultOf(ran);
    expect(world.company.count('findCustomersByEmail')).toBe(21);
    for (const n of [21, 22, 23, 24]) await world.worker.run(aJobFor(n, person(n)));
    expect(world.company.count('findCustomersByEmail')).toBe(20 + 3 + 4);
    expect(looks(world)).toBe(24);
  });

  test('is made although the e-mail search works, where a customer we knew is not found by it', async () => {
    const world = await aWorld();
    const { customerId } = resultOf(await world.worker.run(aJobFor(1, person(1))));
    await world.clock.pass(settleMs);
    world.company.editCustomer(customerId, { emails: { work: 'new@home.example' } });
    expect(resultOf(await world.worker.run(aJobFor(2, person(1))))).toMatchObject({ customerId });
    expect(made(world).customers).toBe(1);
  });
});

describe('a lease lost', () => {
  test('its late create is refused before it leaves', async () => {
    const world = await aWorld();
    const slow = world.another();
    const gate = world.company.hold('createCustomer', 'asked');
    const late = slow.start(aJobFor(1));
    await gate.reached;
    // Its machine was suspended, so that nothing was renewed.
    world.clock.suspend(leaseMs + 1);
    resultOf(await world.worker.run(aJobFor(2)));
    gate.open();
    expect(failureOf(await late)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect(made(world).customers).toBe(1);
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({ customer: 'unchanged' });
    expect(made(world).customers).toBe(1);
  });

  test('lets go of the invoice at once', async () => {
    const world = await aWorld();
    const forgetful = world.another({
      crossing: (command) => {
        if (command === 'entities.renewLease') throw new Error('Redis was away');
      },
    });
    const gate = world.company.hold('createCustomer', 'asked');
    const late = forgetful.start(aJobFor(1));
    await gate.reached;
    await world.clock.pass(leaseMs + 1);
    resultOf(await world.worker.run(aJobFor(2)));
    gate.open();
    expect(failureOf(await late)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({ customer: 'unchanged' });
    expect(forgetful.logged.map(({ message }) => message)).toContain('lease was not renewed');
    expect(made(world)).toEqual(oneOfEach);
  });

  test('is renewed for as long as a create waits for its turn', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createCustomer', 'asked');
    const patient = world.worker.start(aJobFor(1));
    await gate.reached;
    await world.clock.pass(5 * leaseMs);
    gate.open();
    resultOf(await patient);
    expect(made(world)).toEqual(oneOfEach);
  });
});

test('customers, products and ids of one company are never those of another', async () => {
  const world = await aWorld();
  await world.worker.run(aJobFor(1));
  await moveCompany(world);
  const other = resultOf(await world.worker.run(aJobFor(2)));
  expect(other).toMatchObject({ customer: 'created', product: 'created' });
  expect(world.service.company('777').orders).toHaveLength(1);
  expect(made(world)).toEqual(oneOfEach);
});
