/** The product as a worker opens it: what it does is counted, and attempts end a transfer. */
import type { Config } from '../src/config.ts';
import { countingEnds, type Metrics } from '../src/ops/metrics.ts';
import { openProduct, type Product, type ProductDeps } from '../src/product.ts';
import { MAX_ATTEMPTS } from './backoff.ts';

/** What a harness may change. */
type WorkerDeps = Pick<ProductDeps, 'clock' | 'logger' | 'ports'> &
  Pick<NonNullable<ProductDeps['service']>, 'probeIntervals'>;

export function openMeasured(
  config: Config,
  { clock, logger, ports, probeIntervals }: WorkerDeps,
  metrics: Metrics,
): Product {
  const product = openProduct(config, {
    clock,
    logger,
    ports: {
      store(opened) {
        const store = ports?.store(opened) ?? opened;
        const { buckets } = store;
        const counter = {
          ended(outcome: string, code?: string) {
            metrics.transferEnded(outcome, code);
            buckets.ended(outcome);
          },
          ordered: buckets.ordered,
        };
        return { ...store, records: countingEnds(store.records, counter, clock) };
      },
      booksOf: (booksOf) => ports?.booksOf(booksOf) ?? booksOf,
    },
    service: {
      probeIntervals,
      recordDir: config.tfso.recordDir,
      onRequest({ operation, outcome, durationMs, members }) {
        metrics.soapRequest(operation, outcome, durationMs, members);
        if (outcome !== 'withheld') product.store.buckets.requested();
      },
      onCircuit(circuit, state) {
        if (state === 'open') metrics.circuitOpened(circuit);
        else if (circuit === 'service') void product.queues().resumeAll();
      },
    },
    transfer: { maxAttempts: MAX_ATTEMPTS, onStep: metrics.stepDone },
  });
  const { store, service } = product;
  metrics.watchQueues(product.queues().all, store.redis);
  metrics.watchQuota(store.quota.left);
  metrics.watchCircuits(service.openCircuits);
  metrics.watchRecords(store.lists.standing);
  metrics.watchFollowed(store.followedLists.counts);
  metrics.watchRedis(store.health);
  return product;
}
