/** Customers: 24SevenOffice's Company, to the wire and back. */
import { z } from 'zod';
import type {
  Address,
  AddressSlot,
  Customer,
  CustomerDraft,
  CustomerFields,
  CustomerUpdate,
  EmailSlot,
  PhoneSlot,
} from '../domain/books.ts';
import { checked, filled, wireCountry, wireDecimal, wireId, wireShort, wireText } from './wire/schemas.ts';
import {
  booleanOf,
  decimalOf,
  defined,
  type Entity,
  entityOf,
  intOf,
  requiredInt,
  requiredText,
  textOf,
  UnreadableAnswer,
} from './wire/values.ts';

/** `APIException` comes unasked and cannot be asked for. */
export const CUSTOMER_PROPERTIES = [
  'Id',
  'ExternalId',
  'OrganizationNumber',
  'Name',
  'FirstName',
  'Addresses',
  'PhoneNumbers',
  'EmailAddresses',
  'Country',
  'InvoiceLanguage',
  'Type',
  'AccountDebit',
  'AccountCredit',
  'Discount',
  'BlockInvoice',
  'CurrencyId',
] as const;

const ADDRESS_SLOTS: Record<AddressSlot, string> = {
  post: 'Post',
  delivery: 'Delivery',
  visit: 'Visit',
  invoice: 'Invoice',
};
const PHONE_SLOTS: Record<PhoneSlot, string> = {
  home: 'Home',
  fax: 'Fax',
  mobile: 'Mobile',
  primary: 'Primary',
  work: 'Work',
};
const EMAIL_SLOTS: Record<EmailSlot, string> = {
  home: 'Home',
  invoice: 'Invoice',
  primary: 'Primary',
  work: 'Work',
  alternative: 'Alternative',
};
const ADDRESS_FIELDS: Record<keyof Address, string> = {
  street: 'Street',
  state: 'State',
  postalCode: 'PostalCode',
  postalArea: 'PostalArea',
  name: 'Name',
  city: 'City',
  country: 'Country',
};

const customerType = z.enum(['None', 'Lead', 'Consumer', 'Business', 'Supplier']);

const wireAddress = z
  .strictObject({
    Street: wireText(250),
    State: wireText(100),
    PostalCode: wireText(16),
    PostalArea: wireText(100),
    Name: wireText(100),
    City: wireText(100),
    /** Ours are codes of two letters; others' go back as read. */
    Country: wireText(100),
  })
  .partial();
const contact = (max: number) => z.strictObject({ Value: wireText(max) });

const wireCompanyFields = z.strictObject({
  ExternalId: wireText(200).optional(),
  OrganizationNumber: wireText(20).optional(),
  Name: wireText(200).optional(),
  FirstName: wireText(50).optional(),
  Addresses: z
    .strictObject({ Post: wireAddress, Delivery: wireAddress, Visit: wireAddress, Invoice: wireAddress })
    .partial()
    .optional(),
  PhoneNumbers: z
    .strictObject({
      Home: contact(100),
      Fax: contact(100),
      Mobile: contact(100),
      Primary: contact(100),
      Work: contact(100),
    })
    .partial()
    .optional(),
  EmailAddresses: z
    .strictObject({
      Home: contact(250),
      Invoice: contact(250),
      Primary: contact(250),
      Work: contact(250),
      Alternative: contact(250),
    })
    .partial()
    .optional(),
  Country: wireCountry.optional(),
  InvoiceLanguage: z
    .string()
    .regex(/^[A-Za-z]{2}$/)
    .optional(),
  Type: customerType,
  AccountDebit: wireShort.optional(),
  AccountCredit: wireShort.optional(),
  Discount: wireDecimal.optional(),
  BlockInvoice: z.boolean().optional(),
  CurrencyId: z
    .string()
    .regex(/^[A-Z]{3,5}$/)
    .optional(),
});
/** Never an Id: one that does not exist would pin the new customer's number. */
const wireNewCompany = wireCompanyFields.extend({ Name: wireText(200) });
const wireCompanyUpdate = wireCompanyFields.omit({ ExternalId: true }).extend({ Id: wireId });

function slots<Slot extends string, Value>(
  names: Record<Slot, string>,
  values: Partial<Record<Slot, Value>> | undefined,
  map: (value: Value) => object | undefined,
): object | undefined {
  const entries = (Object.entries(names) as [Slot, string][]).flatMap(([slot, name]) => {
    const value = values?.[slot];
    const mapped = value === undefined ? undefined : map(value);
    return mapped === undefined ? [] : [[name, mapped] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function addressToWire(address: Address): object | undefined {
  const wire = filled(
    Object.fromEntries(
      (Object.entries(ADDRESS_FIELDS) as [keyof Address, string][]).map(([field, name]) => [
        name,
        address[field],
      ]),
    ),
  );
  return Object.keys(wire).length === 0 ? undefined : wire;
}

const contactToWire = (value: string) => (value === '' ? undefined : { Value: value });

function fieldsToWire(fields: CustomerFields): Record<string, unknown> {
  return filled({
    ExternalId: fields.externalId,
    OrganizationNumber: fields.organizationNumber,
    Name: fields.name,
    FirstName: fields.firstName,
    Addresses: slots(ADDRESS_SLOTS, fields.addresses, addressToWire),
    PhoneNumbers: slots(PHONE_SLOTS, fields.phones, contactToWire),
    EmailAddresses: slots(EMAIL_SLOTS, fields.emails, contactToWire),
    Country: fields.country,
    InvoiceLanguage: fields.invoiceLanguage,
    Type: fields.type,
    AccountDebit: fields.accountDebit,
    AccountCredit: fields.accountCredit,
    Discount: fields.discount,
    BlockInvoice: fields.blockInvoice,
    CurrencyId: fields.currencyId,
  });
}

export function newCustomerToWire(draft: CustomerDraft): object {
  return checked(wireNewCompany, 'customer', fieldsToWire(draft));
}

export function customerUpdateToWire(update: CustomerUpdate): object {
  return checked(wireCompanyUpdate, 'customer update', { Id: update.id, ...fieldsToWire(update) });
}

function slotsOf<Slot extends string, Value>(
  names: Record<Slot, string>,
  container: Entity | undefined,
  map: (value: Entity) => Value | undefined,
): Partial<Record<Slot, Value>> | undefined {
  const found: Partial<Record<Slot, Value>> = {};
  for (const [slot, name] of Object.entries(names) as [Slot, string][]) {
    const element = container && entityOf(container, name);
    const value = element && map(element);
    if (value !== undefined) found[slot] = value;
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function addressFromWire(entity: Entity): Address | undefined {
  const address: Address = {};
  for (const [field, name] of Object.entries(ADDRESS_FIELDS) as [keyof Address, string][]) {
    const value = textOf(entity, name);
    if (value !== undefined) address[field] = value;
  }
  return Object.keys(address).length === 0 ? undefined : address;
}

export function customerFromWire(company: Entity): Customer {
  const type = customerType.safeParse(requiredText(company, 'Type'));
  if (!type.success) throw new UnreadableAnswer('Type is not a customer type');
  return defined({
    id: requiredInt(company, 'Id'),
    externalId: textOf(company, 'ExternalId'),
    organizationNumber: textOf(company, 'OrganizationNumber'),
    name: textOf(company, 'Name'),
    firstName: textOf(company, 'FirstName'),
    addresses: slotsOf(ADDRESS_SLOTS, entityOf(company, 'Addresses'), addressFromWire),
    phones: slotsOf(PHONE_SLOTS, entityOf(company, 'PhoneNumbers'), (phone) => textOf(phone, 'Value')),
    emails: slotsOf(EMAIL_SLOTS, entityOf(company, 'EmailAddresses'), (email) => textOf(email, 'Value')),
    country: textOf(company, 'Country'),
    invoiceLanguage: textOf(company, 'InvoiceLanguage'),
    type: type.data,
    accountDebit: intOf(company, 'AccountDebit'),
    accountCredit: intOf(company, 'AccountCredit'),
    discount: decimalOf(company, 'Discount'),
    blockInvoice: booleanOf(company, 'BlockInvoice'),
    currencyId: textOf(company, 'CurrencyId'),
  });
}
