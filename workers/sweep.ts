/** The invoice queue as the sweep sees it. */
import { randomUUID } from 'node:crypto';
import type { JobState, Queue } from 'bullmq';
import { INVOICE_TRANSFER, JOB_RETENTION, MAX_PRIORITY } from '../src/contract/jobs.ts';
import type { Outstanding } from '../src/queue/outstanding.ts';
import type { SweptJobs } from '../src/transfer/sweep.ts';

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
