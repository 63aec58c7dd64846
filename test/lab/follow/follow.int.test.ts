/** The short form of `npm run bench -- --only follow`. */
import { beforeAll, expect, test } from 'vitest';
import { type FollowRun, runFollowing } from './run.ts';

let run: FollowRun;
beforeAll(async () => {
  run = await runFollowing({ shops: 4, ordersEach: 100, days: 4, seed: 7, passMs: 120_000, trouble: 0.1 });
}, 300_000);

test('each thing that a bookkeeper did is told once and nothing else, whatever failed or was killed', () => {
  expect(run.kills).toBeGreaterThan(5);
  expect(run.twins).toBeGreaterThan(50);
  expect(run.pauses).toBeGreaterThan(20);
  expect(run.expected).toBeGreaterThan(150);
  expect(run.told).toBe(run.expected);
  expect({ missing: run.missing, invented: run.invented }).toEqual({ missing: [], invented: [] });
});

test('none is told later than its cadence', () => {
  expect(run.late).toEqual([]);
});

test('no request goes to an order at its end, nor to a shop that is not followed', () => {
  expect(run.forbidden).toEqual([]);
});

test('an order that is not at its end stays followed', () => {
  expect(run.dropped).toEqual([]);
});

test('orders from a version that did not follow come in with the looks of their company, not in a request each', () => {
  const [day = 0] = run.requests;
  // A look an hour at each company's young orders is 96; a failed one, a missed one and a deleted one cost a request more.
  expect(day).toBeLessThan(96 * 2);
});
