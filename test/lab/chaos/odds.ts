/** One call in ten fails, in each way 24SevenOffice or the network is known or feared to. */
import type { FaultSpec } from '../../../src/sandbox/faults.ts';

const EACH = 0.1 / 10;
const before = { operation: '*', when: 'before', probability: EACH } as const;
const after = { operation: '*', when: 'after', probability: EACH } as const;

export const ODDS_AT_10_PERCENT: readonly FaultSpec[] = [
  { ...before, effect: { kind: 'reset' } },
  { ...after, effect: { kind: 'reset' } },
  { ...after, effect: { kind: 'hang' } },
  { ...before, effect: { kind: 'http', status: 503 } },
  { ...after, effect: { kind: 'http', status: 500 } },
  { ...after, effect: { kind: 'truncated' } },
  { ...after, effect: { kind: 'cut' } },
  { ...after, effect: { kind: 'empty' } },
  { ...before, effect: { kind: 'throttled' } },
  { ...before, effect: { kind: 'soapFault', text: 'Timeout expired' } },
  // No more than the brake on logins lets pass in an hour.
  { operation: '*', when: 'before', probability: EACH, count: 10, effect: { kind: 'sessionLost' } },
];
