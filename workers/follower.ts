/** The follower: a pass over the orders whose look is due, in one process of all. */
import { type FollowDeps, type FollowPass, follow } from '../src/following/follow.ts';
import { startRepeating } from './repeat.ts';

/** Passes in one step, so that a look is late by no more than such a part of it. */
const PASSES_A_STEP = 4;
/** Milliseconds: as often as the sweep, where a step is an hour. */
const LONGEST_MS = 30_000;

export function startFollowing(
  options: Omit<Parameters<typeof startRepeating>[0], 'name' | 'pass' | 'everyMs'> & {
    deps: Omit<FollowDeps, 'log' | 'clock'>;
    onPass: (pass: FollowPass) => void;
  },
): { stop(): Promise<void> } {
  const { deps, onPass, ...common } = options;
  const everyMs = Math.min(LONGEST_MS, Math.ceil(deps.timing.everyMs / PASSES_A_STEP));
  const pass = async () => onPass(await follow({ ...deps, clock: common.clock, log: common.logger }));
  return startRepeating({ ...common, name: 'follow', everyMs, pass });
}
