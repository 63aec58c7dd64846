/** Choosing the customer in Chromium: shown, chosen, sent again; on a phone and with a screen reader, too. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, SHOP, startProduct } from '../support/product.ts';
import { barriers, DESK, openBrowser, overhang, PHONE, picture, type Visit, visit } from './browser.ts';
import { OPERATOR } from './office.ts';

let product: Product;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let ops: Visit;

beforeAll(async () => {
  [browser, product] = await Promise.all([openBrowser(), startProduct()]);
  await product.connectShop();
  const twins = { isCompany: false, companyName: '', companyOrgNo: '', email: 'post@fjellheim.example' };
  await product.sandbox.control.addCustomers(501, [
    { name: 'Fjellheim borettslag', workEmail: twins.email },
    { name: 'Fjellheim garasjelag', workEmail: twins.email },
  ]);
  await product.send(anInvoiceInput({ invoice: { id: '1030-1' }, customer: twins }));
  ops = await visit(browser, product.app.opsUrl, OPERATOR);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

test('the operator chooses one of two, sends the invoice again, and its order is at that customer', async () => {
  const { page } = ops;
  await page.goto(`/invoices/${SHOP}/1030-1`);
  await page.getByRole('button', { name: 'Choose the customer' }).click();
  await page.setViewportSize(PHONE);
  expect(await overhang(page)).toBe(0);
  await page.setViewportSize(DESK);
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'choose-customer');
  const wanted = page.getByRole('radio', { name: /Fjellheim garasjelag/ });
  const id = await wanted.getAttribute('value');
  await wanted.check();
  await page.getByLabel(/^Why/).fill('asked the shop');
  await page.getByRole('button', { name: 'Choose this customer' }).click();
  expect(await page.getByRole('status').innerText()).toContain('Chosen: from now on');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Send the invoice again' }).click();
  await page.locator('.state.transferred').waitFor();
  expect(await page.getByRole('row', { name: 'Customer', exact: false }).first().innerText()).toContain(
    String(id),
  );
  expect(ops.complaints()).toEqual([]);
});
