/** The world that the suite's sandboxes are put into: `SANDBOX_BEHAVIOUR=behaviour.json npm test`. */
import { readFileSync } from 'node:fs';
import { type BehaviourChange, behaviourFile } from '../../src/sandbox/behaviour.ts';

/** Of the found world, what the suite sets for itself: its tests send more in a second than anybody may in an hour. */
const OURS = [
  'requestsPerHour',
  'requestsPerSecond',
  'quotaWindowMs',
  'loginsPerMinute',
  'keepBodies',
] as const;

/** Nothing where the variable is not set. Throws where the file is not as the sandbox wants it. */
export function foundBehaviour(file = process.env.SANDBOX_BEHAVIOUR): BehaviourChange {
  if (file === undefined || file === '') return {};
  const { behaviour } = behaviourFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const rest: BehaviourChange = { ...behaviour };
  for (const name of OURS) delete rest[name];
  return rest;
}
