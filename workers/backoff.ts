const FIRST_MS = 2_000;
const LONGEST_MS = 10 * 60_000;

/** Failed attempts after which a job ends: about two hours of trying. */
export const MAX_ATTEMPTS = 20;

/**
 * How long to wait after the n-th failed attempt: exponential, capped, with jitter, so that jobs that failed
 * together do not come back together.
 *
 * @param random 0 to 1
 */
export function backoffMs(attempts: number, random: number): number {
  const full = Math.min(FIRST_MS * 2 ** Math.max(0, attempts - 1), LONGEST_MS);
  return Math.round(full * (0.5 + random / 2));
}
