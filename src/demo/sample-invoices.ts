/** What the two shops send, as a Sharefox back end would write it. Every control sum is literal: Sharefox's own. */
import type { ErrorCode } from '../contract/errors.ts';
import type { InvoiceTransferInput } from '../contract/jobs.ts';
import { ASA, BYGG, DAL, KARI, MOEN, NORDLYS, OLA, OLE, RORBUER, VELFORENING } from './sample-customers.ts';
import { BERG, FJORD, type SampleShop } from './sample-shops.ts';

type Customer = InvoiceTransferInput['customer'];
type Line = InvoiceTransferInput['lines'][number];
type Invoice = InvoiceTransferInput['invoice'];

export interface SampleInvoice {
  /** What it is in the demo for. */
  shows: string;
  /** How the rules say it ends; the self-check holds the books against it. */
  ends: 'transferred' | ErrorCode;
  /** Times "Send invoice" is clicked; default once. */
  clicks?: number;
  /** What the bookkeeper does afterwards; paid implies published. */
  bookkeeping?: 'published' | 'paid';
  input: Omit<InvoiceTransferInput, 'requestId'>;
}

type Rest = Partial<Pick<Line, 'vatPercent' | 'discountPercent'>>;

/** @param period `2026-10-05/2026-10-09`, both days included */
function rental(name: string, period: string, quantity: string, unitPrice: string, rest: Rest = {}): Line {
  const [from = '', to = ''] = period.split('/');
  return {
    id: '',
    kind: 'rental',
    name,
    period: { from, to },
    quantity,
    unitPrice,
    vatPercent: '25',
    ...rest,
  };
}

function custom(name: string, quantity: string, unitPrice: string, rest: Rest = {}): Line {
  return { id: '', kind: 'custom', name, quantity, unitPrice, vatPercent: '25', ...rest };
}

type Written = Omit<SampleInvoice, 'input'> & {
  customer: Customer;
  lines: Line[];
  totals: Invoice['totals'];
} & Partial<Pick<Invoice, 'type' | 'pricesIncludeVat' | 'comment'>>;

/** @param id `1001-1`: the order's number, then the invoice's on that order */
function invoiceOf(shop: SampleShop, id: string, written: Written): SampleInvoice {
  const { customer, lines, totals, type, pricesIncludeVat = false, comment, ...rest } = written;
  const orderId = id.split('-')[0] ?? id;
  return {
    ...rest,
    input: {
      schemaVersion: 1,
      shopId: shop.settings.shopId,
      requestedAt: '2026-10-26T08:15:00Z',
      invoice: {
        id,
        type: type ?? 'data_for_accounting',
        orderId,
        issueDate: '2026-10-26',
        dueDate: '2026-11-09',
        currency: 'NOK',
        pricesIncludeVat,
        ...(comment === undefined ? {} : { comment }),
        totals,
      },
      customer,
      lines: lines.map((line, index) => ({ ...line, id: `${id}-${index + 1}` })),
    },
  };
}

export const SAMPLE_INVOICES: readonly SampleInvoice[] = [
  invoiceOf(FJORD, '1001-1', {
    shows: 'known company, found by its organisation number',
    ends: 'transferred',
    bookkeeping: 'paid',
    customer: BYGG,
    comment: 'Prosjekt Kaia nord',
    lines: [
      rental('Minigraver 1,7 t', '2026-10-05/2026-10-09', '5', '1490.00', { discountPercent: '10' }),
      rental('Skuffe 60 cm', '2026-10-05/2026-10-09', '5', '95.00'),
    ],
    totals: { net: '7180.00', vat: '1795.00', gross: '8975.00' },
  }),
  invoiceOf(FJORD, '1002-1', {
    shows: 'known person, found by e-mail; prices with VAT',
    ends: 'transferred',
    bookkeeping: 'published',
    customer: KARI,
    pricesIncludeVat: true,
    lines: [rental('Partytelt 6 x 12 m', '2026-10-10/2026-10-11', '1', '4990.00')],
    totals: { net: '3992.00', vat: '998.00', gross: '4990.00' },
  }),
  invoiceOf(FJORD, '1003-1', {
    shows: 'new company with a contact; discounts, 25 and 12 % VAT',
    ends: 'transferred',
    customer: RORBUER,
    lines: [
      rental('Havkajakk, dobbel', '2026-10-12/2026-10-14', '6', '690.00', { discountPercent: '15' }),
      rental('Rorbu, 4 senger', '2026-10-12/2026-10-14', '2', '1850.00', {
        discountPercent: '5',
        vatPercent: '12',
      }),
      rental('Tørrdrakt', '2026-10-12/2026-10-14', '6', '245.50'),
    ],
    totals: { net: '8507.00', vat: '1669.80', gross: '10176.80' },
  }),
  invoiceOf(FJORD, '1004-1', {
    shows: 'new person in Sweden; prices with VAT, 12.5 % off',
    ends: 'transferred',
    customer: ASA,
    pricesIncludeVat: true,
    lines: [rental('Elsykkel', '2026-10-15/2026-10-18', '4', '399.00', { discountPercent: '12.5' })],
    totals: { net: '1117.20', vat: '279.30', gross: '1396.50' },
  }),
  invoiceOf(FJORD, '1005-1', {
    shows: 'new person; clicked three times, one order',
    ends: 'transferred',
    clicks: 3,
    customer: OLE,
    pricesIncludeVat: true,
    lines: [rental('Henger med tipp', '2026-10-16/2026-10-16', '1', '850.00')],
    totals: { net: '680.00', vat: '170.00', gross: '850.00' },
  }),
  invoiceOf(FJORD, '1006-1', {
    shows: 'its type is "Printed"',
    ends: 'invoice.type_not_transferable',
    type: 'printed',
    customer: BYGG,
    lines: [rental('Vibroplate 90 kg', '2026-10-19/2026-10-20', '2', '420.00')],
    totals: { net: '840.00', vat: '210.00', gross: '1050.00' },
  }),
  invoiceOf(FJORD, '1007-1', {
    shows: '20 % VAT, for which there is no tax code',
    ends: 'vat.not_found',
    customer: OLA,
    pricesIncludeVat: true,
    lines: [rental('Høytrykksvasker', '2026-10-20/2026-10-21', '2', '600.00', { vatPercent: '20' })],
    totals: { net: '1000.00', vat: '200.00', gross: '1200.00' },
  }),
  invoiceOf(FJORD, '1008-1', {
    shows: 'custom lines, a rebate, a zero-price line, 0 % VAT',
    ends: 'transferred',
    customer: VELFORENING,
    lines: [
      rental('Scene 4 x 6 m', '2026-10-17/2026-10-18', '2', '3200.00'),
      rental('Lydanlegg', '2026-10-17/2026-10-18', '1', '0.00'),
      custom('Frakt og montering', '1', '1450.00'),
      custom('Forsikring', '1', '320.00', { vatPercent: '0' }),
      custom('Lojalitetsrabatt', '1', '-500.00'),
    ],
    totals: { net: '7670.00', vat: '1837.50', gross: '9507.50' },
  }),
  invoiceOf(BERG, '2001-1', {
    shows: 'known company, its number "NO 976 543 210 MVA"',
    ends: 'transferred',
    bookkeeping: 'published',
    customer: DAL,
    lines: [
      rental('Hjullaster 8 t', '2026-09-28/2026-10-09', '12', '2350.00', { discountPercent: '20' }),
      custom('Diesel, liter', '184.5', '14.90'),
    ],
    totals: { net: '25309.05', vat: '6327.26', gross: '31636.31' },
  }),
  invoiceOf(BERG, '2002-1', {
    shows: 'the same person at the other shop: separate books',
    ends: 'transferred',
    customer: KARI,
    pricesIncludeVat: true,
    lines: [rental('Flishugger', '2026-10-03/2026-10-03', '1', '1190.00')],
    totals: { net: '952.00', vat: '238.00', gross: '1190.00' },
  }),
  invoiceOf(BERG, '2003-1', {
    shows: 'new company, two invoices at once: the first',
    ends: 'transferred',
    bookkeeping: 'paid',
    customer: NORDLYS,
    lines: [rental('Personlift 12 m', '2026-10-19/2026-10-21', '3', '1275.00')],
    totals: { net: '3825.00', vat: '956.25', gross: '4781.25' },
  }),
  invoiceOf(BERG, '2004-1', {
    shows: 'and the second; this shop skips zero-price lines',
    ends: 'transferred',
    customer: NORDLYS,
    lines: [
      rental('Aggregat 20 kVA', '2026-10-19/2026-10-21', '3', '890.00', { discountPercent: '10' }),
      rental('Skjøteledning 50 m', '2026-10-19/2026-10-21', '2', '0.00'),
    ],
    totals: { net: '2403.00', vat: '600.75', gross: '3003.75' },
  }),
  invoiceOf(BERG, '2005-1', {
    shows: 'its sums do not agree with its lines',
    ends: 'invoice.totals_mismatch',
    customer: DAL,
    lines: [rental('Dumper 3 t', '2026-10-12/2026-10-16', '5', '1980.00')],
    totals: { net: '9000.00', vat: '2250.00', gross: '11250.00' },
  }),
  invoiceOf(BERG, '2006-1', {
    shows: 'two customers share its e-mail address',
    ends: 'customer.ambiguous',
    customer: MOEN,
    pricesIncludeVat: true,
    lines: [rental('Jordbor', '2026-10-24/2026-10-24', '1', '450.00')],
    totals: { net: '360.00', vat: '90.00', gross: '450.00' },
  }),
];
