/** What following orders costs, and whether each change is told once: many shops, days of bookkeepers, on simulated time. */
import { runFollowing } from '../follow/run.ts';
import type { TopicReport } from './report.ts';

const SHOPS = 30;
const ORDERS_EACH = 2_000;
const DAYS = 3;
const TROUBLE = 0.1;
const REQUESTS_A_DAY = 7_200 * 24;

export async function measureFollowing(): Promise<TopicReport> {
  const run = await runFollowing({
    ...{ shops: SHOPS, ordersEach: ORDERS_EACH, days: DAYS, seed: 1, passMs: 30_000, trouble: TROUBLE },
    onDay: (line) => process.stderr.write(`\n  ${line}`),
  });
  const acts = Object.values(run.acts).reduce((sum, count) => sum + count, 0);
  const [firstDay = 0, ...fullDays] = run.requests.slice(0, DAYS + 1);
  const worst = Math.max(...fullDays);
  const none = (what: string, list: string[]) => ({
    ...{ what, measured: list.length, unit: '', aim: { atMost: 0 } },
  });
  return {
    topic: 'follow',
    conditions:
      `${SHOPS} shops × ${ORDERS_EACH} orders, most of them from a version that did not follow; ${DAYS} simulated days, ` +
      `${acts} things done by bookkeepers at random, a pass each 30 s on a real Redis; one request in ten fails, ` +
      `${run.kills} passes were killed at some call, ${run.twins} ran in two processes at once, ` +
      `${run.pauses} stood still between request and writing`,
    rows: [
      {
        what: 'changes told',
        measured: run.told,
        unit: '',
        beside: { what: 'to be told', measured: run.expected },
      },
      none('changes not told', run.missing),
      none('told twice, wrongly, or without a change', run.invented),
      none('told later than a cadence and a step', run.late),
      none('requests for an order at its end, or of a shop that is not followed', run.forbidden),
      none('orders that nobody would look at any more', run.dropped),
      { what: 'from a change to its event, median', measured: run.medianLagMs / 3_600_000, unit: 'h' },
      {
        what: 'part of the quota, day after the deployment',
        measured: (firstDay / REQUESTS_A_DAY) * 100,
        unit: '%',
        aim: { atMost: 1 },
      },
      {
        what: 'part of the quota, worst of the other days',
        measured: (worst / REQUESTS_A_DAY) * 100,
        unit: '%',
        aim: { atMost: 1 },
      },
      {
        what: 'orders in a request, mean',
        measured: run.looks / run.requests.reduce((a, b) => a + b, 0),
        unit: '',
      },
      {
        what: 'looks a second of real time, all in one process',
        measured: run.looks / run.seconds,
        unit: '/s',
      },
    ],
    notes: [...run.missing, ...run.invented, ...run.late, ...run.forbidden, ...run.dropped].slice(0, 20),
  };
}
