const FIRST_MS = 2_000;
/** Gently: an outage is a circuit's matter, so what fails an attempt is mostly gone at the next. */
const GROWTH = 1.5;
const LONGEST_MS = 10 * 60_000;

/** Failed attempts after which a job ends: an hour and a half of trying. */
export const MAX_ATTEMPTS = 25;

/**
 * How long to wait after the n-th failed attempt: exponential, capped, with jitter, so that jobs that failed
 * together do not come back together.
 *
 * @param random 0 to 1
 */
export function backoffMs(attempts: number, random: number): number {
  const full = Math.min(FIRST_MS * GROWTH ** Math.max(0, attempts - 1), LONGEST_MS);
  return Math.round(full * (0.5 + random / 2));
}
