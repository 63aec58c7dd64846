import { afterAll, beforeAll, expect, test } from 'vitest';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.connectShop({ shopId: anInvoiceInput().shopId });
});
afterAll(() => product.stop());

test('an invoice becomes one order, and its id comes back', async () => {
  const input = anInvoiceInput();
  const ended = await product.send(input);
  expect(ended).toMatchObject({
    result: { outcome: 'created', customer: 'created', product: 'created', category: 'created' },
  });
  expect(await product.sandbox.control.violations()).toEqual([]);
});
