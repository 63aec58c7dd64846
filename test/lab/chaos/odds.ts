/** One call in ten fails, in every way that 24SevenOffice or the network may fail. */
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
  // A lost session costs a login, so no more than the brake allows in an hour.
  { operation: '*', when: 'before', probability: EACH, count: 10, effect: { kind: 'sessionLost' } },
];
