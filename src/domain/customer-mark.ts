/** A customer that we made, known again by our mark (its ExternalId). */
import type { InvoiceCustomer } from '../contract/jobs.ts';
import type { Customer } from './books.ts';
import { customerKeys, naturalKeys } from './customer.ts';
import { plainEmail, plainOrganizationNumber } from './customer-fields.ts';
import { decideCustomerMark, isCustomerMark } from './mark.ts';

/** The mark of the customer that this invoice's customer becomes where we make it. */
export const customerMark = (clientId: string, customer: InvoiceCustomer): string =>
  decideCustomerMark(clientId, naturalKeys(clientId, customer)[0]);

/**
 * Which of the hits of a search by our mark is the invoice's customer; of several the oldest.
 *
 * Compared exactly, for the service may ignore the search. One that carries another organisation number by
 * now has become a company: a private person does not take it over.
 */
export function decideByMark(
  clientId: string,
  customer: InvoiceCustomer,
  hits: readonly Customer[],
): Customer | undefined {
  const mark = customerMark(clientId, customer);
  const { organizationNumber: ours } = customerKeys(customer);
  return hits
    .filter(({ externalId, organizationNumber }) => {
      const theirs = plainOrganizationNumber(organizationNumber);
      return externalId === mark && (theirs === undefined || theirs === ours);
    })
    .sort((a, b) => a.id - b.id)[0];
}

/**
 * Whether a search by that e-mail has found a customer of ours by a slot that we write: then it finds every
 * customer that we made, unless somebody changes its address.
 */
export function provesEmailSearch(email: string, hits: readonly Customer[]): boolean {
  const holds = (one: string | undefined) => plainEmail(one ?? '').includes(plainEmail(email));
  return hits.some(({ externalId, emails: { work, invoice, ...others } = {} }) => {
    const isByOurSlot = holds(work) || holds(invoice);
    return isCustomerMark(externalId ?? '') && isByOurSlot && !Object.values(others).some(holds);
  });
}
