import type { Office } from './books.ts';
import type { Product, Worker } from './product.ts';
import type { Payload, Sharefox } from './sharefox.ts';

export type Stage = {
  office: Office;
  product: Product;
  sharefox: Sharefox;
  workers: Worker[];
  /** Each invoice that must have an order, with the content it must have at the end. */
  sent: Map<string, Payload>;
  /** Invoices whose order is not counted, because the server booked it wrongly. */
  odd: Set<string>;
  /** Invoices whose order a bookkeeper deleted or merged. */
  gone: Set<string>;
};

const codes = (shift: number): Record<string, number> => ({
  '25': shift + 31,
  '15': shift + 33,
  '12': shift + 5,
  '0': shift + 52,
});

export const FJORD = {
  shopId: 'fjord.mysharefox.com',
  account: 'Fjord Utleie AS',
  client: 3400000001,
  taxIds: codes(0),
  resend: 'refuse',
};
export const BERG = {
  shopId: 'berg.mysharefox.com',
  account: 'Berg & Dal Maskin <Utleie>',
  client: 3400000002,
  taxIds: codes(40),
  resend: 'update',
};
export const SHOPS = [FJORD, BERG];
/** A company that our user may enter, but that no shop uses. */
export const BYSTANDER = 3400000003;

export const shopOf = (shopId: string) => (shopId === FJORD.shopId ? FJORD : BERG);

export const KARI: Payload['customer'] = {
  isCompany: false,
  firstName: 'Kari',
  lastName: 'Nordmann',
  email: 'kari.nordmann@post.example',
  phone: '+47 902 79 664',
  address: 'Storgata 1',
  postcode: '0155',
  city: 'Oslo',
  country: 'Norway',
};
