/** The frame of a transfer: claim, keep the lease, and turn every failure into the right end. */

import { concernsJobOnly, isEnded } from '../domain/transfer.ts';
import { asFailure, NotNow, OutcomeUnknown, StaleClaim, Terminal, type TransferFailure } from '../errors.ts';
import { EXPIRES_AFTER_MS, ownClick, type Transfer, type TransferDeps } from './context.ts';
import { endFailed } from './end.ts';
import { keepRenewing } from './keep-renewing.ts';
import type { Claim } from './ports/records.ts';

const LEASED_RETRY_MS = 1_000;

/** Claim the record, or throw NotNow until it can be claimed. */
export async function claimRecord(
  { records, clock }: Pick<TransferDeps, 'records' | 'clock'>,
  ...claimed: Parameters<TransferDeps['records']['claim']>
): Promise<Claim> {
  const answer = await records.claim(...claimed);
  if (answer.kind === 'claimed') return answer.claim;
  if (answer.reason === 'quiet') {
    throw new NotNow(
      'transfer.settling',
      clock.now() + answer.waitMs,
      'the store is new or was restarted; nothing is looked up or sent until what was under way has settled',
    );
  }
  const retryAt = clock.now() + Math.min(answer.waitMs, LEASED_RETRY_MS);
  throw new NotNow('transfer.busy', retryAt, 'another job is working on this invoice');
}

/**
 * Work on a claimed record. When this throws, the claim has been given back, and the record ended where the
 * failure ends it. Throws the four kinds; a bug becomes a Retryable with its cause. If Redis refuses that write
 * too, its error is thrown.
 */
export async function underClaim<T>(transfer: Transfer, work: () => Promise<T>): Promise<T> {
  const { claim, deps, run } = transfer;
  const stopRenewing = keepRenewing(deps, () => deps.records.renew(claim), run.log);
  try {
    return await work();
  } catch (error) {
    throw await settle(transfer, asFailure(error, transfer.run.log));
  } finally {
    stopRenewing();
  }
}

/** Give the claim back, and end the record if the failure ends it. @returns the failure that the job throws */
async function settle(transfer: Transfer, failure: TransferFailure): Promise<TransferFailure> {
  const { claim, deps } = transfer;
  const { code, message } = failure;
  // The claim is lost: release does nothing, unless only a create lease was lost.
  if (failure instanceof StaleClaim) {
    await deps.records.release(claim);
    return failure;
  }
  if (failure instanceof Terminal) {
    if (!concernsJobOnly(claim.record.state, code)) return endFailed(transfer, failure);
    const click = ownClick(transfer);
    const { requestId } = click;
    await deps.records.answer(claim, { ...click, code, message }, { step: 'refused', code, requestId });
    return failure;
  }
  // An ended record keeps its end, however often a later job fails to look at it. Attempts are counted per job then.
  if (isEnded(claim.record.state)) {
    await deps.records.release(claim);
    return failure;
  }
  if (failure instanceof NotNow) {
    if (claim.claimedAt - claim.record.acceptedAt > EXPIRES_AFTER_MS) {
      return endFailed(
        transfer,
        new Terminal('transfer.expired', `waited for seven days, last for: ${message}`),
      );
    }
    // A long wait is one row of the trail, not one for each attempt.
    const isNews = claim.record.waitsFor !== code;
    await deps.records.release(claim, { waitsFor: code }, isNews ? { step: 'wait', code } : undefined);
    return failure;
  }
  const attempts = claim.record.attempts + 1;
  failure.attempts = attempts;
  if (attempts < deps.maxAttempts) {
    await deps.records.release(
      claim,
      { attempts, waitsFor: code },
      { step: 'attempt failed', code, attempts },
    );
    return failure;
  }
  const last = failure instanceof OutcomeUnknown ? 'order.unknown_outcome' : 'transfer.attempts_exhausted';
  return endFailed(transfer, new Terminal(last, `tried ${attempts} times, last: ${message}`), { attempts });
}
