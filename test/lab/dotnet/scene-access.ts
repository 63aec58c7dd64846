import { check, same } from './checks.ts';
import { until } from './product.ts';
import { invoice, rental } from './sharefox.ts';
import { BERG, FJORD, KARI, type Stage } from './stage.ts';
import { transferred } from './transferred.ts';

/** Lost sessions, a company that denies us access, and an order that the server books with a wrong sum. */
export const access = async (stage: Stage): Promise<void> => {
  const { office, sharefox } = stage;
  const before = (await office.books()).calls.Login ?? 0;
  await office.act({ do: 'forget-sessions' });
  await transferred(stage, invoice(FJORD.shopId, '6001-1', KARI, [rental('Lift', '1', '100.00')]));
  same('a forgotten session costs one login', ((await office.books()).calls.Login ?? 0) - before, 1);

  await office.act({ do: 'block', client: BERG.client, blocked: 1 });
  const shutOut = invoice(BERG.shopId, '6002-1', KARI, [rental('Lift', '1', '200.00')]);
  const end = await sharefox.begin(shutOut);
  stage.sent.set(`${BERG.shopId} 6002-1`, shutOut);
  const isTold = () => stage.product.log().includes('service.identity_blocked');
  await until('the product to say that it is shut out', isTold);
  await transferred(stage, invoice(FJORD.shopId, '6003-1', KARI, [rental('Lift', '1', '300.00')]));
  await office.act({ do: 'block', client: BERG.client, blocked: 0 });
  const { value, failedReason } = await end();
  check(
    'a company that lets us in again gets its order, without a click',
    value?.outcome === 'created',
    failedReason,
  );

  await office.act({ do: 'fault', operation: 'SaveInvoices', kind: 'misbooked', times: 1 });
  const misbooked = await sharefox.send(
    invoice(BERG.shopId, '6004-1', KARI, [rental('Lift', '1', '400.00')]),
  );
  check(
    'another sum in the books is order.totals_mismatch',
    misbooked.failedReason?.startsWith('order.totals_mismatch') === true,
    misbooked,
  );
  const record = await sharefox.record(BERG.shopId, '6004-1');
  same(
    'and the record says that a person must look',
    [record.state, record.code],
    ['unresolved', 'order.totals_mismatch'],
  );
  stage.odd.add(`${BERG.shopId} 6004-1`);
};

/**
 * Our session is moved to the other company in the middle of a job, once for each of three jobs. Nothing may be
 * written there, and each job ends with its order where it belongs.
 */
export const movedSession = async (stage: Stage): Promise<void> => {
  const { office, sharefox } = stage;
  const countOf = async (client: number): Promise<number> => (await office.company(client)).orders.length;
  const before = { there: await countOf(BERG.client), here: await countOf(FJORD.client) };
  for (const number of [1, 2, 3]) {
    await office.act({ do: 'move-session', client: FJORD.client, to: BERG.client });
    const moved = invoice(FJORD.shopId, `700${number}-1`, KARI, [rental('Lift', '1', '500.00')]);
    const ended = await sharefox.send(moved);
    same(`job ${number} of a moved session ends`, ended.value?.outcome, 'created');
  }
  same('a session that was moved writes nothing there', await countOf(BERG.client), before.there);
  same('and its orders stand where they belong', await countOf(FJORD.client), before.here + 3);
};
