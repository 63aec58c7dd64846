/** The report of a month, held against the sandbox's books, which are counted here by other means. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { BooksOrder } from '../../src/sandbox/books.ts';
import { run } from '../cli/support.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, SHOP, startProduct } from '../support/product.ts';

const FJORD = 501;
// Timeouts that a busy machine does not reach: an invoice that ends unresolved is another month.
const SHORT = { FOLLOW_EVERY_MS: '200', TFSO_TIMEOUT_MS: '2000', TFSO_SETTLE_MS: '2100' };
const PATIENCE = { timeout: 30_000, interval: 20 };

let product: Product;
beforeAll(async () => {
  product = await startProduct({ env: SHORT });
  await product.connectShop();
});
afterAll(() => product.stop());

/* ---------- a random month ---------- */

const FATES = [
  'open',
  'invoiced',
  'paid',
  'unpaid again',
  'edited',
  'edited and paid',
  'merged',
  'deleted',
  'rejected',
] as const;
type Fate = (typeof FATES)[number];
interface Line {
  vatPercent: 25 | 15 | 12;
  quantity: number;
  /** Øre. */
  unitPrice: number;
}
interface Invoice {
  day: number;
  fate: Fate;
  lines: Line[];
}

const aLine: fc.Arbitrary<Line> = fc.record({
  vatPercent: fc.constantFrom(25, 15, 12),
  quantity: fc.integer({ min: 1, max: 9 }),
  unitPrice: fc.integer({ min: 1, max: 99_999 }),
});
const aMonth: fc.Arbitrary<Invoice[]> = fc.array(
  fc.record({
    // Days 0 and 32 are the months beside it.
    day: fc.integer({ min: 0, max: 32 }),
    fate: fc.constantFrom(...FATES),
    lines: fc.array(aLine, { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 6, maxLength: 14 },
);

const kroner = (ore: number): string =>
  `${Math.trunc(ore / 100)}.${String(Math.abs(ore) % 100).padStart(2, '0')}`;
const ore = (kr: string): number => Math.round(Number(kr) * 100);
const halfUp = (numerator: number, denominator: number) =>
  Math.floor((2 * numerator + denominator) / (2 * denominator));

/** By whole øre: VAT is rounded once a percent. */
function askedFor(lines: Line[]): {
  net: number;
  vat: number;
  rates: Map<number, { net: number; vat: number }>;
} {
  const rates = new Map<number, { net: number; vat: number }>();
  for (const percent of [25, 15, 12]) {
    const net = lines
      .filter(({ vatPercent }) => vatPercent === percent)
      .reduce((total, { quantity, unitPrice }) => total + quantity * unitPrice, 0);
    if (net > 0) rates.set(percent, { net, vat: halfUp(net * percent, 100) });
  }
  const add = (name: 'net' | 'vat') => [...rates.values()].reduce((total, rate) => total + rate[name], 0);
  return { net: add('net'), vat: add('vat'), rates };
}

const dateOf = (month: string, day: number): string =>
  new Date(Date.parse(`${month}-01`) + (day - 1) * 86_400_000).toISOString().slice(0, 10);

async function transfer(
  id: string,
  { lines, fate }: Invoice,
  issueDate: string,
): Promise<number | undefined> {
  const { net, vat } = askedFor(lines);
  const end = await product.send(
    anInvoiceInput({
      requestId: `${id} click`,
      invoice: {
        id,
        issueDate,
        totals: { net: kroner(net), vat: kroner(vat), gross: kroner(net + vat) },
        ...(fate === 'rejected' && { type: 'printed' as const }),
      },
      lines: lines.map(({ vatPercent, quantity, unitPrice }, index) => ({
        id: `line-${index}`,
        kind: 'custom',
        name: 'Leie',
        quantity: `${quantity}`,
        unitPrice: kroner(unitPrice),
        vatPercent: `${vatPercent}`,
      })),
    }),
  );
  return 'result' in end ? end.result.orderId : undefined;
}

async function befall(fate: Fate, orderId: number): Promise<void> {
  const { control } = product.sandbox;
  if (fate.startsWith('edited')) await control.editPrice(FJORD, orderId, '77.77');
  if (fate === 'merged') await control.merge(FJORD, orderId);
  if (fate === 'deleted') await control.deleteOrder(FJORD, orderId);
  if (!['invoiced', 'paid', 'unpaid again', 'edited and paid'].includes(fate)) return;
  await control.publish(FJORD, orderId);
  if (fate === 'invoiced') return;
  await control.pay(FJORD, orderId, '2021-03-01T00:00:00');
  if (fate === 'unpaid again') await control.unpay(FJORD, orderId);
}

/* ---------- the month, counted from the books ---------- */

interface Counted {
  count: number;
  vat: number;
  gross: number;
}
const countOrders = (orders: BooksOrder[]): Counted => ({
  count: orders.length,
  vat: orders.reduce((total, { totalVat }) => total + ore(totalVat), 0),
  gross: orders.reduce((total, { totalIncVat }) => total + ore(totalIncVat), 0),
});
const countAsked = (invoices: Invoice[]): Counted => {
  const each = invoices.map(({ lines }) => askedFor(lines));
  const vat = each.reduce((total, one) => total + one.vat, 0);
  return { count: each.length, vat, gross: each.reduce((total, one) => total + one.net, vat) };
};

/** Net by VAT percent of the rows that stand. */
function countRates(orders: BooksOrder[]): Map<string, number> {
  const rates = new Map<string, number>();
  for (const row of orders.flatMap(({ rows }) => rows)) {
    rates.set(row.vatRate, (rates.get(row.vatRate) ?? 0) + ore(row.total));
  }
  return rates;
}

/** What a bookkeeper would find in 24SevenOffice for these references. */
async function countBooks(month: string, invoices: Map<string, Invoice>) {
  const { orders } = await product.sandbox.control.books(FJORD);
  const within = [...invoices].filter(([, { day }]) => dateOf(month, day).startsWith(month));
  const marks = within.map(([id]) => `SF-${id}-`);
  const ours = orders.filter(({ reference }) => marks.some((mark) => reference.startsWith(mark)));
  const asked = within.map(([, invoice]) => invoice);
  return {
    asked: countAsked(asked),
    sent: countAsked(asked.filter(({ fate }) => fate !== 'rejected')),
    standing: countOrders(ours),
    invoiced: countOrders(ours.filter(({ invoiceId }) => invoiceId !== null)),
    paid: countOrders(ours.filter(({ paid }) => paid !== null)),
    rates: countRates(ours),
  };
}

/* ---------- what the report says ---------- */

/** `sent  12  1000.00  250.00  1250.00` */
function told(lines: string[], label: string): Counted {
  const [line = ''] = lines.filter((each) => each.startsWith(`${label} `));
  const [count = 'none', , vat = '', gross = ''] = line.slice(24).trim().split(/\s+/);
  return { count: Number(count), vat: ore(vat), gross: ore(gross) };
}
const toldRates = (lines: string[]): Map<string, number> =>
  new Map(
    lines.flatMap((line) => {
      const [, percent = '', net = ''] = /^ *([\d.]+) % +standing +(\S+)/.exec(line) ?? [];
      return percent === '' ? [] : [[percent, ore(net)]];
    }),
  );

async function expectReport(
  month: string,
  invoices: Map<string, Invoice>,
  ...options: string[]
): Promise<void> {
  const { out, err } = await run(
    ['report', SHOP, '--from', `${month}-01`, '--to', dateOf(month, 31), ...options],
    product.env,
  );
  expect(err).toEqual([]);
  const { rates, ...steps } = await countBooks(month, invoices);
  if (steps.asked.count === 0) {
    expect(out.join('\n')).toContain('no invoice is known of these days');
    return;
  }
  const said = {
    asked: told(out, 'asked for by Sharefox'),
    sent: told(out, 'sent'),
    standing: told(out, 'standing'),
    invoiced: told(out, 'invoiced'),
    paid: told(out, 'paid'),
  };
  expect(said).toEqual(steps);
  expect(toldRates(out)).toEqual(rates);
  expect(Math.max(...out.map((line) => line.length))).toBeLessThanOrEqual(80);
}

/** Resolves once each order was looked at after all that befell it. */
async function lookedAt(ids: string[]): Promise<void> {
  const { nowMs } = await product.store.followed.arrived(1);
  for (const id of ids) {
    await vi.waitUntil(async () => {
      const { state, followedAt = '0', goneAt, orderMissedAt } = await product.record(id);
      if (state !== 'transferred' || goneAt !== undefined) return true;
      return Number(followedAt) > nowMs && orderMissedAt === undefined;
    }, PATIENCE);
  }
}

describe('the report of a random month', () => {
  // Months of their own, so that no run counts another's: of 31 days, and none beside another.
  const months = ['2021-01', '2021-03', '2021-05', '2021-07', '2021-10', '2021-12'];

  test('equals the books, now and from the records alone', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(aMonth, async (drawn) => {
        const month = months[runs % months.length] as string;
        const run = runs;
        runs += 1;
        const invoices = new Map(drawn.map((invoice, index) => [`${run}-${index}`, invoice]));
        const ends = [...invoices].map(async ([id, invoice]) => {
          const orderId = await transfer(id, invoice, dateOf(month, invoice.day));
          if (orderId !== undefined) await befall(invoice.fate, orderId);
        });
        await Promise.all(ends);
        await expectReport(month, invoices);
        await lookedAt([...invoices.keys()]);
        await expectReport(month, invoices, '--offline');
      }),
      // A failing month is not made smaller: its invoices stand in the books by then.
      { numRuns: months.length, endOnFailure: true },
    );
  }, 120_000);
});
