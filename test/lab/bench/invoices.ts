/** Invoices with a running number, each for a customer by number. */
import type { InvoiceTransferInput } from '../../../src/contract/jobs.ts';
import { anInvoiceInput } from '../../support/builders.ts';

export type CustomerKind = 'company' | 'private';

let lastNumber = 0;

/** A company has an organisation number and an e-mail address, a private person an e-mail address alone. */
export function invoiceFor(shopId: string, kind: CustomerKind, customer: number): InvoiceTransferInput {
  lastNumber += 1;
  const id = `B-${lastNumber}`;
  const isCompany = kind === 'company';
  return anInvoiceInput({
    shopId,
    requestId: `request-${lastNumber}`,
    invoice: { id, orderId: id },
    customer: {
      isCompany,
      firstName: 'Kari',
      lastName: `Nordmann ${customer}`,
      companyName: isCompany ? `Byggmester ${customer} AS` : '',
      companyOrgNo: isCompany ? String(810_000_000 + customer) : '',
      email: `${kind}-${customer}@customer.example`,
    },
  });
}

/** `count` invoices, the customers in turn. */
export function invoicesFor(
  shopId: string,
  kind: CustomerKind,
  count: number,
  customers: { first: number; count: number },
): InvoiceTransferInput[] {
  return Array.from({ length: count }, (_, index) =>
    invoiceFor(shopId, kind, customers.first + (index % customers.count)),
  );
}
