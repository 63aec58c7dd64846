/** The worker process: the product, its pages, its workers. Started in this order, and stopped in reverse. */
import { type Clock, isOverWithin } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import type { Logger } from '../src/logger.ts';
import { createMetrics } from '../src/ops/metrics.ts';
import type { Ports } from '../src/product.ts';
import type { Store } from '../src/store/store.ts';
import { startJobWorkers } from './job-workers.ts';
import { openMeasured } from './measured.ts';
import { startOps } from './ops.ts';
import { startPasses } from './passes.ts';
import { createReadiness } from './readiness.ts';
import { startWatchdog } from './watchdog.ts';

/** Redis may forget what it acknowledged: an invoice could be billed twice, so the workers do not start. */
export class VolatileRedis extends Error {
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('; '));
    this.name = 'VolatileRedis';
    this.problems = problems;
  }
}

export interface App {
  opsUrl: string;
  /** Resolves once jobs are taken; rejects with VolatileRedis. Waits as long as Redis is away. */
  working: Promise<void>;
  stop(): Promise<void>;
}

/** How long running jobs may take to reach their next step before they are left behind. */
const STOP_DEADLINE_MS = 20_000;
/** The rest of a stop; together well below the 30 s after which a container is killed. */
const CLOSE_DEADLINE_MS = 4_000;

export interface AppDeps {
  clock: Clock;
  logger: Logger;
  probeIntervals?: { firstMs: number; longestMs: number };
  /** A worker takes nothing although jobs wait: the process should end. */
  onStuck?: (queue: string) => void;
  ports?: Ports;
  /** From one sweep to the next; default half a minute. */
  sweepEveryMs?: number;
}

export async function startApp(config: Config, deps: AppDeps): Promise<App> {
  const { clock, logger, onStuck = () => undefined } = deps;
  const { prefix, tfso } = config;
  for (const warning of config.warnings) logger.warn({ warning }, 'configuration is unsafe');
  const metrics = createMetrics();
  const product = openMeasured(config, deps, metrics);
  const { store, service } = product;
  const readiness = createReadiness({ redis: store.redis, baseUrl: tfso.baseUrl, clock });
  const ops = await startOps(product, { metrics, readiness: readiness.check, clock, logger });
  logger.info({ opsUrl: ops.url }, 'ops server listens');

  /** Each takes jobs, or works on its own, until it is stopped. */
  const running: { stop(deadlineMs: number): Promise<unknown> }[] = [];
  let watchdog: { stop(): void } | undefined;
  let isStopping = false;
  const working = start();
  return { opsUrl: ops.url, working, stop };

  async function start(): Promise<void> {
    await refuseVolatile(store, logger);
    if (isStopping) return;
    // What made an earlier process pause the queues may be over; if not, the first job pauses them again.
    await product.queues().resumeAll();
    const workers = startJobWorkers(product, { metrics, clock, logger });
    running.push(
      ...workers,
      startPasses(product, { metrics, clock, logger, sweepEveryMs: deps.sweepEveryMs }),
    );
    watchdog = startWatchdog({ watched: workers, clock, logger, onStuck });
    readiness.workersAre('working');
    logger.info({ prefix, baseUrl: tfso.baseUrl }, 'workers take jobs');
  }

  async function stop(): Promise<void> {
    isStopping = true;
    readiness.workersAre('stopping');
    watchdog?.stop();
    service.sendNoMore();
    await Promise.all(running.map((each) => each.stop(STOP_DEADLINE_MS)));
    // Without Redis some of it never ends.
    await isOverWithin(CLOSE_DEADLINE_MS, closeAll());
    logger.info({}, 'stopped');
  }

  async function closeAll(): Promise<void> {
    await ops.close();
    await product.close();
  }
}

/** Waits until Redis answers. */
async function refuseVolatile(store: Store, logger: Logger): Promise<void> {
  const { warnings, problems } = await store.checkDurability();
  for (const warning of warnings) logger.warn({ warning }, 'redis durability not verified');
  if (problems.length > 0) throw new VolatileRedis(problems);
}
