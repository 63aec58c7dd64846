/** Everything that the demo runs on: its own Redis and 24SevenOffice, the store, and the workers. */
import { startApp } from '../../workers/app.ts';
import { verifyShopCommand } from '../cli/shop.ts';
import { systemClock } from '../clock.ts';
import { type Config, loadConfig } from '../config.ts';
import { shopSettings } from '../contract/shop.ts';
import type { Logger } from '../logger.ts';
import type { Verification } from '../onboarding/verify-shop.ts';
import { openProduct } from '../product.ts';
import { defaultSeed, defaultUser } from '../sandbox/demo-seed.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import type { Store } from '../store/store.ts';
import type { Teardown } from './ending.ts';
import type { SampleShop } from './samples.ts';
import { DURABLE, startRedis } from './throwaway-redis.ts';

/** Login of the board. It shows sample data only, on this machine only. */
export const OPS_LOGIN = { username: 'demo', password: 'demo' };

/** High enough that nothing waits for a token. The demo counts its real requests at the end. */
const NO_QUOTA = { requestsPerHour: 1_000_000, requestsPerSecond: 1_000 };

export interface DemoSystem {
  /** The environment as an operator sets it. */
  env: NodeJS.ProcessEnv;
  config: Config;
  redisUrl: string;
  sandbox: Sandbox;
  store: Store;
}

function environment(redisUrl: string, serviceUrl: string): NodeJS.ProcessEnv {
  return {
    REDIS_URL: redisUrl,
    TFSO_BASE_URL: serviceUrl,
    TFSO_USERNAME: defaultUser.username,
    TFSO_PASSWORD: defaultUser.password,
    TFSO_APPLICATION_ID: defaultUser.applicationId,
    // A new store waits one settle before the first look: 90 s by default, too long to watch.
    TFSO_TIMEOUT_MS: '2000',
    TFSO_SETTLE_MS: '2100',
    TFSO_REQUESTS_PER_HOUR: String(NO_QUOTA.requestsPerHour),
    TFSO_REQUESTS_PER_SECOND: String(NO_QUOTA.requestsPerSecond),
    OPS_PORT: '0',
    OPS_USERNAME: OPS_LOGIN.username,
    OPS_PASSWORD: OPS_LOGIN.password,
  };
}

/** Throws NoRedis, or the signal's reason after a part has started. */
export async function startSystem(deps: {
  teardown: Teardown;
  logger: Logger;
  signal: AbortSignal;
}): Promise<DemoSystem> {
  const { teardown, logger, signal } = deps;
  const redis = await startRedis({ args: DURABLE, survivesCtrlC: true });
  teardown.add('Redis', redis.stop);
  signal.throwIfAborted();
  const sandbox = await startSandbox({ seed: defaultSeed, ...NO_QUOTA });
  teardown.add('24SevenOffice', sandbox.stop);
  const env = environment(redis.url, sandbox.url);
  const config = loadConfig(env);
  const product = openProduct(config, { clock: systemClock, logger });
  teardown.add('store', product.close);
  signal.throwIfAborted();
  return { env, config, redisUrl: redis.url, sandbox, store: product.store };
}

/** @returns the address of board, health and metrics */
export async function startWorkers(
  { config }: DemoSystem,
  deps: { teardown: Teardown; logger: Logger },
): Promise<string> {
  const app = await startApp(config, { clock: systemClock, logger: deps.logger });
  deps.teardown.add('workers', app.stop);
  await app.working;
  return app.opsUrl;
}

/** Runs `shop verify --json` and reads its output. */
async function verify(env: NodeJS.ProcessEnv, shopId: string): Promise<Verification> {
  const said: string[] = [];
  const collect = (line: string) => void said.push(line);
  const io = { env, out: collect, err: collect, interrupted: async () => undefined };
  await verifyShopCommand(io, shopId, { json: true });
  return JSON.parse(said.join('\n')) as Verification;
}

/** @returns one line about the shop. Throws if it does not pass verify */
export async function connectShop({ env, store, sandbox }: DemoSystem, shop: SampleShop): Promise<string> {
  await sandbox.control.addCustomers(shop.clientId, shop.customers);
  const settings = shopSettings.parse(shop.settings);
  await store.shops.save(settings);
  const { passed, checks } = await verify(env, settings.shopId);
  const failed = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);
  if (!passed) throw new Error(`${settings.shopId} was not verified: ${failed.join('; ')}`);
  const { verified } = (await store.shops.find(settings.shopId)) ?? {};
  return `${settings.shopId} is company ${verified?.clientId}, ${settings.accountName}; ${checks.length} checks passed`;
}
