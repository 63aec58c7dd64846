/** Records as the decisions of src/domain/transfer.ts see them: one by hand, or any. */
import fc from 'fast-check';
import { ERROR_CATALOGUE, type ErrorCode } from '../../src/contract/errors.ts';
import { type TransferState, transferState } from '../../src/contract/results.ts';
import type { RecordFacts } from '../../src/domain/transfer.ts';

export const STATES = transferState.options;
export const CODES = Object.keys(ERROR_CATALOGUE) as ErrorCode[];

export function aRecord(facts: Partial<RecordFacts> & { customerId?: number } = {}) {
  return { state: 'preparing' as TransferState, revision: 1, unknownOutcome: false, ended: [], ...facts };
}

/** Optional fields left out, as `exactOptionalPropertyTypes` wants them. */
export const facts: fc.Arbitrary<RecordFacts & { customerId?: number }> = fc.record(
  {
    state: fc.constantFrom(...STATES),
    revision: fc.integer({ min: 1, max: 4 }),
    newestAt: fc.integer({ min: 1, max: 3 }),
    newestHash: fc.constantFrom('hash-1', 'hash-2'),
    unknownOutcome: fc.boolean(),
    denied: fc.boolean(),
    sentAt: fc.integer({ min: 1, max: 1_000_000 }),
    missedAt: fc.integer({ min: 1, max: 1_000_000 }),
    sentHash: fc.constantFrom('hash-1', 'hash-2'),
    orderId: fc.integer({ min: 1, max: 3 }),
    customerId: fc.integer({ min: 1, max: 3 }),
    updating: fc.boolean(),
    code: fc.constantFrom(...CODES),
    payload: fc.record({ requestId: fc.constantFrom('request-1', 'request-2') }),
    ended: fc.array(
      fc.record({
        requestId: fc.constantFrom('request-1', 'request-2'),
        code: fc.constantFrom(...CODES),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['state', 'revision', 'unknownOutcome', 'ended'] },
);
