/**
 * Prometheus metrics, `sharefox_…`. No label names a shop, an invoice or a person.
 *
 * Counters and histograms belong to this process. Gauges are read from Redis at each scrape and are the same in
 * every process.
 */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import { orderEventBodies } from '../contract/results.ts';
import { requestedAtMs } from '../domain/content.ts';
import type { FollowPass } from '../following/follow.ts';
import type { TransferRecords } from '../transfer/ports/records.ts';
import { ORDERED } from '../transfer/send.ts';
import type { Swept } from '../transfer/sweep.ts';
import { CIRCUIT_KINDS, type CircuitKind } from '../twentyfourseven/ports.ts';
import { createGauges, type Gauges } from './gauges.ts';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const FATES = [
  'alive',
  'enqueued',
  'ended',
  'looked',
  'duplicate',
  'failed',
] as const satisfies (keyof Swept)[];
const LOOKS = ['looked', 'postponed', 'failed'] as const;
const MEMBERS = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000];

/** How one run of a job went: the result's outcome, `rejected` for a failed job, or another run follows. */
export type TransferOutcome =
  | 'created'
  | 'adopted'
  | 'already_transferred'
  | 'updated'
  | 'rejected'
  | 'retried'
  | 'delayed';

export interface Metrics extends Gauges {
  registry: Registry;
  /** @param code of the failure, if it was one */
  transferRun(outcome: TransferOutcome, code?: string): void;
  /** A record entered an end state. @param outcome the result's, or `rejected`, `unresolved` */
  transferEnded(outcome: string, code?: string): void;
  /** @param outcome `paid`, `not_paid` or `failed` */
  statusCheck(outcome: string, code?: string): void;
  /** @param members how many calls the request joined */
  soapRequest(operation: string, outcome: string, durationMs: number, members: number): void;
  stepDone(step: string, durationMs: number): void;
  /** What became of the records that one sweep looked at. */
  swept(fates: Swept): void;
  /** What one pass of the follower did. */
  followed(pass: FollowPass): void;
  circuitOpened(circuit: CircuitKind): void;
  /** The ops server refused a login: it was wrong, or its address has to wait. */
  loginRefused(why: 'wrong' | 'throttled'): void;
  /** A failure of none of the four kinds: a bug of ours. */
  bug(): void;
}

function createCounters(registers: Registry[]) {
  return {
    runs: new Counter({
      name: 'sharefox_transfer_runs_total',
      help: 'Runs of transfer jobs by how they went, and the code of those that failed or wait',
      labelNames: ['outcome', 'code'] as const,
      registers,
    }),
    ends: new Counter({
      name: 'sharefox_transfer_ends_total',
      help: 'Invoices that came into an end state, by outcome and code; each is one event',
      labelNames: ['outcome', 'code'] as const,
      registers,
    }),
    statusChecks: new Counter({
      name: 'sharefox_status_checks_total',
      help: 'Status checks by answer, and the code of those that failed',
      labelNames: ['outcome', 'code'] as const,
      registers,
    }),
    bugs: new Counter({
      name: 'sharefox_bugs_total',
      help: 'Failures the integration did not foresee; the log holds their stacks',
      registers,
    }),
    openings: new Counter({
      name: 'sharefox_circuit_openings_total',
      help: 'Circuits this process opened: 24SevenOffice was away, or refused login, company or permission',
      labelNames: ['circuit'] as const,
      registers,
    }),
    refusedLogins: new Counter({
      name: 'sharefox_ops_logins_refused_total',
      help: 'Logins the ops server refused: wrong ones, and those not compared because their address has to wait',
      labelNames: ['why'] as const,
      registers,
    }),
    sweeps: new Counter({
      name: 'sharefox_swept_records_total',
      help: 'Records a sweep looked at, by what became of them',
      labelNames: ['fate'] as const,
      registers,
    }),
    looks: new Counter({
      name: 'sharefox_followed_looks_total',
      help: 'Looks at orders after their transfer, by how they went: looked, postponed (quota, circuit), failed',
      labelNames: ['outcome'] as const,
      registers,
    }),
    orderEvents: new Counter({
      name: 'sharefox_order_events_total',
      help: 'What became of orders after their transfer, by the type of the event that told it',
      labelNames: ['type'] as const,
      registers,
    }),
  };
}

function createHistograms(registers: Registry[]) {
  return {
    requests: new Histogram({
      name: 'sharefox_soap_request_seconds',
      help: 'Requests to 24SevenOffice by operation and outcome',
      labelNames: ['operation', 'outcome'] as const,
      buckets: SECONDS,
      registers,
    }),
    members: new Histogram({
      name: 'sharefox_soap_members',
      help: 'How many calls left joined in one request to 24SevenOffice, by operation',
      labelNames: ['operation'] as const,
      buckets: MEMBERS,
      registers,
    }),
    steps: new Histogram({
      name: 'sharefox_step_seconds',
      help: 'Steps of a transfer, waiting for the quota included',
      labelNames: ['step'] as const,
      buckets: SECONDS,
      registers,
    }),
  };
}

/** Counters, histograms and Node's own metrics (event-loop lag, memory) on a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { runs, ends, statusChecks, bugs, openings, refusedLogins, sweeps, looks, orderEvents } =
    createCounters([registry]);
  const { requests, members, steps } = createHistograms([registry]);
  // Start each at 0, so that the first one counts as an increase.
  for (const circuit of CIRCUIT_KINDS) openings.inc({ circuit }, 0);
  for (const fate of FATES) sweeps.inc({ fate }, 0);
  for (const why of ['wrong', 'throttled']) refusedLogins.inc({ why }, 0);
  for (const outcome of LOOKS) looks.inc({ outcome }, 0);
  for (const type of Object.keys(orderEventBodies)) orderEvents.inc({ type }, 0);

  return {
    registry,
    ...createGauges([registry]),
    swept(fates) {
      for (const fate of FATES) sweeps.inc({ fate }, fates[fate]);
    },
    followed(pass) {
      for (const outcome of LOOKS) looks.inc({ outcome }, pass[outcome]);
      for (const [type, count] of Object.entries(pass.events)) orderEvents.inc({ type }, count);
    },
    loginRefused: (why) => refusedLogins.inc({ why }),
    transferRun: (outcome, code = '') => runs.inc({ outcome, code }),
    transferEnded: (outcome, code = '') => ends.inc({ outcome, code }),
    statusCheck: (outcome, code = '') => statusChecks.inc({ outcome, code }),
    soapRequest(operation, outcome, durationMs, count) {
      requests.observe({ operation, outcome }, durationMs / 1_000);
      // A withheld request was never sent.
      if (outcome !== 'withheld') members.observe({ operation }, count);
    },
    stepDone: (step, durationMs) => steps.observe({ step }, durationMs / 1_000),
    circuitOpened: (circuit) => openings.inc({ circuit }),
    bug: () => bugs.inc(),
  };
}

/** What `countingEnds` tells of the records. */
export interface EndCounter {
  /** A record entered an end state. @param outcome the result's, or `rejected`, `unresolved` */
  ended(outcome: string, code?: string): void;
  /** A new order has its id. @param tookMs since the click, which Sharefox' clock has timed */
  ordered(tookMs: number): void;
}

/** Wraps the records so that each change into an end state is counted, and the time to each new order's id. */
export function countingEnds(
  records: TransferRecords,
  { ended, ordered }: EndCounter,
  clock: Pick<Clock, 'now'>,
): TransferRecords {
  return {
    ...records,
    async note(claim, changes, trail) {
      await records.note(claim, changes, trail);
      const { payload } = claim.record;
      // Where the clocks disagree, it took no time.
      if (trail?.step === ORDERED && payload !== undefined)
        ordered(Math.max(0, clock.now() - requestedAtMs(payload)));
    },
    async end(claim, end) {
      const before = claim.record.state;
      await records.end(claim, end);
      if (before !== end.state) ended(end.result?.outcome ?? end.state, end.code);
    },
    async refuse(key, requestId, code, ...rest) {
      const answer = await records.refuse(key, requestId, code, ...rest);
      if (answer === 'rejected') ended('rejected', code);
      return answer;
    },
  };
}
