/**
 * Every call to the books goes through here: a lane per company and operation, one request in flight in
 * each. What gathers meanwhile leaves together in the next one, where the operation allows it.
 *
 * The order of a save: session, circuits, token, connected socket, intent, write. A create is never repeated, except
 * where its request could not be read, and then with a new intent.
 */

import type { Clock } from '../../clock.ts';
import { NotNow, StaleClaim, Terminal, TransferFailure } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { IntentAnswer, Intents, SendIntent } from '../../transfer/ports/intents.ts';
import type { ShopAccess } from '../../transfer/ports/shops.ts';
import type { Circuits, Pass } from '../circuits/circuits.ts';
import { tellSignal } from '../circuits/signs.ts';
import type { Operation, Outcome } from '../operations.ts';
import type { Session, Sessions } from '../session/session.ts';
import { classifyException, type Signal, unclearOutcome } from '../wire/faults.ts';
import { createMask, type Mask } from '../wire/mask.ts';
import { type Entity, UnreadableAnswer } from '../wire/values.ts';
import type { Exchange, Failed } from './exchange.ts';
import { createGates } from './gates.ts';
import type { Turns } from './turns.ts';

export interface Dispatcher {
  /**
   * Throws Retryable and NotNow; for a save also Terminal, StaleClaim (nothing was sent) and, for a
   * create, OutcomeUnknown.
   *
   * @param intent required for a create; written just before the bytes leave
   */
  call<Item, Value>(
    access: ShopAccess,
    operation: Operation<Item, Value>,
    item: Item,
    intent?: SendIntent,
  ): Promise<Value>;
  /** Calls that have not left fail with it, and so does every later one. What is on the wire comes back. */
  close(failure: NotNow): void;
}

interface Member<Item, Value> {
  access: ShopAccess;
  item: Item;
  intent: SendIntent | undefined;
  /** Sends alone: it was part of a refused batch. */
  isSingle: boolean;
  hasLostSession: boolean;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

interface Lane<Item, Value> {
  operation: Operation<Item, Value>;
  queue: Member<Item, Value>[];
  isBusy: boolean;
  /** Members of the request on the wire. */
  inFlight: number;
  /** Members of the next request, at most. */
  limit: number;
}

type Queued = { queue: { reject(error: unknown): void }[] };

function rejectAll({ queue }: Queued, error: unknown): void {
  for (const member of queue.splice(0)) member.reject(error);
}

/** Said by the service itself, which by then has accepted the request and may have carried it out. */
const DENIALS: ReadonlySet<Signal> = new Set(['session_lost', 'identity_blocked', 'permission_missing']);

/** At least one intent of the batch was refused, so nothing of it was sent. */
class Withheld extends Error {}

export function createDispatcher({
  exchange,
  circuits,
  sessions,
  turns,
  intents,
  clock,
  logger,
  settleMs,
  maxBatch,
}: {
  exchange: Exchange;
  circuits: Circuits;
  sessions: Sessions;
  turns: Turns;
  intents: Intents;
  clock: Clock;
  logger: Logger;
  settleMs: number;
  maxBatch: number;
}): Dispatcher {
  const lanes = new Map<string, Queued>();
  const gates = createGates({ clock });
  let closed: NotNow | undefined;

  function laneOf<Item, Value>(clientId: string, operation: Operation<Item, Value>): Lane<Item, Value> {
    const key = `${clientId} ${operation.name}`;
    const known = lanes.get(key) as Lane<Item, Value> | undefined;
    if (known !== undefined) return known;
    const limit = operation.effect === 'read' ? (operation.join?.maxItems ?? 1) : 1;
    const lane: Lane<Item, Value> = { operation, queue: [], isBusy: false, inFlight: 0, limit };
    lanes.set(key, lane);
    if (!operation.isBackground) gates.add(clientId, lane);
    return lane;
  }

  async function run<Item, Value>(clientId: string, lane: Lane<Item, Value>): Promise<void> {
    if (lane.isBusy) return;
    lane.isBusy = true;
    try {
      while (lane.queue.length > 0) {
        if (closed !== undefined) return rejectAll(lane, closed);
        const { join, isBackground } = lane.operation;
        const isGated = join !== undefined && !isBackground;
        const leave = isGated ? await gates.enter(clientId, lane) : () => undefined;
        try {
          await sendNext(clientId, lane);
        } finally {
          leave();
        }
      }
    } finally {
      lane.isBusy = false;
    }
  }

  async function sendNext<Item, Value>(clientId: string, lane: Lane<Item, Value>): Promise<void> {
    const [first] = lane.queue;
    if (first === undefined) return;
    const { service, effect, isBackground = false } = lane.operation;
    const isRead = effect === 'read';
    let session: Session;
    let pass: Pass;
    try {
      session = await (isRead
        ? sessions.acquire(first.access, { isBackground })
        : sessions.acquireForSave(first.access));
      const kind = isRead ? 'read' : 'save';
      pass = await circuits.enter({ what: 'books', clientId, service, effect: kind }, { isBackground });
      await turns.take(clientId, pass, {
        effect: kind,
        isCrowd: gates.isCrowded(clientId),
        isBackground,
      });
    } catch (error) {
      return rejectAll(lane, error);
    }
    // Chosen only now, so that what came while we waited leaves too.
    const batch = takeBatch(lane);
    if (batch.length === 0) return pass.undecided(false);
    lane.inFlight = batch.length;
    try {
      await send(lane, batch, session, pass);
    } catch (error) {
      for (const member of batch) member.reject(error);
    } finally {
      lane.inFlight = 0;
      await pass.undecided(true);
    }
  }

  async function send<Item, Value>(
    lane: Lane<Item, Value>,
    batch: Member<Item, Value>[],
    session: Session,
    pass: Pass,
  ): Promise<void> {
    const { operation } = lane;
    const items = batch.map((member) => member.item);
    const refusals = new Map<Member<Item, Value>, TransferFailure>();
    const request = {
      service: operation.service,
      operation: operation.wireName,
      args: operation.toRequest(items),
      sessionId: session.id,
      ...(operation.effect === 'create' && { beforeWrite: () => writeIntents(batch, refusals) }),
    };

    const performed = await exchange.perform(request, operation, items, pass).catch((error: unknown) => {
      if (error instanceof Withheld) return undefined;
      throw error;
    });
    if (performed === undefined) {
      lane.queue.unshift(...batch.filter((member) => !refusals.has(member)));
      for (const [member, refusal] of refusals) member.reject(refusal);
      return;
    }
    try {
      if (performed.ok) await handleAnswer(lane, batch, session, pass, performed.result);
      else await handleFailure(lane, batch, session, performed);
    } catch (error) {
      // The request has left: whatever broke on our side, a save may stand.
      if (error instanceof UnreadableAnswer) tellUnreadable(operation, error.message);
      else logger.warn({ operation: operation.name, err: error }, 'answer could not be read');
      if (operation.effect !== 'read') lane.limit = 1;
      for (const member of batch) member.reject(unclearOutcome(operation));
    }
  }

  async function handleAnswer<Item, Value>(
    lane: Lane<Item, Value>,
    batch: Member<Item, Value>[],
    session: Session,
    pass: Pass,
    result: Entity,
  ): Promise<void> {
    const { operation } = lane;
    const items = batch.map((member) => member.item);
    const outcomes = operation.fromAnswer(result, items);
    adaptLimit(lane, outcomes);
    // One that was done proves the right to it, whatever is wrong with its neighbours.
    if (outcomes.some(({ kind }) => kind === 'value')) await pass.accepted();
    // Of the whole request, collected once: an exception may quote a neighbour's.
    const said = createMask([items, session.id]);
    const isElsewhere = askedOnce(batch, operation, session);
    for (const [index, member] of batch.entries()) {
      await settle(
        operation,
        member,
        session,
        pass,
        outcomes[index] ?? { kind: 'missing' },
        said,
        isElsewhere,
      );
    }
  }

  /** Checks each member's claim and notes that it leaves now; the last thing before the bytes do. */
  async function writeIntents<Item, Value>(
    batch: Member<Item, Value>[],
    refusals: Map<Member<Item, Value>, TransferFailure>,
  ): Promise<void> {
    const wanted = batch.map((member) => {
      if (member.intent === undefined) throw new Error('a create without an intent');
      return member.intent;
    });
    const answers = await intents.write(wanted);
    for (const [index, member] of batch.entries()) {
      const answer = answers[index] ?? 'stale';
      if (answer !== 'go') refusals.set(member, refusalOf(answer));
    }
    if (refusals.size > 0) throw new Withheld();
  }

  function refusalOf(answer: Exclude<IntentAnswer, 'go'>): TransferFailure {
    const now = clock.now();
    if (answer === 'superseded') return new Terminal('invoice.superseded');
    return answer === 'quiet' ? new NotNow('transfer.settling', now + settleMs) : new StaleClaim(now);
  }

  async function handleFailure<Item, Value>(
    lane: Lane<Item, Value>,
    batch: Member<Item, Value>[],
    session: Session,
    { verdict, cause }: Failed,
  ): Promise<void> {
    if (verdict.signal === 'session_lost') {
      const [first] = batch;
      if (first !== undefined) await dropSession(first.access, session);
      if (lane.operation.effect === 'create') return rejectDenied(batch, verdict.failure);
      const again = batch.filter((member) => !member.hasLostSession);
      for (const member of batch) {
        if (member.hasLostSession) member.reject(verdict.failure);
        member.hasLostSession = true;
      }
      lane.queue.unshift(...again);
      return;
    }
    const { isBackground } = lane.operation;
    // Nobody waits for it: what took too long is asked for in two halves, another time.
    if (cause === 'timeout' && isBackground) lane.limit = Math.ceil(batch.length / 2);
    if (cause === 'too_large' && lane.operation.effect === 'read' && batch.length > 1) {
      lane.limit = Math.ceil(batch.length / 2);
      lane.queue.unshift(...batch);
      return;
    }
    if (verdict.signal === 'validation' && batch.length > 1) {
      // One bad member spoils a joined request; singly, only it is refused.
      lane.limit = lane.operation.effect === 'read' ? lane.limit : 1;
      for (const member of batch) member.isSingle = true;
      lane.queue.unshift(...batch);
      return;
    }
    if (lane.operation.effect === 'create' && DENIALS.has(verdict.signal))
      return rejectDenied(batch, verdict.failure);
    const failure = await unlessElsewhere(askedOnce(batch, lane.operation, session), verdict.failure);
    for (const member of batch) member.reject(failure);
  }

  /**
   * A "no" is believed only from the right company: in another one our tax codes, products and customers are
   * unknown, and what was then read anew and sent again would stand in its books. Returns what to throw instead.
   */
  async function elsewhere(
    access: ShopAccess,
    session: Session,
    isBackground: boolean,
  ): Promise<TransferFailure | undefined> {
    try {
      await sessions.confirm(access, session, { isBackground });
      return undefined;
    } catch (error) {
      if (error instanceof TransferFailure) return error;
      throw error;
    }
  }

  /** The same, asked at most once for all members of a request. */
  function askedOnce<Item, Value>(
    [first]: Member<Item, Value>[],
    { isBackground = false }: Operation<Item, Value>,
    session: Session,
  ): () => Promise<TransferFailure | undefined> {
    let answer: Promise<TransferFailure | undefined> | undefined;
    return async () => {
      if (first === undefined) return undefined;
      answer ??= elsewhere(first.access, session, isBackground);
      return answer;
    };
  }

  async function unlessElsewhere(
    isElsewhere: () => Promise<TransferFailure | undefined>,
    failure: TransferFailure,
  ): Promise<TransferFailure> {
    return (failure instanceof Terminal ? await isElsewhere() : undefined) ?? failure;
  }

  /** All members go back to their look, which joins; none is sent again from here. */
  function rejectDenied(batch: { reject(error: unknown): void }[], failure: TransferFailure): void {
    failure.isDenial = true;
    for (const member of batch) member.reject(failure);
  }

  /** Best effort: a session that could not be forgotten is found lost again. */
  async function dropSession(access: ShopAccess, session: Session): Promise<void> {
    await sessions.drop(access, session).catch((error: unknown) => {
      logger.warn({ err: error, shopId: access.shopId }, 'lost session could not be dropped');
    });
  }

  async function settle<Item, Value>(
    operation: Operation<Item, Value>,
    member: Member<Item, Value>,
    session: Session,
    pass: Pass,
    outcome: Outcome<Value>,
    said: Mask,
    isElsewhere: () => Promise<TransferFailure | undefined>,
  ): Promise<void> {
    if (outcome.kind === 'value') {
      const isGone = operation.asksForKnown && outcome.value === undefined;
      const moved = isGone ? await isElsewhere() : undefined;
      return moved === undefined ? member.resolve(outcome.value) : member.reject(moved);
    }
    if (outcome.kind === 'missing') {
      if (outcome.unreadable !== undefined) tellUnreadable(operation, outcome.unreadable);
      return member.reject(unclearOutcome(operation));
    }
    const verdict = classifyException(outcome.exception, operation, clock, said);
    if (verdict.signal === 'session_lost') await dropSession(member.access, session);
    const told = (await tellSignal(pass, verdict)) ?? verdict.failure;
    const failure = await unlessElsewhere(isElsewhere, told);
    if (operation.effect === 'create' && DENIALS.has(verdict.signal)) rejectDenied([member], failure);
    else member.reject(failure);
  }

  const tellUnreadable = ({ name }: { name: string }, reason: string) =>
    logger.warn({ operation: name, reason }, 'answer could not be read');

  /**
   * Doubles with each answer. Saves grow together only while the service says whose each saved entity is; reads
   * begin at their most, and are halved where an answer was larger than we read.
   */
  function adaptLimit<Item, Value>(lane: Lane<Item, Value>, outcomes: Outcome<Value>[]): void {
    const { join, effect } = lane.operation;
    if (join === undefined) return;
    if (effect === 'read') {
      lane.limit = Math.min(lane.limit * 2, join.maxItems);
      return;
    }
    const isUnclear = outcomes.some(
      (outcome) => outcome.kind === 'missing' || (outcome.kind === 'value' && !outcome.marked),
    );
    lane.limit = isUnclear ? 1 : Math.min(lane.limit * 2, join.maxItems, maxBatch);
  }

  return {
    call(access, operation, item, intent) {
      return new Promise((resolve, reject) => {
        if (closed !== undefined) throw closed;
        if (operation.effect === 'create' && intent === undefined) {
          throw new Error(`${operation.name} without an intent`);
        }
        // What cannot be sent fails here and alone, not inside a batch.
        if (operation.effect !== 'read') operation.toRequest([item]);
        const lane = laneOf(access.clientId, operation);
        lane.queue.push({ access, item, intent, isSingle: false, hasLostSession: false, resolve, reject });
        void run(access.clientId, lane);
      });
    },
    close(failure) {
      closed = failure;
      for (const lane of lanes.values()) rejectAll(lane, failure);
    },
  };
}

/** From the front of the queue, at least one. */
function takeBatch<Item, Value>({ operation, queue, limit }: Lane<Item, Value>): Member<Item, Value>[] {
  const { join } = operation;
  let count = 0;
  let weight = 0;
  for (const member of queue) {
    weight += join?.weightOf(member.item) ?? 1;
    const fits = join !== undefined && count < limit && weight <= join.maxWeight && !member.isSingle;
    if (count > 0 && !fits) break;
    count += 1;
    if (member.isSingle) break;
  }
  return queue.splice(0, count);
}
