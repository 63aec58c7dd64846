/**
 * The product, composed: store, 24SevenOffice and queues. The worker, the command line and the demo open it
 * here and nowhere else; what only one of them needs, it adds itself.
 */
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';
import { openQueues, type Queues } from './queue/queues.ts';
import { openStore, type Store } from './store/store.ts';
import type { JobRun, TransferDeps } from './transfer/context.ts';
import type { BooksOf } from './transfer/ports/books.ts';
import type { TransferRecords } from './transfer/ports/records.ts';
import {
  createTwentyFourSeven,
  type TwentyFourSeven,
  type TwentyFourSevenDeps,
} from './twentyfourseven/twentyfourseven.ts';
import { maskRefusal } from './twentyfourseven/wire/mask.ts';

/** Stand between the product and its ports: a harness watches and breaks it from there. */
export interface Ports {
  store(store: Store): Store;
  booksOf(booksOf: BooksOf): BooksOf;
}

export interface ProductDeps {
  clock: Clock;
  logger: Logger;
  ports?: Ports;
  service?: Pick<
    TwentyFourSevenDeps,
    'bypassCircuits' | 'onCircuit' | 'onRequest' | 'probeIntervals' | 'recordDir'
  >;
  /** Without `maxAttempts` no number of attempts ends a transfer. */
  transfer?: Partial<Pick<TransferDeps, 'maxAttempts' | 'onStep'>>;
}

export interface Product {
  config: Config;
  store: Store;
  service: TwentyFourSeven;
  /** Connected when they are first asked for: most commands need none. */
  queues(): Queues;
  transferDeps: TransferDeps;
  /** A step that a person's command or page runs, without a job. */
  asPerson: JobRun;
  close(): Promise<void>;
}

/** Nothing is asked of 24SevenOffice yet, and Redis may be away. */
export function openProduct(config: Config, deps: ProductDeps): Product {
  const { clock, logger, ports } = deps;
  const { redis, prefix, tfso, timing } = config;
  const { quotaPool: pool, requestsPerHour, requestsPerSecond } = tfso;
  const quota = { pool, requestsPerHour, requestsPerSecond };
  const opened = openStore({ redis, prefix, timing, quota, clock, logger });
  const behindPort = ports?.store(opened) ?? opened;
  const store = { ...behindPort, records: maskingRefusals(behindPort.records) };
  const service = createTwentyFourSeven({
    ...deps.service,
    baseUrl: tfso.baseUrl,
    credentials: tfso.credentials,
    timing,
    maxBatch: tfso.maxBatch,
    sessionStore: store.sessions,
    quotaStore: store.quota,
    circuitStore: store.circuits,
    intents: store.intents,
    clock,
    logger,
    confirmBeforeSaves: store.deployment.sessionsMove,
  });
  const { shops, records, entities, facts, pins, events } = store;
  const booksOf = ports?.booksOf(service.booksOf) ?? service.booksOf;
  let queues: Queues | undefined;
  return {
    config,
    store,
    service,
    queues() {
      queues ??= openQueues({ redis, prefix, logger });
      return queues;
    },
    transferDeps: {
      ...{ shops, records, entities, facts, pins, events, booksOf, clock, timing },
      maxAttempts: Number.POSITIVE_INFINITY,
      ...deps.transfer,
    },
    asPerson: { signal: new AbortController().signal, log: logger },
    async close() {
      await service.close();
      await queues?.close();
      await store.close();
    },
  };
}

/**
 * The same records; an end's message, which may repeat what 24SevenOffice said, is masked by the record's own
 * payload while it is there. So nothing of the invoice stands in a record or an event.
 */
function maskingRefusals(records: TransferRecords): TransferRecords {
  return {
    ...records,
    end(claim, { message, ...end }) {
      if (message === undefined) return records.end(claim, end);
      return records.end(claim, { ...end, message: maskRefusal(message, claim.record.payload) });
    },
    answer(claim, ended, trail) {
      if (!('message' in ended)) return records.answer(claim, ended, trail);
      const message = maskRefusal(ended.message, claim.record.payload);
      return records.answer(claim, { ...ended, message }, trail);
    },
  };
}
