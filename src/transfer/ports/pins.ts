/** Customers that a person has chosen where several in 24SevenOffice could be the invoice's. */

export interface CustomerPin {
  /** The company in whose books the customer is. */
  clientId: string;
  customerId: number;
  /** ISO 8601 instant. */
  chosenAt: string;
  /** Login of the person. */
  by: string;
  /** The invoice on whose page it was chosen. */
  invoiceId: string;
}

/** By shop, and in it by `pinKey`: a hash that names nobody. */
export interface CustomerPins {
  find(shopId: string, key: string): Promise<CustomerPin | undefined>;
  set(shopId: string, key: string, pin: CustomerPin): Promise<void>;
  /** Those that cannot be read are left out. */
  list(shopId: string): Promise<(CustomerPin & { key: string })[]>;
  /** False where there was none. */
  remove(shopId: string, key: string): Promise<boolean>;
  /** All of a shop's. @returns how many there were */
  forgetShop(shopId: string): Promise<number>;
}
