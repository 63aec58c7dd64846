/** The invoice queue as the sweep sees it. */
import { randomUUID } from 'node:crypto';
import type { JobState, Queue } from 'bullmq';
import { addJob } from '../src/queue/add-job.ts';
import type { Outstanding } from '../src/queue/outstanding.ts';
import type { SweptJobs } from '../src/transfer/sweep.ts';

const LIVE: ReadonlySet<string> = new Set<JobState>(['active', 'waiting', 'prioritized', 'delayed']);

/** The invoice queue as the sweep sees it. */
export function createSweptJobs(queue: Queue, outstanding: Outstanding): SweptJobs {
  return {
    isLive: async (jobId) => LIVE.has(await queue.getJobState(jobId)),
    async add(payload, { isLook = false } = {}) {
      const job = { shopId: payload.shopId, data: payload };
      // A look is removed by itself: an age would be applied to all failed jobs.
      const removal = isLook ? { removeOnFail: true } : {};
      await addJob(queue, outstanding, job, { jobId: `sweep-${randomUUID()}`, ...removal });
    },
  };
}
