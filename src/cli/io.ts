/** A command's environment and output, and how it ends. */
import { readFile } from 'node:fs/promises';
import { systemClock, within } from '../clock.ts';
import { type Config, loadConfig, type Needs } from '../config.ts';
import { createLogger } from '../logger.ts';
import { openStore, type Store } from '../store/store.ts';

/** Exit codes of the contract; 78 is the configuration's. */
export const EXIT = { done: 0, problemFound: 1, wrongUse: 2 } as const;

/** A person waits for the answer: after this time the command says that Redis does not answer. */
const REDIS_PATIENCE_MS = 5_000;

export interface Io {
  /** Default: the process's own environment. */
  env?: NodeJS.ProcessEnv;
  out(line: string): void;
  err(line: string): void;
  /** Resolves when the user ends the command. */
  interrupted(): Promise<void>;
}

/** Ends the command. Its lines go to stderr, one for each problem. */
export class CliProblem extends Error {
  readonly lines: string[];
  readonly exitCode: number;

  constructor(lines: string[], exitCode: number = EXIT.problemFound) {
    super(lines.join('\n'));
    this.name = 'CliProblem';
    this.lines = lines;
    this.exitCode = exitCode;
  }
}

/** Throws CliProblem: exit code 2 if the file cannot be read, `notJson` if it holds no JSON. */
export async function readJson(file: string, notJson: number = EXIT.problemFound): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CliProblem([`${file}: cannot be read (${error.code ?? 'unknown error'})`], EXIT.wrongUse);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new CliProblem([`${file}: is not JSON`], notJson);
  }
}

export interface Opened {
  config: Config;
  store: Store;
}

const answers = async (store: Store): Promise<boolean> =>
  (await within(REDIS_PATIENCE_MS, store.redis.ping(), undefined)) !== undefined;

/** Commands print what happened themselves. A log would only disturb their output. */
export const silent = () => createLogger({ level: 'silent' });

/** Run `work` with a store in the Redis of the environment, then close it. Throws ConfigProblem, CliProblem. */
export async function withStore<T>(io: Io, needs: Needs, work: (opened: Opened) => Promise<T>): Promise<T> {
  const config = loadConfig(io.env, needs);
  const { quotaPool: pool, requestsPerHour, requestsPerSecond } = config.tfso;
  const store = openStore({
    redis: config.redis,
    prefix: config.prefix,
    timing: config.timing,
    quota: { pool, requestsPerHour, requestsPerSecond },
    clock: systemClock,
    logger: silent(),
  });
  try {
    if (!(await answers(store))) {
      throw new CliProblem(['redis.unavailable: the Redis of REDIS_URL does not answer; is it running?']);
    }
    return await work({ config, store });
  } finally {
    await store.close();
  }
}
