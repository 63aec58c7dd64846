/** What an invoice changes on an existing customer. */
import type { Address, Customer, CustomerFields, CustomerType } from './books.ts';
import { phoneDigits, phoneSlot, plainEmail, type SuppliedCustomer } from './customer-fields.ts';
import { withoutUndefined } from './defined.ts';

const sameText = (theirs: string | undefined, ours: string): boolean => (theirs ?? '').trim() === ours;

/** A private person becomes a company if the invoice names one. A company never becomes a private person. */
export function typeAfter(existing: Customer, ours: SuppliedCustomer['type']): CustomerType {
  const { type } = existing;
  if (type === 'None' || type === 'Lead') return ours;
  return type === 'Consumer' && ours === 'Business' ? 'Business' : type;
}

function nameChanges(existing: Customer, supplied: SuppliedCustomer, type: CustomerType): CustomerFields {
  const wanted: { name?: string; firstName?: string } = {};
  const { companyName, firstName, lastName } = supplied;
  if (companyName !== undefined) {
    wanted.name = companyName;
  } else if (type === 'Consumer') {
    // Without a last name from us, theirs stays, unless our first name is their whole name.
    if (lastName !== undefined) wanted.name = lastName;
    if (firstName !== undefined) {
      const isWholeName = lastName === undefined && sameText(existing.firstName, '');
      wanted[isWholeName ? 'name' : 'firstName'] = firstName;
    }
  }
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => !sameText(existing[field as 'name'], value)),
  );
}

function addressChanges(existing: Customer, supplied: SuppliedCustomer): CustomerFields {
  if (supplied.address === undefined) return {};
  const post = existing.addresses?.post ?? {};
  const wanted = { ...supplied.address, ...withoutUndefined({ country: supplied.country }) };
  const changed = Object.entries(wanted).some(([field, value]) => {
    const theirs = post[field as keyof Address];
    return !sameText(field === 'country' ? theirs?.toUpperCase() : theirs, value);
  });
  return changed ? { addresses: { ...existing.addresses, post: { ...post, ...wanted } } } : {};
}

function contactChanges(existing: Customer, supplied: SuppliedCustomer, type: CustomerType): CustomerFields {
  const { email, phone } = supplied;
  const changes: CustomerFields = {};
  const { emails, phones } = existing;
  if ([emails?.work, emails?.invoice].some((theirs) => plainEmail(theirs ?? '') !== plainEmail(email))) {
    changes.emails = { ...emails, work: email, invoice: email };
  }
  const known = Object.values(phones ?? {}).map(phoneDigits);
  if (phone !== undefined && !known.includes(phoneDigits(phone))) {
    changes.phones = { ...phones, [phoneSlot(type)]: phone };
  }
  return changes;
}

/** The fields to write so that the customer says what the invoice supplies; empty where it does already. */
export function customerChanges(
  existing: Customer,
  supplied: SuppliedCustomer,
  type: CustomerType,
): CustomerFields {
  const { country, organizationNumber } = supplied;
  const changes: CustomerFields = {
    ...nameChanges(existing, supplied, type),
    ...addressChanges(existing, supplied),
    ...contactChanges(existing, supplied, type),
  };
  if (organizationNumber !== undefined && sameText(existing.organizationNumber, '')) {
    changes.organizationNumber = organizationNumber;
  }
  if (country !== undefined && !sameText(existing.country?.toUpperCase(), country)) {
    changes.country = country;
  }
  return changes;
}
