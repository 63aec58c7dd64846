/** Both queues, open during one command. */
import type { Queue } from 'bullmq';
import { INVOICE_TRANSFER, STATUS_CHECK } from '../contract/jobs.ts';
import type { Logger } from '../logger.ts';
import { connectRedis, type RedisClient, type RedisConfig } from '../store/connection.ts';
import { JobQueue } from './readable-jobs.ts';

export interface QueuesOptions {
  redis: RedisConfig;
  prefix: string;
  logger: Logger;
}

export async function withQueues<T>(
  { redis: config, prefix, logger }: QueuesOptions,
  work: (queues: { transfers: Queue; statusChecks: Queue; redis: RedisClient }) => Promise<T>,
): Promise<T> {
  const redis = connectRedis(config, logger);
  const transfers = new JobQueue(INVOICE_TRANSFER, { connection: redis, prefix });
  const statusChecks = new JobQueue(STATUS_CHECK, { connection: redis, prefix });
  try {
    return await work({ transfers, statusChecks, redis });
  } finally {
    await Promise.all([transfers.close(), statusChecks.close()]);
    redis.disconnect();
  }
}
