/** R3 to R5, R8 to R10: which customer, product and category an invoice gets. */
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { NotNow, Retryable, Terminal } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import { aWorld, moveCompany, searchable, settleMs, type World } from './world.ts';

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
      ['reject', { failure: { kind: 'terminal', code: 'customer.ambiguous' } }],
    ] as const) {
      const world = await aWorld({ ambiguousCustomer });
      await searchable(world);
      for (const name of ['Nordmann', 'Olsen']) {
        world.company.addCustomer({ name, type: 'Consumer', emails: { work: 'post@shared.example' } });
      }
      expect(await world.worker.run(aJobFor(1, person))).toMatchObject(told);
    }
  });

  test('refused by the service ends the invoice with its reason', async () => {
    const world = await aWorld();
    await searchable(world);
    world.company.fail('createCustomer', new Terminal('customer.refused', 'the postal code is wrong'));
    expect(await world.worker.run(aJobFor(1))).toMatchObject({
      failure: { kind: 'terminal', code: 'customer.refused', message: 'the postal code is wrong' },
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
    world.company.fail('createOrder', new Terminal('order.refused', 'the department does not exist'));
    expect(failureOf(await world.worker.run(aJobFor(1)))).toMatchObject({
      kind: 'terminal',
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
  await moveCompany(world);
  const other = resultOf(await world.worker.run(aJobFor(2)));
  expect(other).toMatchObject({ customer: 'created', product: 'created' });
  expect(world.service.company('777').orders).toHaveLength(1);
  expect(made(world)).toEqual(oneOfEach);
});
