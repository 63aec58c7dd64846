/** Whose request is next: one token at a time, in turn between lanes; who comes anew goes first. */

import type { Clock } from '../../clock.ts';
import { NotNow } from '../../errors.ts';
import type { Pass } from '../circuits/circuits.ts';
import type { Precedence, Quota } from './quota.ts';

const MAX_WAIT_MS = 30_000;
const BUSY_PAUSE_MS = 5_000;
/** So many turns ahead is a lane that was idle: the requests of one invoice. */
const AHEAD = 6;
/** While it is ahead by so many still, it is new to all processes, not only to this one. */
const NEW = 3;
/** For how long a lane is known that asks for nothing. */
const IDLE_MS = 60_000;
/** Of a turn: by so much those who wait all the time gain on those who keep coming anew. */
const GAIN = 0.75;
/** For so long a save lets the reads of its lane go first. */
const SAVE_PATIENCE_MS = 5_000;

export interface Manner {
  /** Default `read`. */
  effect: 'read' | 'save';
  /** Whether many calls of its company are under way; default: no. */
  isCrowd: boolean;
  /** Whether nobody waits for it; default: no. */
  isBackground: boolean;
}

export interface Turns {
  /**
   * Resolves with one token in hand. Throws NotNow where quota or queue make it wait too long, or it was
   * dismissed; the pass is given back then.
   *
   * Where several of a lane wait, its reads go first: they bring on what a save can take along. A call in the
   * background never waits: it throws NotNow where it may not go at once.
   */
  take(lane: string, pass: Pick<Pass, 'isProbe' | 'undecided'>, how?: Partial<Manner>): Promise<void>;
  /** Send away all that wait, but for a probe. */
  dismiss(failure: NotNow): void;
  /** Send away all that wait and all that come. */
  close(failure: NotNow): void;
}

interface Waiter {
  since: number;
  effect: 'read' | 'save';
  precedence: Precedence;
  isProbe: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

interface Lane {
  /** How many it has had; one that comes anew starts with `AHEAD` fewer than is fair, and so goes first. */
  turns: number;
  /** When it asked last. */
  askedAt: number;
  waiters: Waiter[];
}

export function createTurns({ quota, clock }: { quota: Quota; clock: Clock }): Turns {
  const lanes = new Map<string, Lane>();
  /** Virtual time of the fair queue: turns that each waiting lane has had at least. */
  let fair = AHEAD;
  const running = new Set<Precedence>();
  let closed: NotNow | undefined;

  /**
   * A first-class token serves only a first-class waiter. Another token serves anyone, unless one first-class
   * waiter is left, whose own token is on its way.
   */
  function next(precedence: Precedence): Waiter | undefined {
    const now = clock.monotonic();
    const isStrict = precedence === 'first' || waitersOf('first') === 1;
    const isMeant = (waiter: Waiter) => !isStrict || waiter.precedence === precedence;
    let chosen: Lane | undefined;
    let waiting = 0;
    for (const [name, lane] of lanes) {
      if (lane.waiters.length > 0) {
        waiting += 1;
        const isLess = lane.turns < (chosen?.turns ?? Number.POSITIVE_INFINITY);
        if (isLess && lane.waiters.some(isMeant)) chosen = lane;
      } else if (now - lane.askedAt > IDLE_MS) lanes.delete(name);
    }
    if (chosen === undefined) return undefined;
    fair = Math.max(fair + GAIN / waiting, chosen.turns);
    chosen.turns += 1;
    const waiter = firstOf(chosen.waiters.filter(isMeant));
    chosen.waiters = chosen.waiters.filter((other) => other !== waiter);
    return waiter;
  }

  function firstOf(waiters: Waiter[]): Waiter | undefined {
    const now = clock.monotonic();
    return (
      waiters.find(({ effect, since }) => effect === 'read' || now - since > SAVE_PATIENCE_MS) ?? waiters[0]
    );
  }

  function dismiss(leaves: (waiter: Waiter) => boolean, error: unknown): void {
    for (const lane of lanes.values()) {
      const left = lane.waiters.filter(leaves);
      lane.waiters = lane.waiters.filter((waiter) => !leaves(waiter));
      for (const waiter of left) waiter.reject(error);
    }
  }

  const waitersOf = (asked: Precedence) =>
    [...lanes.values()].flatMap(({ waiters }) => waiters).filter(({ precedence }) => precedence === asked)
      .length;

  function dismissLate(): void {
    const now = clock.monotonic();
    dismiss(
      ({ since }) => now - since > MAX_WAIT_MS,
      new NotNow('service.quota', clock.now() + BUSY_PAUSE_MS),
    );
  }

  async function run(precedence: Precedence): Promise<void> {
    if (running.has(precedence)) return;
    running.add(precedence);
    try {
      while (waitersOf(precedence) > 0) {
        await quota.acquire(precedence);
        dismissLate();
        next(precedence)?.resolve();
      }
    } catch (error) {
      dismiss(() => true, error);
    } finally {
      running.delete(precedence);
    }
  }

  /** Does not go before one that waits in this process; those of the others are known to the store. */
  async function goNow(): Promise<void> {
    if (closed !== undefined) throw closed;
    const isAlone = waitersOf('first') + waitersOf('after') === 0;
    if (!isAlone) throw new NotNow('service.quota', clock.now() + BUSY_PAUSE_MS);
    await quota.acquire('background');
  }

  function enqueue(name: string, isProbe: boolean, { effect, isCrowd }: Manner): Promise<void> {
    return new Promise((resolve, reject) => {
      if (closed !== undefined) throw closed;
      const now = clock.monotonic();
      const lane = lanes.get(name) ?? { turns: 0, askedAt: now, waiters: [] };
      lanes.set(name, lane);
      lane.turns = Math.max(lane.turns, fair - AHEAD);
      lane.askedAt = now;
      const precedence = !isCrowd && lane.turns <= fair - NEW ? 'first' : 'after';
      lane.waiters.push({ since: now, isProbe, effect, precedence, resolve, reject });
      void run(precedence);
    });
  }

  return {
    async take(lane, pass, how) {
      try {
        const manner: Manner = { effect: 'read', isCrowd: false, isBackground: false, ...how };
        await (manner.isBackground ? goNow() : enqueue(lane, pass.isProbe, manner));
      } catch (error) {
        await pass.undecided(false);
        throw error;
      }
    },
    dismiss: (failure) => dismiss(({ isProbe }) => !isProbe, failure),
    close(failure) {
      closed = failure;
      dismiss(() => true, failure);
    },
  };
}
