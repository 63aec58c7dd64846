/** What a report says of invoices, and that its steps and differences add up to the øre. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/contract/errors.ts';
import type { LocalDate } from '../../src/contract/jobs.ts';
import { Decimal } from '../../src/domain/money.ts';
import {
  decideReport,
  differencesOf,
  type ReportedInvoice,
  type ReportedOrder,
  STEPS,
  stepOf,
} from '../../src/domain/report.ts';
import type { Sums } from '../../src/domain/sums.ts';

const sums = (gross: string, rates?: Sums['rates']): Sums => ({
  gross,
  vat: new Decimal(gross).dividedBy(5).toFixed(2),
  net: new Decimal(gross).minus(new Decimal(gross).dividedBy(5).toFixed(2)).toFixed(2),
  ...(rates && { rates }),
});
const order = (change: Partial<ReportedOrder> = {}): ReportedOrder => ({
  orderId: 5_001,
  isThere: true,
  status: 'Web',
  shown: sums('1250.00'),
  differences: [],
  ...change,
});
const invoice = (change: Partial<ReportedInvoice> = {}): ReportedInvoice => ({
  invoiceId: '1018-1',
  issuedOn: '2021-01-10' as LocalDate,
  state: 'transferred',
  currency: 'NOK',
  expected: sums('1250.00'),
  order: order(),
  ...change,
});
const paid = { status: 'Invoiced', invoiceNumber: 7, paidOn: '2021-02-01' as LocalDate };

describe('an invoice', () => {
  it.each<[string, Partial<ReportedInvoice>, step: string, names: string[]]>([
    ['that is paid', { order: order(paid) }, 'paid', []],
    ['that is invoiced', { order: order({ ...paid, paidOn: undefined }) }, 'invoiced', ['not paid']],
    ['whose order is open', {}, 'standing', ['not invoiced']],
    ['whose order was merged', { order: order({ status: 'InvoicedPack' }) }, 'standing', ['merged']],
    ['whose order is gone', { order: order({ isThere: false, shown: undefined }) }, 'sent', ['missing']],
    [
      'whose paid order was changed',
      { order: order({ ...paid, differences: [{ what: 'total' }], shown: sums('1300.00') }) },
      'paid',
      ['changed'],
    ],
    ['that was rounded', { order: order({ ...paid, shown: sums('1250.01') }) }, 'paid', ['rounded']],
    ['that was rejected', { state: 'rejected', order: undefined }, 'asked', ['rejected']],
    ['that is unresolved', { state: 'unresolved', order: undefined }, 'asked', ['unresolved']],
    [
      'with a second order',
      { state: 'unresolved', code: 'order.duplicate_found' as ErrorCode, order: undefined },
      'asked',
      ['second order'],
    ],
    ['under way', { state: 'sending', order: undefined }, 'asked', ['under way']],
  ])('%s', (_what, change, step, names) => {
    expect(stepOf(invoice(change))).toBe(step);
    expect(differencesOf(invoice(change))).toEqual(names);
  });
});

describe('a report', () => {
  it('of paid invoices differs in nothing, and a rounding does not count', () => {
    const invoices = [
      invoice({ order: order(paid) }),
      invoice({ order: order({ ...paid, shown: sums('1250.01') }) }),
    ];
    expect(decideReport(invoices)).toMatchObject({ differs: false });
    expect(decideReport([])).toEqual({ sections: [], invoices: [], differs: false });
  });

  it('names the invoices behind a difference, with their sum', () => {
    const open = ['a', 'b'].map((invoiceId) => invoice({ invoiceId }));
    const { sections, differs } = decideReport([...open, invoice({ invoiceId: 'c', order: order(paid) })]);
    expect(differs).toBe(true);
    expect(sections[0]?.differences).toEqual([
      expect.objectContaining({ name: 'not invoiced', count: 2, gross: '2500.00', invoiceIds: ['a', 'b'] }),
    ]);
  });

  it('counts an invoice without a sum, and says so', () => {
    const { sections } = decideReport([invoice({ expected: undefined }), invoice()]);
    expect(sections[0]?.steps.sent).toMatchObject({ count: 2, unknown: 1, gross: '1250.00' });
  });

  it('adds by VAT percent, and says how many cannot be told', () => {
    const rates = { 25: ['800.00', '200.00'], 12: ['100.00', '12.00'] } satisfies Sums['rates'];
    const { sections } = decideReport([
      invoice({ expected: sums('1112.00', rates) }),
      invoice({ expected: sums('1112.00', rates) }),
      invoice(),
    ]);
    expect(sections[0]?.steps.sent).toMatchObject({
      rates: [
        { vatPercent: '25', net: '1600.00', vat: '400.00' },
        { vatPercent: '12', net: '200.00', vat: '24.00' },
      ],
      withoutRates: 1,
    });
  });

  it('keeps currencies apart', () => {
    const { sections } = decideReport([invoice(), invoice({ currency: 'EUR' })]);
    expect(sections.map(({ currency, steps }) => [currency, steps.asked.count])).toEqual([
      ['EUR', 1],
      ['NOK', 1],
    ]);
  });

  const amount = fc
    .integer({ min: 0, max: 10_000_000 })
    .map((cents) => new Decimal(cents).dividedBy(100).toFixed(2));
  const anInvoice = fc
    .record({
      state: fc.constantFrom(
        'transferred',
        'transferred',
        'transferred',
        'rejected',
        'unresolved',
        'sending',
      ),
      asked: amount,
      shown: amount,
      isThere: fc.boolean(),
      isChanged: fc.boolean(),
      status: fc.constantFrom('Web', 'Invoiced', 'InvoicedPack'),
      isPaid: fc.boolean(),
    })
    .map(({ state, asked, shown, isThere, isChanged, status, isPaid }): ReportedInvoice => {
      const isInvoiced = status === 'Invoiced';
      return invoice({
        state: state as ReportedInvoice['state'],
        expected: sums(asked),
        order: order({
          isThere,
          status,
          shown: sums(isChanged ? shown : asked),
          differences: isChanged ? [{ what: 'total' }] : [],
          ...(isInvoiced && { invoiceNumber: 1 }),
          ...(isInvoiced && isPaid && { paidOn: '2021-02-01' as LocalDate }),
        }),
      });
    });

  it('adds up: each step is the one before, less what was left behind and with what was changed', () => {
    fc.assert(
      fc.property(fc.array(anInvoice, { maxLength: 40 }), (invoices) => {
        const [section] = decideReport(invoices).sections;
        if (section === undefined) return;
        for (const [index, to] of STEPS.slice(1).entries()) {
          const from = STEPS[index] ?? 'asked';
          const between = section.differences.filter((difference) => difference.from === from);
          for (const name of ['net', 'vat', 'gross'] as const) {
            const expected = between.reduce(
              (total, one) =>
                ['changed', 'rounded'].includes(one.name) ? total.plus(one[name]) : total.minus(one[name]),
              new Decimal(section.steps[from][name]),
            );
            expect(section.steps[to][name]).toBe(expected.toFixed(2));
          }
        }
      }),
    );
  });
});
