/** How long each page of the ops server takes with very many waiting jobs, compared with empty queues. */
import { performance } from 'node:perf_hooks';
import { Queue } from 'bullmq';
import {
  INVOICE_TRANSFER,
  type InvoiceTransferInput,
  invoiceTransferJob,
} from '../../../src/contract/jobs.ts';
import { freePort } from '../../../src/demo/throwaway-redis.ts';
import { PREFIX } from '../../support/product.ts';
import { invoiceFor } from './invoices.ts';
import type { Row, TopicReport } from './report.ts';
import { inWorld, type World } from './world.ts';

const WAITING = 20_000;
const FAILED = 5_000;
const CHUNK = 500;
/** Per page. The fourth slowest is the p95. */
const LOOKS = 60;
const AIM_MS = 200;
const AN_HOUR_MS = 3_600_000;
const LOGIN = { username: 'ops', password: 'ops-password' };

type Pages = Record<string, string>;

const pagesOf = (shopId: string, invoiceId: string): Pages => ({
  'what there is': '/invoices',
  'list: waiting': '/invoices?list=open',
  'list: rejected': '/invoices?list=rejected',
  'a cause': '/invoices?code=invoice.type_not_transferable',
  'a story': `/invoices/${shopId}/${invoiceId}`,
  'search: an invoice': `/invoices?q=${invoiceId}`,
  'search: a code': '/invoices?q=invoice.type_not_transferable',
  'search: a state': '/invoices?q=waiting',
  'search: a shop': `/invoices?shop=${shopId}`,
  'search: nobody knows it': '/invoices?q=nothing',
  'board: both queues': '/board/api/queues',
  'board: latest': '/board/api/queues?activeQueue=invoice-transfer&page=1&jobsPerPage=10',
  'board: failed': '/board/api/queues?activeQueue=invoice-transfer&status=failed&page=1&jobsPerPage=10',
  'board: prioritized':
    '/board/api/queues?activeQueue=invoice-transfer&status=prioritized&page=1&jobsPerPage=10',
});

export async function measureBoard(): Promise<TopicReport> {
  return inWorld({}, async (world) => {
    const port = await freePort();
    await world.restartWorkers(1, { OPS_PORT: String(port) });
    const { shopId } = await world.connectShop();
    const [known] = await reject(world, [aRefused(shopId)]);
    const pages = pagesOf(shopId, known?.invoice.id ?? '');
    const url = `http://127.0.0.1:${port}`;
    const empty = await p95OfEach(url, pages);

    await reject(
      world,
      Array.from({ length: FAILED }, () => aRefused(shopId)),
    );
    await leaveWaiting(world, shopId);
    const full = await p95OfEach(url, pages);
    const rows = Object.keys(pages).map(
      (page): Row => ({
        what: page,
        measured: full[page] ?? Number.NaN,
        unit: 'ms',
        beside: { what: 'ms empty', measured: empty[page] ?? Number.NaN },
        aim: { atMost: AIM_MS },
      }),
    );
    const conditions = `p95 of ${LOOKS} looks, ${WAITING} waiting and ${FAILED} failed jobs with their records`;
    return { topic: 'board', conditions, rows };
  });
}

function aRefused(shopId: string): InvoiceTransferInput {
  const invoice = invoiceFor(shopId, 'private', 1);
  return { ...invoice, invoice: { ...invoice.invoice, type: 'printed' } };
}

function* chunksOf<T>(all: T[]): Generator<T[]> {
  for (let from = 0; from < all.length; from += CHUNK) yield all.slice(from, from + CHUNK);
}

async function withQueue<T>({ redis }: World, use: (queue: Queue) => Promise<T>): Promise<T> {
  const queue = new Queue(INVOICE_TRANSFER, { prefix: PREFIX, connection: { url: redis.url } });
  try {
    return await use(queue);
  } finally {
    await queue.close();
  }
}

const jobOf = (data: InvoiceTransferInput) => ({ name: INVOICE_TRANSFER, data, opts: { priority: 1 } });

/** The workers reject each invoice, which leaves a failed job and a rejected record. */
async function reject(world: World, invoices: InvoiceTransferInput[]): Promise<InvoiceTransferInput[]> {
  await withQueue(world, async (queue) => {
    for (const chunk of chunksOf(invoices)) await queue.addBulk(chunk.map(jobOf));
  });
  await world.ends.of(
    invoices.map(({ requestId }) => requestId),
    'transfer.rejected',
  );
  return invoices;
}

/** As when the quota is used up: no worker takes a job, and each invoice has its record. */
async function leaveWaiting(world: World, shopId: string): Promise<void> {
  const invoices = Array.from({ length: WAITING }, () => invoiceFor(shopId, 'private', 1));
  await withQueue(world, async (queue) => {
    await queue.rateLimit(AN_HOUR_MS);
    for (const chunk of chunksOf(invoices)) {
      const jobs = await queue.addBulk(chunk.map(jobOf));
      await Promise.all(
        chunk.map((data, index) =>
          world.store.records.claim(
            { shopId, invoiceId: data.invoice.id },
            1,
            invoiceTransferJob.parse(data),
            jobs[index]?.id,
          ),
        ),
      );
    }
  });
}

async function p95OfEach(url: string, pages: Pages): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [page, path] of Object.entries(pages)) found[page] = await p95Of(`${url}${path}`);
  return found;
}

async function p95Of(url: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`;
  const look = async () => {
    const started = performance.now();
    const answer = await fetch(url, { headers: { authorization } });
    await answer.arrayBuffer();
    // "Nothing found" is a page, too.
    if (![200, 404].includes(answer.status)) throw new Error(`${url} answered ${answer.status}`);
    return performance.now() - started;
  };
  await look();
  const times: number[] = [];
  for (let count = 0; count < LOOKS; count += 1) times.push(await look());
  times.sort((a, b) => a - b);
  return times[Math.ceil(LOOKS * 0.95) - 1] ?? Number.NaN;
}
