import type { FaultMoment } from './faults.ts';
import type { Parsed } from './incoming.ts';
import { isMemberEffect, spoilRequest, spoilResult } from './member-faults.ts';
import { type Reply, serverFaultReply, xmlReply } from './replies.ts';
import type { Entity, Value } from './schema/value.ts';
import { identityBlocked, notAuthenticated, ServiceFault, wrongIdentity } from './services/call.ts';
import { writeAnswer } from './soap-envelope.ts';
import { type Company, newSessionId, type Session, type World } from './state.ts';

/** Runs a request that follows the schema, and answers it. Faults that strike single members happen here. */
export type Operations = (
  parsed: Parsed,
  session: Session | undefined,
  moment: FaultMoment | undefined,
  /** Whether the request had a session cookie, valid or not. */
  hasCookie: boolean,
) => Reply;

const loginOperations = new Set(['Login', 'GetIdentitiesWithCredential']);

export function createOperations({ world }: { world: World }): Operations {
  const logins: number[] = [];

  function throttleLogin(): void {
    const now = world.clock();
    while (logins[0] !== undefined && logins[0] <= now - 60_000) logins.shift();
    if (logins.length >= world.behaviour.loginsPerMinute) {
      throw new ServiceFault(world.behaviour.loginThrottledText);
    }
    logins.push(now);
  }

  /** The session's company. Throws where the user may not use this service there. */
  function admit(session: Session | undefined, serviceName: string, operation: string): Company {
    if (session === undefined) throw notAuthenticated();
    const company = world.companies.get(session.clientId);
    if (company === undefined || company.isDisabled) throw wrongIdentity();
    if (company.isBlocked) throw identityBlocked();
    const { deniedServices, deniedWrites, permissionText } = world.behaviour;
    const denied: readonly string[] = /^(Save|Update)/.test(operation)
      ? [...deniedServices, ...deniedWrites]
      : deniedServices;
    if (company.deniedServices.has(serviceName) || denied.includes(serviceName)) {
      throw new ServiceFault(permissionText);
    }
    return company;
  }

  function visibleFrom(moment: FaultMoment | undefined): number {
    const effect = moment?.effect;
    const delayMs =
      effect?.kind === 'hidden' ? (effect.ms ?? Number.POSITIVE_INFINITY) : world.behaviour.visibilityDelayMs;
    return world.clock() + delayMs;
  }

  function perform(
    { service, operation, request }: Parsed,
    session: Session | undefined,
    moment: FaultMoment | undefined,
  ): Value {
    if (service.kind === 'authenticate') {
      if (loginOperations.has(operation)) throttleLogin();
      return lookUp(service.operations, operation)({ world, session }, request);
    }
    const company = admit(session, service.schema.name, operation);
    const call = { world, company, operation, visibleAt: visibleFrom(moment) };
    const inBooks = (input: Entity) => lookUp(service.operations, operation)(call, input);
    if (moment === undefined || !isMemberEffect(moment.effect)) return inBooks(request);
    return moment.when === 'before'
      ? spoilRequest(moment.effect, service.schema, operation, request, inBooks)
      : spoilResult(moment.effect, operation, inBooks(request));
  }

  return (parsed, session, moment, hasCookie) => {
    const { service, operation, version } = parsed;
    const answer = (reply: Reply): Reply => {
      // ASP.NET gives every caller without a cookie a session. Nobody is logged in to it.
      if (!hasCookie && !loginOperations.has(operation)) reply.headers['Set-Cookie'] = cookie(newSessionId());
      return reply;
    };
    try {
      const result = perform(parsed, session, moment);
      const reply = xmlReply(
        version,
        200,
        writeAnswer(version, service.schema, operation, result, world.behaviour),
      );
      if (operation === 'Login' && result !== '') reply.headers['Set-Cookie'] = cookie(String(result));
      return answer(reply);
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      return answer(serverFaultReply(version, error.message, world.behaviour.faultText));
    }
  };
}

const cookie = (sessionId: string) => `ASP.NET_SessionId=${sessionId}; path=/`;

function lookUp<Code>(operations: Record<string, Code>, name: string): Code {
  const code = operations[name];
  if (code === undefined) throw new Error(`${name} has a schema table but no code`);
  return code;
}
