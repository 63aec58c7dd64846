import type { XmlElement } from '../xml.ts';
import { arrayItem, type Field, type ServiceSchema } from './notation.ts';
import { readScalar } from './scalar.ts';
import { type Entity, isEntity, type Value } from './value.ts';

export const serviceNamespace = 'http://24sevenOffice.com/webservices';

/** A request outside the schema. The message names the element's path and never its value. */
export class SchemaError extends Error {
  readonly path: string;
  /** Line and column, as .NET reports them. */
  readonly position: string;
  /** What .NET says in the same place; undefined where it accepts the request. */
  readonly asDotnet: string | undefined;
  constructor(path: string, reason: string, position = '1, 1', asDotnet?: string) {
    super(`Instance validation error: ${path}: ${reason}`);
    this.name = 'SchemaError';
    this.path = path;
    this.position = position;
    this.asDotnet = asDotnet;
  }
}

const scalars = new Set([
  'string',
  'int',
  'short',
  'long',
  'decimal',
  'double',
  'boolean',
  'dateTime',
  'guid',
]);

export type ReadRules = {
  /** Refuse unknown, misplaced and missing elements. .NET accepts them, and drops an unknown one's value. */
  strict: boolean;
  /** Keep an empty text as a value. */
  keepEmpty: boolean;
  /** Turns a sent dateTime into the stored one. */
  toBooks: (text: string) => string;
};

/**
 * Check an operation's element against the tables and turn it into plain values. Sentinels become absent, and
 * so do empty strings unless they are kept.
 *
 * @throws SchemaError
 */
export function readRequest(
  schema: ServiceSchema,
  operation: string,
  element: XmlElement,
  rules: ReadRules,
): Entity {
  const fields = schema.operations.get(operation)?.request ?? [];
  if (element.namespace !== serviceNamespace) {
    throw new SchemaError(operation, 'wrong namespace', element.position);
  }
  const read = createReader(schema, rules).sequence(fields, element, operation);
  return rules.keepEmpty ? read : withoutEmpty(read);
}

function withoutEmpty(read: Entity): Entity {
  const kept = (value: Value): Value => {
    if (value === '') return undefined;
    if (Array.isArray(value)) return value.map(kept);
    return isEntity(value) ? withoutEmpty(value) : value;
  };
  const entries = Object.entries(read).map(([name, value]) => [name, kept(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The innermost message of .NET's chain for a text that its type does not allow. */
function dotnetMessage(type: string, text: string): string {
  switch (type) {
    case 'boolean':
      return `The string '${text}' is not a valid Boolean value.`;
    case 'dateTime':
      return `The string '${text}' is not a valid AllXsd value.`;
    case 'guid':
      return 'Guid should contain 32 digits with 4 dashes.';
    default:
      return 'Input string was not in a correct format.';
  }
}

function createReader(schema: ServiceSchema, { strict, toBooks }: ReadRules) {
  const refuse = (condition: boolean, path: string, reason: string, { position }: XmlElement) => {
    if (condition && strict) throw new SchemaError(path, reason, position);
  };
  const isOurs = ({ namespace }: XmlElement) => namespace === serviceNamespace;

  function sequence(fields: Field[], element: XmlElement, path: string): Entity {
    refuse(element.text.trim() !== '', path, 'text where elements belong', element);
    const result: Entity = {};
    let next = 0;
    const refuseMissing = (until: number) => {
      const missing = fields.slice(next, until).find(({ required }) => required);
      refuse(missing !== undefined, `${path}/${missing?.name}`, 'required element is missing', element);
    };
    for (const child of element.children) {
      const childPath = `${path}/${child.name}`;
      const position = fields.findIndex(({ name }) => name === child.name);
      const known = fields[position];
      refuse(known === undefined, childPath, 'unknown element', child);
      refuse(!isOurs(child), childPath, 'wrong namespace', child);
      if (known === undefined || !isOurs(child)) continue;
      refuse(position < next - 1, childPath, 'out of sequence', child);
      refuse(position === next - 1, childPath, 'duplicate element', child);
      refuseMissing(position);
      next = position + 1;
      const value = field(known, child, childPath);
      if (value !== undefined) result[known.name] = value;
    }
    refuseMissing(fields.length);
    return result;
  }

  function field(known: Field, element: XmlElement, path: string): Value {
    if (element.nil) {
      if (known.nillable) return null;
      throw new SchemaError(path, 'nil is not allowed', element.position, dotnetMessage(known.type, ''));
    }
    const fields = schema.types.get(known.type);
    if (fields === undefined) return leaf(known, element, path);
    const item = arrayItem(fields);
    return item === undefined ? sequence(fields, element, path) : array(item, element, path);
  }

  function array(item: Field, element: XmlElement, path: string): Value[] {
    refuse(element.text.trim() !== '', path, 'text where elements belong', element);
    return element.children.flatMap((child, index) => {
      const childPath = `${path}/${child.name}[${index + 1}]`;
      refuse(child.name !== item.name, childPath, 'unknown element', child);
      refuse(!isOurs(child), childPath, 'wrong namespace', child);
      return child.name === item.name && isOurs(child) ? [field(item, child, childPath)] : [];
    });
  }

  function leaf(known: Field, element: XmlElement, path: string): Value {
    const { type } = known;
    refuse(element.children.length > 0, path, 'elements where text belongs', element);
    // Where X has a default, .NET reads <X /> as missing, and <X></X> as an empty text.
    if (element.isSelfClosing && known.default !== undefined) return undefined;
    const invalid = (asDotnet: string) =>
      new SchemaError(path, `not a valid value for ${type}`, element.position, asDotnet);
    const enumeration = schema.enums.get(type);
    if (enumeration !== undefined) {
      if (enumeration.has(element.text)) return element.text;
      throw invalid(`Instance validation error: '${element.text}' is not a valid value for ${type}.`);
    }
    if (!scalars.has(type)) throw new Error(`no table for type ${type}`);
    const value = readScalar(type, element.text);
    if (value === undefined) throw invalid(dotnetMessage(type, element.text));
    if (value !== '' && known.sentinel && String(value) === known.default) return undefined;
    return type === 'dateTime' ? toBooks(String(value)) : value;
  }

  return { sequence };
}
