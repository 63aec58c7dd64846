/** Each setting for what nobody knows about the live service, as a caller sees it from outside. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BehaviourChange, describeUnknowns, type UnknownSetting } from '../../src/sandbox/behaviour.ts';
import {
  advance,
  byEmail,
  byNumber,
  byProductName,
  companies,
  dateOrdered,
  discounts,
  findOrders,
  firstOrder,
  found,
  has,
  hasSession,
  identity,
  raw,
  save,
  saveCompany,
  searchedBy,
  session,
  startCaller,
  statusOf,
  TEXT_SEARCHES,
  titled,
  titleOf,
  totalOf,
  VAT_TOTALS,
  vatMeaning,
} from './caller.ts';
import { allValues, berg, credential, firstValue, fjord, order, row } from './raw-soap.ts';

/** For one setting: what a caller does, and what it sees with each value. */
type Case = {
  see: () => Promise<unknown>;
  expected: [value: unknown, seen: unknown][];
  also?: BehaviourChange;
};

const enumCase = (see: Case['see'], seen: Record<string, unknown>, also: BehaviourChange = {}): Case => ({
  see,
  expected: Object.entries(seen),
  also,
});

const saveAnswer = async (...names: string[]) => has((await save(order())).text, ...names);

const CASES: Record<UnknownSetting, Case> = {
  answers: enumCase(
    async () => {
      await save(order());
      return has(
        (await findOrders(firstOrder, 'OrderStatus', 'Paid', 'ReferenceNumber')).text,
        'OrderStatus',
        'Paid',
      );
    },
    { dotnet: [], written_out: ['OrderStatus', 'Paid'] },
  ),
  emptyLists: enumCase(
    async () => (await findOrders(firstOrder, 'OrderId')).text.includes('<GetInvoicesResult />'),
    { empty: true, null: false },
  ),
  unusedSlots: enumCase(
    async () =>
      (await companies('<CompanyId>1</CompanyId>', 'EmailAddresses')).text.includes(
        '<Home xsi:nil="true" />',
      ),
    { left_out: false, nil: true },
  ),
  decimals: enumCase(
    async () => [totalOf(await save(order())), firstValue((await save(order())).text, 'Price')],
    { as_sent: ['125.00', '100'], four_places: ['125.0000', '100.0000'] },
  ),
  requests: enumCase(
    () => statusOf(save(order().replace('<OrderStatus>', '<Colour>red</Colour><OrderStatus>'))),
    { strict: 500, dotnet: 200 },
  ),
  faultText: enumCase(
    async () => firstValue((await identity('none')).text, 'faultstring').includes('System.Exception'),
    { message: false, stack_trace: true },
  ),
  unknownProperties: enumCase(() => statusOf(findOrders(firstOrder, 'OrderId', 'IsCredited')), {
    ignored: 200,
    fault: 500,
  }),

  externalStatusFilter: enumCase(
    async () => {
      await save(order({ externalStatus: 5 }), order({ externalStatus: 6 }));
      return allValues(
        (await findOrders('<ExternalStatus><int>5</int></ExternalStatus>', 'OrderId')).text,
        'OrderId',
      );
    },
    { works: ['1001'], ignored: ['1001', '1002'], finds_nothing: [] },
  ),
  visibilityDelayMs: {
    see: async () => {
      await save(order());
      const count = async () => allValues((await findOrders(firstOrder, 'OrderId')).text, 'OrderId').length;
      const atOnce = await count();
      advance(60_000);
      return [atOnce, await count()];
    },
    expected: [
      [0, [1, 1]],
      [60_000, [0, 1]],
      [60_001, [0, 0]],
    ],
  },
  emailSearch: enumCase(
    () => searchedBy(byEmail, ['nordmann@example', 'kari.nordmann@example.no']),
    TEXT_SEARCHES,
  ),
  emailSlots: {
    see: () => found([byEmail('faktura@byggoganlegg.example.no'), byEmail('post@byggoganlegg.example.no')]),
    expected: [
      [
        ['Invoice', 'Work'],
        [true, true],
      ],
      [['Work'], [false, true]],
    ],
  },
  organizationNumberSearch: enumCase(
    () => found([byNumber('987654321'), byNumber('987 654 321'), byNumber('654')]),
    { spaces_ignored: [true, true, false], exact: [false, true, false], contains: [false, true, true] },
  ),
  productNameSearch: enumCase(() => searchedBy(byProductName, ['rak', 'Frakt']), TEXT_SEARCHES),
  wildcards: enumCase(() => found([byProductName('F%t'), byEmail('kari%_no')]), {
    names: [true, false],
    everywhere: [true, true],
    nowhere: [false, false],
  }),

  saveSums: {
    see: () => saveAnswer('OrderTotalIncVat', 'OrderTotalVat'),
    expected: [
      [true, ['OrderTotalIncVat', 'OrderTotalVat']],
      [false, []],
    ],
  },
  saveRows: {
    see: () => saveAnswer('InvoiceRow'),
    expected: [
      [true, ['InvoiceRow']],
      [false, []],
    ],
  },
  saveNames: {
    see: async () =>
      allValues(
        (
          await raw.call(
            'Product',
            'SaveProducts',
            '<products><Product><Name>Leie</Name><CategoryId>1</CategoryId></Product></products>',
            session,
          )
        ).text,
        'Name',
      ),
    expected: [
      [true, ['Leie']],
      [false, []],
    ],
  },
  saveMarks: enumCase(() => saveAnswer('ReferenceNumber', 'ExternalStatus'), {
    both: ['ReferenceNumber', 'ExternalStatus'],
    reference: ['ReferenceNumber'],
    external_status: ['ExternalStatus'],
    none: [],
  }),
  saveOrder: enumCase(
    async () =>
      allValues(
        (await save(order({ reference: 'A' }), order({ reference: 'B' }))).text,
        'ReferenceNumber',
      ).join(''),
    { as_sent: 'AB', reversed: 'BA' },
  ),

  // Of 15 %, the TaxId is 16 and the TaxNo is 31.
  taxCodeMeans: enumCase(
    async () => {
      const rates = [16, 31].map(async (taxCode) =>
        firstValue((await save(order({ rows: row({ taxCode }) }))).text, 'VatRate'),
      );
      return Promise.all(rates);
    },
    { tax_id: ['15', ''], tax_no: ['', '15'] },
  ),
  discountUnit: enumCase(async () => totalOf(await save(order({ rows: row({ discount: '0.1' }) }))), {
    percent: '124.88',
    fraction: '112.50',
  }),
  includeVatTrue: enumCase(vatMeaning('true'), VAT_TOTALS),
  includeVatFalse: enumCase(vatMeaning('false'), VAT_TOTALS),
  includeVatNil: enumCase(vatMeaning('nil'), VAT_TOTALS),

  customerCurrency: enumCase(
    async () => {
      await saveCompany('<Id>1</Id><Name>Nordmann</Name><CurrencyId>SEK</CurrencyId>');
      await save(order());
      return firstValue((await findOrders(firstOrder, 'Currency')).text, 'Symbol');
    },
    { taken: 'SEK', ignored: '' },
  ),

  emptyText: enumCase(
    async () => {
      await save(titled('A comment'));
      await save(titled('', 1001));
      return titleOf();
    },
    { unchanged: 'A comment', clears: '' },
  ),
  omittedDefaults: enumCase(discounts, {
    reset: ['0', '0'],
    unchanged: ['10', '0'],
    never_change: ['10', '10'],
  }),
  lengthLimits: enumCase(
    async () => {
      const { text } = await save(titled('x'.repeat(301)));
      return [text.includes('<APIException>'), (await titleOf()).length];
    },
    { refuse: [true, 0], truncate: [false, 300] },
  ),

  dateZone: enumCase(() => dateOrdered('2021-07-10T12:00:00'), {
    none: '2021-07-10T12:00:00',
    utc: '2021-07-10T12:00:00Z',
    offset: '2021-07-10T12:00:00+02:00',
  }),
  dateShift: enumCase(
    async () => {
      const ordered = await dateOrdered('2021-01-10T00:00:00');
      await raw.sandbox.control.publish(fjord.clientId, 1001);
      await raw.sandbox.control.pay(fjord.clientId, 1001, '2021-07-03T00:00:00');
      return [ordered, firstValue((await findOrders(firstOrder, 'Paid')).text, 'Paid')];
    },
    {
      kept: ['2021-01-10T00:00:00', '2021-07-03T00:00:00'],
      local_to_utc: ['2021-01-09T23:00:00', '2021-07-02T22:00:00'],
    },
  ),

  sessionMs: {
    see: async () => {
      advance(1_000);
      return hasSession(session);
    },
    expected: [
      [1_000, 'true'],
      [999, 'false'],
    ],
  },
  sessionLife: enumCase(
    async () => {
      advance(600);
      await hasSession(session);
      advance(600);
      return hasSession(session);
    },
    { sliding: 'true', absolute: 'false' },
    { sessionMs: 1_000 },
  ),
  sessionsPerUser: {
    see: async () => {
      await raw.login();
      await raw.login();
      return hasSession(session);
    },
    expected: [
      [null, 'true'],
      [3, 'true'],
      [2, 'false'],
    ],
  },
  sessionsBeyond: enumCase(
    async () => [(await raw.login()) !== '', await hasSession(session)],
    { oldest_ends: [true, 'false'], login_refused: [false, 'true'] },
    { sessionsPerUser: 1 },
  ),
  identityBelongsTo: enumCase(
    async () => {
      await raw.login(berg.identityId);
      return /<Client>.*<Name>(.*)<\/Name><\/Client>/.exec((await identity()).text)?.[1];
    },
    { session: 'Fjord Utleie AS', user: 'Berg Maskin AS' },
  ),

  requestsPerHour: {
    see: async () => [await statusOf(identity()), await statusOf(identity())],
    expected: [
      [3, [200, 200]],
      [2, [200, 429]],
    ],
  },
  requestsPerSecond: {
    see: async () => [await statusOf(identity()), await statusOf(identity())],
    expected: [
      [3, [200, 200]],
      [2, [200, 429]],
    ],
  },
  quotaAnswer: enumCase(
    async () => {
      const { status, text } = await identity();
      return [status, text.includes('<faultstring>'), text.includes('Limit exceeded by 1.')];
    },
    { http429: [429, false, true], fault500: [500, true, true], fault200: [200, true, true] },
    { requestsPerHour: 1 },
  ),
  quotaHeaders: enumCase(
    async () => {
      const { headers } = await identity();
      const names = ['APILimitRemaining', 'APILimitReset', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];
      return names.map((name) => headers.get(name));
    },
    {
      api_limit: ['7198', '2026-01-15T13:00:00.000Z', null, null],
      x_ratelimit: [null, null, '7198', '2026-01-15T13:00:00.000Z'],
      none: [null, null, null, null],
    },
  ),
  quotaReset: enumCase(
    async () => {
      advance(600_000);
      return (await identity()).headers.get('APILimitReset');
    },
    { iso: '2026-01-15T13:00:00.000Z', seconds: '3000', epoch: '1768482000' },
  ),
  loginsPerMinute: {
    see: async () => [(await raw.login()) !== '', (await raw.login()) !== ''],
    expected: [
      [3, [true, true]],
      [2, [true, false]],
    ],
  },
  loginThrottledText: {
    see: async () =>
      firstValue((await raw.call('Authenticate', 'Login', credential())).text, 'faultstring').split(
        '---&gt; ',
      )[1],
    expected: [['Slow down', 'Slow down']],
    also: { loginsPerMinute: 1 },
  },

  deniedServices: {
    see: () => Promise.all([statusOf(byProductName('Frakt')), statusOf(byEmail('kari'))]),
    expected: [
      [[], [200, 200]],
      [['Product'], [500, 200]],
    ],
  },
  deniedWrites: {
    see: () => Promise.all([statusOf(saveCompany('<Name>Ny</Name>')), statusOf(byEmail('kari'))]),
    expected: [
      [[], [200, 200]],
      [['Company'], [500, 200]],
    ],
  },
  permissionText: {
    see: async () => firstValue((await byEmail('kari')).text, 'faultstring').split('---&gt; ')[1],
    expected: [['No access', 'No access']],
    also: { deniedServices: ['Company'] },
  },
};

const ALL = Object.entries(CASES).flatMap(([name, { see, expected, also }]) =>
  expected.map(([value, seen]) => ({ name, value, seen, see, also })),
);

beforeEach(startCaller);
afterEach(() => raw.sandbox.stop());

describe('a caller sees', () => {
  it.each(ALL)('$name $value', async ({ name, value, seen, see, also }) => {
    await raw.sandbox.control.configure({ ...also, [name]: value });
    expect(await see()).toEqual(seen);
  });
});

it('a caller can tell every value of a setting from the others', () => {
  for (const { name, values, text } of describeUnknowns()) {
    const { expected } = CASES[name];
    expect(text, name).not.toBe('');
    if (values.length === 0) continue;
    expect(expected.map(([value]) => value).sort(), name).toEqual([...values].sort());
    const seen = expected.map(([, each]) => JSON.stringify(each));
    expect(new Set(seen).size, name).toBe(seen.length);
  }
});
