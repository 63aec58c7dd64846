/** A clock that moves only when told. */
import type { Clock } from '../../src/clock.ts';

export interface ManualClock extends Clock {
  /** Move both clocks at once, then wake all sleepers that are due: as if the process had been paused. */
  advance(ms: number): void;
  /** Let time pass normally: each sleeper wakes at its own time, and its work runs before the next one wakes. */
  pass(ms: number): Promise<void>;
  /** As if the machine were suspended: only the wall clock moves, and no sleeper wakes. */
  suspend(ms: number): void;
  /** Number of sleepers. */
  sleepers(): number;
}

interface Sleeper {
  dueAt: number;
  wake: () => void;
}

/** Resolves when all work that does not wait for time is done. */
export async function quiesce(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** @param startMs wall clock at the start, epoch milliseconds; the monotonic one starts at 0 */
export function aManualClock(startMs = Date.UTC(2021, 0, 13, 9, 30)): ManualClock {
  let monotonicMs = 0;
  let suspendedMs = 0;
  let sleeping: Sleeper[] = [];

  function advance(ms: number): void {
    monotonicMs += ms;
    const due = sleeping.filter(({ dueAt }) => dueAt <= monotonicMs).sort((a, b) => a.dueAt - b.dueAt);
    sleeping = sleeping.filter(({ dueAt }) => dueAt > monotonicMs);
    for (const { wake } of due) wake();
  }

  return {
    now: () => startMs + monotonicMs + suspendedMs,
    monotonic: () => monotonicMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          sleeping = sleeping.filter((other) => other !== sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          dueAt: monotonicMs + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        if (ms <= 0) return resolve();
        signal?.addEventListener('abort', onAbort, { once: true });
        sleeping.push(sleeper);
      }),
    advance,
    async pass(ms) {
      const endsAt = monotonicMs + ms;
      await quiesce();
      for (;;) {
        const nextAt = Math.min(...sleeping.map(({ dueAt }) => dueAt));
        if (nextAt > endsAt) break;
        advance(nextAt - monotonicMs);
        await quiesce();
      }
      advance(endsAt - monotonicMs);
      await quiesce();
    },
    suspend: (ms) => {
      suspendedMs += ms;
    },
    sleepers: () => sleeping.length,
  };
}
