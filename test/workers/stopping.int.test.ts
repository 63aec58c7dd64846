/** SIGTERM ends a worker process with 0, whatever it is waiting for. */
import { afterAll, test } from 'vitest';
import { freePort } from '../../src/demo/throwaway-redis.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { startRedis } from '../support/redis.ts';
import { productEnv, type SurroundingsOptions, startSurroundings } from '../support/surroundings.ts';
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

test.concurrent(
  'while a save hangs for longer than a stop may take: the job is left to be taken up again',
  async ({ expect }) => {
    // Redis' quiet time is as long as the settle time: it has passed already.
    const around = await start({ env: { TFSO_TIMEOUT_MS: '599000', TFSO_SETTLE_MS: '600000' } });
    const runId = /run_id:(\w+)/.exec(await around.store.redis.info('server'))?.[1] ?? '';
    await around.store.redis.hset(around.store.keys.epoch, { id: 'an-epoch', runId, quietUntil: 0 });
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
