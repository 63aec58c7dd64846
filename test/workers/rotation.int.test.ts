/** The password changes while invoices flow: no restart, no lost job, no attempt. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { TransferResult } from '../../src/contract/results.ts';
import { createLogger } from '../../src/logger.ts';
import { defaultUser } from '../../src/sandbox/demo-seed.ts';
import { type App, startApp } from '../../workers/app.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { BERG, type Surroundings, startSurroundings } from '../support/surroundings.ts';

const OTHER_SHOP = 'berg.mysharefox.com';
const SOON = { timeout: 30_000, interval: 20 };
const probeIntervals = { firstMs: 50, longestMs: 400 };

let around: Surroundings;
let app: App;
let folder: string;
let passwordFile: string;
const logLines: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rotation-'));
  passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${defaultUser.password}\n`);
  around = await startSurroundings({ sandbox: { latencyMs: 10 }, env: { WORKER_CONCURRENCY: '4' } });
  await around.connectShop();
  await around.connectShop({ shopId: OTHER_SHOP, accountName: 'Berg Maskin AS' }, BERG);
  const { TFSO_PASSWORD: _, ...env } = around.env;
  const config = loadConfig({ ...env, TFSO_PASSWORD_FILE: passwordFile });
  const destination = { write: (line: string) => void logLines.push(line) };
  const logger = createLogger({ level: 'info', destination });
  app = await startApp(config, { clock: systemClock, logger, probeIntervals });
  await app.working;
});
afterAll(async () => {
  await app.stop();
  await around.stop();
  rmSync(folder, { recursive: true });
});

const IDS = Array.from({ length: 40 }, (_, index) => `rotated-${index}`);
const shopOf = (id: string) => (Number(id.split('-')[1]) % 2 === 0 ? OTHER_SHOP : anInvoiceInput().shopId);
const add = (id: string) =>
  around.addTransfer(
    anInvoiceInput({
      shopId: shopOf(id),
      requestId: `${id} click`,
      invoice: { id },
      customer: { companyOrgNo: '', email: `${id}@kunde.example` },
    }),
  );
async function refusedLogins(): Promise<number> {
  const states = await around.store.redis.hgetall(around.store.keys.circuits('default'));
  const known = Object.entries(states).filter(([name]) => name.startsWith('login'));
  return known.reduce((sum, [, state]) => sum + Number(JSON.parse(state).failures ?? 0), 0);
}

test('the old password is refused, its file is emptied and then written anew: every invoice is created, and only a save that lost its session costs one attempt', async () => {
  const jobs = await Promise.all(IDS.map(add));
  const ends = Promise.all(jobs.map((job) => around.endOf<TransferResult>(job)));
  await expect.poll(async () => (await around.events()).length, SOON).toBeGreaterThan(3);

  await around.sandbox.control.setPassword('the new one');
  await around.sandbox.control.expireSessions();
  await expect.poll(refusedLogins, SOON).toBeGreaterThan(3);
  expect((await around.events()).length).toBeLessThan(IDS.length);
  // As an editor or a secret store leaves it for a moment.
  writeFileSync(passwordFile, '');
  await around.sandbox.control.resetCounts();
  await expect.poll(() => logLines.join(), SOON).toContain('our login could not be read');
  writeFileSync(passwordFile, 'the new one\n');

  const outcomes = (await ends).map((end) => ('result' in end ? end.result.outcome : end.failedReason));
  expect(new Set(outcomes)).toEqual(new Set(['created']));
  expect(new Set((await ends).map(({ attemptsMade }) => attemptsMade))).toEqual(new Set([1]));
  const trails = await Promise.all(
    IDS.map((id) => around.store.records.trail({ shopId: shopOf(id), invoiceId: id })),
  );
  const paid = trails.map((trail) => trail.filter(({ step }) => step === 'attempt failed'));
  expect(Math.max(...paid.map(({ length }) => length))).toBeLessThanOrEqual(1);
  expect(paid.flat().filter(({ code }) => code !== 'service.session_lost')).toEqual([]);
  // One login per company with the new one; of the old one at most what was on its way.
  expect((await around.sandbox.control.counts()).Login).toBeLessThanOrEqual(4);
  expect(logLines.join()).not.toMatch(/the new one|sandbox-password/);
});
