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

/**
 * In all processes: a crowd goes after those who are few, and leaves them some tokens for a while. Nobody waits for
 * what is done in the background: it takes a token only while nobody else waits for one.
 */
export type Precedence = 'first' | 'after' | 'background';

export interface Quota {
  /**
   * Take the right to make one request. Throws NotNow where that would take more than 30 s, in the background where
   * it is not there at once.
   */
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
      const isBackground = precedence === 'background';
      for (;;) {
        const waitedMs = clock.monotonic() - started;
        const isSparing = precedence === 'after' && waitedMs < SPARING_MS;
        const waitMs = await store.take({ isSparing, isBackground });
        if (waitMs <= 0) return;
        if (isBackground || waitedMs + waitMs > MAX_WAIT_MS) {
          const forEveryone = !isBackground;
          throw new NotNow('service.quota', clock.now() + waitMs, undefined, { forEveryone });
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
