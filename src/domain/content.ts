import { createHash } from 'node:crypto';
import type { InvoiceTransferJob } from '../contract/jobs.ts';

/** JSON with sorted keys, so that the order in which a producer writes them makes no difference. */
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

/** The same content as a new click: with the highest known revision and the newest known time. */
export function asNewest(
  job: InvoiceTransferJob,
  { revision, newestAt = 0 }: { revision: number; newestAt?: number },
): InvoiceTransferJob {
  const requestedAt = newestAt > requestedAtMs(job) ? new Date(newestAt).toISOString() : job.requestedAt;
  return { ...job, requestedAt, invoice: { ...job.invoice, revision } };
}

/** Equal for jobs with the same content. Who asked, when, and the revision make no difference. */
export function contentHash(job: InvoiceTransferJob): string {
  const { requestId: _id, requestedAt: _at, requestedBy: _by, invoice, ...rest } = job;
  const { revision: _revision, ...content } = invoice;
  return createHash('sha256')
    .update(canonicalJson({ ...rest, invoice: content }))
    .digest('hex');
}
