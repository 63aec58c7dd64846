import { describe, expect, test } from 'vitest';
import { orderStatus, shopSettings } from '../../src/contract/shop.ts';

const MINIMAL = {
  shopId: 'acme.mysharefox.com',
  accountName: 'Acme Utleie AS',
  rentalProductName: 'SharefoxRental',
};

describe('shop settings', () => {
  test('all other settings have defaults, and the category is named like the product', () => {
    expect(shopSettings.parse(MINIMAL)).toEqual({
      ...MINIMAL,
      productCategoryName: 'SharefoxRental',
      currency: 'NOK',
      country: 'NO',
      language: 'nb',
      timeZone: 'Europe/Oslo',
      orderStatus: 'Web',
      vatCodes: {},
      resend: 'refuse',
      afterUnknown: 'resend',
      zeroPriceLines: 'send',
      ambiguousCustomer: 'reject',
      departmentId: null,
      projectId: null,
      followOrders: true,
      products: {},
      customProductName: null,
      locations: {},
    });
  });

  test('a category name that is given is kept', () => {
    const shop = shopSettings.parse({ ...MINIMAL, productCategoryName: 'Utleie' });
    expect(shop.productCategoryName).toBe('Utleie');
  });

  test('an order cannot be sent with status Invoiced', () => {
    expect(orderStatus.options).toEqual(['Web', 'Confirmed', 'ForInvoicing', 'Offer', 'Draft']);
  });

  test.each([
    ['shopId', 'Acme'],
    ['accountName', ' '],
    ['rentalProductName', 'x'.repeat(126)],
    ['productCategoryName', ''],
    ['currency', 'kr'],
    ['country', 'Norway'],
    ['language', 'nb-NO'],
    ['timeZone', 'Europe/Atlantis'],
    ['orderStatus', 'Invoiced'],
    ['vatCodes', { '25 %': 3 }],
    ['vatCodes', { '101': 3 }],
    ['vatCodes', { '25': -1 }],
    ['vatCodes', { '25': '3' }],
    ['resend', 'always'],
    ['afterUnknown', 'never'],
    ['zeroPriceLines', 'drop'],
    ['ambiguousCustomer', 'newest'],
    ['departmentId', 0],
    ['projectId', '7'],
    ['products', { '77': 'Utleie telt' }],
    ['products', { '77': { name: '' } }],
    ['products', { '77': { name: '🚜'.repeat(63) } }],
    ['products', { '77': { name: 'Utleie telt', price: '1' } }],
    ['products', { '': { name: 'Utleie telt' } }],
    ['customProductName', ' '],
    ['locations', { 'Oslo sentrum': { departmentId: 3 } }],
    ['locations', { oslo: { departmentId: 0 } }],
    ['locations', { oslo: 3 }],
    ['password', 'secret'],
  ])('%s = %j is refused', (key, value) => {
    expect(shopSettings.safeParse({ ...MINIMAL, [key]: value }).success).toBe(false);
  });
});
