import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { expect, test } from 'vitest';
import { NotNow, OutcomeUnknown, Retryable, Terminal } from '../../src/errors.ts';
import { createLogger } from '../../src/logger.ts';
import { EXPIRES_AFTER_MS } from '../../src/transfer/context.ts';
import { MAX_ATTEMPTS } from '../../workers/backoff.ts';
import { runJob } from '../../workers/translate.ts';
import { aManualClock } from '../support/fake-clock.ts';

const NOW = Date.parse('2021-01-13T10:00:00Z');
const SETTLE_MS = 95_000;

const aReplyError = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' });

/** One run of a job that fails with `error`; what BullMQ was told of it. */
async function runFailing(
  error: Error,
  progress: unknown = 0,
  { mayEnd = true, isFull = false, attemptsStarted = 1 } = {},
) {
  const told = { delayedUntil: undefined as number | undefined, progress: undefined as unknown };
  const write = async () => {
    if (isFull) throw aReplyError("OOM command not allowed when used memory > 'maxmemory'.");
  };
  const job = {
    id: 'job-1',
    attemptsStarted,
    progress,
    log: write,
    updateProgress: async (value: unknown) => {
      await write();
      told.progress = value;
    },
    moveToDelayed: async (timestamp: number) => {
      told.delayedUntil = timestamp;
    },
  } as unknown as Job;
  const rested: number[] = [];
  const ends: unknown[] = [];
  const translation = {
    clock: aManualClock(NOW),
    settleMs: SETTLE_MS,
    random: () => 0.5,
    pauseAll: async (ms: number) => {
      rested.push(ms);
    },
    mayEnd: async (_job: Job, end: object, isExpired: boolean) => {
      ends.push({ ...end, isExpired });
      return mayEnd;
    },
    onFailure: () => undefined,
    keepWords: async () => undefined,
  };
  const thrown = await runJob(job, 'token', createLogger({ level: 'silent' }), translation, async () => {
    throw error;
  }).catch((failure: unknown) => failure);
  return { ...told, thrown, rested, ends };
}

test('what the shop or the data refuses fails the job at once, as code and message', async () => {
  const { thrown } = await runFailing(new Terminal('vat.not_found', 'no code for 7 %'));
  expect(thrown).toBeInstanceOf(UnrecoverableError);
  expect(thrown).toHaveProperty('message', 'vat.not_found: no code for 7 %');
});

test('a wait costs no attempt and ends when it said', async () => {
  const { thrown, delayedUntil, progress } = await runFailing(new NotNow('transfer.settling', NOW + 5_000), {
    attempts: 3,
  });
  expect(thrown).toBeInstanceOf(DelayedError);
  expect(delayedUntil).toBe(NOW + 5_000);
  expect(progress).toMatchObject({ attempts: 3, since: NOW });
});

test('a job that has waited seven days since its first run is given up', async () => {
  const { thrown } = await runFailing(new NotNow('service.unavailable', NOW + 5_000), {
    attempts: 0,
    since: NOW - EXPIRES_AFTER_MS - 1,
  });
  expect(thrown).toBeInstanceOf(UnrecoverableError);
  expect(thrown).toHaveProperty('message', expect.stringMatching(/^transfer\.expired: /));
});

test('a save of unknown outcome is looked for after the settle time', async () => {
  const { delayedUntil } = await runFailing(new OutcomeUnknown('order.unknown_outcome'));
  expect(delayedUntil).toBe(NOW + SETTLE_MS);
});

test('the last attempt fails the job with what it failed on', async () => {
  const { thrown } = await runFailing(new Retryable('service.unavailable', 'no answer'), {
    attempts: MAX_ATTEMPTS - 1,
  });
  expect(thrown).toBeInstanceOf(UnrecoverableError);
  expect(thrown).toHaveProperty(
    'message',
    expect.stringMatching(/^transfer\.attempts_exhausted: .*service\.unavailable/),
  );
});

test('the failed attempts of a transfer are those of its record', async () => {
  const failure = new Retryable('service.unavailable');
  failure.attempts = MAX_ATTEMPTS;
  const { thrown } = await runFailing(failure, { attempts: 0 });
  expect(thrown).toBeInstanceOf(UnrecoverableError);
});

test('what nobody foresaw is tried again, as a bug', async () => {
  const { thrown, progress } = await runFailing(new TypeError('x is not a function'));
  expect(thrown).toBeInstanceOf(DelayedError);
  expect(progress).toMatchObject({ waitsFor: 'transfer.bug', attempts: 1 });
});

test('where no job would fare better, the queues are paused', async () => {
  const { rested } = await runFailing(
    new NotNow('service.quota', NOW + 60_000, undefined, { forEveryone: true }),
  );
  expect(rested).toEqual([60_000]);
});

test('where Redis is full, a job still gets its delay', async () => {
  const failure = new NotNow('transfer.settling', NOW + 5_000);
  const { thrown, delayedUntil } = await runFailing(failure, 0, { isFull: true });
  expect(thrown).toBeInstanceOf(DelayedError);
  expect(delayedUntil).toBe(NOW + 5_000);
});

test.each([
  "OOM command not allowed when used memory > 'maxmemory'. script: eecb06ad, on @user_script:14.",
  "NOPERM this user has no permissions to run the 'info' command",
  "ERR The user executing the script can't run this command or subcommand script: 45d9, on @user_script:17.",
  "READONLY You can't write against a read only replica.",
])('what Redis refuses costs no attempt, and the pause grows: %s', async (message) => {
  const first = await runFailing(aReplyError(message), { attempts: 3 });
  expect(first.thrown).toBeInstanceOf(DelayedError);
  expect(first.progress).toMatchObject({ waitsFor: 'store.refused', attempts: 3 });
  const later = await runFailing(aReplyError(message), { attempts: 3 }, { attemptsStarted: 9 });
  expect(later.delayedUntil).toBeGreaterThan(Number(first.delayedUntil) + 10_000);
});

test('an error of a script of ours is a bug', async () => {
  const { progress } = await runFailing(aReplyError('ERR user_script:12: attempt to index a nil value'));
  expect(progress).toMatchObject({ waitsFor: 'transfer.bug' });
});

test('however often a job has failed, it does not end while its invoice has no end', async () => {
  const often = { attempts: MAX_ATTEMPTS + 40, since: NOW - 3_600_000 };
  const { thrown, ends } = await runFailing(new TypeError('x is not a function'), often, { mayEnd: false });
  expect(thrown).toBeInstanceOf(DelayedError);
  expect(ends).toMatchObject([{ code: 'transfer.attempts_exhausted', isExpired: false }]);
});

test('after seven days it ends, and its invoice with it', async () => {
  const often = { attempts: MAX_ATTEMPTS + 900, since: NOW - EXPIRES_AFTER_MS - 1 };
  const { thrown, ends } = await runFailing(new TypeError('x is not a function'), often);
  expect(thrown).toBeInstanceOf(UnrecoverableError);
  expect(ends).toMatchObject([{ code: 'transfer.expired', isExpired: true }]);
});

test('a job that ended and is begun anew by hand has its attempts and its seven days before it', async () => {
  const { progress } = await runFailing(new Terminal('vat.not_found'), { attempts: 20, since: NOW - 1 });
  expect(progress).toBe(0);
});
