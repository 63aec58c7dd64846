/** Test data that is always the same, in the types that the worker reads: parsed, defaults applied. */
import type {
  InvoiceCustomer,
  InvoiceLine,
  InvoiceTransferInput,
  InvoiceTransferJob,
} from '../../src/contract/jobs.ts';
import { invoiceTransferJob } from '../../src/contract/jobs.ts';
import { type ShopSettings, type ShopSettingsInput, shopSettings } from '../../src/contract/shop.ts';
import type { Order } from '../../src/domain/books.ts';

type Input = InvoiceTransferInput;
type Overrides = Partial<Omit<Input, 'invoice' | 'customer'>> & {
  invoice?: Partial<Input['invoice']>;
  customer?: Partial<Input['customer']>;
};

const LINE: Input['lines'][number] = {
  id: 'line-1',
  kind: 'rental',
  name: 'Traktor',
  period: { from: '2021-01-10', to: '2021-01-12' },
  quantity: '3',
  unitPrice: '450.00',
  discountPercent: '10',
  vatPercent: '25',
};

const CUSTOMER: Input['customer'] = {
  isCompany: true,
  firstName: 'Kari',
  lastName: 'Nordmann',
  companyName: 'Byggmester AS',
  companyOrgNo: '817 404 502',
  email: 'kari@byggmester.example',
  phone: '+47 902 79 664',
  address: 'Brobekkveien 54',
  postcode: '0598',
  city: 'Oslo',
  country: 'Norway',
  prefLanguage: 'no',
};

/** As a producer writes it: one line, net 1215.00, VAT 303.75, gross 1518.75, sums included. */
export function anInvoiceInput(overrides: Overrides = {}): Input {
  const { invoice, customer, ...rest } = overrides;
  return {
    schemaVersion: 1,
    shopId: 'acme.mysharefox.com',
    requestId: 'request-1',
    requestedAt: '2021-01-13T09:30:00Z',
    lines: [LINE],
    ...rest,
    invoice: {
      id: '1018-1',
      type: 'data_for_accounting',
      orderId: '1018',
      issueDate: '2021-01-13',
      dueDate: '2021-01-27',
      currency: 'NOK',
      pricesIncludeVat: false,
      totals: { net: '1215.00', vat: '303.75', gross: '1518.75' },
      ...invoice,
    },
    customer: { ...CUSTOMER, ...customer },
  };
}

export function anInvoiceJob(overrides: Overrides = {}): InvoiceTransferJob {
  return invoiceTransferJob.parse(anInvoiceInput(overrides));
}

/** Three days of a tractor at 450.00 less 10 %, 25 % VAT. */
export function aLine(overrides: Partial<Input['lines'][number]> = {}): InvoiceLine {
  const [line] = anInvoiceJob({ lines: [{ ...LINE, ...overrides }] }).lines;
  if (line === undefined) throw new Error('a job has a line');
  return line;
}

/** A company with an organisation number; `companyName: ''` makes a private person of it. */
export function aCustomer(overrides: Partial<Input['customer']> = {}): InvoiceCustomer {
  return anInvoiceJob({ customer: overrides }).customer;
}

export function aPerson(overrides: Partial<Input['customer']> = {}): InvoiceCustomer {
  return aCustomer({
    isCompany: false,
    companyName: '',
    companyOrgNo: '',
    email: 'kari@home.example',
    ...overrides,
  });
}

export function aShop(overrides: Partial<ShopSettingsInput> = {}): ShopSettings {
  return shopSettings.parse({
    shopId: 'acme.mysharefox.com',
    accountName: 'Acme Utleie AS',
    rentalProductName: 'SharefoxRental',
    ...overrides,
  });
}

/** The order that the builders' invoice becomes, as it is read back. Its mark is arbitrary. */
export function anOrder(overrides: Partial<Order> = {}): Order {
  return {
    orderId: 5001,
    customerId: 301,
    orderStatus: 'Web',
    referenceNumber: 'SF-1018-1-aaaaaaaa',
    externalStatus: 1_234_567,
    includeVat: false,
    totalIncVat: '1518.7500',
    totalVat: '303.7500',
    rows: [
      {
        rowId: 1,
        productId: 701,
        name: 'Traktor (2021-01-10 - 2021-01-12)',
        price: '450.00',
        quantity: '3',
        discountRate: '10',
        vatRate: '25',
        taxCode: 10,
        type: 'Normal',
        sequenceNumber: 1,
      },
    ],
    ...overrides,
  };
}
