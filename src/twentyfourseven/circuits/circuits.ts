/**
 * What stands against a request before it is sent.
 *
 * - Context: the service goes away, our password stops working, a company shuts us out. Then every job
 *   would spend requests and attempts to learn the same thing, and logins that fail again and again lock
 *   our user out.
 * - Decision: four circuits in the store, shared by all processes: `service` for everybody, `login` for
 *   everybody who needs a new session, `identity` for one company, `permission` for one service of one
 *   company, reading and saving apart. While one is open nothing is sent; after 5 s, doubling to 60 s, one
 *   request goes as its probe, and its success closes the circuit for all.
 * - What opens `service`, with care, because it stops every shop: at once what can only be the service as a
 *   whole (no connection to be had, a 502, 503 or 504 page); else three requests in a row that were reset,
 *   timed out or brought a page or rubbish, with no answer in between. A SOAP fault is an answer, however
 *   bad: one invoice the service chokes on must not stop the others.
 * - Attempts: what was not sent, or was sent as a probe, costs none. A request that left and was lost costs
 *   its job one, so that a call which breaks the service each time comes to an end.
 * - Not done: a save is never the probe of the service (its outcome may be unknown), only of the right to save.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { NotNow } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { CIRCUIT_KINDS, type CircuitKind, type CircuitName, type CircuitStore } from '../ports.ts';
import {
  afterFailure,
  afterNothing,
  type CircuitTimes,
  circuitText,
  type OpenCircuit,
  parseCircuit,
  waitOf,
  withProbe,
} from './circuit.ts';

/** Lost requests in a row that mean the service as a whole. */
export const LOST_IN_A_ROW = 3;
/** One that no job has met for so long concerns nobody: its shop is idle, or the password is another now. */
const FORGOTTEN_AFTER_MS = 10 * 60_000;

const CODES: Record<CircuitKind, ErrorCode> = {
  service: 'service.unavailable',
  login: 'service.login_refused',
  identity: 'service.identity_blocked',
  permission: 'service.permission_missing',
};

/** What a request is about; decides which circuits stand against it. */
export type CircuitCall =
  | { what: 'books'; clientId: string; service: string; effect: 'read' | 'save' }
  | { what: 'login'; clientId: string; credentials: string }
  | { what: 'identity' };

/** The way of one request past its circuits. Its methods never throw. */
export interface Pass {
  /** It is the one request that finds out whether an open circuit may close. */
  isProbe: boolean;
  /** The service answered, whatever it said. */
  answered(): Promise<void>;
  /** It did what was asked. */
  accepted(): Promise<void>;
  /** One of the circuits' own refusals. Returns what to throw; `detail` says what the service said. */
  refused(kind: Exclude<CircuitKind, 'service'>, detail?: string): Promise<NotNow>;
  /**
   * The request was lost on its way. Returns what to throw if a circuit is open now and the loss shall
   * cost no attempt.
   */
  lost(loss: Loss): Promise<NotNow | undefined>;
  /** It tells nothing of what was probed. Also right after any of the others. */
  undecided(wasSent: boolean): Promise<void>;
}

export interface Loss {
  /** Can only be the service as a whole. */
  isWhole: boolean;
  /** Some of it may have reached the service. */
  wasSent: boolean;
}

export interface Circuits {
  /**
   * Throws NotNow while a circuit is open.
   *
   * @param how.isBackground never the probe; where it is lost on its way, it was asking for too much
   */
  enter(call: CircuitCall, how?: { isBackground?: boolean }): Promise<Pass>;
  /** How many circuits of each kind are open. */
  open(): Promise<Record<CircuitKind, number>>;
  /** Close those of one company and those of everybody; without a company all. */
  close(clientId?: string): Promise<void>;
}

export type OnCircuit = (circuit: CircuitKind, state: 'open' | 'closed') => void;

function nameOf(kind: CircuitKind, call: CircuitCall): CircuitName | undefined {
  switch (kind) {
    case 'service':
      return 'service';
    case 'login':
      return call.what === 'login' ? `login:${call.credentials}` : undefined;
    case 'identity':
      return call.what === 'identity' ? undefined : `identity:${call.clientId}`;
    case 'permission':
      return call.what === 'books' ? `permission:${call.clientId}:${call.service}:${call.effect}` : undefined;
  }
}

const kindOf = (name: CircuitName): CircuitKind =>
  CIRCUIT_KINDS.find((kind) => name === kind || name.startsWith(`${kind}:`)) ?? 'service';

const rankOf = (kind: CircuitKind) => CIRCUIT_KINDS.indexOf(kind);

/**
 * @param bypass for a person's own look (`shop verify`): open circuits stop nothing, failures open none, and
 *   what succeeds closes them
 * @param onStop told when requests that wait for their turn should not be made
 */
export function createCircuits({
  store,
  times,
  clock,
  logger,
  onCircuit,
  onStop,
  bypass = false,
}: {
  store: CircuitStore;
  times: CircuitTimes;
  clock: Clock;
  logger: Logger;
  onCircuit?: OnCircuit | undefined;
  onStop?: (failure: NotNow) => void;
  bypass?: boolean | undefined;
}): Circuits {
  let lostInARow = 0;

  function notNow(name: CircuitName, waitMs: number, detail?: string): NotNow {
    const kind = kindOf(name);
    return new NotNow(CODES[kind], clock.now() + waitMs, detail, { forEveryone: kind === 'service' });
  }

  /** Change what is kept until nobody else changed it meanwhile. Returns what is kept then. */
  async function change(
    name: CircuitName,
    next: (state: OpenCircuit | undefined, nowMs: number) => OpenCircuit | undefined,
  ): Promise<{ state: OpenCircuit | undefined; nowMs: number }> {
    for (;;) {
      const { nowMs, states } = await store.read([name]);
      const [text] = states;
      const before = parseCircuit(text);
      const state = next(before, nowMs);
      if (state === before && (state !== undefined || text === undefined)) return { state, nowMs };
      if (!(await store.swap(name, text, state && circuitText(state)))) continue;
      if (before === undefined && state !== undefined) announce(name, 'open');
      if (before !== undefined && state === undefined) announce(name, 'closed', nowMs - before.openedAtMs);
      return { state, nowMs };
    }
  }

  function announce(name: CircuitName, state: 'open' | 'closed', afterMs?: number): void {
    const circuit = kindOf(name);
    const [, clientId] = circuit === 'login' ? [] : name.split(':');
    const fields = {
      circuit,
      state,
      ...(clientId !== undefined && { clientId }),
      ...(afterMs !== undefined && { afterMs }),
    };
    if (circuit === 'login' && state === 'open') logger.error(fields, 'circuit changed');
    else logger.warn(fields, 'circuit changed');
    onCircuit?.(circuit, state);
  }

  /** Claim the probe; 0 or how long to wait. */
  async function claim(name: CircuitName, probeId: string, mayProbe: boolean): Promise<number | 'closed'> {
    let waitMs = 0;
    const { state } = await change(name, (before, nowMs) => {
      waitMs = before === undefined ? 0 : waitOf(before, nowMs, mayProbe, times);
      return before === undefined || waitMs > 0 ? before : withProbe(before, probeId, nowMs, times);
    });
    return state === undefined ? 'closed' : waitMs;
  }

  async function close(name: CircuitName): Promise<void> {
    await change(name, () => undefined);
  }

  async function fail(name: CircuitName, probeId: string, detail?: string): Promise<NotNow> {
    const { state, nowMs } = await change(name, (before, at) => afterFailure(before, probeId, at, times));
    return notNow(name, state === undefined ? 0 : waitOf(state, nowMs, false, times), detail);
  }

  async function giveBack(name: CircuitName, probeId: string, wasSent: boolean): Promise<void> {
    await change(name, (before, nowMs) => before && afterNothing(before, probeId, wasSent, nowMs, times));
  }

  /** What an answer says must not be lost because the store could not note it. */
  async function bestEffort<T>(work: Promise<T>): Promise<T | undefined> {
    return work.catch((error: unknown) => {
      logger.warn({ err: error }, 'circuit state not saved');
      return undefined;
    });
  }

  function createPass(call: CircuitCall, probeId: string, probed: CircuitName[], isBackground = false): Pass {
    const probing = new Set(probed);
    const isProbe = probed.length > 0;
    /** Take those that hold out of what is probed. */
    const taken = (holds: (kind: CircuitKind) => boolean) => {
      const names = [...probing].filter((name) => holds(kindOf(name)));
      for (const name of names) probing.delete(name);
      return names;
    };
    const closeAll = async (names: CircuitName[]) => {
      for (const name of names) await bestEffort(close(name));
    };
    const undecided = async (wasSent: boolean) => {
      for (const name of taken(() => true)) await bestEffort(giveBack(name, probeId, wasSent));
    };
    return {
      isProbe,
      async answered() {
        lostInARow = 0;
        await closeAll(taken((kind) => kind === 'service'));
      },
      accepted: () => closeAll(taken(() => true)),
      undecided,

      async refused(kind, detail) {
        await closeAll(taken((other) => rankOf(other) < rankOf(kind)));
        const name = nameOf(kind, call);
        const failure =
          name === undefined || bypass ? undefined : await bestEffort(fail(name, probeId, detail));
        if (name !== undefined) probing.delete(name);
        await undecided(true);
        return failure ?? notNow(name ?? kind, times.longestMs, detail);
      },

      async lost({ isWhole, wasSent }) {
        if (isBackground) return undefined;
        lostInARow += 1;
        const isProbing = probing.has('service');
        if (bypass) return undefined;
        if (!isProbing && !isWhole && lostInARow < LOST_IN_A_ROW) {
          await undecided(true);
          return undefined;
        }
        lostInARow = 0;
        const failure = await bestEffort(fail('service', probeId));
        probing.delete('service');
        await undecided(true);
        if (failure !== undefined) onStop?.(failure);
        return isProbing || !wasSent ? failure : undefined;
      },
    };
  }

  return {
    async enter(call, { isBackground = false } = {}) {
      const names = CIRCUIT_KINDS.map((kind) => nameOf(kind, call)).filter((name) => name !== undefined);
      const probeId = randomUUID();
      const { states } = await store.read(names);
      const open = names.filter((_, index) => states[index] !== undefined);
      if (bypass) return createPass(call, probeId, open);
      const isSave = call.what === 'books' && call.effect === 'save';
      const claimed: CircuitName[] = [];
      for (const name of open) {
        const mayProbe = !isBackground && !(name === 'service' && isSave);
        const waitMs = await claim(name, probeId, mayProbe);
        if (waitMs === 'closed') continue;
        if (waitMs > 0) {
          await createPass(call, probeId, claimed).undecided(false);
          const failure = notNow(name, waitMs);
          if (name === 'service') onStop?.(failure);
          throw failure;
        }
        claimed.push(name);
      }
      return createPass(call, probeId, claimed, isBackground);
    },

    async open() {
      const counts = { service: 0, login: 0, identity: 0, permission: 0 };
      const names = await store.names();
      if (names.length === 0) return counts;
      const { nowMs, states } = await store.read(names);
      for (const [index, name] of names.entries()) {
        const state = parseCircuit(states[index]);
        if (state !== undefined && state.nextAtMs > nowMs - FORGOTTEN_AFTER_MS) counts[kindOf(name)] += 1;
        else await store.swap(name, states[index], undefined);
      }
      return counts;
    },

    async close(clientId) {
      for (const name of await store.names()) {
        const [kind, whose] = name.split(':');
        const isTheirs = kind === 'service' || kind === 'login' || whose === clientId;
        if (clientId === undefined || isTheirs) await close(name);
      }
    },
  };
}
