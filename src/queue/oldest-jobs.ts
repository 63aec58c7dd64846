/** When the oldest waiting job was added, read from Redis without any job's content. */
import type { Queue } from 'bullmq';
import type { RedisClient } from '../store/connection.ts';

/** Jobs read at each end of a queue. It is ordered by priority, not by age, and reading all would take too long. */
const SAMPLED = 500;

export interface OldestJobs {
  /** Epoch milliseconds; left out if no job waits to be taken. */
  waiting?: number;
  /** The same for delayed jobs. */
  delayed?: number;
}

/** Exact for up to 1,000 jobs of a state. Of more, the oldest among the first and last 500. */
export async function oldestJobs(queue: Pick<Queue, 'toKey'>, redis: RedisClient): Promise<OldestJobs> {
  const ends = (read: (from: number, to: number) => Promise<string[]>) =>
    Promise.all([read(0, SAMPLED - 1), read(-SAMPLED, -1)]);
  const sortedSet = (name: string) => ends((from, to) => redis.zrange(queue.toKey(name), from, to));
  const [waiting, prioritized, delayed] = await Promise.all([
    ends((from, to) => redis.lrange(queue.toKey('wait'), from, to)),
    sortedSet('prioritized'),
    sortedSet('delayed'),
  ]);

  async function oldestOf(ids: string[]): Promise<number | undefined> {
    const times = await Promise.all(ids.map((id) => redis.hget(queue.toKey(id), 'timestamp')));
    // A job that has just ended may have no hash any more.
    const known = times.flatMap((time) => (time === null ? [] : [Number(time)]));
    return known.length === 0 ? undefined : Math.min(...known);
  }

  const unique = (parts: string[][][]) => [...new Set(parts.flat(2))];
  const [oldestWaiting, oldestDelayed] = await Promise.all([
    oldestOf(unique([waiting, prioritized])),
    oldestOf(unique([delayed])),
  ]);
  return {
    ...(oldestWaiting !== undefined && { waiting: oldestWaiting }),
    ...(oldestDelayed !== undefined && { delayed: oldestDelayed }),
  };
}
