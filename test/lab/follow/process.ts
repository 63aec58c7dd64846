/** A worker process as the follower sees it, which may be killed at any of its calls, or paused behind its request. */
import type { FollowDeps } from '../../../src/following/follow.ts';
import { below, type Random } from './books.ts';

export class Killed extends Error {}

/** A kill falls on one of so many calls; a pass with less of them survives it. */
const CALLS = 600;

/**
 * The same dependencies, for one pass of one process. Killed, it makes no call any more; half of the kills let the
 * call through that they fall on, and only its answer is lost.
 *
 * @param onKill called once
 */
export function killable(deps: FollowDeps, random: Random, onKill: () => void): FollowDeps {
  let callsLeft = below(random, 2) === 0 ? below(random, 20) : below(random, CALLS);
  let isDead = false;
  const isLate = below(random, 2) === 0;
  const wrap = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const real = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          if (isDead) throw new Killed();
          callsLeft -= 1;
          if (callsLeft >= 0) return real.apply(target, args);
          isDead = true;
          onKill();
          if (isLate) await real.apply(target, args);
          throw new Killed();
        };
      },
    });
  return { ...deps, records: wrap(deps.records), followed: wrap(deps.followed), orders: wrap(deps.orders) };
}

/** A pass that reads orders, and then stands still until it is woken: another one has long taken its looks over. */
export function pausable(deps: FollowDeps): { deps: FollowDeps; reached: Promise<void>; wake(): void } {
  let arrive = () => {};
  let wake = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const orders: FollowDeps['orders'] = {
    async read(...asked) {
      const found = await deps.orders.read(...asked);
      arrive();
      await woken;
      return found;
    },
  };
  return { deps: { ...deps, orders }, reached, wake };
}
