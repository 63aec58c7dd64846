/** The invoice pages in Chromium, as the person uses them who is called because an invoice did not arrive. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { SHOP } from '../support/product.ts';
import { barriers, DESK, openBrowser, overhang, PHONE, picture, type Visit, visit } from './browser.ts';
import { type Office, OPERATOR, openOffice, SHUT_SHOP, SWEDISH_SHOP, VIEWER } from './office.ts';

const SOON = { timeout: 30_000 };
const NOT_FOUND = 'console: Failed to load resource: the server responded with a status of 404 (Not Found)';

let office: Office;
let browser: Browser;
let ops: Visit;
let page: Page;

beforeAll(async () => {
  [browser, office] = await Promise.all([openBrowser(), openOffice()]);
  ops = await visit(browser, office.app.opsUrl, OPERATOR);
  page = ops.page;
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await office?.stop();
});
afterEach(() => expect(ops.complaints()).toEqual([]));

const state = () => page.locator('.state').first();
const find = async (query: string) => {
  await page.goto('/invoices');
  await page.getByRole('searchbox').fill(query);
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=/);
};

describe('without a login', () => {
  test.each(['/invoices', `/invoices/${SHOP}/1018-1`, '/board', '/board/api/queues'])(
    '%s is refused',
    async (path) => {
      const { context, page: nobodys } = await visit(browser, office.app.opsUrl);
      await expect(nobodys.goto(path)).rejects.toThrow('ERR_INVALID_AUTH_CREDENTIALS');
      const answer = await context.request.get(path);
      expect(answer.status()).toBe(401);
      expect(await answer.text()).not.toContain('1018-1');
      await context.close();
    },
  );
});

test('the list of invoices shows what needs a person, what waits and why, and what was rejected and why', async () => {
  await page.goto('/invoices');
  const text = await page.innerText('main');
  expect(text).toMatch(/Needs a person: 1\s/);
  expect(text).toMatch(/Waiting, and why: 1\s/);
  expect(text).toMatch(/Rejected, by cause: 4\s/);
  const waiting = page.getByRole('row', { name: /1025-1/ });
  expect(await waiting.innerText()).toContain('service.identity_blocked');
  const cause = page.getByRole('row', { name: /invoice\.currency_mismatch/ });
  expect(await cause.innerText()).toMatch(/shop\s+3$/);
  await picture(page, 'invoices');
});

test('a failed invoice is found, explained, retried once its cause is removed, and shown as transferred', async () => {
  await find('1020-1');
  await picture(page, 'found');
  await page.getByRole('link', { name: '1020-1' }).click();
  expect(await state().innerText()).toBe('rejected');
  const todo = page.locator('.todo');
  expect(await todo.innerText()).toContain('invoice.currency_mismatch');
  expect(await todo.innerText()).toContain('Who acts: shop.');
  await picture(page, 'rejected');

  await office.connectSwedishShop('SEK');
  await page.getByRole('button', { name: 'Preview' }).click();
  expect(await page.getByRole('row', { name: /^1 / }).innerText()).toContain('450');
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'preview');
  await page.setViewportSize(PHONE);
  expect(await overhang(page)).toBe(0);
  await page.setViewportSize(DESK);
  await page.getByRole('link', { name: 'Back to the invoice' }).click();
  await page.getByRole('button', { name: 'Retry now' }).click();
  await page.locator('.state.transferred').waitFor();
  expect(await page.getByRole('status').innerText()).toContain('this is what became of it');
  expect(await page.getByRole('row', { name: 'Total posted' }).innerText()).toContain('1518.75');
  expect(await page.getByRole('button', { name: 'Retry now' }).count()).toBe(0);
});

test('what to do is shown in the reader’s language, and in the others on demand', async () => {
  await page.goto(`/invoices/${SWEDISH_SHOP}/1021-1`);
  await page.getByRole('link', { name: 'Norsk' }).click();
  expect(await page.locator('.todo').innerText()).toContain('Ingen ordre ble laget.');
  const context = await browser.newContext({
    baseURL: office.app.opsUrl,
    httpCredentials: OPERATOR,
    locale: 'sv-SE',
  });
  const swedes = await context.newPage();
  await swedes.goto(`/invoices/${SWEDISH_SHOP}/1021-1`);
  expect(await swedes.locator('.todo').innerText()).toContain('Ingen order skapades.');
  await context.close();
});

describe('all of a cause at once', () => {
  test('a page lists them; the retry is stopped while it runs, and the rest stays rejected', async () => {
    await office.connectSwedishShop('NOK');
    await office.sendInKronor('2001-1', '2002-1', '2003-1');
    await page.goto('/invoices');
    await page.getByRole('link', { name: 'invoice.currency_mismatch' }).click();
    expect(await page.getByRole('heading', { name: 'Retry all 5' }).count()).toBe(1);
    for (const id of ['1021-1', '1022-1', '2001-1', '2002-1', '2003-1'])
      expect(await page.getByRole('link', { name: id }).count()).toBe(1);
    await picture(page, 'cause');

    await office.connectSwedishShop('SEK');
    const held = office.holdRetries();
    await page.getByRole('button', { name: 'Retry all 5' }).click();
    expect(await page.getByRole('status').innerText()).toContain('It runs: 0 of 5 sent again.');
    await picture(page, 'retry');
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await page.getByRole('status').innerText()).toContain('It was stopped');
    held.goOn();
    await vi.waitUntil(async () => (await office.stateOf('2003-1', SWEDISH_SHOP)) === 'transferred', SOON);
    await page.reload();
    expect(await page.getByRole('status').innerText()).toContain('1 of 5 sent again.');
    expect(await office.stateOf('1022-1', SWEDISH_SHOP)).toBe('rejected');
  });

  test('a page shows the progress until it is done, and all of them are transferred', async () => {
    await page.getByRole('link', { name: /still rejected/ }).click();
    await page.getByRole('button', { name: 'Retry all 4' }).click();
    await page.getByText('It is done: 4 of 4 sent again.').waitFor();
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
    for (const id of ['1021-1', '1022-1', '2001-1', '2002-1'])
      await vi.waitUntil(async () => (await office.stateOf(id, SWEDISH_SHOP)) === 'transferred', SOON);
  });
});

describe('an unresolved invoice', () => {
  test('is looked for again, and stays unresolved while no order is found', async () => {
    await page.goto('/invoices?list=unresolved');
    await picture(page, 'needs-a-person');
    await page.getByRole('link', { name: '1024-1' }).click();
    expect(await page.locator('.todo').innerText()).toContain('order.unknown_outcome');
    await picture(page, 'unresolved');
    await page.getByRole('button', { name: 'Look again now' }).click();
    await page.getByText('this is what became of it').waitFor();
    expect(await state().innerText()).toBe('unresolved');
  });

  test('is not resolved by another invoice’s order: the page says why', async () => {
    const orderId = (await office.store.records.read({ shopId: SHOP, invoiceId: '1018-1' }))?.orderId;
    await page.getByLabel('Order id in 24SevenOffice').fill(String(orderId));
    await page.getByLabel(/^Why/).first().fill('compared');
    await page.getByRole('button', { name: 'Confirm the order' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('another invoice');
  });

  test('is resolved by the form "no order is there", and sent again', async () => {
    const form = page.locator('form', { has: page.getByRole('button', { name: 'Send it again' }) });
    await form.getByLabel(/^Why/).fill('looked, nothing there');
    await form.getByRole('button').click();
    await page.locator('.state.transferred').waitFor();
    expect(await page.innerText('main')).toContain('looked, nothing there');
    await picture(page, 'transferred');
  });
});

test('the viewer reads every page, sees no action, and a POST from the viewer is refused', async () => {
  const viewer = await visit(browser, office.app.opsUrl, VIEWER);
  for (const path of [
    '/invoices',
    `/invoices/${SHOP}/1023-1`,
    '/invoices?code=invoice.type_not_transferable',
  ]) {
    expect((await viewer.page.goto(path))?.status()).toBe(200);
    expect(await viewer.page.locator('form[method=post]').count()).toBe(0);
  }
  const refused = await viewer.page.request.post(`/invoices/${SHOP}/1023-1/retry`);
  expect(refused.status()).toBe(403);
  expect(viewer.complaints()).toEqual([]);
  await viewer.context.close();
});

test('everything can be done with the keyboard, and the focus is visible', async () => {
  const focused = (expression: string) =>
    page.evaluate(`(() => { const e = document.activeElement; return ${expression}; })()`);
  const tabTo = async (name: string) => {
    for (let tabs = 0; tabs < 40; tabs += 1) {
      await page.keyboard.press('Tab');
      const text = await focused('e.textContent.trim() || e.name');
      expect(await focused('getComputedStyle(e).outlineStyle'), String(text)).toBe('solid');
      if (text === name) return;
    }
    expect.fail(`the keyboard does not reach ${name}`);
  };
  await page.goto('/invoices');
  await tabTo('q');
  await page.keyboard.type('1023-1');
  await page.keyboard.press('Enter');
  await page.waitForURL(/q=1023-1/);
  await tabTo('1023-1');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/1023-1/);
  await tabTo('Retry now');
  await page.keyboard.press('Enter');
  await page.getByText('this is what became of it').waitFor();
  expect(await state().innerText()).toBe('rejected');
});

describe('every page is accessible, and fits on a phone', () => {
  test.each([
    ['the overview', '/'],
    ['what there is', '/invoices'],
    ['found', '/invoices?q=1018-1'],
    ['nothing found', '/invoices?q=nothing'],
    ['a list', '/invoices?list=open'],
    ['a cause', '/invoices?code=invoice.type_not_transferable'],
    ['a transferred invoice', `/invoices/${SHOP}/1018-1`],
    ['a rejected one', `/invoices/${SHOP}/1023-1`],
    ['an unresolved one', `/invoices/${SHOP}/3001-1`],
    ['a waiting one', `/invoices/${SHUT_SHOP}/1025-1`],
    ['one that has not begun', `/invoices/${SHOP}/1026-1`],
    ['one that nobody knows', `/invoices/${SHOP}/nothing`],
    ['a retry that is over', '/invoices/retries/1'],
  ])('%s', async (name, path) => {
    if (path.endsWith('3001-1') && (await office.stateOf('3001-1')) === undefined)
      await office.sendUnanswered('3001-1');
    const answer = await page.goto(path);
    expect(ops.complaints()).toEqual(answer?.status() === 404 ? [NOT_FOUND] : []);
    expect(await barriers(page)).toEqual([]);
    await page.setViewportSize(PHONE);
    expect(await overhang(page)).toBe(0);
    expect(await barriers(page)).toEqual([]);
    if (name === 'a rejected one') await picture(page, 'phone');
    await page.setViewportSize(DESK);
  });
});
