/** A start that cannot go well ends at once, says why in a line each, and with exit code 78. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DURABLE, type ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { startRedis } from '../support/redis.ts';
import { productEnv } from '../support/surroundings.ts';
import { PATIENCE_MS, startWorkerProcess } from '../support/worker-process.ts';

const NOBODY = 'http://127.0.0.1:9';
const CANARY = 'kanarifugl';
let folder: string;
let redis: ThrowawayRedis;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'start-'));
  redis = await startRedis({ args: DURABLE });
});
afterAll(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true });
});

async function failedStart(env: NodeJS.ProcessEnv): Promise<{ exit: number | string; stderr: string[] }> {
  const worker = startWorkerProcess(env);
  const exit = await worker.ended;
  expect(worker.lines.map(({ msg }) => msg)).not.toContain('workers take jobs');
  // BullMQ prints its own complaint about the eviction policy past our log.
  return { exit, stderr: worker.stderr.filter((line) => !line.startsWith('IMPORTANT!')) };
}
const namesOf = (stderr: string[]) => stderr.map((line) => line.split(' ')[0]);
const without = (name: string) => {
  const { [name]: _left, ...rest } = productEnv(redis.url, NOBODY);
  return rest;
};

/** Each value is wrong in its own way. */
const MALFORMED: Record<string, string> = {
  REDIS_URL: `http://${CANARY}:6379`,
  REDIS_SENTINELS: CANARY,
  REDIS_MASTER_NAME: `${CANARY} ${CANARY}`,
  REDIS_CLUSTER_NODES: `${CANARY}:99999`,
  QUEUE_PREFIX: `${CANARY} *`,
  TFSO_BASE_URL: `ftp://${CANARY}`,
  TFSO_APPLICATION_ID: CANARY,
  TFSO_TIMEOUT_MS: '1e3',
  TFSO_SETTLE_MS: '-5',
  TFSO_REQUESTS_PER_HOUR: '0',
  TFSO_REQUESTS_PER_SECOND: 'many',
  TFSO_QUOTA_POOL: `${CANARY}/1`,
  TFSO_MAX_BATCH: '501',
  WORKER_CONCURRENCY: '1.5',
  STATUS_CONCURRENCY: '99999999999999',
  ALLOW_VOLATILE_REDIS: 'yes',
  OPS_HOST: `${CANARY} host`,
  OPS_PORT: '70000',
  OPS_USERNAME: `${CANARY}:ops`,
  LOG_LEVEL: 'loud',
};

test.concurrent(
  'every malformed variable has one line that names it and not its value',
  async () => {
    const { exit, stderr } = await failedStart({ ...productEnv(redis.url, NOBODY), ...MALFORMED });
    expect(exit).toBe(78);
    expect(namesOf(stderr).sort()).toEqual(Object.keys(MALFORMED).sort());
    expect(stderr.join('\n')).not.toContain(CANARY);
  },
  PATIENCE_MS,
);

test.concurrent(
  'an empty environment names every variable that is required',
  async () => {
    const { exit, stderr } = await failedStart({});
    expect(exit).toBe(78);
    expect(namesOf(stderr).sort()).toEqual([
      'OPS_PASSWORD',
      'OPS_USERNAME',
      'TFSO_APPLICATION_ID',
      'TFSO_PASSWORD',
      'TFSO_USERNAME',
    ]);
  },
  PATIENCE_MS,
);

test.concurrent(
  'a board without a password is refused',
  async () => {
    const { exit, stderr } = await failedStart(without('OPS_PASSWORD'));
    expect(exit).toBe(78);
    expect(stderr).toEqual([expect.stringMatching(/^OPS_PASSWORD is required/)]);
  },
  PATIENCE_MS,
);

test.concurrent(
  'a secret file that cannot be read, and a settle time below the timeout, are named',
  async () => {
    const { exit, stderr } = await failedStart({
      ...without('TFSO_PASSWORD'),
      TFSO_PASSWORD_FILE: join(folder, 'missing'),
      TFSO_SETTLE_MS: '1000',
    });
    expect(exit).toBe(78);
    expect(namesOf(stderr)).toEqual(['TFSO_PASSWORD_FILE', 'TFSO_SETTLE_MS']);
  },
  PATIENCE_MS,
);

test.concurrent(
  'a port that is taken is named',
  async () => {
    const taken = new URL(redis.url);
    const env = { ...productEnv(redis.url, NOBODY), OPS_PORT: taken.port };
    const { exit, stderr } = await failedStart(env);
    expect(exit).toBe(78);
    expect(stderr).toEqual(['OPS_HOST and OPS_PORT name an address that cannot be listened on (EADDRINUSE)']);
  },
  PATIENCE_MS,
);

test.concurrent(
  'a login that Redis refuses is named',
  async () => {
    const url = new URL(redis.url);
    url.username = 'nobody';
    url.password = CANARY;
    const { exit, stderr } = await failedStart(productEnv(url.href, NOBODY));
    expect(exit).toBe(78);
    expect(stderr).toEqual([expect.stringMatching(/^REDIS_URL .*WRONGPASS/)]);
    expect(stderr.join()).not.toContain(CANARY);
  },
  PATIENCE_MS,
);

test(
  'a durable Redis is accepted, with a password from a file; made volatile, it is refused in clear words',
  async () => {
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'from-a-file\n');
    const { ALLOW_VOLATILE_REDIS: _allowed, ...env } = without('TFSO_PASSWORD');
    const strict = { ...env, TFSO_PASSWORD_FILE: passwordFile };
    const worker = startWorkerProcess(strict);
    await worker.working();
    worker.signal('SIGTERM');
    expect(await worker.ended).toBe(0);

    const client = new Redis(redis.url);
    await client.config('SET', 'appendfsync', 'everysec');
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await client.config('SET', 'appendonly', 'no');
    const { exit, stderr } = await failedStart(strict);
    client.disconnect();
    expect(exit).toBe(78);
    expect(stderr).toEqual([
      'Redis has appendonly no, needs yes',
      'Redis has appendfsync everysec, needs always',
      'Redis has maxmemory-policy allkeys-lru, needs noeviction',
      expect.stringMatching(/ALLOW_VOLATILE_REDIS=1/),
    ]);

    const allowed = startWorkerProcess({ ...strict, ALLOW_VOLATILE_REDIS: '1' });
    await allowed.working();
    allowed.signal('SIGINT');
    expect(await allowed.ended).toBe(0);
  },
  PATIENCE_MS,
);
