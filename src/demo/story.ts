/** The demo's story: send invoices, publish orders, check statuses, and say what happens. */
import type { TransferResult } from '../contract/results.ts';
import type { Teardown } from './ending.ts';
import { collectFindings, type Findings } from './findings.ts';
import { type Ended, type Jobs, openJobs } from './jobs.ts';
import {
  BERG,
  FJORD,
  SAMPLE_INVOICES,
  SAMPLE_SHOPS,
  type SampleInvoice,
  type SampleShop,
} from './samples.ts';
import { selfCheck } from './self-check.ts';
import { connectShop, type DemoSystem, OPS_LOGIN } from './system.ts';
import { formatTable, rowOf } from './table.ts';

export type Say = (line?: string) => void;

/** 24SevenOffice's own limit for all shops behind one IP address. */
const HOURLY_LIMIT = '7,200';

/** Requests that the sandbox has counted. */
async function requestsSoFar({ sandbox }: DemoSystem): Promise<number> {
  return Object.values(await sandbox.control.counts()).reduce((sum, count) => sum + count, 0);
}

function endText(end: Ended<TransferResult>): string {
  if ('failedReason' in end) return 'refused';
  return end.result.outcome === 'already_transferred' ? 'no new order' : `order ${end.result.outcome}`;
}

function progressLine({ shows, input }: SampleInvoice, end: Ended<TransferResult>): string {
  return `  ${input.invoice.id}  ${endText(end).padEnd('order created'.length)}  ${shows}`;
}

export async function connectShops(system: DemoSystem, say: Say): Promise<void> {
  for (const shop of SAMPLE_SHOPS) say(`  ${await connectShop(system, shop)}`);
}

async function clickSend(jobs: Jobs, say: Say): Promise<void> {
  const clicks = SAMPLE_INVOICES.reduce((sum, { clicks: each = 1 }) => sum + each, 0);
  say();
  say(`${clicks} clicks on "Send invoice", ${SAMPLE_INVOICES.length} invoices; a line as each ends:`);
  await jobs.sendInvoices(SAMPLE_INVOICES, (sample, end) => say(progressLine(sample, end)));
}

async function publishAndCheck(system: DemoSystem, jobs: Jobs, say: Say): Promise<void> {
  const { published, paid } = await keepBooks(system, { shops: SAMPLE_SHOPS, samples: SAMPLE_INVOICES });
  const ordered = SAMPLE_INVOICES.filter(({ ends }) => ends === 'transferred');
  await jobs.checkStatuses(ordered);
  say();
  say(
    `A bookkeeper publishes ${published} orders, ${paid} are paid; ${ordered.length} clicks on "Check status".`,
  );
}

function showFindings({ shops }: Findings, say: Say): void {
  say();
  const groups = shops.map(({ books, invoices }) => ({ title: books.name, rows: invoices.map(rowOf) }));
  for (const line of formatTable(groups)) say(line);
}

/** @returns whether the books say what the product promises */
export async function tellStory(system: DemoSystem, teardown: Teardown, say: Say): Promise<boolean> {
  const shops = await Promise.all(
    SAMPLE_SHOPS.map(async (shop) => ({ shop, before: await system.sandbox.control.books(shop.clientId) })),
  );
  const connected = await requestsSoFar(system);
  const jobs = await openJobs(system, teardown);
  await clickSend(jobs, say);
  const transferred = await requestsSoFar(system);
  await publishAndCheck(system, jobs, say);
  const checked = await requestsSoFar(system);

  const findings = await collectFindings(system, { shops, samples: SAMPLE_INVOICES });
  showFindings(findings, say);
  const checks = selfCheck(findings);
  say();
  for (const { ok, text } of checks) say(`${ok ? 'ok  ' : 'FAIL'}  ${text}`);
  say();
  const parts = `${connected} to connect, ${transferred - connected} to transfer, ${checked - transferred} to check`;
  say(`${checked} of ${HOURLY_LIMIT} API requests an hour: ${parts}.`);
  return checks.every(({ ok }) => ok);
}

interface Booked {
  published: number;
  paid: number;
}

/**
 * Publish orders as invoices and book payments, as a bookkeeper does in 24SevenOffice. Skips invoices without
 * an order; the self-check says what is missing.
 */
async function keepBooks(
  { store, sandbox }: DemoSystem,
  { shops, samples }: { shops: readonly SampleShop[]; samples: readonly SampleInvoice[] },
): Promise<Booked> {
  const booked = { published: 0, paid: 0 };
  for (const { bookkeeping, input } of samples) {
    const shop = shops.find(({ settings }) => settings.shopId === input.shopId);
    if (bookkeeping === undefined || shop === undefined) continue;
    const record = await store.records.read({ shopId: input.shopId, invoiceId: input.invoice.id });
    if (record?.orderId === undefined) continue;
    await sandbox.control.publish(shop.clientId, record.orderId);
    booked.published += 1;
    if (bookkeeping === 'published') continue;
    const today = new Date().toISOString().slice(0, 10);
    await sandbox.control.pay(shop.clientId, record.orderId, `${today}T00:00:00`);
    booked.paid += 1;
  }
  return booked;
}

/** Printed with `--keep`: where everything is, and what to try. */
export function whatToTry({ redisUrl, sandbox }: DemoSystem, opsUrl: string): string[] {
  const { username, password } = OPS_LOGIN;
  const cli = `REDIS_URL=${redisUrl} npm run --silent cli --`;
  const control = `${sandbox.url}/_control`;
  return [
    'Everything keeps running until Ctrl-C.',
    `  board          ${opsUrl}/board  (login ${username}, password ${password})`,
    `  metrics        ${opsUrl}/metrics`,
    `  24SevenOffice  ${sandbox.url}  (sandbox)`,
    `  Redis          ${redisUrl}`,
    'To try in another terminal:',
    '  one invoice as a story',
    `    ${cli} invoice show ${FJORD.settings.shopId} 1005-1`,
    '  a shop, and when it was verified',
    `    ${cli} shop show ${BERG.settings.shopId}`,
    '  the books of company 501, and how often each operation was called',
    `    curl -s -d '[501]' ${control}/books`,
    `    curl -s -X POST ${control}/counts`,
  ];
}
