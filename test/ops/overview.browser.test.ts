/** The overview in Chromium, on a phone and on a desk, as ops see it who look whether all is well. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { LATENCY_BOUNDS_MS } from '../../src/store/buckets.ts';
import { barriers, DESK, openBrowser, overhang, PHONE, picture, type Visit, visit } from './browser.ts';
import { type Office, OPERATOR, openOffice, VIEWER } from './office.ts';

const HOUR_MS = 3_600_000;

let office: Office;
let browser: Browser;
let ops: Visit;
let page: Page;

/** Two days as other processes have counted them: a busy noon, a quiet night, one bad hour. */
async function countTwoDays(): Promise<void> {
  const { redis, keys } = office.store;
  const last = Math.floor(Date.now() / HOUR_MS);
  for (let ago = 48; ago > 0; ago -= 1) {
    const hour = last - ago;
    const busy = Math.max(0, Math.round(120 * Math.sin((((hour % 24) - 5) / 14) * Math.PI)));
    const counts = {
      'ended:created': busy,
      'ended:adopted': ago % 7 === 0 ? 4 : 0,
      'ended:rejected': ago === 20 ? 31 : Math.round(busy / 40),
      'ended:unresolved': ago === 20 ? 5 : 0,
      'took:1': Math.round(busy * 0.6),
      'took:2': Math.round(busy * 0.3),
      [`took:${ago === 20 ? 9 : 4}`]: Math.round(busy * 0.1),
      'requests:3:default': busy * 2,
    };
    for (const [field, count] of Object.entries(counts)) {
      if (count > 0) await redis.hincrby(keys.hour(hour), field, count);
    }
  }
}

beforeAll(async () => {
  [browser, office] = await Promise.all([openBrowser(), openOffice()]);
  await countTwoDays();
  await office.store.redis.hincrby(
    office.store.keys.hour(Math.floor(Date.now() / HOUR_MS)),
    'ended:created',
    1,
  );
  ops = await visit(browser, office.app.opsUrl, OPERATOR);
  page = ops.page;
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await office?.stop();
});
afterEach(() => expect(ops.complaints()).toEqual([]));

test('the first page says what needs a person, and leads there', async () => {
  await page.goto('/');
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Overview');
  expect(await page.innerText('.problem')).toContain('1 needs a person');
  // It waits for a company that shuts us out.
  expect(await page.innerText('.problem')).toContain('1 circuit open: shut out by its company');
  await page.getByRole('link', { name: /needs a person/ }).click();
  await page.waitForURL(/list=unresolved/);
  expect(await page.innerText('main')).toContain('1024-1');
  await page.goto('/');
  await page.getByRole('link', { name: /shut out/ }).click();
  expect(await page.innerText('main')).toContain('1025-1');
});

test('each chart has its name, a sentence, and the same numbers in a table that a keyboard opens', async () => {
  await page.goto('/');
  const charts = page.getByRole('img');
  expect(await charts.count()).toBe(3);
  const transfers = page.getByRole('img', { name: /^Transfers, last two days, by hour/ });
  expect(await transfers.count()).toBe(1);
  expect(await transfers.locator('rect.created').count()).toBeGreaterThan(20);
  const summary = page.getByText('Table: Transfers, last two days');
  await summary.focus();
  await page.keyboard.press('Enter');
  const table = page.getByRole('region', { name: 'Table: Transfers, last two days' });
  await table.waitFor();
  expect(await table.getByRole('row').count()).toBeGreaterThan(20);
  expect(await page.innerText('main')).toMatch(/requests left; \d+ may leave at once/);
});

test.each([
  ['on a phone', PHONE, 'overview-phone'],
  ['on a desk', DESK, 'overview'],
])('it fits %s, closed and with its tables open, and has no barrier', async (_where, size, name) => {
  await page.setViewportSize(size);
  // The invoices of the tests were clicked years ago.
  const { redis, keys } = office.store;
  await redis.hdel(keys.hour(Math.floor(Date.now() / HOUR_MS)), `took:${LATENCY_BOUNDS_MS.length}`);
  await page.goto('/');
  expect(await overhang(page)).toBe(0);
  expect(await barriers(page)).toEqual([]);
  await picture(page, name);
  for (const summary of await page.locator('summary').all()) await summary.click();
  expect(await overhang(page)).toBe(0);
  expect(await barriers(page)).toEqual([]);
  await page.setViewportSize(DESK);
});

test('the viewer sees it, a stranger does not', async () => {
  const viewer = await visit(browser, office.app.opsUrl, VIEWER);
  expect((await viewer.page.goto('/'))?.status()).toBe(200);
  await viewer.context.close();
  const stranger = await visit(browser, office.app.opsUrl);
  expect((await stranger.context.request.get('/')).status()).toBe(401);
  await stranger.context.close();
});

test('it shows no name of a shop and no invoice', async () => {
  const text = await (await ops.context.request.get('/')).text();
  expect(text).not.toContain('mysharefox');
  expect(text).not.toContain('1018-1');
});
