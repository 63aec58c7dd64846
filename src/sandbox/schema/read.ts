import type { XmlElement } from '../xml.ts';
import { arrayItem, type Field, type ServiceSchema } from './notation.ts';
import { readScalar } from './scalar.ts';
import { type Entity, isEntity, type Value } from './value.ts';

export const serviceNamespace = 'http://24sevenOffice.com/webservices';

/** A request outside the schema. The message names the element's path and never its value. */
export class SchemaError extends Error {
  readonly path: string;
  constructor(path: string, reason: string) {
    super(`Instance validation error: ${path}: ${reason}`);
    this.name = 'SchemaError';
    this.path = path;
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

/**
 * Check an operation's element against the tables and turn it into plain values. Sentinels become absent, and
 * so do empty strings unless they are kept. The real service forgives unknown and misplaced elements by dropping
 * them in silence; here they are errors, because a dropped element is a lost value.
 *
 * @throws SchemaError
 */
export function readRequest(
  schema: ServiceSchema,
  operation: string,
  element: XmlElement,
  keepEmpty: boolean,
): Entity {
  const fields = schema.operations.get(operation)?.request ?? [];
  if (element.namespace !== serviceNamespace) throw new SchemaError(operation, 'wrong namespace');
  const read = readSequence(schema, fields, element, operation);
  return keepEmpty ? read : withoutEmpty(read);
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

function readSequence(schema: ServiceSchema, fields: Field[], element: XmlElement, path: string): Entity {
  if (element.text.trim() !== '') throw new SchemaError(path, 'text where elements belong');
  const result: Entity = {};
  let next = 0;
  for (const child of element.children) {
    const childPath = `${path}/${child.name}`;
    const position = fields.findIndex((field) => field.name === child.name);
    const field = fields[position];
    if (field === undefined) throw new SchemaError(childPath, 'unknown element');
    if (child.namespace !== serviceNamespace) throw new SchemaError(childPath, 'wrong namespace');
    if (position < next - 1) throw new SchemaError(childPath, 'out of sequence');
    if (position === next - 1) throw new SchemaError(childPath, 'duplicate element');
    const missing = fields.slice(next, position).find(({ required }) => required);
    if (missing !== undefined)
      throw new SchemaError(`${path}/${missing.name}`, 'required element is missing');
    next = position + 1;
    const value = readField(schema, field, child, childPath);
    if (value !== undefined) result[field.name] = value;
  }
  const missing = fields.slice(next).find(({ required }) => required);
  if (missing !== undefined) throw new SchemaError(`${path}/${missing.name}`, 'required element is missing');
  return result;
}

function readField(schema: ServiceSchema, field: Field, element: XmlElement, path: string): Value {
  if (element.nil) {
    if (!field.nillable) throw new SchemaError(path, 'nil is not allowed');
    return null;
  }
  const fields = schema.types.get(field.type);
  if (fields === undefined) return readLeaf(schema, field, element, path);
  const item = arrayItem(fields);
  return item === undefined
    ? readSequence(schema, fields, element, path)
    : readArray(schema, item, element, path);
}

function readArray(schema: ServiceSchema, item: Field, element: XmlElement, path: string): Value[] {
  if (element.text.trim() !== '') throw new SchemaError(path, 'text where elements belong');
  return element.children.map((child, index) => {
    const childPath = `${path}/${child.name}[${index + 1}]`;
    if (child.name !== item.name) throw new SchemaError(childPath, 'unknown element');
    if (child.namespace !== serviceNamespace) throw new SchemaError(childPath, 'wrong namespace');
    return readField(schema, item, child, childPath);
  });
}

function readLeaf(schema: ServiceSchema, field: Field, element: XmlElement, path: string): Value {
  if (element.children.length > 0) throw new SchemaError(path, 'elements where text belongs');
  const enumeration = schema.enums.get(field.type);
  if (enumeration !== undefined) {
    if (!enumeration.has(element.text)) throw new SchemaError(path, `not a valid value for ${field.type}`);
    return element.text;
  }
  if (!scalars.has(field.type)) throw new Error(`no table for type ${field.type}`);
  const value = readScalar(field.type, element.text);
  if (value === undefined) throw new SchemaError(path, `not a valid value for ${field.type}`);
  return value !== '' && field.sentinel && String(value) === field.default ? undefined : value;
}
