/** `probe` as Support runs it: who is refused, what it prints, what lies in the folder. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CliProblem } from '../../src/cli/io.ts';
import { type ProbeOptions, probeShop } from '../../src/cli/probe.ts';
import type { ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { behaviourFile } from '../../src/sandbox/behaviour.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { SEED } from '../onboarding/probe/world.ts';
import { leaksIn, type Text } from '../privacy/search.ts';
import { startRedis } from '../support/redis.ts';
import { productEnv } from '../support/surroundings.ts';
import { aClock } from '../twentyfourseven/support.ts';
import { run } from './support.ts';

const SHOP = 'fjord.mysharefox.com';
const { orders: _none, ...unused } = SEED.companies[0] as (typeof SEED.companies)[number] & {
  orders: unknown;
};
/** A company that nobody has used, and one that is in use. */
const DEMO = { ...SEED, companies: [unused, ...SEED.companies.slice(1)] } as typeof SEED;

let server: ThrowawayRedis;
let redis: Redis;
let folder: string;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.flushall();
  folder = mkdtempSync(join(tmpdir(), 'probe-'));
  return () => rmSync(folder, { recursive: true });
});

interface Ran {
  exitCode: number;
  lines: string[];
  err: string[];
}

async function withProbe(
  options: SandboxOptions,
  work: (
    probe: (given?: ProbeOptions) => Promise<Ran>,
    sandbox: Sandbox,
    env: NodeJS.ProcessEnv,
  ) => Promise<void>,
): Promise<void> {
  const clock = aClock(Date.now());
  const sandbox = await startSandbox({
    seed: DEMO,
    clock: clock.now,
    requestsPerHour: 1e7,
    requestsPerSecond: 1e6,
    ...options,
  });
  const env = productEnv(server.url, sandbox.url);
  const verified = {
    clientId: '501',
    identityId: '1d000000-0000-4000-8000-000000000501',
    verifiedAt: '2021-01-01',
  };
  const settings = { shopId: SHOP, accountName: 'Fjord Utleie AS', rentalProductName: 'SharefoxRental' };
  await redis.hset(`${env.QUEUE_PREFIX}:shop:${SHOP}`, {
    settings: JSON.stringify(settings),
    disabled: '0',
    ...verified,
  });
  await redis.sadd(`${env.QUEUE_PREFIX}:shops`, SHOP);
  const probe = async (given: ProbeOptions = {}): Promise<Ran> => {
    const lines: string[] = [];
    const io = {
      env,
      out: (line: string) => lines.push(line),
      err: (line: string) => err.push(line),
      interrupted: async () => undefined,
    };
    const err: string[] = [];
    try {
      return {
        exitCode: await probeShop(io, SHOP, { out: join(folder, 'out'), ...given }, { clock }),
        lines,
        err,
      };
    } catch (error) {
      if (!(error instanceof CliProblem)) throw error;
      return { exitCode: error.exitCode, lines, err: error.lines };
    }
  };
  await work(probe, sandbox, env);
  await sandbox.stop();
}

const file = (name: string) => readFileSync(join(folder, 'out', name), 'utf8');

test('a probe prints one line for each question, and leaves report, behaviour and recording', () =>
  withProbe({}, async (probe, sandbox) => {
    const { exitCode, lines, err } = await probe({ write: true });
    expect(err).toEqual([]);
    expect(exitCode).toBe(0);
    expect(lines.filter((line) => /^(ok {2}|\? {3})/.test(line)).length).toBeGreaterThan(25);
    expect(lines.at(-1)).toMatch(/^\d+ requests of at most 300; /);
    const total = Object.values(await sandbox.control.counts()).reduce((sum, each) => sum + each, 0);
    expect(lines.at(-1)).toContain(`${total} requests`);
    const report = file('report.md');
    expect(report).toContain("| 7 | Is a row's TaxCode the TaxId or the TaxNo? |");
    expect(report).toMatch(/- order \d+: SF-PROBE-joined-1-[a-z2-7]{8}/);
    const { behaviour } = behaviourFile.parse(JSON.parse(file('behaviour.json')));
    expect(behaviour).toMatchObject({ taxCodeMeans: 'tax_id', answers: 'dotnet' });
    expect(readdirSync(join(folder, 'out', 'recorded')).length).toBeGreaterThan(80);
  }));

test('a decision that does not hold ends with 1, and its line says which', () =>
  withProbe({ taxCodeMeans: 'tax_no' }, async (probe) => {
    const { exitCode, lines } = await probe({ write: true });
    expect(exitCode).toBe(1);
    expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([
      expect.stringContaining('"TaxId" does not hold'),
    ]);
  }));

test('a probe stops at the quota, and a later run continues there', () =>
  withProbe({ seed: SEED, requestsPerHour: 20, quotaWindowMs: 1e9 }, async (probe, sandbox) => {
    const first = await probe();
    expect(first).toMatchObject({
      exitCode: 1,
      err: [expect.stringContaining('stopped: the quota is used up')],
    });
    await sandbox.control.configure({ requestsPerHour: 7_200 });
    await sandbox.control.resetQuota();
    await redis.del(...(await redis.keys('*quota*')));
    const { lines } = await probe();
    expect(lines.some((line) => line.includes('Which services may our user read'))).toBe(false);
    expect(JSON.parse(file('behaviour.json')).behaviour).toMatchObject({
      quotaAnswer: 'http429',
      wildcards: expect.any(String),
    });
  }));

test('writing is refused if the company holds orders that are not ours, unless its name is given', () =>
  withProbe({ seed: SEED }, async (probe, sandbox) => {
    const refused = await probe({ write: true });
    expect(refused).toMatchObject({
      exitCode: 2,
      err: [expect.stringContaining('holds 1 orders that the probe did not make')],
    });
    expect(await probe({ write: true, company: 'Fjord utleie AS' })).toMatchObject({ exitCode: 2 });
    const counts = await sandbox.control.counts();
    expect(Object.keys(counts).filter((name) => name.startsWith('Save'))).toEqual([]);
    expect(await probe({ write: true, company: 'Fjord Utleie AS' })).toMatchObject({ exitCode: 0 });
    // Orders that the probe made are no reason to refuse it the next time.
    expect(await probe({ write: true, company: 'Fjord Utleie AS' })).toMatchObject({ exitCode: 0 });
  }));

test('a second probe is not refused because of what the first one made, also from another folder', () =>
  withProbe({}, async (probe) => {
    await probe({ write: true });
    expect(await probe({ write: true, out: join(folder, 'other') })).toMatchObject({ exitCode: 0 });
  }));

test('writing is refused for a shop that has transferred an invoice', () =>
  withProbe({}, async (probe, sandbox, env) => {
    await redis.hset(`${env.QUEUE_PREFIX}:transfer:${SHOP}:1`, { state: 'transferred' });
    expect(await probe({ write: true })).toMatchObject({
      exitCode: 2,
      err: [expect.stringContaining('has transferred invoices')],
    });
    expect((await sandbox.control.books(501)).orders).toEqual([]);
  }));

test('wrong use: an unknown shop, a name without --write, the folder of another shop', () =>
  withProbe({}, async (probe, _sandbox, env) => {
    expect(await probe({ company: 'Fjord Utleie AS' })).toMatchObject({ exitCode: 2 });
    expect(await run(['probe', 'nobody.mysharefox.com', '--out', join(folder, 'x')], env)).toMatchObject({
      exitCode: 1,
    });
    expect(existsSync(join(folder, 'x'))).toBe(false);
    await probe();
    const state = JSON.parse(file('state.json'));
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(folder, 'out', 'state.json'), JSON.stringify({ ...state, clientId: '7' }));
    expect(await probe()).toMatchObject({ exitCode: 2 });
  }));

test('the folder holds no personal data and no secret', () =>
  withProbe({ seed: SEED, deniedServices: ['Client'], faultText: 'stack_trace' }, async (probe) => {
    await probe({ write: true, company: 'Fjord Utleie AS' });
    await probe({ out: join(folder, 'read') });
    const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(json|md)$/.test(name))
      .map((name): Text => [name, readFileSync(join(folder, name), 'utf8')]);
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.some(([, text]) => text.includes('<Username>text-'))).toBe(true);
    const canaries =
      /bygg|example\.no|987 ?654 ?321|22334455|sandbox-password|support@sharefox|a0000000-|1d000000-0000-4000-8000-000000000501|Frakt|Fjord Utleie/i;
    expect(leaksIn(texts, canaries)).toEqual([]);
  }));
