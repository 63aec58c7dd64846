/** The demo's two rental shops, and what their 24SevenOffice knows before the first invoice. */
import type { ShopSettingsInput } from '../contract/shop.ts';
import type { CustomerSeed } from '../sandbox/seed.ts';

export interface SampleShop {
  /** As the sandbox knows the company. */
  clientId: number;
  settings: ShopSettingsInput & { accountName: string; rentalProductName: string };
  /** Beside those of the sandbox's own seed. */
  customers: CustomerSeed[];
}

const OUTSIDE_VAT = { '0': 12 };

export const FJORD: SampleShop = {
  clientId: 501,
  settings: {
    shopId: 'fjord-utleie.mysharefox.com',
    accountName: 'Fjord Utleie AS',
    rentalProductName: 'SharefoxRental',
    vatCodes: OUTSIDE_VAT,
  },
  customers: [],
};

export const BERG: SampleShop = {
  clientId: 502,
  settings: {
    shopId: 'berg-maskin.mysharefox.com',
    accountName: 'Berg Maskin AS',
    // In the books already, both of them.
    rentalProductName: 'Leie',
    productCategoryName: 'Maskiner',
    vatCodes: OUTSIDE_VAT,
    zeroPriceLines: 'skip',
  },
  customers: [
    { name: 'Moen', firstName: 'Per', workEmail: 'familien.moen@example.no' },
    { name: 'Moen', firstName: 'Anne', workEmail: 'familien.moen@example.no' },
  ],
};

export const SAMPLE_SHOPS: readonly SampleShop[] = [FJORD, BERG];
