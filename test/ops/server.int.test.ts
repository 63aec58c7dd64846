import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createLogger } from '../../src/logger.ts';
import type { Desk } from '../../src/ops/invoices/desk.ts';
import { createMetrics, type Metrics } from '../../src/ops/metrics.ts';
import { createOpsServer, type OpsServer, type Readiness } from '../../src/ops/server.ts';
import type { CustomerChoice } from '../../src/transfer/choose-customer.ts';
import type { Decisions } from '../../src/transfer/resolve-invoice.ts';
import { startRedis } from '../support/redis.ts';

const LOGIN = `Basic ${Buffer.from('ops:right').toString('base64')}`;
const healthy: Readiness = { ready: true, checks: [{ name: 'redis', ok: true, detail: 'answers' }] };

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: Redis;
let queues: Queue[];
let metrics: Metrics;
let ops: OpsServer;
let url: string;
let readiness: () => Promise<Readiness>;
let jobId: string;
let finishedJobId: string;
const logged: string[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  await redis.flushall();
  const connection = { url: server.url };
  queues = ['invoice-transfer', 'status-check'].map(
    (name) => new Queue(name, { prefix: '{ops}', connection }),
  );
  const [transfers] = queues;
  if (transfers === undefined) throw new Error('two queues were made');
  const data = {
    shopId: 'acme.no',
    requestId: 'r-1',
    requestedBy: 'canary-clerk',
    invoice: { id: '1018', revision: 1, comment: 'canary-comment' },
    customer: { email: 'canary@example.com', lastName: 'canary-name' },
    lines: [{ name: 'canary-line' }],
  };
  finishedJobId = (await transfers.add('invoice-transfer', data)).id ?? '';
  await new Promise<void>((resolve, reject) => {
    const worker = new Worker(
      'invoice-transfer',
      async () => ({ outcome: 'created', orderId: 1_001, note: 'canary-result' }),
      { prefix: '{ops}', connection: { ...connection, maxRetriesPerRequest: null } },
    );
    worker.on('error', reject);
    worker.on('completed', () => void worker.close().then(resolve, reject));
  });
  jobId = (await transfers.add('invoice-transfer', data)).id ?? '';

  metrics = createMetrics();
  metrics.watchQueues(queues, redis);
  metrics.watchQuota(async () => ({ tokens: 33, quarantineUntilMs: 0 }));
  ops = createOpsServer({
    clock: systemClock,
    readinessAgeMs: 0,
    host: '127.0.0.1',
    port: 0,
    username: 'ops',
    password: 'right',
    queues,
    readiness: () => readiness(),
    metrics: metrics.registry,
    logger: createLogger({ level: 'debug', destination: { write: (line) => logged.push(line) } }),
  });
  url = await ops.listen();
});

afterAll(async () => {
  await ops.close();
  await Promise.all(queues.map((queue) => queue.close()));
  redis.disconnect();
  await server.stop();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { headers, redirect: 'manual' });
const board = (path: string) => get(`/board${path}`, { authorization: LOGIN });

describe('health', () => {
  test('a process is alive, whatever the checks say', async () => {
    readiness = async () => ({ ready: false, checks: [] });
    expect((await get('/livez')).status).toBe(200);
  });

  test('a process is ready when every check passes', async () => {
    readiness = async () => healthy;
    const response = await get('/readyz');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(healthy);
  });

  test('a process is not ready as soon as one check fails', async () => {
    readiness = async () => ({
      ready: true,
      checks: [...healthy.checks, { name: 'durability', ok: false, detail: 'appendonly is off' }],
    });
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      ready: false,
      checks: [{ ok: true }, { name: 'durability' }],
    });
  });

  test('a process is not ready if a check throws; only the log says why', async () => {
    readiness = async () => {
      throw new Error('canary-cause');
    };
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('canary');
    expect(logged.join()).toContain('canary-cause');
  });
});

test('a page says so soon if Redis does not answer', async () => {
  const never = () => new Promise<never>(() => undefined);
  const queue: Queue = Object.create(queues[0] ?? null, { getJobCounts: { value: never } });
  const stuck = createOpsServer({
    clock: systemClock,
    ...{ host: '127.0.0.1', port: 0, username: 'ops', password: 'right', queues: [queue], readiness },
    invoices: {
      desk: { list: never, causes: never, notBegun: never } as unknown as Desk,
      reports: never,
      people: {} as Decisions,
      customers: {} as CustomerChoice,
      preview: never,
    },
    pageTimeoutMs: 50,
    metrics: metrics.registry,
    logger: createLogger({ level: 'silent' }),
  });
  const stuckUrl = await stuck.listen();
  for (const path of ['/invoices', '/board/api/queues']) {
    const page = await fetch(`${stuckUrl}${path}`, { headers: { authorization: LOGIN } });
    expect(page.status).toBe(503);
  }
  await stuck.close();
});

describe('metrics', () => {
  test('our counters, the queues, the quota and Node itself are there', async () => {
    metrics.transferRun('created');
    metrics.transferRun('rejected', 'customer.ambiguous');
    metrics.statusCheck('paid');
    metrics.soapRequest('SaveInvoices', 'ok', 1_500, 7);
    metrics.soapRequest('SaveInvoices', 'withheld', 0, 3);
    metrics.transferEnded('unresolved', 'order.vanished');
    metrics.stepDone('order', 20);
    metrics.bug();
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    const text = await response.text();
    for (const line of [
      'sharefox_transfer_runs_total{outcome="created",code=""} 1',
      'sharefox_transfer_runs_total{outcome="rejected",code="customer.ambiguous"} 1',
      'sharefox_status_checks_total{outcome="paid",code=""} 1',
      'sharefox_soap_request_seconds_sum{operation="SaveInvoices",outcome="ok"} 1.5',
      'sharefox_transfer_ends_total{outcome="unresolved",code="order.vanished"} 1',
      'sharefox_soap_members_sum{operation="SaveInvoices"} 7',
      'sharefox_step_seconds_count{step="order"} 1',
      'sharefox_bugs_total 1',
      'sharefox_jobs{queue="invoice-transfer",state="waiting"} 1',
      'sharefox_jobs{queue="invoice-transfer",state="completed"} 1',
      'sharefox_jobs{queue="status-check",state="waiting"} 0',
      'sharefox_quota_tokens 33',
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain('acme.no');
  });

  test('a scrape answers although Redis does not', async () => {
    const alone = createMetrics();
    alone.watchQuota(() => new Promise(() => undefined));
    const text = await alone.registry.metrics();
    expect(text).not.toMatch(/^sharefox_quota_tokens \d/m);
    expect(text).toContain('process_cpu_seconds_total');
  });
});

describe('the board', () => {
  test.each(['/board', '/board/', '/board/api/queues', '/board/static/images/logo.svg'])(
    '%s asks for a login',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    },
  );

  test.each(['ops:wrong', 'admin:right', ':', 'ops'])('login %s is refused', async (login) => {
    const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    expect((await get('/board/api/queues', { authorization })).status).toBe(401);
  });

  test('its page and its scripts load, and no other host may be asked', async () => {
    const page = await board('');
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain('sharefox-24seven');
    const script = /src="(static\/js\/main[^"]*)"/.exec(html)?.[1];
    expect((await board(`/${script}`)).status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test('jobs show ids and counts, and no personal data', async () => {
    const answers = await Promise.all(
      [
        '/api/queues?activeQueue=invoice-transfer&status=waiting',
        '/api/queues?activeQueue=invoice-transfer&status=completed',
        `/api/queues/invoice-transfer/${jobId}`,
        `/api/queues/invoice-transfer/${finishedJobId}`,
        `/api/queues/invoice-transfer/${jobId}/logs`,
        '/api/redis/stats',
      ].map(board),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(texts[2]).toContain('"invoiceId":"1018"');
    expect(texts[2]).toContain('"href":"/invoices/acme.no/1018"');
    expect(texts[3]).toContain('"outcome":"created"');
    expect(texts.join()).not.toContain('canary');
  });

  test.each([
    ['POST', '/api/queues/invoice-transfer/add'],
    ['PUT', '/api/queues/invoice-transfer/pause'],
    ['PUT', '/api/queues/invoice-transfer/obliterate'],
    ['PUT', '/api/queues/pause'],
  ])('%s %s from another site is refused with a good login', async (method, path) => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const response = await fetch(`${url}/board${path}`, {
        method,
        headers: { authorization: LOGIN, 'content-type': 'text/plain', ...headers },
        body: '{}',
      });
      expect(response.status).toBe(403);
    }
  });

  test.each([
    ['POST', '/api/queues/invoice-transfer/add', { name: 'x', data: {}, options: {} }],
    ['PUT', '/api/queues/invoice-transfer/pause', undefined],
    ['PUT', '/api/queues/pause', undefined],
    ['PUT', '/api/queues/invoice-transfer/obliterate', undefined],
    ['PUT', '/api/queues/invoice-transfer/promote', undefined],
  ])('%s %s changes nothing from our own page either', async (method, path, body) => {
    await fetch(`${url}/board${path}`, {
      method,
      headers: { authorization: LOGIN, origin: url, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const [transfers] = queues;
    expect(await transfers?.getJobCounts('waiting', 'completed')).toEqual({ waiting: 1, completed: 1 });
    expect(await transfers?.isPaused()).toBe(false);
  });
});

test('the root leads to the board', async () => {
  const response = await get('/');
  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toBe('/board');
});

test.each(['/nothing', '/board/../../etc/passwd', '/board/static/../../package.json'])(
  'what is not there is 404 or asks for a login, and tells nothing: %s',
  async (path) => {
    const response = await get(path);
    expect([401, 404]).toContain(response.status);
    expect(await response.text()).toMatch(/^\{"error":"(not_found|login_required)"\}$/);
  },
);

test('a server whose board would have no login is refused', () => {
  const options = {
    clock: systemClock,
    host: '127.0.0.1',
    port: 0,
    username: 'ops',
    password: '',
    queues,
    metrics: metrics.registry,
  };
  const logger = createLogger({ level: 'silent' });
  expect(() => createOpsServer({ ...options, readiness, logger })).toThrow('login');
});
