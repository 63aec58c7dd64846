/** What BullMQ is told of each kind of failure. Whatever a producer set for attempts is not asked. */
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { ErrorCode } from '../src/contract/errors.ts';
import { NotNow, OutcomeUnknown, Rejected, Retryable, TransferFailure } from '../src/errors.ts';
import { EXPIRES_AFTER_MS } from '../src/transfer/context.ts';
import type { Clock, Logger } from '../src/transfer/ports.ts';
import { maskRefusal } from '../src/twentyfourseven/wire/mask.ts';
import { backoffMs, MAX_ATTEMPTS } from './backoff.ts';

const SPREAD = 0.1;
const LONGEST_SPREAD_MS = 30_000;

export interface Translation {
  clock: Clock;
  settleMs: number;
  random: () => number;
  /** Take no job for so long; asked for where none would fare better. Never throws. */
  rest(ms: number): Promise<void>;
  /** Told how the run went. */
  onFailure(kind: TransferFailure['kind'] | 'bug', code: ErrorCode): void;
}

/** One run of a job: its failure becomes a delay, or the job's end as `<code>: <message>`. */
export async function translated<T>(
  job: Job,
  token: string | undefined,
  log: Logger,
  { clock, settleMs, random, rest, onFailure }: Translation,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = error instanceof TransferFailure ? error : bug(error, log);
    const { code } = failure;
    const message = maskRefusal(failure.message, job.data);
    onFailure(failure.code === 'transfer.bug' ? 'bug' : failure.kind, code);
    if (failure instanceof Rejected) {
      log.warn({ code, reason: message }, 'job failed');
      throw new UnrecoverableError(`${code}: ${message}`);
    }
    // A transfer counts its attempts in its record; a status check has none and counts them in its progress.
    const attempts = failure instanceof NotNow ? undefined : (failure.attempts ?? attemptsBefore(job) + 1);
    if (attempts !== undefined && attempts >= MAX_ATTEMPTS) {
      log.warn({ code, attempts, reason: message }, 'job failed for the last time');
      throw new UnrecoverableError(
        `transfer.attempts_exhausted: tried ${attempts} times, last: ${code}: ${message}`,
      );
    }
    const since = numberIn(job, 'since') ?? clock.now();
    if (failure instanceof NotNow && clock.now() - since > EXPIRES_AFTER_MS) {
      // A transfer under way has ended by its record before; this is a status check, or a click on an ended one.
      log.warn({ code, reason: message }, 'job waited too long');
      throw new UnrecoverableError(`transfer.expired: waited for seven days, last for: ${code}: ${message}`);
    }
    const waitMs = Math.max(0, delayOf(failure, attempts ?? 1, { clock, settleMs, random }));
    log.info({ code, waitMs, attempts, reason: message }, 'job delayed');
    if (failure instanceof NotNow && failure.forEveryone)
      await rest(Math.max(1, failure.untilMs - clock.now()));
    // A wait of hours is one line, not one for each time it was asked for.
    if (waitsFor(job) !== code) {
      await job.log(`${new Date(clock.now()).toISOString()} ${code}: ${message}; again in ${waitMs} ms`);
    }
    await job.updateProgress({ waitsFor: code, attempts: attempts ?? attemptsBefore(job), since });
    await job.moveToDelayed(clock.now() + waitMs, token);
    throw new DelayedError();
  }
}

function bug(error: unknown, log: Logger): Retryable {
  log.error({ err: error }, 'job failed on a bug');
  return new Retryable('transfer.bug', undefined, { cause: error });
}

function delayOf(
  failure: TransferFailure,
  attempts: number,
  { clock, settleMs, random }: Pick<Translation, 'clock' | 'settleMs' | 'random'>,
): number {
  if (failure instanceof NotNow) {
    const waitMs = failure.untilMs - clock.now();
    // What the service holds up ends for many at once: they come back one after another.
    return failure.code.startsWith('service.')
      ? waitMs + random() * Math.min(waitMs * SPREAD, LONGEST_SPREAD_MS)
      : waitMs;
  }
  if (failure instanceof OutcomeUnknown) return settleMs;
  const asked = failure instanceof Retryable ? failure.retryAfterMs : undefined;
  return asked ?? backoffMs(attempts, random());
}

function waitsFor({ progress }: Job): unknown {
  return typeof progress === 'object' && 'waitsFor' in progress ? progress.waitsFor : undefined;
}

const attemptsBefore = (job: Job): number => numberIn(job, 'attempts') ?? 0;

/** What an earlier run of the job left in its progress. */
function numberIn({ progress }: Job, field: 'attempts' | 'since'): number | undefined {
  if (typeof progress !== 'object' || progress === null) return undefined;
  const value: unknown = Reflect.get(progress, field);
  return typeof value === 'number' ? value : undefined;
}
