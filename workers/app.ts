/** The product, composed: everything is made here, started here, and stopped in reverse order. */
import { type Clock, isOverWithin } from '../src/clock.ts';
import { type Config, ConfigProblem } from '../src/config.ts';
import type { Logger } from '../src/logger.ts';
import { createDesk } from '../src/ops/invoices/desk.ts';
import { countingEnds, createMetrics, type TransferOutcome } from '../src/ops/metrics.ts';
import { createFigures } from '../src/ops/overview/figures.ts';
import { createOpsServer } from '../src/ops/server.ts';
import { createOutstanding } from '../src/queue/outstanding.ts';
import { recountOutstanding } from '../src/queue/recount.ts';
import { openStore, type Store } from '../src/store/store.ts';
import { createCheckStatus } from '../src/transfer/check-status.ts';
import { createCustomerChoice } from '../src/transfer/choose-customer.ts';
import type { TransferDeps } from '../src/transfer/context.ts';
import type { BooksOf } from '../src/transfer/ports/books.ts';
import { previewInvoice } from '../src/transfer/preview-invoice.ts';
import { createDecisions } from '../src/transfer/resolve-invoice.ts';
import { sweep } from '../src/transfer/sweep.ts';
import { createTransferInvoice } from '../src/transfer/transfer-invoice.ts';
import { createTwentyFourSeven } from '../src/twentyfourseven/twentyfourseven.ts';
import { MAX_ATTEMPTS } from './backoff.ts';
import { startFollowing } from './follower.ts';
import { createInvoiceTransferProcessor } from './invoice-transfer.ts';
import { maskingRefusals } from './masked-records.ts';
import { type JobWorker, openQueues, startWorker } from './queues.ts';
import { createReadiness } from './readiness.ts';
import { startRepeating } from './repeat.ts';
import { createSlippedJobs } from './slipped-jobs.ts';
import { createStatusCheckProcessor } from './status-check.ts';
import { createSweptJobs } from './sweep.ts';
import type { Translation } from './translate.ts';
import { startWatchdog } from './watchdog.ts';

/** Redis may forget what it acknowledged: an invoice could be billed twice, so the workers do not start. */
export class VolatileRedis extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('; '));
    this.name = 'VolatileRedis';
    this.problems = problems;
  }
}

export interface App {
  opsUrl: string;
  /** Resolves once jobs are taken; rejects with VolatileRedis. Waits as long as Redis is away. */
  working: Promise<void>;
  stop(): Promise<void>;
}

/** How a run that gave no result is counted. */
const RUNS: Record<Parameters<Translation['onFailure']>[0], TransferOutcome> = {
  terminal: 'rejected',
  not_now: 'delayed',
  retryable: 'retried',
  outcome_unknown: 'retried',
  bug: 'retried',
};

/** From one sweep to the next. */
const SWEEP_EVERY_MS = 30_000;

/** How long running jobs may take to reach their next step before they are left behind. */
const STOP_DEADLINE_MS = 20_000;
/** The rest of a stop; together well below the 30 s after which a container is killed. */
const CLOSE_DEADLINE_MS = 4_000;

export interface AppDeps {
  clock: Clock;
  logger: Logger;
  probeIntervals?: { firstMs: number; longestMs: number };
  /** A worker takes nothing although jobs wait: the process should end. */
  onStuck?: (queue: string) => void;
  /** Stands between the product and its ports: a harness watches and breaks it from there. */
  ports?: { store(store: Store): Store; booksOf(booksOf: BooksOf): BooksOf };
  /** From one sweep to the next; default half a minute. */
  sweepEveryMs?: number;
}

export async function startApp(config: Config, deps: AppDeps): Promise<App> {
  const { clock, logger } = deps;
  const { redis, prefix, tfso, timing } = config;
  for (const warning of config.warnings) logger.warn({ warning }, 'configuration is unsafe');
  const metrics = createMetrics();
  const { quotaPool: pool, requestsPerHour, requestsPerSecond } = tfso;
  const opened = openStore({
    redis,
    prefix,
    timing,
    quota: { pool, requestsPerHour, requestsPerSecond },
    clock,
    logger,
  });
  const store = deps.ports?.store(opened) ?? opened;
  const queues = openQueues({ redis, prefix, logger });
  const service = createTwentyFourSeven({
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
    probeIntervals: deps.probeIntervals,
    onRequest({ operation, outcome, durationMs, members }) {
      metrics.soapRequest(operation, outcome, durationMs, members);
      if (outcome !== 'withheld') store.buckets.requested();
    },
    onCircuit(circuit, state) {
      if (state === 'open') metrics.circuitOpened(circuit);
      else if (circuit === 'service') void queues.resumeAll();
    },
    confirmBeforeSaves: store.deployment.sessionsMove,
    recordDir: tfso.recordDir,
  });
  const { shops, entities, facts, pins, events } = store;
  const counter = {
    ended(outcome: string, code?: string) {
      metrics.transferEnded(outcome, code);
      store.buckets.ended(outcome);
    },
    ordered: store.buckets.ordered,
  };
  const records = countingEnds(maskingRefusals(store.records), counter, clock);
  const booksOf = deps.ports?.booksOf(service.booksOf) ?? service.booksOf;
  const onStep = metrics.stepDone;
  const transferDeps: TransferDeps = {
    ...{ shops, records, entities, facts, pins, events, booksOf, clock, timing, onStep },
    maxAttempts: MAX_ATTEMPTS,
  };
  const transferInvoice = createTransferInvoice(transferDeps);
  const checkStatus = createCheckStatus({ shops, records, events, booksOf, clock });
  const translation = (count: Translation['onFailure']): Omit<Translation, 'mayEnd'> => ({
    clock,
    settleMs: timing.settleMs,
    random: Math.random,
    pauseAll: queues.pauseAll,
    onFailure(kind, code) {
      if (kind === 'bug') metrics.bug();
      count(kind, code);
    },
  });

  const readiness = createReadiness({ redis: store.redis, baseUrl: tfso.baseUrl, clock });
  metrics.watchQueues(queues.all, store.redis);
  metrics.watchQuota(store.quota.left);
  metrics.watchCircuits(service.openCircuits);
  metrics.watchRecords(store.lists.standing);
  metrics.watchFollowed(store.followedLists.counts);
  metrics.watchRedis(store.health);
  const outstandingOf = (queue: string) => createOutstanding(store, queue);
  const asPerson = { signal: new AbortController().signal, log: logger };
  const ops = createOpsServer({
    ...config.ops,
    invoices: {
      desk: createDesk({
        ...{ records, lists: store.lists, shops, outstandingOf, clock },
        redis: store.redis,
        transfers: queues.transfer,
        statusChecks: queues.status,
      }),
      people: createDecisions(transferDeps, asPerson),
      customers: createCustomerChoice(transferDeps, asPerson),
      preview: (job) => previewInvoice({ ...transferDeps, onStep: () => undefined }, job, asPerson),
    },
    overview: createFigures({
      ...{ buckets: store.buckets, lists: store.lists, queues: queues.all, redis: store.redis },
      ...{ quota: store.quota, requestsPerHour, openCircuits: service.openCircuits, clock },
      followedLists: store.followedLists,
    }),
    queues: queues.all,
    readiness: readiness.check,
    metrics: metrics.registry,
    logger,
  });
  const opsUrl = await ops.listen().catch((error: NodeJS.ErrnoException) => {
    throw new ConfigProblem([
      `OPS_HOST and OPS_PORT name an address that cannot be listened on (${error.code})`,
    ]);
  });
  logger.info({ opsUrl }, 'ops server listens');

  const workers: JobWorker[] = [];
  let watchdog: { stop(): void } | undefined;
  let sweeping: { stop(): Promise<void> } | undefined;
  let following: { stop(): Promise<void> } | undefined;
  let isStopping = false;
  const working = start();
  return {
    opsUrl,
    working,
    async stop() {
      isStopping = true;
      readiness.workersAre('stopping');
      watchdog?.stop();
      service.sendNoMore();
      await Promise.all([
        isOverWithin(STOP_DEADLINE_MS, sweeping?.stop()),
        isOverWithin(STOP_DEADLINE_MS, following?.stop()),
        ...workers.map((worker) => worker.stop(STOP_DEADLINE_MS)),
      ]);
      // Without Redis some of it never ends.
      await isOverWithin(CLOSE_DEADLINE_MS, closeAll());
      logger.info({}, 'stopped');
    },
  };

  async function closeAll(): Promise<void> {
    await ops.close();
    await service.close();
    await queues.close();
    await store.close();
  }

  async function start(): Promise<void> {
    const durability = await store.checkDurability();
    for (const warning of durability.warnings) logger.warn({ warning }, 'redis durability not verified');
    if (durability.problems.length > 0) throw new VolatileRedis(durability.problems);
    if (isStopping) return;
    // What made an earlier process pause the queues may be over; if not, the first job pauses them again.
    await queues.resumeAll();
    const common = { redis, prefix, leaseMs: timing.leaseMs, clock, logger };
    workers.push(
      startWorker({
        ...common,
        queue: queues.transfer,
        outstanding: outstandingOf(queues.transfer.name),
        slots: config.workers.transferSlots,
        processor: createInvoiceTransferProcessor({
          transferInvoice,
          records,
          logger,
          translation: translation((kind, code) => metrics.transferRun(RUNS[kind], code)),
          onResult: ({ outcome }) => metrics.transferRun(outcome),
        }),
      }),
      startWorker({
        ...common,
        queue: queues.status,
        outstanding: outstandingOf(queues.status.name),
        slots: config.workers.statusSlots,
        processor: createStatusCheckProcessor({
          checkStatus,
          logger,
          translation: translation((_kind, code) => metrics.statusCheck('failed', code)),
          onResult: ({ status }) => metrics.statusCheck(status),
        }),
      }),
    );
    const jobs = createSweptJobs(queues.transfer, outstandingOf(queues.transfer.name));
    const takeUpSlippedJobs = createSlippedJobs({
      ...{ queue: queues.transfer, redis: store.redis, records, clock, log: logger },
      recordPrefix: store.keys.records,
    });
    const repeating = { redis, prefix, leaseMs: timing.leaseMs, clock, logger };
    sweeping = startRepeating({
      ...{ ...repeating, name: 'sweep', everyMs: deps.sweepEveryMs ?? SWEEP_EVERY_MS },
      async pass() {
        const swept = await sweep({ records, shops, booksOf, agenda: store.agenda, jobs, log: logger });
        metrics.swept(swept);
        await takeUpSlippedJobs();
        for (const queue of queues.all) await recountOutstanding(queue, outstandingOf(queue.name));
      },
    });
    following = startFollowing({
      ...repeating,
      deps: {
        ...{ shops, records, followed: store.followed, orders: service.followedOrders },
        timing: { everyMs: config.followEveryMs, settleMs: timing.settleMs },
      },
      onPass: metrics.followed,
    });
    watchdog = startWatchdog({
      ...{ watched: workers, clock, logger },
      onStuck: deps.onStuck ?? (() => undefined),
    });
    readiness.workersAre('working');
    logger.info({ prefix, baseUrl: tfso.baseUrl }, 'workers take jobs');
  }
}
