import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.connectShop({ shopId: anInvoiceInput().shopId, resend: 'update' });
});
afterAll(() => product.stop());

const [LINE] = anInvoiceInput().lines;

function edited(id: string, revision: number, quantity: string, lines = 1): InvoiceTransferInput {
  if (LINE === undefined) throw new Error('the builder has a line');
  const net = (Number(quantity) * 405 * lines).toFixed(2);
  const vat = (Number(net) / 4).toFixed(2);
  const gross = (Number(net) + Number(vat)).toFixed(2);
  return anInvoiceInput({
    requestId: `${id}-${revision}`,
    invoice: { id, revision, totals: { net, vat, gross } },
    lines: Array.from({ length: lines }, (_, index) => ({ ...LINE, id: `line-${index}`, quantity })),
  });
}

const orders = async (id: string) =>
  (await product.sandbox.control.books(501)).orders.filter((order) =>
    order.reference?.startsWith(`SF-${id}-`),
  );

describe('under resend: update, an invoice edited and sent again', () => {
  test('changes its open order, which stays the only one, to the øre', async () => {
    const first = await product.send(edited('E1', 1, '3', 2));
    const second = await product.send(edited('E1', 2, '4', 3));
    expect(second).toMatchObject({ result: { outcome: 'updated', totals: { posted: '6075.00' } } });
    const [order, ...more] = await orders('E1');
    expect(more).toEqual([]);
    expect(order?.rows).toHaveLength(3);
    expect('result' in first && 'result' in second && first.result.orderId).toBe(order?.orderId);
    expect(await product.sandbox.control.violations()).toEqual([]);
  });

  test('is refused once the order is invoiced; record and order stay', async () => {
    await product.send(edited('E2', 1, '3'));
    const [order] = await orders('E2');
    await product.sandbox.control.publish(501, order?.orderId ?? 0);
    const ended = await product.send(edited('E2', 2, '4'));
    expect(ended).toMatchObject({
      failedReason: expect.stringMatching(/^invoice\.changed_after_transfer: /),
    });
    const record = await product.store.records.read({ shopId: 'acme.mysharefox.com', invoiceId: 'E2' });
    expect(record).toMatchObject({ state: 'transferred', orderId: order?.orderId });
  });

  test('an older edit that comes late never overwrites the newer one', async () => {
    await product.send(edited('E3', 1, '3'));
    await product.send(edited('E3', 3, '5'));
    const late = await product.send(edited('E3', 2, '4'));
    expect(late).toMatchObject({ failedReason: expect.stringMatching(/^invoice\.superseded: /) });
    const [order] = await orders('E3');
    expect(order?.totalIncVat).toBe('2531.25');
  });

  test('rows are added once, although the save that added them was never answered', async () => {
    await product.send(edited('E4', 1, '3', 1));
    await product.sandbox.control.inject({
      operation: 'SaveInvoices',
      effect: { kind: 'reset' },
      when: 'after',
      count: 1,
    });
    const ended = await product.send(edited('E4', 2, '3', 4));
    expect(ended).toMatchObject({ result: { outcome: 'updated', totals: { posted: '6075.00' } } });
    const [order, ...more] = await orders('E4');
    expect(more).toEqual([]);
    expect(order?.rows).toHaveLength(4);
  });

  test('what the edit is refused for leaves the transferred order and its record as they are', async () => {
    await product.send(edited('E5', 1, '3'));
    const input = edited('E5', 2, '4');
    const ended = await product.send({
      ...input,
      lines: input.lines.map((line) => ({ ...line, vatPercent: '7' })),
      invoice: { ...input.invoice, totals: { net: '1620.00', vat: '113.40', gross: '1733.40' } },
    });
    expect(ended).toMatchObject({ failedReason: expect.stringMatching(/^vat\.not_found: /) });
    const [order] = await orders('E5');
    expect(order?.totalIncVat).toBe('1518.75');
    const record = await product.store.records.read({ shopId: 'acme.mysharefox.com', invoiceId: 'E5' });
    expect(record?.state).toBe('transferred');
  });

  test.each([
    ['clears', undefined, ['order.due_date_kept']],
    ['unchanged', 'Hent før 8', ['order.comment_kept', 'order.due_date_kept']],
  ] as const)('a comment and a due date it has no more: emptyText %s', async (emptyText, title, codes) => {
    const id = `E6-${emptyText}`;
    await product.sandbox.control.configure({ emptyText });
    const input = (revision: number, invoice: { comment?: string; dueDate?: string }) => {
      const { invoice: whole, ...rest } = edited(id, revision, '3');
      const { dueDate: _, ...without } = whole;
      const customer = { ...rest.customer, isCompany: false, companyName: '', companyOrgNo: '' };
      return { ...rest, customer, invoice: { ...without, ...invoice } };
    };
    await product.send(input(1, { comment: 'Hent før 8', dueDate: '2021-01-27' }));
    const ended = await product.send(input(2, {}));
    await product.sandbox.control.configure({ emptyText: 'unchanged' });
    if (!('result' in ended)) throw new Error('it was refused');
    expect(ended.result.outcome).toBe('updated');
    expect(ended.result.warnings.map(({ code }) => code).filter((code) => code.endsWith('_kept'))).toEqual(
      codes,
    );
    const [order, ...more] = await orders(id);
    expect(more).toEqual([]);
    expect(order?.fields.InvoiceTitle || undefined).toBe(title);
    expect(order?.fields.PaymentTime).toBe(14);
  });
});
