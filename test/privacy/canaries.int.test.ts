/**
 * Nobody's name anywhere: canaries in every field that may hold one, through everything that can happen to
 * an invoice, and then looked for in everything the product leaves behind.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Job } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/logger.ts';
import { createProducer } from '../../src/producer.ts';
import { defaultSeed } from '../../src/sandbox/demo-seed.ts';
import { type App, startApp } from '../../workers/app.ts';
import { run as runWith } from '../cli/support.ts';
import { PREFIX, SHOP, type Surroundings, startSurroundings } from '../support/surroundings.ts';
import { type Echo, type Quote, startEcho } from './echo.ts';
import { FOUND, MALFORMED, planted, plantedPerson, SECRETS, THIRD_PEOPLE } from './planted.ts';
import { leaksIn, type Text, textsInRedis, textsOfOps } from './search.ts';

const PATIENCE_MS = 150_000;
const { username, password, applicationId, opsPassword } = SECRETS;

const VIEWER_PASSWORD = 'looks-and-looks';

let around: Surroundings;
let echo: Echo;
let app: App;
let folder: string;
let env: NodeJS.ProcessEnv;
const logLines: string[] = [];
const jobs: Job[] = [];
/** What was printed or thrown, by whom. */
const told: Text[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canaries-'));
  const logger = createLogger({
    level: 'trace',
    destination: { write: (line: string) => void logLines.push(line) },
  });
  around = await startSurroundings({
    logger,
    sandbox: { seed: { ...defaultSeed, user: { username, password, applicationId } } },
    env: {
      TFSO_USERNAME: username,
      TFSO_PASSWORD: password,
      TFSO_APPLICATION_ID: applicationId,
      OPS_PASSWORD: opsPassword,
      OPS_VIEWER_USERNAME: 'looker',
      OPS_VIEWER_PASSWORD: VIEWER_PASSWORD,
      // Alone in its request, so that a refusal strikes the one it is meant for.
      TFSO_MAX_BATCH: '1',
    },
  });
  echo = await startEcho(around.sandbox.url);
  const recorded = join(folder, 'recorded');
  mkdirSync(recorded);
  env = { ...around.env, TFSO_BASE_URL: echo.url, TFSO_RECORD_DIR: recorded };
  await around.connectShop({ afterUnknown: 'ask', resend: 'update' });
  app = await startApp(loadConfig(env), {
    clock: systemClock,
    logger,
    probeIntervals: { firstMs: 50, longestMs: 200 },
    sweepEveryMs: 300,
  });
  await app.working;
});
afterAll(async () => {
  await app.stop();
  await echo.close();
  await around.stop();
  rmSync(folder, { recursive: true });
});

async function add(data: unknown): Promise<Job> {
  const job = await around.addTransfer(data);
  jobs.push(job);
  return job;
}
/** `created`, or the code. */
async function endOf(job: Job): Promise<string> {
  const end = await around.endOf<{ outcome?: string; status?: string }>(job);
  if ('failedReason' in end) return end.failedReason.split(':')[0] ?? '';
  return end.result.outcome ?? end.result.status ?? '';
}
const send = async (data: unknown) => endOf(await add(data));
async function cli(...args: string[]): Promise<number> {
  const ran = await runWith(args, env);
  told.push([`cli ${args.join(' ')}`, [...ran.out, ...ran.err].join('\n')]);
  return ran.exitCode;
}
async function thrown(what: string, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    told.push([`error of ${what}`, inspect(error, { depth: 6 })]);
    return;
  }
  throw new Error(`${what} threw nothing`);
}
function file(content: unknown): string {
  const path = join(folder, `${told.length}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const refusal = (operation: string, bodyIncludes: string, withId = false) =>
  around.sandbox.control.inject({
    operation,
    bodyIncludes,
    when: withId ? 'after' : 'before',
    effect: {
      kind: 'apiException',
      withId,
      type: 'Office24Seven.Exception',
      message: `"Quillwort, Zaphira" of Pumpernikkelgata 77, QX7 3ZZ XYLOFONBY (${bodyIncludes}@canarymail.example, 91122337) with Zeppelin line-1 and Blåstrupe comes at noon is refused, and so are ${THIRD_PEOPLE.join(' and ')}`,
    },
  });

test(
  'invoices that go well, are refused, changed, ambiguous, unresolved and checked',
  async () => {
    await around.sandbox.control.addCustomers(
      501,
      ['Zaphira', 'Quillwort'].map((name) => ({ name, workEmail: 'twins@canarymail.example' })),
    );
    await refusal('SaveCompanies', 'refused-customer');
    await refusal('SaveInvoices', 'SF-refused-order');
    await refusal('SaveInvoices', 'SF-beside-an-id', true);
    await around.sandbox.control.inject({
      operation: 'SaveInvoices',
      bodyIncludes: 'SF-unknown',
      effect: { kind: 'reset' },
    });
    const noVat = planted('no-vat').lines.map((line) => ({ ...line, vatPercent: '17' }));
    const totals = { net: '1215.00', vat: '206.55', gross: '1421.55' };
    const long = 'Quillwort '.repeat(40);
    const ends = await Promise.all([
      send(planted('created')),
      send(plantedPerson('person', { customer: { lastName: long, firstName: long, address: long } })),
      send(planted('currency', { invoice: { currency: 'EUR' } })),
      send(planted('totals', { invoice: { totals: { net: '1', vat: '1', gross: '2' } } })),
      send(plantedPerson('twins')),
      send(plantedPerson('refused-customer')),
      send(planted('refused-order')),
      send(planted('unknown')),
      send({ ...planted('no-vat', { invoice: { totals } }), lines: noVat }),
    ]);
    expect(ends).toEqual([
      'created',
      'created',
      'invoice.currency_mismatch',
      'invoice.totals_mismatch',
      'customer.ambiguous',
      'customer.refused',
      'order.refused',
      'order.unknown_outcome',
      'vat.not_found',
    ]);
    expect(await send(planted('beside-an-id'))).toBe('adopted');
    expect(await send(planted('created', { requestId: 'again' }))).toBe('already_transferred');
    const changed = planted('created', {
      requestId: 'changed',
      invoice: { comment: 'Toppdykker', revision: 2 },
    });
    expect(await send(changed)).toBe('updated');
    expect(await send(planted('created', { requestId: 'old' }))).toBe('invoice.superseded');
    const check = async (invoiceId: string) => {
      const requestedAt = '2021-01-20T08:00:00Z';
      const job = await around.addCheck({
        schemaVersion: 1,
        shopId: SHOP,
        requestId: 'c',
        requestedAt,
        invoiceId,
      });
      jobs.push(job);
      return endOf(job);
    };
    expect(await Promise.all([check('created'), check('nobody')])).toEqual([
      'not_paid',
      'invoice.not_transferred',
    ]);
  },
  PATIENCE_MS,
);

test(
  'payloads that cannot be read',
  async () => {
    const ends = await Promise.all(MALFORMED.map(send));
    expect(new Set(ends)).toEqual(new Set(['payload.invalid']));
    const checks = await Promise.all(MALFORMED.map((data) => around.addCheck(data)));
    jobs.push(...checks);
    expect(new Set(await Promise.all(checks.map(endOf)))).toEqual(new Set(['payload.invalid']));
    const producer = createProducer({ connection: around.redis.url, prefix: PREFIX });
    for (const [index, data] of MALFORMED.entries()) {
      await thrown(`the producer, ${index}`, () => producer.sendInvoice(data as never));
      await thrown(`the producer's check, ${index}`, () => producer.checkStatus(data as never));
    }
    await producer.close();
  },
  PATIENCE_MS,
);

const OF_A_LOGIN = ['Login', 'GetIdentity'];
const QUOTES: Quote[] = [
  'unclear fault',
  'validation fault',
  'permission fault',
  'session fault',
  'blocked fault',
  'throttle fault',
  'page 200',
  'page 500',
  'page 502',
  'the request',
  'half of it',
];

/** No job waits for its time, and new ones come, until every strike was met. */
async function untilStruck(sent: Job[]): Promise<void> {
  const { redis } = around.store;
  const next = async () => {
    const states = await Promise.all(sent.map((job) => job.getState()));
    const delayed = sent.filter((_job, index) => states[index] === 'delayed');
    // One that is taken up just now needs no push.
    await Promise.all(delayed.map((job) => job.promote().catch(() => undefined)));
    const areOver = states.every((state) => state === 'completed' || state === 'failed');
    if (areOver) sent.push(await add(plantedPerson(`more-${jobs.length}`)));
    const left = echo.left();
    if (left.some((strike) => OF_A_LOGIN.some((operation) => strike.startsWith(operation)))) {
      await redis.del('none', ...(await redis.keys(`${PREFIX}:logins:*`)));
      await around.sandbox.control.expireSessions();
    }
    return left;
  };
  await expect.poll(next, { timeout: PATIENCE_MS, interval: 100 }).toEqual([]);
}

test(
  'a service that quotes whole requests in its faults, pages and half answers',
  async () => {
    const ids = QUOTES.flatMap((quote, index) => {
      echo.strike('GetInvoices', quote);
      echo.strike('GetCompanies', quote, { includes: `searched-${index}@` });
      echo.strike('SaveCompanies', quote, { includes: `customer-${index}@` });
      echo.strike('SaveInvoices', quote, { includes: `SF-order-${index}-` });
      return ['searched', 'customer', 'order'].map((name) => `${name}-${index}`);
    });
    const sent = await Promise.all(ids.map((id) => add(plantedPerson(id))));
    await untilStruck(sent);
    for (const operation of OF_A_LOGIN) {
      for (const quote of QUOTES) echo.strike(operation, quote);
    }
    await untilStruck([]);
  },
  PATIENCE_MS * 2,
);

test(
  'a page that quotes the request and tells everybody to wait',
  async () => {
    for (const operation of ['GetInvoices', 'SaveInvoices']) {
      echo.strike(operation, 'page 429');
      await untilStruck([]);
      await around.store.redis.del(around.store.keys.quota('default'));
      await Promise.all(Object.values(around.queues).map((queue) => queue.removeRateLimitKey()));
    }
    expect(await send(plantedPerson('on-it-goes'))).toBe('created');
  },
  PATIENCE_MS,
);

test(
  'the command line, also while the service quotes',
  async () => {
    for (const id of ['created', 'twins', 'refused-order', 'unknown', 'bad-key', 'person', 'nobody']) {
      await cli('invoice', 'show', SHOP, id);
      await cli('invoice', 'show', SHOP, id, '--json');
    }
    for (const command of ['list', 'export']) await cli('shop', command);
    await cli('shop', 'show', SHOP);
    expect(await cli('shop', 'verify', SHOP)).toBe(0);
    for (const quote of QUOTES) {
      echo.strike('GetIdentitiesWithCredential', quote);
      await cli('shop', 'verify', SHOP);
      echo.strike('GetInvoices', quote, { count: 3 });
      await cli('invoice', 'resolve', SHOP, 'unknown', '--order', '1', '--reason', 'looked');
    }
    for (const data of MALFORMED) {
      await cli('invoice', 'preview', file(data));
    }
  },
  PATIENCE_MS,
);

test('what the service said of others is whole on the operator’s page, and not on the viewer’s', async () => {
  const page = async (login: string) => {
    const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    const answer = await fetch(`${app.opsUrl}/invoices/${SHOP}/refused-order`, {
      headers: { authorization },
    });
    return answer.text();
  };
  for (const name of THIRD_PEOPLE) {
    expect(await page(`ops:${opsPassword}`)).toContain(name);
    expect(await page(`looker:${VIEWER_PASSWORD}`)).not.toContain(name);
  }
  const ttl = await around.store.redis.ttl(
    around.store.keys.words({ shopId: SHOP, invoiceId: 'refused-order' }),
  );
  expect(ttl).toBeGreaterThan(0);
});

test('a configuration that holds a secret in the wrong place', async () => {
  const wrong = {
    ...env,
    REDIS_URL: `redis:/${password}`,
    TFSO_APPLICATION_ID: password,
    OPS_PORT: opsPassword,
  };
  await thrown('the configuration', () => loadConfig(wrong));
  told.push([
    'cli without Redis',
    (await runWith(['shop', 'list'], { ...env, REDIS_URL: `redis://u:${password}@127.0.0.1:1` })).err.join(),
  ]);
});

test(
  'not one of them is found in a log line, a recording, Redis, a metric, a page, an answer or an error',
  async () => {
    const { redis, records } = around.store;
    const invoices = (await redis.keys(`${PREFIX}:transfer:*`)).map((key) => {
      const [, shopId = '', invoiceId = ''] = key.slice(`${PREFIX}:`.length).split(':');
      return { shopId, invoiceId };
    });
    const jobIds = jobs.map(({ queueName, id = '' }) => ({ queue: queueName, id }));
    const pages = await textsOfOps(app.opsUrl, `ops:${opsPassword}`, invoices, jobIds);
    const texts = await textsInRedis(redis);

    // Where a payload may lie: in its job, and in a record that has not ended; and what the service said, where it is
    // kept for the operator. Nowhere else, by name.
    const states = new Map(
      await Promise.all(
        invoices.map(async (key) => [key.invoiceId, (await records.read(key))?.state] as const),
      ),
    );
    const payload = new RegExp(`^\\${PREFIX.slice(0, -1)}\\}:transfer:[^:]+:([^:]+) payload$`);
    const jobData = /:(invoice-transfer|status-check):[^: ]+ data$/;
    const words = new RegExp(`^\\${PREFIX.slice(0, -1)}\\}:words:`);
    const isAllowed = (where: string) => {
      if (words.test(where)) return true;
      const invoiceId = payload.exec(where)?.[1];
      if (invoiceId === undefined) return jobData.test(where);
      return !['transferred', 'rejected'].includes(states.get(invoiceId) ?? 'transferred');
    };

    // The search finds what is there.
    expect(leaksIn(texts.filter(([where]) => jobData.test(where))).length).toBeGreaterThan(20);
    expect(leaksIn(texts.filter(([where]) => payload.test(where)))).not.toEqual([]);
    expect([...states.values()]).toEqual(expect.arrayContaining(['transferred', 'rejected', 'unresolved']));
    expect(logLines.length).toBeGreaterThan(200);
    expect(pages.filter(([where]) => where.includes('(200)')).length).toBeGreaterThan(100);
    expect(pages.filter(([where]) => where.includes('(500)'))).toEqual([]);
    expect(echo.sessionIds.size).toBeGreaterThan(3);

    const recordings = readdirSync(join(folder, 'recorded')).map(
      (name): Text => [`recording ${name}`, readFileSync(join(folder, 'recorded', name), 'utf8')],
    );
    expect(recordings.length).toBeGreaterThan(100);
    expect(recordings.some(([, text]) => text.includes('SaveCompanies'))).toBe(true);

    const everything: Text[] = [
      ...recordings,
      ...logLines.map((line): Text => ['log', line]),
      ...texts.filter(([where]) => !isAllowed(where)),
      ...pages,
      ...told,
    ];
    expect(leaksIn(everything)).toEqual([]);
    expect(leaksIn(everything, new RegExp([...echo.sessionIds].join('|')))).toEqual([]);
    // Nor is a payload kept once its invoice has ended.
    expect(
      texts.filter(([where]) => payload.test(where) && !isAllowed(where)).map(([where]) => where),
    ).toEqual([]);
    expect(FOUND.test('')).toBe(false);
  },
  PATIENCE_MS,
);
