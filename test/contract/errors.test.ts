import { describe, expect, test } from 'vitest';
import { ERROR_CATALOGUE, errorText, isErrorCode } from '../../src/contract/errors.ts';

/** Every code the contract with Sharefox lists. */
const PROMISED = `
payload.invalid invoice.type_not_transferable invoice.credit_unsupported invoice.currency_mismatch
invoice.totals_mismatch invoice.negative_total invoice.changed_after_transfer invoice.superseded
invoice.not_transferred shop.unknown shop.not_verified shop.disabled customer.ambiguous vat.not_found
vat.ambiguous order.refused order.totals_mismatch order.duplicate_found order.mark_disputed order.vanished
order.missing order.not_ours order.unknown_outcome service.login_refused service.identity_blocked
service.permission_missing service.unavailable transfer.attempts_exhausted transfer.expired
`
  .trim()
  .split(/\s+/);

describe('the error catalogue', () => {
  test.each(PROMISED)('holds %s', (code) => {
    expect(isErrorCode(code)).toBe(true);
  });

  test.each(Object.entries(ERROR_CATALOGUE))(
    '%s says what happened and what to do, in three languages',
    (code, row) => {
      expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
      expect(['shop', 'support', 'ops', 'nobody']).toContain(row.owner);
      expect(typeof row.retried).toBe('boolean');
      for (const told of [row.texts, row.remedies]) {
        expect(Object.keys(told)).toEqual(['en', 'nb', 'sv']);
        for (const text of Object.values(told)) expect(text).toMatch(/^\S.{9,}\.$/);
        expect(new Set(Object.values(told)).size).toBe(3);
      }
    },
  );

  test.each(['nonsense', 'toString', '__proto__', 'constructor', ''])('%j is no code', (code) => {
    expect(isErrorCode(code)).toBe(false);
  });
});

describe('a text for people', () => {
  const { texts } = ERROR_CATALOGUE['shop.unknown'];
  test.each([
    ['en', texts.en],
    ['nb', texts.nb],
    ['no', texts.nb],
    ['sv', texts.sv],
    ['fi', texts.en],
    ['', texts.en],
  ])('in %j', (language, text) => {
    expect(errorText('shop.unknown', language)).toBe(text);
  });
});
