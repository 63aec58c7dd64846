/** What "Send invoice" would do, by the very code that does it, without a write. */
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import type { TransferResult } from '../contract/results.ts';
import { productOf } from '../domain/mapping.ts';
import { admitShop, readContent } from './admit.ts';
import type { JobRun, TransferDeps } from './context.ts';
import { createDryRun, type WouldWrite } from './dry-run.ts';
import { createTransferInvoice } from './transfer-invoice.ts';

/** Either the order stands already, or this is what would be written. */
export type Preview =
  | { kind: 'stands'; result: TransferResult }
  | { kind: 'would_write'; wouldWrite: WouldWrite };

/**
 * Throws Terminal where the transfer would be refused, Retryable and NotNow where 24SevenOffice cannot be
 * asked now.
 */
export async function previewInvoice(
  deps: TransferDeps,
  job: InvoiceTransferJob,
  run: JobRun,
): Promise<Preview> {
  const dry = createDryRun(deps);
  try {
    return { kind: 'stands', result: await createTransferInvoice(dry.deps)(job, run) };
  } catch (error) {
    if (dry.wouldWrite.order === undefined) throw error;
    const { settings } = await admitShop(deps.shops, job.shopId);
    const { lines } = readContent(job, settings).check;
    const rowProducts = lines.map((line) => productOf(line, settings).name);
    return { kind: 'would_write', wouldWrite: { ...dry.wouldWrite, rowProducts } };
  }
}
