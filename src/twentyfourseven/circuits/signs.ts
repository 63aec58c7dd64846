/** What a failed request says of the circuits. */
import type { NotNow } from '../../errors.ts';
import type { CircuitKind } from '../ports.ts';
import type { Signal, Verdict } from '../wire/faults.ts';
import type { CallFailure } from '../wire/soap.ts';
import type { Pass } from './circuits.ts';

/** No connection to be had: it was not this request's fault. */
const NO_CONNECTION = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** Pages of what stands before the service, saying that it is away. */
const AWAY_STATUSES = new Set([502, 503, 504]);
const LOST_CAUSES: ReadonlySet<CallFailure['cause']> = new Set(['network', 'timeout', 'http', 'unparsable']);

const CIRCUIT_OF: Partial<Record<Signal, Exclude<CircuitKind, 'service'>>> = {
  identity_blocked: 'identity',
  permission_missing: 'permission',
};
/** The service did its part: it read what was sent and said no to that. */
const DONE: ReadonlySet<Signal> = new Set(['validation', 'refused']);

/** Tell what one entity's exception, or the whole request's fault, says. Returns what to throw instead. */
export async function tellSignal(pass: Pass, { signal, failure }: Verdict): Promise<NotNow | undefined> {
  const kind = CIRCUIT_OF[signal];
  if (kind !== undefined) return pass.refused(kind, failure.message);
  if (DONE.has(signal)) await pass.accepted();
  else await pass.undecided(true);
  return undefined;
}

export async function tellPass(pass: Pass, call: CallFailure, verdict: Verdict): Promise<NotNow | undefined> {
  const isLost = verdict.signal === 'not_sent' || verdict.signal === 'unclear';
  if (isLost && LOST_CAUSES.has(call.cause)) {
    const isWhole = call.mayBeWritten
      ? call.cause === 'http' && AWAY_STATUSES.has(call.status ?? 0)
      : NO_CONNECTION.has(call.networkCode ?? '');
    return pass.lost({ isWhole, wasSent: call.mayBeWritten });
  }
  // Not even the connection was tried where our own send window had passed.
  if (verdict.signal === 'not_sent') {
    await pass.undecided(false);
    return undefined;
  }
  await pass.answered();
  return tellSignal(pass, verdict);
}
