import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { expect, test } from 'vitest';
import { NotNow, OutcomeUnknown, Rejected, Retryable } from '../../src/errors.ts';
import { createLogger } from '../../src/logger.ts';
import { EXPIRES_AFTER_MS } from '../../src/transfer/context.ts';
import { MAX_ATTEMPTS } from '../../workers/backoff.ts';
import { translated } from '../../workers/translate.ts';
import { aManualClock } from '../support/fake-clock.ts';

const NOW = Date.parse('2021-01-13T10:00:00Z');
const SETTLE_MS = 95_000;

/** One run of a job that fails with `error`; what BullMQ was told of it. */
async function runFailing(error: Error, progress: unknown = 0) {
  const told = { delayedUntil: undefined as number | undefined, progress: undefined as unknown };
  const job = {
    id: 'job-1',
    progress,
    log: async () => 1,
    updateProgress: async (value: unknown) => {
      told.progress = value;
    },
    moveToDelayed: async (timestamp: number) => {
      told.delayedUntil = timestamp;
    },
  } as unknown as Job;
  const rested: number[] = [];
  const translation = {
    clock: aManualClock(NOW),
    settleMs: SETTLE_MS,
    random: () => 0.5,
    rest: async (ms: number) => {
      rested.push(ms);
    },
    onFailure: () => undefined,
  };
  const thrown = await translated(job, 'token', createLogger({ level: 'silent' }), translation, async () => {
    throw error;
  }).catch((failure: unknown) => failure);
  return { ...told, thrown, rested };
}

test('what the shop or the data refuses fails the job at once, as code and message', async () => {
  const { thrown } = await runFailing(new Rejected('vat.not_found', 'no code for 7 %'));
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

test('where no job would fare better, the queues rest', async () => {
  const { rested } = await runFailing(
    new NotNow('service.quota', NOW + 60_000, undefined, { forEveryone: true }),
  );
  expect(rested).toEqual([60_000]);
});
