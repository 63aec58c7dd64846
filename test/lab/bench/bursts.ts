/** Requests per invoice when many invoices come at once, compared with a client that makes one call at a time. */
import type { InvoiceTransferInput } from '../../../src/contract/jobs.ts';
import { type CustomerKind, invoiceFor, invoicesFor } from './invoices.ts';
import { createPlainClient } from './plain-client.ts';
import type { Aim, Row, TopicReport } from './report.ts';
import { countByName, type OperationCount } from './requests-seen.ts';
import { inWorld, type World } from './world.ts';

const LATENCY_MS = 25;
/** The bench waits no longer. Invoices that have not ended by then do not count. */
const LIMIT_MS = 45_000;
/** The plain client needs the same requests for each invoice, so few are enough. */
const PLAIN_INVOICES = 50;

const REAL_QUOTA = {
  TFSO_QUOTA_POOL: 'metered',
  TFSO_REQUESTS_PER_HOUR: '7200',
  TFSO_REQUESTS_PER_SECOND: '20',
};

interface Burst {
  what: string;
  shops: number;
  invoices: number;
  customers: number;
  kind: CustomerKind;
  /** Whether each customer has had an invoice transferred before. */
  areKnown: boolean;
  /** With the real quota, in a process that has just started. Otherwise without a quota. */
  isMetered?: boolean;
  aim?: Aim;
}

const BURSTS: Burst[] = [
  {
    what: '500 of one shop, 50 known customers',
    ...{ shops: 1, invoices: 500, customers: 50, kind: 'company', areKnown: true },
    aim: { atMost: 0.1 },
  },
  {
    what: '500 of one shop, 50 known customers, at the real quota',
    ...{ shops: 1, invoices: 500, customers: 50, kind: 'company', areKnown: true },
    isMetered: true,
    aim: { atMost: 0.1 },
  },
  {
    what: '500 of one shop, 500 new companies',
    ...{ shops: 1, invoices: 500, customers: 500, kind: 'company', areKnown: false },
    aim: { atMost: 2.3 },
  },
  {
    what: '500 of one shop, 500 new private persons',
    ...{ shops: 1, invoices: 500, customers: 500, kind: 'private', areKnown: false },
    aim: { atMost: 2.3 },
  },
  {
    what: '30 shops × 20, 10 known customers each',
    ...{ shops: 30, invoices: 20, customers: 10, kind: 'company', areKnown: true },
  },
];

export async function measureBursts(): Promise<TopicReport> {
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const burst of BURSTS) {
    // Each burst has its own world, so that its unfinished invoices do not disturb the next.
    const options = { behaviour: { keepBodies: true } };
    const measured = await inWorld(options, async (world) => ({
      besides: await plain(world, burst),
      ...(await ours(world, burst)),
    }));
    const { counts, ended, seconds, besides } = measured;
    const sum = counts.reduce((total, each) => total + each.requests, 0);
    rows.push({
      what: burst.what,
      measured: sum / ended,
      unit: '',
      beside: { what: 'plain', measured: besides },
      ...(burst.aim && { aim: burst.aim }),
    });
    for (const { name, requests, members } of counts) {
      rows.push({
        what: `  ${name}`,
        measured: requests / ended,
        unit: `(${requests} with ${members} in them)`,
      });
    }
    const total = burst.shops * burst.invoices;
    notes.push(
      ended === total
        ? `${burst.what}: drained in ${seconds.toFixed(1)} s`
        : `${burst.what}: only ${ended} of ${total} were done after ${LIMIT_MS / 1_000} s; all requests until then are divided by those`,
    );
  }
  return {
    topic: 'bursts',
    conditions: `requests per invoice; answers take ${LATENCY_MS} ms, no quota where none is named, one worker`,
    rows,
    notes,
  };
}

async function ours(
  world: World,
  { shops, kind, invoices: perShop, customers: count, areKnown, isMetered = false }: Burst,
): Promise<{ counts: OperationCount[]; ended: number; seconds: number }> {
  const customers = { first: 1, count };
  const shopIds: string[] = [];
  for (let shop = 0; shop < shops; shop += 1) shopIds.push((await world.connectShop()).shopId);
  await world.transfer(shopIds.map((shopId) => invoiceFor(shopId, kind, 0)));
  if (areKnown) {
    await world.transfer(shopIds.flatMap((shopId) => invoicesFor(shopId, kind, count, customers)));
  }
  const invoices = shopIds.flatMap((shopId) => invoicesFor(shopId, kind, perShop, customers));
  if (isMetered) await world.restartWorkers(1, REAL_QUOTA);

  await world.control.configure({ latencyMs: LATENCY_MS });
  const started = performance.now();
  let ended = 0;
  const requests = await world.requestsOf(async () => {
    ended = await world.transferWithin(LIMIT_MS, invoices);
  });
  const seconds = (performance.now() - started) / 1_000;
  return { counts: countByName(requests), ended, seconds };
}

/** Requests per invoice of one shop. The plain client gains nothing from many shops or invoices. */
async function plain(world: World, burst: Burst): Promise<number> {
  const access = await world.connectShop();
  const client = createPlainClient({ baseUrl: world.sandboxUrl, access, session: 'kept' });
  const send = async (invoices: InvoiceTransferInput[]) => {
    for (const invoice of invoices) await client.transfer(invoice);
  };
  try {
    await send(invoicesFor(access.shopId, burst.kind, 1, { first: 0, count: 1 }));
    const customers = { first: 1, count: burst.areKnown ? burst.customers : PLAIN_INVOICES };
    if (burst.areKnown) await send(invoicesFor(access.shopId, burst.kind, burst.customers, customers));
    const invoices = invoicesFor(access.shopId, burst.kind, PLAIN_INVOICES, customers);
    return (await world.requestsOf(() => send(invoices))).length / PLAIN_INVOICES;
  } finally {
    client.close();
  }
}
