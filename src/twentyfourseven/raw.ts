/**
 * Calls with their answers as they came, for the probe: past the dispatcher and its reading, but with a token
 * of the shared quota each, and in the session that the workers share.
 */

import type { Clock } from '../clock.ts';
import { NotNow, Retryable } from '../errors.ts';
import type { Identities } from '../onboarding/ports.ts';
import type { Answer, Ask, Content, Element, LostSession, ProbeWire } from '../onboarding/probe/port.ts';
import type { ShopAccess } from '../transfer/ports/shops.ts';
import type { Quota } from './dispatch/quota.ts';
import type { SessionStore } from './ports.ts';
import type { Credentials } from './session/login.ts';
import type { Session, Sessions } from './session/session.ts';
import { classifyFailure, lastMessage } from './wire/faults.ts';
import { createHttp, HttpProblem } from './wire/http.ts';
import { createMask } from './wire/mask.ts';
import type { RawExchange } from './wire/recording.ts';
import { SERVICE_PATHS } from './wire/services.ts';
import type { CallFailure } from './wire/soap.ts';
import { elementsOf, escaped } from './wire/xml-tokens.ts';

const NAMESPACE = 'http://24sevenOffice.com/webservices';
/** Logins of one company in an hour, the workers' included: repeated ones are throttled over there. */
const LOGINS_PER_HOUR = 20;
const HOUR_MS = 3_600_000;
const SESSION_ID = /^[\x21-\x3a\x3c-\x7e]{1,200}$/;

function xmlOf(name: string, content: Content | undefined): string {
  if (content === undefined) return '';
  if (content === null) return `<${name} xsi:nil="true" />`;
  if (Array.isArray(content)) return content.map((item: Content) => xmlOf(name, item)).join('');
  if (typeof content !== 'object') return `<${name}>${escaped(String(content))}</${name}>`;
  return `<${name}>${childrenOf(content)}</${name}>`;
}

const childrenOf = (content: object) =>
  Object.entries(content)
    .map(([child, value]) => xmlOf(child, value as Content | undefined))
    .join('');

function envelope(operation: string, content: Content): string {
  const inner = typeof content === 'object' && content !== null ? childrenOf(content) : '';
  return (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ' +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soap:Body>' +
    `<${operation} xmlns="${NAMESPACE}">${inner}</${operation}></soap:Body></soap:Envelope>`
  );
}

const inside = (element: Element | undefined, name: string) =>
  element?.children.find((child) => child.name === name);

export interface RawDeps {
  baseUrl: string;
  timeoutMs: number;
  quota: Quota;
  sessions: Sessions;
  sessionStore: SessionStore;
  identities: Identities;
  credentials: () => Promise<Credentials>;
  clock: Clock;
}

export interface RawAccess extends ProbeWire {
  close(): void;
}

/** @param onExchange told of each request and its answer, for the recording */
export function createRawAccess(
  deps: RawDeps,
  access: ShopAccess,
  onExchange: (exchange: RawExchange) => void,
): RawAccess {
  const { quota, sessions, clock, timeoutMs } = deps;
  const http = createHttp({ timeoutMs, sendWindowMs: timeoutMs, clock });
  const others = new Map<string, string>();
  const lost: LostSession[] = [];
  let sent = 0;
  let own: { session: Session; openedAt: number; usedAt: number } | undefined;

  async function ownSession(): Promise<Session> {
    const session = await sessions.acquire(access);
    if (own?.session.id !== session.id) {
      const now = clock.monotonic();
      own = { session, openedAt: now, usedAt: now };
    }
    return session;
  }

  async function post(ask: Ask, sessionId: string | undefined): Promise<Answer> {
    const { service, operation } = ask;
    await quota.acquire('after');
    const headers = {
      'Content-Type': 'text/xml; charset=utf-8',
      SOAPAction: `"${NAMESPACE}/${operation}"`,
      ...(sessionId !== undefined && { Cookie: `ASP.NET_SessionId=${sessionId}` }),
    };
    const body = envelope(operation, ask.content ?? {});
    const request = { headers, body };
    const started = clock.monotonic();
    const tell = (answer: RawExchange['answer']) =>
      onExchange({
        at: clock.now(),
        durationMs: clock.monotonic() - started,
        service,
        operation,
        request,
        answer,
      });
    sent += 1;
    try {
      const url = deps.baseUrl.replace(/\/+$/, '') + SERVICE_PATHS[service];
      const answer = await http.post({ url, headers, body, onWrite: () => undefined });
      tell(answer);
      void quota.observe(answer.headers, 0);
      return await read(ask, answer);
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      tell({ problem: error.message });
      throw new Retryable(
        'service.unavailable',
        `24SevenOffice did not answer ${operation}: ${error.message}`,
      );
    }
  }

  async function read(ask: Ask, answer: Awaited<ReturnType<typeof http.post>>): Promise<Answer> {
    const { status } = answer;
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
    const body = inside(inside(elementsOf(answer.body), 'Envelope'), 'Body');
    const result = inside(body, `${ask.operation}Response`);
    const fault = inside(body, 'Fault');
    if (result !== undefined && fault === undefined && status >= 200 && status <= 299) {
      return { status, headers, result, fault: undefined, showsStack: false, signal: undefined };
    }
    const text =
      inside(fault, 'faultstring')?.text ?? (fault === undefined ? answer.body.slice(0, 4_000) : '');
    const failure: CallFailure = {
      ok: false,
      cause: fault === undefined ? 'http' : 'fault',
      mayBeWritten: true,
      ...{ status, headers: answer.headers, text },
      faultCode: inside(fault, 'faultcode')?.text ?? '',
    };
    const facts = {
      ...{ name: ask.operation, effect: 'read' as const },
      ...{ refusedCode: 'service.unavailable' as const, unknownCode: 'service.unavailable' as const },
    };
    const verdict = classifyFailure(failure, facts, clock);
    if (verdict.quarantineUntilMs !== undefined) await quota.quarantine(verdict.quarantineUntilMs);
    return {
      ...{ status, headers, result: undefined, signal: verdict.signal },
      fault: fault === undefined ? undefined : lastMessage(text, createMask(ask.content)),
      showsStack: /System\.[\w.]*Exception:|\n\s+at\s+[\w.]+\(/.test(text),
    };
  }

  async function ask(wanted: Ask): Promise<Answer> {
    if (wanted.session !== undefined) return post(wanted, others.get(wanted.session));
    const session = await ownSession();
    const answer = await post(wanted, session.id);
    const now = clock.monotonic();
    if (answer.signal !== 'session_lost') {
      if (own !== undefined) own.usedAt = now;
      return answer;
    }
    if (own !== undefined) lost.push({ ageMs: now - own.openedAt, idleMs: now - own.usedAt });
    await sessions.drop(access, session);
    return post(wanted, (await ownSession()).id);
  }

  return {
    ask,
    async login(name, identityId) {
      if (!(await deps.sessionStore.countLogin(access.clientId, LOGINS_PER_HOUR))) {
        throw new NotNow('service.quota', clock.now() + HOUR_MS, 'there were enough logins in this hour');
      }
      const { applicationId, username, password } = await deps.credentials();
      const credential = {
        ApplicationId: applicationId,
        IdentityId: identityId,
        Password: password,
        Username: username,
      };
      const answer = await post(
        { service: 'authenticate', operation: 'Login', content: { credential } },
        undefined,
      );
      const id = inside(answer.result, 'LoginResult')?.text ?? '';
      const isOpen = SESSION_ID.test(id);
      if (isOpen) others.set(name, id);
      return { answer, isOpen };
    },
    identities: () => deps.identities.list(),
    async renew() {
      if (own !== undefined) await sessions.drop(access, own.session);
      own = undefined;
    },
    sent: () => sent,
    lost: () => lost,
    close: () => http.close(),
  };
}
