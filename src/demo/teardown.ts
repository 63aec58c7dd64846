/** What was started is stopped in reverse order, whatever happened in between. */
import { within } from '../clock.ts';

/** Longer than any part takes that is well. */
const PART_DEADLINE_MS = 5_000;

export interface Teardown {
  add(part: string, stop: () => Promise<void>): void;
  /** Never rejects. Returns the parts that failed to stop, or did not in time. */
  run(): Promise<string[]>;
}

const stops = (stop: () => Promise<void>, deadlineMs: number): Promise<boolean> =>
  within(
    deadlineMs,
    stop().then(
      () => true,
      () => false,
    ),
    false,
  );

export function createTeardown(deadlineMs = PART_DEADLINE_MS): Teardown {
  const parts: { part: string; stop: () => Promise<void> }[] = [];
  return {
    add: (part, stop) => parts.push({ part, stop }),
    async run() {
      const left: string[] = [];
      for (const { part, stop } of parts.splice(0).reverse()) {
        if (!(await stops(stop, deadlineMs))) left.push(part);
      }
      return left;
    },
  };
}
