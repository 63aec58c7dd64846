/** What BullMQ is told of each kind of failure. Whatever a producer set for attempts is not asked. */
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import type { Clock } from '../src/clock.ts';
import type { ErrorCode } from '../src/contract/errors.ts';
import {
  asFailure,
  NotNow,
  NotYet,
  OutcomeUnknown,
  Retryable,
  Terminal,
  type TransferFailure,
} from '../src/errors.ts';
import type { Logger } from '../src/logger.ts';
import { EXPIRES_AFTER_MS } from '../src/transfer/context.ts';
import { maskRefusal } from '../src/twentyfourseven/wire/mask.ts';
import { backoffMs, MAX_ATTEMPTS } from './backoff.ts';

const SPREAD = 0.1;
const LONGEST_SPREAD_MS = 30_000;

export interface JobEnd {
  code: ErrorCode;
  message: string;
}

export interface Translation {
  clock: Clock;
  settleMs: number;
  random: () => number;
  /** Take no job for `ms`: asked for when no other job could succeed either. Never throws. */
  pauseAll(ms: number): Promise<void>;
  /**
   * Whether a job that was tried too often may end: what it is about has an end, or is given this one.
   *
   * @param isExpired it has waited for seven days: an end is given
   */
  mayEnd(job: Job, end: JobEnd, isExpired: boolean): Promise<boolean>;
  /** Keep what the service said where the message holds only a part of it. */
  keepWords(job: Job, words: string): Promise<void>;
  /** Told how the run went. */
  onFailure(kind: TransferFailure['kind'] | 'bug', code: ErrorCode): void;
}

/**
 * One run of a job: its failure becomes a delay, or the job's end as `<code>: <message>`. A job ends only where
 * what it is about has an end.
 */
export async function runJob<T>(
  job: Job,
  token: string | undefined,
  log: Logger,
  translation: Translation,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { clock, pauseAll, onFailure } = translation;
    const failure = asFailure(error, log);
    const { code } = failure;
    const message = maskRefusal(failure.message, job.data);
    onFailure(code === 'transfer.bug' ? 'bug' : failure.kind, code);
    if (failure.words !== undefined) await told(log, [translation.keepWords(job, failure.words)]);
    if (failure instanceof Terminal) {
      log.warn({ code, reason: message }, 'job rejected');
      throw await endOf(job, { code, message }, log);
    }
    // A transfer counts its attempts in its record; a status check has none and counts them in its progress.
    const attempts = failure instanceof NotNow ? undefined : (failure.attempts ?? attemptsBefore(job) + 1);
    const since = numberIn(job, 'since') ?? clock.now();
    const end = lastEnd(failure, attempts, clock.now() - since > EXPIRES_AFTER_MS, message);
    if (end !== undefined && (failure.attempts !== undefined || (await mayEnd(job, end, log, translation)))) {
      log.warn({ code, attempts, reason: message }, 'job failed for the last time');
      throw await endOf(job, end, log);
    }
    const waitMs = Math.ceil(Math.max(0, delayOf(failure, attempts ?? 1, job, translation)));
    log.info({ code, waitMs, attempts, reason: message }, 'job delayed');
    if (failure instanceof NotNow && failure.forEveryone)
      await pauseAll(Math.max(1, failure.untilMs - clock.now()));
    const line = `${new Date(clock.now()).toISOString()} ${code}: ${message}; again in ${waitMs} ms`;
    const progress = { waitsFor: code, attempts: attempts ?? attemptsBefore(job), since };
    // What only tells the story may fail, as where Redis is full. The delay takes no memory.
    await told(log, [waitsFor(job) === code ? undefined : job.log(line), job.updateProgress(progress)]);
    await job.moveToDelayed(clock.now() + waitMs, token);
    throw new DelayedError();
  }
}

type LastEnd = JobEnd & { isExpired: boolean };

/** Undefined where the job goes on. */
function lastEnd(
  { code }: TransferFailure,
  attempts: number | undefined,
  isExpired: boolean,
  message: string,
): LastEnd | undefined {
  const isExhausted = attempts !== undefined && attempts >= MAX_ATTEMPTS;
  if (isExhausted && !isExpired) {
    const tried = `tried ${attempts} times, last: ${code}: ${message}`;
    return { code: 'transfer.attempts_exhausted', message: tried, isExpired };
  }
  if (!isExpired || !(isExhausted || attempts === undefined)) return undefined;
  const waited = `waited for seven days, last for: ${code}: ${message}`;
  return { code: 'transfer.expired', message: waited, isExpired };
}

async function mayEnd(
  job: Job,
  { code, message, isExpired }: LastEnd,
  log: Logger,
  translation: Translation,
): Promise<boolean> {
  try {
    return await translation.mayEnd(job, { code, message }, isExpired);
  } catch (err) {
    log.warn({ err, code }, 'invoice not ended; its job waits');
    return false;
  }
}

/** Begun anew by hand, the job counts anew. */
async function endOf(job: Job, { code, message }: JobEnd, log: Logger): Promise<UnrecoverableError> {
  if (numberIn(job, 'since') !== undefined) await told(log, [job.updateProgress(0)]);
  return new UnrecoverableError(`${code}: ${message}`);
}

async function told(log: Logger, writes: (Promise<unknown> | undefined)[]): Promise<void> {
  for (const written of await Promise.allSettled(writes)) {
    if (written.status === 'rejected') log.warn({ err: written.reason }, 'job progress not saved');
  }
}

function delayOf(
  failure: TransferFailure,
  attempts: number,
  { attemptsStarted }: Job,
  { clock, settleMs, random }: Translation,
): number {
  if (failure instanceof NotYet) return backoffMs(attemptsStarted, random());
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
