import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort, stopGroup } from './site.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** The user that the outside server accepts. */
const LOGIN = {
  TFSO_USERNAME: 'support@sharefox.test',
  TFSO_PASSWORD: 'one & <two>',
  TFSO_APPLICATION_ID: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
};

export type Product = Awaited<ReturnType<typeof startProduct>>;
export type Worker = ChildProcess;

/** Redis, the built workers and the command line, started as README.md says. */
export const startProduct = async (serviceUrl: string, directory: string) => {
  const port = await freePort();
  mkdirSync(directory, { recursive: true });
  const always = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
  const redisServer = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, ...always],
    {
      stdio: 'ignore',
      detached: true,
    },
  );
  const redisUrl = `redis://127.0.0.1:${port}`;
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  await redis.ping();

  const env = {
    ...process.env,
    ...LOGIN,
    REDIS_URL: redisUrl,
    TFSO_BASE_URL: serviceUrl,
    TFSO_TIMEOUT_MS: '2000',
    TFSO_SETTLE_MS: '2500',
    // 20 a second: with the real quota of 2 a second the run would take too long.
    TFSO_REQUESTS_PER_HOUR: '72000',
    OPS_PORT: '0',
    OPS_USERNAME: 'ops',
    OPS_PASSWORD: 'choose-a-long-one',
  };
  const log = join(directory, 'workers.log');
  const workers: Worker[] = [];

  return {
    redis,
    redisUrl,
    log: (): string => readFileSync(log, 'utf8'),
    startWorker: (): Worker => {
      const out = openSync(log, 'a');
      const worker = spawn('node', ['dist/workers/main.js'], {
        cwd: ROOT,
        env,
        stdio: ['ignore', out, out],
        detached: true,
      });
      workers.push(worker);
      return worker;
    },
    cli: (...args: string[]): { code: number | null; out: string } => {
      const done = spawnSync('node', ['dist/src/cli/main.js', ...args], { cwd: ROOT, env, encoding: 'utf8' });
      return { code: done.status, out: done.stdout + done.stderr };
    },
    stop: async (): Promise<void> => {
      for (const worker of workers) await stopGroup(worker);
      redis.disconnect();
      await stopGroup(redisServer);
    },
  };
};

export const buildProduct = (): void => {
  const done = spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the build failed:\n${done.stdout}${done.stderr}`);
};

/** Asks until the answer is true. `whatFor` names the thing in the error after too long a wait. */
export const until = async (
  whatFor: string,
  isTrue: () => Promise<boolean> | boolean,
  ms = 60_000,
): Promise<void> => {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) if (await isTrue()) return;
  throw new Error(`waited ${ms} ms in vain for ${whatFor}`);
};
