/** How our own code adds a job: behind its shop's other ones, so that shops take turns. */
import { randomUUID } from 'node:crypto';
import type { JobsOptions, Queue } from 'bullmq';
import { JOB_RETENTION, MAX_PRIORITY } from '../contract/jobs.ts';
import type { Outstanding } from './outstanding.ts';

export interface Added {
  jobId: string;
  /** False where an equal job is still under way; `jobId` is that one's. */
  added: boolean;
}

/**
 * Raise the shop's count of outstanding jobs, and add the job with that count as its priority. Where none was
 * added, the count is lowered again.
 *
 * @param outstanding the counts of this queue
 */
export async function addJob(
  queue: Queue,
  outstanding: Pick<Outstanding, 'raise' | 'lower'>,
  { shopId, data }: { shopId: string; data: object },
  options: Pick<JobsOptions, 'jobId' | 'deduplication' | 'removeOnFail'> = {},
): Promise<Added> {
  const { jobId = randomUUID() } = options;
  const count = await outstanding.raise(shopId);
  // 0 would jump the queue.
  const priority = Math.min(Math.max(count, 1), MAX_PRIORITY);
  let addedId: string | undefined;
  try {
    const job = await queue.add(queue.name, data, { ...JOB_RETENTION, ...options, jobId, priority });
    addedId = job.id ?? jobId;
    return { jobId: addedId, added: addedId === jobId };
  } finally {
    // Where this fails, too, the worker's sweep counts anew.
    if (addedId !== jobId) await outstanding.lower(shopId).catch(() => undefined);
  }
}
