/**
 * What a failed call means: one table from signal to kind and code (24seven.md §2.4 and §11).
 *
 * The first row that matches decides. `written: 'no'` is claimed only where the service refused before
 * it did anything, or where no byte left; everything else may have been written.
 */
import type { ErrorCode } from '../../contract/errors.ts';
import { NotNow, OutcomeUnknown, Rejected, Retryable, type TransferFailure } from '../../errors.ts';
import type { Clock } from '../../transfer/ports.ts';
import { createMask, refusedBy24SevenOffice } from './mask.ts';
import { quarantineEnd, retryAfterEnd, serviceNow } from './quarantine.ts';
import type { CallFailure } from './soap.ts';

/** What the table needs to know of an operation. */
export interface OperationFacts {
  name: string;
  /** An update may be repeated like a read; a create may not. */
  effect: 'read' | 'update' | 'create';
  /** The code of a refused save. */
  refusedCode: ErrorCode;
  /** The code of a create whose outcome nobody knows. */
  unknownCode: ErrorCode;
}

export type Signal =
  | 'not_sent'
  | 'quota'
  | 'login_throttled'
  | 'session_lost'
  | 'identity_blocked'
  | 'permission_missing'
  | 'validation'
  | 'refused'
  | 'unclear';

export interface Verdict {
  signal: Signal;
  written: 'no' | 'maybe';
  failure: TransferFailure;
  /** Everyone must keep silent until then. */
  quarantineUntilMs?: number;
}

const BLOCKED_PAUSE_MS = 5 * 60_000;
const THROTTLED_PAUSE_MS = 60_000;

const QUOTA = /quarantine\s+ends?\b|^limit exceeded\b|limit exceeded by \d/i;
/** Trouble below the service's own checks: what it had done by then nobody knows. */
const UNCLEAR_EXCEPTION = /DataBaseServerException|Timeout|SqlException/i;
const ENVELOPE = /<(\w+:)?Envelope\b/;
const TABLE: readonly { signal: Signal; text?: RegExp; matches?: (call: CallFailure) => boolean }[] = [
  { signal: 'not_sent', matches: (call) => !call.mayBeWritten },
  { signal: 'quota', matches: (call) => call.status === 429 },
  { signal: 'quota', text: QUOTA },
  // An HTML notice. Never the text of a damaged SOAP answer: it may hold what we ourselves sent.
  { signal: 'quota', matches: (call) => isPage(call) && QUOTA.test(call.text ?? '') },
  { signal: 'unclear', text: UNCLEAR_EXCEPTION },
  { signal: 'identity_blocked', text: /IdentityId is blocked/i },
  { signal: 'session_lost', text: /session is not authenticated|not authenticated on this identity/i },
  { signal: 'login_throttled', text: /throttl/i },
  {
    signal: 'permission_missing',
    text: /permission|access (is |was )?denied|not authori[sz]ed|no access|unauthori[sz]ed|licen[cs]e/i,
  },
  { signal: 'validation', text: /instance validation error|specify at least one search parameter/i },
  { signal: 'validation', matches: (call) => call.cause === 'fault' && isClientFault(call.faultCode) },
  { signal: 'unclear', matches: () => true },
];

function isPage(call: CallFailure): boolean {
  return call.cause !== 'fault' && call.text !== undefined && !ENVELOPE.test(call.text);
}

function isClientFault(code: string | undefined): boolean {
  return /(^|:)(Client|Sender)$/i.test(code ?? '');
}

/**
 * What a call without a result means. Session faults come as `session_lost`: the dispatcher handles them.
 *
 * @param said what the request carried; none of it is repeated in the failure's message
 */
export function classifyFailure(
  call: CallFailure,
  operation: OperationFacts,
  clock: Clock,
  said: unknown = undefined,
): Verdict {
  const message = call.cause === 'fault' ? lastMessage(call.text ?? '') : undefined;
  const row = TABLE.find(({ text, matches }) =>
    text ? message !== undefined && (text.test(message) || text.test(call.text ?? '')) : matches?.(call),
  );
  const told = message === undefined ? '' : lastMessage(call.text ?? '', said);
  return verdictOf(row?.signal ?? 'unclear', call, told, operation, clock);
}

/** An APIException on one entity of an answer (24seven.md §11, item 3). */
export interface EntityException {
  type: string;
  message: string;
  /** An id beside it: the entity may stand although the service complains. */
  hasId: boolean;
}

const EXCEPTION_SIGNALS: readonly Signal[] = [
  'quota',
  'identity_blocked',
  'session_lost',
  'permission_missing',
];

/** @param said as for `classifyFailure` */
export function classifyException(
  exception: EntityException,
  operation: OperationFacts,
  clock: Clock,
  said: unknown = undefined,
): Verdict {
  const message = lastMessage(exception.message);
  const call: CallFailure = { ok: false, cause: 'fault', mayBeWritten: true, text: exception.message };
  if (exception.hasId || UNCLEAR_EXCEPTION.test(exception.type)) {
    return verdictOf('unclear', call, message, operation, clock);
  }
  const row = TABLE.find(
    ({ signal, text }) => text?.test(message) === true && EXCEPTION_SIGNALS.includes(signal),
  );
  const other: Signal = operation.effect === 'read' ? 'unclear' : 'refused';
  return verdictOf(row?.signal ?? other, call, lastMessage(exception.message, said), operation, clock);
}

/** No answer, one that cannot be read, or one that does not speak of the member. */
export function unclearOutcome(operation: OperationFacts): TransferFailure {
  const detail = `24SevenOffice gave no clear answer to ${operation.name}`;
  return operation.effect === 'create'
    ? new OutcomeUnknown(operation.unknownCode, `${detail}; what was sent may stand there`)
    : new Retryable('service.unavailable', `${detail}; it is tried again`);
}

function verdictOf(
  signal: Signal,
  call: CallFailure,
  message: string,
  operation: OperationFacts,
  clock: Clock,
): Verdict {
  const now = clock.now();
  const { name } = operation;
  const no = (failure: TransferFailure, quarantineUntilMs?: number): Verdict => ({
    signal,
    written: 'no',
    failure,
    ...(quarantineUntilMs !== undefined && { quarantineUntilMs }),
  });
  switch (signal) {
    case 'not_sent': {
      const why =
        call.cause === 'send_window' ? 'the send window had passed' : (call.networkCode ?? call.cause);
      return no(new Retryable('service.unavailable', `${name} was not sent: ${why}; it is tried again`));
    }
    case 'quota': {
      const text = call.text ?? '';
      const theirNow = serviceNow(singleHeader(call, 'date'), now);
      const toOurs = now - theirNow;
      if (call.status === 429 && !QUOTA.test(text)) {
        const until = retryAfterEnd(singleHeader(call, 'retry-after'), theirNow) + toOurs;
        return no(new NotNow('service.quota', until));
      }
      const until = quarantineEnd(text, theirNow) + toOurs;
      return no(new NotNow('service.quota', until, undefined, { forEveryone: true }), until);
    }
    case 'login_throttled':
      return no(new NotNow('service.quota', now + THROTTLED_PAUSE_MS, '24SevenOffice throttles our logins'));
    case 'session_lost':
      return no(new Retryable('service.session_lost'));
    case 'identity_blocked':
      return no(new NotNow('service.identity_blocked', now + BLOCKED_PAUSE_MS));
    case 'permission_missing': {
      const detail = refusedBy24SevenOffice(name, message);
      return no(new NotNow('service.permission_missing', now + BLOCKED_PAUSE_MS, detail));
    }
    case 'validation':
    case 'refused': {
      const detail = refusedBy24SevenOffice(name, message);
      return operation.effect === 'read'
        ? no(new Retryable('transfer.bug', detail))
        : no(new Rejected(operation.refusedCode, detail));
    }
    case 'unclear':
      return {
        signal,
        written: operation.effect === 'read' ? 'no' : 'maybe',
        failure: unclearOutcome(operation),
      };
  }
}

function singleHeader(call: CallFailure, name: string): string | undefined {
  const value = call.headers?.[name];
  return Array.isArray(value) ? value[0] : value;
}

const MAX_MESSAGE = 300;
/** More is never looked at: a fault may quote a whole document. */
const MAX_READ = 4_000;
/** Of .NET (`at A.B(`) and of Mono (`at A.B (`), white space joined. */
const STACK_TRACE = / at (?=[^ ]*\.)[\w.`<>[\],]+ ?\(| ?--- ?End of inner exception/;

/**
 * The service's own last word: after the last `--->`, without exception type and stack trace, and with
 * e-mail addresses, long numbers and whatever we said ourselves masked, so that it may stand in a log or
 * an event. Masked before it is cut: half a name is a name.
 */
export function lastMessage(text: string, said: unknown = undefined): string {
  const last = text.slice(text.lastIndexOf('--->') + (text.includes('--->') ? 4 : 1));
  const read = wholeWords(last.replace(/\s+/g, ' '), MAX_READ);
  const message = read
    .slice(0, STACK_TRACE.exec(read)?.index)
    .trim()
    .replace(/^[\w.]+Exception:\s*/, '');
  const masked = createMask(said)(message)
    .replace(/[^\s@<>"']{1,256}@[^\s@<>"']+/g, '…@…')
    .replace(/\d(?:[ -]?\d){7,}/g, '########');
  return wholeWords(masked, MAX_MESSAGE);
}

/** Cut at the end of a word: half of one would not be known for the name it is. */
function wholeWords(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = text.lastIndexOf(' ', longest);
  return text.slice(0, end > 0 ? end : longest);
}
