/** What a command is given of the world, and how it ends. */

import { systemClock, within } from '../clock.ts';
import { type Config, loadConfig, type Needs } from '../config.ts';
import { createLogger } from '../logger.ts';
import { openStore, type Store } from '../store/store.ts';

/** Exit codes of the contract; 78 is the configuration's. */
export const EXIT = { done: 0, problemFound: 1, wrongUse: 2 } as const;

const REDIS_PATIENCE_MS = 5_000;

export interface Io {
  /** The process's own environment where left out. */
  env?: NodeJS.ProcessEnv;
  out(line: string): void;
  err(line: string): void;
  /** Resolves when the user ends the command. */
  interrupted(): Promise<void>;
}

/** Ends the command: its lines go to stderr, one problem each. */
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

export interface Opened {
  config: Config;
  store: Store;
}

const answers = async (store: Store): Promise<boolean> =>
  (await within(REDIS_PATIENCE_MS, store.redis.ping(), undefined)) !== undefined;

/** Commands report what happened themselves; a log would only stand between the lines. */
export const silent = () => createLogger({ level: 'silent' });

/** Run `work` with the store of the environment's Redis, and close it. Throws ConfigProblem, CliProblem. */
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
