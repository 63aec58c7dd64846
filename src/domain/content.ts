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

/** Equal for jobs that say the same of an invoice: all but who asked, when, and the revision counts. */
export function contentHash(job: InvoiceTransferJob): string {
  const { requestId: _id, requestedAt: _at, requestedBy: _by, invoice, ...rest } = job;
  const { revision: _revision, ...content } = invoice;
  return createHash('sha256')
    .update(canonicalJson({ ...rest, invoice: content }))
    .digest('hex');
}
