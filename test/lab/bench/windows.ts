/** Three processes share one quota for three of its windows. Counts the requests that the service refuses. */
import { invoicesFor } from './invoices.ts';
import type { TopicReport } from './report.ts';
import { inWorld } from './world.ts';

const WINDOW_MS = 60_000;
const WINDOWS = 3;
const REQUESTS_PER_WINDOW = 1_800;
const REQUESTS_PER_SECOND = 40;
const WORKERS = 3;
const SHOPS = 30;
/** All for new customers, who must be searched for: more requests than three windows allow. */
const INVOICES_PER_SHOP = 220;
const LATENCY_MS = 25;

export async function measureWindows(): Promise<TopicReport> {
  return inWorld({}, async ({ connectShop, control, restartWorkers, transferWithin }) => {
    const shopIds: string[] = [];
    for (let shop = 0; shop < SHOPS; shop += 1) shopIds.push((await connectShop()).shopId);
    await restartWorkers(WORKERS, {
      TFSO_QUOTA_POOL: 'windows',
      TFSO_REQUESTS_PER_HOUR: String((REQUESTS_PER_WINDOW * 3_600_000) / WINDOW_MS),
      TFSO_REQUESTS_PER_SECOND: String(REQUESTS_PER_SECOND),
    });
    await control.configure({
      requestsPerHour: REQUESTS_PER_WINDOW,
      quotaWindowMs: WINDOW_MS,
      // 24SevenOffice's own limit is above ours in the same ratio: 25 to 20.
      requestsPerSecond: REQUESTS_PER_SECOND * 1.25,
      latencyMs: LATENCY_MS,
    });
    await control.resetQuota();
    const before = (await control.requests()).length;
    const invoices = shopIds.flatMap((shopId) =>
      invoicesFor(shopId, 'private', INVOICES_PER_SHOP, { first: 1, count: INVOICES_PER_SHOP }),
    );
    const done = await transferWithin(WINDOWS * WINDOW_MS, invoices);
    const requests = (await control.requests()).slice(before);
    return {
      topic: 'windows',
      conditions: `${WORKERS} workers, ${WINDOWS} windows of ${WINDOW_MS / 1_000} s with ${REQUESTS_PER_WINDOW} requests each; ${invoices.length} invoices of new people from ${SHOPS} shops`,
      rows: [
        {
          what: 'requests refused by the service',
          measured: requests.filter(({ ok }) => !ok).length,
          unit: '',
          aim: { atMost: 0 },
        },
        {
          what: 'requests made',
          measured: requests.length,
          unit: '',
          beside: { what: 'allowed', measured: WINDOWS * REQUESTS_PER_WINDOW },
        },
        { what: 'invoices transferred', measured: done, unit: '' },
      ],
    };
  });
}
