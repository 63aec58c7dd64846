/**
 * What a failed call means: one table from signal to kind and code (24seven.md §2.4 and §11).
 *
 * The first row that matches decides. `written: 'no'` is claimed only where the service refused before
 * it did anything, or where no byte left; everything else may have been written.
 *
 * Quota, session, identity and rights concern others than the invoice at hand, so they are believed only where
 * the service speaks for itself: a status, or the documented wording at the start of a whole request's fault, none
 * of it a word that we sent. Of one entity's exception only the type decides, and only for that entity.
 */

import type { Clock } from '../../clock.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { cleanText } from '../../contract/text.ts';
import { NotNow, OutcomeUnknown, Retryable, Terminal, type TransferFailure } from '../../errors.ts';
import { knownWords } from './known-words.ts';
import { type Mask, NOTHING_SAID, refusedBy24SevenOffice } from './mask.ts';
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
  /** One entity's own: it says nothing of the next one. */
  | 'entity_denied'
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

/** The first group is what decides: words of ours in it decide nothing. */
const QUOTA =
  /^(limit exceeded)(?: by \d{1,9})?(?:\.?$|\.\s)|^(?:request is blocked\. )?(quarantine ends?) (?:at|on)\b/i;
/** Nothing documents the wording of missing rights: the usual ones, said of nobody or of the user. */
const RIGHTS =
  /^(?:(?:the |this |your |current )?(?:user|you|account|identity|client|application)\b[^'"]{0,40}? )?(?:attempted to perform an )?(?:(?:no|missing|insufficient|a|the|required) )?(permissions?\b|access (?:is |was )?denied|not authori[sz]ed|no access|access to\b|unauthori[sz]ed|licen[cs]e)/i;
/** Trouble below the service's own checks: what it had done by then nobody knows. */
const UNCLEAR_TYPE = /DataBaseServerException|SqlException/i;
const TABLE: readonly {
  signal: Signal;
  wording?: RegExp;
  matches?: (call: CallFailure, operation: OperationFacts) => boolean;
}[] = [
  { signal: 'not_sent', matches: (call) => !call.mayBeWritten },
  { signal: 'quota', matches: (call) => call.status === 429 },
  { signal: 'quota', wording: QUOTA },
  // Wherever it stands: to believe it is the careful way.
  { signal: 'unclear', matches: (call) => call.cause === 'fault' && UNCLEAR_TYPE.test(call.text ?? '') },
  { signal: 'unclear', wording: /^(?:\S{1,40} ){0,6}?(timeout)/i },
  { signal: 'identity_blocked', wording: /^(?:provided )?(IdentityId is blocked)/i },
  {
    signal: 'session_lost',
    wording: /^(session is not authenticated)|^(client is not authenticated on this identity)/i,
  },
  { signal: 'login_throttled', wording: /^(?:[a-z]{1,20} ){0,4}?(throttl[a-z]{0,9})/i },
  { signal: 'permission_missing', wording: RIGHTS },
  {
    signal: 'validation',
    wording: /^(instance validation error)|^(?:please )?(specify at least one search parameter)/i,
  },
  { signal: 'validation', matches: isRefusedRequest },
  { signal: 'unclear', matches: () => true },
];

const ENVELOPE = /<(\w+:)?Envelope\b/;
/** The service's wordings are shorter. */
const OPENING = 200;

const opening = (text: string) => text.trimStart().slice(0, OPENING).replace(/\s+/g, ' ').trimEnd();

/**
 * Where each thing that the service says begins: of a fault each message of the chain, without its exception's
 * type; of a page each text between two tags. A damaged SOAP answer says nothing: it may hold what we sent.
 */
function openings({ cause, text = '' }: CallFailure): string[] {
  if (cause === 'fault') {
    return text.split('--->').map((message) => opening(message).replace(/^[\w.]+Exception: /, ''));
  }
  if (ENVELOPE.test(text)) return [];
  return text
    .split(/[<\r\n]/)
    .map((part) => opening(part.slice(part.indexOf('>') + 1)))
    .filter((part) => part !== '');
}

/**
 * ASP.NET's own words for a request that never came to the service. That the fault calls itself the client's
 * alone proves nothing: the service may throw such a one after it has saved.
 */
const NOT_READ = /^server (was unable to read request|did not recognize the value of http header)/i;

function isRefusedRequest(call: CallFailure, { effect }: OperationFacts): boolean {
  if (call.cause !== 'fault' || !/(^|:)(Client|Sender)$/i.test(call.faultCode ?? '')) return false;
  return effect !== 'create' || NOT_READ.test(openings(call)[0] ?? '');
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
  said: Mask = NOTHING_SAID,
): Verdict {
  const heard = openings(call);
  const isHeard = (wording: RegExp) =>
    heard.some((message) => {
      const [, ...decisive] = wording.exec(message) ?? [];
      return decisive.some((words) => words !== undefined && !said.holds(words));
    });
  // A page comes from whatever stands before the service: of its words only the quota's are known.
  const row = TABLE.find(({ signal, wording, matches }) =>
    wording ? (call.cause === 'fault' || signal === 'quota') && isHeard(wording) : matches?.(call, operation),
  );
  const told = call.cause === 'fault' ? tellable(call.text ?? '', said) : { shown: '' };
  return verdictOf(row?.signal ?? 'unclear', call, told, operation, clock);
}

/** An APIException on one entity of an answer (24seven.md §11, item 3). */
export interface EntityException {
  type: string;
  message: string;
  /** An id beside it: the entity may stand although the service complains. */
  hasId: boolean;
}

/** By the last name of its type; the message decides nothing, it may be about anything that we sent. */
const EXCEPTION_TYPES: readonly { signal: Signal; type: RegExp }[] = [
  { signal: 'unclear', type: /(DataBaseServer|Sql|Timeout)Exception$/i },
  { signal: 'session_lost', type: /Authenticat\w{1,12}Exception$/i },
  {
    signal: 'entity_denied',
    type: /(Unauthori[sz]ed\w{0,9}|Permission\w{0,9}|AccessDenied|Licen[cs]e\w{0,9}|Security)Exception$/i,
  },
];

/** @param said as for `classifyFailure` */
export function classifyException(
  exception: EntityException,
  operation: OperationFacts,
  clock: Clock,
  said: Mask = NOTHING_SAID,
): Verdict {
  const call: CallFailure = { ok: false, cause: 'fault', mayBeWritten: true };
  const typed = EXCEPTION_TYPES.find(({ type }) => type.test(exception.type.slice(-OPENING)))?.signal;
  const other: Signal = operation.effect === 'read' ? 'unclear' : 'refused';
  const signal = exception.hasId ? 'unclear' : (typed ?? other);
  return verdictOf(signal, call, tellable(exception.message, said), operation, clock);
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
  { shown: message, words }: Told,
  operation: OperationFacts,
  clock: Clock,
): Verdict {
  const now = clock.now();
  const { name } = operation;
  const no = (failure: TransferFailure, quarantineUntilMs?: number): Verdict => {
    failure.words = words;
    return {
      signal,
      written: 'no',
      failure,
      ...(quarantineUntilMs !== undefined && { quarantineUntilMs }),
    };
  };
  switch (signal) {
    case 'not_sent': {
      const why =
        call.cause === 'send_window' ? 'the send window had passed' : (call.networkCode ?? call.cause);
      return no(new Retryable('service.unavailable', `${name} was not sent: ${why}; it is tried again`));
    }
    case 'quota': {
      const theirNow = serviceNow(singleHeader(call, 'date'), now);
      const toOurs = now - theirNow;
      if (call.status === 429 && !openings(call).some((words) => QUOTA.test(words))) {
        const until = retryAfterEnd(singleHeader(call, 'retry-after'), theirNow) + toOurs;
        return no(new NotNow('service.quota', until));
      }
      const until = quarantineEnd(call.text ?? '', theirNow) + toOurs;
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
    case 'entity_denied': {
      const detail = refusedBy24SevenOffice(name, message);
      const code = 'service.permission_missing';
      return no(operation.effect === 'read' ? new Retryable(code, detail) : new Terminal(code, detail));
    }
    case 'validation':
    case 'refused': {
      const detail = refusedBy24SevenOffice(name, message);
      return operation.effect === 'read'
        ? no(new Retryable('transfer.bug', detail))
        : no(new Terminal(operation.refusedCode, detail));
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

interface Told {
  /** What may stand in a log, an event, a `failedReason`. */
  shown: string;
  /** All of it, where not all is shown. */
  words?: string;
}

const POINTER = ' (an operator reads all of it on the invoice’s page)';

/** The service's last word, as far as it is known to name nobody. */
function tellable(text: string, said: Mask): Told {
  const words = lastMessage(text);
  const shown = knownWords(lastMessage(text, said));
  return shown === words ? { shown } : { shown: `${shown}${POINTER}`, words };
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
export function lastMessage(text: string, said: Mask = NOTHING_SAID): string {
  const last = text.slice(text.lastIndexOf('--->') + (text.includes('--->') ? 4 : 1));
  const read = wholeWords(cleanText(last).replace(/\s+/g, ' '), MAX_READ);
  const message = read
    .slice(0, STACK_TRACE.exec(read)?.index)
    .trim()
    .replace(/^[\w.]+Exception:\s*/, '');
  const masked = said(message)
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
