/**
 * The environment, read once: the only place that looks at `process.env`.
 *
 * Each variable has one row in `config-variables.ts`. A missing or malformed value is a problem that names the
 * variable and never repeats a value. An empty value counts as not set.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { judgeOps, judgeService } from './config-safety.ts';
import {
  type LogLevel,
  VARIABLES,
  type Variable,
  type VariableName,
  type VariableValue,
  type VariableValues,
} from './config-variables.ts';
import type { Timing } from './timing.ts';

/** sysexits' EX_CONFIG. */
export const EXIT_CONFIG = 78;

/** In flight in one process, where WORKER_CONCURRENCY is not set. */
const MOST_TRANSFERS = 1_000;

export interface HostAndPort {
  host: string;
  port: number;
}

/** Where Redis is. `url` carries user, password, database and TLS for all three kinds. */
export type RedisConfig =
  | { kind: 'single'; url: string }
  | { kind: 'sentinel'; sentinels: HostAndPort[]; masterName: string; url: string }
  | { kind: 'cluster'; nodes: HostAndPort[]; url: string };

export interface Credentials {
  username: string;
  password: string;
  applicationId: string;
}

/** A process starts with `from`; where many shops' jobs wait it takes up to `upTo`. */
export interface SlotRange {
  from: number;
  upTo: number;
  /** Whether some are kept for shops with few jobs in flight. */
  keepsSome: boolean;
}

export interface Config {
  redis: RedisConfig;
  prefix: string;
  tfso: {
    /** Without a slash at its end. */
    baseUrl: string;
    /** Reads `*_FILE` secrets anew each time, so that a rotated password needs no restart. Throws ConfigProblem. */
    credentials: () => Promise<Credentials>;
    timeoutMs: number;
    settleMs: number;
    requestsPerHour: number;
    requestsPerSecond: number;
    quotaPool: string;
    maxBatch: number;
    /** Where workers keep the last requests and answers. */
    recordDir?: string;
  };
  /** Shortest time between two looks at a followed order. */
  followEveryMs: number;
  /** Jobs in flight in one process. */
  workers: { transferSlots: SlotRange; statusSlots: SlotRange };
  ops: HostAndPort & {
    username: string;
    password: string;
    viewer?: { username: string; password: string };
    /** Addresses of proxies whose X-Forwarded-For is believed. */
    trustedProxies?: string[];
  };
  logLevel: LogLevel;
  timing: Timing;
  /** Allowed and unwise; for the log. */
  warnings: string[];
}

/** What the caller will use; secrets it does not need may be missing (they are empty then). */
export interface Needs {
  tfso?: boolean;
  ops?: boolean;
}

/** The environment cannot be used. Each problem is one line that begins with the variable's name. */
export class ConfigProblem extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('; '));
    this.name = 'ConfigProblem';
    this.problems = problems;
  }
}

/** The text of a variable, or the problem with getting at it. */
type Raw = { text?: string; problem?: string };

function rawText(
  variableName: VariableName,
  env: NodeJS.ProcessEnv,
  readSecret: (path: string) => string,
): Raw {
  const direct = env[variableName] || undefined;
  const row: Variable = VARIABLES[variableName];
  const fileName = `${variableName}_FILE`;
  const path = row.secret ? env[fileName] || undefined : undefined;
  if (path === undefined) return { ...(direct === undefined ? {} : { text: direct }) };
  if (direct !== undefined) return { problem: `${fileName} is set beside ${variableName}; set one of them` };
  try {
    // Secrets mounted as files usually end in a line break that is not part of them.
    return { text: readSecret(path).replace(/\r?\n$/, '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return { problem: `${fileName} names a file that cannot be read${code}` };
  }
}

function read<N extends VariableName>(
  variableName: N,
  env: NodeJS.ProcessEnv,
  readSecret: (path: string) => string,
): { value?: VariableValue<N>; problem?: string } {
  const row: Variable = VARIABLES[variableName];
  const { text, problem } = rawText(variableName, env, readSecret);
  if (problem !== undefined) return { problem };
  const given = text ?? row.default;
  if (given === undefined) return {};
  const parsed = row.schema.safeParse(given);
  if (parsed.success) return { value: parsed.data as VariableValue<N> };
  return { problem: `${variableName} ${parsed.error.issues[0]?.message ?? 'is not allowed'}` };
}

/** What one variable alone cannot tell. */
function problemsBetween(values: VariableValues): string[] {
  const problems: string[] = [];
  if (values.REDIS_SENTINELS && values.REDIS_CLUSTER_NODES) {
    problems.push('REDIS_CLUSTER_NODES is set beside REDIS_SENTINELS; set one of them');
  }
  if (values.REDIS_SENTINELS && !values.REDIS_MASTER_NAME) {
    problems.push('REDIS_MASTER_NAME is required with REDIS_SENTINELS');
  }
  if (values.REDIS_MASTER_NAME && !values.REDIS_SENTINELS) {
    problems.push('REDIS_SENTINELS is required with REDIS_MASTER_NAME');
  }
  if (values.REDIS_CLUSTER_NODES && values.QUEUE_PREFIX && !/\{[^{}]+\}/.test(values.QUEUE_PREFIX)) {
    problems.push('QUEUE_PREFIX must hold a hash tag like "{sharefox24seven}" with REDIS_CLUSTER_NODES');
  }
  if (values.TFSO_SETTLE_MS && values.TFSO_TIMEOUT_MS && values.TFSO_SETTLE_MS <= values.TFSO_TIMEOUT_MS) {
    problems.push('TFSO_SETTLE_MS must exceed TFSO_TIMEOUT_MS');
  }
  if ((values.OPS_VIEWER_USERNAME === undefined) !== (values.OPS_VIEWER_PASSWORD === undefined)) {
    problems.push('OPS_VIEWER_USERNAME and OPS_VIEWER_PASSWORD are set together or not at all');
  }
  return problems;
}

function redisConfig(values: VariableValues): RedisConfig {
  const common = {
    url: values.REDIS_URL ?? '',
    durability: values.ALLOW_VOLATILE_REDIS ? 'volatile' : (values.REDIS_DURABILITY ?? 'aof'),
  } as const;
  if (values.REDIS_SENTINELS) {
    const masterName = values.REDIS_MASTER_NAME ?? '';
    return { kind: 'sentinel', sentinels: values.REDIS_SENTINELS, masterName, ...common };
  }
  if (values.REDIS_CLUSTER_NODES) return { kind: 'cluster', nodes: values.REDIS_CLUSTER_NODES, ...common };
  return { kind: 'single', ...common };
}

/** @param settleMs TFSO_SETTLE_MS; the send window comes on top */
export function timingFrom(timeoutMs: number, settleMs: number): Timing {
  const sendWindowMs = Math.min(5_000, timeoutMs / 4);
  return {
    timeoutMs,
    sendWindowMs,
    settleMs: settleMs + sendWindowMs,
    leaseMs: Math.max(10_000, 1.5 * timeoutMs),
  };
}

const CREDENTIALS = {
  username: 'TFSO_USERNAME',
  password: 'TFSO_PASSWORD',
  applicationId: 'TFSO_APPLICATION_ID',
} as const;

function credentialsFrom(env: NodeJS.ProcessEnv): () => Promise<Credentials> {
  return async () => {
    const files = new Map<string, string>();
    const unreadable = new Map<string, unknown>();
    for (const variableName of Object.values(CREDENTIALS)) {
      const path = env[`${variableName}_FILE`];
      if (!path) continue;
      try {
        files.set(path, await readFile(path, 'utf8'));
      } catch (error) {
        unreadable.set(path, error);
      }
    }
    const fromFiles = (path: string) => {
      const text = files.get(path);
      if (text === undefined) throw unreadable.get(path);
      return text;
    };
    const problems: string[] = [];
    const credential = (variableName: (typeof CREDENTIALS)[keyof Credentials]) => {
      const { value, problem } = read(variableName, env, fromFiles);
      if (value === undefined) problems.push(problem ?? `${variableName} is required`);
      return value ?? '';
    };
    const credentials = {
      username: credential(CREDENTIALS.username),
      password: credential(CREDENTIALS.password),
      applicationId: credential(CREDENTIALS.applicationId),
    };
    if (problems.length > 0) throw new ConfigProblem(problems);
    return credentials;
  };
}

/**
 * Read the environment.
 *
 * @param needs what the caller will use; by default everything is required
 * @throws ConfigProblem with every problem found, not the first alone
 */
export function loadConfig(
  env: NodeJS.ProcessEnv = process.env,
  needs: Needs = { tfso: true, ops: true },
): Config {
  const problems: string[] = [];
  const readNow = (path: string) => readFileSync(path, 'utf8');
  const value = <N extends VariableName>(variableName: N): VariableValue<N> | undefined => {
    const row: Variable = VARIABLES[variableName];
    const found = read(variableName, env, readNow);
    const needed = row.requiredFor !== undefined && needs[row.requiredFor] === true;
    // A secret nobody needs here may be malformed, too.
    if (found.problem !== undefined && (row.requiredFor === undefined || needed))
      problems.push(found.problem);
    if (found.problem === undefined && found.value === undefined && needed) {
      const orFile = row.secret ? ` (or ${variableName}_FILE)` : '';
      problems.push(`${variableName} is required${orFile}`);
    }
    return found.value;
  };
  const names = Object.keys(VARIABLES) as VariableName[];
  const values = Object.fromEntries(names.map((each) => [each, value(each)])) as VariableValues;
  const judged = [needs.tfso ? judgeService(values) : [], needs.ops ? judgeOps(values) : []].flat();
  problems.push(...problemsBetween(values), ...judged.flatMap((findings) => findings.problems));
  if (problems.length > 0) throw new ConfigProblem(problems);

  // No problem was found: what has a default, or is needed, has a value.
  const all = values as Required<VariableValues>;
  return {
    redis: redisConfig(values),
    prefix: all.QUEUE_PREFIX,
    tfso: {
      baseUrl: all.TFSO_BASE_URL,
      credentials: credentialsFrom(env),
      timeoutMs: all.TFSO_TIMEOUT_MS,
      settleMs: all.TFSO_SETTLE_MS,
      requestsPerHour: all.TFSO_REQUESTS_PER_HOUR,
      requestsPerSecond: all.TFSO_REQUESTS_PER_SECOND,
      quotaPool: all.TFSO_QUOTA_POOL,
      maxBatch: all.TFSO_MAX_BATCH,
      ...(values.TFSO_RECORD_DIR !== undefined && { recordDir: values.TFSO_RECORD_DIR }),
    },
    followEveryMs: all.FOLLOW_EVERY_MS,
    workers: {
      // What was set is a limit; what was not may grow.
      transferSlots: {
        from: all.WORKER_CONCURRENCY,
        upTo: env.WORKER_CONCURRENCY ? all.WORKER_CONCURRENCY : MOST_TRANSFERS,
        keepsSome: true,
      },
      // All checks of a shop leave in one request, so that no slot is taken for long.
      statusSlots: { from: all.STATUS_CONCURRENCY, upTo: all.STATUS_CONCURRENCY, keepsSome: false },
    },
    ops: {
      host: all.OPS_HOST,
      port: all.OPS_PORT,
      username: values.OPS_USERNAME ?? '',
      password: values.OPS_PASSWORD ?? '',
      ...viewerOf(values),
      ...(values.OPS_TRUSTED_PROXIES !== undefined && { trustedProxies: values.OPS_TRUSTED_PROXIES }),
    },
    logLevel: all.LOG_LEVEL,
    timing: timingFrom(all.TFSO_TIMEOUT_MS, all.TFSO_SETTLE_MS),
    warnings: judged.flatMap((findings) => findings.warnings),
  };
}

/** The second login, where both halves of it are given. */
function viewerOf({ OPS_VIEWER_USERNAME: username, OPS_VIEWER_PASSWORD: password }: VariableValues) {
  return username === undefined || password === undefined ? {} : { viewer: { username, password } };
}

/** For a main: what `load` returns, or one line per problem on stderr and exit code 78. */
export async function exitOnConfigProblem<T>(load: () => T | Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    process.stderr.write(`${error.problems.join('\n')}\n`);
    process.exit(EXIT_CONFIG);
  }
}
