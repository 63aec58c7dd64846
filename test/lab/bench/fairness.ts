/** How long a small shop's single invoice waits while many invoices of another shop are transferred. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { invoiceFor, invoicesFor } from './invoices.ts';
import { median, type Row, type TopicReport } from './report.ts';
import { inWorld, type World } from './world.ts';

const BURST = 2_000;
/** The aim is stated for so many. The drain grows with their number, the wait should not. */
const AIMED_BURST = 10_000;
const CUSTOMERS = 50;
const SINGLES = 8;
const PAUSE_MS = 400;
const LATENCY_MS = 25;
const REQUESTS_PER_HOUR = 7_200;
/** An hour takes 3,600 / FASTER seconds. Any faster, and this machine would be the limit instead of the quota. */
const FASTER = 4;

export async function measureFairness(): Promise<TopicReport> {
  return inWorld({}, async (world) => {
    const big = (await world.connectShop()).shopId;
    const small: string[] = [];
    for (let shop = 0; shop < SINGLES; shop += 1) small.push((await world.connectShop()).shopId);
    const customers = { first: 1, count: CUSTOMERS };
    await world.transfer([
      ...invoicesFor(big, 'private', CUSTOMERS, customers),
      ...small.map((shopId) => invoiceFor(shopId, 'private', 1)),
    ]);
    await world.control.configure({ latencyMs: LATENCY_MS });

    const rows: Row[] = [];
    for (const workers of [1, 3]) {
      await world.restartWorkers(workers, {
        TFSO_REQUESTS_PER_HOUR: String(REQUESTS_PER_HOUR * FASTER),
        TFSO_QUOTA_POOL: `metered-${workers}`,
      });
      const alone = await waitOf(world, small[0] ?? '');
      const before = (await world.control.requests()).length;
      const { waits, drainMs } = await measureDuringBurst(world, big, small);
      const requests = (await world.control.requests()).length - before;
      const worst = Math.max(...waits);
      const name = `${workers} worker${workers > 1 ? 's' : ''}`;
      rows.push(
        {
          what: `${name}: single invoice, median of ${SINGLES}`,
          measured: median(waits),
          unit: 'ms',
          beside: { what: 'ms alone', measured: alone },
        },
        { what: `${name}: single invoice, worst`, measured: worst, unit: 'ms' },
        { what: `${name}: drain of ${BURST}`, measured: drainMs / 1_000, unit: 's' },
        {
          what: `${name}: requests a second`,
          measured: (1_000 * requests) / drainMs,
          unit: '/s',
          beside: { what: 'are allowed', measured: (REQUESTS_PER_HOUR * FASTER) / 3_600 },
        },
        { what: `${name}: worst wait of the drain`, measured: (100 * worst) / drainMs, unit: '%' },
        {
          what: `${name}: the same of ${AIMED_BURST}, drain extrapolated`,
          measured: (100 * worst * BURST) / (drainMs * AIMED_BURST),
          unit: '%',
          aim: { atMost: 2 },
        },
      );
    }
    return {
      topic: 'fairness',
      conditions: `${BURST} waiting invoices of one shop, ${SINGLES} other shops with one each on the way; answers take ${LATENCY_MS} ms; ${REQUESTS_PER_HOUR} requests in an hour of ${3_600 / FASTER} s`,
      rows,
      notes: [
        'where fewer requests a second were made than are allowed, this machine was the limit, not the quota',
      ],
    };
  });
}

async function waitOf({ producer, ends }: World, shopId: string): Promise<number> {
  const invoice = invoiceFor(shopId, 'private', 1);
  const clicked = performance.now();
  await producer.sendInvoice(invoice);
  const [end] = await ends.of([invoice.requestId], 'transfer.completed');
  return (end?.atMs ?? Number.NaN) - clicked;
}

async function measureDuringBurst(
  world: World,
  big: string,
  small: string[],
): Promise<{ waits: number[]; drainMs: number }> {
  const burst = invoicesFor(big, 'private', BURST, { first: 1, count: CUSTOMERS });
  const started = performance.now();
  // Add the whole burst first: a single click must not wait behind it on the producer's own connection.
  await Promise.all(burst.map((invoice) => world.producer.sendInvoice(invoice)));
  const drained = world.ends
    .of(
      burst.map(({ requestId }) => requestId),
      'transfer.completed',
    )
    .then(() => performance.now() - started);
  const waits: number[] = [];
  for (const shopId of small) {
    await sleep(PAUSE_MS);
    waits.push(await waitOf(world, shopId));
  }
  return { waits, drainMs: await drained };
}
