/** Shops of the run, each with its own company, and their invoices. */
import type { InvoiceTransferInput } from '../../../src/contract/jobs.ts';
import { type ShopSettings, shopSettings } from '../../../src/contract/shop.ts';
import type { SandboxSeed } from '../../../src/sandbox/seed.ts';
import { anInvoiceInput } from '../../support/builders.ts';
import type { PlannedInvoice } from './plan.ts';

export const clientIdOf = (shop: number) => 501 + shop;
export const shopIdOf = (shop: number) => `shop${shop}.mysharefox.com`;
const identityOf = (shop: number) => `1d000000-0000-4000-8000-${String(clientIdOf(shop)).padStart(12, '0')}`;
const accountOf = (shop: number) => `Utleie ${shop} AS`;

export const RENTAL = 'SharefoxRental';

export function seedOf(shops: number): SandboxSeed {
  return {
    companies: Array.from({ length: shops }, (_, shop) => ({
      clientId: clientIdOf(shop),
      identityId: identityOf(shop),
      name: accountOf(shop),
    })),
  };
}

export function settingsOf(shop: number): ShopSettings {
  return shopSettings.parse({
    shopId: shopIdOf(shop),
    accountName: accountOf(shop),
    rentalProductName: RENTAL,
  });
}

export const verifiedOf = (shop: number) => ({
  clientId: String(clientIdOf(shop)),
  identityId: identityOf(shop),
  verifiedAt: new Date(0).toISOString(),
});

/** A customer's name says which shop it belongs to. Only some of its invoices carry the organisation number. */
export function payloadOf(invoice: PlannedInvoice, click: number): InvoiceTransferInput {
  const { id, shop, customer, knowsNumber } = invoice;
  return anInvoiceInput({
    shopId: shopIdOf(shop),
    requestId: `${id} click ${click}`,
    invoice: { id, orderId: id },
    customer: {
      companyName: customerName(shop, customer),
      companyOrgNo: knowsNumber ? String(900_000_000 + customer) : '',
      email: `kunde${customer}@kunde.example`,
    },
  });
}

export const customerName = (shop: number, customer: number) => `Kunde ${shop}-${customer} AS`;
