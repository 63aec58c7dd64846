import type { Job, Processor } from 'bullmq';
import { type InvoiceTransferJob, invoiceId, requestId, shopId } from '../src/contract/jobs.ts';
import { describeProblems, parseInvoiceTransferJob } from '../src/contract/parse.ts';
import type { TransferResult } from '../src/contract/results.ts';
import { Terminal } from '../src/errors.ts';
import type { Logger } from '../src/logger.ts';
import type { TransferRecords } from '../src/transfer/ports/records.ts';
import { endUnclaimed, refuseUnreadable, type UnclaimedJob } from '../src/transfer/refuse.ts';
import type { TransferInvoice } from '../src/transfer/transfer-invoice.ts';
import { runJob, type Translation } from './translate.ts';

/** Parse, call, translate; nothing else. */
export function createInvoiceTransferProcessor(deps: {
  transferInvoice: TransferInvoice;
  records: TransferRecords;
  logger: Logger;
  translation: Omit<Translation, 'mayEnd'>;
  onResult(result: TransferResult): void;
}): Processor<unknown, TransferResult> {
  const { records } = deps;
  const translation: Translation = {
    ...deps.translation,
    async mayEnd(job, end, isExpired) {
      const named = unclaimed(job);
      if (named === undefined) return true;
      if (isExpired) return endUnclaimed({ records }, named, end);
      // Rejected it was to another click: this one has had no answer yet.
      const state = (await records.read(named.key))?.state;
      return state === 'transferred' || state === 'unresolved';
    },
  };
  return async (job, token, signal) => {
    const parsed = parseInvoiceTransferJob(job.data);
    if (!parsed.ok) {
      const message = describeProblems(parsed.problems);
      const log = deps.logger.child({ jobId: job.id });
      return runJob(job, token, log, translation, () => refuse(records, job, message));
    }
    const log = deps.logger.child({ ...namesOf(parsed.data), jobId: job.id });
    const run = {
      jobId: job.id,
      signal: signal ?? new AbortController().signal,
      log,
    };
    return runJob(job, token, log, translation, async () => {
      const result = await deps.transferInvoice(parsed.data, run);
      log.info({ outcome: result.outcome, orderId: result.orderId }, 'invoice transferred');
      deps.onResult(result);
      return result;
    });
  };
}

const namesOf = ({ shopId, requestId, invoice }: InvoiceTransferJob) => ({
  shopId,
  invoiceId: invoice.id,
  requestId,
});

/** An unreadable payload still leaves a record and an event, where it names its shop and invoice. */
async function refuse(records: TransferRecords, job: Job<unknown>, message: string): Promise<never> {
  const named = unclaimed(job);
  if (named === undefined) throw new Terminal('payload.invalid', message);
  return refuseUnreadable({ records }, named, message);
}

/** Undefined where the payload does not name its shop and invoice. */
function unclaimed({ id, data }: Job<unknown>): UnclaimedJob | undefined {
  const { shopId: shop, invoice, requestId: request } = (data ?? {}) as Record<string, unknown>;
  const shopName = shopId.safeParse(shop);
  const invoiceName = invoiceId.safeParse(
    typeof invoice === 'object' && invoice !== null ? (invoice as { id?: unknown }).id : undefined,
  );
  if (!shopName.success || !invoiceName.success) return undefined;
  const key = { shopId: shopName.data, invoiceId: invoiceName.data };
  return { key, requestId: requestId.safeParse(request).data ?? '', data, jobId: id };
}
