/** SIGTERM ends a worker process with 0, whatever it is waiting for. */
import { afterAll, test } from 'vitest';
import { freePort } from '../../src/demo/throwaway-redis.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { startRedis } from '../support/redis.ts';
import {
  FJORD,
  productEnv,
  type Surroundings,
  type SurroundingsOptions,
  startSurroundings,
} from '../support/surroundings.ts';
import { PATIENCE_MS, startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

function startWorker(env: NodeJS.ProcessEnv): WorkerProcess {
  const worker = startWorkerProcess(env);
  stops.push(worker.kill);
  return worker;
}
async function start(options: SurroundingsOptions) {
  const around = await startSurroundings(options);
  stops.push(around.stop);
  return around;
}

/** Redis' quiet time is as long as the settle time: it has passed already. */
async function endQuietTime({ store }: Surroundings): Promise<void> {
  const runId = /run_id:(\w+)/.exec(await store.redis.info('server'))?.[1] ?? '';
  await store.redis.hset(store.keys.epoch, { id: 'an-epoch', runId, quietUntil: 0 });
}

test.concurrent(
  'while two hundred jobs wait for the quota: each goes back at once, and to the next worker',
  async ({ expect }) => {
    const around = await start({
      env: { TFSO_SETTLE_MS: '600000', TFSO_REQUESTS_PER_SECOND: '2', WORKER_CONCURRENCY: '300' },
    });
    await endQuietTime(around);
    await around.connectShop();
    const names = Array.from({ length: 200 }, (_, index) => `waits-${index}`);
    const jobs = await Promise.all(
      names.map((id) =>
        around.addTransfer(
          anInvoiceInput({
            requestId: id,
            invoice: { id },
            customer: { isCompany: false, companyName: '', companyOrgNo: '', email: `${id}@kunde.example` },
          }),
        ),
      ),
    );
    const worker = startWorker(around.env);
    const searches = async () =>
      (await around.sandbox.control.requests()).filter(({ operation }) => operation === 'GetCompanies');
    await expect.poll(async () => (await searches()).length, { timeout: PATIENCE_MS }).toBeGreaterThan(1);
    expect(await around.queues.transfer.getActiveCount()).toBe(200);

    worker.signal('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(await around.queues.transfer.getJobCounts('active', 'delayed', 'failed')).toEqual({
      ...{ active: 0, delayed: 200, failed: 0 },
    });
    for (const job of await around.queues.transfer.getDelayed()) {
      expect(job).toMatchObject({ attemptsMade: 0, delay: 0 });
    }
    for (const record of await Promise.all(names.map((id) => around.record(id)))) {
      expect(record).toMatchObject({ attempts: '0' });
      expect(record).not.toHaveProperty('leaseUntil');
    }

    const next = { TFSO_QUOTA_POOL: 'next', TFSO_REQUESTS_PER_SECOND: '2000' };
    startWorker({ ...around.env, ...next });
    const ends = await Promise.all(jobs.map((job) => around.endOf(job)));
    expect(ends.filter((end) => 'failedReason' in end)).toEqual([]);
    const { orders } = await around.sandbox.control.books(FJORD.clientId);
    expect(new Set(orders.map(({ reference }) => reference)).size).toBe(200);
    expect(orders).toHaveLength(200);
  },
  PATIENCE_MS,
);

test.concurrent(
  'while a save hangs for longer than a stop may take: the job is left to be taken up again',
  async ({ expect }) => {
    const around = await start({ env: { TFSO_TIMEOUT_MS: '599000', TFSO_SETTLE_MS: '600000' } });
    await endQuietTime(around);
    await around.connectShop();
    await around.sandbox.control.inject({
      operation: 'SaveInvoices',
      effect: { kind: 'hang' },
      when: 'after',
    });
    const worker = startWorker(around.env);
    await around.addTransfer(anInvoiceInput({ invoice: { id: 'hangs' } }));
    await expect
      .poll(async () => (await around.record('hangs')).state, { timeout: PATIENCE_MS })
      .toBe('sending');

    worker.signal('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(worker.lines.map(({ msg }) => msg)).toContain('stopped');
    expect(await around.record('hangs')).toMatchObject({ state: 'sending', attempts: '0' });
    expect(await around.queues.transfer.getActiveCount()).toBe(1);
  },
  PATIENCE_MS,
);

test.concurrent(
  'while Redis has not been there yet',
  async ({ expect }) => {
    const worker = startWorker(productEnv(`redis://127.0.0.1:${await freePort()}`, 'http://127.0.0.1:9'));
    await worker.opsUrl();
    worker.signal('SIGTERM');
    expect(await worker.ended).toBe(0);
  },
  PATIENCE_MS,
);

test.concurrent(
  'while Redis has gone away',
  async ({ expect }) => {
    const redis = await startRedis({ args: ['--save', ''] });
    stops.push(redis.stop);
    const worker = startWorker(productEnv(redis.url, 'http://127.0.0.1:9'));
    await worker.working();
    await redis.kill();
    const { reason } = await worker.said('redis connection failed');
    expect(reason).toMatch(/ECONN|EPIPE/);
    worker.signal('SIGTERM');
    expect(await worker.ended).toBe(0);
  },
  PATIENCE_MS,
);
