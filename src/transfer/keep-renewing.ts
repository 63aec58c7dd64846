import type { Clock } from '../clock.ts';
import { StaleClaim } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Timing } from '../timing.ts';

/**
 * Renew a lease while work goes on, three times per lease. Returns how to stop.
 *
 * A failed renewal is followed by the next: the lease may still be held. A lost lease ends the renewing, not the
 * work: the next write under the claim is refused anyway.
 */
export function keepRenewing(
  { clock, timing }: { clock: Clock; timing: Timing },
  renew: () => Promise<void>,
  log: Logger,
): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  /** @returns whether the lease is lost */
  const renewOnce = () =>
    renew().then(
      () => false,
      (err: unknown) => {
        if (!signal.aborted) log.warn({ err }, 'lease was not renewed');
        return err instanceof StaleClaim;
      },
    );
  const loop = async () => {
    do await clock.sleep(timing.leaseMs / 3, signal);
    while (!(await renewOnce()) && !signal.aborted);
  };
  // Only the sleep rejects, when it is aborted.
  loop().catch(() => undefined);
  return () => stop.abort();
}
