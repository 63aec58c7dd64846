import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barTable, roundedUp, spans, stackedBars } from '../../../src/ops/overview/charts.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2021, 0, 12, 9);
const SERIES = [
  { name: 'created', tone: 'created' },
  { name: 'rejected', tone: 'refused', href: '/invoices?list=rejected' },
];
const hoursOf = (values: number[][]) =>
  values.map((each, index) => ({ startsAt: START + index * HOUR_MS, values: each }));
const bars = (values: number[][]) =>
  stackedBars({ title: 'Transfers', told: 'Told.', series: SERIES, hours: hoursOf(values) });
const attributes = (markup: string, element: string, name: string) =>
  [...markup.matchAll(new RegExp(`<${element}[^>]* ${name}="([^"]+)"`, 'g'))].map(([, value]) => value);

describe('the axis', () => {
  test('ends with a round number that no value exceeds, and is at most ten times too high', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (most) => {
        const end = roundedUp(most);
        expect(end).toBeGreaterThanOrEqual(most);
        expect(end).toBeLessThan(most * 2.51);
        expect(String(end)).toMatch(/^[125]0*$/);
      }),
    );
  });

  test('is there where nothing was counted', () => {
    expect(roundedUp(0)).toBe(1);
    expect(bars(new Array(49).fill([0, 0]))).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('bars by hour', () => {
  test('stand on the line and inside the drawing, one on the other', () => {
    const count = fc.nat({ max: 100_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(count, count), { minLength: 49, maxLength: 49 }), (values) => {
        const [drawing = ''] = bars(values).match(/<svg viewBox[\s\S]*?<\/svg>/) ?? [];
        expect(drawing).not.toMatch(/NaN|Infinity|undefined/);
        const tops = attributes(drawing, 'rect', 'y').map(Number);
        const heights = attributes(drawing, 'rect', 'height').map(Number);
        expect(tops).toHaveLength(values.flat().filter((value) => value > 0).length);
        for (const [index, top] of tops.entries()) {
          // A bar that would be too small to be seen may rise a little above the highest line.
          expect(top).toBeGreaterThanOrEqual(14 - 2);
          expect(top + (heights[index] ?? 0)).toBeLessThanOrEqual(110.1);
        }
      }),
    );
  });

  test('have the same numbers in the table beside, newest first, without the empty hours', () => {
    const markup = bars([
      [1_234, 0],
      [0, 0],
      [5, 6],
    ]);
    const rows = [...markup.matchAll(/<th scope="row"[^>]*>([^<]+)<\/th>(.*?)<\/tr>/g)].map(
      ([, hour, cells = '']) => [hour, ...[...cells.matchAll(/>([^<]+)<\/td>/g)].map(([, cell]) => cell)],
    );
    expect(rows).toEqual([
      ['01-12 11:00', '5', '6'],
      ['01-12 09:00', '1,234', '0'],
    ]);
  });

  test('say what they are without being seen: a name, and a text for each bar', () => {
    const markup = bars([[3, 1]]);
    expect(markup).toContain('role="img" aria-label="Transfers, by hour, at most 4"');
    expect(markup).toContain('<title>01-12 09:00 UTC: 3 created, 1 rejected</title>');
    expect(markup).toContain('<a href="/invoices?list&#61;rejected">rejected</a>');
  });
});

describe('spans by hour', () => {
  const drawn = (hours: { median?: number; p95?: number }[]) =>
    spans({
      title: 'Click to order',
      told: 'Told.',
      format: (ms) => `${ms} ms`,
      hours: hours.map((hour, index) => ({ startsAt: START + index * HOUR_MS, ...hour })),
    });

  test('are higher the longer it took, and stay in the drawing', () => {
    const latency = fc.integer({ min: 1, max: 100_000_000 });
    fc.assert(
      fc.property(latency, latency, (one, other) => {
        const [median, p95] = [Math.min(one, other), Math.max(one, other)];
        const markup = drawn([{ median, p95 }]);
        const [top = Number.NaN] = attributes(markup, 'line class="span"', 'y1').map(Number);
        const [dot = Number.NaN] = attributes(markup, 'circle', 'cy').map(Number);
        expect(top).toBeLessThanOrEqual(dot);
        expect(top).toBeGreaterThanOrEqual(14);
        expect(dot).toBeLessThanOrEqual(110);
      }),
    );
  });

  test('leave out an hour without an order, in the drawing and in the table', () => {
    const markup = drawn([{}, { median: 800, p95: 2_000 }, {}]);
    expect(attributes(markup, 'circle', 'cy')).toHaveLength(1);
    expect(markup).toContain('800 ms');
    expect(markup).not.toMatch(/undefined|NaN/);
  });
});

test('a bar of what is now is as long as its share, and has its number beside', () => {
  const markup = barTable({
    title: 'Quota',
    told: 'Told.',
    head: ['Requests', 'Number'],
    of: 7_200,
    bars: [{ name: 'spent', count: 1_800, tone: 'created', note: 'a note' }],
  });
  expect(markup).toContain('width="25%"');
  expect(markup).toContain('1,800');
  expect(markup).toContain('a note');
});

test('a text in a chart cannot be markup', () => {
  const markup = stackedBars({
    title: '<b>',
    told: '',
    series: [{ name: '<i>', tone: 'created' }],
    hours: hoursOf([[1]]),
  });
  expect(markup).not.toMatch(/<b>|<i>/);
});
