/** Redis or 24SevenOffice away, at the start and in the middle of the work: the worker waits and says so. */
import { afterAll, describe, test } from 'vitest';
import { DURABLE } from '../../src/demo/throwaway-redis.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Surroundings, type SurroundingsOptions, startSurroundings } from '../support/surroundings.ts';
import { PATIENCE_MS, startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

async function start(options: SurroundingsOptions): Promise<Surroundings> {
  const around = await startSurroundings(options);
  stops.push(around.stop);
  await around.connectShop();
  return around;
}
function startWorker(around: Surroundings): WorkerProcess {
  const worker = startWorkerProcess(around.env);
  stops.push(worker.kill);
  return worker;
}

const LONG = { timeout: PATIENCE_MS };
const anInvoice = (id: string) => anInvoiceInput({ invoice: { id }, requestId: `${id} click` });
const ids = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
const ask = async (worker: WorkerProcess, path: string) => {
  const response = await fetch(`${await worker.opsUrl()}${path}`);
  return { status: response.status, text: await response.text() };
};
async function readiness(worker: WorkerProcess) {
  const { status, text } = await ask(worker, '/readyz');
  const { checks } = JSON.parse(text) as { checks: { name: string; ok: boolean }[] };
  return { status, failing: checks.filter(({ ok }) => !ok).map(({ name }) => name) };
}
const READY = { status: 200, failing: [] };

/** States of the records; a Redis that is away just now has none. */
const statesOf = async (around: Surroundings, invoiceIds: string[]) => [
  ...new Set(await Promise.all(invoiceIds.map(async (id) => (await around.record(id)).state))),
];
const countsOf = async (around: Surroundings, sandbox: Sandbox, invoiceIds: string[]) => {
  const { orders } = await sandbox.control.books(501);
  const events = await around.events();
  const count = (many: unknown[]) => many.length;
  return {
    orders: [
      ...new Set(
        invoiceIds.map((id) => count(orders.filter(({ reference }) => reference.startsWith(`SF-${id}-`)))),
      ),
    ],
    events: [...new Set(invoiceIds.map((id) => count(events.filter(({ invoiceId }) => invoiceId === id))))],
  };
};

describe.concurrent('Redis', () => {
  test(
    'away at the start is waited for, and killed in the middle of the work, it costs no invoice',
    async ({ expect }) => {
      const around = await start({ redisArgs: DURABLE, env: { ALLOW_VOLATILE_REDIS: '' } });
      await around.redis.kill();
      const worker = startWorker(around);
      expect(await readiness(worker)).toEqual({ status: 503, failing: ['redis', 'workers'] });
      expect((await ask(worker, '/livez')).status).toBe(200);
      expect((await ask(worker, '/metrics')).status).toBe(200);

      await around.redis.restart();
      await worker.working();
      await expect.poll(() => readiness(worker), LONG).toEqual(READY);
      await around.addTransfer(anInvoice('first'));
      await expect.poll(() => statesOf(around, ['first']), LONG).toEqual(['transferred']);

      await around.sandbox.control.configure({ latencyMs: 30 });
      const invoiceIds = ids('cut', 80);
      await Promise.all(invoiceIds.map((id) => around.addTransfer(anInvoice(id))));
      await expect
        .poll(async () => (await around.events()).length, { ...LONG, interval: 20 })
        .toBeGreaterThan(3);
      await around.redis.kill();
      await expect.poll(() => readiness(worker), LONG).toEqual({ status: 503, failing: ['redis'] });
      await around.redis.restart();
      await expect.poll(() => readiness(worker), LONG).toEqual(READY);
      await expect.poll(() => statesOf(around, invoiceIds), LONG).toEqual(['transferred']);
      expect(await countsOf(around, around.sandbox, invoiceIds)).toEqual({ orders: [1], events: [1] });
      expect((await around.events()).map(({ type }) => type)).not.toContain('transfer.unresolved');
      const errors = worker.lines.filter(({ level }) => level === 'error');
      expect(errors).toEqual([]);
    },
    2 * PATIENCE_MS,
  );
});

describe.concurrent('24SevenOffice', () => {
  test(
    'away at the start is waited for at no cost of attempts; a Redis that comes back empty adopts what was sent',
    async ({ expect }) => {
      const around = await start({});
      const { port } = around.sandbox;
      await around.sandbox.stop();
      const worker = startWorker(around);
      await worker.working();
      expect(await readiness(worker)).toEqual({ status: 503, failing: ['24sevenoffice'] });
      const invoiceIds = ids('early', 5);
      await Promise.all(invoiceIds.map((id) => around.addTransfer(anInvoice(id), { attempts: 1 })));
      await expect.poll(() => statesOf(around, invoiceIds), LONG).toEqual(['preparing']);
      const delayed = () => around.queues.transfer.getDelayedCount();
      await expect.poll(delayed, LONG).toBe(invoiceIds.length);
      const attempts = await Promise.all(invoiceIds.map(async (id) => (await around.record(id)).attempts));
      expect(attempts).toEqual(invoiceIds.map(() => '0'));

      const sandbox = await startSandbox({ port, requestsPerHour: 1e7, requestsPerSecond: 1e5 });
      stops.push(sandbox.stop);
      await expect.poll(() => statesOf(around, invoiceIds), LONG).toEqual(['transferred']);
      expect(await readiness(worker)).toEqual(READY);
      expect(await countsOf(around, sandbox, invoiceIds)).toEqual({ orders: [1], events: [1] });

      await around.redis.kill();
      await around.redis.restart();
      expect(await around.record('early-0')).toEqual({});
      await around.connectShop();
      await Promise.all(invoiceIds.map((id) => around.addTransfer(anInvoice(id))));
      await expect.poll(() => statesOf(around, invoiceIds), LONG).toEqual(['transferred']);
      expect(await countsOf(around, sandbox, invoiceIds)).toEqual({ orders: [1], events: [1] });
      const outcomes = (await around.events()).map(({ body }) => JSON.parse(body ?? '').outcome);
      expect(outcomes).toEqual(invoiceIds.map(() => 'adopted'));
      expect(await sandbox.control.violations()).toEqual([]);
    },
    2 * PATIENCE_MS,
  );
});
