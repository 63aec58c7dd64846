/** Whose request is next: one token at a time, in turn between lanes; who comes anew goes first. */
import { NotNow } from '../errors.ts';
import type { Clock } from '../transfer/ports.ts';
import type { Pass } from './circuits.ts';
import type { Precedence, Quota } from './quota.ts';

const MAX_WAIT_MS = 30_000;
const BUSY_PAUSE_MS = 5_000;
/** So many turns ahead is a lane that was idle: the requests of one invoice. */
const AHEAD = 6;
/** For so long a save lets the reads of its lane go first. */
const SAVE_PATIENCE_MS = 5_000;

export interface Manner {
  /** Default `read`. */
  effect: 'read' | 'save';
  /** Default `first`. */
  precedence: Precedence;
}

export interface Turns {
  /**
   * Resolves with one token in hand. Throws NotNow where quota or queue make it wait too long, or it was
   * dismissed; the pass is given back then.
   *
   * Where several of a lane wait, its reads go first: they bring on what a save can take along.
   */
  take(lane: string, pass: Pick<Pass, 'isProbe' | 'undecided'>, how?: Partial<Manner>): Promise<void>;
  /** Send away all that wait, but for a probe. */
  dismiss(failure: NotNow): void;
  /** Send away all that wait and all that come. */
  close(failure: NotNow): void;
}

interface Waiter extends Manner {
  since: number;
  isProbe: boolean;
  resolve(): void;
  reject(error: unknown): void;
}

interface Lane {
  /** How many it has had; one that comes anew starts with `AHEAD` fewer than is fair, and so goes first. */
  turns: number;
  waiters: Waiter[];
}

export function createTurns({ quota, clock }: { quota: Quota; clock: Clock }): Turns {
  const lanes = new Map<string, Lane>();
  /** Turns of a lane that has been waiting all the time: it grows by one when each that waits has had one. */
  let fair = 0;
  const running = new Set<Precedence>();
  let closed: NotNow | undefined;

  /** What goes first was given its token by the quota; any may have another. */
  function next(precedence: Precedence): Waiter | undefined {
    const isMeant = precedence === 'first' ? goesFirst : () => true;
    let chosen: Lane | undefined;
    let waiting = 0;
    for (const [name, lane] of lanes) {
      if (lane.waiters.length > 0) {
        waiting += 1;
        const isLess = lane.turns < (chosen?.turns ?? Number.POSITIVE_INFINITY);
        if (isLess && lane.waiters.some(isMeant)) chosen = lane;
      } else if (lane.turns <= fair - AHEAD) lanes.delete(name); // A new one would start there, too.
    }
    if (chosen === undefined) return undefined;
    fair = Math.max(fair + 1 / waiting, chosen.turns);
    chosen.turns += 1;
    return chosen.waiters.splice(firstOf(chosen.waiters), 1)[0];
  }

  function firstOf(waiters: Waiter[]): number {
    const now = clock.monotonic();
    const isDue = ({ effect, since }: Waiter) => effect === 'read' || now - since > SAVE_PATIENCE_MS;
    return Math.max(0, waiters.findIndex(isDue));
  }

  function dismiss(leaves: (waiter: Waiter) => boolean, error: unknown): void {
    for (const lane of lanes.values()) {
      const left = lane.waiters.filter(leaves);
      lane.waiters = lane.waiters.filter((waiter) => !leaves(waiter));
      for (const waiter of left) waiter.reject(error);
    }
  }

  const isWaitedFor = (asked: Precedence) =>
    [...lanes.values()].some(({ waiters }) => waiters.some(({ precedence }) => precedence === asked));

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
      while (isWaitedFor(precedence)) {
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

  function enqueue(name: string, isProbe: boolean, manner: Manner): Promise<void> {
    return new Promise((resolve, reject) => {
      if (closed !== undefined) throw closed;
      const { turns, waiters } = lanes.get(name) ?? { turns: 0, waiters: [] };
      waiters.push({ since: clock.monotonic(), isProbe, ...manner, resolve, reject });
      lanes.set(name, { turns: Math.max(turns, fair - AHEAD), waiters });
      void run(manner.precedence);
    });
  }

  return {
    async take(lane, pass, how) {
      try {
        await enqueue(lane, pass.isProbe, { effect: 'read', precedence: 'first', ...how });
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

const goesFirst = ({ precedence }: Waiter): boolean => precedence === 'first';
