/** The events of status checks; those of transfers are written with their record's end. */
import { expect, it } from 'vitest';
import type { StatusResult } from '../../../src/contract/results.ts';
import { KEY, type Open, useHarness } from './harness.ts';

export function eventsContract(open: Open): void {
  const h = useHarness(open);
  const result: StatusResult = {
    status: 'not_paid',
    detail: 'invoiced',
    orderId: 5001,
    checkedAt: '2021-01-13T09:30:00.000Z',
  };

  it('a status check is one event, also when its job runs again elsewhere', async () => {
    await h.store.events.paymentChecked(KEY, 'request-1', result);
    await h.other.events.paymentChecked(KEY, 'request-1', { ...result, status: 'paid' });
    expect(await h.events()).toEqual([
      {
        type: 'payment.checked',
        ...KEY,
        requestId: 'request-1',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        body: JSON.stringify(result),
      },
    ]);
  });

  it('the next click, another invoice and another shop have events of their own', async () => {
    await h.store.events.paymentChecked(KEY, 'request-1', result);
    await h.store.events.paymentChecked(KEY, 'request-2', result);
    await h.store.events.paymentChecked({ ...KEY, invoiceId: '1019' }, 'request-1', result);
    await h.store.events.paymentChecked({ ...KEY, shopId: 'fjord.mysharefox.com' }, 'request-1', result);
    expect((await h.events()).map(({ invoiceId, requestId }) => `${invoiceId} ${requestId}`)).toEqual([
      '1018-1 request-1',
      '1018-1 request-2',
      '1019 request-1',
      '1018-1 request-1',
    ]);
  });
}
