import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Order, OrderDraft, OrderRow, OrderRowDraft } from '../../src/domain/books.ts';
import { fieldsAsked } from '../../src/domain/order-said.ts';
import { commentHash, decideOrderUpdate, keptWarnings } from '../../src/domain/order-update.ts';
import { anOrder } from '../support/builders.ts';

const aRow = (sequenceNumber: number, overrides: Partial<OrderRowDraft> = {}): OrderRowDraft => ({
  productId: 701,
  price: '450.00',
  name: `row ${sequenceNumber}`,
  discountRate: '10',
  quantity: '3',
  sequenceNumber,
  taxCode: 10,
  ...overrides,
});

const aDraft = (rows: OrderRowDraft[], overrides: Partial<OrderDraft> = {}): OrderDraft => ({
  customerId: 301,
  orderStatus: 'Web',
  dateOrdered: '2021-01-13T12:00:00',
  includeVat: false,
  externalStatus: 1_234_567,
  referenceNumber: 'SF-1018-1-aaaaaaaa',
  rows,
  ...overrides,
});

const standing = (rows: OrderRowDraft[]): OrderRow[] =>
  rows.map((row, index) => ({ ...row, rowId: 900 + index, type: 'Normal' }));

const orderOf = (rows: OrderRow[], overrides: Partial<Order> = {}): Order => anOrder({ ...overrides, rows });

test('an order dated before the year 2000 is not taken for an invoice', () => {
  const order = orderOf(standing([aRow(1)]), { dateInvoiced: '1900-01-01T00:00:00' });
  expect(decideOrderUpdate(order, aDraft([aRow(1)])).kind).toBe('update');
});

function editsOf(order: Order, draft: OrderDraft) {
  const decision = decideOrderUpdate(order, draft);
  if (decision.kind !== 'update') throw new Error('the order is closed');
  return decision.update.rows;
}

describe('an edited invoice', () => {
  test('leaves rows that agree, changes one, adds new ones', () => {
    const before = [aRow(1), aRow(2)];
    const after = [aRow(1), aRow(2, { price: '500.00' }), aRow(3)];
    expect(editsOf(orderOf(standing(before)), aDraft(after))).toEqual([
      { change: 'Edit', rowId: 901, row: after[1] },
      { change: 'Add', row: after[2] },
    ]);
  });

  test.each<Partial<OrderRowDraft>>([
    { productId: 702 },
    { name: 'another name' },
    { price: '450.01' },
    { quantity: '4' },
    { discountRate: '0' },
    { taxCode: 11 },
    { sequenceNumber: 2 },
  ])('changes a row that differs in %j alone', (change) => {
    const row = aRow(1, change);
    expect(editsOf(orderOf(standing([aRow(1)])), aDraft([row]))).toEqual([
      { change: 'Edit', rowId: 900, row },
    ]);
  });

  test('treats a row without a discount as one with discount 0', () => {
    const [{ discountRate: _, ...row } = {} as OrderRow] = standing([aRow(1)]);
    expect(editsOf(orderOf([row]), aDraft([aRow(1, { discountRate: '0' })]))).toEqual([]);
  });

  test('does not delete a row that has no id', () => {
    const [{ rowId: _, ...row } = {} as OrderRow] = standing([aRow(2)]);
    expect(editsOf(orderOf([...standing([aRow(1)]), row]), aDraft([aRow(1)]))).toEqual([]);
  });

  test('deletes rows that it no longer has', () => {
    expect(editsOf(orderOf(standing([aRow(1), aRow(2)])), aDraft([aRow(1)]))).toEqual([
      { change: 'Delete', rowId: 901 },
    ]);
  });

  test('treats prices as changed if their VAT basis changed, even if the numbers are equal', () => {
    const rows = [aRow(1)];
    expect(editsOf(orderOf(standing(rows)), aDraft(rows, { includeVat: true }))).toEqual([
      { change: 'Edit', rowId: 900, row: rows[0] },
    ]);
  });

  test('leaves a text row that a bookkeeper wrote', () => {
    const text: OrderRow = { rowId: 1, type: 'Text', name: 'thank you' };
    expect(editsOf(orderOf([...standing([aRow(1)]), text]), aDraft([aRow(1)]))).toEqual([]);
  });

  test('keeps the status the bookkeeper gave the order', () => {
    const decision = decideOrderUpdate(
      orderOf(standing([aRow(1)]), { orderStatus: 'Confirmed' }),
      aDraft([aRow(1)]),
    );
    expect(decision).toMatchObject({ kind: 'update', update: { orderId: 5001, orderStatus: 'Confirmed' } });
  });

  test.each<[string, Partial<Order>]>([
    ['its status', { orderStatus: 'Invoiced' }],
    ['a status we do not know', { orderStatus: 'InProgress' }],
    ['an invoice number', { invoiceId: 77 }],
    ['a date of invoicing', { dateInvoiced: '2021-01-14T00:00:00' }],
  ])('never changes an order that is closed by %s', (_by, overrides) => {
    expect(decideOrderUpdate(orderOf(standing([aRow(1)]), overrides), aDraft([aRow(1)]))).toMatchObject({
      kind: 'closed',
    });
  });
});

describe('a comment that the edited invoice no longer has', () => {
  const sentTo = (standing: string | undefined, sent: string | undefined, drafted?: string) => {
    const order = orderOf([], standing === undefined ? {} : { invoiceTitle: standing });
    const draft = aDraft([], drafted === undefined ? {} : { invoiceTitle: drafted });
    const decision = decideOrderUpdate(
      order,
      draft,
      sent === undefined ? {} : { sentComment: commentHash(sent) },
    );
    return decision.kind === 'update' ? decision.update.invoiceTitle : decision.kind;
  };

  test('is cleared if the order still shows it as it was sent', () => {
    expect(sentTo('Hent før 8', 'Hent før 8')).toBe('');
    expect(sentTo(' Hent før 8 ', 'Hent før 8')).toBe('');
  });

  test.each([
    ['it was edited by the bookkeeper', 'Hent før 9', 'Hent før 8'],
    ['the bookkeeper wrote it', 'Hent før 9', undefined],
    ['there is none', undefined, 'Hent før 8'],
  ])('is left alone where %s', (_, standing, sent) => {
    expect(sentTo(standing, sent)).toBeUndefined();
  });

  test('is replaced by a new one', () => {
    expect(sentTo('Hent før 8', 'Hent før 8', 'Hent før 10')).toBe('Hent før 10');
  });
});

describe('what an update left on the order', () => {
  const kept = (...[sent, draft, order]: OmitLast<Parameters<typeof keptWarnings>>) =>
    keptWarnings(sent, draft, order, 'Europe/Oslo');
  const codes = (...of: Parameters<typeof kept>) => kept(...of).map(({ code }) => code);
  const sent = { sentComment: commentHash('Hent før 8'), sentPaymentTime: 14 };
  const order = orderOf([], { invoiceTitle: 'Hent før 9', paymentTime: 14 });

  test('is a warning if we sent it and the invoice no longer has it; the warning does not repeat the text', () => {
    const warnings = kept(sent, aDraft([]), order);
    expect(warnings).toMatchObject([
      { code: 'order.comment_kept', path: 'invoice.comment' },
      { code: 'order.due_date_kept', path: 'invoice.dueDate', message: expect.stringContaining('14 days') },
    ]);
    expect(JSON.stringify(warnings)).not.toContain('Hent');
  });

  test("is no warning if it was never ours, is gone, or is the invoice's own", () => {
    expect(codes({}, aDraft([]), order)).toEqual([]);
    expect(codes(sent, aDraft([]), orderOf([]))).toEqual([]);
    expect(codes(sent, aDraft([], { invoiceTitle: 'Hent før 9', paymentTime: 14 }), order)).toEqual([]);
  });
});

type OmitLast<T extends unknown[]> = T extends [...infer First, unknown] ? First : never;

describe('what an edited invoice takes back of references, departments and projects', () => {
  const all = {
    yourReference: 'Kari, 4711',
    deliveryDate: '2021-01-12T12:00:00',
    departmentId: 3,
    projectId: 4,
  };
  const before = aDraft([aRow(1, { departmentId: 5 }), aRow(2)], all);
  const sentFields = fieldsAsked(before);
  const order = orderOf(standing([aRow(1, { departmentId: 5 }), aRow(2)]), all);

  test("a buyer's reference of ours is cleared; one that the bookkeeper wrote is left alone", () => {
    const cleared = decideOrderUpdate(order, aDraft([]), { sentFields });
    expect(cleared).toMatchObject({ update: { yourReference: '' } });
    const theirs = decideOrderUpdate({ ...order, yourReference: 'Ola' }, aDraft([]), { sentFields });
    expect(theirs).not.toHaveProperty('update.yourReference');
  });

  test('a warning names what the order still shows of it, without its text', () => {
    const [warning, ...more] = keptWarnings({ sentFields }, aDraft([]), order, 'Europe/Oslo');
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ code: 'order.field_kept' });
    expect(warning?.message).toContain('buyer reference, delivery date, department, project');
    expect(JSON.stringify(warning)).not.toContain('Kari');
    expect(keptWarnings({ sentFields }, before, order, 'Europe/Oslo')).toEqual([]);
  });

  test('a row that loses its own department is made anew; a save could not clear it', () => {
    const decision = decideOrderUpdate(order, aDraft([aRow(1), aRow(2)], all), { sentFields });
    expect(decision).toMatchObject({
      update: { rows: [{ change: 'Delete' }, { change: 'Add', row: { sequenceNumber: 1 } }] },
    });
  });

  test("a row's department that was never ours stays", () => {
    expect(decideOrderUpdate(order, aDraft([aRow(1), aRow(2)], all))).toMatchObject({ update: { rows: [] } });
  });

  test('a row that gets another department is edited', () => {
    const draft = aDraft([aRow(1, { departmentId: 6 }), aRow(2)], all);
    expect(decideOrderUpdate(order, draft, { sentFields })).toMatchObject({
      update: { rows: [{ change: 'Edit', row: { departmentId: 6 } }] },
    });
  });
});

const anyRows = fc
  .array(fc.record({ price: fc.constantFrom('1.00', '2.00'), quantity: fc.constantFrom('1', '2') }), {
    maxLength: 5,
  })
  .map((rows) => rows.map((row, index) => aRow(index + 1, row)));

test('after the edits are applied nothing is left to edit, so a repeated update never adds a row twice', () => {
  fc.assert(
    fc.property(anyRows, anyRows, (before, after) => {
      let rows = standing(before);
      let nextId = 5_000;
      for (const edit of editsOf(orderOf(rows), aDraft(after))) {
        if (edit.change === 'Add') rows = [...rows, { ...edit.row, rowId: nextId++, type: 'Normal' }];
        else if (edit.change === 'Delete') rows = rows.filter((row) => row.rowId !== edit.rowId);
        else rows = rows.map((row) => (row.rowId === edit.rowId ? { ...row, ...edit.row } : row));
      }
      expect(rows.map(({ rowId: _, type: __, ...row }) => row)).toEqual(after);
      expect(editsOf(orderOf(rows), aDraft(after))).toEqual([]);
    }),
  );
});
