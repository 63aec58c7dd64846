/** What Sharefox is told is what the sandbox's books say, through real workers, Redis and SOAP. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';

const SHOP = anInvoiceInput().shopId;
let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.connectShop({ shopId: SHOP, resend: 'update' });
});
afterAll(() => product.stop());
afterEach(() => product.sandbox.control.clearFaults());

const anInvoice = (
  id: string,
  invoice: Partial<InvoiceTransferInput['invoice']> = {},
  customer: Partial<InvoiceTransferInput['customer']> = {},
) =>
  anInvoiceInput({
    requestId: `${id}-${invoice.revision ?? 1}-${invoice.comment ?? ''}`,
    invoice: { id, ...invoice },
    customer,
  });
const ordersOf = async (id: string) =>
  (await product.sandbox.control.books(501)).orders.filter(({ reference }) =>
    reference.startsWith(`SF-${id}-`),
  );

test.each([
  ['SaveInvoices', 'T1'],
  ['SaveCompanies', 'T2'],
])(
  '%s commits and says that the session is not authenticated: there is one of each',
  async (operation, id) => {
    await product.sandbox.control.inject({
      operation,
      effect: { kind: 'soapFault', text: 'Session is not authenticated' },
      when: 'after',
    });
    const customer = { companyOrgNo: '', companyName: `${id} AS`, email: `${id}@mail.example` };
    expect(await product.send(anInvoice(id, {}, customer))).toHaveProperty('result');
    expect(await ordersOf(id)).toHaveLength(1);
    const { customers } = await product.sandbox.control.books(501);
    expect(customers.filter(({ name }) => name === `${id} AS`)).toHaveLength(1);
  },
);

test('an edited comment whose save is refused is never called updated, nor already transferred', async () => {
  await product.send(anInvoice('T3', { comment: 'before' }));
  await product.sandbox.control.inject({
    operation: 'SaveInvoices',
    effect: { kind: 'apiException', withId: false, type: 'SomeException', message: 'The order is locked' },
  });
  const edited = anInvoice('T3', { revision: 2, comment: 'after' });
  expect(await product.send(edited)).toMatchObject({
    failedReason: expect.stringMatching(/^order\.refused: /),
  });
  for (const requestId of ['T3-again', 'T3-and-again']) {
    expect(await product.send({ ...edited, requestId })).toMatchObject({
      failedReason: expect.stringMatching(/^order\.not_updated: .*comment/),
    });
  }
  const [order] = await ordersOf('T3');
  expect(order?.fields.InvoiceTitle).toContain('before');
});

test("an order for a customer with a foreign currency is in the shop's money", async () => {
  await product.sandbox.control.addCustomers(501, [{ name: 'Berg GmbH', workEmail: 'berg@mail.example' }]);
  const { customers } = await product.sandbox.control.books(501);
  const berg = customers.find(({ name }) => name === 'Berg GmbH');
  await product.sandbox.control.putStored(501, 'customers', berg?.id ?? 0, {
    ...(berg?.fields as object),
    CurrencyId: 'EUR',
  } as never);
  const customer = { companyOrgNo: '', companyName: 'Berg GmbH', email: 'berg@mail.example' };
  expect(await product.send(anInvoice('T4', {}, customer))).toMatchObject({ result: { outcome: 'created' } });
  const [order] = await ordersOf('T4');
  expect(order?.fields.Currency).toMatchObject({ Symbol: 'NOK' });
  expect(await product.sandbox.control.violations()).toEqual([]);
});

test('after a lost store, where the e-mail search ignores our slots, a person is not made twice', async () => {
  await product.sandbox.control.configure({ emailSlots: ['Primary'] });
  const person = {
    isCompany: false,
    companyName: '',
    companyOrgNo: '',
    email: 'ola@home.example',
    lastName: 'Ola',
  };
  const first = await product.send(anInvoice('T5', {}, person));
  await product.store.entities.forget('501', 'customer');
  await product.store.facts.forget('501', 'emailSearch');
  const second = await product.send(anInvoice('T6', {}, person));
  const idOf = (ended: typeof first) => ('result' in ended ? ended.result.customerId : ended.failedReason);
  expect(idOf(second)).toBe(idOf(first));
});

test('a session that somebody moved before a save: its refusal is not believed, and nothing is written in the other company', async () => {
  await product.send(anInvoice('T8'));
  const before = await product.sandbox.control.books(502);
  await product.sandbox.control.resetCounts();
  await product.sandbox.control.inject({
    operation: 'SaveInvoices',
    clientId: 501,
    effect: { kind: 'wrongIdentity', toClientId: 502 },
  });
  expect(await product.send(anInvoice('T9'))).toMatchObject({ result: { outcome: 'created' } });
  expect(await ordersOf('T9')).toHaveLength(1);
  expect(await product.sandbox.control.books(502)).toEqual(before);
  expect((await product.sandbox.control.counts()).Login).toBe(1);
});
