import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { withoutUndefined } from '../../src/domain/defined.ts';
import { decideInvoice } from '../../src/domain/invoice.ts';
import { decideMark } from '../../src/domain/mark.ts';
import { Decimal } from '../../src/domain/money.ts';
import { decideOrder } from '../../src/domain/order.ts';
import { aLine, anInvoiceJob, aPerson, aShop } from '../support/builders.ts';

const mark = decideMark({ clientId: '1', shopId: 'acme.mysharefox.com', invoiceId: '1018-1' });
const taxIds = new Map([
  ['25', 10],
  ['15', 16],
  ['0', 12],
]);
type Overrides = Parameters<typeof anInvoiceJob>[0];

function decide(overrides: Overrides = {}, shop = aShop()) {
  const job = anInvoiceJob(overrides);
  const totals = { net: '1215.00', vat: '303.75', gross: '1518.75' };
  return decideOrder({ job, lines: job.lines, totals, shop, customerId: 301, productId: 701, taxIds, mark });
}
const line = (overrides: Partial<InvoiceTransferInput['lines'][number]>) => ({ lines: [aLine(overrides)] });
const codesOf = (plan: { warnings: { code: string }[] }) => plan.warnings.map(({ code }) => code);

describe('the order an invoice becomes', () => {
  test('R7: an invoice becomes an order with mark, customer, date, terms, price basis and rows', () => {
    expect(decide()).toEqual({
      draft: {
        customerId: 301,
        orderStatus: 'Web',
        dateOrdered: '2021-01-13T12:00:00',
        paymentTime: 14,
        includeVat: false,
        invoiceTitle: 'Kontakt: Kari Nordmann',
        invoiceText: 'Sharefox 1018',
        externalStatus: mark.externalStatus,
        referenceNumber: mark.reference,
        invoiceEmailAddress: 'kari@byggmester.example',
        rows: [
          {
            productId: 701,
            price: '450',
            name: 'Traktor (2021-01-10 - 2021-01-12)',
            discountRate: '10',
            quantity: '3',
            sequenceNumber: 1,
            taxCode: 10,
          },
        ],
      },
      expected: { net: '1215.00', vat: '303.75', gross: '1518.75' },
      acceptable: [{ net: '1215.00', vat: '303.75', gross: '1518.75' }],
      vatPercents: ['25'],
      warnings: [],
    });
  });

  test('to the e-mail address as it is written, without spaces', () => {
    const { draft } = decide({ customer: { email: ' Kari@Byggmester.example ' } });
    expect(draft.invoiceEmailAddress).toBe('Kari@Byggmester.example');
  });

  test('the same one at every attempt', () => {
    expect(decide()).toEqual(decide());
  });

  test('for the department and project of the shop', () => {
    const { draft } = decide({}, aShop({ departmentId: 4, projectId: 9 }));
    expect(draft).toMatchObject({ departmentId: 4, projectId: 9 });
    expect(decide().draft).not.toHaveProperty('departmentId');
    expect(decide().draft).not.toHaveProperty('projectId');
  });

  test('in the price basis of the invoice, its prices unconverted', () => {
    const { draft } = decide({ invoice: { pricesIncludeVat: true } });
    expect(draft.includeVat).toBe(true);
    expect(draft.rows[0]?.price).toBe('450');
  });
});

describe('the status of an order', () => {
  test.each(['Web', 'Confirmed', 'ForInvoicing', 'Offer', 'Draft'] as const)(
    'R13: an order sent as %s is left for a person to publish',
    (orderStatus) => {
      expect(decide({}, aShop({ orderStatus })).draft.orderStatus).toBe(orderStatus);
    },
  );
});

describe('the rows of an order', () => {
  test('R12: one row per rented product, named with its period', () => {
    const { draft, vatPercents } = decide({
      lines: [
        aLine({ id: 'a', name: 'Traktor' }),
        aLine({
          id: 'b',
          name: ' Henger ',
          period: { from: '2021-02-01', to: '2021-02-01' },
          vatPercent: '15.00',
        }),
        aLine({ id: 'c', name: 'Traktor', vatPercent: '0' }),
      ],
    });
    expect(
      draft.rows.map(({ name, sequenceNumber, taxCode, productId }) => [
        name,
        sequenceNumber,
        taxCode,
        productId,
      ]),
    ).toEqual([
      ['Traktor (2021-01-10 - 2021-01-12)', 1, 10, 701],
      ['Henger (2021-02-01 - 2021-02-01)', 2, 16, 701],
      ['Traktor (2021-01-10 - 2021-01-12)', 3, 12, 701],
    ]);
    expect(vatPercents).toEqual(['25', '15', '0']);
  });

  test('a custom line without period has its name alone, and may be a rebate', () => {
    const rebate = {
      id: 'r',
      kind: 'custom',
      name: 'Rabatt',
      quantity: '1',
      unitPrice: '-50.00',
      vatPercent: '25',
    } as const;
    const { draft } = decide({ lines: [rebate] });
    expect(draft.rows[0]).toMatchObject({ name: 'Rabatt', price: '-50', discountRate: '0', quantity: '1' });
  });

  test('a custom line with a period shows it', () => {
    expect(decide(line({ kind: 'custom' })).draft.rows[0]?.name).toBe('Traktor (2021-01-10 - 2021-01-12)');
  });

  test('numbers are written plainly', () => {
    const { draft } = decide(
      line({ quantity: '0.0001', unitPrice: '9999999999999.9999', discountPercent: '-0.00' }),
    );
    expect(draft.rows[0]).toMatchObject({
      quantity: '0.0001',
      price: '9999999999999.9999',
      discountRate: '0',
    });
  });

  test('a name too long is cut, the dates are whole, and a warning says where', () => {
    const plan = decide({ lines: [aLine(), aLine({ id: 'b', name: 'x'.repeat(275) })] });
    const name = plan.draft.rows[1]?.name ?? '';
    expect(name).toBe(`${'x'.repeat(273)}… (2021-01-10 - 2021-01-12)`);
    expect(name).toHaveLength(300);
    expect(plan.warnings).toEqual([
      { code: 'line.name_shortened', path: 'lines.1.name', message: expect.stringMatching(/^line 2's/) },
    ]);
    expect(codesOf(decide(line({ name: 'x'.repeat(274) })))).toEqual([]);
  });

  test('a line keeps its number in warnings where lines of zero were skipped', () => {
    const job = anInvoiceJob({
      lines: [aLine({ unitPrice: '0' }), aLine({ id: 'b', name: 'x'.repeat(400) })],
    });
    const shop = aShop({ zeroPriceLines: 'skip' });
    const check = decideInvoice(job, shop);
    if (check.kind !== 'ok') throw new Error(check.message);
    const plan = decideOrder({ ...check, job, shop, customerId: 1, productId: 1, taxIds, mark });
    expect(plan.draft.rows).toHaveLength(1);
    expect(plan.draft.rows[0]?.sequenceNumber).toBe(1);
    expect(plan.warnings[0]?.path).toBe('lines.1.name');
  });

  test('any name: at most 300 characters, whole dates, no half emoji', () => {
    const names = fc
      .string({
        unit: fc.oneof(
          fc.constantFrom('🚜', '👩‍🌾', '🇳🇴', 'e\u0301'),
          fc.string({ minLength: 1, maxLength: 1 }),
        ),
        maxLength: 400,
      })
      .filter((name) => name.trim() !== '' && name.length <= 2000);
    const days = fc
      .tuple(fc.integer({ min: 0, max: 40_000 }), fc.nat(500))
      .map(([from, length]) =>
        [from, from + length].map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
      );
    fc.assert(
      fc.property(names, days, (name, [from = '', to = '']) => {
        const [row] = decide(line({ name, period: { from, to } })).draft.rows;
        const written = row?.name ?? '';
        expect([...written].length).toBeLessThanOrEqual(300);
        expect(written.endsWith(` (${from} - ${to})`)).toBe(true);
        expect(written).not.toMatch(/\p{Surrogate}/u);
        expect(written).not.toMatch(/\u200d…/u);
      }),
    );
  });
});

describe('the comment of an order', () => {
  const comment = (overrides: Overrides, shop = aShop()) => decide(overrides, shop).draft.invoiceTitle;

  test('R6: the person’s name goes into the comment of a company’s order, before its own', () => {
    expect(comment({ invoice: { comment: ' Hentes ved port 3 ' } })).toBe(
      'Kontakt: Kari Nordmann. Hentes ved port 3',
    );
  });

  test.each([
    ['nb', 'Kontakt'],
    ['sv', 'Kontakt'],
    ['en', 'Contact'],
    ['fi', 'Contact'],
  ])('in %s the name follows "%s"', (language, contact) => {
    expect(comment({}, aShop({ language }))).toBe(`${contact}: Kari Nordmann`);
  });

  test('is the comment alone for a private person', () => {
    expect(comment({ customer: aPerson(), invoice: { comment: 'Hentes' } })).toBe('Hentes');
    expect(decide({ customer: aPerson() }).draft).not.toHaveProperty('invoiceTitle');
  });

  test('needs no name, nor both names', () => {
    expect(comment({ customer: { firstName: ' ', lastName: '' }, invoice: { comment: 'Hentes' } })).toBe(
      'Hentes',
    );
    expect(decide({ customer: { firstName: '', lastName: '' } }).draft).not.toHaveProperty('invoiceTitle');
    expect(comment({ customer: { firstName: ' Kari ', lastName: ' ' } })).toBe('Kontakt: Kari');
  });

  const words = (count: number) => Array.from({ length: count }, (_, index) => `ord${index}`).join(' ');

  test('continues in the invoice text if it is too long, cut between words, with a warning', () => {
    const plan = decide({ invoice: { comment: words(80) } });
    const { invoiceTitle = '', invoiceText = '' } = plan.draft;
    expect(invoiceTitle.length).toBeLessThanOrEqual(300);
    expect(codesOf(plan)).toEqual(['order.comment_moved']);
    expect(invoiceText.startsWith('Sharefox 1018: … ')).toBe(true);
    const read = `${invoiceTitle.slice(0, -2)} ${invoiceText.replace('Sharefox 1018: … ', '')}`;
    expect(read).toBe(`Kontakt: Kari Nordmann. ${words(80)}`);
  });

  test('is cut at the end if both fields are full, with a second warning', () => {
    const plan = decide({ invoice: { comment: words(280) } });
    expect(codesOf(plan)).toEqual(['order.comment_moved', 'order.comment_shortened']);
    expect(plan.draft.invoiceText?.length).toBeLessThanOrEqual(750);
    expect(plan.draft.invoiceText?.endsWith('…')).toBe(true);
  });

  test('of one long word is cut inside the word', () => {
    const { invoiceTitle, invoiceText } = decide({
      customer: aPerson(),
      invoice: { comment: 'x'.repeat(400) },
    }).draft;
    expect(invoiceTitle).toBe(`${'x'.repeat(298)} …`);
    expect(invoiceText).toBe(`Sharefox 1018: … ${'x'.repeat(102)}`);
  });

  test('fits, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 1000 }), (text) => {
        fc.pre(text.length <= 1900);
        const { invoiceTitle = '', invoiceText = '' } = decide({ invoice: { comment: text } }).draft;
        expect(invoiceTitle.length).toBeLessThanOrEqual(300);
        expect(invoiceText.length).toBeLessThanOrEqual(750);
        expect(`${invoiceTitle}${invoiceText}`).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});

describe('the reference a person reads', () => {
  test('is the order reference if there is one, else the order id', () => {
    expect(decide({ invoice: { orderRef: ' ABC-7 ' } }).draft.invoiceText).toBe('Sharefox ABC-7');
    expect(decide({ invoice: { orderRef: ' ', orderId: ' 1018 ' } }).draft.invoiceText).toBe('Sharefox 1018');
  });

  test('is cut at 100 characters, with a warning', () => {
    const byRef = decide({ invoice: { orderRef: 'r'.repeat(101) } });
    expect(byRef.draft.invoiceText).toBe(`Sharefox ${'r'.repeat(99)}…`);
    expect(byRef.warnings).toMatchObject([{ code: 'order.reference_shortened', path: 'invoice.orderRef' }]);
    const byId = decide({ invoice: { orderId: '1'.repeat(101) } });
    expect(byId.warnings).toMatchObject([{ code: 'order.reference_shortened', path: 'invoice.orderId' }]);
  });
});

describe('dates', () => {
  test.each([
    ['2021-01-13', 0],
    ['2021-02-12', 30],
    ['2022-01-13', 365],
  ])('due on %s is %i days', (dueDate, days) => {
    expect(decide({ invoice: { dueDate } }).draft.paymentTime).toBe(days);
  });

  test('days are counted over the change to summer time and a leap day', () => {
    expect(decide({ invoice: { issueDate: '2024-02-20', dueDate: '2024-04-20' } }).draft.paymentTime).toBe(
      60,
    );
  });

  test('without a due date the customer’s own terms hold', () => {
    const job = anInvoiceJob();
    const { dueDate: _none, ...invoice } = job.invoice;
    const totals = { net: '0', vat: '0', gross: '0' };
    const plan = decideOrder({
      job: { ...job, invoice },
      lines: job.lines,
      totals,
      shop: aShop(),
      customerId: 1,
      productId: 1,
      taxIds,
      mark,
    });
    expect(plan.draft).not.toHaveProperty('paymentTime');
    expect(plan.warnings).toEqual([]);
  });

  test.each([
    ['2021-01-12', /before the issue date/],
    ['2121-01-13', /more than 32767 days/],
  ])('due on %s is left out with a warning', (dueDate, message) => {
    const plan = decide({ invoice: { dueDate } });
    expect(plan.draft).not.toHaveProperty('paymentTime');
    expect(plan.warnings).toEqual([
      { code: 'order.due_date_ignored', path: 'invoice.dueDate', message: expect.stringMatching(message) },
    ]);
  });
});

test('a percent without a tax code is a bug of ours, not a refusal', () => {
  expect(() => decide(line({ vatPercent: '12' }))).toThrow('no tax code was decided for 12 %');
});

test('warnings do not repeat the texts', () => {
  const plan = decide({
    invoice: {
      comment: `Hemmelig ${'x '.repeat(600)}`,
      orderRef: `Hemmelig${'x'.repeat(200)}`,
      dueDate: '2021-01-01',
    },
    ...line({ name: `Hemmelig ${'x'.repeat(400)}` }),
  });
  expect(plan.warnings.length).toBe(5);
  expect(JSON.stringify(plan.warnings)).not.toMatch(/hemmelig|kari|nordmann/i);
});

test('the rows that are sent add up to the decided sums', () => {
  const plan = decide();
  const [row] = plan.draft.rows;
  const amount = new Decimal(row?.price ?? 0)
    .times(row?.quantity ?? 0)
    .times(new Decimal(100).minus(row?.discountRate ?? 0));
  expect(amount.dividedBy(100).toFixed(2)).toBe(plan.expected.net);
});

describe('references', () => {
  test("a buyer's reference that is too long is cut with a warning, in the units of its field", () => {
    const plan = decide({ invoice: { buyerReference: '🚜'.repeat(50) } });
    expect(plan.draft.yourReference?.length).toBeLessThanOrEqual(50);
    expect(codesOf(plan)).toEqual(['order.buyer_reference_shortened']);
    expect(decide({ invoice: { buyerReference: 'x'.repeat(50) } }).draft.yourReference).toBe('x'.repeat(50));
  });

  test('one of spaces is none', () => {
    const { draft } = decide({ invoice: { buyerReference: ' ', purchaseOrderNumber: ' ' } });
    expect(draft).toEqual(decide().draft);
  });

  test.each([
    ['nb', 'Bestillingsnummer: 4711'],
    ['sv', 'Beställningsnummer: 4711'],
    ['en', 'Purchase order: 4711'],
    ['de', 'Purchase order: 4711'],
  ])(
    "the purchase order's number is the first line of the text, in the shop's language %s",
    (language, line) => {
      const comment = 'ord '.repeat(300);
      const plan = decide({ invoice: { purchaseOrderNumber: '4711', comment } }, aShop({ language }));
      const [first, second] = (plan.draft.invoiceText ?? '').split('\n');
      expect(first).toBe(line);
      expect(second).toMatch(/^Sharefox 1018: …/);
      expect(plan.draft.invoiceText?.length).toBeLessThanOrEqual(750);
    },
  );
});

test('totals and rows never depend on the mapping', () => {
  const ids = fc.constantFrom('a', 'b', 'c');
  const places = fc.constantFrom('oslo', 'bergen', 'nowhere');
  const dimensions = fc.record({
    departmentId: fc.option(fc.integer({ min: 1, max: 9 })),
    projectId: fc.option(fc.integer({ min: 1, max: 9 })),
  });
  const settings = fc.record({
    products: fc.dictionary(ids, fc.record({ name: fc.constantFrom('Telt', 'Lift', 'SharefoxRental') })),
    customProductName: fc.option(fc.constantFrom('Frakt', 'Telt')),
    locations: fc.dictionary(fc.constantFrom('oslo', 'bergen'), dimensions),
  });
  const anyLine = fc.record({
    kind: fc.constantFrom('rental' as const, 'custom' as const),
    productId: fc.option(ids, { nil: undefined }),
    location: fc.option(places, { nil: undefined }),
  });
  fc.assert(
    fc.property(
      settings,
      fc.array(anyLine, { minLength: 1, maxLength: 5 }),
      places,
      (mapped, lines, location) => {
        const overrides = { lines: lines.map((each, n) => aLine(withoutUndefined({ id: `${n}`, ...each }))) };
        const plain = decide(overrides);
        const plan = decide({ ...overrides, invoice: { location } }, aShop(mapped));
        const { draft, warnings: _w, ...sums } = plan;
        const { draft: plainDraft, warnings: _p, ...plainSums } = plain;
        expect(sums).toEqual(plainSums);
        const bare = draft.rows.map(({ departmentId: _d, projectId: _q, ...row }) => row);
        expect(bare).toEqual(plainDraft.rows);
      },
    ),
  );
});
