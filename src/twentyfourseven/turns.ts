/** Whose request is next: one token at a time, round robin between lanes. */
import { NotNow } from '../errors.ts';
import type { Clock } from '../transfer/ports.ts';
import type { Pass } from './circuits.ts';
import type { Quota } from './quota.ts';

const MAX_WAIT_MS = 30_000;
const BUSY_PAUSE_MS = 5_000;
/** For so long a save lets the reads of its lane go first. */
const SAVE_PATIENCE_MS = 5_000;

export interface Turns {
  /**
   * Resolves with one token in hand. Throws NotNow where quota or queue make it wait too long, or it was
   * dismissed; the pass is given back then.
   *
   * Where several of a lane wait, its reads go first: they bring on what a save can take along.
   */
  take(lane: string, pass: Pick<Pass, 'isProbe' | 'undecided'>, effect?: 'read' | 'save'): Promise<void>;
  /** Send away all that wait, but for a probe. */
  dismiss(failure: NotNow): void;
}

interface Waiter {
  since: number;
  isProbe: boolean;
  isSave: boolean;
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
      const [waiter] = waiters.splice(firstOf(waiters), 1);
      if (waiters.length > 0) lanes.set(lane, waiters);
      if (waiter !== undefined) return waiter;
    }
    return undefined;
  }

  function firstOf(waiters: Waiter[]): number {
    const now = clock.monotonic();
    const isDue = ({ isSave, since }: Waiter) => !isSave || now - since > SAVE_PATIENCE_MS;
    return Math.max(0, waiters.findIndex(isDue));
  }

  function dismiss(leaves: (waiter: Waiter) => boolean, error: unknown): void {
    for (const [lane, waiters] of lanes) {
      const kept = waiters.filter((waiter) => !leaves(waiter));
      for (const waiter of waiters.filter(leaves)) waiter.reject(error);
      if (kept.length > 0) lanes.set(lane, kept);
      else lanes.delete(lane);
    }
  }

  function dismissLate(): void {
    const now = clock.monotonic();
    dismiss(
      ({ since }) => now - since > MAX_WAIT_MS,
      new NotNow('service.quota', clock.now() + BUSY_PAUSE_MS),
    );
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
      dismiss(() => true, error);
    } finally {
      isRunning = false;
    }
  }

  function enqueue(lane: string, isProbe: boolean, isSave: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiters = lanes.get(lane) ?? [];
      waiters.push({ since: clock.monotonic(), isProbe, isSave, resolve, reject });
      lanes.set(lane, waiters);
      if (!isRunning) void run();
    });
  }

  return {
    async take(lane, pass, effect = 'read') {
      try {
        await enqueue(lane, pass.isProbe, effect === 'save');
      } catch (error) {
        await pass.undecided(false);
        throw error;
      }
    },
    dismiss: (failure) => dismiss(({ isProbe }) => !isProbe, failure),
  };
}
