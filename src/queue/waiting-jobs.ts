/** Jobs of an invoice that has no record yet: no worker has begun it, or a new Redis is in its quiet time. */
import type { Queue } from 'bullmq';
import type { ErrorCode } from '../contract/errors.ts';
import type { RedisClient } from '../store/connection.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import { invoiceOf, readable, waitsForOf } from './job-data.ts';

/** States of a job that has not ended. */
export const LIVE_STATES = ['active', 'waiting', 'prioritized', 'delayed'] as const;
/** Jobs searched in each state. A job may have 256 KiB, and 100,000 may wait. */
const LOOKED_THROUGH = 1_000;

/** KEYS: jobs. ARGV: a text. Returns the positions of the jobs whose data holds the text. */
const HOLDING = `
local found = {}
for i, key in ipairs(KEYS) do
  local data = redis.call('HGET', key, 'data')
  if data and string.find(data, ARGV[1], 1, true) then found[#found + 1] = i end
end
return found`;

export interface WaitingJob {
  key: RecordKey;
  jobId: string;
  state: (typeof LIVE_STATES)[number];
  /** Why its last run did not end. */
  waitsFor?: ErrorCode;
  /** Epoch milliseconds. */
  addedAt: number;
}

export interface WaitingJobs {
  jobs: WaitingJob[];
  /** Number of jobs that wait or run, for any invoice. */
  total: number;
  /** How many of them were searched: at most 1,000 in each state. */
  looked: number;
}

/** @param shopId if left out, jobs of all shops are searched */
export async function findWaitingJobs(
  { queue, redis }: { queue: Pick<Queue, 'getRanges' | 'getJobCountByTypes' | 'toKey'>; redis: RedisClient },
  invoiceId: string,
  shopId?: string,
): Promise<WaitingJobs> {
  const found = await Promise.all(
    LIVE_STATES.map(async (state) => {
      const ids = await queue.getRanges([state], 0, LOOKED_THROUGH - 1);
      const jobs = await jobsOf(ids, state);
      return { looked: ids.length, jobs };
    }),
  );
  return {
    jobs: found.flatMap(({ jobs }) => jobs),
    total: await queue.getJobCountByTypes(...LIVE_STATES),
    looked: found.reduce((sum, { looked }) => sum + looked, 0),
  };

  /** Jobs whose data contains the invoice's id. The content of other jobs is not read out of Redis. */
  async function holding(ids: string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const keys = ids.map((id) => queue.toKey(id));
    const found = await redis.eval(HOLDING, keys.length, ...keys, JSON.stringify(invoiceId));
    return (found as number[]).flatMap((index) => ids[index - 1] ?? []);
  }

  async function jobsOf(ids: string[], state: WaitingJob['state']): Promise<WaitingJob[]> {
    const found = await Promise.all(
      (await holding(ids)).map(async (id) => ({
        id,
        fields: await redis.hmget(queue.toKey(id), 'data', 'progress', 'timestamp'),
      })),
    );
    return found.flatMap(({ id, fields: [data, progress, timestamp] }) => {
      // The job has ended meanwhile.
      if (data == null) return [];
      const key = invoiceOf(readable(data));
      if (key?.invoiceId !== invoiceId || ![undefined, key.shopId].includes(shopId)) return [];
      const waitsFor = waitsForOf(progress);
      const job = { key, jobId: id, state, addedAt: Number(timestamp) };
      return [{ ...job, ...(waitsFor && { waitsFor }) }];
    });
  }
}
