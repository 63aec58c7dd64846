/** The ops server of a worker process, over the same store, queues and 24SevenOffice as its jobs. */
import type { Clock } from '../src/clock.ts';
import { ConfigProblem } from '../src/config.ts';
import { createReports } from '../src/following/reports.ts';
import type { Logger } from '../src/logger.ts';
import { createDesk } from '../src/ops/invoices/desk.ts';
import type { Metrics } from '../src/ops/metrics.ts';
import { createFigures } from '../src/ops/overview/figures.ts';
import { createOpsServer, type Readiness } from '../src/ops/server.ts';
import type { Product } from '../src/product.ts';
import { createOutstanding } from '../src/queue/outstanding.ts';
import { createCustomerChoice } from '../src/transfer/choose-customer.ts';
import { previewInvoice } from '../src/transfer/preview-invoice.ts';
import { createDecisions } from '../src/transfer/resolve-invoice.ts';

/** Throws ConfigProblem where the address cannot be listened on. */
export async function startOps(
  { config, store, service, queues, transferDeps, asPerson }: Product,
  deps: { metrics: Metrics; readiness: () => Promise<Readiness>; clock: Clock; logger: Logger },
): Promise<{ url: string; close(): Promise<void> }> {
  const { metrics, readiness, clock, logger } = deps;
  const { records, words, lists, followedLists, issued, shops, buckets, quota, redis } = store;
  const { all, transfer, status } = queues();
  const ops = createOpsServer({
    ...config.ops,
    clock,
    onRefusedLogin: metrics.loginRefused,
    invoices: {
      desk: createDesk({
        ...{ records, words, lists, followedLists, shops, redis, clock },
        ...{ transfers: transfer, statusChecks: status },
        outstandingOf: (queue) => createOutstanding(store, queue),
      }),
      reports: createReports({ shops, issued, orders: service.reportedOrders, now: clock.now }),
      people: createDecisions(transferDeps, asPerson),
      customers: createCustomerChoice(transferDeps, asPerson),
      preview: (job) => previewInvoice({ ...transferDeps, onStep: () => undefined }, job, asPerson),
    },
    overview: createFigures({
      ...{ buckets, lists, followedLists, queues: all, redis, quota, clock },
      requestsPerHour: config.tfso.requestsPerHour,
      openCircuits: service.openCircuits,
    }),
    queues: all,
    readiness,
    metrics: metrics.registry,
    logger,
  });
  const url = await ops.listen().catch((error: NodeJS.ErrnoException) => {
    throw new ConfigProblem([
      `OPS_HOST and OPS_PORT name an address that cannot be listened on (${error.code})`,
    ]);
  });
  return { url, close: ops.close };
}
