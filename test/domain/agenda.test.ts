import { expect, test } from 'vitest';
import { nextLookMs } from '../../src/domain/agenda.ts';

const HOUR_MS = 3_600_000;
const looksOf = (state: Parameters<typeof nextLookMs>[0]) => [0, 1, 2, 3, 4].map((n) => nextLookMs(state, n));

test('an unresolved invoice is looked for after 5 minutes, at 1 hour, then daily', () => {
  expect(looksOf('unresolved')).toEqual([300_000, 3_300_000, 24 * HOUR_MS, 24 * HOUR_MS, 24 * HOUR_MS]);
});

test('a transferred one at 1 hour, 1 day and 7 days, then never', () => {
  expect(looksOf('transferred')).toEqual([HOUR_MS, 23 * HOUR_MS, 144 * HOUR_MS, undefined, undefined]);
});

test.each(['accepted', 'preparing', 'sending', 'ordered', 'rejected'] as const)('one %s never', (state) => {
  expect(nextLookMs(state, 0)).toBeUndefined();
});
