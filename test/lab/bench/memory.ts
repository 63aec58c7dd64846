/** Memory that a waiting invoice takes in Redis, and that a worker takes while very many wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { INVOICE_TRANSFER, type InvoiceTransferInput, JOB_RETENTION } from '../../../src/contract/jobs.ts';
import { PREFIX } from '../../support/product.ts';
import { usageOf } from './children.ts';
import { invoicesFor } from './invoices.ts';
import type { TopicReport } from './report.ts';
import { inWorld, type World } from './world.ts';

const WAITING = 100_000;
const BULK = 1_000;
const SHOPS = 30;
const WORKED_MS = 20_000;

export async function measureMemory(): Promise<TopicReport> {
  return inWorld({}, async (world) => {
    const shopIds: string[] = [];
    for (let shop = 0; shop < SHOPS; shop += 1) shopIds.push((await world.connectShop()).shopId);
    await workFor(world);
    const idleMb = (await usageOf(world.workers)).rssMb;
    await world.restartWorkers(0, {});

    const before = await redisBytes(world);
    const invoices = shopIds.flatMap((shopId) =>
      invoicesFor(shopId, 'private', Math.ceil(WAITING / SHOPS), { first: 1, count: 50 }),
    );
    await addAll(world, invoices);
    const perInvoice = ((await redisBytes(world)) - before) / invoices.length;
    const payload = Buffer.byteLength(JSON.stringify(invoices[0]));

    await workFor(world);
    const busyMb = (await usageOf(world.workers)).rssMb;
    return {
      topic: 'memory',
      conditions: `${invoices.length} invoices of one line waiting, of ${SHOPS} shops; a worker after ${WORKED_MS / 1_000} s at the real quota`,
      rows: [
        {
          what: 'a waiting invoice in Redis',
          measured: perInvoice,
          unit: 'bytes',
          beside: { what: 'bytes of JSON', measured: payload },
        },
        {
          what: 'a worker while they wait, resident',
          measured: busyMb,
          unit: 'MB',
          beside: { what: 'MB with nothing to do', measured: idleMb },
        },
      ],
    };
  });
}

async function workFor({ restartWorkers }: World): Promise<void> {
  await restartWorkers(1, {
    TFSO_QUOTA_POOL: 'memory',
    TFSO_REQUESTS_PER_HOUR: '7200',
    TFSO_REQUESTS_PER_SECOND: '20',
  });
  await sleep(WORKED_MS);
}

async function redisBytes({ store }: World): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await store.redis.info('memory'))?.[1]);
}

async function addAll({ redis }: World, invoices: InvoiceTransferInput[]): Promise<void> {
  const queue = new Queue(INVOICE_TRANSFER, { connection: { url: redis.url }, prefix: PREFIX });
  try {
    for (let from = 0; from < invoices.length; from += BULK) {
      const jobs = invoices.slice(from, from + BULK);
      await queue.addBulk(
        jobs.map((data, index) => ({
          name: INVOICE_TRANSFER,
          data,
          opts: { ...JOB_RETENTION, priority: from + index + 1 },
        })),
      );
    }
  } finally {
    await queue.close();
  }
}
