/** What ops can count: Prometheus metrics, `sharefox_…`. No shop, no invoice, no person in a label. */
import type { Queue } from 'bullmq';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { CIRCUIT_KINDS, type CircuitKind } from '../transfer/ports.ts';

/** A scrape must answer even when Redis does not. */
const COLLECT_TIMEOUT_MS = 2_000;
const JOB_STATES = ['waiting', 'prioritized', 'active', 'delayed', 'failed', 'completed'] as const;
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** How one run of a job went: a result's outcome, an end, or not yet. */
export type TransferOutcome =
  | 'created'
  | 'adopted'
  | 'already_transferred'
  | 'updated'
  | 'rejected'
  | 'unresolved'
  | 'retried'
  | 'delayed';

export interface Metrics {
  registry: Registry;
  /** @param code of the failure, if it was one */
  transferRun(outcome: TransferOutcome, code?: string): void;
  /** @param outcome `paid`, `not_paid` or `failed` */
  statusCheck(outcome: string, code?: string): void;
  soapRequest(operation: string, outcome: string, durationMs: number): void;
  stepDone(step: string, durationMs: number): void;
  /** What a pass of the sweep met. */
  swept(fates: Record<string, number>): void;
  circuitOpened(circuit: CircuitKind): void;
  /** A failure that is none of the four kinds: ours to mend. */
  bug(): void;
  /** Count jobs by queue and state at each scrape. */
  watchQueues(queues: Queue[]): void;
  /** Show what is left of the request budget at each scrape. */
  watchQuota(left: () => Promise<{ tokens: number; quarantineUntilMs: number }>): void;
  /** Count open circuits by kind at each scrape. */
  watchCircuits(open: () => Promise<Record<CircuitKind, number>>): void;
}

/** Rejects when `work` takes too long; whatever comes later is dropped. */
async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('took too long')), COLLECT_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

/** Counters, histograms and Node's own metrics on a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const transfers = new Counter({
    name: 'sharefox_transfer_runs_total',
    help: 'Runs of transfer jobs by how they went, and the code of those that failed',
    labelNames: ['outcome', 'code'] as const,
    registers,
  });
  const statusChecks = new Counter({
    name: 'sharefox_status_checks_total',
    help: 'Status checks by answer, and the code of those that failed',
    labelNames: ['outcome', 'code'] as const,
    registers,
  });
  const soapRequests = new Histogram({
    name: 'sharefox_soap_request_seconds',
    help: 'Requests to 24SevenOffice by operation and outcome',
    labelNames: ['operation', 'outcome'] as const,
    buckets: SECONDS,
    registers,
  });
  const steps = new Histogram({
    name: 'sharefox_step_seconds',
    help: 'Steps of a transfer, waiting for the quota included',
    labelNames: ['step'] as const,
    buckets: SECONDS,
    registers,
  });
  const bugs = new Counter({
    name: 'sharefox_bugs_total',
    help: 'Failures the integration did not foresee; the log holds their stacks',
    registers,
  });
  const openings = new Counter({
    name: 'sharefox_circuit_openings_total',
    help: 'Circuits this process opened: 24SevenOffice was away, or refused login, company or permission',
    labelNames: ['circuit'] as const,
    registers,
  });
  for (const circuit of CIRCUIT_KINDS) openings.inc({ circuit }, 0);

  const sweeps = new Counter({
    name: 'sharefox_swept_records_total',
    help: 'Records a sweep looked at, by what became of them',
    labelNames: ['fate'] as const,
    registers,
  });

  return {
    registry,
    swept(fates) {
      for (const [fate, count] of Object.entries(fates)) if (count > 0) sweeps.inc({ fate }, count);
    },
    transferRun: (outcome, code = '') => transfers.inc({ outcome, code }),
    statusCheck: (outcome, code = '') => statusChecks.inc({ outcome, code }),
    soapRequest: (operation, outcome, durationMs) =>
      soapRequests.observe({ operation, outcome }, durationMs / 1_000),
    stepDone: (step, durationMs) => steps.observe({ step }, durationMs / 1_000),
    circuitOpened: (circuit) => openings.inc({ circuit }),
    bug: () => bugs.inc(),
    watchQueues(queues) {
      new Gauge({
        name: 'sharefox_jobs',
        help: 'Jobs by queue and state; missing where Redis does not answer',
        labelNames: ['queue', 'state'] as const,
        registers,
        async collect() {
          this.reset();
          await Promise.allSettled(
            queues.map(async (queue) => {
              const counts = await within(queue.getJobCounts(...JOB_STATES));
              for (const state of JOB_STATES) this.set({ queue: queue.name, state }, counts[state] ?? 0);
            }),
          );
        },
      });
    },
    watchCircuits(open) {
      new Gauge({
        name: 'sharefox_circuit_open',
        help: 'Open circuits by kind; missing where Redis does not answer',
        labelNames: ['circuit'] as const,
        registers,
        async collect() {
          this.reset();
          const counts = await within(open()).catch(() => undefined);
          if (counts === undefined) return;
          for (const circuit of CIRCUIT_KINDS) this.set({ circuit }, counts[circuit]);
        },
      });
    },
    watchQuota(left) {
      const quarantine = new Gauge({
        name: 'sharefox_quarantine_until_seconds',
        help: 'Epoch seconds until which nobody sends; 0 where nothing stands against it',
        registers,
      });
      new Gauge({
        name: 'sharefox_quota_tokens',
        help: 'Requests that may leave at once; missing where Redis does not answer',
        labelNames: [] as const,
        registers,
        async collect() {
          this.reset();
          try {
            const { tokens, quarantineUntilMs } = await within(left());
            this.set(tokens);
            quarantine.set(quarantineUntilMs / 1_000);
          } catch {
            this.remove();
          }
        },
      });
    },
  };
}
