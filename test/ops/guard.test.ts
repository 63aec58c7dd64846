import { expect, test } from 'vitest';
import { shownData, shownResult } from '../../src/ops/board-redaction.ts';
import { createLoginCheck, isCrossSite } from '../../src/ops/guard.ts';

test.each([
  ['ops', 'right', true],
  ['ops', 'wrong', false],
  ['Ops', 'right', false],
  ['', '', false],
  ['ops', 'right ', false],
])('login %s / %s is %s', (username, password, passes) => {
  const check = createLoginCheck({ username: 'ops', password: 'right' });
  expect(check({ username, password })).toBe(passes);
});

test.each([
  [
    'a page of ours',
    'POST',
    { host: 'ops:3024', origin: 'http://ops:3024', 'sec-fetch-site': 'same-origin' },
    false,
  ],
  ['a client that is no browser', 'PUT', { host: 'ops:3024' }, false],
  ['a read from anywhere', 'GET', { host: 'ops:3024', origin: 'https://evil.example' }, false],
  ['another site', 'POST', { host: 'ops:3024', origin: 'https://evil.example' }, true],
  ['another port', 'POST', { host: 'ops:3024', origin: 'http://ops:80' }, true],
  ['a sandboxed page', 'POST', { host: 'ops:3024', origin: 'null' }, true],
  ['another site without an origin', 'DELETE', { host: 'ops:3024', 'sec-fetch-site': 'cross-site' }, true],
  ['a sister site', 'PATCH', { host: 'ops:3024', 'sec-fetch-site': 'same-site' }, true],
])('%s: %s crosses sites: %#', (_, method, headers, crosses) => {
  expect(isCrossSite({ method, headers })).toBe(crosses);
});

test('only ids and counts of a payload are shown', () => {
  expect(
    shownData({
      shopId: 'acme.no',
      requestId: 'r-1',
      requestedBy: 'Kari Nordmann',
      invoice: { id: '1018', revision: 2, comment: 'canary' },
      customer: { email: 'canary@example.com' },
      lines: [{ name: 'canary' }, { name: 'canary' }],
    }),
  ).toEqual({ shopId: 'acme.no', requestId: 'r-1', invoiceId: '1018', revision: 2, lines: 2 });
});

test.each([
  null,
  undefined,
  'canary',
  7,
  [],
  { shopId: { canary: 1 }, requestId: 'the canary sings', invoice: 'x' },
])('a payload of any other shape shows nothing: %j', (data) => {
  expect(JSON.stringify(shownData(data))).toBe('{}');
});

test('only outcome and order of a result are shown', () => {
  expect(
    shownResult({
      outcome: 'created',
      orderId: 1001,
      reference: 'SF-1018-ABCDEFGH',
      warnings: [{ message: 'canary' }],
    }),
  ).toEqual({
    outcome: 'created',
    orderId: 1001,
    reference: 'SF-1018-ABCDEFGH',
  });
  expect(JSON.stringify(shownResult({ outcome: 'canary', reference: 'a canary' }))).toBe('{}');
  expect(shownResult(null)).toBeUndefined();
});
