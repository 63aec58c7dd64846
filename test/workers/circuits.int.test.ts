/** What 24SevenOffice refuses to everybody, or to one shop, leaves jobs waiting: none fails, and nobody knocks in vain. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { FaultEffect } from '../../src/sandbox/faults.ts';
import { type App, startApp } from '../../workers/app.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { BERG, quietLogger, SHOP, type Surroundings, startSurroundings } from '../support/surroundings.ts';

const OTHER_SHOP = 'berg.mysharefox.com';
/** 5 s and 60 s, so that an hour passes in 12 s. */
const SCALED = { firstMs: 17, longestMs: 200 };
const HOUR_MS = 12_000;
/** BullMQ counts started jobs in the same place, far below this. */
const A_REST = 1_000_000_000;
const SOON = { timeout: 20_000, interval: 20 };

let around: Surroundings;
let apps: App[] = [];
let proxy: Server | undefined;
afterEach(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await around.stop();
  proxy?.close();
  apps = [];
});

/** @param processes how many take jobs; each its own adapter, workers and connections */
async function start({ processes = 1, probeIntervals = SCALED, baseUrl = '' } = {}): Promise<void> {
  around = await startSurroundings();
  await around.connectShop();
  await around.connectShop({ shopId: OTHER_SHOP, accountName: 'Berg Maskin AS' }, BERG);
  await startProcesses(processes, { probeIntervals, baseUrl });
}

async function startProcesses(
  count: number,
  { probeIntervals = SCALED, baseUrl = '', env = {} as NodeJS.ProcessEnv } = {},
): Promise<void> {
  const config = loadConfig({ ...around.env, ...(baseUrl !== '' && { TFSO_BASE_URL: baseUrl }), ...env });
  for (let index = 0; index < count; index += 1) {
    const app = await startApp(config, { clock: systemClock, logger: quietLogger(), probeIntervals });
    await app.working;
    apps.push(app);
  }
}

const anInvoice = (id: string, shopId = SHOP) =>
  anInvoiceInput({ shopId, invoice: { id }, requestId: `${id} click` });
const outcomeOf = (end: object) => ('result' in end ? (end.result as { outcome: string }).outcome : end);
const strikeAll = (effect: FaultEffect) =>
  around.sandbox.control.inject({ operation: '*', effect, count: 1_000_000 });
const circuits = () => around.store.redis.hgetall(around.store.keys.circuits('default'));
/** Of one circuit: how often it was opened or probed in vain. */
const failuresOf = async (name: string) => {
  const states = await circuits();
  const found = Object.entries(states).find(([key]) => key === name || key.startsWith(`${name}:`));
  return found === undefined ? 0 : (JSON.parse(found[1]) as { failures: number }).failures;
};
const requests = async (operation?: string) =>
  (await around.sandbox.control.requests()).filter(
    (each) => operation === undefined || each.operation === operation,
  ).length;
const metric = async (app: App | undefined, line: string) =>
  (await (await fetch(`${app?.opsUrl}/metrics`)).text()).split('\n').find((each) => each.startsWith(line));

/** Invoices of both shops, enqueued without attempts, as any producer may. */
async function sendMany(count: number, prefix: string) {
  const ends = Array.from({ length: count }, async (_, index) => {
    const invoice = anInvoice(`${prefix}-${index}`, index % 2 === 0 ? SHOP : OTHER_SHOP);
    return outcomeOf(await around.send(invoice));
  });
  return Promise.all(ends);
}

const ordersStanding = async () =>
  (await Promise.all([501, 502].map((id) => around.sandbox.control.books(id)))).flatMap(({ orders }) =>
    orders.map(({ reference }) => reference),
  );

test('away for an hour, the service is asked once a minute by all processes, no job fails, and then all are done', async () => {
  await start({ processes: 2 });
  await strikeAll({ kind: 'http', status: 503 });
  const first = around.send(anInvoice('first'));
  await expect.poll(() => failuresOf('service'), SOON).toBeGreaterThan(0);
  const ends = sendMany(30, 'late');
  const check = around.check({
    ...{ schemaVersion: 1, shopId: SHOP, requestId: 'check', requestedAt: '2021-01-13T09:30:00Z' },
    invoiceId: 'first',
    externalOrderId: 1,
  });
  const opened = JSON.parse((await circuits()).service ?? '') as { openedAtMs: number };
  await expect
    .poll(() => Date.now() - opened.openedAtMs, { timeout: 2 * HOUR_MS, interval: 50 })
    .toBeGreaterThan(HOUR_MS);

  // 1 that opened it and its probes, nothing else; about one for each minute of the hour.
  await expect.poll(async () => (await requests()) - (await failuresOf('service')), SOON).toBe(0);
  expect(await requests()).toBeLessThanOrEqual(66);
  expect(await requests()).toBeGreaterThan(20);
  expect(await around.queues.transfer.getFailedCount()).toBe(0);
  expect(await around.queues.status.getFailedCount()).toBe(0);
  expect(await around.events()).toEqual([]);
  const openGauges = await Promise.all(
    apps.map((app) => metric(app, 'sharefox_circuit_open{circuit="service"}')),
  );
  expect(openGauges).toEqual(Array(2).fill('sharefox_circuit_open{circuit="service"} 1'));
  const openings = await Promise.all(
    apps.map((app) => metric(app, 'sharefox_circuit_openings_total{circuit="service"}')),
  );
  expect(openings.map((line) => Number(line?.split(' ').at(-1))).sort()).toEqual([0, 1]);

  await around.sandbox.control.clearFaults();
  expect(outcomeOf(await first)).toBe('created');
  expect(new Set(await ends)).toEqual(new Set(['created']));
  expect(await check).toMatchObject({ result: { detail: 'order_missing' } });
  expect(await circuits()).toEqual({});
  // The request that found out was sent and lost; no other cost an attempt.
  const attempts = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      around.record(`late-${index}`, index % 2 === 0 ? SHOP : OTHER_SHOP).then((record) => record.attempts),
    ),
  );
  expect(new Set(attempts)).toEqual(new Set(['0']));
  expect((await around.record('first')).attempts).toBe('1');
  expect(await ordersStanding()).toHaveLength(31);
  expect(await around.sandbox.control.violations()).toEqual([]);
});

test('where no connection can be made, not even the first job loses an attempt', async () => {
  around = await startSurroundings();
  const line = await startLine(around.sandbox.port);
  proxy = line.server;
  await around.connectShop();
  await startProcesses(1, { baseUrl: line.url });
  expect(outcomeOf(await around.send(anInvoice('before')))).toBe('created');
  await line.cut();
  const ends = Promise.all([1, 2, 3].map((index) => around.send(anInvoice(`cut-${index}`))));
  await expect.poll(() => failuresOf('service'), SOON).toBeGreaterThan(10);
  const before = await requests();
  await line.mend();
  expect((await ends).map(outcomeOf)).toEqual(['created', 'created', 'created']);
  expect(await requests()).toBeGreaterThan(before);
  for (const index of [1, 2, 3]) expect((await around.record(`cut-${index}`)).attempts).toBe('0');
});

test('a save whose answer was lost as the service went away is one order once it is back', async () => {
  await start();
  expect(outcomeOf(await around.send(anInvoice('before')))).toBe('created');
  await around.sandbox.control.inject({
    operation: 'SaveInvoices',
    effect: { kind: 'reset' },
    when: 'after',
  });
  const lost = around.send(anInvoice('lost'));
  await expect.poll(() => around.record('lost').then(({ state }) => state), SOON).toBe('sending');
  await strikeAll({ kind: 'http', status: 502 });
  await expect.poll(() => failuresOf('service'), SOON).toBeGreaterThan(10);
  // The save, and the look that found the service away.
  expect(Number((await around.record('lost')).attempts)).toBeLessThanOrEqual(2);
  await around.sandbox.control.clearFaults();
  expect(outcomeOf(await lost)).toBe('adopted');
  expect(await ordersStanding()).toHaveLength(2);
});

test('a refused password is one login at growing intervals for all shops, and ends by itself when it is right again', async () => {
  await start({ processes: 2 });
  await around.sandbox.control.setPassword('rotated');
  const ends = sendMany(12, 'invoice');
  await expect.poll(() => failuresOf('login'), SOON).toBeGreaterThan(8);
  // At the opening the two shops may have tried at the same time, in two processes.
  expect((await requests('Login')) - (await failuresOf('login'))).toBeLessThanOrEqual(4);
  expect(await requests('GetInvoices')).toBe(0);
  await around.sandbox.control.setPassword('sandbox-password');
  expect(new Set(await ends)).toEqual(new Set(['created']));
  expect(await circuits()).toEqual({});
});

test('a start with the right password flows at once, whatever the wrong one left open', async () => {
  await start({ processes: 0 });
  const slow = { firstMs: 600_000, longestMs: 600_000 };
  await startProcesses(1, { probeIntervals: slow, env: { TFSO_PASSWORD: 'wrong' } });
  const waiting = await around.addTransfer(anInvoice('waits'));
  await expect.poll(() => failuresOf('login'), SOON).toBe(1);
  await expect.poll(() => waiting.getState(), SOON).toBe('delayed');
  await apps.pop()?.stop();
  await startProcesses(1, { probeIntervals: slow });
  expect(outcomeOf(await around.send(anInvoice('flows')))).toBe('created');
});

test('a company that blocks us waits; the others do not notice, and it goes on when it lets us in', async () => {
  await start();
  await around.sandbox.control.blockIdentity(501);
  const blocked = [1, 2, 3].map((index) => around.send(anInvoice(`blocked-${index}`)));
  await expect.poll(() => failuresOf('identity:501'), SOON).toBeGreaterThan(5);
  expect(outcomeOf(await around.send(anInvoice('free', OTHER_SHOP)))).toBe('created');
  expect(Object.keys(await circuits())).toEqual(['identity:501']);
  expect(await around.queues.transfer.getFailedCount()).toBe(0);
  await around.sandbox.control.blockIdentity(501, false);
  expect((await Promise.all(blocked)).map(outcomeOf)).toEqual(['created', 'created', 'created']);
  expect(await circuits()).toEqual({});
});

test('a missing right stops what needs it in that company, until it is given', async () => {
  await start();
  await around.sandbox.control.denyService(501, 'Product');
  const denied = around.send(anInvoice('denied'));
  await expect.poll(() => failuresOf('permission:501:product:read'), SOON).toBeGreaterThan(5);
  expect(outcomeOf(await around.send(anInvoice('free', OTHER_SHOP)))).toBe('created');
  expect(await around.queues.transfer.getFailedCount()).toBe(0);
  await around.sandbox.control.denyService(501, 'Product', false);
  expect(outcomeOf(await denied)).toBe('created');
  expect(await circuits()).toEqual({});
});

test('shop verify passes open circuits and closes them', async () => {
  await start({ probeIntervals: { firstMs: 600_000, longestMs: 600_000 } });
  await around.sandbox.control.blockIdentity(501);
  const waiting = await around.addTransfer(anInvoice('waits'));
  await expect.poll(() => failuresOf('identity:501'), SOON).toBe(1);
  await expect.poll(() => waiting.getState(), SOON).toBe('delayed');
  const verify = () => {
    const lines: string[] = [];
    const io = {
      env: around.env,
      out: (line: string) => lines.push(line),
      err: (line: string) => lines.push(line),
      interrupted: async () => undefined,
    };
    return runCli(['shop', 'verify', SHOP], io).then((exitCode) => ({ exitCode, lines }));
  };
  expect((await verify()).exitCode).toBe(1);
  expect(Object.keys(await circuits())).toEqual(['identity:501']);
  await around.sandbox.control.blockIdentity(501, false);
  expect(await verify()).toMatchObject({ exitCode: 0 });
  expect(await circuits()).toEqual({});
  expect(outcomeOf(await around.send(anInvoice('flows')))).toBe('created');
});

test('in quarantine both queues rest: one request, each waiting job untouched, and all are done after it', async () => {
  await start({ processes: 2 });
  await around.sandbox.control.inject({ operation: '*', effect: { kind: 'quarantine', ms: 4_000 } });
  const first = around.send(anInvoice('first'));
  await expect.poll(() => around.queues.transfer.getRateLimitTtl(A_REST), SOON).toBeGreaterThan(0);
  await expect.poll(() => around.queues.status.getRateLimitTtl(A_REST), SOON).toBeGreaterThan(0);
  const jobs = await Promise.all(
    Array.from({ length: 20 }, (_, index) => around.addTransfer(anInvoice(`rest-${index}`))),
  );
  const ends = Promise.all(jobs.map((job) => around.endOf(job)));
  await expect
    .poll(() => around.queues.transfer.getRateLimitTtl(A_REST), { timeout: 10_000 })
    .toBeLessThan(500);
  expect(await requests()).toBe(1);
  expect(await around.queues.transfer.getWaitingCount()).toBeGreaterThanOrEqual(18);
  expect(outcomeOf(await first)).toBe('created');
  expect((await ends).map(outcomeOf)).toEqual(Array(20).fill('created'));
});

/** A wire to the sandbox that can be cut: then connections are refused. */
async function startLine(target: number) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1');
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => undefined).on('close', () => sockets.delete(end));
    }
    socket.pipe(onward).pipe(socket);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    mend: () => listen(port),
    cut: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
