/**
 * Small charts as SVG, made from numbers alone. Nothing is drawn by a script, and each has a table beside it that
 * says the same: for a screen reader, and for who wants the number.
 */
import { html } from 'ghtml';
import type { Html } from '../invoices/layout.ts';

/** Of the drawing, in its own units: on a phone one is about a pixel. */
const WIDTH = 343;
const HEIGHT = 96;
/** Above the drawing for the largest number, below it for the hours. */
const HEAD = 14;
const FOOT = 16;
const TICK_HOURS = 12;
const HOUR_MS = 3_600_000;

export interface Hour {
  /** Epoch milliseconds. */
  startsAt: number;
}

export interface Series {
  name: string;
  /** CSS class that colours it. */
  tone: string;
  /** The list that its number leads to. */
  href?: string;
}

/** One row of a chart's table. */
type Cells = (string | number)[];

/** `1,204`. */
export const grouped = (count: number): string => Math.round(count).toLocaleString('en-US');

const iso = (at: number): string => new Date(at).toISOString();
/** `11-24 06:00`, UTC. */
const hourOf = ({ startsAt }: Hour): string => iso(startsAt).slice(5, 16).replace('T', ' ');

/** The next of 1, 2, 5, 10, 20, 50 …, and no less than 1: what the axis ends with. */
export function roundedUp(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return [1, 2, 5, 10].map((factor) => factor * power).find((end) => end >= most) ?? 10 * power;
}

/** What the chart is called, and what it says in a sentence. */
interface About {
  title: string;
  told: Html;
}

function figure({ title, told }: About, parts: { drawing: Html; legend: Html; table: Html }): Html {
  return html`<figure class="chart"><figcaption><h2>${title}</h2><p>!${told}</p></figcaption>!${parts.drawing}!${parts.legend}!${parts.table}</figure>`;
}

function table(title: string, head: string[], rows: Cells[]): Html {
  if (rows.length === 0) return '';
  return html`<details><summary>Table: ${title}</summary><div class="scroll" tabindex="0" role="region" aria-label="Table: ${title}"><table><thead><tr>!${head.map(
    (name, index) => html`<th scope="col" class="${index > 0 ? 'number' : ''}">${name}</th>`,
  )}</tr></thead><tbody>!${rows.map(
    ([first, ...others]) =>
      html`<tr><th scope="row" class="when">${first}</th>!${others.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`,
  )}</tbody></table></div></details>`;
}

const legend = (series: Series[]): Html =>
  html`<ul class="legend">!${series.map(({ name, tone, href }) => {
    const label = href === undefined ? html`${name}` : html`<a href="${href}">${name}</a>`;
    return html`<li><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" class="${tone}"/></svg> !${label}</li>`;
  })}</ul>`;

/** Lines under the drawing, at midnight and noon. */
function hourAxis(hours: readonly Hour[], step: number): Html {
  const marks = hours.flatMap(({ startsAt }, index) => {
    const hour = (startsAt / HOUR_MS) % 24;
    return hour % TICK_HOURS === 0 ? [{ x: index * step, label: iso(startsAt), hour }] : [];
  });
  const y = HEAD + HEIGHT;
  return html`<line class="axis" x1="0" y1="${y}" x2="${WIDTH}" y2="${y}"/>!${marks.map(
    ({ x, label, hour }) => {
      const anchor = x < 20 ? 'start' : x > WIDTH - 24 ? 'end' : 'middle';
      const text = hour === 0 ? label.slice(5, 10) : label.slice(11, 16);
      return html`<line class="axis" x1="${x}" y1="${y}" x2="${x}" y2="${y + 4}"/><text x="${x}" y="${y + FOOT - 1}" text-anchor="${anchor}">${text}</text>`;
    },
  )}`;
}

/** A line over the drawing that says what a height means. */
const level = (y: number, label: string): Html =>
  html`<line class="level" x1="0" y1="${y}" x2="${WIDTH}" y2="${y}"/><text x="0" y="${y - 3}">${label}</text>`;

const svg = (label: string, content: Html): Html =>
  html`<svg viewBox="0 0 ${WIDTH} ${HEAD + HEIGHT + FOOT}" role="img" aria-label="${label}">!${content}</svg>`;

const round = (length: number): number => Math.round(length * 100) / 100;

export interface StackedHour extends Hour {
  /** In the order of the series. */
  values: number[];
}

/** A bar for each hour, of which each series is a part, the first at its foot. */
export function stackedBars(about: About & { series: Series[]; hours: StackedHour[] }): Html {
  const { title, series, hours } = about;
  const total = ({ values }: StackedHour) => values.reduce((all, value) => all + value, 0);
  const top = roundedUp(Math.max(0, ...hours.map(total)));
  const step = WIDTH / hours.length;
  const names = series.map(({ name }) => name);

  function bar(hour: StackedHour, index: number): Html {
    if (total(hour) === 0) return '';
    let y = HEAD + HEIGHT;
    const parts = hour.values.map((value, part) => {
      if (value === 0) return '';
      // Seen also where it is one of many.
      const height = Math.max(1.5, (value / top) * HEIGHT);
      y -= height;
      return html`<rect class="${series[part]?.tone ?? ''}" x="${round(index * step + 0.5)}" y="${round(y)}" width="${round(step - 1)}" height="${round(height)}"/>`;
    });
    const told = hour.values.map((value, part) => `${grouped(value)} ${names[part] ?? ''}`).join(', ');
    return html`<g><title>${hourOf(hour)} UTC: ${told}</title>!${parts}</g>`;
  }

  const drawing = svg(
    `${title}, by hour, at most ${grouped(Math.max(0, ...hours.map(total)))}`,
    html`!${level(HEAD, grouped(top))}!${hours.map(bar)}!${hourAxis(hours, step)}`,
  );
  const rows = hours.filter((hour) => total(hour) > 0).reverse();
  return figure(about, {
    drawing,
    legend: series.length > 1 ? legend(series) : '',
    table: table(
      title,
      ['Hour (UTC)', ...names],
      rows.map((hour) => [hourOf(hour), ...hour.values.map(grouped)]),
    ),
  });
}

export interface SpanHour extends Hour {
  median?: number | undefined;
  p95?: number | undefined;
}

/** Heights of the latency chart: from `FIRST_MS` up, one level as high as the next, since seconds and hours both count. */
const LEVELS: [ms: number, label: string][] = [
  [1_000, '1 s'],
  [10_000, '10 s'],
  [60_000, '1 min'],
  [600_000, '10 min'],
  [3_600_000, '1 h'],
  [36_000_000, '10 h'],
];
const FIRST_MS = 100;

/** For each hour a dot at its median and a line up to its 95th percentile, on a logarithmic axis. */
export function spans(about: About & { hours: SpanHour[]; format: (ms: number) => string }): Html {
  const { title, hours, format } = about;
  const known = hours.flatMap(({ median, p95, startsAt }, index) =>
    median === undefined || p95 === undefined ? [] : [{ median, p95, startsAt, index }],
  );
  const most = Math.max(0, ...known.map(({ p95 }) => p95));
  const shown = LEVELS.filter((_, index) => index === 0 || (LEVELS[index - 1]?.[0] ?? 0) < most);
  const [end] = shown.at(-1) ?? [1_000];
  // More than four lines would stand too close for their names.
  const isTold = (_level: unknown, index: number) =>
    shown.length <= 4 || (shown.length - 1 - index) % 2 === 0;
  const step = WIDTH / hours.length;
  const y = (ms: number) =>
    round(
      HEAD +
        HEIGHT * (1 - Math.log(Math.max(FIRST_MS, Math.min(ms, end)) / FIRST_MS) / Math.log(end / FIRST_MS)),
    );
  const marks = known.map(({ median, p95, index, ...hour }) => {
    const x = round((index + 0.5) * step);
    return html`<g><title>${hourOf(hour)} UTC: median ${format(median)}, 95 % within ${format(p95)}</title>
<line class="span" x1="${x}" y1="${y(p95)}" x2="${x}" y2="${y(median)}"/><circle class="dot" cx="${x}" cy="${y(median)}" r="2.5"/></g>`;
  });
  return figure(about, {
    drawing: svg(
      `${title}, by hour, on a logarithmic scale`,
      html`!${shown.filter(isTold).map(([ms, label]) => level(y(ms), label))}!${marks}!${hourAxis(hours, step)}`,
    ),
    legend: legend([
      { name: 'median', tone: 'dot' },
      { name: 'up to the 95th percentile', tone: 'span' },
    ]),
    table: table(
      title,
      ['Hour (UTC)', 'Median', '95 % within'],
      known.reverse().map(({ median, p95, ...hour }) => [hourOf(hour), format(median), format(p95)]),
    ),
  });
}

export interface Bar {
  name: Html;
  count: number;
  tone: string;
  /** Beside the number. */
  note?: string;
}

/** A table whose rows have a bar each: for what is now, not for what was. */
export function barTable(about: About & { head: [string, string]; bars: Bar[]; of?: number }): Html {
  const { title, head, bars } = about;
  const most = about.of ?? Math.max(1, ...bars.map(({ count }) => count));
  const row = ({ name, count, tone, note = '' }: Bar) =>
    html`<tr><th scope="row">!${name}</th><td class="number">${grouped(count)}</td><td class="bar"><svg width="100%" height="12" aria-hidden="true"><rect width="${round(Math.min(100, (count / most) * 100))}%" height="12" class="${tone}"/></svg>!${note === '' ? '' : html`<span class="soft">${note}</span>`}</td></tr>`;
  return html`<figure class="chart"><figcaption><h2>${title}</h2><p>!${about.told}</p></figcaption>
<table class="bars"><thead><tr><th scope="col">${head[0]}</th><th scope="col" class="number">${head[1]}</th><td></td></tr></thead><tbody>!${bars.map(row)}</tbody></table></figure>`;
}
