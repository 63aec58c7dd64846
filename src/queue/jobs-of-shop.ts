/** One shop's jobs in both queues: counts those under way, and removes those that have ended. */
import type { JobType, Queue } from 'bullmq';
import { LIVE_STATES } from './waiting-jobs.ts';

const ENDED: JobType[] = ['completed', 'failed'];
/** Jobs read at once. A payload may have 256 KiB. */
const PAGE = 200;

export interface JobsOfShop {
  /** Number of jobs that wait or run. */
  live(): Promise<number>;
  /** Remove the jobs that have ended, with their payloads and failures. @returns how many */
  removeEnded(): Promise<number>;
}

export function jobsOfShop(queues: Queue[], shopId: string): JobsOfShop {
  return {
    async live() {
      const all = await Promise.all(queues.map((queue) => idsOf(queue, LIVE_STATES)));
      return all.flat().length;
    },
    async removeEnded() {
      let removed = 0;
      for (const queue of queues) {
        for (const id of await idsOf(queue, ENDED)) removed += await queue.remove(id);
      }
      return removed;
    },
  };

  /** Ids of the shop's jobs. May miss a job that is added or ends meanwhile, so none should be under way. */
  async function idsOf(queue: Queue, types: readonly JobType[]): Promise<string[]> {
    const found: string[] = [];
    for (const type of types) {
      for (let from = 0; ; from += PAGE) {
        const page = await queue.getJobs([type], from, from + PAGE - 1);
        found.push(...page.flatMap((job) => (shopOf(job?.data) === shopId ? [job.id ?? ''] : [])));
        if (page.length < PAGE) break;
      }
    }
    return found;
  }
}

function shopOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'shopId' in data ? data.shopId : undefined;
}
