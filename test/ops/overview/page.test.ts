import { describe, expect, test } from 'vitest';
import type { Figures } from '../../../src/ops/overview/figures.ts';
import { duration, overviewPage, spentLately } from '../../../src/ops/overview/page.ts';
import { LATENCY_BOUNDS_MS, SLOT_MS } from '../../../src/store/buckets.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2021, 0, 13, 9, 32);

const anHour = (startsAt: number, requests: number[] = []) => ({
  startsAt,
  ended: {},
  took: new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0),
  requests: Array.from({ length: 12 }, (_, slot) => requests[slot] ?? 0),
});
const NINE = Date.UTC(2021, 0, 13, 9);
const QUIET: Figures = {
  now: NOW,
  hours: [anHour(NINE - HOUR_MS), anHour(NINE)],
  lists: { unresolved: { count: 0 }, open: { count: 0 }, rejected: { count: 0 } },
  queues: [{ queue: 'invoice-transfer', waiting: 0, active: 0, delayed: 0, oldest: {} }],
  quota: { tokens: 40, quarantineUntilMs: 0, perHour: 7_200 },
  circuits: { service: 0, login: 0, identity: 0, permission: 0 },
  followed: { open: 0, invoiced: 0, paid: 0, merged: 0, differs: 0, gone: 0, lagMs: 0 },
};

describe('the overview', () => {
  test('of a quiet day says that nothing needs a person', () => {
    const markup = overviewPage(QUIET);
    expect(markup).toContain('Nothing needs a person.');
    expect(markup).toContain('None waits to be taken.');
    expect(markup).not.toMatch(/undefined|NaN|Infinity/);
  });

  test.each([
    [
      'an unresolved invoice',
      { lists: { ...QUIET.lists, unresolved: { count: 2, since: NOW - 2 * HOUR_MS } } },
      '2 need a person',
      '/invoices?list=unresolved',
    ],
    [
      'an order that differs',
      { followed: { ...QUIET.followed, differs: 2 } },
      '2 not as it was sent',
      '/invoices?list=differs',
    ],
    [
      'an order that is gone',
      { followed: { ...QUIET.followed, gone: 1 } },
      '1 gone from 24SevenOffice',
      '/invoices?list=gone',
    ],
    [
      '24SevenOffice away',
      { circuits: { ...QUIET.circuits, service: 1 } },
      '24SevenOffice does not answer',
      '/invoices?q=service.unavailable',
    ],
    [
      'a refused login',
      { circuits: { ...QUIET.circuits, login: 1 } },
      '24SevenOffice refuses our login',
      '/invoices?q=service.login_refused',
    ],
    [
      'a company that shuts us out',
      { circuits: { ...QUIET.circuits, identity: 3 } },
      'shut out by its company',
      '/invoices?q=service.identity_blocked',
    ],
    [
      'a right that is missing',
      { circuits: { ...QUIET.circuits, permission: 1 } },
      'without a right that we need',
      '/invoices?q=service.permission_missing',
    ],
    [
      'a quarantine',
      { quota: { ...QUIET.quota, quarantineUntilMs: NOW + HOUR_MS } },
      'quarantine left',
      '/invoices?q=service.quota',
    ],
  ] satisfies [string, Partial<Figures>, string, string][])(
    'tells of %s first, and leads there',
    (_what, change, told, href) => {
      const markup = overviewPage({ ...QUIET, ...change });
      expect(markup).toContain('Look at this:');
      expect(markup).not.toContain('Nothing needs a person.');
      expect(markup).toContain(told);
      expect(markup.replaceAll('&#61;', '=')).toContain(`href="${href}"`);
    },
  );

  test('adds up outcomes, and names none that it does not show', () => {
    const [before, now] = QUIET.hours;
    if (before === undefined || now === undefined) throw new Error('two hours');
    const markup = overviewPage({
      ...QUIET,
      hours: [
        { ...before, ended: { created: 3, adopted: 1 } },
        { ...now, ended: { created: 1, updated: 1, rejected: 2 } },
      ],
    });
    expect(markup).toContain('4 created, 2 adopted or updated, 2 rejected, 0 unresolved.');
  });
});

describe('the quota of the last 60 minutes', () => {
  test('is that of the running five minutes and the eleven before', () => {
    const before = anHour(NINE - HOUR_MS, [1, 1, 1, 1, 1, 1, 1, 10, 10, 10, 10, 10]);
    const running = anHour(NINE, [10, 10, 10, 10, 10, 10, 10]);
    expect(spentLately({ hours: [before, running], now: NOW })).toBe(120);
    expect(NOW - NINE).toBeGreaterThan(6 * SLOT_MS);
  });
});

test.each([
  [0, '0 s'],
  [812, '0.8 s'],
  [2_000, '2 s'],
  [12_345, '12 s'],
  [119_000, '119 s'],
  [180_000, '3 min'],
  [26 * HOUR_MS, '26 h'],
  [4 * 24 * HOUR_MS, '4 d'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
