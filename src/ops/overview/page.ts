/** The page that ops look at first: does it run, how fast, and what needs a person. */
import { html } from 'ghtml';
import { INVOICE_TRANSFER, STATUS_CHECK } from '../../contract/jobs.ts';
import { FOLLOWED_STATES, type FollowedState } from '../../domain/following.ts';
import { type HourCounts, SLOT_MS } from '../../store/buckets.ts';
import { CIRCUIT_KINDS, type CircuitKind } from '../../twentyfourseven/ports.ts';
import { type Html, PATH, page, time } from '../invoices/layout.ts';
import { type Bar, barTable, grouped, type Series, spans, stackedBars } from './charts.ts';
import type { Figures, QueueFigures } from './figures.ts';
import { merged, quantile, sum } from './quantile.ts';

const SECOND_MS = 1_000;
const UNITS: [ms: number, unit: string][] = [
  [86_400 * SECOND_MS, 'd'],
  [3_600 * SECOND_MS, 'h'],
  [60 * SECOND_MS, 'min'],
  [SECOND_MS, 's'],
];

/** `0.8 s`, `12 s`, `3 min`, `26 h`, `4 d`: two digits say enough. */
export function duration(ms: number): string {
  const [unitMs, unit] = UNITS.find(([size]) => ms >= 2 * size) ?? [SECOND_MS, 's'];
  const count = ms / unitMs;
  return `${count < 10 ? Number(count.toFixed(1)) : Math.round(count)} ${unit}`;
}

/** Outcomes that are shown as one, and where they lead. `already_transferred` ends nothing. */
const OUTCOMES: (Series & { outcomes: string[] })[] = [
  { name: 'created', tone: 'created', outcomes: ['created'] },
  { name: 'adopted or updated', tone: 'adopted', outcomes: ['adopted', 'updated'] },
  { name: 'rejected', tone: 'refused', outcomes: ['rejected'], href: `${PATH}?list=rejected` },
  { name: 'unresolved', tone: 'lost', outcomes: ['unresolved'], href: `${PATH}?list=unresolved` },
];

const withOutcome = ({ ended }: HourCounts, outcomes: string[]): number =>
  sum(outcomes.map((outcome) => ended[outcome] ?? 0));

function transfersChart({ hours }: Figures): Html {
  const totals = OUTCOMES.map(({ name, outcomes }) => {
    const count = sum(hours.map((hour) => withOutcome(hour, outcomes)));
    return `${grouped(count)} ${name}`;
  });
  return stackedBars({
    title: 'Transfers, last two days',
    told: html`${totals.join(', ')}.`,
    series: OUTCOMES,
    hours: hours.map((hour) => ({
      startsAt: hour.startsAt,
      values: OUTCOMES.map(({ outcomes }) => withOutcome(hour, outcomes)),
    })),
  });
}

function latencyChart({ hours }: Figures): Html {
  const all = merged(hours.map(({ took }) => took));
  const [median, p95] = [quantile(all, 0.5), quantile(all, 0.95)];
  const told =
    median === undefined || p95 === undefined
      ? 'No new order in the last two days.'
      : html`Half within about ${duration(median)}, 95 of 100 within ${duration(p95)}; ${grouped(sum(all))} new orders in two days.`;
  return spans({
    title: 'From the click to the order id',
    told,
    format: duration,
    hours: hours.map(({ startsAt, took }) => ({
      startsAt,
      median: quantile(took, 0.5),
      p95: quantile(took, 0.95),
    })),
  });
}

/** In the last sixty minutes, by whole slots: the running one and the eleven before it. */
export function spentLately({ hours, now }: Pick<Figures, 'hours' | 'now'>): number {
  const slots = hours.flatMap(({ startsAt, requests }) =>
    requests.map((count, slot) => ({ count, at: startsAt + slot * SLOT_MS })),
  );
  return sum(slots.filter(({ at }) => at <= now && at > now - 12 * SLOT_MS).map(({ count }) => count));
}

function quotaCharts(figures: Figures): Html {
  const { hours, quota } = figures;
  const spent = spentLately(figures);
  const left = Math.max(0, quota.perHour - spent);
  return html`!${barTable({
    title: 'Quota, last 60 minutes',
    told: html`${grouped(left)} of ${grouped(quota.perHour)} requests left; ${grouped(quota.tokens)} may leave at once.`,
    head: ['Requests', 'Number'],
    of: quota.perHour,
    bars: [
      { name: 'spent', count: spent, tone: 'created' },
      { name: 'left', count: left, tone: 'idle' },
    ],
  })}!${stackedBars({
    title: 'Requests, last two days',
    told: html`${grouped(sum(hours.flatMap(({ requests }) => requests)))} requests to 24SevenOffice; ${grouped(quota.perHour)} an hour are allowed.`,
    series: [{ name: 'requests', tone: 'created' }],
    hours: hours.map(({ startsAt, requests }) => ({ startsAt, values: [sum(requests)] })),
  })}`;
}

const QUEUES = new Map<string, string>([
  [INVOICE_TRANSFER, 'transfers'],
  [STATUS_CHECK, 'checks'],
]);

function jobsChart({ queues, now }: Figures): Html {
  const since = (at: number | undefined) =>
    at === undefined ? {} : { note: `oldest ${duration(now - at)}` };
  const nameOf = (queue: string, state: string) => html`${QUEUES.get(queue) ?? queue}, ${state}`;
  const bars = ({ queue, waiting, active, delayed, oldest }: QueueFigures): Bar[] => [
    { name: nameOf(queue, 'waiting'), count: waiting, tone: 'adopted', ...since(oldest.waiting) },
    { name: nameOf(queue, 'under way'), count: active, tone: 'created' },
    { name: nameOf(queue, 'delayed'), count: delayed, tone: 'idle', ...since(oldest.delayed) },
  ];
  const first = Math.min(...queues.map(({ oldest }) => oldest.waiting ?? Number.POSITIVE_INFINITY));
  const waiting = sum(queues.map((queue) => queue.waiting));
  return barTable({
    title: 'Jobs, now',
    told: Number.isFinite(first)
      ? html`${grouped(waiting)} wait to be taken, the oldest for ${duration(now - first)}. <a href="/board">Board</a>`
      : html`None waits to be taken. <a href="/board">Board</a>`,
    head: ['Jobs', 'Number'],
    bars: queues.flatMap(bars),
  });
}

const FOLLOWED: Record<FollowedState, { name: string; tone: string }> = {
  open: { name: 'not invoiced', tone: 'idle' },
  invoiced: { name: 'invoiced, not paid', tone: 'adopted' },
  paid: { name: 'paid', tone: 'created' },
  merged: { name: 'merged into another', tone: 'idle' },
};

function followedChart({ followed }: Figures): Html {
  const all = sum(FOLLOWED_STATES.map((state) => followed[state]));
  const late = followed.lagMs < 2 * 60_000 ? '' : ` The oldest look is ${duration(followed.lagMs)} late.`;
  return barTable({
    title: 'Orders after their transfer',
    told: html`${grouped(all)} are followed.${late} Lists: <a href="${PATH}?list=differs">what differs</a>, <a href="${PATH}?list=gone">what is gone</a>; <a href="${PATH}/report">report of a shop</a>.`,
    head: ['Orders', 'Number'],
    bars: [
      ...FOLLOWED_STATES.map((state) => ({ ...FOLLOWED[state], count: followed[state] })),
      { name: 'differ from what was sent', count: followed.differs, tone: 'refused' },
      { name: 'gone from 24SevenOffice', count: followed.gone, tone: 'lost' },
    ],
  });
}

/** What an open circuit means, and the code that the invoices behind it wait for. */
const CIRCUITS: Record<CircuitKind, { told: string; code: string }> = {
  service: { told: '24SevenOffice does not answer', code: 'service.unavailable' },
  login: { told: '24SevenOffice refuses our login', code: 'service.login_refused' },
  identity: { told: 'shut out by its company', code: 'service.identity_blocked' },
  permission: { told: 'without a right that we need', code: 'service.permission_missing' },
};

interface Tile {
  count: number | string;
  label: string;
  href: string;
  note?: string | undefined;
  /** Somebody has to act. */
  isBad: boolean;
}

const tileHtml = ({ count, label, href, note, isBad }: Tile): Html =>
  html`<li class="${isBad ? 'tile bad' : 'tile'}"><a href="${href}"><strong>${count}</strong> ${label}</a>!${note === undefined ? '' : html`<br><span class="soft">${note}</span>`}</li>`;

/** Followed orders that somebody must see to, each by the name of its list. */
const FOR_A_PERSON = [
  { name: 'differs', label: 'not as it was sent' },
  { name: 'gone', label: 'gone from 24SevenOffice' },
] as const;

function tiles({ lists, circuits, quota, followed, now }: Figures): Tile[] {
  const { unresolved, open, rejected } = lists;
  const oldest = (since: number | undefined) =>
    since === undefined ? undefined : `the oldest for ${duration(Math.max(0, now - since))}`;
  const list = (name: string) => `${PATH}?list=${name}`;
  return [
    {
      ...{
        count: unresolved.count,
        label: unresolved.count === 1 ? 'needs a person' : 'need a person',
        href: list('unresolved'),
      },
      ...{ note: oldest(unresolved.since), isBad: unresolved.count > 0 },
    },
    {
      ...{ count: open.count, label: 'under way or waiting', href: list('open') },
      ...{ note: oldest(open.since), isBad: false },
    },
    {
      ...{ count: rejected.count, label: 'rejected, by cause', href: PATH },
      ...{ note: 'of the newest 20,000', isBad: false },
    },
    ...FOR_A_PERSON.filter(({ name }) => followed[name] > 0).map(({ name, label }) => ({
      ...{ count: followed[name], label, href: list(name), isBad: true },
    })),
    ...CIRCUIT_KINDS.filter((kind) => circuits[kind] > 0).map((kind) => ({
      count: circuits[kind],
      label: `circuit open: ${CIRCUITS[kind].told}`,
      href: `${PATH}?q=${CIRCUITS[kind].code}`,
      isBad: true,
    })),
    ...(quota.quarantineUntilMs > now
      ? [
          {
            ...{ count: duration(quota.quarantineUntilMs - now), label: 'of quarantine left: nobody sends' },
            ...{ href: `${PATH}?q=service.quota`, isBad: true },
          },
        ]
      : []),
  ];
}

export function overviewPage(figures: Figures): Html {
  const shown = tiles(figures);
  const bad = shown.filter(({ isBad }) => isBad);
  const headline =
    bad.length === 0
      ? html`<p class="notice">Nothing needs a person.</p>`
      : html`<p class="problem"><strong>Look at this:</strong> ${bad.map(({ count, label }) => `${count} ${label}`).join('; ')}.</p>`;
  const body = html`<h1>Overview</h1><p class="soft">As of !${time(figures.now)} UTC. Counts by hour may be some seconds behind.</p>
!${headline}<ul class="tiles">!${shown.map(tileHtml)}</ul>
<div class="charts">!${transfersChart(figures)}!${latencyChart(figures)}!${jobsChart(figures)}!${followedChart(figures)}!${quotaCharts(figures)}</div>`;
  return page({ title: 'Overview', body });
}
