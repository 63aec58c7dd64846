/** Ends of jobs that hold no claim: refused before anything was asked, or given up. */
import type { ErrorCode } from '../contract/errors.ts';
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import { contentHash } from '../domain/content.ts';
import { issuedFieldsOf } from '../domain/sums.ts';
import { decideFailureEnd, isEnded } from '../domain/transfer.ts';
import { NotYet, Terminal } from '../errors.ts';
import { EXPIRES_AFTER_MS, type TransferDeps } from './context.ts';
import type { Claim, RecordKey } from './ports/records.ts';

type Deps = Pick<TransferDeps, 'records'>;

/** A job as far as it can be read: its invoice, and the click that its record may name. */
export interface UnclaimedJob {
  key: RecordKey;
  requestId: string;
  data: unknown;
  jobId: string | undefined;
}

interface Ending {
  code: ErrorCode;
  message: string;
}

/**
 * Check a job before anything is asked or claimed. A refusal is written at once, quiet time or not, where
 * no order can hang on the record; a record of this very job that was already begun ends with it.
 */
export async function refuseUnclaimed<T>(
  deps: Deps,
  job: InvoiceTransferJob,
  jobId: string | undefined,
  check: () => Promise<T>,
): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof Terminal)) throw error;
    const key = { shopId: job.shopId, invoiceId: job.invoice.id };
    // If another job holds the record just now, that job ends it.
    await endUnclaimed(deps, { key, requestId: job.requestId, data: job, jobId }, error);
    throw error;
  }
}

/**
 * The job will never be done. Its invoice ends with it, unless it ended before or belongs to another job.
 *
 * @returns false where that cannot be said now: ask again later
 */
export async function endUnclaimed(
  { records }: Deps,
  job: UnclaimedJob,
  { code, message }: Ending,
): Promise<boolean> {
  const { key, requestId, jobId, data } = job;
  const issued = issuedFieldsOf(data);
  if ((await records.refuse(key, requestId, code, message, jobId, issued)) !== 'kept') return true;
  // The job had begun when its shop was switched off, say: without an end the record would wait for ever.
  const answer = await claimOwn({ records }, job);
  if (answer === 'not own') return true;
  if (answer === 'busy') return false;
  await end({ records }, answer, job, { code, message });
  return true;
}

async function end(
  { records }: Deps,
  claim: Claim,
  { requestId }: UnclaimedJob,
  { code, message }: Ending,
): Promise<void> {
  const state = decideFailureEnd(claim.record, code, false);
  await records.end(claim, { state, requestId, code, message, trail: { step: state, code, requestId } });
}

/**
 * A payload that this version does not understand is refused; but an invoice that another version has begun
 * with it waits for that version. After seven days it ends. Throws Terminal, or NotYet while it waits.
 */
export async function refuseUnreadable(
  { records }: Deps,
  job: UnclaimedJob,
  message: string,
): Promise<never> {
  const { key, requestId, jobId, data } = job;
  const code = 'payload.invalid';
  const refused = new Terminal(code, message);
  const issued = issuedFieldsOf(data);
  if ((await records.refuse(key, requestId, code, message, jobId, issued)) !== 'kept') throw refused;
  const answer = await claimOwn({ records }, job);
  if (answer === 'not own') throw refused;
  if (answer === 'busy') throw new NotYet(code, message);
  const { record, claimedAt } = answer;
  if (claimedAt - record.acceptedAt > EXPIRES_AFTER_MS) {
    await end({ records }, answer, job, refused);
    throw refused;
  }
  const isNews = record.waitsFor !== code;
  await records.release(answer, { waitsFor: code }, isNews ? { step: 'wait', code } : undefined);
  throw new NotYet(code, message);
}

/** The job's record, claimed, if it is under way and of the job's own click or content. */
async function claimOwn({ records }: Deps, job: UnclaimedJob): Promise<Claim | 'not own' | 'busy'> {
  // Refused, it supersedes nothing: the known revision stays.
  const before = await records.read(job.key);
  if (before === undefined || !isOwn(before, job)) return 'not own';
  const answer = await records.claim(job.key, 1, undefined, job.jobId);
  if (answer.kind !== 'claimed') return 'busy';
  if (isOwn(answer.claim.record, job)) return answer.claim;
  await records.release(answer.claim);
  return 'not own';
}

function isOwn({ state, payload }: Claim['record'], { requestId, data }: UnclaimedJob): boolean {
  if (isEnded(state) || payload === undefined) return false;
  return payload.requestId === requestId || hasContent(data, contentHash(payload));
}

function hasContent(data: unknown, hash: string): boolean {
  try {
    return contentHash(data as InvoiceTransferJob) === hash;
  } catch {
    // Nested too deep to be hashed.
    return false;
  }
}
