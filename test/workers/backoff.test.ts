import { expect, test } from 'vitest';
import { backoffMs, MAX_ATTEMPTS } from '../../workers/backoff.ts';

test('each wait is half as long again as the one before, up to ten minutes', () => {
  expect([1, 2, 3].map((attempts) => backoffMs(attempts, 1))).toEqual([2_000, 3_000, 4_500]);
  expect(backoffMs(MAX_ATTEMPTS, 1)).toBe(600_000);
});

test('jobs that failed together come back spread over half the wait', () => {
  expect([0, 0.5, 1].map((random) => backoffMs(3, random))).toEqual([2_250, 3_375, 4_500]);
});

test('eight failures in a row are half a minute of waiting, the last attempt comes after an hour and a half', () => {
  const until = (attempt: number) =>
    Array.from({ length: attempt - 1 }, (_, n) => backoffMs(n + 1, 0.5)).reduce((sum, ms) => sum + ms, 0);
  expect(backoffMs(8, 0.5)).toBeLessThan(30_000);
  expect(until(MAX_ATTEMPTS) / 60_000).toBeCloseTo(89, 0);
});
