/** Which customer of 24SevenOffice an invoice is for, and what is written to it. */
import { createHash } from 'node:crypto';
import type { InvoiceCustomer } from '../contract/jobs.ts';
import type { Warning } from '../contract/results.ts';
import type { ShopSettings } from '../contract/shop.ts';
import type { Customer, CustomerDraft, CustomerFields, CustomerUpdate } from './books.ts';
import { customerChanges, typeAfter } from './customer-changes.ts';
import {
  fittedCompanyName,
  phoneSlot,
  plainEmail,
  plainOrganizationNumber,
  readCustomer,
} from './customer-fields.ts';
import { withoutUndefined } from './defined.ts';
import { languageCode } from './language.ts';
import { decideCustomerMark } from './mark.ts';
import { type Refusal, refuse } from './refusal.ts';

/** What identifies a customer, without formatting. */
export interface CustomerKeys {
  organizationNumber?: string;
  email: string;
}

export function customerKeys(customer: InvoiceCustomer): CustomerKeys {
  return {
    email: plainEmail(customer.email),
    ...withoutUndefined({ organizationNumber: plainOrganizationNumber(customer.companyOrgNo) }),
  };
}

/** Salted with the account: the store must not show whether two accounts share a customer. */
const hashed = (clientId: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([clientId, key]))
    .digest('hex')
    .slice(0, 32);

const hashedOrganization = (clientId: string, number: string) => hashed(clientId, `org:${number}`);
const hashedEmail = (clientId: string, email: string) => hashed(clientId, `email:${email}`);
const hashedName = (clientId: string, name: string) => hashed(clientId, `name:${plainName(name)}`);

const plainName = (name: string): string => name.normalize().trim().replace(/\s+/g, ' ').toLowerCase();

/** The hashed keys under which a customer's id is stored, the strongest first. */
export function naturalKeys(clientId: string, customer: InvoiceCustomer): [string, ...string[]] {
  const { organizationNumber, email } = customerKeys(customer);
  const byEmail = hashedEmail(clientId, email);
  return organizationNumber === undefined
    ? [byEmail]
    : [hashedOrganization(clientId, organizationNumber), byEmail];
}

/**
 * Under which a person's choice of the customer is kept: who Sharefox says it is, else the e-mail. Hashed with the
 * account, so that it names nobody and means nothing in another company's books.
 */
export function pinKey(clientId: string, customer: InvoiceCustomer): string {
  const userId = (customer.userId ?? '').trim();
  return userId === ''
    ? hashedEmail(clientId, plainEmail(customer.email))
    : hashed(clientId, `user:${userId}`);
}

/** Both have an organisation number, and not the same one. */
export function isOtherCompany(existing: Customer, customer: InvoiceCustomer): boolean {
  const ours = plainOrganizationNumber(customer.companyOrgNo);
  const theirs = plainOrganizationNumber(existing.organizationNumber);
  return ours !== undefined && theirs !== undefined && ours !== theirs;
}

/** A draft, or a customer as read. E-mails by slot or as a list. */
export interface CustomerLike {
  organizationNumber?: string;
  name?: string;
  emails?: CustomerFields['emails'] | readonly string[];
}

const emailsOf = (emails: CustomerLike['emails']): string[] =>
  [...new Set(Object.values(emails ?? {}).map(plainEmail))].filter((email) => email !== '').sort();

/** Hashes that are needed to match a customer that the service does not show yet. */
export function customerFacts(clientId: string, customer: CustomerLike): Record<string, string> {
  const number = plainOrganizationNumber(customer.organizationNumber);
  return {
    ...(number === undefined ? {} : { org: hashedOrganization(clientId, number) }),
    emails: emailsOf(customer.emails)
      .map((email) => hashedEmail(clientId, email))
      .join(' '),
    name: hashedName(clientId, customer.name ?? ''),
  };
}

/** What one candidate and the invoice have in common. */
interface Agreement {
  /** The candidate has an organisation number, ours or another. */
  hasOrganization: boolean;
  organization: boolean;
  email: boolean;
  /** Its name is the invoice's company name. */
  companyName: boolean;
}

/**
 * Whether a candidate with our e-mail is the customer. If it has an organisation number, that number must be
 * ours; or we have none and its name is our company's. A private person never takes over a company.
 */
function isEmailMatch(agreement: Agreement, ourOrganization: string | undefined): boolean {
  if (!agreement.email) return false;
  if (!agreement.hasOrganization || agreement.organization) return true;
  return ourOrganization === undefined && agreement.companyName;
}

/** The rule of `decideCustomer`, for one candidate of which only the facts are known. */
export function matchesFacts(
  clientId: string,
  facts: Record<string, string>,
  customer: InvoiceCustomer,
): boolean {
  const { organizationNumber, email } = customerKeys(customer);
  const companyName = fittedCompanyName(customer.companyName);
  const agreement: Agreement = {
    hasOrganization: facts.org !== undefined,
    organization:
      organizationNumber !== undefined && facts.org === hashedOrganization(clientId, organizationNumber),
    email: (facts.emails ?? '').split(' ').includes(hashedEmail(clientId, email)),
    companyName: companyName !== undefined && facts.name === hashedName(clientId, companyName),
  };
  return agreement.organization || isEmailMatch(agreement, organizationNumber);
}

function agreementWith(candidate: Customer, customer: InvoiceCustomer): Agreement {
  const { organizationNumber, email } = customerKeys(customer);
  const theirs = plainOrganizationNumber(candidate.organizationNumber);
  const companyName = fittedCompanyName(customer.companyName);
  return {
    hasOrganization: theirs !== undefined,
    organization: theirs !== undefined && theirs === organizationNumber,
    email: emailsOf(candidate.emails).includes(email),
    companyName: companyName !== undefined && plainName(candidate.name ?? '') === plainName(companyName),
  };
}

/** Those who may be the invoice's customer by its e-mail alone, lowest id first. */
export function customersByEmail(customer: InvoiceCustomer, hits: readonly Customer[]): Customer[] {
  const { organizationNumber } = customerKeys(customer);
  return [...new Map(hits.map((hit) => [hit.id, hit])).values()]
    .filter((hit) => isEmailMatch(agreementWith(hit, customer), organizationNumber))
    .sort((a, b) => a.id - b.id);
}

export type CustomerDecision =
  | { kind: 'match'; customer: Customer; warnings: Warning[] }
  | { kind: 'none' }
  | Refusal;

const ids = (customers: Customer[]): string => customers.map(({ id }) => id).join(', ');

const several = (path: string, what: string, matches: Customer[], chosen: Customer): Warning => ({
  code: 'customer.several',
  path,
  message: `${matches.length} customers in 24SevenOffice have the invoice's ${what} (ids ${ids(matches)}); ${chosen.id} was used. Merge them there`,
});

/**
 * Decide which customer of 24SevenOffice an invoice is for.
 *
 * The organisation number comes before the e-mail. The service's search is fuzzy, so hits are compared
 * exactly here. A supplier or any other kind of customer may be a match as well.
 *
 * @param policy what to do if several have the e-mail and nothing else tells them apart
 */
export function decideCustomer(
  customer: InvoiceCustomer,
  hits: { byOrganizationNumber: Customer[]; byEmail: Customer[] },
  policy: ShopSettings['ambiguousCustomer'],
): CustomerDecision {
  const all = new Map([...hits.byOrganizationNumber, ...hits.byEmail].map((hit) => [hit.id, hit]));
  const candidates = [...all.values()]
    .sort((a, b) => a.id - b.id)
    .map((candidate) => ({ candidate, agreement: agreementWith(candidate, customer) }));

  const byNumber = candidates.filter(({ agreement }) => agreement.organization);
  const chosen = byNumber.find(({ agreement }) => agreement.email) ?? byNumber[0];
  if (chosen !== undefined) {
    const matches = byNumber.map(({ candidate }) => candidate);
    return {
      kind: 'match',
      customer: chosen.candidate,
      warnings:
        matches.length > 1
          ? [several('customer.companyOrgNo', 'organisation number', matches, chosen.candidate)]
          : [],
    };
  }

  const byEmail = customersByEmail(customer, [...all.values()]);
  const [oldest] = byEmail;
  if (oldest === undefined) return { kind: 'none' };
  if (byEmail.length === 1) return { kind: 'match', customer: oldest, warnings: [] };
  if (policy === 'oldest') {
    return {
      kind: 'match',
      customer: oldest,
      warnings: [several('customer.email', 'e-mail address', byEmail, oldest)],
    };
  }
  return refuse(
    'customer.ambiguous',
    `${byEmail.length} customers in 24SevenOffice have the invoice's e-mail address (ids ${ids(byEmail)}); merge them there, or set the organisation number in Sharefox, and send the invoice again`,
  );
}

/** Decide the customer to create if none was found. */
export function decideCustomerDraft(
  customer: InvoiceCustomer,
  shop: ShopSettings,
  clientId: string,
): { draft: CustomerDraft; warnings: Warning[] } {
  const supplied = readCustomer(customer);
  const { type, companyName, firstName, lastName, address, phone, email } = supplied;
  // The shop's country is used only if no country is given, not if we cannot read the given one.
  const country = supplied.country ?? ((customer.country ?? '').trim() === '' ? shop.country : undefined);
  const person =
    lastName === undefined ? { name: firstName ?? '' } : withoutUndefined({ firstName, name: lastName });
  const draft: CustomerDraft = {
    type,
    externalId: decideCustomerMark(clientId, naturalKeys(clientId, customer)[0]),
    ...(companyName === undefined ? person : { name: companyName }),
    emails: { work: email, invoice: email },
    ...withoutUndefined({
      organizationNumber: supplied.organizationNumber,
      phones: phone === undefined ? undefined : { [phoneSlot(type)]: phone },
      addresses:
        address === undefined ? undefined : { post: { ...address, ...withoutUndefined({ country }) } },
      country,
      invoiceLanguage: languageCode(customer.prefLanguage) ?? languageCode(shop.language),
    }),
  };
  return { draft, warnings: supplied.warnings };
}

export type CustomerUpdateDecision =
  | { kind: 'unchanged' }
  | { kind: 'update'; update: CustomerUpdate; warnings: Warning[] };

/**
 * Decide what to save on a customer that was found: only what the invoice supplies and what differs.
 *
 * An empty field never clears. Ids, payment terms, distribution and invoice language belong to the shop and
 * are never sent. Fields that the service might reset if they were left out go back as read. A container that
 * changes (addresses, e-mails, phones) is sent whole. Deciding again after the save gives `unchanged`.
 */
export function decideCustomerUpdate(existing: Customer, customer: InvoiceCustomer): CustomerUpdateDecision {
  const supplied = readCustomer(customer);
  const type = typeAfter(existing, supplied.type);
  const changes = customerChanges(existing, supplied, type);
  if (existing.type === type && Object.keys(changes).length === 0) return { kind: 'unchanged' };
  const { accountDebit, accountCredit, discount, blockInvoice, currencyId } = existing;
  return {
    kind: 'update',
    update: {
      id: existing.id,
      type,
      ...withoutUndefined({ accountDebit, accountCredit, discount, blockInvoice, currencyId }),
      ...changes,
    },
    warnings: supplied.warnings,
  };
}
