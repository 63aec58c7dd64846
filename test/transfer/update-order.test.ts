/** Under `resend: update`: the open order follows the edited invoice, row by row, once. */
import { describe, expect, test } from 'vitest';
import { NotNow, Retryable, Terminal } from '../../src/errors.ts';
import { anInvoiceJob } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import {
  aClick,
  anEditedJob,
  aWorld,
  leaseMs,
  moveCompany,
  settleMs,
  unanswered,
  type World,
} from './world.ts';

/** The edited invoice has a second row and another quantity in the first. */
function twoRows(requestId: string, revision = 2) {
  const [line] = anInvoiceJob().lines;
  if (line === undefined) throw new Error('the builder has a line');
  const lines = [
    { ...line, quantity: '4' },
    { ...line, id: 'line-2', name: 'Tilhenger' },
  ];
  return anInvoiceJob({
    requestId,
    invoice: { revision, totals: { net: '2835.00', vat: '708.75', gross: '3543.75' } },
    lines,
  });
}

async function aTransferredWorld() {
  const world = await aWorld({ resend: 'update' });
  const first = resultOf(await world.worker.run(aClick('request-1')));
  return { ...world, first };
}

async function expectUpdated(world: World): Promise<void> {
  expect(world.company.orders).toHaveLength(1);
  expect(world.company.orders[0]?.rows.map(({ name }) => name.split(' ')[0])).toEqual([
    'Traktor',
    'Tilhenger',
  ]);
  expect(await world.record()).toMatchObject({ state: 'transferred', result: { outcome: 'updated' } });
  expect((await world.record()).updating).toBeUndefined();
}

test('only the rows that changed are saved, and the order stays the only one', async () => {
  const world = await aTransferredWorld();
  const result = resultOf(await world.worker.run(twoRows('request-2')));
  expect(result).toMatchObject({
    outcome: 'updated',
    orderId: world.first.orderId,
    totals: { expected: '3543.75', posted: '3543.75' },
  });
  expect(world.company.drafts.at(-1)?.rows).toMatchObject([{ change: 'Edit' }, { change: 'Add' }]);
  await expectUpdated(world);
  expect(world.events()).toEqual(['transfer.completed', 'transfer.completed']);
});

test('the edited content sent again is already transferred', async () => {
  const world = await aTransferredWorld();
  await world.worker.run(twoRows('request-2'));
  expect(resultOf(await world.worker.run(twoRows('request-3', 3)))).toMatchObject({
    outcome: 'already_transferred',
  });
  expect(world.company.count('updateOrder')).toBe(1);
});

describe('a save without an answer', () => {
  test.each([
    ['arrived', 'done'],
    ['was lost', 'sent'],
  ] as const)('that %s: after the settle time only what is missing is saved', async (_, when) => {
    const world = await aTransferredWorld();
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('updateOrder', unanswered(), when);
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({
      kind: 'outcome_unknown',
    });
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({
      code: 'transfer.settling',
    });
    expect(await world.worker.finish(twoRows('request-2'))).toMatchObject({ result: { outcome: 'updated' } });
    await expectUpdated(world);
  });

  test('is settled before another edit goes out', async () => {
    const world = await aTransferredWorld();
    world.company.visibleAfterMs = settleMs - 1;
    world.company.fail('updateOrder', unanswered(), 'done');
    await world.worker.run(twoRows('request-2'));
    expect(await world.worker.finish(anEditedJob('request-3', 5, 3))).toMatchObject({
      result: { outcome: 'updated', totals: { posted: '2531.25' } },
    });
    expect(world.company.orders[0]?.rows).toHaveLength(1);
  });
});

test('an update that does not show at once is waited for, not called a mismatch', async () => {
  const world = await aTransferredWorld();
  world.company.visibleAfterMs = settleMs - 1;
  expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({
    kind: 'not_now',
    code: 'transfer.settling',
  });
  expect(await world.worker.finish(twoRows('request-2'))).toMatchObject({ result: { outcome: 'updated' } });
  await expectUpdated(world);
  expect(world.company.count('updateOrder')).toBe(1);
});

test('an update that came out wrong is told to a person once it must have shown', async () => {
  const world = await aTransferredWorld();
  const gate = world.company.hold('updateOrder', 'done');
  const run = world.worker.start(twoRows('request-2'));
  await gate.reached;
  world.company.editOrder(world.first.orderId, { totalVat: '1.0000' });
  gate.open();
  failureOf(await run);
  expect(await world.worker.finish(twoRows('request-2'))).toMatchObject({
    failure: { code: 'order.totals_mismatch' },
  });
  expect((await world.record()).state).toBe('unresolved');
});

describe('refused, the order and its record stay as they were transferred', () => {
  const untouched = async (world: Awaited<ReturnType<typeof aTransferredWorld>>) => {
    expect(await world.record()).toMatchObject({ state: 'transferred', result: world.first });
    expect(world.company.count('updateOrder')).toBe(0);
    expect(world.events()).toEqual(['transfer.completed']);
  };

  test('where the order is invoiced', async () => {
    const world = await aTransferredWorld();
    world.company.editOrder(world.first.orderId, { orderStatus: 'Invoiced', invoiceId: 88 });
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({
      kind: 'terminal',
      code: 'invoice.changed_after_transfer',
      message: expect.stringContaining('is Invoiced'),
    });
    await untouched(world);
  });

  test('where it is gone', async () => {
    const world = await aTransferredWorld();
    world.company.deleteOrder(world.first.orderId);
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ code: 'order.missing' });
    await untouched(world);
  });

  test('where somebody gave it another reference', async () => {
    const world = await aTransferredWorld();
    world.company.editOrder(world.first.orderId, { referenceNumber: 'PO 4711' });
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ code: 'order.not_ours' });
    await untouched(world);
  });

  test('where the shop was connected to another company since', async () => {
    const world = await aTransferredWorld();
    await moveCompany(world);
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ code: 'order.not_ours' });
    expect(world.service.company('777').saves()).toBe(0);
    await untouched(world);
  });

  test('where its data is', async () => {
    const world = await aTransferredWorld();
    world.company.taxCodes = [];
    await world.store.facts.forget('501', 'taxCodes');
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ code: 'vat.not_found' });
    await untouched(world);
  });

  test('a second order under the mark is more than that: a person must decide', async () => {
    const world = await aTransferredWorld();
    const [order] = world.company.orders;
    world.company.addOrder({ ...order, orderId: 9001 });
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({
      code: 'order.duplicate_found',
    });
    expect((await world.record()).state).toBe('unresolved');
    expect(world.company.count('updateOrder')).toBe(0);
  });
});

describe('begun, an update comes to an end', () => {
  /** The save waits for its turn when the attempt is over. */
  async function anUpdateUnderWay() {
    const world = await aTransferredWorld();
    world.company.fail('updateOrder', new NotNow('service.quota', world.clock.now()));
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ kind: 'not_now' });
    expect(await world.record()).toMatchObject({ state: 'preparing', updating: true });
    return world;
  }

  test('on the next attempt', async () => {
    const world = await anUpdateUnderWay();
    expect(resultOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ outcome: 'updated' });
    await expectUpdated(world);
  });

  test.each<[string, string, (world: Awaited<ReturnType<typeof aTransferredWorld>>) => void]>([
    [
      'invoiced meanwhile',
      'invoice.changed_after_transfer',
      ({ company, first }) => company.editOrder(first.orderId, { orderStatus: 'Invoiced', invoiceId: 88 }),
    ],
    ['deleted meanwhile', 'order.missing', ({ company, first }) => company.deleteOrder(first.orderId)],
    [
      'given another reference meanwhile',
      'order.not_ours',
      ({ company, first }) => company.editOrder(first.orderId, { referenceNumber: 'PO 4711' }),
    ],
  ])('with a person, where the order was %s', async (_, code, change) => {
    const world = await anUpdateUnderWay();
    change(world);
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ kind: 'terminal', code });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code });
    expect(world.events()).toEqual(['transfer.completed', 'transfer.unresolved']);
  });

  test('as unresolved, where the service refuses it', async () => {
    const world = await aTransferredWorld();
    world.company.fail('updateOrder', new Terminal('order.refused', 'the department does not exist'));
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ code: 'order.refused' });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.refused' });
    expect(world.company.orders).toHaveLength(1);
  });

  test('refused, it is looked at once more by the same click, and stays with a person', async () => {
    const world = await aTransferredWorld();
    world.company.fail('updateOrder', new Terminal('order.refused'));
    await world.worker.run(twoRows('request-2'));
    expect(await world.worker.finish(twoRows('request-2'))).toMatchObject({
      failure: { code: 'order.totals_mismatch' },
    });
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.totals_mismatch' });
  });

  test('not by the click that had transferred the invoice, delivered again', async () => {
    const world = await anUpdateUnderWay();
    expect(resultOf(await world.worker.run(aClick('request-1')))).toEqual(world.first);
    expect(world.company.count('updateOrder')).toBe(1);
  });

  test('with the newest edit, where there are two', async () => {
    const world = await anUpdateUnderWay();
    expect(resultOf(await world.worker.run(anEditedJob('request-3', 5, 3)))).toMatchObject({
      outcome: 'updated',
      totals: { posted: '2531.25' },
    });
    expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({
      code: 'invoice.superseded',
    });
  });
});

test('an edit that waits for its turn is dropped when a newer one comes', async () => {
  const world = await aTransferredWorld();
  const gate = world.company.hold('updateOrder', 'asked');
  const older = world.worker.start(twoRows('request-2'));
  await gate.reached;
  const newer = world.another();
  expect(failureOf(await newer.run(anEditedJob('request-3', 5, 3)))).toMatchObject({ code: 'transfer.busy' });
  gate.open();
  expect(failureOf(await older)).toMatchObject({ code: 'invoice.superseded' });
  expect(await newer.finish(anEditedJob('request-3', 5, 3))).toMatchObject({
    result: { outcome: 'updated' },
  });
  expect(world.company.drafts).toHaveLength(2);
});

test('a worker that lost its lease saves nothing any more', async () => {
  const world = await aTransferredWorld();
  const slow = world.another();
  const gate = world.company.hold('updateOrder', 'asked');
  const late = slow.start(twoRows('request-2'));
  await gate.reached;
  world.clock.suspend(leaseMs + 1);
  resultOf(await world.worker.run(twoRows('request-2')));
  gate.open();
  expect(failureOf(await late)).toMatchObject({ kind: 'not_now', code: 'transfer.busy' });
  await expectUpdated(world);
  expect(world.company.drafts).toHaveLength(2);
});

test('a look that fails changes nothing, and the next attempt goes on', async () => {
  const world = await aTransferredWorld();
  world.company.fail('findOrdersByMark', new Retryable('service.unavailable'));
  expect(failureOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ kind: 'retryable' });
  expect((await world.record()).state).toBe('transferred');
  expect(resultOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ outcome: 'updated' });
});

test('a shop whose orders cannot be searched by mark is updated by the id it knows', async () => {
  const world = await aWorld({ resend: 'update' });
  world.company.searchesByMark = false;
  await world.worker.run(aClick('request-1'));
  expect(resultOf(await world.worker.run(twoRows('request-2')))).toMatchObject({ outcome: 'updated' });
  await expectUpdated(world);
});

describe('a comment and a due date that the edited invoice has no more', () => {
  const person = { isCompany: false, companyName: '', companyOrgNo: '' };
  const aRevision = (revision: number, invoice: { comment?: string; dueDate?: string } = {}) => {
    const job = anInvoiceJob({
      requestId: `request-${revision}`,
      customer: person,
      invoice: { revision, ...invoice },
    });
    const { dueDate, ...rest } = job.invoice;
    return { ...job, invoice: invoice.dueDate === undefined ? rest : { ...rest, dueDate } };
  };
  const withBoth = { comment: 'Hent før 8', dueDate: '2021-01-27' };

  async function aWorldWithBoth() {
    const world = await aWorld({ resend: 'update' });
    const first = resultOf(await world.worker.run(aRevision(1, withBoth)));
    expect(world.company.orders[0]).toMatchObject({ invoiceTitle: 'Hent før 8', paymentTime: 14 });
    return { ...world, first };
  }
  const kept = (result: ReturnType<typeof resultOf>) =>
    result.warnings.map(({ code }) => code).filter((code) => code.endsWith('_kept'));

  test('the comment is cleared where an empty text clears; the due date is told', async () => {
    const world = await aWorldWithBoth();
    world.company.emptyClears = true;
    const result = resultOf(await world.worker.run(aRevision(2)));
    expect(result.outcome).toBe('updated');
    expect(kept(result)).toEqual(['order.due_date_kept']);
    expect(world.company.orders[0]?.invoiceTitle).toBeUndefined();
    expect((await world.record()).sentComment).toBeUndefined();
  });

  test('both are told where an empty text changes nothing, by every later update, too', async () => {
    const world = await aWorldWithBoth();
    const both = ['order.comment_kept', 'order.due_date_kept'];
    expect(kept(resultOf(await world.worker.run(aRevision(2))))).toEqual(both);
    expect(kept(resultOf(await world.worker.run(anEditedJob('request-3', 5, 3))))).toEqual([]);
    const [line] = anInvoiceJob().lines;
    if (line === undefined) throw new Error('the builder has a line');
    const renamed = { ...aRevision(4), lines: [{ ...line, name: 'Tilhenger' }] };
    expect(kept(resultOf(await world.worker.run(renamed)))).toEqual(both);
  });

  test("the bookkeeper's own comment is not cleared, and told", async () => {
    const world = await aWorldWithBoth();
    world.company.emptyClears = true;
    world.company.editOrder(world.first.orderId, { invoiceTitle: 'Avtalt på telefon' });
    expect(kept(resultOf(await world.worker.run(aRevision(2))))).toContain('order.comment_kept');
    expect(world.company.orders[0]?.invoiceTitle).toBe('Avtalt på telefon');
  });

  test.each(['done', 'sent'] as const)(
    'is cleared and told after a save without an answer (%s)',
    async (when) => {
      const world = await aWorldWithBoth();
      world.company.emptyClears = true;
      world.company.fail('updateOrder', unanswered(), when);
      await world.worker.run(aRevision(2));
      const ended = await world.worker.finish(aRevision(2));
      expect(ended).toMatchObject({ result: { outcome: 'updated' } });
      expect('result' in ended && kept(ended.result)).toEqual(['order.due_date_kept']);
      expect(world.company.orders).toMatchObject([{ orderId: world.first.orderId }]);
      expect(world.company.orders[0]?.invoiceTitle).toBeUndefined();
    },
  );

  test('are known as ours although the revision that brought them never ended', async () => {
    const world = await aWorld({ resend: 'update' });
    world.company.emptyClears = true;
    await world.worker.run(aRevision(1));
    world.company.fail('updateOrder', unanswered(), 'done');
    await world.worker.run(aRevision(2, withBoth));
    const ended = await world.worker.finish(aRevision(3));
    expect('result' in ended && kept(ended.result)).toEqual(['order.due_date_kept']);
    expect(world.company.orders[0]?.invoiceTitle).toBeUndefined();
  });

  test('that never were on the invoice are not spoken of', async () => {
    const world = await aWorld({ resend: 'update' });
    const { orderId } = resultOf(await world.worker.run(aRevision(1)));
    world.company.editOrder(orderId, { invoiceTitle: 'Avtalt på telefon', paymentTime: 30 });
    const [line] = anInvoiceJob().lines;
    if (line === undefined) throw new Error('the builder has a line');
    const renamed = { ...aRevision(2), lines: [{ ...line, name: 'Tilhenger' }] };
    expect(kept(resultOf(await world.worker.run(renamed)))).toEqual([]);
    expect(world.company.orders[0]).toMatchObject({ invoiceTitle: 'Avtalt på telefon', paymentTime: 30 });
  });
});

describe('an edit that leaves the sums is done only where the order says it', () => {
  type Job = ReturnType<typeof anInvoiceJob>;
  const base = { invoice: { comment: 'Hent før 8' } };
  const [LINE] = anInvoiceJob().lines;
  const line = (changes: object) => ({
    lines: [{ ...(LINE as object), ...changes } as Job['lines'][number]],
  });
  const edits: [string, string, Parameters<typeof anInvoiceJob>[0]][] = [
    ['comment', 'comment', { invoice: { comment: 'Hent etter 9' } }],
    ['due date', 'due date', { invoice: { ...base.invoice, dueDate: '2021-02-10' } }],
    [
      'issue date',
      'invoice date',
      { invoice: { ...base.invoice, issueDate: '2021-01-14', dueDate: '2021-01-28' } },
    ],
    ['line name', 'rows', { ...base, ...line({ name: 'Gravemaskin' }) }],
    ['period', 'rows', { ...base, ...line({ period: { from: '2021-01-10', to: '2021-01-13' } }) }],
    ['quantity and price', 'rows', { ...base, ...line({ quantity: '1', unitPrice: '1350.00' }) }],
    ['reference', 'text', { invoice: { ...base.invoice, orderRef: 'R-77' } }],
    ['customer', 'customer', { ...base, customer: { companyOrgNo: '987654325', email: 'b@berg.example' } }],
  ];
  const edited = (edit: Parameters<typeof anInvoiceJob>[0], requestId = 'request-2') =>
    anInvoiceJob({ ...edit, requestId, invoice: { ...edit?.invoice, revision: 2 } });

  async function transferred() {
    const world = await aWorld({ resend: 'update' });
    const first = resultOf(await world.worker.run(anInvoiceJob(base)));
    return { ...world, first };
  }
  async function expectNotDone(world: Awaited<ReturnType<typeof transferred>>, job: Job, field: string) {
    for (const requestId of ['request-2', 'request-3', 'request-4']) {
      expect(await world.worker.finish({ ...job, requestId })).toMatchObject({
        failure: { code: 'order.not_updated', message: expect.stringContaining(field) },
      });
    }
    expect(await world.record()).toMatchObject({ state: 'unresolved', code: 'order.not_updated' });
    expect(world.events()).toEqual(['transfer.completed', 'transfer.unresolved']);
  }

  test.each(edits)('%s: refused, it is never called updated', async (_, field, edit) => {
    const world = await transferred();
    world.company.fail('updateOrder', new Terminal('order.refused', 'the department does not exist'));
    expect(failureOf(await world.worker.run(edited(edit)))).toMatchObject({ code: 'order.refused' });
    await expectNotDone(world, edited(edit), field);
    expect((await world.record()).message).toContain(field);
  });

  test.each(edits)('%s: never answered, it is never called updated', async (_, field, edit) => {
    const world = await transferred();
    world.company.fail('updateOrder', unanswered(), 'sent', 99);
    expect(await world.worker.finish(edited(edit))).toMatchObject({ failure: { kind: 'terminal' } });
    world.company.heal();
    await expectNotDone(world, edited(edit), field);
  });

  test.each(edits)(
    '%s: answered, but not in the order once it must show, it is not done',
    async (_, field, edit) => {
      const world = await transferred();
      const [before] = world.company.orders;
      const gate = world.company.hold('updateOrder', 'done');
      const run = world.worker.start(edited(edit));
      await gate.reached;
      world.company.editOrder(world.first.orderId, { ...before });
      gate.open();
      expect(failureOf(await run)).toMatchObject({ kind: 'not_now', code: 'transfer.settling' });
      await expectNotDone(world, edited(edit), field);
    },
  );

  test.each(edits)('%s: it shows late, and is waited for', async (_, _field, edit) => {
    const world = await transferred();
    world.company.visibleAfterMs = settleMs - 1;
    expect(failureOf(await world.worker.run(edited(edit)))).toMatchObject({ code: 'transfer.settling' });
    expect(await world.worker.finish(edited(edit))).toMatchObject({ result: { outcome: 'updated' } });
    expect(world.company.count('updateOrder')).toBe(1);
    expect(resultOf(await world.worker.run(edited(edit, 'request-3')))).toMatchObject({
      outcome: 'already_transferred',
    });
  });

  test('put right by hand in 24SevenOffice, it is done', async () => {
    const world = await transferred();
    const job = edited({ invoice: { comment: 'Hent etter 9' } });
    world.company.fail('updateOrder', new Terminal('order.refused'));
    await world.worker.run(job);
    const shown = world.company.orders[0]?.invoiceTitle?.replace('før 8', ' etter  9');
    world.company.editOrder(world.first.orderId, { invoiceTitle: `${shown}\r\n` });
    expect(await world.worker.finish({ ...job, requestId: 'request-3' })).toMatchObject({
      result: { outcome: 'updated' },
    });
  });

  test('a text that the service cuts, or that somebody edits meanwhile, is a warning', async () => {
    const world = await transferred();
    world.company.writes = (text) => text.slice(0, 12);
    const result = resultOf(
      await world.worker.run(edited({ invoice: { comment: 'Noe helt annet', orderRef: 'R' } })),
    );
    expect(result.outcome).toBe('updated');
    expect(result.warnings).toContainEqual(
      expect.objectContaining({ code: 'order.text_differs', message: expect.stringContaining('comment') }),
    );
  });

  test('what the edit leaves as it was may stand as a bookkeeper has it', async () => {
    const world = await transferred();
    world.company.editOrder(world.first.orderId, { invoiceText: 'a bookkeeper wrote this' });
    world.company.fail('updateOrder', new Terminal('order.refused'));
    const job = edited({ invoice: { ...base.invoice, dueDate: '2021-02-10' } });
    await world.worker.run(job);
    world.company.editOrder(world.first.orderId, { paymentTime: 28 });
    expect(await world.worker.finish({ ...job, requestId: 'request-3' })).toMatchObject({
      result: { outcome: 'updated', warnings: [] },
    });
  });

  test('an edit taken back while it was under way is held against all that is asked', async () => {
    const world = await transferred();
    world.company.fail('updateOrder', unanswered(), 'done');
    await world.worker.run(edited({ invoice: { comment: 'Hent etter 9' } }));
    await world.clock.pass(settleMs);
    const back = anInvoiceJob({ ...base, requestId: 'request-3', invoice: { ...base.invoice, revision: 3 } });
    world.company.fail('updateOrder', new Terminal('order.refused'));
    await world.worker.run(back);
    expect(await world.worker.finish({ ...back, requestId: 'request-4' })).toMatchObject({
      failure: { code: 'order.not_updated' },
    });
  });

  test('a person may accept the order as it stands; else it is refused to them as well', async () => {
    const world = await transferred();
    const job = edited({ invoice: { comment: 'Hent etter 9' } });
    world.company.fail('updateOrder', new Terminal('order.refused'));
    await world.worker.run(job);
    await world.clock.pass(settleMs);
    const decision = { requestId: 'decision-1', by: 'support', reason: 'ticket 7', acceptDifference: false };
    const { orderIs } = world.worker.people;
    await expect(orderIs(world.key, world.first.orderId, decision)).rejects.toThrow(/order\.not_updated/);
    const accepted = await orderIs(world.key, world.first.orderId, { ...decision, acceptDifference: true });
    expect(accepted.warnings).toContainEqual(expect.objectContaining({ code: 'order.difference_accepted' }));
    expect(resultOf(await world.worker.run({ ...job, requestId: 'request-3' }))).toMatchObject({
      outcome: 'already_transferred',
    });
  });

  test.each(['refuse', 'update'] as const)(
    'an order found in a store that came back empty says another content: no later click is already transferred (%s)',
    async (resend) => {
      const world = await transferred();
      world.store.wipe();
      await world.settings({ resend });
      const job = edited({ invoice: { comment: 'Hent etter 9' } });
      const found = await world.worker.finish(job);
      expect(found).toMatchObject({ result: { outcome: 'adopted' } });
      expect('result' in found && found.result.warnings).toContainEqual(
        expect.objectContaining({ code: 'order.text_differs' }),
      );
      expect(await world.worker.finish({ ...job, requestId: 'request-3' })).toMatchObject(
        resend === 'update'
          ? { result: { outcome: 'updated' } }
          : { failure: { code: 'invoice.changed_after_transfer' } },
      );
    },
  );
});
