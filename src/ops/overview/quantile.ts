/** Quantiles of latencies that are kept as a histogram. */
import { LATENCY_BOUNDS_MS } from '../../store/buckets.ts';

export const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** The histograms of several hours as one. */
export const merged = (histograms: readonly (readonly number[])[]): number[] =>
  Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, place) =>
    sum(histograms.map((counts) => counts[place] ?? 0)),
  );

/**
 * An estimate in milliseconds: within its place of the histogram, latencies are taken to be spread evenly, as
 * Prometheus' `histogram_quantile` does. Above the last bound it is that bound. Undefined for an empty histogram.
 *
 * @param counts by the places of `LATENCY_BOUNDS_MS`, and one more
 * @param share 0.5 for the median
 */
export function quantile(counts: readonly number[], share: number): number | undefined {
  const wanted = sum(counts) * share;
  if (wanted === 0) return undefined;
  let below = 0;
  for (const [place, bound] of LATENCY_BOUNDS_MS.entries()) {
    const count = counts[place] ?? 0;
    if (below + count >= wanted) {
      const from = LATENCY_BOUNDS_MS[place - 1] ?? 0;
      return from + ((bound - from) * (wanted - below)) / count;
    }
    below += count;
  }
  return LATENCY_BOUNDS_MS.at(-1);
}
