import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InvoiceCustomer } from '../../src/contract/jobs.ts';
import type { Customer } from '../../src/domain/books.ts';
import { decideCustomer, decideCustomerDraft, decideCustomerUpdate } from '../../src/domain/customer.ts';
import { aCustomer, aPerson, aShop } from '../support/builders.ts';

const CLIENT = '123456789012345678';
const shop = aShop();

/** As our own create left it. */
const created = (customer = aCustomer()): Customer => ({
  ...decideCustomerDraft(customer, shop, CLIENT).draft,
  id: 301,
});

const update = (existing: Customer, customer: InvoiceCustomer) => {
  const decision = decideCustomerUpdate(existing, customer);
  if (decision.kind !== 'update') throw new Error('nothing was to be updated');
  return decision.update;
};

describe('a customer that is found', () => {
  test('R4: a found customer gets the new address', () => {
    const existing = created();
    const moved = aCustomer({ address: 'Storgata 1', postcode: '5003', city: 'Bergen' });
    expect(update(existing, moved)).toEqual({
      id: 301,
      type: 'Business',
      addresses: {
        post: {
          street: 'Storgata 1',
          postalCode: '5003',
          postalArea: 'Bergen',
          city: 'Bergen',
          country: 'NO',
        },
      },
    });
  });

  test('R4: a found customer gets the new name, e-mail and phone', () => {
    const changed = aCustomer({
      companyName: 'Byggmester Norge AS',
      email: 'post@bygg.example',
      phone: '22 33 44 55',
    });
    expect(update(created(), changed)).toEqual({
      id: 301,
      type: 'Business',
      name: 'Byggmester Norge AS',
      emails: { work: 'post@bygg.example', invoice: 'post@bygg.example' },
      phones: { work: '22 33 44 55' },
    });
  });

  test('a found person gets the new name', () => {
    expect(update(created(aPerson()), aPerson({ firstName: 'Kari Anne', lastName: 'Hansen' }))).toMatchObject(
      {
        type: 'Consumer',
        firstName: 'Kari Anne',
        name: 'Hansen',
      },
    );
  });
});

describe('nothing is sent if nothing differs', () => {
  test.each([
    ['a company', aCustomer()],
    ['a person', aPerson()],
    ['a person with one name', aPerson({ lastName: '' })],
    ['a company without a name', aCustomer({ companyName: '' })],
    ['a country that cannot be read', aCustomer({ country: 'Atlantis' })],
    ['names that were cut', aCustomer({ companyName: 'x'.repeat(300), address: 'y'.repeat(300) })],
  ])('%s, right after its create', (_what, customer) => {
    expect(decideCustomerUpdate(created(customer), customer)).toEqual({ kind: 'unchanged' });
  });

  test('spaces, the case of an e-mail, the format of numbers and the slot of a phone make no difference', () => {
    const existing: Customer = {
      ...created(),
      name: ' Byggmester AS ',
      organizationNumber: 'NO 817 404 502 MVA',
      emails: { work: 'KARI@byggmester.example', invoice: ' kari@byggmester.example', home: 'x@y.example' },
      phones: { fax: '004790279664' },
      country: 'no',
    };
    expect(decideCustomerUpdate(existing, aCustomer())).toEqual({ kind: 'unchanged' });
  });

  test('what Sharefox leaves empty never clears', () => {
    const silent = aCustomer({
      phone: '',
      address: ' ',
      postcode: '',
      city: '',
      country: '',
      companyOrgNo: '',
      prefLanguage: '',
    });
    expect(decideCustomerUpdate(created(), silent)).toEqual({ kind: 'unchanged' });
  });

  test('the invoice language of a customer that exists is its own', () => {
    expect(decideCustomerUpdate(created(), aCustomer({ prefLanguage: 'en' }))).toEqual({
      kind: 'unchanged',
    });
  });

  test('a country without an address does not touch the address', () => {
    const customer = aCustomer({ address: '', postcode: '', city: '', country: 'Sweden' });
    expect(update(created(), customer)).toEqual({ id: 301, type: 'Business', country: 'SE' });
  });
});

describe('what goes out with a change', () => {
  const kept = {
    accountDebit: 1500,
    accountCredit: 2400,
    discount: '5.0',
    blockInvoice: true,
    currencyId: 'LOCAL',
  } as const;
  const rich: Customer = {
    ...created(),
    ...kept,
    externalId: 'crm-77',
    invoiceLanguage: 'en',
    addresses: {
      visit: { street: 'Besøksveien 2' },
      post: {
        street: 'Gamleveien 1',
        state: 'Viken',
        name: 'v/ resepsjonen',
        postalCode: '0598',
        city: 'Oslo',
      },
    },
    emails: { work: 'old@byggmester.example', home: 'h@byggmester.example' },
    phones: { mobile: '99 88 77 66' },
  };

  test('containers are whole: as read, plus our changes', () => {
    expect(update(rich, aCustomer())).toEqual({
      id: 301,
      type: 'Business',
      ...kept,
      addresses: {
        visit: { street: 'Besøksveien 2' },
        post: {
          street: 'Brobekkveien 54',
          state: 'Viken',
          name: 'v/ resepsjonen',
          postalCode: '0598',
          postalArea: 'Oslo',
          city: 'Oslo',
          country: 'NO',
        },
      },
      emails: {
        work: 'kari@byggmester.example',
        invoice: 'kari@byggmester.example',
        home: 'h@byggmester.example',
      },
      phones: { mobile: '99 88 77 66', work: '+47 902 79 664' },
    });
  });

  test('fields that might be reset go back as read; ids and language are never sent', () => {
    const sent = update(rich, aCustomer());
    expect(sent).toMatchObject(kept);
    expect(sent).not.toHaveProperty('externalId');
    expect(sent).not.toHaveProperty('invoiceLanguage');
    expect(sent).not.toHaveProperty('organizationNumber');
  });

  test('an organisation number is set where there is none, never changed', () => {
    expect(update({ ...created(), organizationNumber: ' ' }, aCustomer())).toMatchObject({
      organizationNumber: '817404502',
    });
    expect(decideCustomerUpdate({ ...created(), organizationNumber: '999888777' }, aCustomer())).toEqual({
      kind: 'unchanged',
    });
  });

  test('shortened texts are warnings', () => {
    const decision = decideCustomerUpdate(created(), aCustomer({ address: 'y'.repeat(300) }));
    expect(decision).toMatchObject({ kind: 'update', warnings: [{ code: 'customer.street_shortened' }] });
  });
});

describe('the kind of customer', () => {
  test.each([
    ['None', 'Business', aCustomer()],
    ['None', 'Consumer', aPerson()],
    ['Lead', 'Business', aCustomer()],
    ['Lead', 'Consumer', aPerson()],
    ['Consumer', 'Business', aCustomer()],
    ['Consumer', 'Consumer', aPerson()],
    ['Business', 'Business', aPerson()],
    ['Supplier', 'Supplier', aPerson()],
    ['Supplier', 'Supplier', aCustomer()],
  ] as const)('%s is %s after the invoice', (type, after, customer) => {
    expect(update({ ...created(customer), type, phones: {} }, customer).type).toBe(after);
  });

  test('a private invoice leaves the name of a company alone', () => {
    const company = { ...created(), organizationNumber: '' };
    expect(update(company, aPerson({ phone: '1' }))).not.toHaveProperty('name');
    expect(update(company, aPerson({ phone: '1' }))).not.toHaveProperty('firstName');
  });
});

describe('names of a person', () => {
  test('without a last name from us, theirs stays', () => {
    const existing = created(aPerson());
    expect(decideCustomerUpdate(existing, aPerson({ lastName: '' }))).toEqual({ kind: 'unchanged' });
    expect(update(existing, aPerson({ firstName: 'Ola', lastName: '' }))).toEqual({
      id: 301,
      type: 'Consumer',
      firstName: 'Ola',
    });
  });

  test('without a first name from us, theirs stays', () => {
    expect(update(created(aPerson()), aPerson({ firstName: '', lastName: 'Hansen' }))).toEqual({
      id: 301,
      type: 'Consumer',
      name: 'Hansen',
    });
  });
});

describe('an update, for any customer and any invoice', () => {
  const word = fc.constantFrom('', ' ', 'Oslo', ' Oslo', 'OSLO', 'Bergen', 'x'.repeat(260), '🚜'.repeat(120));
  const phone = fc.constantFrom('', 'n/a', '+47 902 79 664', '90279664', '0047 90279664', '5'.repeat(60));
  const email = fc.constantFrom('kari@byggmester.example', ' KARI@byggmester.example', 'ola@home.example');
  const country = fc.constantFrom('', 'Norway', 'se', 'Atlantis');
  const customers = fc
    .record({
      isCompany: fc.boolean(),
      firstName: word,
      lastName: fc.constantFrom('', 'Nordmann', 'N'.repeat(210)),
      companyName: fc.constantFrom('', ' ', 'Byggmester AS', 'B'.repeat(210)),
      companyOrgNo: fc.constantFrom('', '817 404 502', '999888777', '1'.repeat(30)),
      email,
      phone,
      address: word,
      postcode: fc.constantFrom('', '0598', '5'.repeat(20)),
      city: word,
      country,
      prefLanguage: fc.constantFrom('', 'no', 'en'),
    })
    .filter(({ firstName, lastName, companyName }) => `${firstName}${lastName}${companyName}`.trim() !== '')
    .map((fields) => aCustomer(fields));
  const optional = (values: fc.Arbitrary<string>) => fc.option(values, { nil: undefined });
  const standing = fc
    .record({
      type: fc.constantFrom('None', 'Lead', 'Consumer', 'Business', 'Supplier'),
      name: optional(fc.constantFrom('', 'Byggmester AS', 'Nordmann')),
      firstName: optional(fc.constantFrom('', 'Oslo', 'Kari')),
      organizationNumber: optional(fc.constantFrom('', '817404502', '999888777')),
      country: optional(fc.constantFrom('', 'NO', 'no', 'SE')),
      emails: fc.option(fc.record({ work: email, home: email }), { nil: undefined }),
      phones: fc.option(fc.record({ fax: phone }), { nil: undefined }),
      addresses: fc.option(fc.record({ post: fc.record({ street: word, city: word }) }), { nil: undefined }),
    })
    .map(
      (fields) =>
        Object.assign(
          { id: 301 },
          Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
        ) as unknown as Customer,
    );

  test('is unchanged when decided again after the save', () => {
    fc.assert(
      fc.property(standing, customers, (existing, customer) => {
        const decision = decideCustomerUpdate(existing, customer);
        const saved = decision.kind === 'update' ? { ...existing, ...decision.update } : existing;
        expect(decideCustomerUpdate(saved, customer)).toEqual({ kind: 'unchanged' });
      }),
      { numRuns: 500 },
    );
  });

  test('clears nothing, and sends nothing that is empty', () => {
    fc.assert(
      fc.property(standing, customers, (existing, customer) => {
        const decision = decideCustomerUpdate(existing, customer);
        if (decision.kind !== 'update') return;
        for (const [field, value] of Object.entries(decision.update)) {
          if (typeof value === 'string') expect([field, value.trim()]).not.toEqual([field, '']);
        }
        const { addresses, emails, phones } = decision.update;
        const kept = (before: object = {}) => expect.arrayContaining(Object.keys(before));
        if (addresses) expect(Object.keys(addresses.post ?? {})).toEqual(kept(existing.addresses?.post));
        if (emails) expect(Object.keys(emails)).toEqual(kept(existing.emails));
        if (phones) expect(phones).toMatchObject(existing.phones ?? {});
      }),
    );
  });

  test('never turns a company into a private person, nor gives it another organisation number', () => {
    fc.assert(
      fc.property(standing, customers, (existing, customer) => {
        const decision = decideCustomerUpdate(existing, customer);
        if (decision.kind !== 'update') return;
        if (existing.type === 'Business') expect(decision.update.type).toBe('Business');
        if (existing.organizationNumber) expect(decision.update).not.toHaveProperty('organizationNumber');
      }),
    );
  });

  test('a customer that we created is found again', () => {
    fc.assert(
      fc.property(customers, (customer) => {
        const made = created(customer);
        const decision = decideCustomer(
          customer,
          { byOrganizationNumber: [made], byEmail: [made] },
          'reject',
        );
        expect(decision).toMatchObject({ kind: 'match', customer: { id: 301 } });
        expect(decideCustomerUpdate(made, customer)).toEqual({ kind: 'unchanged' });
      }),
    );
  });
});
