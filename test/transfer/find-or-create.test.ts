/** Customer, product and category: found, or made once, whoever else makes them just now. */
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { naturalKeys } from '../../src/domain/customer.ts';
import { decideCustomerMark } from '../../src/domain/mark.ts';
import { NotNow, OutcomeUnknown, Rejected, Retryable } from '../../src/errors.ts';
import { aCustomer, anInvoiceJob } from '../support/builders.ts';
import { quiesce } from '../support/fake-clock.ts';
import { aWorld, failureOf, leaseMs, resultOf, settleMs, type World } from './world.ts';

const unanswered = () => new OutcomeUnknown('service.unavailable');

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

  test('stop waiting when their worker stops', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createCustomer', 'sent');
    const first = world.worker.start(aJobFor(1));
    await gate.reached;
    const stopping = world.another();
    const second = stopping.start(aJobFor(2));
    await quiesce();
    stopping.stop();
    await world.clock.pass(100);
    expect(failureOf(await second)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    gate.open();
    resultOf(await first);
  });
});

describe('a create without an answer', () => {
  test.each(['createCustomer', 'createProduct', 'createCategory'] as const)(
    '%s is looked for once it has settled, and found',
    async (call) => {
      const world = await aWorld();
      world.company.visibleAfterMs = settleMs - 1;
      world.company.fail(call, unanswered(), 'done');
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

  test('that never arrived is made again after the settle time', async () => {
    const world = await aWorld();
    world.company.fail('createCustomer', unanswered(), 'sent');
    expect(failureOf(await world.worker.run(aJobFor(1)))).toMatchObject({ kind: 'retryable' });
    expect(await world.worker.finish(aJobFor(1))).toMatchObject({ result: { customer: 'created' } });
    expect(made(world)).toEqual(oneOfEach);
  });

  test('of a customer is found by our mark where neither number nor e-mail finds it', async () => {
    const world = await aWorld();
    world.company.fail('createCustomer', unanswered(), 'done');
    await world.worker.run(aJobFor(1));
    const [customer] = world.company.customers;
    expect(customer?.externalId).toBe(decideCustomerMark('501', naturalKeys('501', aCustomer())[0]));
    world.company.editCustomer(customer?.id ?? 0, { organizationNumber: '', emails: {} });
    await world.clock.pass(settleMs);
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({ customerId: customer?.id });
    expect(world.company.count('findCustomersByExternalId')).toBe(1);
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

describe('customer', () => {
  test('R3, R4: found by organisation number, updated with what differs, used', async () => {
    const world = await aWorld();
    const known = world.company.addCustomer({
      organizationNumber: '817404502',
      name: 'Byggmester AS',
      emails: { work: 'post@byggmester.example' },
    });
    const result = resultOf(await world.worker.run(aJobFor(1)));
    expect(result).toMatchObject({ customerId: known.id, customer: 'updated' });
    expect(made(world).customers).toBe(1);
    expect(world.company.customers[0]?.emails).toMatchObject({ work: 'kari@byggmester.example' });
    expect(resultOf(await world.worker.run(aJobFor(2)))).toMatchObject({ customer: 'unchanged' });
    expect(world.company.count('updateCustomer')).toBe(1);
  });

  test('R3: found by e-mail where there is no organisation number', async () => {
    const world = await aWorld();
    const known = world.company.addCustomer({
      type: 'Consumer',
      name: 'Nordmann',
      firstName: 'Kari',
      emails: { home: 'KARI@home.example' },
    });
    const person = { isCompany: false, companyName: '', companyOrgNo: '', email: 'kari@home.example' };
    expect(resultOf(await world.worker.run(aJobFor(1, person)))).toMatchObject({ customerId: known.id });
    expect(world.company.count('findCustomersByOrganizationNumber')).toBe(0);
  });

  test('R5: created where there is none', async () => {
    const world = await aWorld();
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({ customer: 'created' });
    expect(world.company.customers).toMatchObject([
      { name: 'Byggmester AS', type: 'Business', organizationNumber: '817404502' },
    ]);
  });

  test('known from an earlier transfer is read by its id, not searched', async () => {
    const world = await aWorld();
    await world.worker.run(aJobFor(1));
    const searches = () =>
      world.company.count('findCustomersByOrganizationNumber') + world.company.count('findCustomersByEmail');
    const before = searches();
    await world.worker.run(aJobFor(2));
    expect(searches()).toBe(before);
    expect(world.company.count('getCustomer')).toBe(1);
  });

  test('known, but somebody else by now, is searched for anew', async () => {
    const world = await aWorld();
    const { customerId } = resultOf(await world.worker.run(aJobFor(1)));
    world.company.editCustomer(customerId, { organizationNumber: '999888777', emails: {} });
    await world.clock.pass(settleMs);
    const after = resultOf(await world.worker.run(aJobFor(2)));
    expect(after).toMatchObject({ customer: 'created' });
    expect(after.customerId).not.toBe(customerId);
  });

  test('known, but deleted, is made again once it must have shown', async () => {
    const world = await aWorld();
    const { customerId } = resultOf(await world.worker.run(aJobFor(1)));
    world.company.removeCustomer(customerId);
    await world.clock.pass(settleMs);
    expect(resultOf(await world.worker.run(aJobFor(2)))).toMatchObject({ customer: 'created' });
  });

  test('that several have in common is used with a warning, or refused, as the shop says', async () => {
    const person = { isCompany: false, companyName: '', companyOrgNo: '', email: 'post@shared.example' };
    for (const [ambiguousCustomer, told] of [
      ['oldest', { result: { warnings: [{ code: 'customer.several' }, {}] } }],
      ['reject', { failure: { kind: 'rejected', code: 'customer.ambiguous' } }],
    ] as const) {
      const world = await aWorld({ ambiguousCustomer });
      await world.store.facts.set('501', 'markSearchable', '1');
      for (const name of ['Nordmann', 'Olsen']) {
        world.company.addCustomer({ name, type: 'Consumer', emails: { work: 'post@shared.example' } });
      }
      expect(await world.worker.run(aJobFor(1, person))).toMatchObject(told);
    }
  });

  test('refused by the service ends the invoice with its reason', async () => {
    const world = await aWorld();
    await world.store.facts.set('501', 'markSearchable', '1');
    world.company.fail('createCustomer', new Rejected('customer.refused', 'the postal code is wrong'));
    expect(await world.worker.run(aJobFor(1))).toMatchObject({
      failure: { kind: 'rejected', code: 'customer.refused', message: 'the postal code is wrong' },
    });
    expect(await world.record({ ...world.key, invoiceId: 'I-1' })).toMatchObject({ state: 'rejected' });
    // The lease is free again at once.
    expect(resultOf(await world.worker.run(aJobFor(2)))).toMatchObject({ customer: 'created' });
  });

  test('stays "created" in the result over the attempts that follow', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    await world.worker.run(aJobFor(1));
    await world.clock.pass(settleMs);
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({
      customer: 'created',
      product: 'created',
      category: 'created',
    });
  });

  test('stays "updated" likewise', async () => {
    const world = await aWorld();
    world.company.addCustomer({ organizationNumber: '817404502', name: 'Byggmester' });
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    await world.worker.run(aJobFor(1));
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({ customer: 'updated' });
  });
});

describe('product and category', () => {
  test('R8: found by the name in the shop settings, whatever the case', async () => {
    const world = await aWorld();
    const { id } = world.company.addProduct({ name: 'sharefoxrental' });
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({
      productId: id,
      product: 'found',
      category: 'not_needed',
    });
    expect(made(world)).toEqual({ customers: 1, products: 1, categories: 0 });
  });

  test('R9: created in the category of the settings where that is there', async () => {
    const world = await aWorld({ productCategoryName: 'Utleie' });
    const { id } = world.company.addCategory('Utleie');
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({
      product: 'created',
      category: 'found',
    });
    expect(world.company.products).toMatchObject([{ name: 'SharefoxRental', categoryId: id }]);
  });

  test('R10: a missing category is created with that name', async () => {
    const world = await aWorld({ productCategoryName: 'Utleie' });
    expect(resultOf(await world.worker.run(aJobFor(1)))).toMatchObject({ category: 'created' });
    expect(world.company.categories).toMatchObject([{ name: 'Utleie' }]);
  });

  test('several of one name: the oldest, with a warning', async () => {
    const world = await aWorld();
    const { id } = world.company.addProduct({ name: 'SharefoxRental' });
    world.company.addProduct({ name: 'SharefoxRental' });
    const { productId, warnings } = resultOf(await world.worker.run(aJobFor(1)));
    expect(productId).toBe(id);
    expect(warnings.map(({ code }) => code)).toContain('product.several');
  });

  test('are asked for once per company', async () => {
    const world = await aWorld();
    for (const n of [1, 2, 3]) await world.worker.run(aJobFor(n));
    expect(world.company.count('findProducts')).toBe(1);
    expect(world.company.count('listCategories')).toBe(1);
    expect(world.company.count('listTaxCodes')).toBe(1);
  });

  test('a product deleted in 24SevenOffice is noticed by the refusal, and made anew', async () => {
    const world = await aWorld();
    const { productId } = resultOf(await world.worker.run(aJobFor(1)));
    await world.clock.pass(settleMs);
    world.company.removeProduct(productId);
    expect(failureOf(await world.worker.run(aJobFor(2)))).toMatchObject({
      kind: 'retryable',
      retryAfterMs: 0,
    });
    expect(resultOf(await world.worker.run(aJobFor(2)))).toMatchObject({ outcome: 'created' });
    expect(made(world).products).toBe(1);
  });

  test('a refusal while the product does not show yet does not make a second one', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('createOrder', new Rejected('order.refused', 'the department does not exist'));
    expect(failureOf(await world.worker.run(aJobFor(1)))).toMatchObject({
      kind: 'rejected',
      code: 'order.refused',
    });
    expect(made(world).products).toBe(1);
  });

  test('a category made by an attempt that failed later is not made twice', async () => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('createProduct', new NotNow('service.quota', world.clock.now() + 1));
    expect(failureOf(await world.worker.run(aJobFor(1)))).toMatchObject({ code: 'service.quota' });
    expect(await world.worker.finish(aJobFor(1))).toMatchObject({ result: { outcome: 'created' } });
    expect(made(world)).toEqual(oneOfEach);
  });
});

test('customers, products and ids of one company are never those of another', async () => {
  const world = await aWorld();
  await world.worker.run(aJobFor(1));
  await world.store.shops.markVerified(world.key.shopId, {
    clientId: '777',
    identityId: 'identity-777',
    verifiedAt: '2021-01-02T00:00:00Z',
  });
  const other = resultOf(await world.worker.run(aJobFor(2)));
  expect(other).toMatchObject({ customer: 'created', product: 'created' });
  expect(world.service.company('777').orders).toHaveLength(1);
  expect(made(world)).toEqual(oneOfEach);
});
