import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InvoiceCustomer } from '../../src/contract/jobs.ts';
import type { Customer } from '../../src/domain/books.ts';
import {
  customerFacts,
  customerKeys,
  decideCustomer,
  decideCustomerDraft,
  matchesFacts,
  naturalKeys,
} from '../../src/domain/customer.ts';
import { aCustomer, aPerson, aShop } from '../support/builders.ts';

const CLIENT = '123456789012345678';
const ORG = '817404502';

const existing = (id: number, overrides: Partial<Customer> = {}): Customer => ({
  id,
  type: 'Business',
  name: 'Byggmester AS',
  organizationNumber: ORG,
  emails: { work: 'kari@byggmester.example' },
  ...overrides,
});

/** The service's search is fuzzy: give the rule every record for either search. */
const decide = (customer: InvoiceCustomer, hits: Customer[], policy: 'reject' | 'oldest' = 'reject') =>
  decideCustomer(customer, { byOrganizationNumber: hits, byEmail: hits }, policy);

const matched = (customer: InvoiceCustomer, hits: Customer[], policy: 'reject' | 'oldest' = 'reject') => {
  const decision = decide(customer, hits, policy);
  return decision.kind === 'match' ? decision.customer.id : decision.kind;
};

describe('what a customer is known by', () => {
  test.each([
    ['817 404 502', ORG],
    ['NO 817 404 502 MVA', ORG],
    ['NO817404502MVA', ORG],
    ['no817404502', ORG],
    ['817404502MVA', ORG],
    ['817.404.502', ORG],
    ['556677-8899', '5566778899'],
    ['SE556677889901', 'SE556677889901'],
    ['DE 123 456 789', '123456789'],
    ['b-1234567/x', 'B1234567X'],
    ['', undefined],
    [' - ', undefined],
    ['1'.repeat(21), undefined],
    [undefined, undefined],
  ])('organisation number %j is %j', (text, number) => {
    const { companyOrgNo: _none, ...customer } = aCustomer();
    const keys = customerKeys(text === undefined ? customer : { ...customer, companyOrgNo: text });
    expect(keys.organizationNumber).toBe(number);
    expect('organizationNumber' in keys).toBe(number !== undefined);
  });

  test('the e-mail address in whatever case', () => {
    expect(customerKeys(aCustomer({ email: ' Kari@ByggMester.example ' })).email).toBe(
      'kari@byggmester.example',
    );
  });

  test('its keys are hashed, salted with the company, the organisation number first', () => {
    const keys = naturalKeys(CLIENT, aCustomer());
    expect(keys).toHaveLength(2);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(naturalKeys(CLIENT, aCustomer({ companyOrgNo: '' }))).toEqual([keys[1]]);
    expect(naturalKeys(CLIENT, aCustomer({ companyOrgNo: 'NO817404502MVA' }))).toEqual(keys);
    expect(naturalKeys('2', aCustomer())).not.toEqual(keys);
  });

  test('an e-mail address is never taken for an organisation number', () => {
    const [org, email] = naturalKeys(CLIENT, aCustomer());
    expect(org).not.toBe(email);
  });
});

describe('the customer of an invoice', () => {
  test('R3: the customer is found by organisation number, which comes before the e-mail', () => {
    const byNumber = existing(7, { emails: {} });
    const byEmail = existing(3, { organizationNumber: '' });
    expect(matched(aCustomer(), [byEmail, byNumber])).toBe(7);
  });

  test('R3: the customer is found by e-mail if no organisation number decides, in any slot and any case', () => {
    for (const slot of ['home', 'invoice', 'primary', 'work', 'alternative'] as const) {
      const hit = existing(3, { organizationNumber: '', emails: { [slot]: ' KARI@byggmester.example' } });
      expect(matched(aCustomer(), [hit])).toBe(3);
    }
  });

  test('the organisation number is compared without its format', () => {
    const hit = existing(3, { organizationNumber: 'NO 817 404 502 MVA', emails: {} });
    expect(matched(aCustomer(), [hit])).toBe(3);
  });

  test('hits that are only similar are no matches', () => {
    const hits = [
      existing(1, { organizationNumber: '8174045021', emails: { work: 'x@y.example' } }),
      existing(2, { organizationNumber: '', emails: { work: 'mkari@byggmester.example' } }),
      existing(3, { organizationNumber: '', emails: {} }),
    ];
    expect(decide(aCustomer(), hits)).toEqual({ kind: 'none' });
    expect(decide(aCustomer(), [])).toEqual({ kind: 'none' });
  });

  test('a supplier, or a customer without a type, is a match as well', () => {
    expect(matched(aCustomer(), [existing(3, { type: 'Supplier' })])).toBe(3);
    expect(matched(aCustomer(), [existing(4, { type: 'None' })])).toBe(4);
  });

  test('several with the organisation number: the one that has the e-mail too, with a warning', () => {
    const hits = [existing(3, { emails: {} }), existing(9), existing(5, { emails: { work: 'x@y.example' } })];
    const decision = decide(aCustomer(), hits);
    expect(decision).toMatchObject({
      kind: 'match',
      customer: { id: 9 },
      warnings: [{ code: 'customer.several' }],
    });
    expect(decision).toHaveProperty('warnings.0.message', expect.stringContaining('ids 3, 5, 9'));
  });

  test('several with the organisation number and none with the e-mail: the lowest id, with a warning', () => {
    const hits = [existing(9, { emails: {} }), existing(3, { emails: {} })];
    expect(decide(aCustomer(), hits)).toMatchObject({
      customer: { id: 3 },
      warnings: [{ code: 'customer.several', path: 'customer.companyOrgNo' }],
    });
  });

  test('a customer found by both searches counts once', () => {
    expect(decide(aCustomer(), [existing(3)])).toMatchObject({ kind: 'match', warnings: [] });
  });

  test('several by e-mail alone are refused, with ids and without names', () => {
    const hits = [existing(8, { organizationNumber: '' }), existing(3, { organizationNumber: '' })];
    const decision = decide(aPerson({ email: 'kari@byggmester.example' }), hits);
    expect(decision).toMatchObject({ kind: 'rejected', code: 'customer.ambiguous' });
    const message = 'message' in decision ? decision.message : '';
    expect(message).toContain('ids 3, 8');
    expect(message).not.toMatch(/kari|byggmester|nordmann/i);
  });

  test('several by e-mail alone: the oldest, with a warning, where the shop says so', () => {
    const hits = [existing(8, { organizationNumber: '' }), existing(3, { organizationNumber: '' })];
    expect(decide(aCustomer({ companyOrgNo: '' }), hits, 'oldest')).toMatchObject({
      kind: 'match',
      customer: { id: 3 },
      warnings: [{ code: 'customer.several', path: 'customer.email' }],
    });
  });
});

describe('an e-mail hit that carries an organisation number', () => {
  const hit = existing(3, { organizationNumber: '999888777' });

  test('is no match for another organisation number', () => {
    expect(matched(aCustomer(), [hit])).toBe('none');
  });

  test('is a match for a company of its name that gives no number', () => {
    expect(matched(aCustomer({ companyOrgNo: '' }), [hit])).toBe(3);
    expect(matched(aCustomer({ companyOrgNo: '', companyName: ' byggmester  as ' }), [hit])).toBe(3);
  });

  test('is no match for a company of another name', () => {
    expect(matched(aCustomer({ companyOrgNo: '', companyName: 'Byggmester Drift AS' }), [hit])).toBe('none');
  });

  test('is no match for a private person: no company is taken over', () => {
    expect(matched(aPerson({ email: 'kari@byggmester.example' }), [hit])).toBe('none');
  });

  test('is no match for a private person where it has no name', () => {
    const nameless = existing(3, { organizationNumber: '999888777', name: '' });
    expect(matched(aPerson({ email: 'kari@byggmester.example' }), [nameless])).toBe('none');
  });
});

describe('matching, whatever is in the books', () => {
  const orgs = fc.constantFrom('', ORG, '817 404 502', '999888777', 'NO999888777MVA');
  const emails = fc.constantFrom(
    '',
    'kari@byggmester.example',
    'KARI@byggmester.example',
    'ola@home.example',
  );
  const names = fc.constantFrom('', 'Byggmester AS', 'BYGGMESTER AS', 'Annen AS', 'Nordmann');
  const candidates = fc.uniqueArray(
    fc.record({ id: fc.nat(50), organizationNumber: orgs, work: emails, invoice: emails, name: names }),
    { selector: ({ id }) => id, maxLength: 6 },
  );
  const customers = fc
    .record({
      companyOrgNo: orgs,
      companyName: fc.constantFrom('', 'Byggmester AS', 'Annen AS'),
      email: emails,
    })
    .filter(({ email }) => email !== '')
    .map((fields) => aCustomer(fields));
  const read = ({
    work,
    invoice,
    ...rest
  }: {
    id: number;
    organizationNumber: string;
    work: string;
    invoice: string;
    name: string;
  }): Customer => ({
    ...rest,
    type: 'Business',
    emails: { work, invoice },
  });
  const plain = (number: string | undefined) => (number ?? '').replace(/\D/g, '');

  test('never gives a company that has another organisation number than ours', () => {
    fc.assert(
      fc.property(customers, candidates, (customer, found) => {
        const decision = decide(customer, found.map(read), 'oldest');
        if (decision.kind !== 'match') return;
        const theirs = plain(decision.customer.organizationNumber);
        const ours = plain(customer.companyOrgNo);
        if (theirs !== '' && ours !== '') expect(theirs).toBe(ours);
        if (theirs !== '' && ours === '') expect(customer.companyName).not.toBe('');
      }),
    );
  });

  test('gives one with our organisation number wherever there is one', () => {
    fc.assert(
      fc.property(customers, candidates, (customer, found) => {
        const ours = plain(customer.companyOrgNo);
        fc.pre(ours !== '' && found.some(({ organizationNumber }) => plain(organizationNumber) === ours));
        const decision = decide(customer, found.map(read));
        expect(decision.kind === 'match' && plain(decision.customer.organizationNumber)).toBe(ours);
      }),
    );
  });

  test('does not depend on the order of the hits, nor on which search brought them', () => {
    fc.assert(
      fc.property(customers, candidates, (customer, found) => {
        const hits = found.map(read);
        const backwards = { byOrganizationNumber: [], byEmail: [...hits].reverse() };
        expect(decideCustomer(customer, backwards, 'oldest')).toEqual(decide(customer, hits, 'oldest'));
      }),
    );
  });

  test('is decided alike from the facts of one customer that the service does not show yet', () => {
    fc.assert(
      fc.property(customers, candidates, (customer, found) => {
        for (const candidate of found.map(read)) {
          const facts = customerFacts(CLIENT, candidate);
          expect(matchesFacts(CLIENT, facts, customer)).toBe(decide(customer, [candidate]).kind === 'match');
        }
      }),
    );
  });
});

describe('facts', () => {
  test('hold nothing readable, and match nothing in another company', () => {
    const facts = customerFacts(CLIENT, existing(1));
    expect(JSON.stringify(facts)).not.toMatch(/kari|byggmester|817404502/i);
    expect(matchesFacts(CLIENT, facts, aCustomer())).toBe(true);
    expect(matchesFacts('2', facts, aCustomer())).toBe(false);
  });

  test('are the same from a draft, a customer as read, and a list of e-mails', () => {
    const { draft } = decideCustomerDraft(aCustomer(), aShop(), CLIENT);
    const facts = customerFacts(CLIENT, draft);
    expect(customerFacts(CLIENT, existing(1))).toEqual(facts);
    expect(
      customerFacts(CLIENT, {
        organizationNumber: '817 404 502',
        name: ' BYGGMESTER AS',
        emails: ['Kari@byggmester.example', ''],
      }),
    ).toEqual(facts);
  });

  test('do not depend on which slot holds which e-mail', () => {
    const emails = { work: 'a@x.example', invoice: 'b@x.example' };
    const swapped = { work: 'b@x.example', invoice: 'a@x.example' };
    expect(customerFacts(CLIENT, existing(1, { emails }))).toEqual(
      customerFacts(CLIENT, existing(1, { emails: swapped })),
    );
  });

  test('of a customer without anything match nobody', () => {
    expect(matchesFacts(CLIENT, customerFacts(CLIENT, {}), aCustomer())).toBe(false);
    expect(matchesFacts(CLIENT, {}, aPerson())).toBe(false);
  });
});
