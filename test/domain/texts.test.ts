import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countryCode } from '../../src/domain/country.ts';
import { languageCode } from '../../src/domain/language.ts';
import { fitText, startOf } from '../../src/domain/text-fit.ts';

describe('a text that is too long', () => {
  test('ends in an ellipsis', () => {
    expect(fitText('Traktor', 7)).toBe('Traktor');
    expect(fitText('Traktor', 6)).toBe('Trakt…');
    expect(fitText('Traktor med henger', 9)).toBe('Traktor…');
    expect(fitText('Traktor', 1)).toBe('…');
  });

  test('never ends in half an emoji', () => {
    expect(fitText('abc🚜🚜', 6)).toBe('abc🚜…');
    expect(fitText('abc🚜🚜', 5)).toBe('abc…');
    expect(fitText('a👩‍🌾👩‍🌾', 8)).toBe('a👩‍🌾…');
    expect(fitText('🇳🇴🇳🇴', 7)).toBe('🇳🇴…');
  });

  test('of one visible character is cut between code points', () => {
    const stacked = `e${'\u0301'.repeat(20)}`;
    expect(startOf(stacked, 5)).toBe(`e${'\u0301'.repeat(4)}`);
    expect(startOf('🚜', 1)).toBe('');
  });

  test('fits, in code points and in UTF-16 units, and is a start of the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.integer({ min: 1, max: 60 }),
        (text, max) => {
          const fitted = fitText(text, max);
          expect(fitted.length).toBeLessThanOrEqual(max);
          expect([...fitted].length).toBeLessThanOrEqual(max);
          expect(fitted).not.toMatch(/\p{Surrogate}/u);
          expect(fitText(fitted, max)).toBe(fitted);
          expect(text.startsWith(fitted === text ? text : fitted.slice(0, -1))).toBe(true);
        },
      ),
    );
  });
});

describe('countries', () => {
  test.each([
    ['NO', 'NO'],
    ['no', 'NO'],
    [' Se ', 'SE'],
    ['Norway', 'NO'],
    ['NORGE', 'NO'],
    ['Noreg', 'NO'],
    ['Sverige', 'SE'],
    ['Danmark', 'DK'],
    ['Tyskland', 'DE'],
    ['Germany', 'DE'],
    ['Österrike', 'AT'],
    ['Osterrike', 'AT'],
    ['Østerrike', 'AT'],
    ['Færøyene', 'FO'],
    ['Åland', 'AX'],
    ['UK', 'GB'],
    ['United Kingdom', 'GB'],
    ['Storbritannia', 'GB'],
    ['USA', 'US'],
    ['U.S.A.', 'US'],
    ['The United States', 'US'],
    ['Holland', 'NL'],
    ['The Netherlands', 'NL'],
    ['Nederland', 'NL'],
    ['Nederländerna', 'NL'],
    ['Cote d’Ivoire', 'CI'],
    ['Trinidad and Tobago', 'TT'],
    ['Trinidad & Tobago', 'TT'],
    ['Sør-Korea', 'KR'],
    ['Svalbard og Jan Mayen', 'SJ'],
    ['Czech Republic', 'CZ'],
  ])('%s is %s', (name, code) => {
    expect(countryCode(name)).toBe(code);
  });

  test.each([
    undefined,
    '',
    ' ',
    'Atlantis',
    'EU',
    'XX',
    'ZZ',
    'XK',
    'Oslo',
    'constructor',
    '__proto__',
    'N',
  ])('%s is none', (name) => {
    expect(countryCode(name)).toBeUndefined();
  });

  test('each of the 249 codes is read from its own names in five languages', () => {
    const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
    const all = letters
      .flatMap((a) => letters.map((b) => `${a}${b}`))
      .filter((code) => countryCode(code) === code);
    expect(all).toHaveLength(249);
    for (const language of ['en', 'nb', 'nn', 'sv', 'da']) {
      const names = new Intl.DisplayNames([language], { type: 'region' });
      for (const code of all) expect([code, countryCode(names.of(code))]).toEqual([code, code]);
    }
  });
});

test.each([
  ['no', 'no'],
  ['nb', 'no'],
  ['nn', 'no'],
  ['nb-NO', 'no'],
  ['en', 'en'],
  ['en_US', 'en'],
  ['SV', 'sv'],
  ['se', 'sv'],
  ['da', 'da'],
  ['dk', 'da'],
  [' dk ', 'da'],
  ['de', undefined],
  ['', undefined],
  ['constructor', undefined],
  [undefined, undefined],
])('language %s is %s', (language, code) => {
  expect(languageCode(language)).toBe(code);
});
