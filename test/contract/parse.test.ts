import { describe, expect, test } from 'vitest';
import { MAX_PAYLOAD_BYTES } from '../../src/contract/jobs.ts';
import {
  describeProblems,
  type Parsed,
  parseInvoiceTransferJob,
  parseStatusCheckJob,
} from '../../src/contract/parse.ts';
import { anInvoiceInput } from '../support/builders.ts';

/** What a payload holds and no message may repeat. */
const CANARY = 'Kanarifugl';
const CANARY_NUMBER = 987_654_321;
const LONG = `${CANARY}${'x'.repeat(2000)}`;

type Json = Record<string, unknown>;

const statusInput = (): Json => ({
  schemaVersion: 1,
  shopId: 'acme.mysharefox.com',
  requestId: 'request-1',
  requestedAt: '2021-01-13T09:30:00Z',
  invoiceId: '1018-1',
});

/** A JSON copy with one place set; `undefined` takes the key out. */
function withValue(input: object, path: string, value: unknown): unknown {
  const copy: Json = JSON.parse(JSON.stringify(input));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let place = copy;
  for (const key of keys) place = place[key] as Json;
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

function problemsOf(parsed: Parsed<unknown>) {
  if (parsed.ok) throw new Error('the payload was accepted');
  return parsed.problems;
}

/** Where it is set, what is set there, and the path the refusal names where it is another. */
type Malformed = [path: string, value: unknown, named?: string];

const malformedTransfers: Malformed[] = [
  ['schemaVersion', 2],
  ['schemaVersion', '1'],
  ['schemaVersion', CANARY_NUMBER],
  ['schemaVersion', undefined],
  ['shopId', undefined],
  ['shopId', ''],
  ['shopId', `${CANARY}.mysharefox.com`],
  ['shopId', 'a'.repeat(101)],
  ['shopId', 'acme:mysharefox'],
  ['shopId', CANARY_NUMBER],
  ['requestId', undefined],
  ['requestId', '   '],
  ['requestId', LONG],
  ['requestedAt', CANARY],
  ['requestedAt', '2021-01-13'],
  ['requestedAt', '2021-01-13T09:30'],
  ['requestedAt', '2021-02-30T09:30Z'],
  ['requestedAt', CANARY_NUMBER],
  ['requestedBy', LONG],
  ['requestedBy', null],
  ['invoice', undefined],
  ['invoice', CANARY],
  ['invoice', []],
  ['invoice.id', undefined],
  ['invoice.id', `${CANARY} 1`],
  ['invoice.id', `${CANARY}:1`],
  ['invoice.id', ''],
  ['invoice.id', 'a'.repeat(31)],
  ['invoice.id', CANARY_NUMBER],
  ['invoice.revision', 0],
  ['invoice.revision', -CANARY_NUMBER],
  ['invoice.revision', 1.5],
  ['invoice.revision', '1'],
  ['invoice.type', CANARY],
  ['invoice.type', undefined],
  ['invoice.kind', CANARY],
  ['invoice.kind', 'credit', 'invoice.creditsInvoiceId'],
  ['invoice.creditsInvoiceId', `${CANARY} 2`],
  ['invoice.orderId', undefined],
  ['invoice.orderId', ' \n '],
  ['invoice.orderId', CANARY_NUMBER],
  ['invoice.orderRef', LONG],
  ['invoice.issueDate', undefined],
  ['invoice.issueDate', CANARY],
  ['invoice.issueDate', '2021-02-29'],
  ['invoice.issueDate', '2021-1-3'],
  ['invoice.issueDate', '0001-01-01'],
  ['invoice.issueDate', '2021-01-13T00:00:00Z'],
  ['invoice.dueDate', '13.01.2021'],
  ['invoice.currency', 'nok'],
  ['invoice.currency', CANARY],
  ['invoice.pricesIncludeVat', 'true'],
  ['invoice.pricesIncludeVat', undefined],
  ['invoice.comment', LONG],
  ['invoice.totals', undefined],
  ['invoice.totals.net', 1215],
  ['invoice.totals.net', '1 215.00'],
  ['invoice.totals.vat', '-303.75'],
  ['invoice.totals.gross', '1,518.75'],
  ['invoice.totals.gross', `${CANARY}`],
  ['customer', undefined],
  ['customer.isCompany', 'yes'],
  ['customer.firstName', undefined],
  ['customer.lastName', LONG],
  ['customer.companyName', CANARY_NUMBER],
  ['customer.companyOrgNo', 817_404_502],
  ['customer.email', undefined],
  ['customer.email', CANARY],
  ['customer.email', `${CANARY} @x`],
  ['customer.email', `${CANARY}${'\u{1f69c}'.repeat(120)}@example.no`],
  ['customer.email', `${CANARY}@${'x'.repeat(250)}`],
  ['customer.phone', CANARY_NUMBER],
  ['customer.postcode', 598],
  ['customer.country', null],
  ['customer.prefLanguage', ['no']],
  ['lines', undefined],
  ['lines', []],
  ['lines', { 0: CANARY }],
  ['lines', Array.from({ length: 201 }, () => anInvoiceInput().lines[0])],
  ['lines.0', CANARY],
  ['lines.0.id', ''],
  ['lines.0.kind', CANARY],
  ['lines.0.name', '\u0000\u0007'],
  ['lines.0.name', LONG],
  ['lines.0.period', undefined],
  ['lines.0.period', CANARY],
  ['lines.0.period.to', '2021-01-09'],
  ['lines.0.period.from', CANARY],
  ['lines.0.quantity', '-1'],
  ['lines.0.quantity', '1e3'],
  ['lines.0.quantity', 'Infinity'],
  ['lines.0.quantity', '٣'],
  ['lines.0.unitPrice', '-450.00'],
  ['lines.0.unitPrice', '+450'],
  ['lines.0.unitPrice', '0450'],
  ['lines.0.unitPrice', '450.'],
  ['lines.0.unitPrice', '.5'],
  ['lines.0.unitPrice', '450.00001'],
  ['lines.0.unitPrice', '12345678901234'],
  ['lines.0.unitPrice', '450.00\n'],
  ['lines.0.unitPrice', 450],
  ['lines.0.discountPercent', '100.01'],
  ['lines.0.discountPercent', '-1'],
  ['lines.0.vatPercent', '101'],
  ['lines.0.vatPercent', '-0.5'],
  ['lines.0.vatPercent', undefined],
  ['lines.0.vatPercent', `25${CANARY}`],
];

const malformedChecks: Malformed[] = [
  ['schemaVersion', 3],
  ['shopId', undefined],
  ['requestedAt', CANARY],
  ['invoiceId', undefined],
  ['invoiceId', `${CANARY} 1`],
  ['externalOrderId', '5001'],
  ['externalOrderId', 0],
  ['externalOrderId', -CANARY_NUMBER],
  ['externalOrderId', 2_147_483_648],
  ['externalOrderId', 1.5],
];

function silent(problems: { path: string; message: string }[]) {
  const said = `${JSON.stringify(problems)} ${describeProblems(problems)}`;
  expect(said).not.toContain(CANARY);
  expect(said).not.toContain(String(CANARY_NUMBER));
}

describe('a malformed invoice-transfer payload is refused by its path, and its value is not repeated', () => {
  test.each(malformedTransfers)('%s = %j', (path, value, named = path) => {
    const problems = problemsOf(parseInvoiceTransferJob(withValue(anInvoiceInput(), path, value)));
    expect(problems.map((problem) => problem.path)).toContain(named);
    for (const { message } of problems) expect(message).not.toBe('');
    silent(problems);
  });
});

describe('a malformed status-check payload is refused by its path, and its value is not repeated', () => {
  test.each(malformedChecks)('%s = %j', (path, value, named = path) => {
    const problems = problemsOf(parseStatusCheckJob(withValue(statusInput(), path, value)));
    expect(problems.map((problem) => problem.path)).toContain(named);
    silent(problems);
  });
});

describe('unknown keys', () => {
  test.each([
    ['cards', 'cards'],
    ['customer.age', 'customer.age'],
    ['customer.activeCard', 'customer.activeCard'],
    ['invoice.state', 'invoice.state'],
    ['invoice.totals.rounding', 'invoice.totals.rounding'],
    ['lines.0.vatCode', 'lines.0.vatCode'],
    ['lines.0.period.days', 'lines.0.period.days'],
    ['lines.0.constructor', 'lines.0.constructor'],
    ['lines.0.hasOwnProperty', 'lines.0.hasOwnProperty'],
  ])('%s is refused and named', (path, named) => {
    const problems = problemsOf(parseInvoiceTransferJob(withValue(anInvoiceInput(), path, CANARY)));
    expect(problems).toEqual([{ path: named, message: 'is not a known key' }]);
  });

  test.each([
    ['a person', 'kari@byggmester'],
    ['a space', `${CANARY} AS`],
    ['too many letters', `${CANARY}${'x'.repeat(40)}`],
    ['letters beyond ASCII', `${CANARY}ø`],
    ['nothing', ''],
  ])('a key that holds %s is refused without being named', (_what, key) => {
    const input = { ...anInvoiceInput(), [key]: 1 };
    const problems = problemsOf(parseInvoiceTransferJob(input));
    expect(problems).toEqual([{ path: '', message: 'holds a key that is not known' }]);
    silent(problems);
  });

  test('a key of 40 characters is named', () => {
    const key = 'k'.repeat(40);
    const problems = problemsOf(parseInvoiceTransferJob({ ...anInvoiceInput(), [key]: 1 }));
    expect(problems).toEqual([{ path: key, message: 'is not a known key' }]);
  });

  test.each(['', 'invoice', 'customer', 'lines.0'])('__proto__ in "%s" is refused and sets nothing', (at) => {
    const text = JSON.stringify(withValue(anInvoiceInput(), at === '' ? 'marker' : `${at}.marker`, 1));
    const payload: unknown = JSON.parse(text.replace('"marker":1', '"__proto__":{"polluted":true}'));
    const problems = problemsOf(parseInvoiceTransferJob(payload));
    expect(problems).toEqual([
      { path: at === '' ? '__proto__' : `${at}.__proto__`, message: 'is not a known key' },
    ]);
    expect(({} as Json).polluted).toBeUndefined();
  });
});

describe('what is no payload at all is refused', () => {
  test.each([[undefined], [null], [1], ['text'], [[]], [true]])('%j', (data) => {
    expect(parseInvoiceTransferJob(data)).toMatchObject({ ok: false, problems: [{ path: '' }] });
    expect(parseStatusCheckJob(data)).toMatchObject({ ok: false, problems: [{ path: '' }] });
  });

  test('more than 256 KiB of JSON', () => {
    const lines = Array.from({ length: 200 }, (_, index) => ({
      ...anInvoiceInput().lines[0],
      id: `l${index}`,
      name: 'ø'.repeat(700),
    }));
    const problems = problemsOf(parseInvoiceTransferJob({ ...anInvoiceInput(), lines }));
    expect(problems).toEqual([{ path: '', message: `must be at most ${MAX_PAYLOAD_BYTES} bytes of JSON` }]);
    expect(describeProblems(problems)).toBe('the payload must be at most 262144 bytes of JSON');
  });

  test('at most five problems are told', () => {
    expect(problemsOf(parseInvoiceTransferJob({ schemaVersion: 1 }))).toHaveLength(5);
  });
});

describe('what is accepted', () => {
  const accepted = (input: object) => {
    const parsed = parseInvoiceTransferJob(input);
    if (!parsed.ok) throw new Error(describeProblems(parsed.problems));
    return parsed.data;
  };

  test('revision is 1 and kind is invoice where they are left out', () => {
    expect(accepted(anInvoiceInput()).invoice).toMatchObject({ revision: 1, kind: 'invoice' });
  });

  test('control characters are removed, line breaks and tabs become a space', () => {
    const input = anInvoiceInput({
      invoice: { comment: 'one\r\n\ttwo\u0000\u0007 th\u0085ree\ud800\ufffe' },
      customer: { address: 'Brobekk\u2028veien\u009f 54' },
    });
    const job = accepted(input);
    expect(job.invoice.comment).toBe('one two th ree');
    expect(job.customer.address).toBe('Brobekk veien 54');
  });

  test('an emoji stays whole and counts as one character', () => {
    const name = '🚜'.repeat(2000);
    expect(accepted(withValue(anInvoiceInput(), 'lines.0.name', name) as object).lines[0]?.name).toBe(name);
  });

  test.each([
    'requestId',
    'requestedBy',
    'invoice.orderId',
    'invoice.orderRef',
    'invoice.comment',
    'customer.userId',
    'customer.phone',
    'lines.0.id',
    'lines.0.productId',
    'lines.0.name',
  ])('2,000 characters in %s', (path) => {
    accepted(withValue(anInvoiceInput(), path, 'x'.repeat(2000)) as object);
  });

  test.each([
    ['lines.0.discountPercent', '100.0000'],
    ['lines.0.vatPercent', '0'],
    ['lines.0.vatPercent', '11.11'],
    ['lines.0.quantity', '0'],
    ['lines.0.quantity', '-0.00'],
    ['lines.0.unitPrice', '9999999999999.9999'],
    ['invoice.issueDate', '2024-02-29'],
    ['requestedAt', '2021-01-13T10:30:00.123+01:00'],
    ['requestedAt', '2021-01-13T09:30Z'],
    ['requestedAt', '2021-01-13T10:30+01:00'],
    ['invoice.type', 'printed'],
    ['customer.companyOrgNo', ''],
  ])('%s = %j', (path, value) => {
    accepted(withValue(anInvoiceInput(), path, value) as object);
  });

  test('a rebate: a negative price on a custom line without period', () => {
    const rebate = {
      id: 'r',
      kind: 'custom',
      name: 'Rabatt',
      quantity: '1',
      unitPrice: '-50',
      vatPercent: '25',
    };
    expect(accepted({ ...anInvoiceInput(), lines: [rebate] }).lines).toEqual([rebate]);
  });

  test('a credit that names what it credits', () => {
    const input = anInvoiceInput({ invoice: { kind: 'credit', creditsInvoiceId: '1017-1' } });
    expect(accepted(input).invoice.kind).toBe('credit');
  });

  test('a private person with one name', () => {
    accepted(anInvoiceInput({ customer: { companyName: '', lastName: '', firstName: 'Kari' } }));
  });

  test('a customer without any name is refused', () => {
    const input = anInvoiceInput({ customer: { companyName: ' ', lastName: '', firstName: ' ' } });
    expect(problemsOf(parseInvoiceTransferJob(input))[0]?.path).toBe('customer.lastName');
  });

  test('a status check with and without the order id', () => {
    expect(parseStatusCheckJob(statusInput())).toEqual({ ok: true, data: statusInput() });
    const known = { ...statusInput(), externalOrderId: 5001 };
    expect(parseStatusCheckJob(known)).toEqual({ ok: true, data: known });
  });
});
