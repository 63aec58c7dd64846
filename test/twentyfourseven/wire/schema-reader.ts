/**
 * What an answer means by the WSDL alone. It shares no code with the adapter, so that the two cannot err
 * together: a missing, empty or nil element has its declared default; a sentinel is not set.
 */
import { Decimal } from 'decimal.js';
import type { Field, WsdlModel } from '../../wsdl/model.ts';
import type { Piece } from './answer-generator.ts';

export const XSD = 'http://www.w3.org/2001/XMLSchema';

/** .NET's smallest values: "not set" (24seven.md §3). */
export const SENTINELS: Readonly<Record<string, string>> = {
  int: '-2147483648',
  short: '-32768',
  long: '-9223372036854775808',
  decimal: '-79228162514264337593543950335',
  dateTime: '0001-01-01T00:00:00',
  guid: '00000000-0000-0000-0000-000000000000',
};

export type Meaning = string | number | boolean | undefined | Entity | Entity[];
export interface Entity {
  [name: string]: Meaning;
}

export const localName = (type: string): string => type.slice(type.indexOf('}') + 1);

/** Of a complex type's fields: nothing but one that repeats. */
export const isArray = (fields: readonly Field[]): boolean =>
  fields.length === 1 && fields[0]?.maxOccurs === 'unbounded';

const FORBIDDEN = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** An element's text as a value of its type; undefined for what is not set. */
function scalar(type: string, text: string): Meaning {
  const trimmed = text.trim();
  switch (type) {
    case 'int':
    case 'short': {
      const value = BigInt(trimmed.replace('+', ''));
      return String(value) === SENTINELS[type] ? undefined : Number(value);
    }
    case 'long': {
      const value = String(BigInt(trimmed.replace('+', '')));
      return value === SENTINELS.long ? undefined : value;
    }
    case 'decimal': {
      const Exact = Decimal.clone({ precision: 100, toExpNeg: -100, toExpPos: 100 });
      const value = new Exact(trimmed.replace('+', '').replace(/\.$/, ''));
      const places = trimmed.includes('.') ? trimmed.length - trimmed.indexOf('.') - 1 : 0;
      return value.equals(SENTINELS.decimal ?? '') ? undefined : value.toFixed(places);
    }
    case 'boolean':
      return trimmed === 'true' || trimmed === '1';
    case 'dateTime':
      return trimmed.startsWith('0001-01-01T00:00:00') && !/\.0*[1-9]/.test(trimmed) ? undefined : trimmed;
    case 'guid':
      return trimmed === SENTINELS.guid ? undefined : trimmed.toLowerCase();
    default: {
      const kept = text.replace(FORBIDDEN, '');
      return kept === '' ? undefined : kept;
    }
  }
}

export function meaningOf(model: WsdlModel, answer: Piece): Entity {
  function entity(fields: readonly Field[], piece: Piece): Entity {
    return Object.fromEntries(fields.map((field) => [field.name, meaningIn(field, piece)]));
  }

  function meaningIn(field: Field, parent: Piece): Meaning {
    const { type = '', default: given } = field;
    const found = (parent.children ?? []).filter((child) => child.name === field.name && !child.isForeign);
    const fields = model.complexTypes.get(type);
    if (field.maxOccurs === 'unbounded') {
      return found.flatMap((item) => (item.isNil || fields === undefined ? [] : [entity(fields, item)]));
    }
    const [piece] = found;
    const isSilent = piece === undefined || piece.isNil;
    if (fields !== undefined) return isSilent ? undefined : entity(fields, piece);
    const text = isSilent ? '' : (piece.text ?? '');
    if (text !== '') return scalar(localName(type), text);
    return given === undefined ? undefined : scalar(localName(type), given);
  }

  const fields = model.elements.get(`{${model.targetNamespace}}${answer.name}`) ?? [];
  return entity(fields, answer);
}
