/**
 * Four kinds of failure; the kind decides what the worker does.
 *
 * Every message names what happened and what to do, and holds no personal data: it becomes a
 * `failedReason`, a log line and an event body.
 */
import { ERROR_CATALOGUE, type ErrorCode } from './contract/errors.ts';
import type { Logger } from './logger.ts';

export type FailureKind = 'terminal' | 'retryable' | 'outcome_unknown' | 'not_now';

export abstract class TransferFailure extends Error {
  abstract readonly kind: FailureKind;
  readonly code: ErrorCode;
  /** Failed attempts of this transfer so far, this one included; set where the failure costs one. */
  attempts: number | undefined;
  /**
   * The service said that it wrote nothing, of a save that had left: a server may commit and then say so. It is
   * believed once a look has found nothing, one settle after the send.
   */
  isDenial = false;
  /** Private to the object, so that no log and no JSON of the failure holds it. */
  #words: string | undefined;

  /** @param detail what exactly, in English; the catalogue's text where there is nothing to add */
  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail ?? ERROR_CATALOGUE[code].texts.en, options);
    this.name = new.target.name;
    this.code = code;
  }

  /** All that the service said, where the message holds only a part of it: it may name anybody. */
  get words(): string | undefined {
    return this.#words;
  }

  set words(words: string | undefined) {
    this.#words = words;
  }
}

/** The data or the shop says no, or a person must decide: fail now, never retried. */
export class Terminal extends TransferFailure {
  readonly kind = 'terminal';
}

/** Nothing was written; repeating is safe. Costs an attempt. */
export class Retryable extends TransferFailure {
  readonly kind = 'retryable';
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions & { retryAfterMs?: number }) {
    super(code, detail, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** A save left and no answer came: the next attempt looks first. Costs an attempt. */
export class OutcomeUnknown extends TransferFailure {
  readonly kind = 'outcome_unknown';
}

/** Not the time for it: delayed until `untilMs` (epoch milliseconds), costs no attempt. */
export class NotNow extends TransferFailure {
  readonly kind = 'not_now';
  readonly untilMs: number;
  /** No other job would fare better until then: the queues may rest. */
  readonly forEveryone: boolean;

  constructor(
    code: ErrorCode,
    untilMs: number,
    detail?: string,
    options?: ErrorOptions & { forEveryone?: boolean },
  ) {
    super(code, detail, options);
    this.untilMs = untilMs;
    this.forEveryone = options?.forEveryone ?? false;
  }
}

/** Not the time, and nobody can say when it is: the pause grows from one run to the next. Costs no attempt. */
export class NotYet extends NotNow {
  constructor(code: ErrorCode, detail?: string, options?: ErrorOptions) {
    super(code, 0, detail, options);
  }
}

/** Redis' own words for a command that it may take another time, alone or in a script. */
const STORE_REFUSES =
  /\b(OOM|NOPERM|NOAUTH|READONLY|LOADING|MISCONF|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|user executing the script can't|ACL failure in script)\b/;

/** What Redis refuses for reasons of its own (memory full, a right missing, a failover); undefined for anything else. */
export function storeRefusal(error: unknown): NotYet | undefined {
  const isRefused =
    error instanceof Error && error.name === 'ReplyError' && STORE_REFUSES.test(error.message);
  return isRefused ? new NotYet('store.refused', undefined, { cause: error }) : undefined;
}

/** Any error as one of the four kinds. What is none of them, nor Redis', is a bug of ours: logged with its stack. */
export function asFailure(error: unknown, log: Pick<Logger, 'warn' | 'error'>): TransferFailure {
  if (error instanceof TransferFailure) return error;
  const refused = storeRefusal(error);
  if (refused !== undefined) {
    log.warn({ err: error }, 'redis refused a command');
    return refused;
  }
  log.error({ err: error }, 'job failed on a bug');
  return new Retryable('transfer.bug', undefined, { cause: error });
}

/** The worker stops: another one may go on at once. */
export class Stopping extends NotNow {
  constructor(nowMs: number) {
    super('transfer.busy', nowMs, 'the worker is stopping; another one goes on');
  }
}

/** Our claim is no longer ours (fence or epoch); whoever has it now decides. Nothing may be written. */
export class StaleClaim extends NotNow {
  constructor(nowMs: number) {
    super('transfer.busy', nowMs + 1_000, 'the claim on this invoice was lost to another worker');
  }
}
