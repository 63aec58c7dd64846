/** The sweep's own queue and clockwork: one job scheduler for the whole deployment. */
import { randomUUID } from 'node:crypto';
import { type Job, type JobState, Queue, Worker } from 'bullmq';
import type { Clock } from '../src/clock.ts';
import { INVOICE_TRANSFER, JOB_RETENTION, MAX_PRIORITY } from '../src/contract/jobs.ts';
import type { Logger } from '../src/logger.ts';
import type { Outstanding } from '../src/queue/outstanding.ts';
import { connectRedis, type RedisConfig } from '../src/store/connection.ts';
import type { SweptJobs } from '../src/transfer/sweep.ts';

const SWEEP = 'sweep';
const EVERY_MS = 30_000;

const LIVE: ReadonlySet<string> = new Set<JobState>(['active', 'waiting', 'prioritized', 'delayed']);

/** The invoice queue as the sweep sees it. */
export function createSweptJobs(queue: Queue, outstanding: Outstanding): SweptJobs {
  return {
    isLive: async (jobId) => LIVE.has(await queue.getJobState(jobId)),
    async add(payload, { isLook = false } = {}) {
      const priority = Math.min(await outstanding.raise(payload.shopId), MAX_PRIORITY);
      await queue.add(INVOICE_TRANSFER, payload, {
        ...JOB_RETENTION,
        // By itself: an age would be applied to all failed jobs.
        ...(isLook && { removeOnFail: true }),
        jobId: `sweep-${randomUUID()}`,
        priority,
      });
    },
  };
}

/** Run `pass` every half minute in one process of all; the schedule is made anew where Redis lost it. */
export function startSweeping(options: {
  redis: RedisConfig;
  prefix: string;
  leaseMs: number;
  clock: Clock;
  logger: Logger;
  pass: () => Promise<void>;
  everyMs?: number | undefined;
}): { stop(): Promise<void> } {
  const { prefix, leaseMs, clock, logger, pass, everyMs = EVERY_MS } = options;
  const connection = connectRedis(options.redis, logger);
  const workerConnection = connectRedis(options.redis, logger);
  const queue = new Queue(SWEEP, { connection, prefix, skipWaitingForReady: true });
  const worker = new Worker<unknown>(SWEEP, (_job: Job) => pass(), {
    connection: workerConnection,
    prefix,
    concurrency: 1,
    lockDuration: leaseMs,
    stalledInterval: leaseMs / 2,
  });
  queue.on('error', (err) => logger.warn({ err, queue: SWEEP }, 'queue connection failed'));
  worker.on('error', (err) => logger.warn({ err, queue: SWEEP }, 'worker failed'));
  worker.on('failed', (_job, err) => logger.error({ err }, 'sweep failed'));

  const stopping = new AbortController();
  const scheduling = keepScheduled();
  return {
    async stop() {
      stopping.abort();
      await scheduling;
      await worker.close();
      await queue.close();
      connection.disconnect();
      workerConnection.disconnect();
    },
  };

  async function keepScheduled(): Promise<void> {
    while (!stopping.signal.aborted) {
      await scheduleOnce().catch((err: unknown) => logger.warn({ err }, 'sweep not scheduled'));
      await clock.sleep(everyMs, stopping.signal).catch(() => undefined);
    }
  }

  async function scheduleOnce(): Promise<void> {
    const known = await queue.getJobScheduler(SWEEP);
    if (known?.every === everyMs && (await queue.getDelayedCount()) + (await queue.getActiveCount()) > 0)
      return;
    await queue.upsertJobScheduler(
      SWEEP,
      { every: everyMs },
      { name: SWEEP, opts: { removeOnComplete: true, removeOnFail: { count: 20 } } },
    );
  }
}
