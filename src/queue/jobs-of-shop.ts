/** Jobs of a shop, or of one invoice, in both queues: counts those under way, and removes those that have ended. */
import type { JobType, Queue } from 'bullmq';
import { invoiceOf } from './job-data.ts';
import { LIVE_STATES } from './waiting-jobs.ts';

const ENDED: JobType[] = ['completed', 'failed'];
/** Jobs read at once. A payload may have 256 KiB. */
const PAGE = 200;

export interface JobsOf {
  /** Number of jobs that wait or run. */
  live(): Promise<number>;
  /** Number of jobs that have ended. */
  ended(): Promise<number>;
  /** Remove the jobs that have ended, with their payloads and failures. @returns how many */
  removeEnded(): Promise<number>;
}

/** @param invoiceId all of the shop's where it is left out */
export function jobsOf(queues: Queue[], shopId: string, invoiceId?: string): JobsOf {
  const count = async (types: readonly JobType[]) =>
    (await Promise.all(queues.map((queue) => idsOf(queue, types)))).flat().length;
  return {
    live: () => count(LIVE_STATES),
    ended: () => count(ENDED),
    async removeEnded() {
      let removed = 0;
      for (const queue of queues) {
        for (const id of await idsOf(queue, ENDED)) removed += await queue.remove(id);
      }
      return removed;
    },
  };

  /** Ids of its jobs. May miss a job that is added or ends meanwhile, so none should be under way. */
  async function idsOf(queue: Queue, types: readonly JobType[]): Promise<string[]> {
    const found: string[] = [];
    for (const type of types) {
      for (let from = 0; ; from += PAGE) {
        const page = await queue.getJobs([type], from, from + PAGE - 1);
        found.push(...page.flatMap((job) => (isOurs(job?.data) ? [job.id ?? ''] : [])));
        if (page.length < PAGE) break;
      }
    }
    return found;
  }

  function isOurs(data: unknown): boolean {
    if (invoiceId === undefined) return shopOf(data) === shopId;
    const key = invoiceOf(data);
    return key?.shopId === shopId && key.invoiceId === invoiceId;
  }
}

function shopOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'shopId' in data ? data.shopId : undefined;
}
