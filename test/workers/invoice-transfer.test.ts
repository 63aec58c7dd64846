/** A transfer job that fails again and again before it can claim its record. */
import { DelayedError, type Job, UnrecoverableError } from 'bullmq';
import { expect, test } from 'vitest';
import { EXPIRES_AFTER_MS } from '../../src/transfer/context.ts';
import { MAX_ATTEMPTS } from '../../workers/backoff.ts';
import { createInvoiceTransferProcessor } from '../../workers/invoice-transfer.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { quietLogger } from '../support/surroundings.ts';
import { aClick, aWorld, type World } from '../transfer/world.ts';

const job = anInvoiceJob();

/** What its last run was told, after so long. */
async function lastRun(world: World, data: object, waitedMs: number): Promise<unknown> {
  const since = world.clock.now() - waitedMs;
  const failing = {
    ...{ id: 'job-9', data, attemptsStarted: 40, progress: { attempts: MAX_ATTEMPTS + 15, since } },
    log: async () => 1,
    updateProgress: async () => undefined,
    moveToDelayed: async () => undefined,
  } as unknown as Job;
  const process = createInvoiceTransferProcessor({
    transferInvoice: () => Promise.reject(new TypeError('a bug before the claim')),
    records: world.store.records,
    logger: quietLogger(),
    translation: {
      ...{ clock: world.clock, settleMs: 1_000, random: () => 0.5 },
      pauseAll: async () => undefined,
      onFailure: () => undefined,
      keepWords: async () => undefined,
    },
    onResult: () => undefined,
  });
  return Promise.resolve(process(failing, 'token')).catch((failure: unknown) => failure);
}

test('waits where its invoice has no record', async () => {
  const world = await aWorld();
  expect(await lastRun(world, job, 3_600_000)).toBeInstanceOf(DelayedError);
  expect(world.events()).toEqual([]);
});

test('waits where its invoice was rejected to another click: this one has had no answer', async () => {
  const world = await aWorld();
  await world.worker.run(aClick('request-0', { type: 'printed' }));
  expect(await lastRun(world, job, 3_600_000)).toBeInstanceOf(DelayedError);
});

test.each(['none', 'rejected'])(
  'ends after seven days, with an event of its own (record: %s)',
  async (kind) => {
    const world = await aWorld();
    if (kind === 'rejected') await world.worker.run(aClick('request-0', { type: 'printed' }));
    const before = world.events().length;
    expect(await lastRun(world, job, EXPIRES_AFTER_MS + 1)).toBeInstanceOf(UnrecoverableError);
    expect(await world.record()).toMatchObject({ state: 'rejected', code: 'transfer.expired' });
    expect(world.events().slice(before)).toEqual(['transfer.rejected']);
  },
);

test('ends with its attempts where the order stands: the record says how', async () => {
  const world = await aWorld();
  await world.worker.run(job);
  expect(await lastRun(world, aClick('request-2'), 3_600_000)).toBeInstanceOf(UnrecoverableError);
  expect(world.events()).toEqual(['transfer.completed']);
});
