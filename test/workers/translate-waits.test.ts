import { DelayedError, type Job } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { NotNow } from '../../src/errors.ts';
import { runJob, type Translation } from '../../workers/translate.ts';
import { aManualClock } from '../support/fake-clock.ts';
import { quietLogger } from '../support/surroundings.ts';

const clock = aManualClock();

/** What the queue was told after a run that failed so. */
async function run(failure: NotNow, progress: object = {}) {
  const told: { delayMs?: number; restMs?: number; lines: number } = { lines: 0 };
  const job = {
    progress,
    log: async () => {
      told.lines += 1;
    },
    updateProgress: async () => undefined,
    moveToDelayed: async (at: number) => {
      told.delayMs = at - clock.now();
    },
  } as unknown as Job;
  const translation: Translation = {
    clock,
    settleMs: 1_000,
    random: () => 1,
    pauseAll: async (ms) => {
      told.restMs = ms;
    },
    mayEnd: async () => true,
    onFailure: () => undefined,
    keepWords: async () => undefined,
  };
  const work = runJob(job, 'token', quietLogger(), translation, async () => {
    throw failure;
  });
  await expect(work).rejects.toBeInstanceOf(DelayedError);
  return told;
}

const in10s = () => clock.now() + 10_000;

describe('a job that must wait', () => {
  it('for what holds up everyone pauses the queues until then, and comes back a little later', async () => {
    const failure = new NotNow('service.unavailable', in10s(), undefined, { forEveryone: true });
    expect(await run(failure)).toMatchObject({ restMs: 10_000, delayMs: 11_000 });
  });

  it('for what holds up its own shop pauses nobody else', async () => {
    expect((await run(new NotNow('service.identity_blocked', in10s()))).restMs).toBeUndefined();
  });

  it('for hours is spread over half a minute at most', async () => {
    const failure = new NotNow('service.quota', clock.now() + 3_600_000, undefined, { forEveryone: true });
    expect(await run(failure)).toMatchObject({ delayMs: 3_630_000 });
  });

  it('for its own settling comes back at that very moment', async () => {
    expect(await run(new NotNow('transfer.settling', in10s()))).toMatchObject({ delayMs: 10_000 });
  });

  it('for the same thing again writes no second line', async () => {
    const failure = new NotNow('service.unavailable', in10s());
    expect((await run(failure)).lines).toBe(1);
    expect((await run(failure, { waitsFor: 'service.unavailable', attempts: 0 })).lines).toBe(0);
    expect((await run(failure, { waitsFor: 'service.quota', attempts: 0 })).lines).toBe(1);
  });
});
