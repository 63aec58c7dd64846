import { describe, expect, test } from 'vitest';
import type { TaxCode } from '../../src/domain/books.ts';
import { decideTaxCodes, normalizePercent } from '../../src/domain/tax.ts';
import { aLine, aShop } from '../support/builders.ts';

const code = (taxId: number, taxNo: string, rate: string): TaxCode => ({
  taxId,
  taxNo,
  name: `Kode ${taxNo}`,
  rate,
});

/** As a Norwegian company has them: TaxId and TaxNo differ. */
const norwegian: TaxCode[] = [
  code(8, '0', '0'),
  code(9, '1', '25'),
  code(10, '3', '25.00'),
  code(11, '5', '0'),
  code(12, '6', '0'),
  code(14, '11', '15'),
  code(15, '13', '12'),
  code(16, '31', '15'),
  code(17, '32', '11.11'),
  code(18, '33', '12'),
  code(21, '81', '25'),
];
const lines = (...percents: string[]) =>
  percents.map((vatPercent, index) => aLine({ id: `l${index}`, vatPercent }));
const decide = (percents: string[], codes: TaxCode[] | 'refused' = norwegian, shop = aShop()) =>
  decideTaxCodes(lines(...percents), shop, codes);

describe('a tax code is found', () => {
  test('R11: by the VAT percentage of each line, the standard outgoing one in Norway', () => {
    const decision = decide(['25', '15.00', '12', '11.11', '25.0000']);
    expect(decision).toEqual({
      kind: 'ok',
      taxIds: new Map([
        ['25', 10],
        ['15', 16],
        ['12', 18],
        ['11.11', 17],
      ]),
    });
  });

  test('as the only code with that rate, in any country', () => {
    const swedish = [code(40, '05', '25'), code(41, '06', '12')];
    expect(decide(['25'], swedish, aShop({ country: 'SE' }))).toEqual({
      kind: 'ok',
      taxIds: new Map([['25', 40]]),
    });
    expect(decide(['7'], [code(50, '99', '7')])).toMatchObject({ kind: 'ok' });
  });

  test('as Support set it, if the percentage alone is ambiguous', () => {
    const shop = aShop({ vatCodes: { '0': 12, '25.00': 9 } });
    expect(decide(['0', '25'], norwegian, shop)).toEqual({
      kind: 'ok',
      taxIds: new Map([
        ['0', 12],
        ['25', 9],
      ]),
    });
  });

  test('as Support set it, if the list is refused', () => {
    const shop = aShop({ vatCodes: { '25': 3 } });
    expect(decide(['25'], 'refused', shop)).toEqual({ kind: 'ok', taxIds: new Map([['25', 3]]) });
  });

  test('as the only standard one of several with 0 %', () => {
    const codes = [code(8, '0', '0'), code(30, '90', '0')];
    expect(decide(['0'], codes)).toEqual({ kind: 'ok', taxIds: new Map([['0', 8]]) });
  });

  test('a percentage that Support set and no line has is ignored', () => {
    expect(decide(['25'], norwegian, aShop({ vatCodes: { '6': 999 } }))).toMatchObject({ kind: 'ok' });
  });
});

describe('no tax code is guessed', () => {
  test('a rate that no code has is refused, naming each line', () => {
    expect(decide(['25', '24', '24.00'])).toEqual({
      kind: 'rejected',
      code: 'vat.not_found',
      message: expect.stringMatching(
        /^line 2 \(lines\.1\.vatPercent\), line 3 \(lines\.2\.vatPercent\): .*24 %/,
      ),
    });
  });

  test('several codes for a rate are refused, naming them', () => {
    const decision = decide(['0']);
    expect(decision).toMatchObject({ code: 'vat.ambiguous' });
    const message = 'message' in decision ? decision.message : '';
    expect(message).toContain('line 1 (lines.0.vatPercent)');
    for (const named of ['TaxNo 0 (TaxId 8, Kode 0)', 'TaxNo 5 (TaxId 11', 'TaxNo 6 (TaxId 12']) {
      expect(message).toContain(named);
    }
  });

  test('outside Norway the Norwegian standard numbers do not count', () => {
    expect(decide(['25'], norwegian, aShop({ country: 'SE' }))).toMatchObject({ code: 'vat.ambiguous' });
  });

  test('several codes are refused if none of them is a standard outgoing one', () => {
    expect(decide(['25'], [code(9, '1', '25'), code(21, '81', '25')])).toMatchObject({
      code: 'vat.ambiguous',
      message: expect.stringMatching(/TaxNo 1 \(TaxId 9.*TaxNo 81 \(TaxId 21/),
    });
  });

  test('the incoming code with 12 % is not taken for an outgoing one', () => {
    const decision = decide(['12'], [code(15, '13', '12'), code(60, '86', '12')]);
    expect(decision).toMatchObject({ code: 'vat.ambiguous' });
  });

  test('a code that Support set and that no longer exists is refused', () => {
    const decision = decide(['25'], norwegian, aShop({ vatCodes: { '25': 999 } }));
    expect(decision).toMatchObject({ code: 'vat.not_found', message: expect.stringMatching(/999.*Support/) });
  });

  test('a code that Support set and that has another rate now is refused', () => {
    const decision = decide(['25'], norwegian, aShop({ vatCodes: { '25': 16 } }));
    expect(decision).toMatchObject({
      code: 'vat.not_found',
      message: expect.stringMatching(/15 %.*Support/),
    });
  });

  test('without the list and without a setting every rate is refused', () => {
    expect(decide(['25'], 'refused')).toMatchObject({
      code: 'vat.not_found',
      message: expect.stringContaining('Support must set vatCodes'),
    });
  });

  test('refusals of one code are reported together', () => {
    const decision = decide(['24', '0', '23']);
    expect(decision).toMatchObject({ code: 'vat.not_found' });
    const message = 'message' in decision ? decision.message : '';
    expect(message).toMatch(/line 1 .*24 %.*; line 3 .*23 %/);
    expect(message).not.toContain('line 2');
  });

  test('a line keeps its number in Sharefox if others were skipped', () => {
    const line = { ...aLine({ vatPercent: '24' }), number: 7 };
    expect(decideTaxCodes([line], aShop(), norwegian)).toMatchObject({
      message: expect.stringContaining('line 7 (lines.6.vatPercent)'),
    });
  });
});

test.each([
  ['25.00', '25'],
  ['11.1100', '11.11'],
  ['0.0', '0'],
  ['-0', '0'],
  ['100', '100'],
])('%s is the key %s', (percent, key) => {
  expect(normalizePercent(percent)).toBe(key);
});
