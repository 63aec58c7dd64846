import { describe, expect, it } from 'vitest';
import {
  createCategory,
  createCustomer,
  createOrder,
  ordersByMark,
  updateCustomer,
} from '../../../src/twentyfourseven/operations.ts';
import {
  classifyException,
  classifyFailure,
  type EntityException,
  lastMessage,
} from '../../../src/twentyfourseven/wire/faults.ts';
import { createMask } from '../../../src/twentyfourseven/wire/mask.ts';
import { quarantineEnd, retryAfterEnd } from '../../../src/twentyfourseven/wire/quarantine.ts';
import type { CallFailure } from '../../../src/twentyfourseven/wire/soap.ts';
import { aClock } from '../support.ts';

const NOW = Date.UTC(2021, 0, 13, 9, 30);
const clock = aClock(NOW);

const fault = (text: string, faultCode = 'soap:Server'): Partial<CallFailure> => ({
  cause: 'fault',
  status: 500,
  faultCode,
  text,
});
const dotNet = (text: string) => fault(`Server was unable to process request. ---> ${text}`);

type Row = [
  name: string,
  call: Partial<CallFailure>,
  signal: string,
  read: [kind: string, code: string],
  save: [kind: string, code: string],
];

const UNAVAILABLE: [string, string] = ['retryable', 'service.unavailable'];
const UNKNOWN: [string, string] = ['outcome_unknown', 'order.unknown_outcome'];
const QUOTA: [string, string] = ['not_now', 'service.quota'];
const LOST: [string, string] = ['retryable', 'service.session_lost'];
const BLOCKED: [string, string] = ['not_now', 'service.identity_blocked'];
const DENIED: [string, string] = ['not_now', 'service.permission_missing'];
const BUG: [string, string] = ['retryable', 'transfer.bug'];
const REFUSED: [string, string] = ['terminal', 'order.refused'];

const rows: Row[] = [
  [
    'connection refused',
    { cause: 'network', networkCode: 'ECONNREFUSED', mayBeWritten: false },
    'not_sent',
    UNAVAILABLE,
    UNAVAILABLE,
  ],
  [
    'no such host',
    { cause: 'network', networkCode: 'ENOTFOUND', mayBeWritten: false },
    'not_sent',
    UNAVAILABLE,
    UNAVAILABLE,
  ],
  [
    'timeout before the write',
    { cause: 'timeout', mayBeWritten: false },
    'not_sent',
    UNAVAILABLE,
    UNAVAILABLE,
  ],
  ['send window passed', { cause: 'send_window', mayBeWritten: false }, 'not_sent', UNAVAILABLE, UNAVAILABLE],
  ['reset after the write', { cause: 'network', networkCode: 'ECONNRESET' }, 'unclear', UNAVAILABLE, UNKNOWN],
  ['timeout after the write', { cause: 'timeout' }, 'unclear', UNAVAILABLE, UNKNOWN],
  ['too large an answer', { cause: 'too_large' }, 'unclear', UNAVAILABLE, UNKNOWN],
  ['HTTP 500 with HTML', { cause: 'http', status: 500, text: '<html>' }, 'unclear', UNAVAILABLE, UNKNOWN],
  ['HTTP 502', { cause: 'http', status: 502, text: '' }, 'unclear', UNAVAILABLE, UNKNOWN],
  ['HTTP 503', { cause: 'http', status: 503, text: '<html>' }, 'unclear', UNAVAILABLE, UNKNOWN],
  ['HTTP 504', { cause: 'http', status: 504 }, 'unclear', UNAVAILABLE, UNKNOWN],
  [
    'HTTP 403 page',
    { cause: 'http', status: 403, text: '<html>Access denied' },
    'unclear',
    UNAVAILABLE,
    UNKNOWN,
  ],
  ['unparsable', { cause: 'unparsable', status: 200, text: '<a' }, 'unclear', UNAVAILABLE, UNKNOWN],
  ['empty', { cause: 'unparsable', status: 200, text: '' }, 'unclear', UNAVAILABLE, UNKNOWN],
  ['HTTP 429', { cause: 'http', status: 429 }, 'quota', QUOTA, QUOTA],
  [
    'limit exceeded as a fault',
    dotNet('Limit exceeded by 1. Request is blocked. Quarantine ends at 2021-01-13T10:00:00Z'),
    'quota',
    QUOTA,
    QUOTA,
  ],
  [
    'limit exceeded as a page',
    { cause: 'http', status: 500, text: 'Limit exceeded by 1. Request is blocked. Quarantine ends at 10:00' },
    'quota',
    QUOTA,
    QUOTA,
  ],
  [
    'limit exceeded as a 200 page',
    { cause: 'unparsable', status: 200, text: '<p>Limit exceeded by 4.</p>' },
    'quota',
    QUOTA,
    QUOTA,
  ],
  [
    'a damaged answer that quotes our own text',
    { cause: 'unparsable', status: 200, text: '<soap:Envelope><Name>Quarantine ends at' },
    'unclear',
    UNAVAILABLE,
    UNKNOWN,
  ],
  ['session not authenticated', dotNet('Session is not authenticated'), 'session_lost', LOST, LOST],
  [
    'client not authenticated',
    dotNet('Client is not authenticated on this identity'),
    'session_lost',
    LOST,
    LOST,
  ],
  [
    'identity blocked',
    dotNet('Provided IdentityId is blocked. Please use GetIdentitiesWithCredential to get a list'),
    'identity_blocked',
    BLOCKED,
    BLOCKED,
  ],
  [
    'logins throttled',
    dotNet('Authentication is throttled. Please reuse your session.'),
    'login_throttled',
    QUOTA,
    QUOTA,
  ],
  [
    'permission',
    dotNet('User does not have permission to use this service'),
    'permission_missing',
    DENIED,
    DENIED,
  ],
  ['access denied', dotNet('Access denied'), 'permission_missing', DENIED, DENIED],
  ['not authorized', dotNet('You are not authorized'), 'permission_missing', DENIED, DENIED],
  ['licence', dotNet('No license for Access Platform'), 'permission_missing', DENIED, DENIED],
  [
    'instance validation',
    dotNet("Instance validation error: 'x' is not a valid value"),
    'validation',
    BUG,
    REFUSED,
  ],
  ['no search parameter', dotNet('Please specify at least one search parameter'), 'validation', BUG, REFUSED],
  [
    'a client fault',
    fault('Server did not recognize the value of HTTP Header SOAPAction', 'soap:Client'),
    'validation',
    BUG,
    REFUSED,
  ],
  [
    'a request that could not be read',
    fault(
      "Server was unable to read request. ---> There is an error in XML document (1, 258). ---> The string '13.01.2021' is not a valid AllXsd value.",
      'soap:Client',
    ),
    'validation',
    BUG,
    REFUSED,
  ],
  [
    'a server fault nobody knows',
    dotNet('Object reference not set to an instance of an object.'),
    'unclear',
    UNAVAILABLE,
    UNKNOWN,
  ],
  [
    'a database fault',
    dotNet('Office24Seven.Library.Data.DataBaseServerException: permission denied'),
    'unclear',
    UNAVAILABLE,
    UNKNOWN,
  ],
  ['a time limit inside the service', dotNet('The time limit exceeded'), 'unclear', UNAVAILABLE, UNKNOWN],
];

describe.each(rows)('%s', (_, partial, signal, read, save) => {
  const call: CallFailure = { ok: false, cause: 'fault', mayBeWritten: true, ...partial };

  it(`on a read is ${read.join(' ')}`, () => {
    const verdict = classifyFailure(call, ordersByMark, clock);
    expect([verdict.signal, verdict.failure.kind, verdict.failure.code]).toEqual([signal, ...read]);
  });

  it(`on a save is ${save.join(' ')}`, () => {
    const verdict = classifyFailure(call, createOrder, clock);
    expect([verdict.signal, verdict.failure.kind, verdict.failure.code]).toEqual([signal, ...save]);
    expect(verdict.written).toBe(save[0] === 'outcome_unknown' ? 'maybe' : 'no');
  });
});

describe('an APIException inside a 200 answer', () => {
  const exception = (more: Partial<EntityException>): EntityException => ({
    type: 'Office24Seven.X',
    message: 'No',
    hasId: false,
    ...more,
  });

  it.each<[string, EntityException, string, string]>([
    ['beside an id', exception({ hasId: true }), 'outcome_unknown', 'order.unknown_outcome'],
    [
      'of the database',
      exception({ type: 'Office24Seven.Library.Data.DataBaseServerException' }),
      'outcome_unknown',
      'order.unknown_outcome',
    ],
    [
      'of a missing parameter',
      exception({ type: 'Office24Seven.Library.Core.ParameterNotFoundException' }),
      'terminal',
      'order.refused',
    ],
    [
      'of a missing department',
      exception({ type: 'Office24Seven.Library.Economy.Accounting.DepartmentIsRequiredException' }),
      'terminal',
      'order.refused',
    ],
    ['of no type', exception({ type: '' }), 'terminal', 'order.refused'],
    [
      'of a missing right',
      exception({ type: 'Office24Seven.Core.PermissionDeniedException' }),
      'terminal',
      'service.permission_missing',
    ],
    [
      'of a session',
      exception({ type: 'Office24Seven.NotAuthenticatedException' }),
      'retryable',
      'service.session_lost',
    ],
  ])('%s is %s', (_, given, kind, code) => {
    expect(classifyException(given, createOrder, clock).failure).toMatchObject({ kind, code });
  });

  it('on a look-up makes the look-up fail, not empty', () => {
    expect(classifyException(exception({}), ordersByMark, clock).failure).toMatchObject({
      kind: 'retryable',
      code: 'service.unavailable',
    });
  });
});

describe('what concerns others is believed only where the service speaks for itself', () => {
  const said = createMask([
    { name: 'No Access AS', rows: [{ name: 'Driving licence course' }, { name: 'Limit exceeded by 5.' }] },
    { name: 'x ---> Session is not authenticated', rows: [{ name: 'Throttle body' }, { name: 'Timeout' }] },
  ]);
  const OURS: [name: string, message: string][] = [
    ['a credit limit', 'Credit limit exceeded by 1500.00'],
    ['a limit in money', 'Limit exceeded by 1500.00'],
    ['a product', "The product name 'Driving licence course' is not allowed"],
    ['a product first', 'Driving licence course is not allowed'],
    ['a customer first', 'No Access AS is not a valid customer'],
    ['a text that looks like the quota', 'Limit exceeded by 5. is not allowed'],
    ['a text that looks like a chain', "Name 'x ---> Session is not authenticated' is too long"],
    ['a part of an engine', 'Throttle body is not a product'],
    ['a comment in quotes', "'IdentityId is blocked' is not a comment"],
    ['a sentence about something else', 'The row says that the quarantine ends at 12:00'],
  ];

  it.each(OURS)('not in one entity’s exception: %s', (_, message) => {
    const verdict = classifyException({ type: 'X', message, hasId: false }, createOrder, clock, said);
    expect(verdict.signal).toBe('refused');
    expect(verdict).not.toHaveProperty('quarantineUntilMs');
    expect(verdict.failure).toMatchObject({ kind: 'terminal', code: 'order.refused' });
  });

  it('not in one entity’s exception, even in the documented words', () => {
    const message = 'Limit exceeded by 1. Request is blocked. Quarantine ends at 2021-01-13T10:00:00Z';
    const verdict = classifyException({ type: 'X', message, hasId: false }, createOrder, clock);
    expect(verdict).not.toHaveProperty('quarantineUntilMs');
    expect(verdict.signal).toBe('refused');
  });

  it.each(OURS)('not in a whole request’s fault: %s', (_, message) => {
    const call: CallFailure = { ok: false, mayBeWritten: true, cause: 'fault', ...dotNet(message) };
    const verdict = classifyFailure(call, createOrder, clock, said);
    expect(verdict).not.toHaveProperty('quarantineUntilMs');
    expect(verdict.signal).toBe('unclear');
  });

  it('a right that one entity lacks is no circuit’s business', () => {
    const exception = { type: 'X.PermissionException', message: 'No permission', hasId: false };
    expect(classifyException(exception, createOrder, clock).signal).toBe('entity_denied');
    expect(classifyException(exception, ordersByMark, clock).failure.kind).toBe('retryable');
  });

  it('a validation fault that quotes a line called Timeout is a refusal', () => {
    const text = "Instance validation error: 'Timeout' is not a valid value for Type.";
    const call: CallFailure = { ok: false, mayBeWritten: true, cause: 'fault', ...dotNet(text) };
    expect(classifyFailure(call, createOrder, clock, said).signal).toBe('validation');
  });

  it('the service’s own words are heard although a few of them were said', () => {
    const words = createMask([{ name: 'Limit', rows: [{ name: 'Lim' }, { name: 'session' }] }]);
    const signal = (text: string) =>
      classifyFailure(
        { ok: false, mayBeWritten: true, cause: 'fault', ...dotNet(text) },
        createOrder,
        clock,
        words,
      ).signal;
    expect(signal('Limit exceeded by 1. Request is blocked.')).toBe('quota');
    expect(signal('System.Exception: Session is not authenticated ---> X: inner')).toBe('session_lost');
  });
});

it('each save is refused under its own code, and only orders have an unknown order', () => {
  const refusal: CallFailure = {
    ok: false,
    cause: 'fault',
    mayBeWritten: true,
    ...dotNet('Instance validation error'),
  };
  const silence: CallFailure = { ok: false, cause: 'timeout', mayBeWritten: true };
  const code = (call: CallFailure, operation: Parameters<typeof classifyFailure>[1]) =>
    classifyFailure(call, operation, clock).failure.code;
  expect(code(refusal, createCustomer)).toBe('customer.refused');
  expect(code(refusal, createCategory)).toBe('product.refused');
  expect(classifyFailure(silence, createCustomer, clock).failure).toMatchObject({
    kind: 'outcome_unknown',
    code: 'service.unavailable',
  });
  expect(classifyFailure(silence, updateCustomer, clock).failure.kind).toBe('retryable');
});

describe('the service’s own words', () => {
  it.each([
    ['Outer ---> Middle ---> Inner', 'Inner'],
    ['System.Exception: Name is required', 'Name is required'],
    [
      'Outer ---> X.YException: Bad\n   at X.Y.Z(String s) in c:\\src\\Z.cs:line 3\n   --- End of inner',
      'Bad',
    ],
    ['Bad value\n   --- End of inner exception stack trace ---\n   at A.B()', 'Bad value'],
    ['kari.nordmann@example.no has +47 902 79 664 and 817404502', '…@… has +######## and ########'],
    ['  two\n lines ', 'two lines'],
  ])('%j reads %j', (text, expected) => {
    expect(lastMessage(text)).toBe(expected);
  });

  it('are cut at 300 characters', () => {
    expect(lastMessage('x'.repeat(1_000))).toHaveLength(300);
  });
});

describe('the end of a quarantine', () => {
  const ten = Date.UTC(2021, 0, 13, 10);
  it.each([
    ['2021-01-13T10:15:00Z', Date.UTC(2021, 0, 13, 10, 15)],
    ['2021-01-13T11:15:00.1234567+01:00', Date.UTC(2021, 0, 13, 10, 15)],
    ['2021-01-13 10:15:00', Date.UTC(2021, 0, 13, 10, 15)],
    ['13.01.2021 10:15:00', Date.UTC(2021, 0, 13, 10, 15)],
    ['1/13/2021 10:15:00 AM', Date.UTC(2021, 0, 13, 10, 15)],
    ['1/13/2021 12:15:00 PM', Date.UTC(2021, 0, 13, 12, 15)],
    ['1/14/2021 12:15:00 AM', Date.UTC(2021, 0, 14, 0, 15)],
    ['soon enough I hope', ten],
    ['2020-01-13T10:15:00Z', ten],
    ['2031-01-13T10:15:00Z', ten],
    ['2021-01-13T09:29:00Z', NOW + 2_000],
  ])('%s is understood', (text, expected) => {
    const message = `Limit exceeded by 1. Request is blocked. Quarantine ends at ${text}`;
    expect(quarantineEnd(message, NOW)).toBe(expected);
    const call: CallFailure = { ok: false, cause: 'fault', mayBeWritten: true, text: message };
    const verdict = classifyFailure(call, ordersByMark, clock);
    expect(verdict).toMatchObject({ quarantineUntilMs: expected, failure: { untilMs: expected } });
  });

  it.each([
    ['an hour behind ours', 'Wed, 13 Jan 2021 08:30:00 GMT', '2021-01-13T08:35:00Z', 5 * 60_000],
    ['an hour before ours', 'Wed, 13 Jan 2021 10:30:00 GMT', '2021-01-13T10:35:00Z', 5 * 60_000],
    ['in another second', 'Wed, 13 Jan 2021 09:29:59 GMT', '2021-01-13T09:35:00Z', 5 * 60_000 + 1_000],
    ['an hour before ours, whose hour is next', 'Wed, 13 Jan 2021 10:45:00 GMT', 'soon', 15 * 60_000],
    ['not told', undefined, '2021-01-13T09:35:00Z', 5 * 60_000],
    ['rubbish', 'half past', '2021-01-13T09:35:00Z', 5 * 60_000],
    ['without its zone', 'Wed, 13 Jan 2021 08:30:00', '2021-01-13T09:35:00Z', 5 * 60_000],
    ['of another year', 'Mon, 13 Jan 2020 09:45:00 GMT', '2021-01-13T09:35:00Z', 15 * 60_000],
  ])('is by the service’s clock: %s', (_, date, named, waitMs) => {
    const text = `Limit exceeded by 1. Request is blocked. Quarantine ends at ${named}`;
    const headers = date === undefined ? {} : { date };
    const call: CallFailure = { ok: false, cause: 'http', mayBeWritten: true, status: 429, headers, text };
    const verdict = classifyFailure(call, ordersByMark, clock);
    expect(verdict).toMatchObject({ quarantineUntilMs: NOW + waitMs, failure: { untilMs: NOW + waitMs } });
    const page = { ...call, text: '', headers: { ...headers, 'retry-after': '30' } };
    expect(classifyFailure(page, ordersByMark, clock).failure).toMatchObject({ untilMs: NOW + 30_000 });
  });

  it('a bare 429 rests a moment and stops nobody else', () => {
    const call: CallFailure = { ok: false, cause: 'http', mayBeWritten: true, status: 429, headers: {} };
    const verdict = classifyFailure(call, ordersByMark, clock);
    expect(verdict.failure).toMatchObject({ untilMs: NOW + 2_000 });
    expect(verdict).not.toHaveProperty('quarantineUntilMs');
    const later = { ...call, headers: { 'retry-after': '30' } };
    expect(classifyFailure(later, ordersByMark, clock).failure).toMatchObject({ untilMs: NOW + 30_000 });
    expect(retryAfterEnd('Wed, 13 Jan 2021 09:31:00 GMT', NOW)).toBe(NOW + 60_000);
    expect(retryAfterEnd('nonsense', NOW)).toBe(NOW + 2_000);
  });
});

it("a fault that calls itself the client's proves nothing of a create, unless the request was not read", () => {
  const call = { ok: false, cause: 'fault', mayBeWritten: true, faultCode: 'soap:Client' } as const;
  const judge = (text: string) => classifyFailure({ ...call, text }, createOrder, clock);
  expect(judge('The order was saved, its confirmation was not sent')).toMatchObject({
    signal: 'unclear',
    written: 'maybe',
    failure: { kind: 'outcome_unknown' },
  });
  expect(judge('Failed. ---> Server was unable to read request.')).toMatchObject({ written: 'maybe' });
  const stack = 'System.Web.Services.Protocols.SoapException: Server was unable to read request. ---> X: y';
  expect(judge(stack)).toMatchObject({ signal: 'validation', written: 'no' });
});
