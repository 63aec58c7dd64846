import { afterAll, beforeAll, expect, test } from 'vitest';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct({ sandbox: { latencyMs: 20 } });
  await product.connectShop({ shopId: anInvoiceInput().shopId });
  await product.send(anInvoiceInput({ requestId: 'first', invoice: { id: 'J0' } }));
});
afterAll(() => product.stop());

const aPerson = (name: string) => ({
  isCompany: false,
  companyName: '',
  companyOrgNo: '',
  email: `${name}@home.example`,
});

test('new customers who wait together are each searched for, and created in a few requests', async () => {
  const { control } = product.sandbox;
  const before = (await control.books(501)).customers.length;
  await control.resetCounts();
  const people = Array.from({ length: 40 }, (_, index) => `person${index}`);
  const ended = await Promise.all(
    people.map((name) =>
      product.send(
        anInvoiceInput({ requestId: name, invoice: { id: `J-${name}` }, customer: aPerson(name) }),
      ),
    ),
  );
  expect(ended.filter((end) => !('result' in end))).toEqual([]);
  expect((await control.books(501)).customers).toHaveLength(before + 40);
  const counts = await control.counts();
  expect(counts.SaveCompanies).toBeLessThanOrEqual(12);
  expect(counts.SaveInvoices).toBeLessThanOrEqual(20);
  expect(await control.violations()).toEqual([]);
});

test('ten invoices of one new customer at once make the customer once', async () => {
  const { control } = product.sandbox;
  const before = (await control.books(501)).customers.length;
  const ended = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      product.send(
        anInvoiceInput({
          requestId: `same-${index}`,
          invoice: { id: `K-${index}` },
          customer: aPerson('same'),
        }),
      ),
    ),
  );
  expect(ended.filter((end) => 'result' in end && end.result.customer === 'created')).toHaveLength(1);
  expect((await control.books(501)).customers).toHaveLength(before + 1);
});
