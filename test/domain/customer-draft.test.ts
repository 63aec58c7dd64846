import { describe, expect, test } from 'vitest';
import { decideCustomerDraft, naturalKeys } from '../../src/domain/customer.ts';
import { decideCustomerMark } from '../../src/domain/mark.ts';
import { aCustomer, aPerson, aShop } from '../support/builders.ts';

const CLIENT = '123456789012345678';
const draftOf = (customer = aCustomer(), shop = aShop()) => decideCustomerDraft(customer, shop, CLIENT);
const codes = (customer: ReturnType<typeof aCustomer>) => draftOf(customer).warnings.map(({ code }) => code);

describe('a customer that is not found', () => {
  test('R6: a company is named as its organisation', () => {
    expect(draftOf()).toEqual({
      draft: {
        type: 'Business',
        name: 'Byggmester AS',
        externalId: decideCustomerMark(CLIENT, naturalKeys(CLIENT, aCustomer())[0]),
        organizationNumber: '817404502',
        emails: { work: 'kari@byggmester.example', invoice: 'kari@byggmester.example' },
        phones: { work: '+47 902 79 664' },
        addresses: {
          post: {
            street: 'Brobekkveien 54',
            postalCode: '0598',
            postalArea: 'Oslo',
            city: 'Oslo',
            country: 'NO',
          },
        },
        country: 'NO',
        invoiceLanguage: 'no',
      },
      warnings: [],
    });
  });

  test('R5: a private person is created with the names, number and addresses supplied', () => {
    const { draft } = draftOf(aPerson());
    expect(draft).toMatchObject({
      type: 'Consumer',
      firstName: 'Kari',
      name: 'Nordmann',
      phones: { mobile: '+47 902 79 664' },
    });
    expect(draft).not.toHaveProperty('organizationNumber');
  });

  test('a person with one name has it as name', () => {
    const { draft } = draftOf(aPerson({ lastName: ' ' }));
    expect(draft.name).toBe('Kari');
    expect(draft).not.toHaveProperty('firstName');
    expect(draftOf(aPerson({ firstName: '' })).draft).toMatchObject({ name: 'Nordmann' });
  });

  test('the company name decides, not the company flag', () => {
    expect(draftOf(aCustomer({ isCompany: false })).draft.type).toBe('Business');
    const nameless = draftOf(aCustomer({ companyName: ' ' }));
    expect(nameless.draft).toMatchObject({
      type: 'Consumer',
      name: 'Nordmann',
      organizationNumber: '817404502',
    });
    expect(nameless.warnings).toEqual([
      {
        code: 'customer.company_without_name',
        path: 'customer.companyName',
        message: expect.stringContaining('private person'),
      },
    ]);
  });

  test('texts are trimmed, and what is not supplied is left out', () => {
    const { draft } = draftOf(
      aPerson({
        email: ' kari@home.example ',
        firstName: ' Kari ',
        phone: ' ',
        address: '',
        postcode: '',
        city: ' ',
        country: '',
        prefLanguage: '',
      }),
    );
    expect(draft).toEqual({
      type: 'Consumer',
      firstName: 'Kari',
      name: 'Nordmann',
      externalId: expect.stringMatching(/^SFC-/),
      emails: { work: 'kari@home.example', invoice: 'kari@home.example' },
      country: 'NO',
      invoiceLanguage: 'no',
    });
  });

  test('a phone without a digit is none', () => {
    expect(draftOf(aCustomer({ phone: 'n/a' })).draft).not.toHaveProperty('phones');
  });
});

describe('country and language of a new customer', () => {
  test("none given: the shop's", () => {
    const { country: _none, prefLanguage: _no, ...customer } = aCustomer();
    const shop = aShop({ country: 'SE', language: 'sv' });
    const { draft } = decideCustomerDraft(customer, shop, CLIENT);
    expect(draft).toMatchObject({ country: 'SE', invoiceLanguage: 'sv' });
    expect(draft.addresses?.post?.country).toBe('SE');
  });

  test('one that we cannot read is left out with a warning, and not replaced', () => {
    const { draft, warnings } = draftOf(aCustomer({ country: 'Atlantis' }));
    expect(draft).not.toHaveProperty('country');
    expect(draft.addresses?.post).not.toHaveProperty('country');
    expect(warnings).toEqual([
      {
        code: 'customer.country_unknown',
        path: 'customer.country',
        message: expect.not.stringContaining('Atlantis'),
      },
    ]);
  });

  test('a language we have no code for is left out', () => {
    const shop = aShop({ language: 'fi' });
    expect(draftOf(aCustomer({ prefLanguage: 'fi' }), shop).draft).not.toHaveProperty('invoiceLanguage');
    expect(draftOf(aCustomer({ prefLanguage: 'dk' }), shop).draft.invoiceLanguage).toBe('da');
  });
});

describe('what 24SevenOffice has no room for', () => {
  test.each([
    ['companyName', 201, 'customer.company_name_shortened'],
    ['address', 251, 'customer.street_shortened'],
    ['postcode', 17, 'customer.postal_code_shortened'],
    ['city', 101, 'customer.city_shortened'],
    ['phone', 51, 'customer.phone_shortened'],
  ] as const)('%s is cut with one warning', (field, length, code) => {
    const text = '1'.repeat(length);
    const { draft, warnings } = draftOf(aCustomer({ [field]: text }));
    expect(warnings).toEqual([
      { code, path: `customer.${field}`, message: expect.not.stringContaining('111') },
    ]);
    expect(JSON.stringify(draft)).toContain(`"${'1'.repeat(length - 2)}…"`);
  });

  test('the names of a person', () => {
    const { draft, warnings } = draftOf(aPerson({ firstName: 'K'.repeat(51), lastName: 'N'.repeat(201) }));
    expect(draft.firstName).toBe(`${'K'.repeat(49)}…`);
    expect(draft.name).toBe(`${'N'.repeat(199)}…`);
    expect(warnings.map(({ code }) => code)).toEqual([
      'customer.first_name_shortened',
      'customer.last_name_shortened',
    ]);
  });

  test('what just fits stays as it is', () => {
    expect(
      codes(aCustomer({ companyName: 'x'.repeat(200), address: 'y'.repeat(250), city: 'z'.repeat(100) })),
    ).toEqual([]);
  });

  test('an organisation number is never cut: it would be another company’s', () => {
    const { draft, warnings } = draftOf(aCustomer({ companyOrgNo: '1'.repeat(21) }));
    expect(draft).not.toHaveProperty('organizationNumber');
    expect(warnings).toMatchObject([
      { code: 'customer.organization_number_ignored', path: 'customer.companyOrgNo' },
    ]);
  });
});
