import type { InvoiceTransferJob } from '../contract/jobs.ts';
import { decideFailureEnd } from '../domain/transfer.ts';
import { Rejected } from '../errors.ts';
import type { TransferDeps } from './context.ts';
import type { RecordKey } from './ports.ts';

/**
 * Check a job before anything is asked or claimed. A refusal is written at once, quiet time or not, where
 * no order can hang on the record; a record of this very job that was already begun ends with it.
 */
export async function refuseUnclaimed<T>(
  deps: TransferDeps,
  job: InvoiceTransferJob,
  jobId: string | undefined,
  check: () => Promise<T>,
): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const key: RecordKey = { shopId: job.shopId, invoiceId: job.invoice.id };
    const written = await deps.records.refuse(key, job.requestId, error.code, error.message, jobId);
    if (written === 'kept') await endOwnRecord(deps, key, job, error);
    throw error;
  }
}

/** The job had begun when its shop was switched off, say: without an end the record would wait for ever. */
async function endOwnRecord(
  { records }: TransferDeps,
  key: RecordKey,
  job: InvoiceTransferJob,
  { code, message }: Rejected,
): Promise<void> {
  const { requestId } = job;
  // Refused, it supersedes nothing: the known revision stays.
  const answer = await records.claim(key, 1);
  if (answer.kind !== 'claimed') return;
  const { claim } = answer;
  const { state, payload } = claim.record;
  const isOwn = payload?.requestId === requestId && state !== 'unresolved' && state !== 'transferred';
  if (!isOwn) return records.release(claim);
  const end = decideFailureEnd(claim.record, code, false);
  await records.end(claim, { state: end, requestId, code, message, trail: { step: end, code, requestId } });
}
