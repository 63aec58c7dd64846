import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decimal,
  INVOICE_TRANSFER,
  JOB_RETENTION,
  localDate,
  MAX_PAYLOAD_BYTES,
  MAX_PRIORITY,
  STATUS_CHECK,
} from '../../src/contract/jobs.ts';
import { eventType, statusResult, transferResult, transferState } from '../../src/contract/results.ts';
import { cleanText, codePoints, filledText, text } from '../../src/contract/text.ts';

describe('what a foreign producer relies on', () => {
  test('queue names, retention and limits are those of the contract', () => {
    expect([INVOICE_TRANSFER, STATUS_CHECK]).toEqual(['invoice-transfer', 'status-check']);
    expect(JOB_RETENTION).toEqual({
      removeOnComplete: { age: 604_800 },
      removeOnFail: { age: 2_592_000 },
    });
    expect([MAX_PAYLOAD_BYTES, MAX_PRIORITY]).toEqual([262_144, 2_097_151]);
  });

  test('states and event types are those of the contract', () => {
    expect(transferState.options).toEqual([
      'accepted',
      'preparing',
      'sending',
      'ordered',
      'transferred',
      'rejected',
      'unresolved',
    ]);
    expect(eventType.options).toEqual([
      'transfer.completed',
      'transfer.rejected',
      'transfer.unresolved',
      'payment.checked',
      'order.invoiced',
      'order.paid',
      'order.payment_reversed',
      'order.changed',
      'order.merged',
      'order.gone',
    ]);
  });

  test('results are strict', () => {
    const status = { status: 'paid', detail: 'paid', orderId: 1, checkedAt: '2021-01-13T09:30:00Z' };
    expect(statusResult.safeParse(status).success).toBe(true);
    expect(statusResult.safeParse({ ...status, amount: '1' }).success).toBe(false);
    expect(transferResult.safeParse({ outcome: 'created' }).success).toBe(false);
  });
});

describe('decimals', () => {
  test('whatever has at most 13 digits and 4 decimals is read, and nothing is changed', () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.bigInt({ min: 0n, max: 9_999_999_999_999n }),
        fc.option(fc.stringMatching(/^[0-9]{1,4}$/), { nil: undefined }),
        (negative, units, decimals) => {
          const value = `${negative ? '-' : ''}${units}${decimals === undefined ? '' : `.${decimals}`}`;
          expect(decimal.parse(value)).toBe(value);
        },
      ),
    );
  });

  test.each([
    '',
    '-',
    '1.',
    '.1',
    '01',
    '+1',
    '1e2',
    '1,0',
    ' 1',
    '1 ',
    '1\n',
    'NaN',
    '--1',
    '0x1',
    '1.00000',
  ])('%j is none', (value) => {
    expect(decimal.safeParse(value).success).toBe(false);
  });
});

test.each(['2021-02-30', '1899-12-31', '21-01-10', '2021-01-10 ', '2021-13-01'])(
  '%j is no date of an invoice',
  (value) => {
    expect(localDate.safeParse(value).success).toBe(false);
  },
);

describe('texts', () => {
  test('cleaned text holds nothing that XML cannot carry, and cleaning again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw) => {
        const clean = cleanText(raw);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters looked for
        expect(clean).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff]|\p{Surrogate}/u);
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });

  test('length is counted in code points', () => {
    expect(codePoints('a🚜é')).toBe(3);
    expect(text(3).safeParse('🚜🚜🚜').success).toBe(true);
    expect(text(3).safeParse('🚜🚜🚜🚜').success).toBe(false);
  });

  test('a text of nothing but control characters and spaces counts as empty', () => {
    expect(filledText().safeParse('\u0000 \t').success).toBe(false);
    expect(filledText().parse('a\u0000')).toBe('a');
  });
});
