import type { SandboxBehaviour } from '../behaviour.ts';
import { escapeXml } from '../xml.ts';
import { arrayItem, type Field, type ServiceSchema } from './notation.ts';
import { type Entity, isEntity, type Value } from './value.ts';

const nilText: Record<string, string> = {
  int: '-2147483648',
  short: '-32768',
  long: '-9223372036854775808',
  decimal: '-79228162514264337593543950335',
  dateTime: '0001-01-01T00:00:00',
  guid: '00000000-0000-0000-0000-000000000000',
};

/** Write one field in WSDL order. `value` absent writes nothing unless the schema demands the element. */
export function writeField(schema: ServiceSchema, field: Field, value: Value): string {
  if (value === null) return field.nillable ? `<${field.name} xsi:nil="true" />` : '';
  if (value === undefined) {
    if (!field.required) return '';
    if (field.nillable) return `<${field.name} xsi:nil="true" />`;
    return `<${field.name}>${nilText[field.type] ?? ''}</${field.name}>`;
  }
  const fields = schema.types.get(field.type);
  if (fields === undefined) {
    const text = escapeXml(String(value));
    return text === '' ? `<${field.name} />` : `<${field.name}>${text}</${field.name}>`;
  }
  const item = arrayItem(fields);
  const inner =
    item === undefined
      ? writeSequence(schema, fields, isEntity(value) ? value : {})
      : (Array.isArray(value) ? value : []).map((member) => writeField(schema, item, member)).join('');
  return inner === '' ? `<${field.name} />` : `<${field.name}>${inner}</${field.name}>`;
}

function writeSequence(schema: ServiceSchema, fields: Field[], value: Entity): string {
  return fields.map((field) => writeField(schema, field, value[field.name])).join('');
}

/**
 * Keep the properties that were asked for. Names outside the type are ignored, as the real service seems
 * to. A complex property is kept whole; `APIException` cannot be asked for.
 */
export function project(
  schema: ServiceSchema,
  type: string,
  value: Entity,
  names: ReadonlySet<string>,
  answers: SandboxBehaviour['answers'],
): Entity {
  const result: Entity = {};
  for (const field of schema.types.get(type) ?? []) {
    if (!names.has(field.name) || field.name === 'APIException') continue;
    const kept = value[field.name];
    if (kept !== undefined) result[field.name] = kept;
    else if (answers === 'written_out' && field.default !== undefined) result[field.name] = field.default;
    else if (field.nillable) result[field.name] = null;
  }
  return result;
}
