/** Payloads that Sharefox must never send, and the path the refusal has to name for each. */
import { anInvoiceInput } from '../support/builders.ts';

export interface Malformed {
  name: string;
  data: unknown;
  /** What the failedReason must name; '' where the payload as a whole is refused. */
  path: string;
  /** Texts of the payload that the failedReason must not repeat. */
  values: string[];
}

type Json = Record<string, unknown>;

const CANARY = 'Kanarifugl';
const BIG = 'y'.repeat(1_000_000);

/** `lines.0.quantity` of the builders' invoice set to `value`; undefined drops it. */
function withValue(path: string, value: unknown): Json {
  const data = structuredClone(anInvoiceInput()) as unknown as Json;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let parent = data;
  for (const key of keys) parent = parent[key] as Json;
  // As JSON.parse makes it: `__proto__` is a key like any other.
  Object.defineProperty(parent, last, { value, enumerable: true, configurable: true, writable: true });
  if (value === undefined) delete parent[last];
  return data;
}

/** Values that our own rules happen to say, too. */
const OURS = ['invoice', 'credit', 'line', '21-01-10'];

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') {
    return value.length > 3 && !OURS.includes(value) ? [value.slice(0, 200)] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    ...(key.includes(CANARY) ? [key] : []),
    ...textsIn(each),
  ]);
};

const show = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'left out';
  return text.length > 40 ? `${text.slice(0, 37)}… (${text.length})` : text;
};

/** @param path what is to be named, where it is not the one that was changed */
function malformed(changed: string, value: unknown, path = changed): Malformed {
  return {
    name: `${changed}: ${show(value)}`,
    data: withValue(changed, value),
    path,
    values: textsIn(value),
  };
}

const each = (paths: string[], values: unknown[]): Malformed[] =>
  paths.flatMap((path) => values.map((value) => malformed(path, value)));

const MONEY = [
  'invoice.totals.net',
  'invoice.totals.vat',
  'invoice.totals.gross',
  'lines.0.quantity',
  'lines.0.unitPrice',
  'lines.0.discountPercent',
  'lines.0.vatPercent',
];
const NOT_TEXT = [7, true, null, [CANARY], { [CANARY]: CANARY }];
const NO_DECIMAL = [
  ...['NaN', 'Infinity', '-Infinity', '1e3', '1E-2', '+1.00', '007', '00.50', '1.', '.5', '1,50', '1 000.00'],
  ...['', ' 1.00', '1.00000', '12345678901234', '0x1F', '١٢٣٤', '--1', '-', '1.00\n', 'kr 1.00', '1.2.3'],
];
const NO_DATE = [
  ...['2021-02-30', '2021-13-01', '2021-00-10', '2021-02-29', '21-01-10', '2021-1-1', '10.01.2021'],
  ...['2021-01-10T00:00:00Z', '20210110', '', 'i morgen', '-2021-01-10', '1899-12-31'],
];

const numbers: Malformed[] = [
  ...each(MONEY, [1250, null]),
  ...each(['lines.0.quantity', 'lines.0.unitPrice', 'invoice.totals.gross'], NO_DECIMAL),
  ...each(
    ['lines.0.quantity', 'invoice.totals.net', 'invoice.totals.vat', 'invoice.totals.gross'],
    ['-1.00', '-0.0001'],
  ),
  ...each(['lines.0.discountPercent', 'lines.0.vatPercent'], ['-1', '100.01', '101', '1e1', '0.10000']),
  // Numbers that JSON cannot carry arrive as null.
  ...each(['lines.0.quantity', 'invoice.revision'], [Number.NaN, Number.POSITIVE_INFINITY]),
  malformed('lines.0.unitPrice', '-450.00'),
  ...each(['invoice.revision'], [0, -1, 1.5, '2', 1e300, true]),
];

const dates: Malformed[] = [
  ...each(['invoice.issueDate', 'lines.0.period.to'], NO_DATE),
  ...each(['invoice.dueDate', 'lines.0.period.from'], ['2021-02-30', null, 20_210_110]),
  malformed('lines.0.period', { from: '2021-01-12', to: '2021-01-10' }, 'lines.0.period.to'),
  malformed('lines.0.period', { from: '2021-01-12' }, 'lines.0.period.to'),
  malformed('lines.0.period', undefined),
  malformed('lines.0.period', '2021-01-10 - 2021-01-12'),
  ...each(['requestedAt'], ['2021-01-13', '2021-02-30T09:30:00Z', '2021-01-13T09:30:00', 'now', 1, null]),
];

const ids: Malformed[] = [
  ...each(['shopId'], ['', 'Acme.mysharefox.com', 'a b', '*', 'x'.repeat(101), 'å.no', 'a\n', ...NOT_TEXT]),
  ...each(['invoice.id'], ['', '1018/1', '../1', 'x'.repeat(31), '10 18', 'ø', '1018-1\n', ...NOT_TEXT]),
  ...each(['requestId', 'lines.0.id'], ['', '   ', 'x'.repeat(2001), ...NOT_TEXT]),
  ...each(['schemaVersion'], [2, 0, '1', null, 1.5]),
  ...each(['invoice.currency'], ['nok', 'KRONER', 'NO', '', 578]),
  ...each(['invoice.type'], ['invoice', 'PRINTED', '', null]),
  ...each(['invoice.kind'], ['refund', 'Credit', null]),
  ...each(['lines.0.kind'], ['Rental', 'text', 1]),
  malformed('invoice.kind', 'credit', 'invoice.creditsInvoiceId'),
];

const texts: Malformed[] = [
  ...each(['customer.firstName', 'customer.address', 'invoice.orderId', 'lines.0.name'], NOT_TEXT),
  ...each(
    ['customer.companyName', 'invoice.comment', 'lines.0.name', 'customer.email'],
    [BIG, CANARY.repeat(201)],
  ),
  ...each(['customer.email'], ['', 'kari', `${CANARY}@`, '@nowhere.example', 'a b@c.example']),
  ...each(['lines.0.name', 'invoice.orderId'], ['', ' \t\n', '\u0000']),
  ...each(['customer.isCompany', 'invoice.pricesIncludeVat'], ['true', 0, null]),
];

const keys: Malformed[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'unknown_key'].flatMap(
    (key) =>
      ['', 'invoice.', 'customer.', 'lines.0.', 'invoice.totals.', 'lines.0.period.'].map((where) =>
        malformed(`${where}${key}`, { polluted: CANARY }),
      ),
  ),
  // A key that is not a plain word is not repeated: it may be anybody's name.
  malformed(`customer.${CANARY} Nordmann`, 1, 'customer'),
  malformed(`lines.0.${'k'.repeat(41)}`, 1, 'lines.0'),
];

const REQUIRED = [
  ...['schemaVersion', 'shopId', 'requestId', 'requestedAt', 'invoice', 'customer', 'lines'],
  ...['id', 'type', 'orderId', 'issueDate', 'currency', 'pricesIncludeVat', 'totals'].map(
    (key) => `invoice.${key}`,
  ),
  ...['net', 'vat', 'gross'].map((key) => `invoice.totals.${key}`),
  ...['isCompany', 'firstName', 'lastName', 'email'].map((key) => `customer.${key}`),
  ...['id', 'kind', 'name', 'quantity', 'unitPrice', 'vatPercent'].map((key) => `lines.0.${key}`),
];

const [line] = anInvoiceInput().lines;
const lines = (count: number, change: Json = {}) =>
  Array.from({ length: count }, (_, index) => ({ ...line, ...change, id: `line-${index}` }));

const shapes: Malformed[] = [
  ...REQUIRED.map((path) => malformed(path, undefined)),
  ...each(['invoice', 'customer', 'invoice.totals'], [null, [], 'x', 1]),
  ...each(['lines'], [[], null, {}, 'line', lines(201)]),
  ...each(['lines.0'], [null, [], 'line', 7]),
  malformed('lines', { 0: line, length: 1 }, 'lines'),
  // Each text is allowed, all of them together are too much.
  { ...malformed('lines', lines(200, { name: CANARY.repeat(199) })), path: '' },
  ...[null, [], 'invoice', 42, true, [anInvoiceInput()], JSON.stringify(anInvoiceInput())].map(
    (data): Malformed => ({
      name: `the whole payload: ${show(data)}`,
      data,
      path: '',
      values: textsIn(data),
    }),
  ),
  { name: 'the whole payload: {}', data: {}, path: 'schemaVersion', values: [] },
  {
    name: 'nobody has a name',
    data: anInvoiceInput({ customer: { firstName: '', lastName: ' ', companyName: '' } }),
    path: 'customer.lastName',
    values: [],
  },
];

export const MALFORMED_INVOICES: Malformed[] = [...numbers, ...dates, ...ids, ...texts, ...keys, ...shapes];

const check = {
  schemaVersion: 1,
  shopId: 'acme.mysharefox.com',
  requestId: 'request-1',
  requestedAt: '2021-01-13T09:30:00Z',
  invoiceId: '1018-1',
};
const badCheck = (path: string, change: Json): Malformed => ({
  name: `${path}: ${show(change)}`,
  data: { ...check, ...change },
  path,
  values: textsIn(change),
});

export const MALFORMED_CHECKS: Malformed[] = [
  ...[...NOT_TEXT, '', '1018/1', 'x'.repeat(31)].map((invoiceId) => badCheck('invoiceId', { invoiceId })),
  ...[0, -1, 1.5, 2_147_483_648, '1001', null, [1001]].map((externalOrderId) =>
    badCheck('externalOrderId', { externalOrderId }),
  ),
  ...Object.keys(check).map((key) => badCheck(key, { [key]: undefined })),
  badCheck('invoice', { invoice: { id: CANARY } }),
  badCheck('schemaVersion', { schemaVersion: 2 }),
  badCheck('shopId', { shopId: CANARY }),
  ...[null, [], 'invoice-1', 7].map(
    (data): Malformed => ({ name: `the whole payload: ${show(data)}`, data, path: '', values: [] }),
  ),
];
