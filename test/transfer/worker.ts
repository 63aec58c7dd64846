/** A worker process on the store and the books: runs jobs, can be killed or broken at any command. */
import { setMaxListeners } from 'node:events';
import type { InvoiceTransferJob } from '../../src/contract/jobs.ts';
import { type TransferResult, transferResult } from '../../src/contract/results.ts';
import { NotNow, OutcomeUnknown, Retryable, Terminal, TransferFailure } from '../../src/errors.ts';
import type { Logger } from '../../src/logger.ts';
import { type CheckStatus, createCheckStatus } from '../../src/transfer/check-status.ts';
import { type CustomerChoice, createCustomerChoice } from '../../src/transfer/choose-customer.ts';
import type { JobRun } from '../../src/transfer/context.ts';
import { createDecisions, type Decisions } from '../../src/transfer/resolve-invoice.ts';
import { createTransferInvoice } from '../../src/transfer/transfer-invoice.ts';
import type { FakeService } from '../support/fake-books.ts';
import { quiesce } from '../support/fake-clock.ts';
import type { MemoryStore } from '../support/memory-store.ts';

export const MAX_ATTEMPTS = 5;

/** What one run of a job came to. */
export type Ran = { result: TransferResult } | { failure: TransferFailure };

/** Called as each command to store or books begins and has ended; may throw, or never come back. */
export type Crossing = (command: string, when: 'before' | 'after') => void | Promise<void>;

export interface Worker {
  /** Begin one run; nothing moves the clock meanwhile. A run that never comes back was killed. */
  start(job: InvoiceTransferJob): Promise<Ran>;
  /** One run; where it waits for the clock, the clock moves. */
  run(job: InvoiceTransferJob): Promise<Ran>;
  /** Run it as often as the worker would, with the waits the failures ask for, to its end. */
  finish(job: InvoiceTransferJob): Promise<{ result: TransferResult } | { failure: Terminal }>;
  checkStatus: CheckStatus;
  people: Decisions;
  customers: CustomerChoice;
  /** The process is gone: nothing it began comes back, nothing it waits for happens. */
  kill(): void;
  /** As on SIGTERM. */
  stop(): void;
  logged: { level: string; fields: Record<string, unknown>; message: string }[];
  steps: string[];
}

export const failureOf = (ran: Ran): TransferFailure => {
  if ('failure' in ran) return ran.failure;
  throw new Error(`it did not fail: ${JSON.stringify(ran.result)}`);
};

export const resultOf = (ran: Ran): TransferResult => {
  if ('result' in ran) return ran.result;
  throw ran.failure;
};

export function aWorker({
  store,
  service,
  crossing = () => {},
  maxAttempts = MAX_ATTEMPTS,
  skewMs = 0,
}: {
  store: MemoryStore;
  service: FakeService;
  crossing?: Crossing;
  maxAttempts?: number;
  /** This machine's clock is so much ahead of the store's. */
  skewMs?: number;
}): Worker {
  const { clock, timing } = store;
  const process = { isDead: false };
  const guard = <T extends object>(name: string, port: T) => guarded(name, port, process, crossing);
  const never = new Promise<never>(() => {});
  const logged: Worker['logged'] = [];
  const steps: string[] = [];
  const abort = new AbortController();
  // One for all its runs.
  setMaxListeners(0, abort.signal);
  const deps = {
    shops: guard('shops', store.shops),
    records: guard('records', store.records),
    entities: guard('entities', store.entities),
    facts: guard('facts', store.facts),
    pins: guard('pins', store.pins),
    events: guard('events', store.events),
    booksOf: (access: Parameters<ReturnType<FakeService['booksOf']>>[0]) =>
      guard('books', service.booksOf(guard('intents', store.intents))(access)),
    clock: {
      ...clock,
      now: () => clock.now() + skewMs,
      sleep: async (ms: number, signal?: AbortSignal) => {
        await clock.sleep(ms, signal);
        if (process.isDead) await never;
      },
    },
    timing,
    maxAttempts,
    onStep: (step: string) => steps.push(step),
  };
  const transferInvoice = createTransferInvoice(deps);
  const run: JobRun = {
    signal: abort.signal,
    log: aLogger(logged),
  };

  async function start(job: InvoiceTransferJob): Promise<Ran> {
    try {
      const result = await transferInvoice(job, run);
      // What the contract promises of a result holds for each.
      transferResult.parse(result);
      return { result };
    } catch (error) {
      if (error instanceof TransferFailure) return { failure: error };
      throw error;
    }
  }

  async function runJob(job: InvoiceTransferJob): Promise<Ran> {
    let ran: Ran | undefined;
    let broke: unknown;
    start(job).then(
      (value) => {
        ran = value;
      },
      (error: unknown) => {
        broke = error ?? new Error('it broke');
      },
    );
    for (let turn = 0; turn < 2_000; turn += 1) {
      await quiesce();
      if (broke !== undefined) throw broke;
      if (ran !== undefined) return ran;
      await clock.pass(40);
    }
    throw new Error('the run never came back');
  }

  return {
    start,
    run: runJob,
    async finish(job) {
      for (let turn = 0; turn < 500; turn += 1) {
        const ran = await runJob(job);
        if ('result' in ran) return ran;
        const { failure } = ran;
        if (failure instanceof Terminal) return { failure };
        await clock.pass(Math.max(1, waitOf(failure, clock.now(), timing.settleMs)));
        if ((failure.attempts ?? 0) >= maxAttempts) {
          return { failure: new Terminal('transfer.attempts_exhausted') };
        }
      }
      throw new Error('the job never ends');
    },
    people: createDecisions(deps, run),
    customers: createCustomerChoice(deps, run),
    checkStatus: (job, signalled) => createCheckStatus(deps)(job, signalled),
    kill: () => {
      process.isDead = true;
    },
    stop: () => abort.abort(),
    logged,
    steps,
  };
}

/** The worker's own rule (workers/translate.ts), without jitter. */
function waitOf(failure: TransferFailure, now: number, settleMs: number): number {
  if (failure instanceof NotNow) return failure.untilMs - now;
  if (failure instanceof OutcomeUnknown) return settleMs;
  return (failure instanceof Retryable ? failure.retryAfterMs : undefined) ?? 2_000;
}

/** A run of a status check. */
export const aRun = (): JobRun => ({
  signal: new AbortController().signal,
  log: aLogger([]),
});

export function aLogger(logged: Worker['logged']): Logger {
  const at = (level: string) => (fields: object, message: string) => {
    logged.push({ level, fields: fields as Record<string, unknown>, message });
  };
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}

/** A port whose every command can be stopped before it is given, or before its answer comes. */
function guarded<T extends object>(
  name: string,
  port: T,
  process: { isDead: boolean },
  crossing: Crossing,
): T {
  const never = new Promise<never>(() => {});
  return new Proxy(port, {
    get(target, property, receiver) {
      const command: unknown = Reflect.get(target, property, receiver);
      if (typeof command !== 'function') return command;
      return async (...args: unknown[]) => {
        const at = async (when: 'before' | 'after') => {
          if (process.isDead) await never;
          await crossing(`${name}.${String(property)}`, when);
          if (process.isDead) await never;
        };
        await at('before');
        const answer: unknown = await command.apply(target, args);
        await at('after');
        return answer;
      };
    },
  });
}
