import { setTimeout as wait } from 'node:timers/promises';
import type { FaultEffect, FaultMoment, Faults } from './faults.ts';
import {
  claimedOperation,
  claimedVersion,
  type Incoming,
  type Parsed,
  parseIncoming,
  WrongAction,
} from './incoming.ts';
import type { Operations } from './operations.ts';
import type { Quota } from './quota.ts';
import {
  htmlReply,
  type Outcome,
  quotaRefusal,
  type Reply,
  readingFaultReply,
  replace,
  tooManyRequests,
  wrongActionReply,
  xmlReply,
} from './replies.ts';
import type { RequestLog } from './request-log.ts';
import { SchemaError } from './schema/read.ts';
import { findService } from './services/registry.ts';
import { type SoapVersion, writeAnswer } from './soap-envelope.ts';
import { findSession, type Session, type World } from './state.ts';

export type Exchange = (incoming: Incoming) => Promise<Outcome>;

type Handled = { operation: string; outcome: Outcome; fault?: FaultEffect | undefined };

const replied = (reply: Reply): Outcome => ({ kind: 'reply', reply });

/** Handles one SOAP call from arrival to answer, with injected faults. */
export function createExchange({
  world,
  quota,
  faults,
  log,
  operations,
}: {
  world: World;
  quota: Quota;
  faults: Faults;
  log: RequestLog;
  operations: Operations;
}): Exchange {
  const sessionOf = (incoming: Incoming) => findSession(world, incoming.sessionId);

  function switchCompany(session: Session, toClientId: number | undefined): void {
    const other = [...world.companies.keys()].find((id) => id !== session.clientId);
    session.clientId = toClientId ?? other ?? session.clientId;
  }

  /** Apply a fault. Returns what it sends instead; `undefined` where the call goes on. */
  async function strike(
    effect: FaultEffect,
    parsed: Parsed,
    incoming: Incoming,
    whole: () => ReturnType<Operations>,
  ): Promise<Outcome | undefined> {
    const { version } = parsed;
    if (effect.kind === 'quarantine') {
      quota.quarantine(effect.ms);
      return replied(quotaRefusal(version, world.behaviour, quota.refusal()));
    }
    const session = sessionOf(incoming);
    if (session !== undefined && effect.kind === 'sessionLost') world.sessions.delete(session.id);
    if (session !== undefined && effect.kind === 'wrongIdentity') switchCompany(session, effect.toClientId);
    if (effect.kind === 'slow') await wait(effect.ms, undefined, { ref: false });
    return replace(effect, version, world.behaviour.faultText, whole);
  }

  async function run(parsed: Parsed, incoming: Incoming, moment: FaultMoment | undefined): Promise<Outcome> {
    const { version, operation, service } = parsed;
    if (moment?.when === 'before') {
      const blank = () =>
        xmlReply(version, 200, writeAnswer(version, service.schema, operation, undefined, world.behaviour));
      const instead = await strike(moment.effect, parsed, incoming, blank);
      if (instead !== undefined) return instead;
    }
    const reply = operations(parsed, sessionOf(incoming), moment, incoming.sessionId !== undefined);
    if (moment?.when === 'after') {
      const instead = await strike(moment.effect, parsed, incoming, () => reply);
      if (instead !== undefined) return instead;
    }
    return replied(reply);
  }

  /** Answers a request that does not follow the schema, and notes the violation. */
  function refuseInvalid(
    error: unknown,
    version: SoapVersion,
    incoming: Incoming,
    clientId: number | undefined,
  ): Reply {
    const { requests, faultText } = world.behaviour;
    const { message, position, asDotnet } =
      error instanceof SchemaError ? error : new SchemaError('', 'the body is not well-formed XML 1.0');
    world.violations.push({
      at: world.clock(),
      kind: 'schema',
      operation: claimedOperation(incoming),
      clientId: clientId ?? null,
      message,
    });
    if (error instanceof WrongAction) return wrongActionReply(version, incoming.soapAction);
    const told = requests === 'dotnet' ? (asDotnet ?? message) : message;
    return readingFaultReply(version, { position, message: told }, faultText);
  }

  async function handle(incoming: Incoming, clientId: number | undefined): Promise<Handled> {
    const verdict = quota.count();
    const claimed = claimedOperation(incoming);
    const version = claimedVersion(incoming);
    const refused = (reply: Reply): Handled => ({ operation: claimed, outcome: replied(reply) });
    const service = findService(incoming.path);
    if (service === undefined) return refused(htmlReply(404, 'Not Found'));
    if (verdict === 'blocked') return refused(quotaRefusal(version, world.behaviour, quota.refusal()));
    if (verdict === 'too_fast') return refused(tooManyRequests());
    let parsed: Parsed;
    try {
      parsed = parseIncoming(service, incoming, world.behaviour);
    } catch (error) {
      return refused(refuseInvalid(error, version, incoming, clientId));
    }
    const { operation } = parsed;
    const moment = faults.strike({ operation, clientId, body: incoming.body });
    const outcome = await run(parsed, incoming, moment);
    if (world.behaviour.latencyMs > 0) await wait(world.behaviour.latencyMs, undefined, { ref: false });
    return { operation, outcome, fault: moment?.effect };
  }

  return async (incoming) => {
    const at = world.clock();
    const clientId = sessionOf(incoming)?.clientId;
    const { operation, outcome, fault } = await handle(incoming, clientId);
    const reply = 'reply' in outcome ? outcome.reply : undefined;
    if (reply !== undefined) Object.assign(reply.headers, quota.headers());
    log.add({
      at,
      durationMs: world.clock() - at,
      operation,
      clientId: clientId ?? null,
      sessionId: incoming.sessionId ?? null,
      status: reply?.status ?? null,
      ok: outcome.kind === 'reply' && reply?.status === 200 && !reply.body.includes('<soap:Fault>'),
      fault: fault?.kind ?? null,
      ...(world.behaviour.keepBodies ? { body: incoming.body } : {}),
    });
    return outcome;
  };
}
