import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { systemClock } from '../../src/clock.ts';
import { timingFrom } from '../../src/config.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { createLogger } from '../../src/logger.ts';
import { createControlClient } from '../../src/sandbox/control-client.ts';
import { defaultUser } from '../../src/sandbox/demo-seed.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { startRedis } from '../support/redis.ts';
import { run as runWith } from './support.ts';

const PREFIX = '{cli}';
const SHOP = 'fjord.mysharefox.com';
const settings = { shopId: SHOP, accountName: 'Fjord Utleie AS', rentalProductName: 'SharefoxRental' };

let server: ThrowawayRedis;
let redis: Redis;
let sandbox: Sandbox;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await redis.flushall();
  sandbox = await startSandbox();
  env = {
    REDIS_URL: server.url,
    QUEUE_PREFIX: PREFIX,
    TFSO_BASE_URL: sandbox.url,
    TFSO_USERNAME: defaultUser.username,
    TFSO_PASSWORD: defaultUser.password,
    TFSO_APPLICATION_ID: defaultUser.applicationId,
    TFSO_TIMEOUT_MS: '2000',
    TFSO_SETTLE_MS: '3000',
  };
  return () => sandbox.stop();
});

const run = (...args: string[]) => runWith(args, env);

function file(content: unknown): string {
  const path = join(folder, 'file.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const add = (changes: object = {}) => run('shop', 'add', file({ ...settings, ...changes }));

/** The books of both companies: verify must leave them as they are. */
const books = () => Promise.all([501, 502].map((clientId) => sandbox.control.books(clientId)));

describe('shop', () => {
  test('a shop is added, verified and listed; nothing is written to 24SevenOffice', async () => {
    const before = await books();
    expect(await add()).toMatchObject({ exitCode: 0, out: [`${SHOP} added; next: shop verify ${SHOP}`] });
    expect((await run('shop', 'list')).out[0]).toMatch(
      /^fjord\.mysharefox\.com {2}not verified {4}Fjord Utleie AS$/,
    );

    const verified = await run('shop', 'verify', SHOP);
    expect(verified.err).toEqual([]);
    expect(verified.exitCode).toBe(0);
    expect(verified.out[0]).toBe('ok   login: our user may enter 2 companies');
    expect(verified.out).toContain('ok   account name: "Fjord Utleie AS" is company 501');
    expect(verified.out).toContain('ok   tax code 25 %: TaxId 10');
    expect(verified.out.join('\n')).toMatch(/^warn tax code 0 %: .* {2}→ /m);
    expect(verified.out.at(-1)).toBe(`${SHOP} is verified`);
    expect(await books()).toEqual(before);

    expect((await run('shop', 'list')).out[0]).toMatch(/ verified {2}company 501 {2}Fjord/);
    expect((await run('shop', 'show', SHOP)).out).toContain('productCategoryName: SharefoxRental');
  });

  test('a failed verify ends with 1 and the shop stays unverified', async () => {
    await add({ accountName: 'fjord utleie as' });
    const { exitCode, out } = await run('shop', 'verify', SHOP);
    expect(exitCode).toBe(1);
    expect(out).toContainEqual(
      expect.stringMatching(/^FAIL account name: .*Fjord Utleie AS.* {2}→ copy that name/),
    );
    expect(JSON.parse((await run('shop', 'list', '--json')).out.join('\n'))).toEqual([
      expect.not.objectContaining({ verified: expect.anything() }),
    ]);
  });

  test('a wrong password is one failed check, which does not repeat the password', async () => {
    await add();
    env.TFSO_PASSWORD = 'canary';
    const { exitCode, out, err } = await run('shop', 'verify', SHOP);
    expect(exitCode).toBe(1);
    expect(out[0]).toMatch(/^FAIL login: service\.login_refused: .*TFSO_PASSWORD/);
    expect([...out, ...err].join()).not.toContain('canary');
  });

  test('a service that our user may not use fails, and says what to do', async () => {
    await sandbox.control.denyService(501, 'Product');
    await add();
    const { exitCode, out } = await run('shop', 'verify', SHOP, '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      passed: false,
      checks: expect.arrayContaining([
        expect.objectContaining({
          name: 'product service',
          ok: false,
          remedy: expect.stringContaining('rights'),
        }),
      ]),
    });
  });

  test('a verify passes again after the service has ended the session', async () => {
    await add();
    expect((await run('shop', 'verify', SHOP)).exitCode).toBe(0);
    await sandbox.control.expireSessions();
    expect((await run('shop', 'verify', SHOP)).exitCode).toBe(0);
  });

  test('when a second company is connected, verify checks whether sessions affect each other', async () => {
    await add();
    await run('shop', 'verify', SHOP);
    await add({ shopId: 'berg.no', accountName: 'Berg Maskin AS' });
    const { exitCode, out } = await run('shop', 'verify', 'berg.no');
    expect(exitCode).toBe(0);
    expect(out).toContain('ok   sessions apart: two sessions side by side stay in their companies');
  });

  test('a shop is never tied to another company that has taken its name', async () => {
    const { control } = sandbox;
    await add();
    await run('shop', 'verify', SHOP);
    await control.renameCompany(501, 'Fjord Utleie Old AS');
    await control.renameCompany(502, 'Fjord Utleie AS');
    const refused = await run('shop', 'verify', SHOP);
    expect(refused.exitCode).toBe(1);
    expect(refused.out).toContainEqual(expect.stringMatching(/^FAIL company: .* 501 .*--move-to 502$/));
    // Changing the shop's name and back drops the verification, but not the company.
    await add({ accountName: 'Another AS' });
    await add();
    expect((await run('shop', 'verify', SHOP)).exitCode).toBe(1);
    expect((await run('shop', 'verify', SHOP, '--move-to', 'x')).exitCode).toBe(2);
    expect((await run('shop', 'verify', SHOP, '--move-to', '502')).exitCode).toBe(0);
    expect((await run('shop', 'list')).out[0]).toMatch(/ verified {2}company 502 {2}Fjord/);
  });

  test('a disabled shop of the same name counts until the file names the company', async () => {
    await sandbox.control.renameCompany(502, 'Fjord Utleie AS');
    await sandbox.control.disableCompany(501);
    await add();
    expect((await run('shop', 'verify', SHOP)).exitCode).toBe(1);
    await add({ clientId: 502 });
    expect((await run('shop', 'verify', SHOP)).exitCode).toBe(0);
  });

  test('another account name needs a new verify, anything else does not', async () => {
    await add();
    await run('shop', 'verify', SHOP);
    expect((await add({ resend: 'update' })).out).toEqual([`${SHOP} replaced`]);
    expect((await add({ accountName: 'Berg Maskin AS' })).out).toEqual([
      `${SHOP} replaced; next: shop verify ${SHOP}`,
    ]);
  });

  test('a disabled shop is shown as such until it is added again', async () => {
    await add();
    expect((await run('shop', 'disable', SHOP)).exitCode).toBe(0);
    expect((await run('shop', 'show', SHOP)).out[0]).toBe(`${SHOP}: disabled`);
    await add();
    expect((await run('shop', 'show', SHOP)).out[0]).toBe(`${SHOP}: not verified`);
  });

  test.each([['show'], ['disable'], ['verify']])('%s of a shop nobody added ends with 1', async (command) => {
    expect(await run('shop', command, 'nobody.no')).toEqual({
      exitCode: 1,
      out: [],
      err: ['shop.unknown: nobody.no is not connected; run shop add first'],
    });
  });

  test('an import into an empty Redis restores every shop, verified and disabled as before', async () => {
    await add();
    await run('shop', 'verify', SHOP);
    await add({ shopId: 'berg.no', accountName: 'Berg Maskin AS', vatCodes: { '0': 11 } });
    await run('shop', 'disable', 'berg.no');
    const exported = (await run('shop', 'export')).out.join('\n');
    await redis.flushall();
    expect((await run('shop', 'list')).out).toEqual(['no shop is connected; add one with shop add']);
    const path = join(folder, 'export.json');
    writeFileSync(path, exported);
    expect((await run('shop', 'import', path)).out).toEqual(['2 shops imported']);
    expect((await run('shop', 'export')).out.join('\n')).toBe(exported);
  });
});

describe('invoice show', () => {
  let store: Store;
  beforeEach(async () => {
    store = openStore({
      redis: { kind: 'single', url: server.url },
      prefix: PREFIX,
      // The first claim in an empty store waits one settle: keep it short.
      timing: { ...timingFrom(100, 1), settleMs: 1 },
      quota: { pool: 'default', requestsPerHour: 7_200, requestsPerSecond: 20 },
      clock: systemClock,
      logger: createLogger({ level: 'silent' }),
    });
    return () => store.close();
  });

  async function claim(invoiceId: string) {
    for (;;) {
      const answer = await store.records.claim({ shopId: SHOP, invoiceId }, 1);
      if (answer.kind === 'claimed') return answer.claim;
      await systemClock.sleep(answer.waitMs);
    }
  }

  test('the record and its trail are shown without the payload', async () => {
    const claimed = await claim('1018');
    const payload = { customer: { email: 'canary@example.com' } } as never;
    await store.records.note(
      claimed,
      { state: 'preparing', payload, customerId: 5 },
      { step: 'customer', id: 5 },
    );
    await store.records.end(claimed, {
      state: 'unresolved',
      requestId: 'r-1',
      code: 'order.vanished',
      message: 'order 1001 is not there',
      changes: { orderId: 1_001 },
      trail: { step: 'ended', state: 'unresolved' },
    });
    const { exitCode, out } = await run('invoice', 'show', SHOP, '1018');
    const text = out.join('\n');
    expect(exitCode).toBe(0);
    expect(out[0]).toBe(`invoice 1018 of ${SHOP}: unresolved`);
    expect(out).toContain('order 1001, customer 5');
    expect(out).toContain('order.vanished: order 1001 is not there');
    expect(out).toContain('who must act: shop');
    expect(text).toMatch(/^\d{4}-\S+Z {2}customer {2}id 5$/m);
    expect(text).not.toContain('canary');
    const json = (await run('invoice', 'show', SHOP, '1018', '--json')).out.join('\n');
    expect(JSON.parse(json)).toMatchObject({ shopId: SHOP, record: { state: 'unresolved', orderId: 1_001 } });
    expect(json).not.toContain('canary');
  });

  test('what the service said cannot move the cursor, clear the screen or turn the line round', async () => {
    const claimed = await claim('escapes');
    await store.records.end(claimed, {
      state: 'rejected',
      requestId: 'r-1',
      code: 'order.refused',
      message: 'a\u001b[2J\u001b]0;title\u0007b\u009b1Ac\u202ed\re',
      trail: { step: 'rejected', reason: '\u001b[1A' },
    });
    for (const args of [[], ['--json']]) {
      const { out } = await run('invoice', 'show', SHOP, 'escapes', ...args);
      expect(out.join('\n')).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e]/u);
    }
  });

  test('an invoice that nobody sent ends with 1', async () => {
    expect(await run('invoice', 'show', SHOP, '404')).toEqual({
      exitCode: 1,
      out: [],
      err: [`invoice.not_transferred: nothing is known of invoice 404 of ${SHOP}`],
    });
  });
});

test('without Redis there is one line, and it ends with 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  taken.close();
  await once(taken, 'close');
  const { exitCode, err } = await runWith(['shop', 'list'], { REDIS_URL: `redis://127.0.0.1:${port}` });
  expect(exitCode).toBe(1);
  expect(err).toEqual(['redis.unavailable: the Redis of REDIS_URL does not answer; is it running?']);
});

describe('sandbox', () => {
  test('prints its address, and serves until it is interrupted', async () => {
    const user = new EventEmitter();
    const serving = once(user, 'waited for');
    const lines: string[] = [];
    const exitCode = runCli(['sandbox', '--port', '0'], {
      env: {},
      out: (line) => lines.push(line),
      err: (line) => lines.push(line),
      interrupted: async () => {
        user.emit('waited for');
        await once(user, 'interrupt');
      },
    });
    await serving;
    const url = lines[0]?.replace('TFSO_BASE_URL=', '') ?? '';
    expect(lines.join('\n')).toContain(`TFSO_PASSWORD=${defaultUser.password}`);
    expect((await createControlClient(url).books(501)).orders).toEqual([]);
    user.emit('interrupt');
    expect(await exitCode).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('a port that is taken is one line and ends with 1', async () => {
    const { exitCode, err } = await run('sandbox', '--port', String(sandbox.port));
    expect(exitCode).toBe(1);
    expect(err).toEqual([`sandbox.not_started: port ${sandbox.port} of 127.0.0.1: EADDRINUSE`]);
  });
});
