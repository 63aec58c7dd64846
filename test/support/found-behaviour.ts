/** Runs the tests' sandboxes with the behaviour of a file: `SANDBOX_BEHAVIOUR=behaviour.json npm test`. */
import { readFileSync } from 'node:fs';
import { type BehaviourChange, behaviourFile } from '../../src/sandbox/behaviour.ts';

/** Settings that the tests keep for themselves: they send more requests in a second than the service allows. */
const OURS = [
  'requestsPerHour',
  'requestsPerSecond',
  'quotaWindowMs',
  'loginsPerMinute',
  'keepBodies',
] as const;

/** No change where the variable is not set. Throws where the file is not valid. */
export function foundBehaviour(file = process.env.SANDBOX_BEHAVIOUR): BehaviourChange {
  if (file === undefined || file === '') return {};
  const { behaviour } = behaviourFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const rest: BehaviourChange = { ...behaviour };
  for (const name of OURS) delete rest[name];
  return rest;
}
