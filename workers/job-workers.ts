/** This process's two workers: one sends invoices, one checks their status. Each run is counted. */
import type { Clock } from '../src/clock.ts';
import type { Logger } from '../src/logger.ts';
import type { Metrics, TransferOutcome } from '../src/ops/metrics.ts';
import type { Product } from '../src/product.ts';
import { invoiceOf } from '../src/queue/job-data.ts';
import { createOutstanding } from '../src/queue/outstanding.ts';
import { createCheckStatus } from '../src/transfer/check-status.ts';
import { createTransferInvoice } from '../src/transfer/transfer-invoice.ts';
import { createInvoiceTransferProcessor } from './invoice-transfer.ts';
import { type JobWorker, startWorker } from './queue-worker.ts';
import { createStatusCheckProcessor } from './status-check.ts';
import type { Translation } from './translate.ts';

/** How a run that gave no result is counted. */
const RUNS: Record<Parameters<Translation['onFailure']>[0], TransferOutcome> = {
  terminal: 'rejected',
  not_now: 'delayed',
  retryable: 'retried',
  outcome_unknown: 'retried',
  bug: 'retried',
};

export function startJobWorkers(
  product: Product,
  { metrics, clock, logger }: { metrics: Metrics; clock: Clock; logger: Logger },
): JobWorker[] {
  const { config, store, transferDeps } = product;
  const { redis, prefix, timing, workers } = config;
  const { transfer, status, pauseAll } = product.queues();
  const common = { redis, prefix, leaseMs: timing.leaseMs, clock, logger };
  const translation = (count: Translation['onFailure']): Omit<Translation, 'mayEnd'> => ({
    ...{ clock, settleMs: timing.settleMs, random: Math.random, pauseAll },
    async keepWords({ data }, words) {
      const key = invoiceOf(data);
      if (key !== undefined) await store.words.keep(key, words);
    },
    onFailure(kind, code) {
      if (kind === 'bug') metrics.bug();
      count(kind, code);
    },
  });
  return [
    startWorker({
      ...common,
      queue: transfer,
      outstanding: createOutstanding(store, transfer.name),
      slots: workers.transferSlots,
      processor: createInvoiceTransferProcessor({
        transferInvoice: createTransferInvoice(transferDeps),
        records: store.records,
        logger,
        translation: translation((kind, code) => metrics.transferRun(RUNS[kind], code)),
        onResult: ({ outcome }) => metrics.transferRun(outcome),
      }),
    }),
    startWorker({
      ...common,
      queue: status,
      outstanding: createOutstanding(store, status.name),
      slots: workers.statusSlots,
      processor: createStatusCheckProcessor({
        checkStatus: createCheckStatus(transferDeps),
        logger,
        translation: translation((_kind, code) => metrics.statusCheck('failed', code)),
        onResult: ({ status: found }) => metrics.statusCheck(found),
      }),
    }),
  ];
}
