import { check, same } from './checks.ts';
import { invoice, rental } from './sharefox.ts';
import { BERG, FJORD, KARI, type Stage } from './stage.ts';
import { transferred } from './transferred.ts';

/** The same invoice again, unchanged and edited. */
export const resends = async (stage: Stage): Promise<void> => {
  const { sharefox } = stage;
  const lines = [rental('Minigraver', '2', '800.00'), rental('Skuffe', '1', '100.00')];
  for (const shop of [FJORD, BERG]) {
    const order = await transferred(stage, invoice(shop.shopId, '2001-1', KARI, lines));
    const again = await sharefox.send(invoice(shop.shopId, '2001-1', KARI, lines));
    same(
      `${shop.shopId}: the same content again`,
      [again.value?.outcome, again.value?.orderId],
      ['already_transferred', order?.OrderId],
    );
  }
  const edited = [
    rental('Minigraver', '2', '750.00'),
    rental('Henger', '1', '60.00', '15'),
    rental('Tilhenger', '3', '10.00', '0'),
  ];
  const refused = await sharefox.send(invoice(FJORD.shopId, '2001-1', KARI, edited, { revision: 2 }));
  check(
    'edited content under "refuse"',
    refused.failedReason?.startsWith('invoice.changed_after_transfer') === true,
    refused,
  );
  await transferred(stage, invoice(BERG.shopId, '2001-1', KARI, edited, { revision: 2 }), 'updated');
};

const paidPair = (value: Record<string, unknown> | undefined): unknown[] => [value?.status, value?.detail];

/** "Check status" through an order's life, with all that a bookkeeper may do to it. */
export const statuses = async (stage: Stage): Promise<void> => {
  const { sharefox, office } = stage;
  const order = await transferred(
    stage,
    invoice(BERG.shopId, '3001-1', KARI, [rental('Lift', '1', '500.00')]),
  );
  const what = { client: BERG.client, order: order?.OrderId };
  same('before publishing', paidPair((await sharefox.checkStatus(BERG.shopId, '3001-1')).value), [
    'not_paid',
    'order_not_invoiced',
  ]);
  const number = await office.act({ do: 'publish', on: '2021-01-20', ...what });
  const invoiced = (await sharefox.checkStatus(BERG.shopId, '3001-1')).value;
  same(
    'published',
    [...paidPair(invoiced), invoiced?.invoiceNumber, invoiced?.invoicedOn],
    ['not_paid', 'invoiced', number, '2021-01-20'],
  );
  await office.act({ do: 'pay', on: '2021-02-03', ...what });
  const paid = (await sharefox.checkStatus(BERG.shopId, '3001-1')).value;
  same(
    'paid',
    [...paidPair(paid), paid?.invoiceNumber, paid?.paidOn],
    ['paid', 'paid', number, '2021-02-03'],
  );
  await office.act({ do: 'unpay', ...what });
  same('payment taken back', paidPair((await sharefox.checkStatus(BERG.shopId, '3001-1')).value), [
    'not_paid',
    'invoiced',
  ]);
  const late = await sharefox.send(
    invoice(BERG.shopId, '3001-1', KARI, [rental('Lift', '1', '400.00')], { revision: 2 }),
  );
  check(
    'edited after publishing is refused even under "update"',
    late.failedReason?.startsWith('invoice.changed_after_transfer') === true,
    late,
  );

  const merged = await transferred(
    stage,
    invoice(BERG.shopId, '3002-1', KARI, [rental('Lift', '1', '600.00')]),
  );
  await office.act({ do: 'merge', client: BERG.client, order: merged?.OrderId });
  stage.gone.add(`${BERG.shopId} 3002-1`);
  same('merged', paidPair((await sharefox.checkStatus(BERG.shopId, '3002-1')).value), ['not_paid', 'merged']);

  const lost = await transferred(
    stage,
    invoice(BERG.shopId, '3003-1', KARI, [rental('Lift', '1', '700.00')]),
  );
  await office.act({ do: 'delete', client: BERG.client, order: lost?.OrderId });
  stage.gone.add(`${BERG.shopId} 3003-1`);
  same('deleted', paidPair((await sharefox.checkStatus(BERG.shopId, '3003-1')).value), [
    'not_paid',
    'order_missing',
  ]);
  const anew = await sharefox.send(invoice(BERG.shopId, '3003-1', KARI, [rental('Lift', '1', '700.00')]));
  check(
    'deleted and clicked again is order.missing',
    anew.failedReason?.startsWith('order.missing') === true,
    anew,
  );
  const never = await sharefox.checkStatus(BERG.shopId, '3004-1');
  check(
    'never sent is invoice.not_transferred',
    never.failedReason?.startsWith('invoice.not_transferred') === true,
    never,
  );
};
