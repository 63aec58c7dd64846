/** A real browser in front of the pages: Debian's Chromium, headless. */
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ROOT } from '../docs/markdown.ts';
import { chromiumPath } from './chromium.ts';

export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error('no Chromium on this machine');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** What the browser complained of since the last call: its console, the policy, requests to other hosts. */
  complaints(): string[];
}

export const PHONE = { width: 375, height: 812 };
export const DESK = { width: 1_100, height: 800 };

/** One person's browser window. Without a login it has none to answer the server's question with. */
export async function visit(
  browser: Browser,
  baseURL: string,
  login?: { username: string; password: string },
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL,
    viewport: DESK,
    ...(login && { httpCredentials: login }),
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const heard: string[] = [];
  const { host } = new URL(baseURL);
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => heard.push(`script: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.host !== host) heard.push(`elsewhere: ${request.url()}`);
  });
  return { context, page, complaints: () => heard.splice(0) };
}

/** A rule of WCAG 2.1 A or AA that the page breaks, and where. */
export interface Barrier {
  rule: string;
  where: string;
}

export async function barriers(page: Page): Promise<Barrier[]> {
  await page.evaluate(axe.source);
  const runOnly = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
  const found = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify({ runOnly })})`);
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => ({
      rule: id,
      where: `${target.join(' ')}: ${failureSummary ?? ''}`,
    })),
  );
}

/** How far the page is wider than the window, in pixels. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

/**
 * Into docs/screenshots, where `SCREENSHOTS=1` asks for it: a test run leaves the tree as it was.
 *
 * @param height of the part that is shown; left out, all of the page
 */
export async function picture(page: Page, name: string, height?: number): Promise<void> {
  const before = page.viewportSize();
  if (process.env.SCREENSHOTS !== '1' || before === null) return;
  await page.setViewportSize({ ...before, height: height ?? 200 });
  await page.screenshot({
    path: join(ROOT, 'docs', 'screenshots', `${name}.png`),
    fullPage: height === undefined,
  });
  await page.setViewportSize(before);
}
