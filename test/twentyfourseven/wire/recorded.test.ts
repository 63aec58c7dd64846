/** Answers that a real ASMX stack wrote, over a socket, with their status and headers. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Customer, Order, OrderRow } from '../../../src/domain/books.ts';
import { NotNow } from '../../../src/errors.ts';
import type { Pass } from '../../../src/twentyfourseven/circuits/circuits.ts';
import { createExchange } from '../../../src/twentyfourseven/dispatch/exchange.ts';
import { createQuota } from '../../../src/twentyfourseven/dispatch/quota.ts';
import {
  createCategory,
  createCustomer,
  createOrder,
  createProduct,
  customerById,
  customersByOrganizationNumber,
  listCategories,
  listTaxCodes,
  type Operation,
  orderById,
  ordersByMark,
  ordersOfCustomer,
  productsByName,
  updateCustomer,
  updateOrder,
} from '../../../src/twentyfourseven/operations.ts';
import { createLogin, type Login } from '../../../src/twentyfourseven/session/login.ts';
import { classifyException, classifyFailure } from '../../../src/twentyfourseven/wire/faults.ts';
import { createMask } from '../../../src/twentyfourseven/wire/mask.ts';
import type { ServiceName } from '../../../src/twentyfourseven/wire/services.ts';
import { createSoap, type Soap } from '../../../src/twentyfourseven/wire/soap.ts';
import { answer, type FakeServer, startFakeServer } from '../fake-soap-server.ts';
import {
  aCircuits,
  aClock,
  aCustomer,
  anOrder,
  credentials,
  failureOf,
  memoryQuota,
  realClock,
  silentLogger,
} from '../support.ts';

const DIR = join(import.meta.dirname, '../recorded');
const files = readdirSync(DIR, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.xml') && !file.endsWith('.request.xml'))
  .map((file) => file.slice(0, -'.xml'.length))
  .sort();

/** Status and headers of each answer, by name. */
const heads = new Map<string, { status: number; headers: Record<string, string> }>();
for (const block of readFileSync(join(DIR, 'headers.txt'), 'utf8').split(/\n(?=\S)/)) {
  const [first = '', ...lines] = block.trimEnd().split('\n');
  const [, name = '', status] = /^([\w-]+): HTTP\/1\.1 (\d+)/.exec(first) ?? [];
  const headers = lines.map(
    (line) =>
      line
        .trim()
        .split(/: (.*)/s)
        .slice(0, 2) as [string, string],
  );
  heads.set(name, { status: Number(status), headers: Object.fromEntries(headers) });
}

let server: FakeServer;
let soap: Soap;
let playing: { name: string; body: string } | undefined;

beforeAll(async () => {
  server = await startFakeServer((socket) => {
    const { name, body } = playing ?? { name: '', body: '' };
    const { status, headers } = heads.get(basename(name)) ?? { status: 0, headers: {} };
    answer(socket, body, status, headers);
  });
  soap = createSoap({ baseUrl: server.url, timeoutMs: 20_000, sendWindowMs: 5_000, clock: realClock });
});

afterAll(async () => {
  soap.close();
  await server.stop();
});

function play(name: string): void {
  playing = { name, body: readFileSync(join(DIR, `${name}.xml`), 'utf8') };
}

type Check = (name: string) => Promise<void>;

const call = <Item, Value>(
  { service, wireName, toRequest }: Operation<Item, Value>,
  items: readonly Item[],
) => soap.call({ service, operation: wireName, args: toRequest(items) });

/** The outcomes of the items, in their order. */
function outcomes<Item, Value>(
  operation: Operation<Item, Value>,
  items: readonly Item[],
  expected: readonly object[],
): Check {
  return async () => {
    const answered = await call(operation, items);
    if (!answered.ok) throw new Error(answered.cause);
    expect(answered.status).toBe(200);
    expect(operation.fromAnswer(answered.result, items)).toStrictEqual(expected);
  };
}

const reads = <Item, Value>(operation: Operation<Item, Value>, item: Item, value: Value): Check =>
  outcomes(operation, [item], [{ kind: 'value', value, marked: true }]);

const saves = <Item>(operation: Operation<Item, number>, item: Item, id: number, marked = true): Check =>
  outcomes(operation, [item], [{ kind: 'value', value: id, marked }]);

/** A failed call, by its signal, its failure and the words that a person gets to read. */
function fails<Item, Value>(
  operation: Operation<Item, Value>,
  item: Item,
  signal: string,
  kind: string,
  code: string,
  message: string,
): Check {
  return async (name) => {
    const answered = await call(operation, [item]);
    if (answered.ok) throw new Error('a result');
    expect(answered.status).toBe(heads.get(basename(name))?.status);
    const verdict = classifyFailure(answered, operation, aClock(), createMask([item]));
    expect(verdict).toMatchObject({ signal, failure: { kind, code } });
    expect(verdict.failure.message).toContain(message);
    expect(verdict.failure.message).not.toMatch(/System\.|\bat \w+\./);
  };
}

/** An exception on the one entity of a save's answer. */
function refuses<Item>(operation: Operation<Item, number>, item: Item, signal: string, code: string): Check {
  return async () => {
    const answered = await call(operation, [item]);
    if (!answered.ok) throw new Error(answered.cause);
    const [outcome] = operation.fromAnswer(answered.result, [item]);
    if (outcome?.kind !== 'exception') throw new Error('no exception');
    const verdict = classifyException(outcome.exception, operation, aClock(), createMask([item]));
    expect(verdict).toMatchObject({ signal, failure: { code } });
  };
}

const pass: Pass = {
  isProbe: false,
  answered: async () => undefined,
  accepted: async () => undefined,
  undecided: async () => undefined,
  refused: async (what) =>
    new NotNow(what === 'identity' ? 'service.identity_blocked' : 'service.login_refused', 0),
  lost: async () => undefined,
};

/** A call of the Authenticate service; what it throws is its value. */
function authenticates(ask: (login: Login) => Promise<unknown>, check: (value: unknown) => void): Check {
  return async () => {
    const quota = createQuota({ store: memoryQuota(), clock: realClock, logger: silentLogger });
    const exchange = createExchange({ soap, quota, clock: realClock, logger: silentLogger });
    const turns = { take: async () => undefined } as unknown as Parameters<typeof createLogin>[0]['turns'];
    const login = createLogin({ exchange, turns, circuits: aCircuits() });
    check(await ask(login).catch((error: unknown) => error));
  };
}

const logIn = (login: Login) => login.login(credentials, '11111111-aaaa-4bbb-8ccc-000000000001', '1', pass);
const identity = {
  identityId: '11111111-aaaa-4bbb-8ccc-000000000001',
  clientId: '3400000001',
  clientName: 'Fjord Utleie AS',
  isDisabled: false,
};

const DECLARED = {
  accountDebit: 0,
  accountCredit: 0,
  discount: '0.0',
  blockInvoice: false,
  currencyId: 'LOCAL',
} as const;
const fjell: Customer = {
  ...DECLARED,
  id: 1001,
  externalId: 'sf-1',
  organizationNumber: '817404502',
  name: 'Fjell & Sønn AS',
  addresses: { post: { street: 'Vegen 1', postalCode: '7010', city: 'Trondheim', country: 'NO' } },
  emails: { work: 'post@fjell.example' },
  country: 'NO',
  type: 'Business',
  discount: '12.50',
};
const plain: Customer = { ...DECLARED, id: 1002, name: 'Uten alt', type: 'None' };
const oddCustomer: Customer = {
  ...DECLARED,
  id: 1,
  organizationNumber: 'odd',
  addresses: { visit: { city: 'Oslo' } },
  type: 'None',
  accountDebit: 1500,
  currencyId: 'SEK',
};

const row: OrderRow = {
  rowId: 100_001,
  productId: 1005,
  name: 'Traktor (2021-01-10 - 2021-01-12)',
  price: '450.00',
  quantity: '3',
  discountRate: '10',
  vatRate: '25.0000',
  taxCode: 31,
  type: 'Normal',
  sequenceNumber: 1,
};
const web: Order = {
  orderId: 4001,
  customerId: 1001,
  orderStatus: 'Web',
  paymentTime: 14,
  invoiceTitle: 'Kari',
  referenceNumber: 'SFX-Web',
  externalStatus: 12_345_678,
  includeVat: false,
  totalIncVat: '1518.75',
  totalVat: '303.75',
  rows: [row],
};
const published: Order = {
  ...web,
  orderStatus: 'Invoiced',
  invoiceId: 10_001,
  dateInvoiced: '2026-11-24T00:00:00',
};
const odd: Order = {
  orderId: 1,
  customerId: 1,
  orderStatus: 'Web',
  invoiceTitle: '  two\nlines & <more>\tå ',
  paid: '2021-02-03T12:00:00.1234567',
  referenceNumber: '',
  totalIncVat: '0.00',
  totalVat: '-12.50',
  rows: [
    { name: '', type: 'Normal' },
    {
      rowId: 2,
      productId: -1,
      name: '',
      price: '0',
      quantity: '1.50',
      discountRate: '0.0000000001',
      type: 'Text',
      sequenceNumber: 0,
    },
  ],
};
const taxCodes = [
  [9, '0', 'Ingen mva-behandling', '0'],
  [3, '1', 'Inngående mva høy sats', '25'],
  [31, '3', 'Utgående mva høy sats', '25.0000'],
  [33, '31', 'Utgående mva middels sats', '15'],
  [5, '33', 'Utgående mva lav sats', '12'],
  [52, '5', 'Innenlandsk omsetning fritatt for mva', '0'],
  [6, '52', 'Utførsel av varer og tjenester', '0'],
  [1, '6', 'Omsetning utenfor mva-loven', '0'],
].map(([taxId, taxNo, name, rate]) => ({ taxId, taxNo, name, rate })) as never;

const draft = (referenceNumber: string) => anOrder({ referenceNumber, externalStatus: 12_345_678 });
const update = (orderId: number) => ({ ...draft('SFX-Offer'), orderId, rows: [] });
const rental = { id: 1005, name: 'SharefoxRental', categoryId: 1004, statusId: 1 };
const READ = ['retryable', 'transfer.bug'] as const;
const SAVE = ['terminal', 'order.refused'] as const;

/** For every file what must come of it. */
const EXPECTED: Record<string, Check> = {
  login: authenticates(logIn, (id) => expect(id).toBe('0'.repeat(24))),
  'login-refused': authenticates(logIn, (id) => expect(id).toBeUndefined()),
  'login-blocked': authenticates(logIn, (failure) =>
    expect(failure).toMatchObject({ kind: 'not_now', code: 'service.identity_blocked' }),
  ),
  identity: authenticates(
    (login) => login.getIdentity('id', '1'),
    (value) => expect(value).toStrictEqual(identity),
  ),
  identities: authenticates(
    (login) => login.getIdentities(credentials),
    (value) =>
      expect(value).toStrictEqual([
        identity,
        {
          identityId: '11111111-aaaa-4bbb-8ccc-000000000002',
          clientId: '3400000002',
          clientName: 'Berg & Dal Maskin <Utleie>',
          isDisabled: false,
        },
      ]),
  ),
  'identities-refused': authenticates(
    (login) => login.getIdentities(credentials),
    (value) => expect(value).toStrictEqual([]),
  ),

  companies: reads(customersByOrganizationNumber, '817404502', [fjell, plain]),
  'companies-none': reads(customersByOrganizationNumber, '1', []),
  'companies-null': reads(customersByOrganizationNumber, '1', []),
  'companies-odd': reads(customerById, 1, oddCustomer),
  'companies-control-characters': reads(customersByOrganizationNumber, '911222333', [
    { ...DECLARED, id: 1003, organizationNumber: '911222333', name: 'KontrollTegn', type: 'Business' },
  ]),
  // Without an id: it was not asked for. No answer of ours is like that.
  'companies-nothing-asked': outcomes(
    customerById,
    [1],
    [{ kind: 'missing', unreadable: 'unreadable answer: Id is missing' }],
  ),
  'save-companies': outcomes(
    createCustomer,
    [aCustomer({ externalId: 'sf-1' }), aCustomer({ externalId: 'sf-2' })],
    [{ kind: 'value', value: 1001, marked: true }, { kind: 'missing' }],
  ),
  // The id is the one we sent.
  'save-companies-exception': refuses(
    updateCustomer,
    { id: 99_999, type: 'None' },
    'unclear',
    'service.unavailable',
  ),

  categories: reads(listCategories, null, [{ id: 1004, name: 'SharefoxRental' }]),
  'categories-none': reads(listCategories, null, []),
  'save-categories': saves(createCategory, 'SharefoxRental', 1004),
  products: reads(productsByName, 'SharefoxRental', [rental]),
  'save-products': saves(createProduct, { name: 'SharefoxRental', categoryId: 1004 }, 1005),
  'tax-codes': reads(listTaxCodes, null, taxCodes),
  'soap12-tax-codes': reads(listTaxCodes, null, taxCodes),

  'save-invoices-web': saves(createOrder, draft('SFX-Web'), 4001),
  'save-invoices-offer': saves(createOrder, draft('SFX-Offer'), 4002),
  'save-invoices-exception': refuses(createOrder, draft('SFX-Web'), 'refused', 'order.refused'),
  'title-emptied': saves(updateOrder, update(4002), 4002),
  'other-order': saves(createOrder, draft('R'), 4004),
  'empty-elements-with-default': saves(createOrder, draft('SFX-Web'), 4003, false),
  'invoices-web': reads(orderById, 4001, web),
  'invoices-offer': reads(orderById, 4002, {
    ...web,
    orderId: 4002,
    orderStatus: 'Offer',
    referenceNumber: 'SFX-Offer',
    rows: [{ ...row, rowId: 100_002 }],
  }),
  'invoices-none': reads(ordersByMark, 12_345_678, []),
  'invoices-odd': reads(orderById, 1, odd),
  'invoices-nothing-asked': outcomes(
    orderById,
    [1],
    [{ kind: 'missing', unreadable: 'unreadable answer: OrderId is missing' }],
  ),
  'invoices-published': reads(ordersByMark, 12_345_678, [published]),
  'invoices-paid': reads(ordersOfCustomer, 1001, [{ ...published, paid: '2021-02-03T00:00:00' }]),
  'invoices-paid-kind-utc': reads(orderById, 4001, {
    ...published,
    dateInvoiced: '2026-11-24T00:00:00Z',
    paid: '2021-02-03T00:00:00Z',
  }),
  'invoices-paid-kind-local': reads(orderById, 4001, {
    ...published,
    dateInvoiced: '2026-11-24T00:00:00+00:00',
    paid: '2021-02-03T00:00:00+00:00',
  }),
  'invoices-four-decimals': reads(orderById, 4001, {
    ...published,
    paid: '2021-02-03T00:00:00',
    totalIncVat: '1518.7500',
    totalVat: '303.7500',
    rows: [{ ...row, price: '450.0000', discountRate: '10.0000', quantity: '3.0000' }],
  }),

  'fault-bad-enum': fails(createOrder, draft('R'), 'validation', ...SAVE, 'OrderSlipStateType'),
  'fault-bad-decimal': fails(createOrder, draft('R'), 'validation', ...SAVE, 'SaveInvoices'),
  'fault-bad-date': fails(createOrder, draft('R'), 'validation', ...SAVE, 'AllXsd'),
  'fault-empty-bool': fails(createOrder, draft('R'), 'validation', ...SAVE, 'SaveInvoices'),
  'fault-empty-int-with-end-tag': fails(createOrder, draft('R'), 'validation', ...SAVE, 'SaveInvoices'),
  'fault-empty-int-in-list': fails(orderById, 1, 'validation', ...READ, 'GetInvoices'),
  'fault-wrong-action': fails(createOrder, draft('R'), 'validation', ...SAVE, 'did not recognize'),
  'fault-malformed': fails(
    createOrder,
    draft('R'),
    'unclear',
    'outcome_unknown',
    'order.unknown_outcome',
    'no clear answer',
  ),
  'fault-no-search-parameter': fails(customerById, 1, 'validation', ...READ, 'search parameter'),
  'fault-no-search-parameter-invoice': fails(orderById, 1, 'validation', ...READ, 'search parameter'),
  'soap12-fault': fails(orderById, 1, 'validation', ...READ, 'search parameter'),
  'fault-no-session': fails(orderById, 1, 'session_lost', 'retryable', 'service.session_lost', ''),
  'fault-thrown': fails(orderById, 1, 'unclear', 'retryable', 'service.unavailable', 'no clear answer'),

  // Not an operation of ours; read all the same, since the client's WSDL is among ours.
  'client-information': async () => {
    const asked = { service: 'client' as ServiceName, operation: 'GetClientInformation', args: {} };
    expect(await soap.call(asked)).toMatchObject({
      ok: true,
      result: { GetClientInformationResult: { Name: 'Fjord Utleie AS', DefaultCurrency: 'NOK' } },
    });
  },
};

it('no recorded answer is left out, and none is expected that is not there', () => {
  expect([...new Set(files.map((file) => basename(file)))].sort()).toEqual(Object.keys(EXPECTED).sort());
  expect([...heads.keys()].sort()).toEqual(Object.keys(EXPECTED).sort());
});

it.each(files)('%s is read to what was meant', async (file) => {
  play(file);
  await EXPECTED[basename(file)]?.(file);
  expect.hasAssertions();
});

it('a session lost in a read of the Authenticate service is known for what it is', async () => {
  play('fault-no-session');
  const ask = (login: Login) => failureOf(login.getIdentity('id', '1'));
  await authenticates(ask, (failure) => expect(failure).toMatchObject({ code: 'service.session_lost' }))('');
});
