/** What one process of all does again and again, without a click: the sweep, and looks at followed orders. */
import { type Clock, isOverWithin } from '../src/clock.ts';
import type { Logger } from '../src/logger.ts';
import type { Metrics } from '../src/ops/metrics.ts';
import type { Product } from '../src/product.ts';
import { createOutstanding } from '../src/queue/outstanding.ts';
import { recountOutstanding } from '../src/queue/recount.ts';
import { sweep } from '../src/transfer/sweep.ts';
import { startFollowing } from './follower.ts';
import { startRepeating } from './repeat.ts';
import { createSlippedJobs } from './slipped-jobs.ts';
import { createSweptJobs } from './sweep.ts';

/** From one sweep to the next. */
const SWEEP_EVERY_MS = 30_000;

export function startPasses(
  { config, store, service, queues, transferDeps }: Product,
  deps: { metrics: Metrics; clock: Clock; logger: Logger; sweepEveryMs: number | undefined },
): { stop(deadlineMs: number): Promise<unknown> } {
  const { metrics, clock, logger, sweepEveryMs = SWEEP_EVERY_MS } = deps;
  const { redis, prefix, timing, followEveryMs } = config;
  const { records, shops, agenda, followed, keys } = store;
  const { all, transfer } = queues();
  const { booksOf } = transferDeps;
  const repeating = { redis, prefix, leaseMs: timing.leaseMs, clock, logger };
  const jobs = createSweptJobs(transfer, createOutstanding(store, transfer.name));
  const takeUpSlippedJobs = createSlippedJobs({
    ...{ queue: transfer, redis: store.redis, records, clock, log: logger },
    recordPrefix: keys.records,
  });
  const passes = [
    startRepeating({
      ...{ ...repeating, name: 'sweep', everyMs: sweepEveryMs },
      async pass() {
        metrics.swept(await sweep({ records, shops, booksOf, agenda, jobs, log: logger }));
        await takeUpSlippedJobs();
        for (const queue of all) await recountOutstanding(queue, createOutstanding(store, queue.name));
      },
    }),
    startFollowing({
      ...repeating,
      deps: {
        ...{ shops, records, followed, orders: service.followedOrders },
        timing: { everyMs: followEveryMs, settleMs: timing.settleMs },
      },
      onPass: metrics.followed,
    }),
  ];
  return {
    stop: (deadlineMs) => Promise.all(passes.map((pass) => isOverWithin(deadlineMs, pass.stop()))),
  };
}
