/** Turns country names, as Sharefox's customers write them, into the two letters that 24SevenOffice wants. */

/** ISO 3166-1 alpha-2, officially assigned. */
const ISO_CODES = `
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
`
  .trim()
  .split(/\s+/);

const LANGUAGES = ['en', 'nb', 'nn', 'sv', 'da'];

/** Names that people use but Intl does not know. */
const ALIASES: Record<string, string> = {
  UK: 'GB',
  'Great Britain': 'GB',
  Britain: 'GB',
  England: 'GB',
  Scotland: 'GB',
  Skottland: 'GB',
  Wales: 'GB',
  'Northern Ireland': 'GB',
  'Nord-Irland': 'GB',
  Nordirland: 'GB',
  'United Kingdom of Great Britain and Northern Ireland': 'GB',
  USA: 'US',
  America: 'US',
  Amerika: 'US',
  'United States of America': 'US',
  'De forente stater': 'US',
  'Förenta staterna': 'US',
  Holland: 'NL',
  'Kingdom of Norway': 'NO',
  'Kongeriket Norge': 'NO',
  Suomi: 'FI',
  Deutschland: 'DE',
  Czechia: 'CZ',
  'Czech Republic': 'CZ',
  'Tsjekkiske republikk': 'CZ',
  Hviterussland: 'BY',
  Vitryssland: 'BY',
  Hviderusland: 'BY',
  Macedonia: 'MK',
  Makedonia: 'MK',
  Makedonien: 'MK',
  Swaziland: 'SZ',
  Burma: 'MM',
  'Ivory Coast': 'CI',
  'Cape Verde': 'CV',
  'East Timor': 'TL',
  'South Korea': 'KR',
  'North Korea': 'KP',
  Russia: 'RU',
  'Russian Federation': 'RU',
  Vatican: 'VA',
  Turkey: 'TR',
  'Hong Kong': 'HK',
  Macau: 'MO',
  UAE: 'AE',
  Svalbard: 'SJ',
};

const LETTERS: Record<string, string> = { ø: 'o', æ: 'ae', œ: 'oe', ß: 'ss', ð: 'd', þ: 'th', ł: 'l' };

/** The name without case, diacritics, punctuation and a leading "the". */
function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[øæœßðþł]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/[.'’]/g, '')
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^the /, '');
}

function buildCodes(): Map<string, string> {
  const codes = new Map<string, string>();
  for (const language of LANGUAGES) {
    const names = new Intl.DisplayNames([language], { type: 'region' });
    for (const code of ISO_CODES) codes.set(plain(names.of(code) ?? code), code);
  }
  for (const [name, code] of Object.entries(ALIASES)) codes.set(plain(name), code);
  for (const code of ISO_CODES) codes.set(code.toLowerCase(), code);
  return codes;
}

const codes = buildCodes();

/**
 * ISO 3166 alpha-2 of a code in any case, or of an English, Norwegian, Swedish or Danish name.
 * undefined for an empty text and for one that names no country.
 */
export function countryCode(text: string | undefined): string | undefined {
  return codes.get(plain(text ?? ''));
}
