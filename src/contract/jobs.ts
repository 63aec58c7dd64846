/**
 * The jobs Sharefox adds: queue names, payload schemas, job options.
 * Source: the contract with Sharefox; a change here is a breaking change.
 */
import { z } from 'zod';
import { filledText, text } from './text.ts';

export const INVOICE_TRANSFER = 'invoice-transfer';
export const STATUS_CHECK = 'status-check';

/** The whole payload as JSON, in UTF-8 bytes. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;
/** BullMQ's highest priority number (lowest urgency). */
export const MAX_PRIORITY = 2_097_151;

/** Options of every job, in seconds: 7 and 30 days. `priority` is added, from the shop's outstanding jobs. */
export const JOB_RETENTION = {
  removeOnComplete: { age: 604_800 },
  removeOnFail: { age: 2_592_000 },
} as const;

const DECIMAL = /^-?(0|[1-9]\d{0,12})(\.\d{1,4})?$/;
const SHOP_ID = /^[a-z0-9.-]{1,100}$/;
const INVOICE_ID = /^[A-Za-z0-9_-]{1,30}$/;
const LOCATION = /^[A-Za-z0-9_-]{1,50}$/;

/** Major units as text, `"1250.00"`: no exponent, plus sign, leading zero or bare dot. */
export const decimal = z
  .string()
  .regex(DECIMAL, { message: 'must be a decimal string like "1250.00"' })
  .brand<'Decimal'>();
export type Decimal = z.infer<typeof decimal>;

const isNegative = (value: string) => value.startsWith('-') && /[1-9]/.test(value);
const nonNegative = decimal.refine((value) => !isNegative(value), { message: 'must not be negative' });
// At most 13 digits before the dot: far below 2^53, so the comparison is exact enough for a bound.
const percent = nonNegative.refine((value) => /^-?(\d{1,2}(\.\d+)?|100(\.0+)?)$/.test(value), {
  message: 'must be between 0 and 100',
});

/** The shop's calendar date, `"2021-01-10"`. */
export const localDate = z.iso
  .date({ message: 'must be a date like "2021-01-10"' })
  .refine((value) => value >= '1900-01-01', { message: 'must not be before 1900' })
  .brand<'LocalDate'>();
export type LocalDate = z.infer<typeof localDate>;

export const shopId = z.string().regex(SHOP_ID, { message: 'must be [a-z0-9.-], 1 to 100 characters' });
export const invoiceId = z
  .string()
  .regex(INVOICE_ID, { message: 'must be [A-Za-z0-9_-], 1 to 30 characters' });

/** A key of the shop's `locations`. */
export const location = z.string().regex(LOCATION, { message: 'must be [A-Za-z0-9_-], 1 to 50 characters' });

/** Seconds may be left out, as ISO 8601 allows. zod's own check requires them. */
const INSTANT = new RegExp(
  [{ offset: true }, { offset: true, precision: -1 }]
    .map((form) => z.core.regexes.datetime(form).source)
    .join('|'),
);
const instant = z
  .string()
  .regex(INSTANT, { message: 'must be an ISO 8601 instant like "2021-01-10T09:30:00Z"' });

export const requestId = filledText();

const envelope = {
  schemaVersion: z.literal(1),
  shopId,
  requestId,
  requestedAt: instant,
};

const invoice = z
  .strictObject({
    id: invoiceId,
    revision: z.int().min(1).default(1),
    type: z.enum(['data_for_accounting', 'printed']),
    kind: z.enum(['invoice', 'credit']).default('invoice'),
    creditsInvoiceId: invoiceId.optional(),
    orderId: filledText(),
    orderRef: text().optional(),
    issueDate: localDate,
    dueDate: localDate.optional(),
    currency: z.string().regex(/^[A-Z]{3}$/, { message: 'must be an ISO 4217 code like "NOK"' }),
    pricesIncludeVat: z.boolean(),
    comment: text().optional(),
    /** What the buyer wants to read on the invoice as "your reference". */
    buyerReference: text(50).optional(),
    purchaseOrderNumber: text(50).optional(),
    deliveryDate: localDate.optional(),
    location: location.optional(),
    totals: z.strictObject({ net: nonNegative, vat: nonNegative, gross: nonNegative }),
  })
  .refine((value) => value.kind !== 'credit' || value.creditsInvoiceId !== undefined, {
    path: ['creditsInvoiceId'],
    message: 'is required for a credit',
  });

const customer = z
  .strictObject({
    userId: text().optional(),
    isCompany: z.boolean(),
    firstName: text(),
    lastName: text(),
    companyName: text().optional(),
    companyOrgNo: text().optional(),
    email: text()
      .refine((value) => /^[^\s@]+@[^\s@]+$/.test(value.trim()), { message: 'must be an e-mail address' })
      // In UTF-16 units, as 24SevenOffice counts. A shortened address would be somebody else's.
      .refine((value) => value.trim().length <= 250, { message: 'must have at most 250 characters' }),
    phone: text().optional(),
    address: text().optional(),
    postcode: text().optional(),
    city: text().optional(),
    country: text().optional(),
    prefLanguage: text().optional(),
  })
  .refine((value) => [value.companyName, value.lastName, value.firstName].some((name) => name?.trim()), {
    path: ['lastName'],
    message: 'must not be empty where there is no company name',
  });

const line = z
  .strictObject({
    id: filledText(),
    kind: z.enum(['rental', 'custom']),
    productId: text().optional(),
    name: filledText(),
    period: z
      .strictObject({ from: localDate, to: localDate })
      .refine((value) => value.from <= value.to, { path: ['to'], message: 'must not be before "from"' })
      .optional(),
    quantity: nonNegative,
    unitPrice: decimal,
    discountPercent: percent.optional(),
    vatPercent: percent,
    /** Overrides the invoice's for this line. */
    location: location.optional(),
  })
  .refine((value) => value.kind !== 'rental' || value.period !== undefined, {
    path: ['period'],
    message: 'is required for a rental',
  })
  .refine((value) => value.kind === 'custom' || !isNegative(value.unitPrice), {
    path: ['unitPrice'],
    message: 'may be negative on custom lines only',
  });

/** Data of an `invoice-transfer` job. */
export const invoiceTransferJob = z.strictObject({
  ...envelope,
  requestedBy: text().optional(),
  invoice,
  customer,
  lines: z.array(line).min(1).max(200),
});

/** Data of a `status-check` job. */
export const statusCheckJob = z.strictObject({
  ...envelope,
  invoiceId,
  externalOrderId: z.int().min(1).max(2_147_483_647).optional(),
});

/** What a producer writes: defaults may be left out, decimals are plain strings. */
export type InvoiceTransferInput = z.input<typeof invoiceTransferJob>;
export type StatusCheckInput = z.input<typeof statusCheckJob>;
/** What the worker reads: cleaned, defaults applied. */
export type InvoiceTransferJob = z.output<typeof invoiceTransferJob>;
export type StatusCheckJob = z.output<typeof statusCheckJob>;
export type InvoiceCustomer = InvoiceTransferJob['customer'];
export type InvoiceLine = InvoiceTransferJob['lines'][number];
