/**
 * Which of a company's joined requests goes next.
 *
 * While few of its calls are under way each goes at once. A crowd goes one request after the other, the fullest
 * first: what walks through the same steps then walks together, and not as stragglers each with a request of its
 * own. See docs/adr/0016.
 */
import type { Clock } from '../../clock.ts';

/** So many calls of one company, waiting and on the wire, are a crowd. */
const CROWD = 4;
/** In a crowd, those who got an answer have so long to come with what they ask next. */
const GATHER_MS = 25;
/** No starvation: a lane that was passed over eight times is next. */
const PASSED_OVER_AT_MOST = 8;

/** A save counts as if so many waited: when its last ones are gone, all are at the same step again. */
const SAVE_WEIGHT = 2;

/** The calls of one company and operation. */
export interface GateLane {
  operation: { effect: 'read' | 'create' | 'update' };
  queue: { length: number };
  /** On the wire. */
  inFlight: number;
}

export interface Gates {
  /** Its calls count from now on. */
  add(company: string, lane: GateLane): void;
  isCrowded(company: string): boolean;
  /** Resolves when the lane may make a request; what it returns is called when that has ended. */
  enter(company: string, lane: GateLane): Promise<() => void>;
}

interface Waiter {
  lane: GateLane;
  passedOver: number;
  go(leave: () => void): void;
}

interface Gate {
  lanes: Set<GateLane>;
  /** Requests that were let through and have not ended. */
  through: number;
  waiters: Waiter[];
}

export function createGates({ clock }: { clock: Clock }): Gates {
  const gates = new Map<string, Gate>();

  function gateOf(company: string): Gate {
    const gate = gates.get(company) ?? { lanes: new Set(), through: 0, waiters: [] };
    gates.set(company, gate);
    return gate;
  }

  async function leave(gate: Gate): Promise<void> {
    // At the least, the lane that leaves asks again before the next is chosen.
    await (isCrowded(gate) ? clock.sleep(GATHER_MS) : Promise.resolve());
    gate.through -= 1;
    while (gate.through === 0 || !isCrowded(gate)) {
      const chosen = choose(gate.waiters);
      if (chosen === undefined) return;
      chosen.go(letThrough(gate));
    }
  }

  function letThrough(gate: Gate): () => void {
    gate.through += 1;
    return () => void leave(gate);
  }

  return {
    add: (company, lane) => void gateOf(company).lanes.add(lane),
    isCrowded: (company) => isCrowded(gateOf(company)),
    async enter(company, lane) {
      const gate = gateOf(company);
      if (gate.through === 0 || !isCrowded(gate)) return letThrough(gate);
      return new Promise((go) => gate.waiters.push({ lane, passedOver: 0, go }));
    },
  };
}

function isCrowded({ lanes }: Gate): boolean {
  let calls = 0;
  for (const { queue, inFlight } of lanes) calls += queue.length + inFlight;
  return calls >= CROWD;
}

/** Takes out the one that is next. */
function choose(waiters: Waiter[]): Waiter | undefined {
  const [oldest] = waiters;
  if (oldest === undefined) return undefined;
  const fullest = waiters.reduce((most, each) => (weightOf(each) > weightOf(most) ? each : most));
  const chosen = oldest.passedOver >= PASSED_OVER_AT_MOST ? oldest : fullest;
  waiters.splice(waiters.indexOf(chosen), 1);
  for (const each of waiters) each.passedOver += 1;
  return chosen;
}

const weightOf = ({ lane: { operation, queue } }: Waiter): number =>
  operation.effect === 'read' ? queue.length : SAVE_WEIGHT * queue.length;
