/** Texts of XML Schema's scalar types in one form each; what means "not set" is none. */

/** .NET's smallest values, which the service takes for "not set" (24seven.md §3). */
const UNSET: Readonly<Record<string, RegExp>> = {
  int: /^-2147483648$/,
  short: /^-32768$/,
  long: /^-9223372036854775808$/,
  decimal: /^-79228162514264337593543950335(\.0*)?$/,
  dateTime: /^0001-01-01T00:00:00(\.0*)?(Z|[+-]\d\d:\d\d)?$/,
  guid: /^[0-]*$/,
};

const WHOLE = /^([+-]?)0*(\d+)$/;
const FRACTION = /^([+-]?)0*(\d*)(?:\.(\d*))?$/;

function wholeNumber(text: string): string {
  const [, sign, digits] = WHOLE.exec(text) ?? [];
  return digits === undefined ? text : `${sign === '-' && digits !== '0' ? '-' : ''}${digits}`;
}

/** Keeps its scale: 450.00 stays 450.00. */
function decimal(text: string): string {
  const [, sign, whole, fraction] = FRACTION.exec(text) ?? [];
  if (whole === undefined || !/\d/.test(text)) return text;
  const places = fraction === undefined || fraction === '' ? '' : `.${fraction}`;
  return `${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}${places}`;
}

/** No number, date or id is longer; a longer text is none of them, and is not looked at. */
const LONGEST = 100;

const FLAGS: Readonly<Record<string, string>> = { '1': 'true', '0': 'false' };

const PLAIN: Readonly<Record<string, (text: string) => string>> = {
  int: wholeNumber,
  short: wholeNumber,
  long: wholeNumber,
  decimal,
  boolean: (text) => FLAGS[text] ?? text,
  dateTime: (text) => text,
  guid: (text) => text.toLowerCase(),
};

/**
 * An element's text as its type's one form: no white space around it, no `+`, no leading zeros. Undefined for
 * nothing and for the type's sentinel. A text that is no value of the type stays as it is, for its reader to
 * refuse. Strings and enums are as they came.
 */
export function scalarValue(type: string, text: string): string | undefined {
  const plainOf = PLAIN[type];
  const trimmed = plainOf === undefined ? text : text.trim();
  const plain = plainOf === undefined || trimmed.length > LONGEST ? trimmed : plainOf(trimmed);
  return plain === '' || UNSET[type]?.test(plain) ? undefined : plain;
}
