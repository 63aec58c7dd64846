/** What somebody with the port, or with the viewer's login, may try against the ops server. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createLogger } from '../../src/logger.ts';
import type { Desk } from '../../src/ops/invoices/desk.ts';
import type { InvoiceRoutesDeps } from '../../src/ops/invoices/routes.ts';
import { createMetrics, type Metrics } from '../../src/ops/metrics.ts';
import { createOpsServer, type OpsServer, type OpsServerOptions } from '../../src/ops/server.ts';
import type { Decisions } from '../../src/transfer/resolve-invoice.ts';
import { aManualClock, type ManualClock } from '../support/fake-clock.ts';
import { startRedis } from '../support/redis.ts';

const JOBS = 120;
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;
const VIEWER = basic('looker:looks-and-looks');

let redis: ThrowawayRedis;
let queue: Queue;
let ops: OpsServer | undefined;
let clock: ManualClock;
let metrics: Metrics;
let logged: string[];

beforeAll(async () => {
  redis = await startRedis();
  queue = new Queue('invoice-transfer', { prefix: '{attacks}', connection: { url: redis.url } });
  await queue.addBulk(
    Array.from({ length: JOBS }, (_, index) => ({
      name: 'invoice-transfer',
      data: { invoice: { id: `${index}` } },
    })),
  );
});
beforeEach(async () => {
  await ops?.close();
  clock = aManualClock();
  metrics = createMetrics();
  logged = [];
});
afterAll(async () => {
  await ops?.close();
  await queue.close();
  await redis.stop();
});

async function listen(options: Partial<OpsServerOptions> = {}): Promise<URL> {
  ops = createOpsServer({
    ...{ host: '0.0.0.0', port: 0, username: 'ops', password: 'right-and-long', queues: [queue] },
    viewer: { username: 'looker', password: 'looks-and-looks' },
    readiness: async () => ({ ready: true, checks: [] }),
    metrics: metrics.registry,
    onRefusedLogin: metrics.loginRefused,
    clock,
    logger: createLogger({ level: 'debug', destination: { write: (line) => logged.push(line) } }),
    ...options,
  });
  return new URL((await ops.listen()).replace('0.0.0.0', '127.0.0.1'));
}

/** A request from another address of this machine. */
async function statusFrom(url: URL, localAddress: string, headers: Record<string, string>) {
  const sent = request(new URL('/board/api/queues', url), { localAddress, headers, agent: false }).end();
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode as number;
}

test('guessing from one address is stopped, counted and logged; at another the right password still works', async () => {
  const url = await listen();
  const statuses: number[] = [];
  for (let index = 0; index < 60; index += 1) {
    statuses.push(await statusFrom(url, '127.0.0.1', { authorization: basic(`canary-name:guess-${index}`) }));
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  expect(statuses.slice(20)).toEqual(statuses.slice(20).map(() => 429));

  const right = { authorization: basic('ops:right-and-long') };
  // Or else the right guess would show by its answer.
  expect(await statusFrom(url, '127.0.0.1', right)).toBe(429);
  expect(await statusFrom(url, '127.0.0.1', { ...right, 'x-forwarded-for': '192.0.2.7' })).toBe(429);
  expect(await statusFrom(url, '127.0.0.2', right)).toBe(200);
  expect(await statusFrom(url, '127.0.0.2', {})).toBe(401);
  clock.advance(10_000);
  expect(await statusFrom(url, '127.0.0.1', right)).toBe(200);

  const text = await metrics.registry.metrics();
  expect(text).toContain('sharefox_ops_logins_refused_total{why="wrong"} 20');
  expect(text).toContain('sharefox_ops_logins_refused_total{why="throttled"} 42');
  expect(logged.join()).toContain('"ip":"127.0.0.1"');
  expect(logged.join()).toContain('have to wait');
  expect(logged.length).toBeLessThan(30);
  expect(logged.join()).not.toMatch(/canary|guess/);
});

test('behind a proxy that is named, each visitor has an address of their own', async () => {
  const url = await listen({ trustedProxies: ['127.0.0.1'] });
  const from = (ip: string, login: string) =>
    statusFrom(url, '127.0.0.1', { authorization: basic(login), 'x-forwarded-for': ip });
  for (let index = 0; index < 30; index += 1) await from('192.0.2.7', `ops:${index}`);
  expect(await from('192.0.2.7', 'ops:right-and-long')).toBe(429);
  expect(await from('192.0.2.8', 'ops:right-and-long')).toBe(200);
});

test.each([
  'jobsPerPage=100000',
  'jobsPerPage=10&jobsPerPage=100000',
  'jobsPerPage=1e9',
  'jobsPerPage=Infinity',
])('the viewer gets no more than fifty jobs: %s', async (asked) => {
  const url = await listen();
  for (const status of ['waiting', 'latest']) {
    const path = `/board/api/queues?activeQueue=invoice-transfer&status=${status}&page=1&${asked}`;
    const response = await fetch(new URL(path, url), { headers: { authorization: VIEWER } });
    const { queues } = (response.ok ? await response.json() : {}) as { queues?: { jobs: unknown[] }[] };
    const shown = queues?.[0]?.jobs.length ?? 0;
    if (asked === 'jobsPerPage=100000') expect(shown).toBeGreaterThan(20);
    expect(shown).toBeLessThanOrEqual(50);
  }
});

test('of one job no more than the newest two hundred log lines are read', async () => {
  const url = await listen();
  const job = await queue.add('invoice-transfer', {});
  for (let index = 0; index < 250; index += 1)
    await job.log(`2021-01-10T09:00:00Z vat.not_found: line ${index}`);
  const path = `/board/api/queues/invoice-transfer/${job.id}/logs`;
  const answer = await fetch(new URL(path, url), { headers: { authorization: VIEWER } });
  const lines = (await answer.json()) as string[];
  expect(lines).toHaveLength(200);
  expect(lines[0]).toContain('line 50');
  expect(lines.at(-1)).toContain('line 249');
});

test('however often the viewer asks, no more than twenty pages are made at once, also of those given up', async () => {
  let started = 0;
  const finish: (() => void)[] = [];
  const slow = () => {
    started += 1;
    return new Promise<never>((_, reject) => finish.push(() => reject(new Error('over'))));
  };
  const url = await listen({
    pageTimeoutMs: 200,
    invoices: {
      desk: { find: slow } as unknown as Desk,
      people: {} as Decisions,
      customers: {} as InvoiceRoutesDeps['customers'],
      reports: () => Promise.reject(new Error('unused')),
      preview: slow,
    },
  });
  const ask = async () =>
    (await fetch(new URL('/invoices?q=1', url), { headers: { authorization: VIEWER } })).status;
  const statuses = await Promise.all(Array.from({ length: 1_200 }, ask));
  expect(new Set(statuses)).toEqual(new Set([503]));
  // Their time is up, and their work goes on.
  expect(await ask()).toBe(503);
  expect(started).toBe(20);
  const operator = { authorization: basic('ops:right-and-long') };
  expect((await fetch(new URL('/board/api/queues', url), { headers: operator })).status).toBe(200);
  // Those whose time went by while they waited are not made at all.
  for (const end of finish.splice(0)) end();
  const asked = ask();
  await expect.poll(() => started).toBe(21);
  for (const end of finish) end();
  expect(await asked).toBe(500);
});

test('a body that never ends is cut off', async () => {
  const url = await listen({ requestTimeoutMs: 300 });
  const socket = connect(Number(url.port), '127.0.0.1');
  socket.write(
    `POST /invoices/retries HTTP/1.1\r\nhost: ${url.host}\r\nauthorization: ${basic('ops:right-and-long')}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\ncode=`,
  );
  socket.resume();
  await once(socket, 'close');
});

test('a thousand anonymous questions for readiness are one look', async () => {
  let looks = 0;
  const url = await listen({
    readiness: async () => {
      looks += 1;
      return { ready: true, checks: [] };
    },
  });
  const ask = async () => (await fetch(new URL('/readyz', url))).status;
  for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 100 }, ask));
  expect(looks).toBe(1);
  clock.advance(1_000);
  expect(await ask()).toBe(200);
  expect(looks).toBe(2);
});
