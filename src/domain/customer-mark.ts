/** Recognises customers that we created by our mark (their ExternalId). */
import type { InvoiceCustomer } from '../contract/jobs.ts';
import type { Customer } from './books.ts';
import { customerKeys, naturalKeys } from './customer.ts';
import { plainEmail, plainOrganizationNumber } from './customer-fields.ts';
import { decideCustomerMark, isCustomerMark } from './mark.ts';

/** The mark that this invoice's customer gets if we create it. */
export const customerMark = (clientId: string, customer: InvoiceCustomer): string =>
  decideCustomerMark(clientId, naturalKeys(clientId, customer)[0]);

/**
 * The invoice's customer among the hits of a search by our mark; the oldest of several.
 *
 * Marks are compared exactly, because the service may ignore the search. A hit that has another organisation
 * number by now has become a company: a private person does not take it over.
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
 * Whether a search by e-mail has found one of our customers by a slot that we write. Then such a search finds
 * every customer that we created, unless somebody changed its address.
 */
export function provesEmailSearch(email: string, hits: readonly Customer[]): boolean {
  const holds = (one: string | undefined) => plainEmail(one ?? '').includes(plainEmail(email));
  return hits.some(({ externalId, emails: { work, invoice, ...others } = {} }) => {
    const isByOurSlot = holds(work) || holds(invoice);
    return isCustomerMark(externalId ?? '') && isByOurSlot && !Object.values(others).some(holds);
  });
}
