/** The demo's two shops and their invoices, from samples.json. The control sums there are written by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorCode } from '../contract/errors.ts';
import type { InvoiceTransferInput } from '../contract/jobs.ts';
import type { ShopSettingsInput } from '../contract/shop.ts';
import { withoutUndefined } from '../domain/defined.ts';
import type { CustomerSeed } from '../sandbox/seed.ts';

type Invoice = InvoiceTransferInput['invoice'];
type Line = InvoiceTransferInput['lines'][number];

export interface SampleShop {
  /** The company in the sandbox. */
  clientId: number;
  settings: ShopSettingsInput & { accountName: string; rentalProductName: string };
  /** Added to those of the sandbox's own seed. */
  customers: CustomerSeed[];
}

interface Expected {
  /** What this invoice shows. */
  shows: string;
  /** How it must end. The self-check compares. */
  ends: 'transferred' | ErrorCode;
  /** How often "Send invoice" is clicked; default once. */
  clicks?: number;
  /** What the bookkeeper does afterwards. A paid one is published first. */
  bookkeeping?: 'published' | 'paid';
}

export interface SampleInvoice extends Expected {
  input: Omit<InvoiceTransferInput, 'requestId'>;
}

interface WrittenLine
  extends Pick<Line, 'name' | 'quantity' | 'unitPrice' | 'discountPercent' | 'productId'> {
  /** `2026-10-05/2026-10-09`, both days included; a custom line has none. */
  period?: string;
  /** Default 25. */
  vatPercent?: string;
}

type Optional = Pick<Invoice, 'comment' | 'buyerReference' | 'purchaseOrderNumber' | 'location'>;

interface WrittenInvoice extends Expected, Optional, Pick<Invoice, 'id' | 'totals'> {
  shop: 'fjord' | 'berg';
  customer: string;
  lines: WrittenLine[];
  type?: Invoice['type'];
  pricesIncludeVat?: boolean;
}

const SAMPLES: {
  shops: Record<WrittenInvoice['shop'], SampleShop>;
  customers: Record<string, InvoiceTransferInput['customer']>;
  invoices: WrittenInvoice[];
} = JSON.parse(readFileSync(join(import.meta.dirname, 'samples.json'), 'utf8'));

export const { fjord: FJORD, berg: BERG } = SAMPLES.shops;
export const SAMPLE_SHOPS: readonly SampleShop[] = [FJORD, BERG];

function lineOf({ period, vatPercent = '25', ...line }: WrittenLine, id: string): Line {
  const [from = '', to = ''] = period?.split('/') ?? [];
  return period === undefined
    ? { id, kind: 'custom', vatPercent, ...line }
    : { id, kind: 'rental', period: { from, to }, vatPercent, ...line };
}

function sampleOf(written: WrittenInvoice): SampleInvoice {
  const { shop, id, customer, lines, totals, type, pricesIncludeVat = false, ...rest } = written;
  const { comment, buyerReference, purchaseOrderNumber, location, ...expected } = rest;
  const known = SAMPLES.customers[customer];
  if (known === undefined) throw new TypeError(`samples.json has no customer ${customer}`);
  return {
    ...expected,
    input: {
      schemaVersion: 1,
      shopId: SAMPLES.shops[shop].settings.shopId,
      requestedAt: '2026-10-26T08:15:00Z',
      invoice: {
        id,
        type: type ?? 'data_for_accounting',
        orderId: id.split('-')[0] ?? id,
        issueDate: '2026-10-26',
        dueDate: '2026-11-09',
        currency: 'NOK',
        pricesIncludeVat,
        ...withoutUndefined({ comment, buyerReference, purchaseOrderNumber, location }),
        totals,
      },
      customer: known,
      lines: lines.map((line, index) => lineOf(line, `${id}-${index + 1}`)),
    },
  };
}

export const SAMPLE_INVOICES: readonly SampleInvoice[] = SAMPLES.invoices.map(sampleOf);
