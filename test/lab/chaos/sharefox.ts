/** Sharefox as the contract describes it: adds jobs, reads the event stream, and adds again what Redis lost. */
import { setTimeout as wait } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { INVOICE_TRANSFER, JOB_RETENTION } from '../../../src/contract/jobs.ts';
import type { Logger } from '../../../src/logger.ts';
import { connectRedis } from '../../../src/store/connection.ts';
import type { Store } from '../../../src/store/store.ts';
import { payloadOf } from './companies.ts';
import type { PlannedInvoice } from './plan.ts';
import type { BrokenRedis } from './redis.ts';

export interface Event {
  type: string;
  invoiceId: string;
  body: { code?: string; message?: string; outcome?: string; orderId?: number };
}

export interface Sharefox {
  /** @returns the job's id, once Redis (and its replica, if there is one) has acknowledged the job */
  click(invoice: PlannedInvoice): Promise<string>;
  isOver(jobId: string): Promise<boolean>;
  /** The job's state, and when it is due. */
  tellJob(jobId: string): Promise<string>;
  /** Every event seen, oldest first, over all lives of Redis. */
  events(invoiceId: string): Event[];
  hasEnded(invoice: PlannedInvoice): boolean;
  clicked(): PlannedInvoice[];
  /** Invoices that were clicked on and have no end event. */
  open(): PlannedInvoice[];
  /** Redis was emptied: click again on everything without an end event. */
  clickOpenAgain(): Promise<number>;
  stop(): Promise<void>;
}

const BLOCK_MS = 200;
const AGAIN_MS = 200;
const REPLICA_WAIT_MS = 1_000;

export function startSharefox(deps: {
  redis: Pick<BrokenRedis, 'url' | 'hasReplica'>;
  prefix: string;
  store: Store;
  logger: Logger;
}): Sharefox {
  const { redis, prefix, store, logger } = deps;
  const single = { kind: 'single', url: redis.url } as const;
  const connection = connectRedis(single, logger);
  const reader = connectRedis(single, logger);
  const queue = new Queue(INVOICE_TRANSFER, { connection, prefix });
  queue.on('error', () => undefined);

  const clicks = new Map<string, { invoice: PlannedInvoice; count: number }>();
  const seen = new Map<string, Event[]>();
  let isStopping = false;
  let reads = 0;
  const reading = readEvents();

  async function readEvents(): Promise<void> {
    let lastId = '0';
    while (!isStopping) {
      const answer = await reader
        .xread('COUNT', 500, 'BLOCK', BLOCK_MS, 'STREAMS', store.keys.events, lastId)
        .catch(() => null);
      reads += 1;
      for (const [id, flat] of answer?.[0]?.[1] ?? []) {
        lastId = id;
        const fields = Object.fromEntries(
          flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])),
        );
        const invoiceId = String(fields.invoiceId);
        const event = { type: String(fields.type), invoiceId, body: JSON.parse(String(fields.body)) };
        seen.set(invoiceId, [...(seen.get(invoiceId) ?? []), event]);
      }
    }
  }

  async function click(invoice: PlannedInvoice): Promise<string> {
    const count = (clicks.get(invoice.id)?.count ?? 0) + 1;
    clicks.set(invoice.id, { invoice, count });
    for (;;) {
      const job = await queue
        .add(INVOICE_TRANSFER, payloadOf(invoice, count), { ...JOB_RETENTION, priority: 1 })
        .catch(whereFull);
      if (job !== undefined && (await isKept())) return String(job.id);
      await wait(AGAIN_MS);
    }
  }

  /** A full Redis acknowledges nothing: click again. */
  function whereFull(error: unknown): undefined {
    if (!String(error).includes('OOM')) throw error;
  }

  /** A job that the replica has survives the primary. */
  async function isKept(): Promise<boolean> {
    return !redis.hasReplica || (await connection.wait(1, REPLICA_WAIT_MS)) >= 1;
  }

  const hasEnded = ({ id }: PlannedInvoice) => seen.has(id);
  const clicked = () => [...clicks.values()].map(({ invoice }) => invoice);
  const open = () => clicked().filter((one) => !hasEnded(one));
  return {
    click,
    isOver: async (jobId) => ['completed', 'failed', 'unknown'].includes(await queue.getJobState(jobId)),
    async tellJob(jobId) {
      const state = await queue.getJobState(jobId);
      const score = await connection.zscore(`${prefix}:${INVOICE_TRANSFER}:delayed`, jobId);
      // BullMQ keeps the time and a counter in one number.
      return score === null ? state : `delayed until ${new Date(Number(score) / 0x1000).toISOString()}`;
    },
    events: (invoiceId) => seen.get(invoiceId) ?? [],
    hasEnded,
    clicked,
    open,
    async clickOpenAgain() {
      // An event from before Redis was emptied may still arrive.
      for (const before = reads; reads < before + 2; ) await wait(BLOCK_MS);
      const lost = open();
      await Promise.all(lost.map(click));
      return lost.length;
    },
    async stop() {
      isStopping = true;
      await reading;
      await queue.close();
      connection.disconnect();
      reader.disconnect();
    },
  };
}
