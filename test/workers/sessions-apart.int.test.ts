/** Where `shop verify` finds that a session can move to another company, every save asks first where it stands. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { systemClock } from '../../src/clock.ts';
import { type App, startApp } from '../../workers/app.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { BERG, quietLogger, SHOP, type Surroundings, startSurroundings } from '../support/surroundings.ts';

const OTHER_SHOP = 'berg.mysharefox.com';
let around: Surroundings;
let app: App | undefined;

beforeAll(async () => {
  around = await startSurroundings();
  await around.connectShop();
  await around.connectShop({ shopId: OTHER_SHOP, accountName: 'Berg Maskin AS' }, BERG);
});
afterAll(async () => {
  await app?.stop();
  await around.stop();
});

async function verify(): Promise<{ exitCode: number; line: string | undefined }> {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const io = { env: around.env, out: print, err: print, interrupted: async () => undefined };
  const exitCode = await runCli(['shop', 'verify', OTHER_SHOP], io);
  return { exitCode, line: lines.find((line) => line.includes('sessions apart')) };
}

const operations = async () => (await around.sandbox.control.requests()).map(({ operation }) => operation);

/** Saves, each with what the session asked just before it. */
async function beforeSaves(): Promise<string[]> {
  const requests = await around.sandbox.control.requests();
  return requests.flatMap(({ operation, sessionId }, index) => {
    if (!operation.startsWith('Save')) return [];
    const before = requests.slice(0, index).findLast((other) => other.sessionId === sessionId);
    return [`${before?.operation} ${operation}`];
  });
}

test("sessions that stay in their companies are asked for before a process's first request, and no more", async () => {
  expect(await verify()).toMatchObject({ exitCode: 0, line: expect.stringMatching(/^ok/) });
  expect(await around.store.deployment.sessionsMove()).toBe(false);
  const before = (await operations()).length;
  app = await startApp(around.config, { clock: systemClock, logger: quietLogger() });
  expect(await around.send(anInvoiceInput())).toMatchObject({ result: { outcome: 'created' } });
  const asked = (await operations()).slice(before);
  expect(asked[0]).toBe('GetIdentity');
  expect(asked.filter((operation) => operation === 'GetIdentity')).toHaveLength(1);
});

test('a session that moved once makes every save of every process ask, for good', async () => {
  await app?.stop();
  await around.sandbox.control.inject({
    operation: 'GetIdentity',
    clientId: 501,
    effect: { kind: 'wrongIdentity', toClientId: 502 },
  });
  expect(await verify()).toMatchObject({ exitCode: 1, line: expect.stringMatching(/^FAIL/) });
  await around.sandbox.control.expireSessions();
  expect(await verify()).toMatchObject({ exitCode: 0 });
  expect(await around.store.deployment.sessionsMove()).toBe(true);

  const saved = (await beforeSaves()).length;
  app = await startApp(around.config, { clock: systemClock, logger: quietLogger() });
  const invoice = anInvoiceInput({
    shopId: SHOP,
    invoice: { id: 'confirmed' },
    requestId: 'confirmed click',
  });
  expect(
    await around.send({ ...invoice, customer: { ...invoice.customer, address: 'Storgata 1' } }),
  ).toMatchObject({
    result: { outcome: 'created', customer: 'updated' },
  });
  expect((await beforeSaves()).slice(saved)).toEqual([
    'GetIdentity SaveCompanies',
    'GetIdentity SaveInvoices',
  ]);
});
