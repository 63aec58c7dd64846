/** A worker that nothing slows down: jobs per second and CPU per job, compared with a worker that does nothing. */

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { INVOICE_TRANSFER, type InvoiceTransferInput, JOB_RETENTION } from '../../../src/contract/jobs.ts';
import { PREFIX } from '../../support/product.ts';
import { type Child, startChild, usageOf } from './children.ts';
import { soapShare, type TimeByPart } from './cpu-profile.ts';
import { invoicesFor } from './invoices.ts';
import { median, type TopicReport } from './report.ts';
import { inWorld, type World } from './world.ts';

const ROUNDS = 3;
const JOBS = 400;
const NOOP_JOBS = 1_500;
const NOOP_QUEUE = 'noop';
const CUSTOMERS = 50;
const POLL_MS = 20;

interface Drained {
  perSecond: number;
  cpuMsPerJob: number;
}

export async function measureThroughput(): Promise<TopicReport> {
  return inWorld({}, async (world) => {
    const noopWorker = await startChild('child-noop.ts', {
      BENCH_REDIS_URL: world.redis.url,
      BENCH_PREFIX: PREFIX,
      BENCH_QUEUE: NOOP_QUEUE,
    });
    try {
      const { shopId } = await world.connectShop();
      const customers = { first: 1, count: CUSTOMERS };
      await world.transfer(invoicesFor(shopId, 'company', CUSTOMERS, customers));
      const ours: Drained[] = [];
      const noop: Drained[] = [];
      // In turns, so that other load on this machine affects both. The first round warms up.
      for (let round = 0; round <= ROUNDS; round += 1) {
        const invoices = invoicesFor(shopId, 'company', JOBS, customers);
        const drained = await drainOurs(world, invoices);
        const nothing = await drain(world, NOOP_QUEUE, [noopWorker], jobsLike(invoices));
        if (round === 0) continue;
        ours.push(drained);
        noop.push(nothing);
      }
      // Profiling takes time, so it has its own round.
      const profiled = await world.profileOf(() =>
        drainOurs(world, invoicesFor(shopId, 'company', JOBS, customers)),
      );
      return reportOf(ours, noop, profiled);
    } finally {
      await noopWorker.stop();
    }
  });
}

const jobsLike = (invoices: InvoiceTransferInput[]): object[] =>
  Array.from({ length: NOOP_JOBS }, (_, index) => invoices[index % invoices.length] ?? {});

function reportOf(ours: Drained[], noop: Drained[], profiled: TimeByPart): TopicReport {
  const perSecond = (drained: Drained[]) => median(drained.map((each) => each.perSecond));
  const cpuMs = (drained: Drained[]) => median(drained.map((each) => each.cpuMsPerJob));
  return {
    topic: 'throughput',
    conditions: `${ROUNDS} × ${JOBS} waiting invoices of ${CUSTOMERS} known customers, one worker, no quota, a sandbox without latency`,
    rows: [
      {
        what: 'invoices a second',
        measured: perSecond(ours),
        unit: '/s',
        beside: { what: 'jobs/s of a no-op BullMQ worker', measured: perSecond(noop) },
      },
      {
        what: 'worker CPU per invoice, under load',
        measured: cpuMs(ours),
        unit: 'ms',
        beside: { what: 'ms of a no-op BullMQ worker', measured: cpuMs(noop) },
      },
      soapShare(profiled),
      {
        what: 'of one core, at 20,000 invoices an hour',
        measured: (cpuMs(ours) * 20_000) / 36_000,
        unit: '%',
      },
    ],
  };
}

async function drainOurs(world: World, invoices: InvoiceTransferInput[]): Promise<Drained> {
  const drained = await drain(world, INVOICE_TRANSFER, world.workers, invoices);
  await world.ends.of(
    invoices.map(({ requestId }) => requestId),
    'transfer.completed',
  );
  return drained;
}

/** Fill the paused queue, resume it, and wait until the last job is done. */
async function drain(world: World, name: string, workers: Child[], data: object[]): Promise<Drained> {
  const queue = new Queue(name, { connection: { url: world.redis.url }, prefix: PREFIX });
  try {
    await queue.pause();
    await queue.addBulk(data.map((each) => ({ name, data: each, opts: { ...JOB_RETENTION, priority: 1 } })));
    const wanted = (await queue.getCompletedCount()) + data.length;
    const before = await usageOf(workers);
    const started = performance.now();
    await queue.resume();
    while ((await queue.getCompletedCount()) < wanted) await sleep(POLL_MS);
    const seconds = (performance.now() - started) / 1_000;
    const { cpuMs } = await usageOf(workers);
    return { perSecond: data.length / seconds, cpuMsPerJob: (cpuMs - before.cpuMs) / data.length };
  } finally {
    await queue.close();
  }
}
