/** When the sweep looks at a record again. */
import type { TransferState } from '../contract/results.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How soon the sweep checks whether a record under way still has a live job. */
export const CHECK_OPEN_MS = 30_000;

interface Looks {
  /** From the record's end to the first look, then from each look to the next. */
  delaysMs: readonly number[];
  /** The delay after all of these; undefined: no further look. */
  thenMs: number | undefined;
}

const LOOKS: Partial<Record<TransferState, Looks>> = {
  /** For an order that shows up late, or that a person has put right: at 5 minutes, 1 hour, then daily. */
  unresolved: { delaysMs: [5 * MINUTE_MS, 55 * MINUTE_MS], thenMs: DAY_MS },
  /** For a second order that showed up late: at 1 hour, 1 day and 7 days. */
  transferred: { delaysMs: [HOUR_MS, DAY_MS - HOUR_MS, 6 * DAY_MS], thenMs: undefined },
};

/**
 * @param looks number of looks since the record entered this state
 * @returns milliseconds from now; undefined: never again
 */
export function nextLookMs(state: TransferState, looks: number): number | undefined {
  const plan = LOOKS[state];
  return plan === undefined ? undefined : (plan.delaysMs[looks] ?? plan.thenMs);
}
