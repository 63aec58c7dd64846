import { check, same } from './checks.ts';
import { custom, invoice, type Payload, rental } from './sharefox.ts';
import { BERG, FJORD, KARI, type Stage } from './stage.ts';
import { transferred } from './transferred.ts';

const FJELL: Payload['customer'] = {
  isCompany: true,
  firstName: 'Ola',
  lastName: 'Dunk',
  companyName: 'Fjell & Sønn AS',
  companyOrgNo: '817 404 502',
  email: 'ola.dunk@fjell.example',
  address: 'Brobekkveien 54',
  postcode: '0598',
  city: 'Oslo',
  country: 'Norway',
};

/** Kinds of invoices and customers. */
export const orders = async (stage: Stage): Promise<void> => {
  const first = await transferred(
    stage,
    invoice(FJORD.shopId, '1001-1', KARI, [rental('Traktor', '3', '450.00', '25', '10')]),
  );
  const person = (await stage.office.company(FJORD.client)).customers.find(
    (customer) => customer.Id === first?.CustomerId,
  );
  same(
    'a person is a Consumer with both names',
    [person?.Type, person?.FirstName, person?.Name],
    ['Consumer', 'Kari', 'Nordmann'],
  );

  const second = await transferred(
    stage,
    invoice(FJORD.shopId, '1002-1', FJELL, [rental('Henger', '1', '1200.00')]),
  );
  const company = (await stage.office.company(FJORD.client)).customers.find(
    (customer) => customer.Id === second?.CustomerId,
  );
  same(
    'a company is a Business with its number',
    [company?.Type, company?.Name, company?.OrganizationNumber],
    ['Business', 'Fjell & Sønn AS', '817404502'],
  );
  check(
    "the person's name is the order's comment",
    second?.InvoiceTitle.includes('Ola Dunk') === true,
    second?.InvoiceTitle,
  );

  const moved = { ...KARI, address: 'Nygata 7', postcode: '0150', city: 'Oslo' };
  const third = await transferred(
    stage,
    invoice(FJORD.shopId, '1003-1', moved, [rental('Telt', '2', '99.90')]),
  );
  same('a returning customer is found by e-mail', third?.CustomerId, first?.CustomerId);
  const after = (await stage.office.company(FJORD.client)).customers.find(
    (customer) => customer.Id === third?.CustomerId,
  );
  same(
    'and the new address is written',
    [after?.Addresses?.Post?.Street, after?.Addresses?.Post?.PostalCode],
    ['Nygata 7', '0150'],
  );

  const mixed = [
    rental('Telt', '2', '1000.00', '25', '12.5'),
    rental('Kokeplate', '4', '33.33', '15'),
    rental('Buss', '1', '500.00', '12', '50'),
    rental('Kurs', '1', '250.00', '0'),
  ];
  await transferred(stage, invoice(FJORD.shopId, '1004-1', KARI, mixed));
  await transferred(stage, invoice(BERG.shopId, '1004-1', KARI, mixed));
  await transferred(
    stage,
    invoice(FJORD.shopId, '1005-1', KARI, [rental('Lift', '1', '900.00'), custom('Avslag', '1', '-150.00')]),
  );
  await transferred(
    stage,
    invoice(
      FJORD.shopId,
      '1006-1',
      KARI,
      [rental('Lift', '1', '1250.00'), rental('Bok', '3', '112.00', '12')],
      { pricesIncludeVat: true },
    ),
  );
  await transferred(
    stage,
    invoice(FJORD.shopId, '1007-1', KARI, [
      rental('Spiker', '7', '0.3333', '25', '3.3'),
      rental('Gratis', '1', '0.00'),
    ]),
  );
};

/** Entries that another program wrote into the books, and searches that find too much. */
export const strangers = async (stage: Stage): Promise<void> => {
  const id = await stage.office.act({
    do: 'customer',
    client: FJORD.client,
    name: 'Verk\u000bsted\u0001 AS',
    organizationNumber: '911222333',
    email: 'post@verk.example',
    street: 'Gamleveien 1',
  });
  const verk = {
    ...FJELL,
    companyName: 'Verksted AS',
    companyOrgNo: '911 222 333',
    email: 'ny@verk.example',
  };
  const order = await transferred(
    stage,
    invoice(FJORD.shopId, '1010-1', verk, [rental('Lift', '1', '100.00')]),
  );
  same("a stranger's customer with control characters is found by its number", order?.CustomerId, id);
  const kept = (await stage.office.company(FJORD.client)).customers.find((customer) => customer.Id === id);
  same('its payment time and discount stay', [kept?.PaymentTime, kept?.Discount], [30, '12.5']);

  const decoy = await stage.office.act({
    do: 'customer',
    client: FJORD.client,
    name: 'Wildcard AS',
    organizationNumber: '',
    email: 'pexr@post.example',
    street: 'X',
  });
  const per = { ...KARI, firstName: 'Per', email: 'pe_r@post.example' };
  const own = await transferred(stage, invoice(FJORD.shopId, '1011-1', per, [rental('Lift', '1', '100.00')]));
  check('an e-mail that LIKE alone matches is not this customer', own?.CustomerId !== decoy, own?.CustomerId);

  const unknownKey = await stage.sharefox.send({
    ...invoice(FJORD.shopId, '1012-1', KARI, [rental('Lift', '1', '1.00')]),
    surprise: 1,
  } as Payload);
  check(
    'an unknown key is payload.invalid',
    unknownKey.failedReason?.startsWith('payload.invalid') === true,
    unknownKey,
  );
};
