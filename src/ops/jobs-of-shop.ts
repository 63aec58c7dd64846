/** One shop's jobs in both queues: whether some are under way, and taking the ended ones away. */
import { type JobType, Queue } from 'bullmq';
import { INVOICE_TRANSFER, STATUS_CHECK } from '../contract/jobs.ts';
import { connectRedis, type RedisConfig } from '../store/connection.ts';
import type { Logger } from '../transfer/ports.ts';

const LIVE: JobType[] = ['active', 'waiting', 'prioritized', 'delayed'];
const ENDED: JobType[] = ['completed', 'failed'];
/** Jobs read at once: a payload may have 256 KiB. */
const PAGE = 200;

export interface JobsOfShop {
  /** How many wait or run. */
  live(): Promise<number>;
  /** Remove those that have ended, payloads and failures with them. @returns how many */
  removeEnded(): Promise<number>;
}

export async function withJobsOfShop<T>(
  options: { redis: RedisConfig; prefix: string; shopId: string; logger: Logger },
  work: (jobs: JobsOfShop) => Promise<T>,
): Promise<T> {
  const { prefix, shopId, logger } = options;
  const connection = connectRedis(options.redis, logger);
  const queues = [INVOICE_TRANSFER, STATUS_CHECK].map((name) => new Queue(name, { connection, prefix }));

  /** Ids of the shop's jobs. A job added or ended meanwhile may be missed: nothing is to be under way. */
  async function idsOf(queue: Queue, types: JobType[]): Promise<string[]> {
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

  try {
    return await work({
      async live() {
        const all = await Promise.all(queues.map((queue) => idsOf(queue, LIVE)));
        return all.flat().length;
      },
      async removeEnded() {
        let removed = 0;
        for (const queue of queues) {
          for (const id of await idsOf(queue, ENDED)) removed += await queue.remove(id);
        }
        return removed;
      },
    });
  } finally {
    await Promise.all(queues.map((queue) => queue.close()));
    connection.disconnect();
  }
}

function shopOf(data: unknown): unknown {
  return typeof data === 'object' && data !== null && 'shopId' in data ? data.shopId : undefined;
}
