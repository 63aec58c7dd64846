/** A shop's settings, as Sharefox Support writes them into the file for `shop add`. */
import { z } from 'zod';
import { shopId } from './jobs.ts';
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

export const shopSettings = z
  .strictObject({
    shopId,
    /** Exact value of 24SevenOffice's Identity.Client.Name. */
    accountName: filledText(200),
    /** The account's Client.Id, where several have the name. */
    clientId: z.int().min(1).optional(),
    rentalProductName: filledText(125),
    productCategoryName: filledText(125).optional(),
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
    departmentId: z.int().min(1).nullable().default(null),
    projectId: z.int().min(1).nullable().default(null),
    /** Whether its orders are looked at after the transfer. */
    followOrders: z.boolean().default(true),
  })
  .transform((shop) => ({
    ...shop,
    productCategoryName: shop.productCategoryName ?? shop.rentalProductName,
  }));

export type ShopSettingsInput = z.input<typeof shopSettings>;
export type ShopSettings = z.output<typeof shopSettings>;
