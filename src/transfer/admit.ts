import type { ErrorCode } from '../contract/errors.ts';
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import type { ShopSettings } from '../contract/shop.ts';
import { contentHash } from '../domain/content.ts';
import { decideInvoice } from '../domain/invoice.ts';
import { Terminal } from '../errors.ts';
import type { Content } from './context.ts';
import type { Shop, ShopAccess, Shops } from './ports/shops.ts';

export interface AdmittedShop {
  settings: ShopSettings;
  access: ShopAccess;
}

const REASONS: [code: ErrorCode, detail: string, applies: (shop: Shop | undefined) => boolean][] = [
  [
    'shop.unknown',
    'this shop is not connected; Support adds it with "shop add" and "shop verify"',
    (s) => s === undefined,
  ],
  [
    'shop.disabled',
    'this shop was switched off; Support adds it again to switch it on',
    (s) => s?.disabled === true,
  ],
  [
    'shop.not_verified',
    'this shop may transfer only after Support ran "shop verify"',
    (s) => s?.verified === undefined,
  ],
];

/** The shop, if it may transfer. Throws Terminal `shop.*`. */
export async function admitShop(shops: Pick<Shops, 'find'>, shopId: string): Promise<AdmittedShop> {
  const shop = await shops.find(shopId);
  for (const [code, detail, applies] of REASONS) if (applies(shop)) throw new Terminal(code, detail);
  if (shop?.verified === undefined) throw new Terminal('shop.not_verified');
  const { clientId, identityId } = shop.verified;
  return { settings: shop.settings, access: { shopId, clientId, identityId } };
}

/** What the payload alone says of the invoice. Throws Terminal `invoice.*`. */
export function readContent(job: InvoiceTransferJob, shop: ShopSettings): Content {
  const check = decideInvoice(job, shop);
  if (check.kind === 'rejected') throw new Terminal(check.code, check.message);
  return { job, check, hash: contentHash(job) };
}
