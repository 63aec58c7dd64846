import type { Clock, Logger, Timing } from './ports.ts';

/**
 * Renew a lease while work goes on, three times per lease. Returns how to stop.
 *
 * A failed renewal ends the renewing, not the work: the next write under the claim is refused anyway.
 */
export function keepRenewing(
  { clock, timing }: { clock: Clock; timing: Timing },
  renew: () => Promise<void>,
  log: Logger,
): () => void {
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(timing.leaseMs / 3, stop.signal);
      await renew();
    }
  };
  loop().catch((err: unknown) => {
    if (!stop.signal.aborted) log.warn({ err }, 'lease was not renewed');
  });
  return () => stop.abort();
}
