/**
 * Gives waiting jobs without a priority one, as our own producer would have: BullMQ serves those before all others,
 * so a shop whose producer sets none would be served alone until its last job.
 */
import type { Job, Queue } from 'bullmq';
import { MAX_PRIORITY } from '../contract/jobs.ts';
import type { Logger } from '../logger.ts';
import { shopOf } from './job-data.ts';
import type { Outstanding } from './outstanding.ts';

/** Jobs looked at in one step, from the head of the queue. */
const PIECE = 200;

const hasNone = (job: Job | undefined): job is Job => job !== undefined && !(Number(job.priority) > 0);

export interface Priorities {
  /** To be called with a job that was taken: one without a priority is seldom alone. */
  watch(job: Job): void;
  stop(): void;
}

export function createPriorities({
  queue,
  outstanding,
  logger,
}: {
  queue: Queue;
  outstanding: Pick<Outstanding, 'raise'>;
  logger: Logger;
}): Priorities {
  let isOrdering = false;
  let isStopped = false;

  async function give(job: Job): Promise<void> {
    const shop = shopOf(job);
    // One that is taken meanwhile stays taken. One counted by its producer is counted twice until the next recount.
    const priority = shop === '' ? MAX_PRIORITY : await outstanding.raise(shop);
    await job.changePriority({ priority: Math.min(priority, MAX_PRIORITY) });
  }

  async function order(): Promise<void> {
    isOrdering = true;
    try {
      while (!isStopped) {
        const head = await queue.getJobs(['waiting'], 0, PIECE - 1, true);
        const without = head.filter(hasNone);
        if (without.length === 0) return;
        // In the order they came: each shop's own jobs stay in it.
        await Promise.all(without.map(give));
      }
    } catch (err) {
      logger.warn({ err, queue: queue.name }, 'job priorities not set');
    } finally {
      isOrdering = false;
    }
  }

  return {
    watch(job) {
      if (hasNone(job) && !isOrdering && !isStopped) void order();
    },
    stop() {
      isStopped = true;
    },
  };
}
