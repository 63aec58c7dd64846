/** Work that one process of all does again and again: a queue and clockwork of its own, by a job scheduler. */
import { type Job, Queue, Worker } from 'bullmq';
import type { Clock } from '../src/clock.ts';
import type { Logger } from '../src/logger.ts';
import { connectRedis, type RedisConfig } from '../src/store/connection.ts';

/** Whether Redis still has the schedule is asked no more often, however short the time between two passes. */
const LEAST_MS = 1_000;

/** Run `pass` every `everyMs` in one process of all; the schedule is made anew where Redis lost it. */
export function startRepeating(options: {
  /** Of the queue, too. */
  name: string;
  redis: RedisConfig;
  prefix: string;
  leaseMs: number;
  clock: Clock;
  logger: Logger;
  pass: () => Promise<void>;
  everyMs: number;
}): { stop(): Promise<void> } {
  const { prefix, leaseMs, clock, logger, pass, everyMs, name } = options;
  const connection = connectRedis(options.redis, logger);
  const workerConnection = connectRedis(options.redis, logger);
  const queue = new Queue(name, { connection, prefix, skipWaitingForReady: true });
  const worker = new Worker<unknown>(name, (_job: Job) => pass(), {
    connection: workerConnection,
    prefix,
    concurrency: 1,
    lockDuration: leaseMs,
    stalledInterval: leaseMs / 2,
  });
  queue.on('error', (err) => logger.warn({ err, queue: name }, 'queue connection failed'));
  worker.on('error', (err) => logger.warn({ err, queue: name }, 'worker failed'));
  worker.on('failed', (_job, err) => logger.error({ err, pass: name }, 'pass failed'));

  const stopping = new AbortController();
  const scheduling = keepScheduled();
  return {
    async stop() {
      stopping.abort();
      await scheduling;
      await worker.close();
      await queue.close();
      connection.disconnect();
      workerConnection.disconnect();
    },
  };

  async function keepScheduled(): Promise<void> {
    while (!stopping.signal.aborted) {
      await scheduleOnce().catch((err: unknown) => logger.warn({ err, pass: name }, 'pass not scheduled'));
      await clock.sleep(Math.max(everyMs, LEAST_MS), stopping.signal).catch(() => undefined);
    }
  }

  async function scheduleOnce(): Promise<void> {
    const known = await queue.getJobScheduler(name);
    if (known?.every === everyMs && (await queue.getDelayedCount()) + (await queue.getActiveCount()) > 0)
      return;
    await queue.upsertJobScheduler(
      name,
      { every: everyMs },
      { name, opts: { removeOnComplete: true, removeOnFail: { count: 20 } } },
    );
  }
}
