/** Everything but the workers: a durable Redis, the sandbox in its own process, the shops. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock.ts';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/logger.ts';
import type { SandboxControl } from '../../../src/sandbox/control.ts';
import { createControlClient } from '../../../src/sandbox/control-client.ts';
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { productEnv } from '../../support/surroundings.ts';
import type { Built } from './build.ts';
import { seedOf, settingsOf, shopIdOf, verifiedOf } from './companies.ts';
import { type BrokenRedis, startBrokenRedis } from './redis.ts';
import { type Sharefox, startSharefox } from './sharefox.ts';

/**
 * An order becomes visible so long after its save. "At most once" assumes no more than TFSO_SETTLE_MS after
 * the send. The difference between the two is a margin for a busy machine.
 */
const SHOWS_AFTER_MS = 800;
const TIMES = { TFSO_TIMEOUT_MS: '4000', TFSO_SETTLE_MS: '5000' };
export const LEASE_MS = 10_000;

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  /** Number of shops, each with its own company. */
  shops: number;
  store: Store;
  control: SandboxControl;
  sharefox: Sharefox;
  /** A new file name. */
  token(): string;
  killRedis(downMs: number): Promise<void>;
  fillRedis(ms: number): Promise<void>;
  failOverRedis(cutMs: number): Promise<void>;
  backUpRedis: BrokenRedis['backUp'];
  /** Redis loses everything. Then the shops are added again, as Support does. */
  emptyRedis(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSurroundings(
  built: Pick<Built, 'sandbox'>,
  { shops, hasReplica, times = TIMES }: { shops: number; hasReplica: boolean; times?: NodeJS.ProcessEnv },
): Promise<Surroundings> {
  const redis = await startBrokenRedis(hasReplica);
  const options: SandboxOptions = {
    seed: seedOf(shops),
    ...{ requestsPerHour: 1e7, requestsPerSecond: 1e5, loginsPerMinute: 1e4 },
    latencyMs: 30,
    visibilityDelayMs: SHOWS_AFTER_MS,
  };
  const sandbox = fork(built.sandbox, [JSON.stringify(options)], { execArgv: [], env: {} });
  const [{ url }] = (await once(sandbox, 'message')) as [{ url: string }];
  const env = {
    ...productEnv(redis.url, url),
    ...times,
    ALLOW_VOLATILE_REDIS: undefined,
    WORKER_CONCURRENCY: '12',
  };
  const config = loadConfig(env);
  const { prefix, timing } = config;
  const logger = createLogger({ level: 'silent' });
  const quota = { pool: 'default', requestsPerHour: 1, requestsPerSecond: 1 };
  const store = openStore({ redis: config.redis, prefix, timing, quota, clock: systemClock, logger });
  const sharefox = startSharefox({ redis, prefix, store, logger });
  const tokens = mkdtempSync(join(tmpdir(), 'sharefox-24seven-tokens-'));
  let lastToken = 0;
  /** Only one thing at a time happens to Redis. */
  let turn = Promise.resolve();
  const inTurn = (action: () => Promise<void>) => {
    turn = turn.then(action);
    return turn;
  };

  async function emptyRedis(): Promise<void> {
    const change = store.redis.multi().flushall();
    for (let shop = 0; shop < shops; shop += 1) {
      change.sadd(store.keys.shops, shopIdOf(shop)).hset(store.keys.shop(shopIdOf(shop)), {
        settings: JSON.stringify(settingsOf(shop)),
        disabled: '0',
        ...verifiedOf(shop),
      });
    }
    await change.exec();
  }
  await emptyRedis();

  return {
    env,
    shops,
    store,
    control: createControlClient(url),
    sharefox,
    token() {
      lastToken += 1;
      return join(tokens, String(lastToken));
    },
    killRedis: (downMs) => inTurn(() => redis.kill(downMs)),
    fillRedis: (ms) => inTurn(() => redis.fill(ms)),
    failOverRedis: (cutMs) => inTurn(() => redis.failOver(cutMs)),
    backUpRedis: redis.backUp,
    emptyRedis: () => inTurn(emptyRedis),
    async stop() {
      await sharefox.stop();
      await store.close();
      sandbox.disconnect();
      await redis.stop();
      rmSync(tokens, { recursive: true, force: true });
    },
  };
}
