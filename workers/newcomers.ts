/**
 * While one shop's burst holds all slots, the job at the head of the queue begins all the same where its shop has
 * few in flight here: another shop's single invoice does not wait until a slot is free. See docs/adr/0015.
 */
import type { Job, Queue, Worker } from 'bullmq';
import type { Clock } from '../src/clock.ts';
import type { Logger } from '../src/logger.ts';
import type { Slots } from './slots.ts';

const LOOK_EVERY_MS = 100;

export interface Newcomers {
  /** To be called when a job has begun: while all slots are taken the head of the queue is watched. */
  watch(): void;
  stop(): void;
}

export function createNewcomers({
  queue,
  worker,
  slots,
  shopOf,
  clock,
  logger,
}: {
  queue: Queue;
  worker: Pick<Worker, 'concurrency' | 'pause' | 'resume'>;
  slots: Slots;
  shopOf: (job: Job) => string;
  clock: Clock;
  logger: Logger;
}): Newcomers {
  const stopped = new AbortController();
  let isWatching = false;

  async function admit(): Promise<void> {
    const [head] = await queue.getJobs(['waiting', 'prioritized'], 0, 0, true);
    const room = head === undefined ? undefined : slots.admitting(shopOf(head));
    if (room === undefined || stopped.signal.aborted) return;
    worker.concurrency = room;
    // A worker whose slots are all taken looks at nothing until a job ends; this makes it look.
    await worker.pause(true);
    await worker.resume();
  }

  async function watchWhileFull(): Promise<void> {
    isWatching = true;
    try {
      while (slots.isFull()) {
        await admit().catch((err: unknown) =>
          logger.warn({ err, queue: queue.name }, 'reserved slots not offered'),
        );
        await clock.sleep(LOOK_EVERY_MS, stopped.signal);
      }
    } catch {
      // Stopped.
    } finally {
      isWatching = false;
    }
  }

  return {
    watch() {
      if (!isWatching && !stopped.signal.aborted && slots.isFull()) void watchWhileFull();
    },
    stop: () => stopped.abort(),
  };
}
