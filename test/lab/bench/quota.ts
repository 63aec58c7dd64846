/** Invoices an hour at the real quota, with a shortened hour. */
import { performance } from 'node:perf_hooks';
import type { InvoiceTransferInput } from '../../../src/contract/jobs.ts';
import { invoicesFor } from './invoices.ts';
import { createPlainClient } from './plain-client.ts';
import type { TopicReport } from './report.ts';
import { inWorld, type World } from './world.ts';

const REQUESTS_PER_HOUR = 7_200;
const REQUESTS_PER_SECOND = 20;
/** An hour takes 3,600 / FASTER seconds. Any faster, and this machine would be the limit instead of the quota. */
const FASTER = 8;
const HOUR_MS = 3_600_000;
const LATENCY_MS = 25;
const SHOPS = 30;
const INVOICES_PER_SHOP = 60;
/** A new worker's saves grow from one member. These invoices bring it past that. */
const WARM_UP_PER_SHOP = 8;
const CUSTOMERS_PER_SHOP = 10;
const PLAIN_INVOICES = 20;

export async function measureQuota(): Promise<TopicReport> {
  return inWorld({}, async (world) => {
    const plainPerInvoice = await plain(world);
    const shopIds = await shopsWithKnownCustomers(world);
    await meterRequests(world);
    await world.transfer(nextInvoices(shopIds, WARM_UP_PER_SHOP));
    const invoices = nextInvoices(shopIds, INVOICES_PER_SHOP);

    const before = (await world.control.requests()).length;
    const started = performance.now();
    await world.transfer(invoices);
    const seconds = (performance.now() - started) / 1_000;
    const requests = (await world.control.requests()).slice(before);
    const refused = requests.filter(({ ok }) => !ok).length;

    const perInvoice = requests.length / invoices.length;
    const perHour = (invoices.length / seconds / FASTER) * 3_600;
    return {
      topic: 'quota',
      conditions:
        `${SHOPS} shops × ${INVOICES_PER_SHOP} invoices of ${CUSTOMERS_PER_SHOP} known customers each, all at once, one worker, ` +
        `answers take ${LATENCY_MS} ms; ${REQUESTS_PER_HOUR} requests in an hour of ${3_600 / FASTER} s`,
      rows: [
        {
          what: 'invoices an hour',
          measured: Math.round(perHour),
          unit: '/h',
          beside: { what: '/h plain, at its requests', measured: REQUESTS_PER_HOUR / plainPerInvoice },
          aim: { atLeast: 20_000 },
        },
        {
          what: 'the budget would do for, at these requests',
          measured: Math.round(REQUESTS_PER_HOUR / perInvoice),
          unit: '/h',
        },
        {
          what: 'requests per invoice',
          measured: perInvoice,
          unit: '',
          beside: { what: 'plain', measured: plainPerInvoice },
        },
        {
          what: 'requests a second, of the hour shortened',
          measured: requests.length / seconds,
          unit: '/s',
          beside: { what: 'are allowed', measured: (REQUESTS_PER_HOUR * FASTER) / 3_600 },
        },
        { what: 'requests refused by the service', measured: refused, unit: '', aim: { atMost: 0 } },
        { what: 'time to drain', measured: seconds * FASTER, unit: 's of the real hour' },
      ],
      notes: [
        'where fewer requests a second were made than are allowed, this machine was the limit, not the quota',
      ],
    };
  });
}

/** Until then there is no quota. */
async function shopsWithKnownCustomers(world: World): Promise<string[]> {
  const shopIds: string[] = [];
  for (let shop = 0; shop < SHOPS; shop += 1) shopIds.push((await world.connectShop()).shopId);
  await world.transfer(nextInvoices(shopIds, CUSTOMERS_PER_SHOP));
  return shopIds;
}

const nextInvoices = (shopIds: string[], perShop: number): InvoiceTransferInput[] =>
  shopIds.flatMap((shopId) =>
    invoicesFor(shopId, 'private', perShop, { first: 1, count: CUSTOMERS_PER_SHOP }),
  );

/** From now on both sides count, with a new quota pool in which no tokens are saved up. */
async function meterRequests({ control, restartWorkers }: World): Promise<void> {
  await restartWorkers(1, {
    TFSO_QUOTA_POOL: 'metered',
    TFSO_REQUESTS_PER_HOUR: String(REQUESTS_PER_HOUR * FASTER),
    TFSO_REQUESTS_PER_SECOND: String(REQUESTS_PER_SECOND * FASTER),
  });
  await control.configure({
    requestsPerHour: REQUESTS_PER_HOUR,
    quotaWindowMs: HOUR_MS / FASTER,
    requestsPerSecond: 25 * FASTER,
    latencyMs: LATENCY_MS,
  });
  await control.resetQuota();
}

async function plain(world: World): Promise<number> {
  const access = await world.connectShop();
  const client = createPlainClient({ baseUrl: world.sandboxUrl, access, session: 'kept' });
  const send = async () => {
    for (const invoice of nextInvoices([access.shopId], PLAIN_INVOICES)) await client.transfer(invoice);
  };
  try {
    await send();
    return (await world.requestsOf(send)).length / PLAIN_INVOICES;
  } finally {
    client.close();
  }
}
