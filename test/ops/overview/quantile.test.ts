import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { merged, quantile } from '../../../src/ops/overview/quantile.ts';
import { LATENCY_BOUNDS_MS } from '../../../src/store/buckets.ts';

/** As the store counts them. */
function histogram(latencies: number[]): number[] {
  const counts = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  for (const ms of latencies) {
    const place = LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound);
    const at = place === -1 ? LATENCY_BOUNDS_MS.length : place;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}
const latency = fc.integer({ min: 1, max: LATENCY_BOUNDS_MS.at(-1) ?? 1 });

describe('a quantile of a histogram', () => {
  test('is in the place of the histogram in which the exact one is', () => {
    fc.assert(
      fc.property(
        fc.array(latency, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0.5, 0.95, 1),
        (latencies, share) => {
          const exact = latencies.sort((a, b) => a - b)[Math.ceil(latencies.length * share) - 1] ?? 0;
          const told = quantile(histogram(latencies), share) ?? -1;
          const upTo = LATENCY_BOUNDS_MS.find((bound) => exact <= bound) ?? 0;
          const from = LATENCY_BOUNDS_MS[LATENCY_BOUNDS_MS.indexOf(upTo) - 1] ?? 0;
          expect(told).toBeGreaterThan(from);
          expect(told).toBeLessThanOrEqual(upTo);
        },
      ),
    );
  });

  test('is unknown where nothing was counted', () => {
    expect(quantile(histogram([]), 0.5)).toBeUndefined();
  });

  test('is the last bound where everything took longer', () => {
    expect(quantile(histogram([10 ** 9]), 0.5)).toBe(LATENCY_BOUNDS_MS.at(-1));
  });

  test('of several hours is that of all their latencies', () => {
    fc.assert(
      fc.property(fc.array(fc.array(latency), { maxLength: 5 }), (hours) => {
        expect(merged(hours.map(histogram))).toEqual(histogram(hours.flat()));
      }),
    );
  });
});
