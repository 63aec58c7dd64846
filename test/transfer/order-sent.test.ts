/** R6, R7, R11 to R13: what the order says that an invoice becomes. */
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { NotNow, Retryable } from '../../src/errors.ts';
import { aLine, anInvoiceJob } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import { aClick, aWorld, settleMs, type World } from './world.ts';

type Line = InvoiceTransferInput['lines'][number];

const LINE: Line = aLine();

/** Lines with their sums, exclusive of VAT: quantity × 405.00 at each line's rate. */
function aJobWith(lines: Partial<Line>[], invoice: Partial<InvoiceTransferInput['invoice']> = {}) {
  const whole = lines.map((line, n) => ({ ...LINE, id: `line-${n}`, ...line }));
  const nets = whole.map(({ quantity }) => Number(quantity) * 405);
  const net = nets.reduce((a, b) => a + b, 0);
  const vat = whole.reduce((sum, { vatPercent }, n) => sum + ((nets[n] ?? 0) * Number(vatPercent)) / 100, 0);
  const totals = { net: net.toFixed(2), vat: vat.toFixed(2), gross: (net + vat).toFixed(2) };
  return anInvoiceJob({ lines: whole, invoice: { totals, ...invoice } });
}

const draftOf = ({ company }: World) => company.drafts[0];
const warningsOf = (result: { warnings: { code: string }[] }) => result.warnings.map(({ code }) => code);

test('R7, R13: one new order in the status the shop names, never an invoiced one', async () => {
  for (const orderStatus of ['Web', 'Confirmed', 'ForInvoicing', 'Offer', 'Draft'] as const) {
    const world = await aWorld({ orderStatus });
    resultOf(await world.worker.run(anInvoiceJob()));
    expect(world.company.orders).toMatchObject([{ orderStatus }]);
    expect(world.company.orders[0]?.invoiceId).toBeUndefined();
  }
});

test("R6: a company's order names the person in the comment; the customer is the company", async () => {
  const world = await aWorld();
  resultOf(await world.worker.run(aClick('request-1', { comment: 'Levert på dør' })));
  expect(draftOf(world)).toMatchObject({ invoiceTitle: 'Kontakt: Kari Nordmann. Levert på dør' });
  expect(world.company.customers).toMatchObject([{ name: 'Byggmester AS', type: 'Business' }]);
});

test('R12: each rented product is a line with its period, price, discount and VAT', async () => {
  const world = await aWorld();
  resultOf(await world.worker.run(anInvoiceJob()));
  expect(draftOf(world)?.rows).toEqual([
    {
      name: 'Traktor (2021-01-10 - 2021-01-12)',
      productId: world.company.products[0]?.id,
      price: '450',
      quantity: '3',
      discountRate: '10',
      taxCode: 10,
      sequenceNumber: 1,
    },
  ]);
});

test('what the invoice says of dates, references and addresses is on the order', async () => {
  const world = await aWorld({ departmentId: 3, projectId: 4 });
  resultOf(await world.worker.run(anInvoiceJob()));
  expect(draftOf(world)).toMatchObject({
    customerId: world.company.customers[0]?.id,
    dateOrdered: '2021-01-13T12:00:00',
    paymentTime: 14,
    invoiceText: 'Sharefox 1018',
    invoiceEmailAddress: 'kari@byggmester.example',
    includeVat: false,
    departmentId: 3,
    projectId: 4,
  });
});

test('lines the shop skips are not sent, with a warning; the sums stay', async () => {
  const world = await aWorld({ zeroPriceLines: 'skip' });
  const job = aJobWith([{}, { quantity: '0', name: 'Gratis' }, { name: 'Tilhenger' }]);
  const result = resultOf(await world.worker.run(job));
  expect(draftOf(world)?.rows).toHaveLength(2);
  expect(warningsOf(result)).toContain('line.skipped');
});

test('a rounding of the service is accepted with a warning', async () => {
  const world = await aWorld();
  const lines = Array.from({ length: 3 }, (_, n) => ({
    ...LINE,
    id: `line-${n}`,
    quantity: '1',
    unitPrice: '0.33',
    discountPercent: '0',
  }));
  // Per line 0.08 VAT, on the sum 0.25.
  const totals = { net: '0.99', vat: '0.24', gross: '1.23' };
  const result = resultOf(await world.worker.run(anInvoiceJob({ lines, invoice: { totals } })));
  expect(result.totals).toEqual({ expected: '1.23', posted: '1.24' });
  expect(warningsOf(result)).toEqual(
    expect.arrayContaining(['invoice.rounding_difference', 'order.rounding_difference']),
  );
});

describe('R11: the tax code of each line, by its percentage', () => {
  test("the shop's own word goes first", async () => {
    const world = await aWorld({ vatCodes: { '25': 10, '0': 12 } });
    resultOf(await world.worker.run(aJobWith([{}, { vatPercent: '0' }])));
    expect(draftOf(world)?.rows.map((row) => 'taxCode' in row && row.taxCode)).toEqual([10, 12]);
    // All percentages are in the settings: the list need not be read.
    expect(world.company.count('listTaxCodes')).toBe(0);
  });

  test("else Norway's standard outgoing code", async () => {
    const world = await aWorld();
    const lines = ['25', '15', '12', '11.11'].map((vatPercent) => ({ vatPercent, quantity: '100' }));
    resultOf(await world.worker.run(aJobWith(lines)));
    expect(draftOf(world)?.rows.map((row) => 'taxCode' in row && row.taxCode)).toEqual([10, 16, 18, 17]);
  });

  test.each([
    ['vat.ambiguous', '0'],
    ['vat.not_found', '7'],
  ])('%s: rejected, naming the line, before anything is sent', async (code, vatPercent) => {
    const world = await aWorld();
    const failure = failureOf(await world.worker.run(aJobWith([{}, { vatPercent }])));
    expect(failure).toMatchObject({ kind: 'terminal', code });
    expect(failure.message).toContain('line 2 (lines.1.vatPercent)');
    expect((await world.record()).state).toBe('rejected');
    expect(world.company.count('createOrder')).toBe(0);
  });

  test('a list that may not be read leaves the settings alone to say it', async () => {
    const refused = () => new NotNow('service.permission_missing', 1);
    const world = await aWorld({ vatCodes: { '0': 12 } });
    world.company.fail('listTaxCodes', refused(), 'sent', 9);
    expect(failureOf(await world.worker.run(anInvoiceJob()))).toMatchObject({ code: 'vat.not_found' });
    expect(resultOf(await world.worker.run(aJobWith([{ vatPercent: '0' }], { id: 'I-2' }))).outcome).toBe(
      'created',
    );
  });

  test('a "no" is given only on a list read just now', async () => {
    const world = await aWorld();
    const codes = world.company.taxCodes;
    world.company.taxCodes = codes.filter(({ rate }) => rate !== '15');
    await world.worker.run(anInvoiceJob());
    world.company.taxCodes = codes;
    const other = aJobWith([{ vatPercent: '15' }], { id: 'I-2' });
    expect(resultOf(await world.worker.run(other)).outcome).toBe('created');
    expect(world.company.count('listTaxCodes')).toBe(2);
  });

  test('a list that could not be read decides nothing', async () => {
    const world = await aWorld();
    world.company.fail('listTaxCodes', new Retryable('service.unavailable'));
    expect(failureOf(await world.worker.run(anInvoiceJob()))).toMatchObject({ kind: 'retryable' });
    expect(resultOf(await world.worker.run(anInvoiceJob())).outcome).toBe('created');
  });

  test('codes that have changed are noticed by the refusal and read anew', async () => {
    const world = await aWorld();
    await world.worker.run(anInvoiceJob());
    await world.clock.pass(settleMs);
    world.company.taxCodes = [{ taxId: 99, taxNo: '3', name: 'Utgående', rate: '25' }];
    const job = aClick('request-2', { id: 'I-2' });
    expect(failureOf(await world.worker.run(job))).toMatchObject({ kind: 'retryable', retryAfterMs: 0 });
    resultOf(await world.worker.run(job));
    expect(world.company.orders[1]?.rows).toMatchObject([{ taxCode: 99 }]);
  });

  test('the first order with a code warns that a person should look once', async () => {
    const world = await aWorld();
    expect(warningsOf(resultOf(await world.worker.run(anInvoiceJob())))).toEqual(['vat.unconfirmed']);
    const again = resultOf(await world.worker.run(aClick('request-2', { id: 'I-2' })));
    expect(warningsOf(again)).toEqual([]);
  });

  test('a rate that came out otherwise than asked for is a mismatch', async () => {
    const world = await aWorld();
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(anInvoiceJob());
    await gate.reached;
    const [order] = world.company.orders;
    const rows = order?.rows.map((row) => ({ ...row, vatRate: '15' })) ?? [];
    world.company.editOrder(order?.orderId ?? 0, { rows });
    gate.open();
    expect(failureOf(await run)).toMatchObject({
      code: 'order.totals_mismatch',
      message: expect.stringContaining('row 1: VAT 15 % instead of 25 %'),
    });
  });
});
