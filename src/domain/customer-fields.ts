/** An invoice's customer in the fields and lengths of 24SevenOffice. */
import type { InvoiceCustomer } from '../contract/jobs.ts';
import type { Warning } from '../contract/results.ts';
import type { Address, PhoneSlot } from './books.ts';
import { countryCode } from './country.ts';
import { withoutUndefined } from './defined.ts';
import { fitText } from './text-fit.ts';

/** Longest texts in characters (24seven.md §4.2). The phone's is ours: it is not documented there. */
const LONGEST = {
  company_name: 200,
  last_name: 200,
  first_name: 50,
  street: 250,
  postal_code: 16,
  city: 100,
  phone: 50,
} as const;
const LONGEST_ORGANIZATION_NUMBER = 20;

type Field = keyof typeof LONGEST;

/** Payload paths, so that a warning names what must be corrected in Sharefox. */
const PATHS: Record<Field, string> = {
  company_name: 'customer.companyName',
  last_name: 'customer.lastName',
  first_name: 'customer.firstName',
  street: 'customer.address',
  postal_code: 'customer.postcode',
  city: 'customer.city',
  phone: 'customer.phone',
};

/** Only what the invoice supplies. An empty text counts as not supplied. */
export interface SuppliedCustomer {
  type: 'Business' | 'Consumer';
  companyName?: string;
  firstName?: string;
  lastName?: string;
  organizationNumber?: string;
  email: string;
  phone?: string;
  /** Without country. Left out if the invoice supplies no part of an address. */
  address?: Address;
  country?: string;
  warnings: Warning[];
}

/** Digits as dialled, to compare numbers: without spaces, and without `+` or `00` before the country. */
export function phoneDigits(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^00/, '');
}

export const phoneSlot = (type: string): PhoneSlot => (type === 'Consumer' ? 'mobile' : 'work');

/**
 * An organisation number without its format: letters and digits in upper case.
 * A Norwegian one loses its country and `MVA` (`NO 817 404 502 MVA` is `817404502`).
 * undefined for none, and for one that is too long for the service: a shortened one would be another's.
 */
export function plainOrganizationNumber(text: string | undefined): string | undefined {
  const plain = (text ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');
  const number = /^[A-Z]{0,3}(\d{9})(MVA)?$/.exec(plain)?.[1] ?? plain;
  return number === '' || number.length > LONGEST_ORGANIZATION_NUMBER ? undefined : number;
}

export const plainEmail = (email: string): string => email.trim().toLowerCase();

const isFilled = (text: string | undefined): text is string => (text ?? '').trim() !== '';

/** The company name as it is stored: shortened to its longest length. */
export function fittedCompanyName(companyName: string | undefined): string | undefined {
  return isFilled(companyName) ? fitText(companyName.trim(), LONGEST.company_name) : undefined;
}

function collectWarnings(customer: InvoiceCustomer): Warning[] {
  const warnings: Warning[] = [];
  if (customer.isCompany && !isFilled(customer.companyName)) {
    warnings.push({
      code: 'customer.company_without_name',
      path: 'customer.companyName',
      message: 'the customer is a company without a company name, and is kept as a private person',
    });
  }
  if (isFilled(customer.companyOrgNo) && plainOrganizationNumber(customer.companyOrgNo) === undefined) {
    warnings.push({
      code: 'customer.organization_number_ignored',
      path: 'customer.companyOrgNo',
      message: `the organisation number has no letter or digit, or more than ${LONGEST_ORGANIZATION_NUMBER}, and was left out`,
    });
  }
  if (isFilled(customer.country) && countryCode(customer.country) === undefined) {
    warnings.push({
      code: 'customer.country_unknown',
      path: 'customer.country',
      message: 'the country is neither a code nor a known name, and was left out',
    });
  }
  return warnings;
}

/** Read the payload's customer: trimmed, shortened where needed, without empty texts. Each loss is a warning. */
export function readCustomer(customer: InvoiceCustomer): SuppliedCustomer {
  const warnings = collectWarnings(customer);
  const fitted = (field: Field, text: string | undefined): string | undefined => {
    if (!isFilled(text)) return undefined;
    const trimmed = text.trim();
    const short = fitText(trimmed, LONGEST[field]);
    if (short !== trimmed) {
      warnings.push({
        code: `customer.${field}_shortened`,
        path: PATHS[field],
        message: `longer than the ${LONGEST[field]} characters 24SevenOffice has room for; its end was cut`,
      });
    }
    return short;
  };
  const companyName = fitted('company_name', customer.companyName);
  const firstName = fitted('first_name', customer.firstName);
  const lastName = fitted('last_name', customer.lastName);
  const city = fitted('city', customer.city);
  const address = withoutUndefined({
    street: fitted('street', customer.address),
    postalCode: fitted('postal_code', customer.postcode),
    postalArea: city,
    city,
  });
  const phone = fitted('phone', customer.phone);
  return {
    type: companyName === undefined ? 'Consumer' : 'Business',
    email: customer.email.trim(),
    ...withoutUndefined({
      companyName,
      firstName,
      lastName,
      organizationNumber: plainOrganizationNumber(customer.companyOrgNo),
      phone: phone !== undefined && phoneDigits(phone) !== '' ? phone : undefined,
      address: Object.keys(address).length > 0 ? address : undefined,
      country: countryCode(customer.country),
    }),
    warnings,
  };
}
