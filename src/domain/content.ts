import { createHash } from 'node:crypto';
import type { InvoiceTransferJob } from '../contract/jobs.ts';

/** JSON with sorted keys, so that the order in which a producer writes them does not count. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** When the click was made, in epoch milliseconds. */
export const requestedAtMs = ({ requestedAt }: Pick<InvoiceTransferJob, 'requestedAt'>): number =>
  Date.parse(requestedAt);

/** The same content as a click that nothing known supersedes. */
export function asNewest(
  job: InvoiceTransferJob,
  { revision, newestAt = 0 }: { revision: number; newestAt?: number },
): InvoiceTransferJob {
  const requestedAt = newestAt > requestedAtMs(job) ? new Date(newestAt).toISOString() : job.requestedAt;
  return { ...job, requestedAt, invoice: { ...job.invoice, revision } };
}

/** Equal for jobs that say the same of an invoice: all but who asked, when, and the revision counts. */
export function contentHash(job: InvoiceTransferJob): string {
  const { requestId: _id, requestedAt: _at, requestedBy: _by, invoice, ...rest } = job;
  const { revision: _revision, ...content } = invoice;
  return createHash('sha256')
    .update(canonicalJson({ ...rest, invoice: content }))
    .digest('hex');
}
