/** The report in Chromium, as the person uses it whom a shop asks which invoices of January are not paid. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { anInvoiceInput } from '../support/builders.ts';
import { FJORD, type Product, SHOP, startProduct } from '../support/product.ts';
import { barriers, DESK, openBrowser, overhang, PHONE, picture, type Visit, visit } from './browser.ts';
import { OPERATOR, VIEWER } from './office.ts';

const PATIENCE = { timeout: 30_000, interval: 20 };
const { clientId } = FJORD;
let product: Product;
let browser: Browser;
let ops: Visit;
let page: Page;
const orders = new Map<string, number>();

const orderOf = (id: string) => orders.get(id) ?? 0;

async function transfer(id: string, issueDate = '2021-01-13'): Promise<void> {
  const end = await product.send(anInvoiceInput({ requestId: `${id} click`, invoice: { id, issueDate } }));
  if (!('result' in end)) throw new Error(end.failedReason);
  orders.set(id, end.result.orderId);
}

/** The follower has seen it. */
const seen = (id: string, field: string) =>
  vi.waitUntil(async () => (await product.record(id))[field] !== undefined, PATIENCE);

beforeAll(async () => {
  [browser, product] = await Promise.all([
    openBrowser(),
    startProduct({
      env: {
        ...{ FOLLOW_EVERY_MS: '200', TFSO_TIMEOUT_MS: '500', TFSO_SETTLE_MS: '600' },
        ...{ OPS_VIEWER_USERNAME: VIEWER.username, OPS_VIEWER_PASSWORD: VIEWER.password },
      },
    }),
  ]);
  await product.connectShop();
  for (const id of ['1018-1', '1019-1', '1020-1', '1021-1', '1022-1']) await transfer(id);
  await transfer('1030-1', '2021-02-02');
  const { control } = product.sandbox;
  for (const id of ['1018-1', '1019-1', '1020-1']) await control.publish(clientId, orderOf(id));
  await control.pay(clientId, orderOf('1018-1'), '2021-02-01T00:00:00');
  await control.editPrice(clientId, orderOf('1021-1'), '400.00');
  await control.deleteOrder(clientId, orderOf('1022-1'));
  await seen('1018-1', 'paidOn');
  for (const id of ['1019-1', '1020-1']) await seen(id, 'invoiceNumber');
  await seen('1021-1', 'differsSince');
  await seen('1022-1', 'goneAt');
  ops = await visit(browser, product.app.opsUrl, OPERATOR);
  page = ops.page;
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});
afterEach(() => expect(ops.complaints()).toEqual([]));

async function show(from: string, to: string): Promise<void> {
  await page.getByLabel('Shop').fill(SHOP);
  await page.getByLabel('Issued from').fill(from);
  await page.getByLabel('to', { exact: true }).fill(to);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.waitForURL(/from=/);
}

test('which invoices of January are not paid: the report names them, and each leads to its order', async () => {
  await page.goto('/invoices');
  await page.getByRole('link', { name: 'Report', exact: true }).click();
  await show('2021-01-01', '2021-01-31');
  const row = (name: RegExp) => page.getByRole('row', { name }).first().innerText();
  expect(await row(/^Asked for/)).toMatch(/5\s+6075\.00\s+1518\.75\s+7593\.75$/);
  expect(await row(/^Invoiced/)).toMatch(/3\s+3645\.00/);
  expect(await row(/^Paid/)).toMatch(/1\s+1215\.00/);
  await picture(page, 'report');
  await page.getByRole('link', { name: 'not paid' }).click();
  const heading = page.getByRole('heading', { name: 'not paid: 2' });
  expect(await heading.count()).toBe(1);
  const unpaid = heading.locator('xpath=following-sibling::table[1]');
  expect(await unpaid.getByRole('link').allInnerTexts()).toEqual(['1019-1', '1020-1']);
  expect(await page.innerText('main')).not.toContain('1030-1');
  await unpaid.getByRole('link', { name: '1019-1' }).click();
  const { invoiceNumber = '' } = await product.record('1019-1');
  expect(await page.getByRole('row', { name: 'The order is' }).innerText()).toContain('invoiced, not paid');
  expect(await page.getByRole('row', { name: 'Invoice number in 24SevenOffice' }).innerText()).toContain(
    invoiceNumber,
  );
  await picture(page, 'order-since');
});

test('a look at the orders now finds what the records do not know yet', async () => {
  // Nobody looks at this one any more: its record stays as it is.
  const { redis, keys } = product.store;
  await seen('1030-1', 'followedAt');
  const lookedAt = async () => Number((await product.record('1019-1')).followedAt ?? 0);
  do {
    await redis.zrem(keys.follow, `${SHOP}:1030-1`);
    // A pass under way may put it back; two looks at another order later, none is.
    for (const _look of [1, 2]) {
      const before = await lookedAt();
      await vi.waitUntil(async () => (await lookedAt()) > before, PATIENCE);
    }
  } while ((await redis.zscore(keys.follow, `${SHOP}:1030-1`)) !== null);
  await product.sandbox.control.publish(clientId, orderOf('1030-1'));
  await page.goto(`/invoices/report?shop=${SHOP}&from=2021-02-01&to=2021-02-28`);
  expect(await page.getByRole('heading', { name: 'not invoiced: 1' }).count()).toBe(1);
  await page.getByRole('button', { name: 'Read the orders now' }).click();
  await page.getByRole('heading', { name: 'not paid: 1' }).waitFor();
  expect(await page.innerText('main')).toMatch(/Orders read .* UTC/);
});

test('the file opens in a Nordic Excel: byte order mark, semicolons, decimal commas', async () => {
  await page.goto(`/invoices/report?shop=${SHOP}&from=2021-01-01&to=2021-01-31`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'File for Excel' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`report-${SHOP}-2021-01-01-2021-01-31.csv`);
  const text = await readFile(await download.path(), 'utf8');
  expect(text.startsWith('\uFEFFInvoice;Issued;')).toBe(true);
  expect(text).toContain('\r\n1019-1;2021-01-13;invoiced;not paid;');
  expect(text).toContain(';1215,00;303,75;1518,75;');
});

test('an invoice is found by 24SevenOffice’s invoice number', async () => {
  const { invoiceNumber = '' } = await product.record('1020-1');
  await page.goto('/invoices');
  await page.getByRole('searchbox').fill(invoiceNumber);
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=/);
  expect(await page.getByRole('link', { name: '1020-1' }).count()).toBe(1);
});

test('what differs from what was sent is listed with what differs, and its page says what to do', async () => {
  await page.goto('/invoices?list=differs');
  const row = await page.getByRole('row', { name: /1021-1/ }).innerText();
  expect(row).toContain('total: 1350.00 instead of 1518.75');
  await picture(page, 'differs');
  await page.getByRole('link', { name: '1021-1' }).click();
  expect(await page.locator('.todo').innerText()).toContain('was changed in 24SevenOffice');
  await page.goto('/invoices?list=gone');
  await page.getByRole('link', { name: '1022-1' }).click();
  expect(await page.locator('.todo').innerText()).toContain('not in 24SevenOffice any more');
});

test('the viewer sees the report and its file, and cannot spend a request on it', async () => {
  const viewer = await visit(browser, product.app.opsUrl, VIEWER);
  const path = `/invoices/report?shop=${SHOP}&from=2021-01-01&to=2021-01-31`;
  expect((await viewer.page.goto(path))?.status()).toBe(200);
  expect(await viewer.page.locator('form[method=post]').count()).toBe(0);
  expect((await viewer.page.request.get(`${path}&csv=1`)).headers()['content-type']).toContain('text/csv');
  expect((await viewer.page.request.post('/invoices/report')).status()).toBe(403);
  await viewer.context.close();
});

test.each([
  ['the form', '/invoices/report'],
  ['a report', `/invoices/report?shop=${SHOP}&from=2021-01-01&to=2021-01-31`],
  ['a problem', `/invoices/report?shop=${SHOP}&from=2021-01-01&to=x`],
  ['what differs', '/invoices?list=differs'],
  ['a followed invoice', `/invoices/${SHOP}/1021-1`],
])('%s is accessible, and fits on a phone', async (_name, path) => {
  const answer = await page.goto(path);
  if (answer?.status() === 400) ops.complaints();
  expect(await barriers(page)).toEqual([]);
  await page.setViewportSize(PHONE);
  expect(await overhang(page)).toBe(0);
  await page.setViewportSize(DESK);
});
