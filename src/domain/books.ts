/**
 * Entities of 24SevenOffice's books, with the fields that a transfer needs: the types between domain and adapter.
 *
 * Money and percentages are decimal strings. A value that the service did not give (absent, or its
 * "not set" sentinel) is left out or an empty string, never a sentinel.
 */
import type { OrderStatus } from '../contract/shop.ts';

export interface Address {
  street?: string;
  state?: string;
  postalCode?: string;
  postalArea?: string;
  name?: string;
  city?: string;
  /** Two letters. */
  country?: string;
}

export type CustomerType = 'None' | 'Lead' | 'Consumer' | 'Business' | 'Supplier';
export type EmailSlot = 'home' | 'invoice' | 'primary' | 'work' | 'alternative';
export type PhoneSlot = 'home' | 'fax' | 'mobile' | 'primary' | 'work';
export type AddressSlot = 'post' | 'delivery' | 'visit' | 'invoice';

/** Fields that can be written to a customer. An update holds only `id` and what changes. */
export interface CustomerFields {
  /** Our mark; set on a create only. */
  externalId?: string;
  organizationNumber?: string;
  /** At most 200 characters; a consumer's last name. */
  name?: string;
  /** At most 50 characters; consumers only. */
  firstName?: string;
  addresses?: Partial<Record<AddressSlot, Address>>;
  phones?: Partial<Record<PhoneSlot, string>>;
  emails?: Partial<Record<EmailSlot, string>>;
  country?: string;
  invoiceLanguage?: string;
  type?: CustomerType;
  accountDebit?: number;
  accountCredit?: number;
  discount?: string;
  blockInvoice?: boolean;
  currencyId?: string;
}

/** A customer as read. */
export interface Customer extends CustomerFields {
  id: number;
  type: CustomerType;
}

/** A customer to create. */
export interface CustomerDraft extends CustomerFields {
  name: string;
  type: 'Consumer' | 'Business';
}

/** What to save on an existing customer: its id, the changes, and fields that must go back as read. */
export interface CustomerUpdate extends CustomerFields {
  id: number;
  type: CustomerType;
}

export interface Category {
  id: number;
  name: string;
}

export interface Product {
  id: number;
  name: string;
  categoryId?: number;
  /** 1 active, 0 expired; left out if the service does not say. */
  statusId?: number;
}

export interface ProductDraft {
  name: string;
  categoryId: number;
}

export interface TaxCode {
  taxId: number;
  taxNo: string;
  name: string;
  /** Percent, as a decimal string. */
  rate: string;
}

export interface Department {
  id: number;
  name: string;
}

export interface OrderRowDraft {
  productId: number;
  price: string;
  /** At most 300 characters. */
  name: string;
  /** Percent; "10" is 10 %. */
  discountRate: string;
  quantity: string;
  /** 1..n in the invoice's order. */
  sequenceNumber: number;
  /** TaxId of the tax code list. */
  taxCode: number;
  /** The row's own; if left out, the order's. */
  projectId?: number;
  departmentId?: number;
}

export interface OrderDraft {
  customerId: number;
  orderStatus: OrderStatus;
  /** Noon without a zone, `2021-01-10T12:00:00`. */
  dateOrdered: string;
  /** Days; 0 is none. */
  paymentTime?: number;
  projectId?: number;
  includeVat: boolean;
  /** At most 50 characters. On an update '' clears it; if left out, it stays. */
  yourReference?: string;
  /** The comment, at most 300 characters. On an update '' clears it; if left out, it stays. */
  invoiceTitle?: string;
  /** At most 750 characters. */
  invoiceText?: string;
  /** ISO 4217. If left out, the order is in the account's own currency, or in its customer's. */
  currency?: string;
  departmentId?: number;
  /** The searchable half of our mark. */
  externalStatus: number;
  invoiceEmailAddress?: string;
  /** Noon without a zone, as `dateOrdered`. */
  deliveryDate?: string;
  /** The visible half of our mark, at most 50 characters. */
  referenceNumber: string;
  rows: OrderRowDraft[];
}

/** A change to one row of an existing order. */
export type OrderRowEdit =
  | { change: 'Add'; row: OrderRowDraft }
  | { change: 'Edit'; rowId: number; row: OrderRowDraft }
  | { change: 'Delete'; rowId: number };

/** An order to save again: its whole head, but only the rows that change. */
export interface OrderUpdate extends Omit<OrderDraft, 'rows'> {
  orderId: number;
  rows: OrderRowEdit[];
}

export interface OrderRow {
  rowId?: number;
  productId?: number;
  name: string;
  price?: string;
  quantity?: string;
  discountRate?: string;
  /** Percent, read only at the service. */
  vatRate?: string;
  taxCode?: number;
  type: 'Normal' | 'Text' | 'TextBold';
  sequenceNumber?: number;
  projectId?: number;
  departmentId?: number;
}

/** An order as read. Dates are as the service gave them; a date that is not set is left out. */
export interface Order {
  orderId: number;
  customerId: number;
  orderStatus: string;
  invoiceId?: number;
  dateOrdered?: string;
  dateInvoiced?: string;
  paid?: string;
  /** The payment reference (KID) of the invoice. */
  ocr?: string;
  paymentTime?: number;
  projectId?: number;
  departmentId?: number;
  yourReference?: string;
  invoiceTitle?: string;
  invoiceText?: string;
  invoiceEmailAddress?: string;
  deliveryDate?: string;
  /** ISO 4217; left out or LOCAL: the account's own. */
  currency?: string;
  referenceNumber: string;
  externalStatus?: number;
  includeVat?: boolean;
  totalIncVat?: string;
  totalVat?: string;
  rows: OrderRow[];
}
