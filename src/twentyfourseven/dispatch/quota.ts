/** Our share of the 7,200 requests an hour that one address may make, shops and processes together. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../../clock.ts';
import { NotNow } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { QuotaStore } from '../ports.ts';
import { serviceNow } from '../wire/quarantine.ts';

/** A wait a call may sit out; a longer one gives the job back. */
const MAX_WAIT_MS = 30_000;
/** For so long the last tokens are left to those who go first. */
const SPARING_MS = 5_000;
const LONGEST_WINDOW_MS = 24 * 3_600_000;
/** Anything else is no count of requests: kept, it would stand in every shop's way. */
const WHOLE_NUMBER = /^\d{1,9}$/;

/** In all processes: a crowd goes after those who are few, and leaves them some tokens for a while. */
export type Precedence = 'first' | 'after';

export interface Quota {
  /** Take the right to make one request. Throws NotNow where that would take more than 30 s. */
  acquire(precedence: Precedence): Promise<void>;
  /**
   * Note what an answer says of the budget. Never throws: the answer itself must not be lost over it.
   *
   * @param inFlight requests whose tokens are taken but which the server may not have counted yet
   */
  observe(headers: IncomingHttpHeaders, inFlight: number): Promise<void>;
  /** By this machine's clock. Never throws either. */
  quarantine(untilMs: number): Promise<void>;
}

export function createQuota({
  store,
  clock,
  logger,
}: {
  store: QuotaStore;
  clock: Clock;
  logger: Logger;
}): Quota {
  const bestEffort = (noting: Promise<void>) =>
    noting.catch((error: unknown) => logger.warn({ err: error }, 'quota could not be noted'));

  return {
    async acquire(precedence) {
      const started = clock.monotonic();
      for (;;) {
        const waitedMs = clock.monotonic() - started;
        const waitMs = await store.take({ isSparing: precedence === 'after' && waitedMs < SPARING_MS });
        if (waitMs <= 0) return;
        if (waitedMs + waitMs > MAX_WAIT_MS) {
          throw new NotNow('service.quota', clock.now() + waitMs, undefined, { forEveryone: true });
        }
        await clock.sleep(waitMs);
      }
    },

    async observe(headers, inFlight) {
      const { apilimitremaining: remaining, apilimitreset: reset } = headers;
      if (typeof remaining !== 'string' || !WHOLE_NUMBER.test(remaining) || typeof reset !== 'string') return;
      const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(reset);
      const resetMs = Date.parse(hasZone ? reset : `${reset}Z`);
      if (!Number.isFinite(resetMs)) return;
      const endsInMs = resetMs - serviceNow(headers.date, clock.now());
      // A window of an hour cannot end so late: believed, it would stop us for as long.
      if (endsInMs > LONGEST_WINDOW_MS) return;
      await bestEffort(store.observe(Number(remaining) - inFlight, endsInMs));
    },

    quarantine: (untilMs) => bestEffort(store.quarantine(untilMs - clock.now())),
  };
}
