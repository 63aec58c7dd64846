import { setTimeout as wait } from 'node:timers/promises';
import type { FaultEffect, FaultMoment, Faults } from './faults.ts';
import { isMemberEffect, spoilRequest, spoilResult } from './member-faults.ts';
import type { Quota } from './quota.ts';
import type { RequestLog } from './request-log.ts';
import { readRequest, SchemaError, serviceNamespace } from './schema/read.ts';
import type { Entity, Value } from './schema/value.ts';
import { identityBlocked, notAuthenticated, ServiceFault, wrongIdentity } from './services/call.ts';
import { findService, type Service } from './services/registry.ts';
import { contentType, readEnvelope, type SoapVersion, writeAnswer, writeFault } from './soap-envelope.ts';
import { findSession, type Session, type World } from './state.ts';
import { parseXml } from './xml.ts';

export type Incoming = {
  path: string;
  soapAction: string | undefined;
  contentType: string;
  sessionId: string | undefined;
  body: string;
};

export type Reply = { status: number; contentType: string; headers: Record<string, string>; body: string };

/** What goes back over the wire, if anything does. */
export type Outcome =
  | { kind: 'reply'; reply: Reply }
  | { kind: 'cut'; reply: Reply }
  | { kind: 'reset' }
  | { kind: 'hang'; ms: number | undefined };

type Parsed = { service: Service; operation: string; version: SoapVersion; request: Entity };

export type Exchange = (incoming: Incoming) => Promise<Outcome>;

const htmlPage = (status: number, text: string) =>
  `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>${text}</h1><hr></body></html>`;

/** One SOAP call from its arrival to what is sent back, injected faults included. */
export function createExchange({
  world,
  quota,
  faults,
  log,
}: {
  world: World;
  quota: Quota;
  faults: Faults;
  log: RequestLog;
}): Exchange {
  const xml = (version: SoapVersion, status: number, body: string): Reply => ({
    status,
    contentType: contentType(version),
    headers: {},
    body,
  });
  const html = (status: number, text: string): Reply => ({
    status,
    contentType: 'text/html; charset=utf-8',
    headers: {},
    body: htmlPage(status, text),
  });

  function quotaRefusal(version: SoapVersion, message: string): Reply {
    const { quotaAnswer } = world.behaviour;
    if (quotaAnswer === 'http429') return { ...html(429, ''), contentType: 'text/plain', body: message };
    return xml(version, quotaAnswer === 'fault500' ? 500 : 200, writeFault(version, 'Server', message));
  }

  function violation(operation: string, clientId: number | undefined, message: string) {
    world.violations.push({
      at: world.clock(),
      kind: 'schema',
      operation,
      clientId: clientId ?? null,
      message,
    });
  }

  function parse(service: Service, incoming: Incoming): Parsed {
    const { version, content } = readEnvelope(parseXml(incoming.body));
    const operation = content.name;
    const action = incoming.soapAction?.replace(/^"(.*)"$/, '$1');
    const expected = `${serviceNamespace}/${operation}`;
    const known = service.schema.operations.has(operation);
    if (!known || (action !== expected && !(version === '1.2' && action === undefined))) {
      throw new SchemaError(
        operation,
        'Server did not recognize the value of HTTP Header SOAPAction, or the operation does not exist here',
      );
    }
    if (!incoming.contentType.startsWith(version === '1.1' ? 'text/xml' : 'application/soap+xml')) {
      throw new SchemaError(operation, 'the content type does not fit the SOAP version');
    }
    return { service, operation, version, request: readRequest(service.schema, operation, content) };
  }

  const logins: number[] = [];

  function throttleLogin(operation: string) {
    if (operation !== 'Login' && operation !== 'GetIdentitiesWithCredential') return;
    const now = world.clock();
    while (logins.length > 0 && (logins[0] ?? now) <= now - 60_000) logins.shift();
    if (logins.length >= world.behaviour.loginsPerMinute) {
      throw new ServiceFault(world.behaviour.loginThrottledText);
    }
    logins.push(now);
  }

  /** Run the operation. @throws ServiceFault */
  function perform(parsed: Parsed, session: Session | undefined, moment: FaultMoment | undefined): Value {
    const { service, operation, request } = parsed;
    throttleLogin(operation);
    if (service.kind === 'authenticate') {
      const run = service.operations[operation];
      if (run === undefined) throw new Error(`${operation} has a table but no code`);
      return run({ world, session }, request);
    }
    if (session === undefined) throw notAuthenticated();
    const company = world.companies.get(session.clientId);
    if (company === undefined || company.isDisabled) throw wrongIdentity();
    if (company.isBlocked) throw identityBlocked();
    if (company.deniedServices.has(service.schema.name)) {
      throw new ServiceFault(world.behaviour.permissionText);
    }
    const run = service.operations[operation];
    if (run === undefined) throw new Error(`${operation} has a table but no code`);
    const effect = moment?.effect;
    const hiddenMs =
      effect?.kind === 'hidden' ? (effect.ms ?? Number.POSITIVE_INFINITY) : world.behaviour.visibilityDelayMs;
    const visibleAt = world.clock() + hiddenMs;
    const inBooks = (input: Entity) => run({ world, company, operation, visibleAt }, input);
    if (effect === undefined || !isMemberEffect(effect)) return inBooks(request);
    return moment?.when === 'before'
      ? spoilRequest(effect, service.schema, operation, request, inBooks)
      : spoilResult(effect, operation, inBooks(request));
  }

  function answer(parsed: Parsed, session: Session | undefined, moment: FaultMoment | undefined): Reply {
    const { service, operation, version } = parsed;
    try {
      const result = perform(parsed, session, moment);
      const reply = xml(version, 200, writeAnswer(version, service.schema, operation, result));
      if (operation === 'Login' && result !== '') {
        reply.headers['Set-Cookie'] = `ASP.NET_SessionId=${String(result)}; path=/; HttpOnly; SameSite=Lax`;
      }
      return reply;
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      return xml(version, 500, writeFault(version, 'Server', error.message));
    }
  }

  /** The fault's own answer, where it replaces the real one. */
  function ruin(effect: FaultEffect, version: SoapVersion, whole: () => Reply): Outcome | undefined {
    switch (effect.kind) {
      case 'reset':
        return { kind: 'reset' };
      case 'hang':
        return { kind: 'hang', ms: effect.ms };
      case 'http':
        return { kind: 'reply', reply: html(effect.status, 'The service is unavailable.') };
      case 'empty':
        return { kind: 'reply', reply: { ...xml(version, 200, ''), headers: {} } };
      case 'soapFault':
        return {
          kind: 'reply',
          reply: xml(version, effect.status ?? 500, writeFault(version, 'Server', effect.text)),
        };
      case 'throttled':
        return {
          kind: 'reply',
          reply: { ...html(429, ''), contentType: 'text/plain', body: 'Too Many Requests' },
        };
      case 'truncated': {
        const reply = whole();
        const body = reply.body.slice(0, Math.floor(reply.body.length / 2));
        return { kind: 'reply', reply: { ...reply, body } };
      }
      case 'cut':
        return { kind: 'cut', reply: whole() };
      default:
        return undefined;
    }
  }

  function switchCompany(session: Session | undefined, toClientId: number | undefined) {
    if (session === undefined) return;
    const other = [...world.companies.keys()].find((id) => id !== session.clientId);
    session.clientId = toClientId ?? other ?? session.clientId;
  }

  /** Faults that change the service around the call instead of its answer. */
  async function upset(effect: FaultEffect, session: Session | undefined) {
    if (effect.kind === 'sessionLost' && session !== undefined) world.sessions.delete(session.id);
    if (effect.kind === 'wrongIdentity') switchCompany(session, effect.toClientId);
    if (effect.kind === 'slow') await wait(effect.ms, undefined, { ref: false });
  }

  async function run(parsed: Parsed, incoming: Incoming, moment: FaultMoment | undefined): Promise<Outcome> {
    const { version, operation, service } = parsed;
    const session = () => findSession(world, incoming.sessionId);
    if (moment?.effect.kind === 'quarantine' && moment.when === 'before') {
      quota.quarantine(moment.effect.ms);
      return { kind: 'reply', reply: quotaRefusal(version, quota.count().message) };
    }
    if (moment?.when === 'before') {
      const blank = () => xml(version, 200, writeAnswer(version, service.schema, operation, undefined));
      const instead = ruin(moment.effect, version, blank);
      if (instead !== undefined) return instead;
      await upset(moment.effect, session());
    }
    const reply = answer(parsed, session(), moment);
    if (moment?.when === 'after') {
      if (moment.effect.kind === 'quarantine') {
        quota.quarantine(moment.effect.ms);
        return { kind: 'reply', reply: quotaRefusal(version, quota.count().message) };
      }
      const instead = ruin(moment.effect, version, () => reply);
      if (instead !== undefined) return instead;
      await upset(moment.effect, session());
    }
    return { kind: 'reply', reply };
  }

  return async (incoming) => {
    const at = world.clock();
    const clientId = findSession(world, incoming.sessionId)?.clientId;
    const named = /([A-Za-z]+)"?$/.exec(incoming.soapAction ?? '')?.[1] ?? 'unknown';
    const counted = quota.count();

    const finish = (operation: string, outcome: Outcome, fault: FaultEffect | undefined): Outcome => {
      const reply = 'reply' in outcome ? outcome.reply : undefined;
      if (reply !== undefined) Object.assign(reply.headers, counted.headers);
      log.add({
        at,
        durationMs: world.clock() - at,
        operation,
        clientId: clientId ?? null,
        sessionId: incoming.sessionId ?? null,
        status: reply?.status ?? null,
        ok: outcome.kind === 'reply' && reply?.status === 200,
        fault: fault?.kind ?? null,
        ...(world.behaviour.keepBodies ? { body: incoming.body } : {}),
      });
      return outcome;
    };

    const service = findService(incoming.path);
    if (service === undefined) {
      return finish('unknown', { kind: 'reply', reply: html(404, 'Not Found') }, undefined);
    }
    const spoken: SoapVersion = incoming.contentType.startsWith('application/soap+xml') ? '1.2' : '1.1';
    if (counted.verdict === 'blocked') {
      return finish(named, { kind: 'reply', reply: quotaRefusal(spoken, counted.message) }, undefined);
    }
    if (counted.verdict === 'too_fast') {
      const reply = { ...html(429, ''), contentType: 'text/plain', body: counted.message };
      return finish(named, { kind: 'reply', reply }, undefined);
    }
    let parsed: Parsed;
    try {
      parsed = parse(service, incoming);
    } catch (error) {
      const message =
        error instanceof SchemaError ? error.message : 'the document is not well-formed XML 1.0';
      violation(named, clientId, message);
      const reply = xml(spoken, 500, writeFault(spoken, 'Client', message));
      return finish(named, { kind: 'reply', reply }, undefined);
    }
    const moment = faults.strike({ operation: parsed.operation, clientId, body: incoming.body });
    const outcome = await run(parsed, incoming, moment);
    if (world.behaviour.latencyMs > 0) await wait(world.behaviour.latencyMs, undefined, { ref: false });
    return finish(parsed.operation, outcome, moment?.effect);
  };
}
