import { type Clock, systemClock } from '../clock.ts';
import type { JobRun, TransferDeps } from '../transfer/context.ts';
import { createTwentyFourSeven, type TwentyFourSeven } from '../twentyfourseven/twentyfourseven.ts';
import { type Opened, silent } from './io.ts';

/** 24SevenOffice for one command. It ignores open circuits, so that the person gets an answer. */
export async function withService<T>(
  { config, store }: Opened,
  work: (service: TwentyFourSeven) => Promise<T>,
  { clock = systemClock, onRequest }: { clock?: Clock; onRequest?: () => void } = {},
): Promise<T> {
  const service = createTwentyFourSeven({
    baseUrl: config.tfso.baseUrl,
    credentials: config.tfso.credentials,
    timing: config.timing,
    maxBatch: config.tfso.maxBatch,
    sessionStore: store.sessions,
    quotaStore: store.quota,
    circuitStore: store.circuits,
    bypassCircuits: true,
    confirmBeforeSaves: store.deployment.sessionsMove,
    intents: store.intents,
    clock,
    logger: silent(),
    ...(onRequest && { onRequest }),
  });
  try {
    return await work(service);
  } finally {
    await service.close();
  }
}

/** Dependencies of a transfer's steps, for a command that runs some of them. */
export function transferDeps(
  { config, store }: Opened,
  booksOf: TransferDeps['booksOf'],
): { deps: TransferDeps; run: JobRun } {
  const { shops, records, entities, facts, pins, events } = store;
  return {
    deps: {
      ...{ shops, records, entities, facts, pins, events, booksOf },
      ...{ clock: systemClock, timing: config.timing, maxAttempts: Number.POSITIVE_INFINITY },
    },
    run: { signal: new AbortController().signal, log: silent() },
  };
}
