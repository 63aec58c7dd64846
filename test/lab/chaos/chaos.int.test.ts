/** The short form of `npm run chaos`: a worker process dies once at every step boundary. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Built, build } from './build.ts';
import { makePlan } from './plan.ts';
import { KILL_POINTS } from './points.ts';
import { type Outcome, run } from './run.ts';

/** A run takes about two minutes, mostly waiting for leases (10 s) to expire. The limit is only a safeguard. */
const PATIENCE_MS = 15 * 60_000;
const INVOICES = 60;

let built: Built;
let outcome: Outcome;
beforeAll(async () => {
  built = build();
  const plan = makePlan({ seed: 3, kills: KILL_POINTS.length, invoices: INVOICES, everything: false });
  outcome = await run({ plan, built, faults: false, onProgress: () => undefined });
}, PATIENCE_MS);
afterAll(() => built.remove());

test('a process was killed at every step boundary', () => {
  expect([...outcome.points.keys()].sort()).toEqual(KILL_POINTS.map(({ name }) => name).sort());
  expect(outcome.killed).toBeGreaterThanOrEqual(KILL_POINTS.length);
});

test('no order, customer, product or category exists twice', () => {
  expect(outcome.account.duplicates).toEqual([]);
});

test('no invoice is lost: each has its order and exactly one end event', () => {
  expect(outcome.account.lost).toEqual([]);
  expect(outcome.account.wrongEvents).toEqual([]);
  expect(outcome.account.invoices).toBeGreaterThanOrEqual(INVOICES);
  expect(outcome.account.transferred).toBe(outcome.account.invoices);
});

test('nothing was written into another company, or against the rules of 24SevenOffice', () => {
  expect(outcome.account.wrongCompany).toEqual([]);
  expect(outcome.account.violations).toEqual([]);
});

test('no process met a bug of ours or ended by itself', () => {
  expect(outcome.bugs).toEqual([]);
  expect(outcome.oddEnds).toEqual([]);
});
