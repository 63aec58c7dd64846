/** What happens in a run, and in which order. The seed alone decides it. */
import { createRandom } from '../../../src/sandbox/faults.ts';
import { KILL_POINTS, type Point, type Scene, SUSPEND_POINTS } from './points.ts';

export type Blow =
  | { kind: 'killed at a point'; point: Point }
  | { kind: 'killed at random'; afterMs: number; slot: number }
  | { kind: 'suspended'; point: Point }
  | { kind: 'redis killed'; afterMs: number; downMs: number }
  | { kind: 'redis emptied'; afterMs: number }
  | { kind: 'redis full'; afterMs: number; fullMs: number }
  | { kind: 'redis failed over'; afterMs: number; cutMs: number }
  | { kind: 'clock jumped'; byMs: number; slot: number };
export type BlowKind = Blow['kind'];

export interface PlannedInvoice {
  id: string;
  /** Shops 0 and 1 have sent invoices from the start. A higher one sends its first in this round. */
  shop: number;
  /** Number of a customer within the shop. */
  customer: number;
  /** Whether this invoice carries the customer's organisation number. */
  knowsNumber: boolean;
  scene: Scene;
}

export interface Round {
  blow: Blow;
  invoices: PlannedInvoice[];
}

export interface Plan {
  kills: number;
  rounds: Round[];
  shops: number;
  hasReplica: boolean;
}

export interface PlanOptions {
  seed: number;
  kills: number;
  invoices: number;
  /** False: only kills, each at a named point. */
  everything: boolean;
  /** Redis also reaches its `maxmemory`. */
  memory?: boolean;
  /** Redis has a replica that takes over. */
  failover?: boolean;
}

/** Far backwards, but only a little forwards: a job delayed by the wrong clock must not wait longer than the run. */
const JUMPS_MS = [-3_600_000, -30_000, -5_000, 5_000, 15_000];
const KNOWN_CUSTOMERS = 12;
const SPARE_CUSTOMERS = 1_000_000;

export function makePlan(options: PlanOptions): Plan {
  const { seed, kills, invoices, everything, memory = false, failover = false } = options;
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const shuffled = <T>(all: readonly T[]): T[] => {
    const rest = [...all];
    return all.flatMap(() => rest.splice(below(rest.length), 1));
  };
  const cycled = <T>(all: readonly T[], count: number): T[] =>
    Array.from({ length: Math.ceil(count / all.length) }, () => shuffled(all))
      .flat()
      .slice(0, count);
  const share = (of: number, atLeast: number) => (everything ? Math.max(atLeast, Math.round(kills * of)) : 0);
  const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make);

  const randomKills = everything ? Math.round(kills * 0.3) : 0;
  const blows: Blow[] = shuffled([
    ...cycled(KILL_POINTS, kills - randomKills).map((point): Blow => ({ kind: 'killed at a point', point })),
    ...times(
      randomKills,
      (): Blow => ({ kind: 'killed at random', afterMs: below(1_500), slot: below(100) }),
    ),
    ...cycled(SUSPEND_POINTS, share(0.06, 2)).map((point): Blow => ({ kind: 'suspended', point })),
    ...times(
      share(0.03, 1),
      (): Blow => ({
        kind: 'redis killed',
        afterMs: below(1_000),
        downMs: 100 + below(1_500),
      }),
    ),
    ...times(share(0.015, 1), (): Blow => ({ kind: 'redis emptied', afterMs: below(1_000) })),
    ...times(
      memory ? share(0.03, 2) : 0,
      (): Blow => ({ kind: 'redis full', afterMs: below(1_000), fullMs: 500 + below(4_000) }),
    ),
    ...times(
      failover ? share(0.03, 2) : 0,
      (): Blow => ({ kind: 'redis failed over', afterMs: below(1_000), cutMs: below(1_500) }),
    ),
    ...times(
      share(0.05, 1),
      (): Blow => ({
        kind: 'clock jumped',
        byMs: JUMPS_MS[below(JUMPS_MS.length)] ?? 0,
        slot: below(100),
      }),
    ),
  ]);

  let shops = 2;
  let lastCustomer = KNOWN_CUSTOMERS;
  let lastInvoice = 0;
  const anInvoice = (scene: Scene): PlannedInvoice => {
    lastInvoice += 1;
    const isNew = scene.is === 'new customer' || random() < 0.2;
    if (isNew) lastCustomer += 1;
    return {
      id: `c${lastInvoice}`,
      shop: scene.is === 'new shop' ? shops++ : below(2),
      customer: isNew ? lastCustomer : below(KNOWN_CUSTOMERS),
      knowsNumber: random() < 0.5,
      scene,
    };
  };
  const rounds = blows.map((blow, index): Round => {
    const until = Math.floor(((index + 1) * invoices) / blows.length);
    const scene: Scene = 'point' in blow ? blow.point.scene : { is: 'any' };
    const own = 'point' in blow ? [anInvoice(scene)] : [];
    return { blow, invoices: [...own, ...times(until - lastInvoice, () => anInvoice({ is: 'any' }))] };
  });
  return { kills, rounds, shops, hasReplica: failover };
}

/** For invoices beyond the plan. */
export const SPARE_SHOPS = 30;

/** Makes another invoice that reaches the same point as a planned one. Throws if it needs a new shop and none is left. */
export function moreInvoices({ shops }: Plan): (like: PlannedInvoice) => PlannedInvoice {
  let last = 0;
  let nextShop = shops;
  return (like) => {
    last += 1;
    const shop = like.scene.is === 'new shop' ? nextShop++ : like.shop;
    if (shop >= shops + SPARE_SHOPS) throw new Error('no unused shop is left');
    return { ...like, id: `m${last}`, shop, customer: SPARE_CUSTOMERS + last };
  };
}
