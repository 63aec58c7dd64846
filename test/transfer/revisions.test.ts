/** Clicks that follow a click: the same invoice again, edited, older, or while the first is still under way. */
import { describe, expect, test } from 'vitest';
import { Retryable, Terminal } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import { aClick, anEditedJob, aWorld, DAY_MS, moveCompany, settleMs, unanswered } from './world.ts';

describe('an invoice sent again with the same content', () => {
  test('is already transferred: one read, nothing sent, no second event', async () => {
    const world = await aWorld();
    const first = resultOf(await world.worker.run(aClick('request-1')));
    const calls = () => [world.company.saves(), world.company.count('getOrder')];
    expect(calls()).toEqual([4, 0]);

    const again = resultOf(await world.worker.run(aClick('request-2', { revision: 2 })));
    expect(again).toEqual({ ...first, outcome: 'already_transferred' });
    expect(calls()).toEqual([4, 1]);
    expect(world.events()).toEqual(['transfer.completed']);
  });

  test('is told "missing" where somebody deleted the order; nothing is sent and the record stays', async () => {
    const world = await aWorld();
    const { orderId } = resultOf(await world.worker.run(aClick('request-1')));
    world.company.deleteOrder(orderId);

    const failure = failureOf(await world.worker.run(aClick('request-2')));
    expect(failure).toMatchObject({ kind: 'terminal', code: 'order.missing' });
    expect(world.company.orders).toEqual([]);
    expect(await world.record()).toMatchObject({ state: 'transferred', orderId });
    expect(world.events()).toEqual(['transfer.completed']);
    // The same click again is told the same, although the order may be back by then.
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({ code: 'order.missing' });
  });

  test('is told "missing" where somebody cancelled the order; the record stays', async () => {
    const world = await aWorld();
    const { orderId } = resultOf(await world.worker.run(aClick('request-1')));
    world.company.editOrder(orderId, { orderStatus: 'Inactive' });

    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({
      code: 'order.missing',
      message: expect.stringContaining(`order ${orderId} was transferred but is Inactive`),
    });
    expect(await world.record()).toMatchObject({ state: 'transferred', orderId });
  });

  test('is not confirmed by an order in the company the shop was connected to before', async () => {
    const world = await aWorld();
    resultOf(await world.worker.run(aClick('request-1')));
    await moveCompany(world);
    expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({ code: 'order.not_ours' });
    expect(world.service.company('777').saves()).toBe(0);
    expect((await world.record()).state).toBe('transferred');
  });

  test('a look that fails costs the job its attempts, never the transferred record', async () => {
    const world = await aWorld();
    resultOf(await world.worker.run(aClick('request-1')));
    await world.clock.pass(30 * DAY_MS);
    const before = await world.record();
    for (const failure of [new Retryable('service.unavailable'), new Error('a bug')]) {
      world.company.fail('getOrder', failure, 'sent', 8);
      for (let n = 0; n < 8; n += 1) {
        expect(failureOf(await world.worker.run(aClick('request-2')))).toMatchObject({ kind: 'retryable' });
      }
    }
    const { updatedAt: _, ...after } = await world.record();
    expect(before).toMatchObject(after);
    expect(world.events()).toEqual(['transfer.completed']);
    expect(resultOf(await world.worker.run(aClick('request-2'))).outcome).toBe('already_transferred');
  });
});

describe('an invoice sent again with another content', () => {
  test('is refused; the order, its record and its event stay', async () => {
    const world = await aWorld();
    const { orderId } = resultOf(await world.worker.run(aClick('request-1')));
    const failure = failureOf(await world.worker.run(anEditedJob('request-2', 4)));
    expect(failure).toMatchObject({ kind: 'terminal', code: 'invoice.changed_after_transfer' });
    expect(await world.record()).toMatchObject({ state: 'transferred', orderId });
    expect(world.company.orders).toHaveLength(1);
    expect(world.events()).toEqual(['transfer.completed']);
    expect(await world.trail()).toContain('refused');
  });

  test('waits for the content under way, and is then refused', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'done');
    expect(failureOf(await world.worker.run(aClick('request-1')))).toMatchObject({ kind: 'outcome_unknown' });
    await world.clock.pass(settleMs);

    const waits = failureOf(await world.worker.run(anEditedJob('request-2', 4)));
    expect(waits).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
    expect(world.company.orders).toHaveLength(1);
    expect(world.store.eventsOf(world.key)).toMatchObject([
      { type: 'transfer.completed', requestId: 'request-1' },
    ]);
    expect(failureOf(await world.worker.run(anEditedJob('request-2', 4)))).toMatchObject({
      code: 'invoice.changed_after_transfer',
    });
    expect(resultOf(await world.worker.run(aClick('request-1')))).toMatchObject({ outcome: 'adopted' });
  });

  test('is what is sent, where the earlier content never got that far', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    expect(failureOf(await world.worker.run(aClick('request-1')))).toMatchObject({ kind: 'retryable' });
    const { totals } = resultOf(await world.worker.run(anEditedJob('request-2', 4)));
    expect(totals).toEqual({ expected: '2025.00', posted: '2025.00' });
    expect(failureOf(await world.worker.run(aClick('request-1')))).toMatchObject({
      code: 'invoice.superseded',
    });
    expect(world.company.orders).toHaveLength(1);
  });

  test('is resent instead of the first where that was lost, and verified as what it is', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'sent');
    await world.worker.run(aClick('request-1'));
    world.company.visibleAfterMs = settleMs - 1;
    const { result } = (await world.worker.finish(anEditedJob('request-2', 4))) as { result: never };
    expect(result).toMatchObject({ outcome: 'created', totals: { posted: '2025.00' } });
    expect(world.company.orders).toHaveLength(1);
  });
});

describe('an older revision', () => {
  test('is never sent once a newer one is known', async () => {
    const world = await aWorld();
    world.company.fail('findOrdersByMark', new Retryable('service.unavailable'));
    await world.worker.run(anEditedJob('request-2', 4, 2));
    const failure = failureOf(await world.worker.run(aClick('request-1', { revision: 1 })));
    expect(failure).toMatchObject({ kind: 'terminal', code: 'invoice.superseded' });
    expect(world.company.saves()).toBe(0);
    expect(resultOf(await world.worker.run(anEditedJob('request-2', 4, 2)))).toMatchObject({
      outcome: 'created',
    });
  });

  test('that waits for its turn to be sent is dropped when a newer one comes', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'asked');
    const older = world.worker.start(aClick('request-1'));
    await gate.reached;
    const newer = world.another();
    expect(failureOf(await newer.run(anEditedJob('request-2', 4)))).toMatchObject({ code: 'transfer.busy' });
    gate.open();
    expect(failureOf(await older)).toMatchObject({ kind: 'terminal', code: 'invoice.superseded' });
    expect(world.company.orders).toEqual([]);
    expect(world.events()).toEqual([]);

    await newer.finish(anEditedJob('request-2', 4));
    expect(world.company.orders).toMatchObject([{ totalIncVat: '2025.0000' }]);
    expect(world.events()).toEqual(['transfer.completed']);
  });

  test('refused while the newer one has no answer yet is not taken for the newer one', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(anEditedJob('request-2', 4, 2));
    expect(failureOf(await world.worker.run(aClick('request-1', { revision: 1 })))).toMatchObject({
      code: 'invoice.superseded',
    });
    expect(await world.worker.finish(anEditedJob('request-2', 4, 2))).toMatchObject({
      result: { outcome: 'adopted' },
    });
    expect(world.store.eventsOf(world.key)).toMatchObject([
      { type: 'transfer.completed', requestId: 'request-2' },
    ]);
  });

  test('goes on where the newer one was refused for its data alone', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    await world.worker.run(aClick('request-1', { revision: 1 }));
    const broken = anInvoiceJob({
      requestId: 'request-2',
      invoice: { revision: 2, totals: { net: '1', vat: '0', gross: '1' } },
    });
    expect(failureOf(await world.worker.run(broken))).toMatchObject({ code: 'invoice.totals_mismatch' });
    expect(resultOf(await world.worker.run(aClick('request-1', { revision: 1 })))).toMatchObject({
      outcome: 'created',
    });
  });
});

describe('of two contents with one revision', () => {
  const older = anInvoiceJob({ requestId: 'older', requestedAt: '2021-01-13T09:30:00Z' });
  /** Another zone, so that as a text it sorts before the older one. */
  const newer: typeof older = { ...anEditedJob('newer', 4, 1), requestedAt: '2021-01-13T09:30:01+02:00' };
  const late: typeof older = { ...older, requestedAt: '2021-01-13T06:00:00Z' };

  test('the earlier one that was delayed is superseded, whatever the order in which they are worked on', async () => {
    for (const resend of ['update', 'refuse'] as const) {
      const world = await aWorld({ resend });
      resultOf(await world.worker.run(newer));
      expect(failureOf(await world.worker.run(late))).toMatchObject({ code: 'invoice.superseded' });
      expect(world.company.orders).toMatchObject([{ totalIncVat: '2025.0000' }]);
      expect(world.events()).toEqual(['transfer.completed']);
    }
  });

  test('the later one follows under resend: update, and is refused under refuse', async () => {
    const updating = await aWorld({ resend: 'update' });
    resultOf(await updating.worker.run(late));
    expect(resultOf(await updating.worker.run(newer))).toMatchObject({ outcome: 'updated' });
    const refusing = await aWorld();
    resultOf(await refusing.worker.run(late));
    expect(failureOf(await refusing.worker.run(newer))).toMatchObject({
      code: 'invoice.changed_after_transfer',
    });
  });

  test('the earlier one that waits for its turn is dropped when the later one comes', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'asked');
    const waiting = world.worker.start(late);
    await gate.reached;
    expect(failureOf(await world.another().run(newer))).toMatchObject({ code: 'transfer.busy' });
    gate.open();
    expect(failureOf(await waiting)).toMatchObject({ kind: 'terminal', code: 'invoice.superseded' });
    expect(world.company.orders).toEqual([]);
    await world.another().finish(newer);
    expect(world.company.orders).toMatchObject([{ totalIncVat: '2025.0000' }]);
  });

  test('an earlier click of the same content is no earlier content', async () => {
    const world = await aWorld();
    resultOf(await world.worker.run(newer));
    expect(
      resultOf(await world.worker.run({ ...newer, requestId: 'first', requestedAt: late.requestedAt })),
    ).toMatchObject({ outcome: 'already_transferred' });
  });

  test('one refused for its data alone supersedes nothing', async () => {
    const world = await aWorld();
    const broken = { ...newer, invoice: { ...newer.invoice, currency: 'EUR' } };
    expect(failureOf(await world.worker.run(broken))).toMatchObject({ code: 'invoice.currency_mismatch' });
    expect(resultOf(await world.worker.run(late))).toMatchObject({ outcome: 'created' });
  });
});

describe('a click that has ended, delivered again', () => {
  test('is told the result it was told, and nothing is read or sent', async () => {
    const world = await aWorld();
    const first = resultOf(await world.worker.run(aClick('request-1')));
    const before = world.company.count('getOrder') + world.company.count('findOrdersByMark');
    expect(resultOf(await world.worker.run(aClick('request-1')))).toEqual(first);
    expect(world.company.count('getOrder') + world.company.count('findOrdersByMark')).toBe(before);
  });

  test('is told its own result also where another click had finished the order', async () => {
    const world = await aWorld();
    world.company.fail('createOrder', unanswered(), 'done');
    await world.worker.run(aClick('request-1'));
    await world.clock.pass(settleMs);
    const second = resultOf(await world.worker.run(aClick('request-2')));
    expect(second.outcome).toBe('adopted');
    expect(resultOf(await world.worker.run(aClick('request-2')))).toEqual(second);
    expect(resultOf(await world.worker.run(aClick('request-1')))).toMatchObject({
      outcome: 'already_transferred',
    });
    expect(world.events()).toEqual(['transfer.completed']);
  });

  test('is told its refusal again; a new click reopens the invoice', async () => {
    const world = await aWorld();
    world.company.taxCodes = [];
    expect(failureOf(await world.worker.run(aClick('request-1')))).toMatchObject({ code: 'vat.not_found' });
    expect(await world.record()).toMatchObject({ state: 'rejected', code: 'vat.not_found' });
    world.company.taxCodes = (await aWorld()).company.taxCodes;
    expect(failureOf(await world.worker.run(aClick('request-1')))).toMatchObject({ code: 'vat.not_found' });
    expect(world.company.orders).toEqual([]);

    expect(resultOf(await world.worker.run(aClick('request-2')))).toMatchObject({ outcome: 'created' });
    const record = await world.record();
    expect(record).toMatchObject({ state: 'transferred', attempts: 0 });
    expect([record.code, record.message]).toEqual([undefined, undefined]);
    expect(world.events()).toEqual(['transfer.rejected', 'transfer.completed']);
  });

  test('does not bring its old content back once a corrected one is under way', async () => {
    const world = await aWorld();
    const { taxCodes } = world.company;
    world.company.taxCodes = [];
    await world.worker.run(aClick('request-1'));
    world.company.taxCodes = taxCodes;
    world.company.fail('createOrder', new Retryable('service.session_lost'));
    const corrected = anEditedJob('request-2', 4, 1);
    expect(failureOf(await world.worker.run(corrected))).toMatchObject({ kind: 'retryable' });

    expect(failureOf(await world.worker.run(aClick('request-1')))).toMatchObject({ code: 'vat.not_found' });
    expect(world.company.orders).toEqual([]);
    expect(resultOf(await world.worker.run(corrected))).toMatchObject({ totals: { posted: '2025.00' } });
  });
});

test('a click while the first is at work is told to wait', async () => {
  const world = await aWorld();
  const gate = world.company.hold('createOrder', 'sent');
  const first = world.worker.start(aClick('request-1'));
  await gate.reached;
  expect(failureOf(await world.another().run(aClick('request-2')))).toMatchObject({
    kind: 'not_now',
    code: 'transfer.busy',
  });
  gate.open();
  resultOf(await first);
  expect(resultOf(await world.another().run(aClick('request-2')))).toMatchObject({
    outcome: 'already_transferred',
  });
  expect(world.company.orders).toHaveLength(1);
});

test('a refusal by the service itself is told with its reason, and nothing stands', async () => {
  const world = await aWorld();
  world.company.fail('createOrder', new Terminal('order.refused', 'the department does not exist'));
  expect(failureOf(await world.worker.run(aClick('request-1')))).toMatchObject({
    kind: 'terminal',
    code: 'order.refused',
    message: expect.stringMatching(/department none is set.*the department does not exist/),
  });
  expect(await world.record()).toMatchObject({
    state: 'rejected',
    message: expect.stringContaining('the department does not exist'),
  });
});
