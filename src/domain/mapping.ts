/** Which product, department and project each line gets, as the shop's settings say. */
import type { InvoiceLine, InvoiceTransferJob } from '../contract/jobs.ts';
import type { Warning } from '../contract/results.ts';
import type { ShopSettings } from '../contract/shop.ts';
import { withoutUndefined } from './defined.ts';

/** A product by its name in 24SevenOffice; the category is for creating it. */
export interface NamedProduct {
  name: string;
  category: string;
}

/** A product's or category's natural key is its name, as people tell names apart. */
export const nameKey = (name: string): string => name.trim().normalize().toLowerCase();

/** A key of the payload may be called like something that every object has. */
const own = <T>(record: Record<string, T>, key: string | undefined): T | undefined =>
  key !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;

export const rentalProduct = (shop: ShopSettings): NamedProduct => ({
  name: shop.rentalProductName,
  category: shop.productCategoryName,
});

/** What the shop maps the line's productId to; for a custom line the custom product; else the rental product. */
export function productOf(line: Pick<InvoiceLine, 'kind' | 'productId'>, shop: ShopSettings): NamedProduct {
  const mapped = own(shop.products, line.productId);
  if (mapped !== undefined) {
    return { name: mapped.name, category: mapped.category ?? shop.productCategoryName };
  }
  if (line.kind === 'custom' && shop.customProductName !== null) {
    return { name: shop.customProductName, category: shop.productCategoryName };
  }
  return rentalProduct(shop);
}

/** By key, in the lines' order. Of two categories for one product the first line's counts. */
export function productsOf(
  lines: readonly Pick<InvoiceLine, 'kind' | 'productId'>[],
  shop: ShopSettings,
): Map<string, NamedProduct> {
  const products = new Map<string, NamedProduct>();
  for (const line of lines) {
    const product = productOf(line, shop);
    const key = nameKey(product.name);
    if (!products.has(key)) products.set(key, product);
  }
  return products;
}

/** Every product that an invoice of the shop may need, by key: the rental product first. */
export function productsOfShop(shop: ShopSettings): Map<string, NamedProduct> {
  const ids = Object.keys(shop.products);
  return productsOf(
    [
      { kind: 'rental' },
      { kind: 'custom' },
      ...ids.map((productId) => ({ kind: 'rental' as const, productId })),
    ],
    shop,
  );
}

/** What accounting sorts by besides the account. */
export interface Dimensions {
  departmentId?: number;
  projectId?: number;
}

/** A location that is not mapped is told and never guessed. */
function unmapped(location: string | undefined, path: string, shop: ShopSettings): Warning[] {
  if (location === undefined || own(shop.locations, location) !== undefined) return [];
  const message = `location "${location}" is not among the shop's locations; its department and project were not set`;
  return [{ code: 'location.unmapped', path, message }];
}

/** Of the invoice's location; what that leaves open is the shop's own. */
export function orderDimensions(
  { location }: Pick<InvoiceTransferJob['invoice'], 'location'>,
  shop: ShopSettings,
): Dimensions & { warnings: Warning[] } {
  const place = own(shop.locations, location);
  return {
    ...withoutUndefined({
      departmentId: place?.departmentId ?? shop.departmentId ?? undefined,
      projectId: place?.projectId ?? shop.projectId ?? undefined,
    }),
    warnings: unmapped(location, 'invoice.location', shop),
  };
}

/**
 * Of the line's own location. What that leaves open stays the order's.
 *
 * @param index from 0, in the invoice as Sharefox shows it
 */
export function rowDimensions(
  { location }: Pick<InvoiceLine, 'location'>,
  index: number,
  shop: ShopSettings,
): Dimensions & { warnings: Warning[] } {
  const place = own(shop.locations, location);
  return {
    ...withoutUndefined({
      departmentId: place?.departmentId ?? undefined,
      projectId: place?.projectId ?? undefined,
    }),
    warnings: unmapped(location, `lines.${index}.location`, shop),
  };
}

const IS_ABOUT = {
  department: /departments?|avdeling/i,
  project: /projects?|prosjekt|projekt/i,
} as const;

/**
 * Where a department or project that 24SevenOffice refused comes from, for the one who has to correct it.
 *
 * @param reason the service's own; '' is returned where it speaks of neither
 */
export function dimensionRemedy(
  reason: string,
  job: Pick<InvoiceTransferJob, 'invoice' | 'lines'>,
  shop: ShopSettings,
): string {
  const about = (['department', 'project'] as const).filter((what) => IS_ABOUT[what].test(reason));
  if (about.length === 0) return '';
  const locations = [...new Set([job.invoice.location, ...job.lines.map((line) => line.location)])].filter(
    (location) => location !== undefined,
  );
  const sources = about.flatMap((what) => {
    const field = `${what}Id` as const;
    const named = locations.flatMap((location) => {
      const id = own(shop.locations, location)?.[field];
      return id === undefined || id === null ? [] : [`${id} is from location "${location}"`];
    });
    const fallback = shop[field];
    const ofShop = fallback === null ? [] : [`${fallback} is the shop's ${field}`];
    const all = [...named, ...ofShop];
    return [`${what} ${all.length > 0 ? all.join(', ') : 'none is set for this invoice'}`];
  });
  return `${sources.join('; ')}. Support corrects it in the shop's settings (locations, departmentId, projectId) and adds the shop again`;
}
