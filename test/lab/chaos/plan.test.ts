import { describe, expect, test } from 'vitest';
import { makePlan, type PlanOptions } from './plan.ts';
import { KILL_POINTS, SUSPEND_POINTS } from './points.ts';

const LONG = { seed: 1, kills: 200, invoices: 1_000, everything: true };
const kinds = (options: PlanOptions) => {
  const counts: Record<string, number> = {};
  for (const { blow } of makePlan(options).rounds) counts[blow.kind] = (counts[blow.kind] ?? 0) + 1;
  return counts;
};

describe('a plan', () => {
  test('is the same for the same seed, and differs for another', () => {
    expect(makePlan(LONG)).toEqual(makePlan(LONG));
    expect(makePlan({ ...LONG, seed: 2 })).not.toEqual(makePlan(LONG));
  });

  test('has as many kills and invoices as asked for, and everything else that can happen', () => {
    const counts = kinds(LONG);
    expect((counts['killed at a point'] ?? 0) + (counts['killed at random'] ?? 0)).toBe(200);
    expect(Object.keys(counts)).toHaveLength(6);
    const { rounds } = makePlan(LONG);
    const invoices = rounds.flatMap((round) => round.invoices);
    expect(invoices).toHaveLength(1_000);
    expect(new Set(invoices.map(({ id }) => id)).size).toBe(1_000);
  });

  test('fills Redis and lets its replica take over if asked to; otherwise the plan is the same', () => {
    const counts = kinds({ ...LONG, memory: true, failover: true });
    expect(counts).toMatchObject({ 'redis full': 6, 'redis failed over': 6 });
    expect(makePlan({ ...LONG, memory: false, failover: false })).toEqual(makePlan(LONG));
  });

  test('kills at every point, and suspends at every point, in its long form', () => {
    const blows = makePlan(LONG).rounds.map(({ blow }) => blow);
    const pointsOf = (kind: string) =>
      new Set(blows.flatMap((blow) => ('point' in blow && blow.kind === kind ? [blow.point.name] : [])));
    expect(pointsOf('killed at a point').size).toBe(KILL_POINTS.length);
    expect(pointsOf('suspended').size).toBe(SUSPEND_POINTS.length);
  });

  test('gives each point an invoice that reaches it', () => {
    for (const { blow, invoices } of makePlan(LONG).rounds) {
      if ('point' in blow) expect(invoices[0]?.scene).toEqual(blow.point.scene);
    }
  });

  test('gives each new shop to one round only', () => {
    const first = makePlan(LONG).rounds.flatMap(({ invoices }) => invoices.filter(({ shop }) => shop > 1));
    expect(new Set(first.map(({ shop }) => shop)).size).toBe(first.length);
  });
});
