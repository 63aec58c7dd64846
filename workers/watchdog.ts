/** Ends the process if its worker takes no job although jobs wait. Does not rely on BullMQ's own view. */
import type { Clock } from '../src/clock.ts';
import type { Logger } from '../src/logger.ts';

const EVERY_MS = 30_000;
/** Longer than any reconnect or pause of Redis that a worker survives. */
const STUCK_AFTER_MS = 5 * 60_000;

/** One queue, and this process's worker on it. */
export interface Watched {
  name: string;
  /** Jobs that could be taken now. Rejects or never settles if Redis does not answer. */
  waiting(): Promise<number>;
  /** Jobs this worker runs now. */
  running(): number;
  /** When it last took or ended one, by the monotonic clock. */
  activeAt(): number;
}

/**
 * Looks every half minute. Calls `onStuck` once a worker has been idle for five minutes and every look saw jobs
 * waiting.
 *
 * @param onStuck ends the process, for its supervisor to start a fresh one
 */
export function startWatchdog(options: {
  watched: Watched[];
  clock: Clock;
  logger: Logger;
  onStuck: (queue: string) => void;
}): { stop(): void } {
  const { watched, clock, logger, onStuck } = options;
  const stopping = new AbortController();
  /** By queue: since when every look has seen jobs waiting. */
  const waitingSince = new Map<string, number>();

  async function look(one: Watched): Promise<void> {
    const now = clock.monotonic();
    const isIdle = one.running() === 0 && (await one.waiting()) > 0;
    if (!isIdle) {
      waitingSince.delete(one.name);
      return;
    }
    const since = Math.max(waitingSince.get(one.name) ?? now, one.activeAt());
    waitingSince.set(one.name, since);
    if (now - since < STUCK_AFTER_MS) return;
    logger.error({ queue: one.name }, 'worker takes no job although jobs wait; the process ends');
    waitingSince.delete(one.name);
    onStuck(one.name);
  }

  async function watch(one: Watched): Promise<void> {
    while (!stopping.signal.aborted) {
      await look(one).catch((err: unknown) => {
        waitingSince.delete(one.name);
        logger.warn({ err, queue: one.name }, 'watchdog check failed');
      });
      await clock.sleep(EVERY_MS, stopping.signal).catch(() => undefined);
    }
  }

  for (const one of watched) void watch(one);
  return { stop: () => stopping.abort() };
}
