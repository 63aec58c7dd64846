import { type Job, type Processor, UnrecoverableError } from 'bullmq';
import { type InvoiceTransferJob, invoiceId, requestId, shopId } from '../src/contract/jobs.ts';
import { describeProblems, parseInvoiceTransferJob } from '../src/contract/parse.ts';
import type { TransferResult } from '../src/contract/results.ts';
import type { Logger, TransferRecords } from '../src/transfer/ports.ts';
import type { TransferInvoice } from '../src/transfer/transfer-invoice.ts';
import { type Translation, translated } from './translate.ts';

/** Parse, call, translate; nothing else. */
export function createInvoiceTransferProcessor(deps: {
  transferInvoice: TransferInvoice;
  records: TransferRecords;
  logger: Logger;
  translation: Translation;
  onResult(result: TransferResult): void;
}): Processor<unknown, TransferResult> {
  return async (job, token, signal) => {
    const parsed = parseInvoiceTransferJob(job.data);
    if (!parsed.ok) {
      const message = describeProblems(parsed.problems);
      await recordRefusal(deps.records, job, message);
      deps.translation.onFailure('rejected', 'payload.invalid');
      throw new UnrecoverableError(`payload.invalid: ${message}`);
    }
    const log = deps.logger.child({ ...namesOf(parsed.data), jobId: job.id });
    const run = {
      jobId: job.id,
      signal: signal ?? new AbortController().signal,
      log,
      progress: () => undefined,
    };
    return translated(job, token, log, deps.translation, async () => {
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
async function recordRefusal(
  records: TransferRecords,
  { id, data }: Pick<Job<unknown>, 'id' | 'data'>,
  message: string,
): Promise<void> {
  const {
    shopId: shop,
    invoice,
    requestId: request,
  } = (data ?? {}) as Record<string, { id?: unknown } | string | undefined>;
  const shopName = shopId.safeParse(shop);
  const invoiceName = invoiceId.safeParse(
    typeof invoice === 'object' && invoice !== null ? invoice.id : undefined,
  );
  if (!shopName.success || !invoiceName.success) return;
  const key = { shopId: shopName.data, invoiceId: invoiceName.data };
  await records.refuse(key, requestId.safeParse(request).data ?? '', 'payload.invalid', message, id);
}
