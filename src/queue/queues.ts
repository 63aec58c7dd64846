/** Both queues of the contract, open. */
import type { Queue } from 'bullmq';
import { INVOICE_TRANSFER, STATUS_CHECK } from '../contract/jobs.ts';
import type { Logger } from '../logger.ts';
import { connectRedis, type RedisConfig } from '../store/connection.ts';
import { JobQueue } from './readable-jobs.ts';

export type { Queue } from 'bullmq';

export interface Queues {
  all: Queue[];
  transfer: Queue;
  status: Queue;
  /**
   * For `ms`, no process takes a job. Asked for by a job when no other job could succeed either. Never throws.
   */
  pauseAll(ms: number): Promise<void>;
  /** End a pause. Workers notice within half a minute. Never throws. */
  resumeAll(): Promise<void>;
  close(): Promise<void>;
}

/** On a connection of their own, which waits for Redis as long as it is away. */
export function openQueues(options: { redis: RedisConfig; prefix: string; logger: Logger }): Queues {
  const connection = connectRedis(options.redis, options.logger);
  const open = (name: string) => {
    const queue = new JobQueue(name, { connection, prefix: options.prefix, skipWaitingForReady: true });
    queue.on('error', (err) => options.logger.warn({ err, queue: name }, 'queue connection failed'));
    return queue;
  };
  const transfer = open(INVOICE_TRANSFER);
  const status = open(STATUS_CHECK);
  const all = [transfer, status];
  const toAll = async (action: (queue: Queue) => Promise<unknown>) => {
    await Promise.all(all.map(action)).catch((err: unknown) =>
      options.logger.warn({ err }, 'queues not paused or resumed'),
    );
  };
  return {
    all,
    transfer,
    status,
    pauseAll: (ms) => toAll((queue) => queue.rateLimit(Math.ceil(ms))),
    resumeAll: () => toAll((queue) => queue.removeRateLimitKey()),
    async close() {
      await Promise.all(all.map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}
