import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigProblem, loadConfig, timingFrom } from '../src/config.ts';
import { VARIABLES } from '../src/config-variables.ts';

const GUID = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const required = {
  TFSO_USERNAME: 'support@sharefox.example',
  TFSO_PASSWORD: 'canary-password',
  TFSO_APPLICATION_ID: GUID,
  OPS_USERNAME: 'ops',
  OPS_PASSWORD: 'canary-ops-password',
};

function problemsOf(env: NodeJS.ProcessEnv, needs?: Parameters<typeof loadConfig>[1]): string[] {
  try {
    loadConfig(env, needs);
  } catch (error) {
    if (error instanceof ConfigProblem) return error.problems;
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('the secrets alone are enough to start', () => {
    const config = loadConfig(required);
    expect(config).toMatchObject({
      redis: { kind: 'single', url: 'redis://127.0.0.1:6379', durability: 'aof' },
      prefix: '{sharefox24seven}',
      tfso: {
        baseUrl: 'https://api.24sevenoffice.com',
        timeoutMs: 60_000,
        settleMs: 90_000,
        requestsPerHour: 7_200,
        requestsPerSecond: 20,
        quotaPool: 'default',
        maxBatch: 50,
      },
      workers: {
        transferSlots: { from: 100, upTo: 1_000 },
        statusSlots: { from: 1_000, upTo: 1_000 },
      },
      ops: { host: '127.0.0.1', port: 3_024, username: 'ops', password: 'canary-ops-password' },
      logLevel: 'info',
    });
  });

  test('every default passes its own rule', () => {
    for (const [variable, row] of Object.entries(VARIABLES)) {
      if (row.default !== undefined) {
        expect(row.schema.safeParse(row.default).success, variable).toBe(true);
      }
    }
  });

  test('transfers in flight that were set are a limit', () => {
    const { workers } = loadConfig({ ...required, WORKER_CONCURRENCY: '100' });
    expect(workers.transferSlots).toEqual({ from: 100, upTo: 100, keepsSome: true });
  });

  test('an empty value counts as not set', () => {
    expect(loadConfig({ ...required, OPS_PORT: '' }).ops.port).toBe(3_024);
    expect(problemsOf({ ...required, OPS_PASSWORD: '' })).toEqual([
      'OPS_PASSWORD is required (or OPS_PASSWORD_FILE)',
    ]);
  });
});

describe('timing', () => {
  test('the send window is a quarter of a short timeout', () => {
    expect(timingFrom(2_000, 3_000)).toEqual({
      timeoutMs: 2_000,
      sendWindowMs: 500,
      settleMs: 3_500,
      leaseMs: 10_000,
    });
  });

  test('the send window is at most five seconds and the lease follows the timeout', () => {
    expect(loadConfig(required).timing).toEqual({
      timeoutMs: 60_000,
      sendWindowMs: 5_000,
      settleMs: 95_000,
      leaseMs: 90_000,
    });
  });
});

describe('problems', () => {
  test('all missing secrets are named at once', () => {
    expect(problemsOf({})).toEqual([
      'TFSO_USERNAME is required (or TFSO_USERNAME_FILE)',
      'TFSO_PASSWORD is required (or TFSO_PASSWORD_FILE)',
      'TFSO_APPLICATION_ID is required (or TFSO_APPLICATION_ID_FILE)',
      'OPS_USERNAME is required',
      'OPS_PASSWORD is required (or OPS_PASSWORD_FILE)',
    ]);
  });

  test.each([
    ['TFSO_TIMEOUT_MS', '1.5', 'must be a whole number'],
    ['TFSO_TIMEOUT_MS', '5', 'must be between 100 and 600000'],
    ['OPS_PORT', '70000', 'must be between 0 and 65535'],
    ['TFSO_MAX_BATCH', '0', 'must be between 1 and 500'],
    ['TFSO_REQUESTS_PER_HOUR', '1', 'must be between 2 and 10000000'],
    ['TFSO_BASE_URL', 'api.24sevenoffice.com', 'must be a URL beginning with http:// or https://'],
    ['TFSO_BASE_URL', 'https://user:pw@host', 'must not hold a user, a query or a fragment'],
    ['REDIS_URL', 'http://127.0.0.1', 'must be a URL beginning with redis:// or rediss://'],
    ['REDIS_URL', 'redis://127.0.0.1/jobs', 'must end in a database number or nothing'],
    ['TFSO_APPLICATION_ID', 'canary', 'must be a GUID like 00000000-0000-0000-0000-000000000000'],
    ['ALLOW_VOLATILE_REDIS', 'yes', 'must be 1, true, 0 or false'],
    ['LOG_LEVEL', 'loud', 'must be one of fatal, error, warn, info, debug, trace, silent'],
    ['QUEUE_PREFIX', 'a b', 'must be 1 to 100 of A-Z a-z 0-9 _ . : { } -'],
    ['OPS_USERNAME', 'a:b', 'must not hold a colon'],
    ['OPS_TRUSTED_PROXIES', 'proxy', 'must be a list of addresses or networks like "10.0.0.2,10.1.0.0/16"'],
    [
      'OPS_TRUSTED_PROXIES',
      '10.0.0.0/33',
      'must be a list of addresses or networks like "10.0.0.2,10.1.0.0/16"',
    ],
  ])('%s=%s is refused', (variable, value, problem) => {
    expect(problemsOf({ ...required, [variable]: value })).toEqual([`${variable} ${problem}`]);
  });

  test('a settle time within the timeout is refused', () => {
    expect(problemsOf({ ...required, TFSO_TIMEOUT_MS: '60000', TFSO_SETTLE_MS: '60000' })).toEqual([
      'TFSO_SETTLE_MS must exceed TFSO_TIMEOUT_MS',
    ]);
    expect(problemsOf({ ...required, TFSO_TIMEOUT_MS: '60000', TFSO_SETTLE_MS: '60001' })).toEqual([]);
  });

  test('no problem repeats a value', () => {
    const wrong = { ...required, TFSO_APPLICATION_ID: 'canary-id', REDIS_URL: 'canary://user:canary@host' };
    expect(problemsOf(wrong)).toHaveLength(2);
    expect(problemsOf(wrong).join()).not.toContain('canary');
  });
});

describe('safety', () => {
  test.each([
    'http://192.0.2.7:4724',
    'http://api.24sevenoffice.com',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://sandbox.evil.example',
    'http://[2001:db8::1]',
  ])('%s would send our login in clear and is refused', (url) => {
    const problem =
      'TFSO_BASE_URL begins with http://, so the password would leave this machine in clear text; use https://, or TFSO_ALLOW_PLAIN_HTTP=1 for a test';
    expect(problemsOf({ ...required, TFSO_BASE_URL: url })).toEqual([problem]);
    const allowed = loadConfig({ ...required, TFSO_BASE_URL: url, TFSO_ALLOW_PLAIN_HTTP: '1' });
    expect(allowed.warnings).toEqual([expect.stringMatching(/^TFSO_BASE_URL /)]);
    // A command that does not log in there need not ask.
    expect(problemsOf({ ...required, TFSO_BASE_URL: url }, { ops: true })).toEqual([]);
  });

  test.each([
    'http://127.0.0.1:4724',
    'http://localhost:1',
    'http://[::1]:4724',
    'http://127.1:80',
    'http://sandbox:4724',
    'https://api.24sevenoffice.com',
  ])('%s passes without a word', (url) => {
    expect(loadConfig({ ...required, TFSO_BASE_URL: url }).warnings).toEqual([]);
  });

  const short = { ...required, OPS_PASSWORD: 'eleven-char' };
  test('a short password of the ops server is warned of, and refused where others can try it', () => {
    expect(loadConfig(short).warnings).toEqual([
      'OPS_PASSWORD is shorter than 12 characters; anybody on this machine can guess it',
    ]);
    for (const OPS_HOST of ['0.0.0.0', '::', '192.0.2.7', 'ops.internal']) {
      expect(problemsOf({ ...short, OPS_HOST })).toEqual([
        'OPS_PASSWORD is shorter than 12 characters, and OPS_HOST lets other machines try it',
      ]);
      expect(problemsOf({ ...required, OPS_HOST })).toEqual([]);
    }
    for (const OPS_HOST of ['127.0.0.1', '::1', 'localhost']) {
      expect(problemsOf({ ...short, OPS_HOST })).toEqual([]);
    }
    expect(problemsOf({ ...short, OPS_HOST: '0.0.0.0' }, { tfso: true })).toEqual([]);
  });

  test('no proxy is believed unless it is named', () => {
    expect(loadConfig(required).ops.trustedProxies).toBeUndefined();
    const { ops } = loadConfig({ ...required, OPS_TRUSTED_PROXIES: '10.0.0.2, fd00::/8' });
    expect(ops.trustedProxies).toEqual(['10.0.0.2', 'fd00::/8']);
  });

  test('a viewer whose login is the operator’s is refused', () => {
    const viewer = { OPS_VIEWER_USERNAME: 'ops', OPS_VIEWER_PASSWORD: required.OPS_PASSWORD };
    expect(problemsOf({ ...required, ...viewer })).toEqual([
      'OPS_VIEWER_USERNAME is the same as OPS_USERNAME; the log could not tell them apart',
      'OPS_VIEWER_PASSWORD is the same as OPS_PASSWORD; the viewer could act',
    ]);
  });
});

describe('Redis', () => {
  test('Sentinels need the name of the primary', () => {
    expect(problemsOf({ ...required, REDIS_SENTINELS: 's1:26379' })).toEqual([
      'REDIS_MASTER_NAME is required with REDIS_SENTINELS',
    ]);
    expect(problemsOf({ ...required, REDIS_MASTER_NAME: 'main' })).toEqual([
      'REDIS_SENTINELS is required with REDIS_MASTER_NAME',
    ]);
    const { redis } = loadConfig({
      ...required,
      REDIS_URL: 'rediss://:pw@ignored/2',
      REDIS_SENTINELS: 's1:26379, [::1]:26380',
      REDIS_MASTER_NAME: 'main',
    });
    expect(redis).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26_379 },
        { host: '::1', port: 26_380 },
      ],
      masterName: 'main',
      url: 'rediss://:pw@ignored/2',
      durability: 'aof',
    });
  });

  test.each(['s1', 's1:0', 's1:70000', 's1:1,,s2:2', ':26379'])('"%s" is no list of hosts', (value) => {
    expect(problemsOf({ ...required, REDIS_CLUSTER_NODES: value })).toEqual([
      'REDIS_CLUSTER_NODES must be a list like "host1:26379,host2:26379"',
    ]);
  });

  test('a Cluster needs a hash tag in the prefix', () => {
    const cluster = { ...required, REDIS_CLUSTER_NODES: 'n1:7000,n2:7001' };
    expect(loadConfig(cluster).redis).toMatchObject({
      kind: 'cluster',
      nodes: [{ port: 7_000 }, { port: 7_001 }],
    });
    expect(problemsOf({ ...cluster, QUEUE_PREFIX: 'jobs' })).toEqual([
      'QUEUE_PREFIX must hold a hash tag like "{sharefox24seven}" with REDIS_CLUSTER_NODES',
    ]);
    expect(loadConfig({ ...required, QUEUE_PREFIX: 'jobs' }).prefix).toBe('jobs');
  });

  test('Sentinel and Cluster together are refused', () => {
    const both = { REDIS_SENTINELS: 's1:1', REDIS_MASTER_NAME: 'main', REDIS_CLUSTER_NODES: 'n1:1' };
    expect(problemsOf({ ...required, ...both })).toEqual([
      'REDIS_CLUSTER_NODES is set beside REDIS_SENTINELS; set one of them',
    ]);
  });
});

describe('needs', () => {
  test('who needs Redis only may leave the secrets out', async () => {
    const config = loadConfig({}, {});
    expect(config.ops.password).toBe('');
    await expect(config.tfso.credentials()).rejects.toMatchObject({
      problems: ['TFSO_USERNAME is required', 'TFSO_PASSWORD is required', 'TFSO_APPLICATION_ID is required'],
    });
  });

  test('the board needs its login where nothing else does', () => {
    expect(problemsOf({}, { ops: true })).toEqual([
      'OPS_USERNAME is required',
      'OPS_PASSWORD is required (or OPS_PASSWORD_FILE)',
    ]);
  });
});

describe('secrets in files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test('a password rotated in its file is used without a restart', async () => {
    const { TFSO_PASSWORD: _, ...rest } = required;
    const path = file('password', 'first \n');
    const config = loadConfig({ ...rest, TFSO_PASSWORD_FILE: path });
    expect(await config.tfso.credentials()).toEqual({
      username: 'support@sharefox.example',
      password: 'first ',
      applicationId: GUID,
    });
    writeFileSync(path, 'second\r\n');
    expect((await config.tfso.credentials()).password).toBe('second');
    rmSync(path);
    await expect(config.tfso.credentials()).rejects.toMatchObject({
      problems: ['TFSO_PASSWORD_FILE names a file that cannot be read (ENOENT)'],
    });
  });

  test('every secret may come from a file, the Redis URL too', () => {
    const config = loadConfig({
      TFSO_USERNAME_FILE: file('username', 'user'),
      TFSO_PASSWORD_FILE: file('password', 'pw'),
      TFSO_APPLICATION_ID_FILE: file('id', GUID),
      OPS_USERNAME: 'ops',
      OPS_PASSWORD_FILE: file('ops', 'ops-pw\n'),
      REDIS_URL_FILE: file('redis', 'rediss://:pw@redis:6380/1\n'),
    });
    expect(config.ops.password).toBe('ops-pw');
    expect(config.redis).toMatchObject({ kind: 'single', url: 'rediss://:pw@redis:6380/1' });
  });

  test('a secret given twice, unreadable or empty is a problem', () => {
    const path = file('password', 'pw');
    expect(problemsOf({ ...required, TFSO_PASSWORD_FILE: path })).toEqual([
      'TFSO_PASSWORD_FILE is set beside TFSO_PASSWORD; set one of them',
    ]);
    const { OPS_PASSWORD: _, ...rest } = required;
    expect(problemsOf({ ...rest, OPS_PASSWORD_FILE: join(folder, 'none') })).toEqual([
      'OPS_PASSWORD_FILE names a file that cannot be read (ENOENT)',
    ]);
    expect(problemsOf({ ...rest, OPS_PASSWORD_FILE: file('empty', '\n') })).toEqual([
      'OPS_PASSWORD must not be empty',
    ]);
  });
});
