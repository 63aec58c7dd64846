/** Whose request is next: one token at a time, round robin between lanes. */
import { NotNow } from '../errors.ts';
import type { Clock } from '../transfer/ports.ts';
import type { Quota } from './quota.ts';

const MAX_WAIT_MS = 30_000;
const BUSY_PAUSE_MS = 5_000;

export interface Turns {
  /** Resolves with one token in hand. Throws NotNow where quota or queue make it wait too long. */
  take(lane: string): Promise<void>;
}

interface Waiter {
  since: number;
  resolve(): void;
  reject(error: unknown): void;
}

export function createTurns({ quota, clock }: { quota: Quota; clock: Clock }): Turns {
  /** Insertion order is the rotation: a lane that had its turn goes to the end. */
  const lanes = new Map<string, Waiter[]>();
  let isRunning = false;

  function next(): Waiter | undefined {
    for (const [lane, waiters] of lanes) {
      lanes.delete(lane);
      const waiter = waiters.shift();
      if (waiters.length > 0) lanes.set(lane, waiters);
      if (waiter !== undefined) return waiter;
    }
    return undefined;
  }

  function dismissLate(): void {
    for (const [lane, waiters] of lanes) {
      const isLate = (waiter: Waiter) => clock.monotonic() - waiter.since > MAX_WAIT_MS;
      const kept = waiters.filter((waiter) => !isLate(waiter));
      for (const waiter of waiters.filter(isLate)) {
        waiter.reject(new NotNow('service.quota', clock.now() + BUSY_PAUSE_MS));
      }
      if (kept.length > 0) lanes.set(lane, kept);
      else lanes.delete(lane);
    }
  }

  function dismissAll(error: unknown): void {
    const waiters = [...lanes.values()].flat();
    lanes.clear();
    for (const waiter of waiters) waiter.reject(error);
  }

  async function run(): Promise<void> {
    isRunning = true;
    try {
      while (lanes.size > 0) {
        await quota.acquire();
        dismissLate();
        next()?.resolve();
      }
    } catch (error) {
      dismissAll(error);
    } finally {
      isRunning = false;
    }
  }

  return {
    take(lane) {
      return new Promise((resolve, reject) => {
        const waiters = lanes.get(lane) ?? [];
        waiters.push({ since: clock.monotonic(), resolve, reject });
        lanes.set(lane, waiters);
        if (!isRunning) void run();
      });
    },
  };
}
