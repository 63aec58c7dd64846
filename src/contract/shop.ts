/** A shop's settings, as Sharefox Support writes them into the file for `shop add`. */
import { z } from 'zod';
import { location, shopId } from './jobs.ts';
import { filledText } from './text.ts';

/** Statuses an order may be sent with. `Invoiced` is left out: it would book the order at once. */
export const orderStatus = z.enum(['Web', 'Confirmed', 'ForInvoicing', 'Offer', 'Draft']);
export type OrderStatus = z.infer<typeof orderStatus>;

const percentKey = z
  .string()
  .regex(/^(\d{1,2}|100)(\.\d{1,4})?$/, { message: 'must be a percentage like "25"' });
const timeZone = z.string().refine(
  (value) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: value }) !== undefined;
    } catch {
      return false;
    }
  },
  { message: 'must be an IANA time zone like "Europe/Oslo"' },
);

/**
 * Name of a product or category. In UTF-16 units, as 24SevenOffice's columns count: a shortened name would be
 * another product's.
 */
const columnName = filledText(125).refine((value) => value.length <= 125, {
  message: 'must have at most 125 characters',
});

const dimensionId = z.int().min(1).nullable().default(null);

export const shopSettings = z
  .strictObject({
    shopId,
    /** Exact value of 24SevenOffice's Identity.Client.Name. */
    accountName: filledText(200),
    /** The account's Client.Id, where several have the name. */
    clientId: z.int().min(1).optional(),
    rentalProductName: columnName,
    productCategoryName: columnName.optional(),
    /** A line's productId -> its product. The category defaults to productCategoryName. */
    products: z
      .record(filledText(), z.strictObject({ name: columnName, category: columnName.optional() }))
      .default({}),
    /** Product of custom lines; null: the rental product. */
    customProductName: columnName.nullable().default(null),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, { message: 'must be an ISO 4217 code' })
      .default('NOK'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, { message: 'must be a two-letter country code' })
      .default('NO'),
    language: z
      .string()
      .regex(/^[a-z]{2}$/, { message: 'must be a two-letter language code' })
      .default('nb'),
    timeZone: timeZone.default('Europe/Oslo'),
    orderStatus: orderStatus.default('Web'),
    /** Percentage -> TaxId, where the percentage alone is ambiguous. */
    vatCodes: z.record(percentKey, z.int().min(0)).default({}),
    resend: z.enum(['refuse', 'update']).default('refuse'),
    afterUnknown: z.enum(['resend', 'ask']).default('resend'),
    zeroPriceLines: z.enum(['send', 'skip']).default('send'),
    ambiguousCustomer: z.enum(['reject', 'oldest']).default('reject'),
    departmentId: dimensionId,
    projectId: dimensionId,
    /** A location of an invoice or line -> its department and project. null: the shop's. */
    locations: z
      .record(location, z.strictObject({ departmentId: dimensionId, projectId: dimensionId }))
      .default({}),
    /** Whether its orders are looked at after the transfer. */
    followOrders: z.boolean().default(true),
  })
  .transform((shop) => ({
    ...shop,
    productCategoryName: shop.productCategoryName ?? shop.rentalProductName,
  }));

export type ShopSettingsInput = z.input<typeof shopSettings>;
export type ShopSettings = z.output<typeof shopSettings>;
