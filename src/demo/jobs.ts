/** The demo's clicks: adds jobs as Sharefox does, and reports the end of each. */
import type { EventEmitter } from 'node:events';
import { Job, Queue, QueueEvents } from 'bullmq';
import { INVOICE_TRANSFER, JOB_RETENTION, STATUS_CHECK } from '../contract/jobs.ts';
import type { StatusResult, TransferResult } from '../contract/results.ts';
import { createProducer } from '../producer.ts';
import type { Teardown } from './ending.ts';
import type { SampleInvoice } from './samples.ts';
import type { DemoSystem } from './system.ts';

export type Ended<Result> = { result: Result } | { failedReason: string };

export interface Jobs {
  /** Makes all clicks on all invoices at once. Calls `onEnd` as each job ends. */
  sendInvoices(
    samples: readonly SampleInvoice[],
    onEnd: (sample: SampleInvoice, end: Ended<TransferResult>) => void,
  ): Promise<void>;
  checkStatuses(samples: readonly SampleInvoice[]): Promise<Ended<StatusResult>[]>;
}

interface Watched {
  queue: Queue;
  ends: QueueEvents;
}

async function watch(name: string, { redisUrl, config }: DemoSystem, teardown: Teardown): Promise<Watched> {
  const options = { connection: { url: redisUrl }, prefix: config.prefix };
  const queue = new Queue(name, options);
  // Reads from the first event on: a job may end before we listen.
  const ends = new QueueEvents(name, { ...options, lastEventId: '0-0' });
  for (const emitter of [queue, ends] as EventEmitter[]) {
    emitter.on('error', () => undefined);
    // One listener for each job under way.
    emitter.setMaxListeners(0);
  }
  teardown.add(`${name} queue`, async () => {
    await ends.close();
    await queue.close();
  });
  await ends.waitUntilReady();
  return { queue, ends };
}

async function endOf<Result>({ queue, ends }: Watched, jobId: string): Promise<Ended<Result>> {
  const job = await Job.fromId(queue, jobId);
  if (job === undefined) throw new Error(`job ${jobId} is not in ${queue.name}`);
  try {
    return { result: (await job.waitUntilFinished(ends)) as Result };
  } catch (error) {
    return { failedReason: error instanceof Error ? error.message : String(error) };
  }
}

export async function openJobs(system: DemoSystem, teardown: Teardown): Promise<Jobs> {
  const transfers = await watch(INVOICE_TRANSFER, system, teardown);
  const checks = await watch(STATUS_CHECK, system, teardown);
  const producer = createProducer({ connection: system.redisUrl, prefix: system.config.prefix });
  teardown.add('producer', producer.close);

  /** One click. `bare` adds the job without our producer, as a back end in another language does. */
  async function click({ input }: SampleInvoice, number: number, bare: boolean): Promise<string> {
    const data = { ...input, requestId: `click-${input.invoice.id}-${number}` };
    if (!bare) return (await producer.sendInvoice(data)).jobId;
    const job = await transfers.queue.add(INVOICE_TRANSFER, data, { ...JOB_RETENTION, priority: number });
    if (job.id === undefined) throw new Error('a job that was added has an id');
    return job.id;
  }

  return {
    async sendInvoices(samples, onEnd) {
      const clicks = samples.flatMap((sample) => {
        const { clicks: count = 1 } = sample;
        return Array.from({ length: count }, (_, index) => ({ sample, number: index + 1, bare: count > 1 }));
      });
      await Promise.all(
        clicks.map(async ({ sample, number, bare }) => {
          const jobId = await click(sample, number, bare);
          onEnd(sample, await endOf<TransferResult>(transfers, jobId));
        }),
      );
    },
    checkStatuses: (samples) =>
      Promise.all(
        samples.map(async ({ input: { schemaVersion, shopId, requestedAt, invoice } }) => {
          const requestId = `check-${invoice.id}`;
          const job = { schemaVersion, shopId, requestId, requestedAt, invoiceId: invoice.id };
          return endOf<StatusResult>(checks, (await producer.checkStatus(job)).jobId);
        }),
      ),
  };
}
