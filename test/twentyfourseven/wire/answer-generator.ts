/**
 * Any valid answer of an operation, made from a WSDL and nothing else: elements left out, empty, nil or
 * written, each in every lexical form of its type, in every way in which XML can write it.
 */
import type { Field, WsdlModel } from '../../wsdl/model.ts';
import { isArray, localName, SENTINELS, XSD } from './schema-reader.ts';

/** A number from 0, below the given one. */
export type Draw = (below: number) => number;

/** Every draw follows from the seed, so that a failure can be made again; small and fast (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** One element, before it is written. With `text` it is a scalar. */
export interface Piece {
  name: string;
  /** In a namespace that is not the service's. */
  isForeign?: boolean;
  isNil?: boolean;
  text?: string;
  children?: Piece[];
}

const oneOf = <T>(draw: Draw, values: readonly T[]): T => values[draw(values.length)] as T;
/** True once in `n`. */
const rarely = (draw: Draw, n: number): boolean => draw(n) === 0;

const PIECES = [
  ...[
    '&',
    '<',
    '>',
    ']]>',
    ' ',
    '  ',
    '\n',
    '\t',
    '\r',
    '"',
    "'",
    '&#xB;',
    '&amp;',
    '😀',
    'Å',
    '\u000b',
    '\u0001',
  ],
  ...[
    'a',
    'Bygg',
    '7',
    '-1',
    'true',
    'nil',
    '{',
    '$',
    'ﷺ',
    '\u00a0',
    '\u2028',
    '<?xml ?>',
    '<!--',
    '__proto__',
  ],
];
const textOf = (draw: Draw) => Array.from({ length: draw(6) }, () => oneOf(draw, PIECES)).join('');
const wholeOf = (draw: Draw, bits: bigint): string => {
  const value = (BigInt(draw(2 ** 32)) << 32n) | BigInt(draw(2 ** 32));
  return String(BigInt.asIntN(Number(bits), value));
};
const hexOf = (draw: Draw, length: number) => Array.from({ length }, () => draw(16).toString(16)).join('');

const spaces = ['', '', '', ' ', '\n', '\t '];
const around = (draw: Draw, text: string) => oneOf(draw, spaces) + text + oneOf(draw, spaces);

function whole(draw: Draw, value: bigint): string {
  const digits = String(value < 0n ? -value : value);
  const sign = value < 0n ? '-' : oneOf(draw, ['', '', '+']);
  return around(draw, sign + oneOf(draw, ['', '', '0', '000']) + digits);
}

/** The same number with more places, without its leading zero, with a point and nothing after it. */
function decimal(draw: Draw, text: string): string {
  const isNegative = text.startsWith('-');
  const [digits = '', places = ''] = text.replace('-', '').split('.');
  const sign = isNegative ? '-' : oneOf(draw, ['', '', '+']);
  const zeros = oneOf(draw, ['', '', '', '0', '00']);
  const shown = places + oneOf(draw, ['', '', '0', '00']);
  const point = shown === '' ? oneOf(draw, ['', '', '.']) : '.';
  const isBare = digits === '0' && shown !== '' && zeros === '' && rarely(draw, 3);
  return around(draw, sign + (isBare ? '' : zeros + digits) + point + shown);
}

const zones = ['', 'Z', '+00:00', '+02:00', '-03:30'];
const fractions = ['', '', '.5', '.1234567', '.000'];

const scalars: Record<string, (draw: Draw) => string> = {
  int: (draw) => (rarely(draw, 3) ? wholeOf(draw, 32n) : String(draw(30))),
  short: (draw) => (rarely(draw, 3) ? wholeOf(draw, 16n) : String(draw(30))),
  long: (draw) => (rarely(draw, 2) ? wholeOf(draw, 64n) : '3400000001'),
  decimal: (draw) => {
    const units = rarely(draw, 3) ? wholeOf(draw, 56n) : String(draw(30) * 25);
    const scale = draw(5);
    const digits = units.replace('-', '').padStart(scale + 1, '0');
    const point = digits.length - scale;
    const places = scale === 0 ? '' : `.${digits.slice(point)}`;
    return `${units.startsWith('-') ? '-' : ''}${digits.slice(0, point)}${places}`;
  },
  double: (draw) => oneOf(draw, ['0', '1.5', '-2E-7', 'INF', '-1.7976931348623157E+308']),
  boolean: (draw) => oneOf(draw, ['true', 'false']),
  dateTime: (draw) => new Date(draw(4_000_000_000) * 1_000).toISOString().slice(0, 19),
  guid: (draw) => [8, 4, 4, 4, 12].map((length) => hexOf(draw, length)).join('-'),
  string: (draw) =>
    rarely(draw, 3) ? textOf(draw) : oneOf(draw, ['Fjord', 'kari@fjord.example', '817404502']),
};

/** The value in one of the forms that its type allows. */
function written(draw: Draw, type: string, value: string): string {
  switch (type) {
    case 'int':
    case 'short':
    case 'long':
      return whole(draw, BigInt(value));
    case 'decimal':
      return decimal(draw, value);
    case 'boolean':
      return around(draw, rarely(draw, 2) ? value : value === 'true' ? '1' : '0');
    case 'dateTime':
      return around(draw, value + oneOf(draw, fractions) + oneOf(draw, zones));
    case 'guid':
      return rarely(draw, 3) ? value.toUpperCase() : value;
    default:
      return value;
  }
}

export interface Wishes {
  /** Elements that are rarely left out, as they are what an answer is about. */
  keys: ReadonlySet<string>;
  /** Elements that rarely come: errors, and what the adapter does not know. */
  isRare(typeName: string, name: string): boolean;
}

/** Types may hold their like. */
const DEEPEST = 6;

export function makeAnswer(draw: Draw, model: WsdlModel, operation: string, wishes: Wishes): Piece {
  const name = `${operation}Response`;
  const fields = model.elements.get(`{${model.targetNamespace}}${name}`);
  if (fields === undefined) throw new Error(`${name} is not in the WSDL`);

  function complex(typeName: string, ofType: readonly Field[], depth: number): Piece[] {
    const children = ofType.flatMap((field) => elements(typeName, field, depth));
    if (isArray(ofType) || depth < 2) return children;
    if (rarely(draw, 12)) children.push({ name: 'AddedLater', children: [{ name: 'Name', text: 'x' }] });
    if (rarely(draw, 20))
      children.push({ name: oneOf(draw, ofType)?.name ?? 'Id', isForeign: true, text: 'x' });
    return children;
  }

  function elements(typeName: string, field: Field, depth: number): Piece[] {
    const isList = field.maxOccurs === 'unbounded';
    if (isList && depth > DEEPEST) return [];
    if (isList) return Array.from({ length: draw(4) }, () => element(field, depth));
    const canMiss = field.minOccurs === '0';
    const miss = wishes.keys.has(field.name) ? 25 : wishes.isRare(typeName, field.name) ? 0 : 3;
    if (canMiss && (depth > DEEPEST || (miss === 0 ? !rarely(draw, 15) : rarely(draw, miss)))) return [];
    return [element(field, depth)];
  }

  function element(field: Field, depth: number): Piece {
    const { name: of, type = '', default: given } = field;
    if (field.nillable === 'true' && rarely(draw, 6)) return { name: of, isNil: true };
    const ofType = model.complexTypes.get(type);
    if (ofType !== undefined) return { name: of, children: complex(type, ofType, depth + 1) };
    const kind = localName(type);
    const values = model.simpleTypes.get(type)?.values.flatMap((value) => enumValue(value)) ?? [];
    if (given !== undefined && rarely(draw, 8)) return { name: of, text: '' };
    if (given !== undefined && rarely(draw, 4)) return { name: of, text: written(draw, kind, given) };
    if (values.length > 0) return { name: of, text: oneOf(draw, values) };
    const sentinel = SENTINELS[kind];
    if (sentinel !== undefined && rarely(draw, 10)) return { name: of, text: written(draw, kind, sentinel) };
    const scalar = scalars[kind];
    if (scalar === undefined) throw new Error(`no values for ${type}`);
    return { name: of, text: written(draw, kind, scalar(draw)) };
  }

  return { name, children: fields.flatMap((field) => elements(name, field, 0)) };
}

/** `enumeration Web` is Web; a pattern is none. */
function enumValue(facet: string): string[] {
  return facet.startsWith('enumeration ') ? [facet.slice('enumeration '.length)] : [];
}

/* ---------- as XML ---------- */

const ENVELOPES = ['http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'];

function reference(draw: Draw, character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return oneOf(draw, [`&#${code};`, `&#x${code.toString(16)};`, `&#x0${code.toString(16).toUpperCase()};`]);
}

/** Control characters as .NET writes them; a carriage return as it must be written. */
function characters(draw: Draw, text: string): string {
  const isCdata = text !== '' && rarely(draw, 12) && ![...text].some(mustBeReference) && !/[&<>]/.test(text);
  if (isCdata) return `<![CDATA[${text}]]>`;
  const all = [...text].map((character) => {
    if (mustBeReference(character)) return reference(draw, character);
    if (character === '&') return '&amp;';
    if (character === '<') return '&lt;';
    return character === '>' ? '&gt;' : rarely(draw, 30) ? reference(draw, character) : character;
  });
  if (all.length > 1 && rarely(draw, 15)) all.splice(1, 0, '<!-- cut -->');
  return all.join('');
}

const mustBeReference = (character: string) => character < ' ' && character !== '\n' && character !== '\t';

export function writeAnswer(draw: Draw, answer: Piece, namespace: string): string {
  const soap = oneOf(draw, ENVELOPES);
  const prefix = oneOf(draw, ['', '', 'tfso:']);
  const xsi = oneOf(draw, ['xsi', 'i']);
  const gap = oneOf(draw, ['', '', '\r\n  ', '<!-- generated -->']);

  function element(piece: Piece, isTop = false): string {
    const name = piece.isForeign ? `other:${piece.name}` : prefix + piece.name;
    const declared = prefix === '' ? `xmlns="${namespace}"` : `xmlns:${prefix.slice(0, -1)}="${namespace}"`;
    const open = [
      name,
      ...(isTop ? [declared] : []),
      ...(piece.isForeign ? ['xmlns:other="urn:other"'] : []),
      ...(piece.isNil ? [`${xsi}:nil="${oneOf(draw, ['true', '1'])}"`] : []),
    ].join(' ');
    const content =
      piece.text === undefined
        ? (piece.children ?? []).map((child) => gap + element(child)).join('')
        : characters(draw, piece.text);
    return content === '' && !rarely(draw, 4) ? `<${open} />` : `<${open}>${content}</${name}>`;
  }

  const header = rarely(draw, 6) ? '<s:Header><trace>1</trace></s:Header>' : '';
  return (
    `${oneOf(draw, ['', '<?xml version="1.0" encoding="utf-8"?>'])}<s:Envelope xmlns:s="${soap}"` +
    ` xmlns:${xsi}="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="${XSD}">${header}` +
    `<s:Body>${gap}${element(answer, true)}${gap}</s:Body></s:Envelope>`
  );
}
