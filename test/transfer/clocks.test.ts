/** Machines whose clocks disagree: what counts is the store's. */
import { expect, test } from 'vitest';
import { anInvoiceJob } from '../support/builders.ts';
import { aWorker } from './worker.ts';
import { aWorld, settleMs } from './world.ts';

const HOUR_MS = 3_600_000;
const invoice = (n: number) => anInvoiceJob({ requestId: `request-${n}`, invoice: { id: `I-${n}` } });

test.each([HOUR_MS, -HOUR_MS])(
  'a worker whose clock is %i ms off does not make again what another has just made',
  async (skewMs) => {
    const world = await aWorld();
    world.company.visibleAfterMs = settleMs - 1;
    const skewed = aWorker({ ...world, skewMs });
    for (const [n, worker] of [world.worker, skewed, world.worker].entries()) {
      await worker.run(invoice(n));
    }
    const { customers, products, categories, orders } = world.company;
    expect([customers.length, products.length, categories.length]).toEqual([1, 1, 1]);
    expect(orders).toHaveLength(3);
  },
);
