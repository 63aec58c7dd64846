/** Bull Board as the pinned version shows it, with what we lay over it. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { barriers, DESK, openBrowser, overhang, PHONE, picture, type Visit, visit } from './browser.ts';
import { type Office, OPERATOR, openOffice, SWEDISH_SHOP, VIEWER } from './office.ts';

const QUEUE = '/board/queue/invoice-transfer';

let office: Office;
let browser: Browser;
let ops: Visit;
beforeAll(async () => {
  [browser, office] = await Promise.all([openBrowser(), openOffice()]);
  ops = await visit(browser, office.app.opsUrl, OPERATOR);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await office?.stop();
});
afterEach(() => expect(ops.complaints()).toEqual([]));

/** The page draws itself from what it asks for. */
async function open({ page }: Visit, path: string): Promise<void> {
  await page.goto(path);
  await page.waitForLoadState('networkidle');
}

test('a failed job is retried from the board once its cause is removed', async () => {
  const { page } = ops;
  await open(ops, `${QUEUE}?status=failed`);
  await picture(page, 'board-failed', DESK.height);
  await office.connectSwedishShop('SEK');
  const [job] = (await office.queues.transfer.getFailed()).filter(({ data }) => data.invoice.id === '1022-1');
  await open(ops, `${QUEUE}/${job?.id}?status=failed`);
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await vi.waitUntil(async () => (await office.stateOf('1022-1', SWEDISH_SHOP)) === 'transferred', {
    timeout: 30_000,
  });
});

test('each job leads to its invoice’s page', async () => {
  await open(ops, `${QUEUE}?status=failed`);
  const [opened] = await Promise.all([
    ops.context.waitForEvent('page'),
    ops.page.getByRole('link', { name: /Invoice 1023-1/ }).click(),
  ]);
  expect(await opened.getByRole('heading', { level: 1 }).innerText()).toBe('Invoice 1023-1');
  await opened.close();
});

describe('every page is accessible, fits on a phone and loads nothing from another host', () => {
  test.each([
    '/board',
    `${QUEUE}?status=failed`,
    `${QUEUE}?status=delayed`,
    `${QUEUE}?status=completed`,
    `${QUEUE}/1?status=completed`,
  ])('%s', async (path) => {
    await open(ops, path);
    expect(await barriers(ops.page)).toEqual([]);
    if (path === '/board') await picture(ops.page, 'board', 400);
    await ops.page.setViewportSize(PHONE);
    expect(await overhang(ops.page)).toBe(0);
    await ops.page.setViewportSize(DESK);
  });
});

test('forbidden actions are not shown', async () => {
  const { page } = ops;
  await open(ops, `${QUEUE}?status=delayed`);
  expect(await page.getByText('Promote all').isVisible()).toBe(true);
  expect(await page.getByText('Clean all').isVisible()).toBe(false);
  await open(ops, `${QUEUE}?status=failed`);
  expect(await page.getByText('Clean all').isVisible()).toBe(true);
});

test('a queue under a rate limit cannot be released, and no button for it is shown', async () => {
  await office.queues.transfer.rateLimit(600_000);
  for (const path of ['/board', QUEUE]) {
    await open(ops, path);
    await ops.page.getByText('invoice-transfer').first().waitFor();
    expect(await ops.page.getByRole('button', { name: /rate limit/i }).count()).toBe(0);
    expect(await barriers(ops.page)).toEqual([]);
  }
  await office.queues.transfer.removeRateLimitKey();
});

test('the viewer sees no action that writes, and a write from the viewer is refused', async () => {
  const viewer = await visit(browser, office.app.opsUrl, VIEWER);
  await open(viewer, `${QUEUE}?status=failed`);
  await viewer.page.getByRole('link', { name: /#5/ }).waitFor();
  for (const name of ['Retry', 'Remove', 'Retry all', 'Clean all'])
    expect(await viewer.page.getByRole('button', { name, exact: true }).count(), name).toBe(0);
  const refused = await viewer.page.request.put('/board/api/queues/invoice-transfer/5/retry');
  expect(refused.status()).toBe(403);
  expect(viewer.complaints()).toEqual([]);
  await viewer.context.close();
});
