import type { Value } from './value.ts';

const integerRanges: Record<string, [bigint, bigint]> = {
  int: [-2147483648n, 2147483647n],
  short: [-32768n, 32767n],
  long: [-9223372036854775808n, 9223372036854775807n],
};

const largestDecimal = 79228162514264337593543950335n;

function isDateTime(text: string): boolean {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,7})?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return (
    year > 0 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  );
}

function isDecimal(text: string): boolean {
  const match = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null) return false;
  const whole = match[1] ?? '';
  return whole + (match[2] ?? '') !== '' && BigInt(whole === '' ? '0' : whole) <= largestDecimal;
}

const isGuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
const isDouble = (text: string) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

/** Read one scalar as .NET would. Returns `undefined` for a text that the type does not allow. */
export function readScalar(type: string, raw: string): Value {
  if (type === 'string') return raw;
  const text = raw.trim();
  const range = integerRanges[type];
  if (range !== undefined) {
    if (!/^[+-]?\d{1,20}$/.test(text)) return undefined;
    const number = BigInt(text.replace('+', ''));
    if (number < range[0] || number > range[1]) return undefined;
    return type === 'long' ? number.toString() : Number(number);
  }
  switch (type) {
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;
    case 'decimal':
      return isDecimal(text) ? text : undefined;
    case 'double':
      return isDouble(text) ? text : undefined;
    case 'dateTime':
      return isDateTime(text) ? text : undefined;
    case 'guid':
      return isGuid(text) ? text.toLowerCase() : undefined;
    default:
      throw new Error(`unknown scalar type ${type}`);
  }
}
