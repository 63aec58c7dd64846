/** BullMQ's worker, set up for one of our queues. */
import type { Job, Processor, Queue } from 'bullmq';
import { type Clock, isOverWithin } from '../src/clock.ts';
import type { SlotRange } from '../src/config.ts';
import { JOB_RETENTION } from '../src/contract/jobs.ts';
import type { Logger } from '../src/logger.ts';
import { shopOf } from '../src/queue/job-data.ts';
import type { Outstanding } from '../src/queue/outstanding.ts';
import { createPriorities } from '../src/queue/priorities.ts';
import { QueueWorker } from '../src/queue/readable-jobs.ts';
import { connectRedis, type RedisConfig } from '../src/store/connection.ts';
import { createNewcomers } from './newcomers.ts';
import { createSlots } from './slots.ts';
import type { Watched } from './watchdog.ts';

/** Jobs a second. Never reached: without a limit BullMQ does not heed a pause. */
const NEVER_LIMITED = 1_000_000_000;

/** Stalls of one job. Never reached: our record decides when a job has crashed too often, not BullMQ. */
const NEVER_STALLED_OUT = 1_000_000_000;

/** An error that runJob did not handle brings the job back after 30 s, however often. */
const NEVER_ENDED = { attempts: 1_000_000_000, backoff: { type: 'fixed', delay: 30_000 } } as const;

/** Jobs that could be taken now: none while the queue is paused. */
async function countWaiting(queue: Queue): Promise<number> {
  return (await queue.getRateLimitTtl(NEVER_LIMITED)) > 0
    ? 0
    : queue.getJobCountByTypes('waiting', 'prioritized');
}

/**
 * What a producer set for attempts and retention is not asked. BullMQ applies one job's retention to all that
 * have ended, so a job may ask to be removed at once by itself, but not for any other time.
 */
function takeOver({ opts }: Job<unknown>): void {
  Object.assign(opts, NEVER_ENDED);
  for (const when of ['removeOnComplete', 'removeOnFail'] as const)
    if (opts[when] !== true) Object.assign(opts, { [when]: JOB_RETENTION[when] });
}

export interface JobWorker extends Watched {
  /** Take no more, send running jobs back at their next step, and cut off what is left after the deadline. */
  stop(deadlineMs: number): Promise<void>;
}

export function startWorker<Result>(options: {
  queue: Queue;
  processor: Processor<unknown, Result>;
  slots: SlotRange;
  redis: RedisConfig;
  prefix: string;
  leaseMs: number;
  outstanding: Pick<Outstanding, 'raise' | 'lower'>;
  clock: Clock;
  logger: Logger;
}): JobWorker {
  const { queue, processor, prefix, leaseMs, outstanding, clock, logger } = options;
  const { name } = queue;
  const connection = connectRedis(options.redis, logger);
  const lower = (job: Job<unknown> | undefined) => {
    const shop = shopOf(job);
    // BullMQ calls a job failed that comes back, too; only one that has ended has an end.
    if (shop === '' || job?.finishedOn === undefined) return;
    outstanding.lower(shop).catch((err: unknown) => logger.warn({ err }, 'outstanding jobs not counted'));
  };
  const slots = createSlots(options.slots);
  let running = 0;
  let activeAt = clock.monotonic();
  const run: Processor<unknown, Result> = async (job, token, signal) => {
    takeOver(job);
    const shop = shopOf(job);
    running += 1;
    // The worker takes jobs as soon as one has begun or ended: a change takes effect at once.
    worker.concurrency = slots.began(shop);
    newcomers.watch();
    priorities.watch(job);
    try {
      // Not JSON, and of no use to anybody; it may name somebody.
      if (job.data === null) await job.updateData(null);
      return await processor(job, token, signal);
    } finally {
      running -= 1;
      worker.concurrency = slots.ended(shop);
      activeAt = clock.monotonic();
    }
  };
  const worker = new QueueWorker<unknown, Result>(name, run, {
    connection,
    prefix,
    concurrency: slots.now(),
    lockDuration: leaseMs,
    stalledInterval: leaseMs / 2,
    maxStalledCount: NEVER_STALLED_OUT,
    limiter: { max: NEVER_LIMITED, duration: 1_000 },
  });
  const newcomers = createNewcomers({ queue, worker, slots, shopOf, clock, logger });
  const priorities = createPriorities({ queue, outstanding, logger });
  worker.on('completed', lower);
  worker.on('failed', lower);
  worker.on('error', (err) => logger.warn({ err, queue: name }, 'worker failed'));
  worker.on('stalled', (jobId) => logger.warn({ queue: name, jobId }, 'job stalled and was taken up again'));
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, 'lock lost');
  });
  return {
    name,
    waiting: () => countWaiting(queue),
    running: () => running,
    activeAt: () => activeAt,
    async stop(deadlineMs) {
      newcomers.stop();
      priorities.stop();
      const closed = worker.close();
      worker.cancelAllJobs('stopping');
      // Closing by force would not help: a second close only returns the first one's promise.
      if (!(await isOverWithin(deadlineMs, closed))) {
        logger.warn({ queue: name }, 'jobs still running at the deadline; another worker takes them up');
      }
      connection.disconnect();
    },
  };
}
