import { Decimal } from 'decimal.js';
import type { SandboxBehaviour } from '../behaviour.ts';
import { withZone } from '../dates.ts';
import { escapeXml } from '../xml.ts';
import { arrayItem, type Field, type ServiceSchema } from './notation.ts';
import { type Entity, isEntity, type Value } from './value.ts';

export type WriteForm = Pick<SandboxBehaviour, 'answers' | 'unusedSlots' | 'decimals' | 'dateZone'>;

/** .NET's zero of each type, written for a required field without a value. */
const zeros: Record<string, string> = {
  int: '0',
  short: '0',
  long: '0',
  decimal: '0',
  double: '0',
  boolean: 'false',
  dateTime: '0001-01-01T00:00:00',
  guid: '00000000-0000-0000-0000-000000000000',
};

/** Containers whose slots the live service wrote as nil in 2014. */
const slotContainers = new Set(['Addresses', 'PhoneNumbers', 'EmailAddresses']);

const numbers = new Set(['int', 'short', 'long', 'decimal', 'double']);

/** Whether the value equals the declared default. Numbers compare by value: 0.00 is 0. */
function isDefault(field: Field, value: string): boolean {
  if (field.default === undefined || field.type === 'guid') return false;
  if (!numbers.has(field.type)) return value === field.default;
  return new Decimal(value).equals(field.default);
}

/** Writes values in WSDL order: as .NET's XmlSerializer does, or with every default written out. */
export function createWriter(schema: ServiceSchema, form: WriteForm): (field: Field, value: Value) => string {
  const leavesOut = form.answers === 'dotnet';

  function element({ name }: Field, content: string): string {
    return content === '' ? `<${name} />` : `<${name}>${content}</${name}>`;
  }

  function absent(field: Field, parent: string | undefined): string {
    const nil = `<${field.name} xsi:nil="true" />`;
    if (form.unusedSlots === 'nil' && parent !== undefined && slotContainers.has(parent)) return nil;
    if (field.required) return field.nillable ? nil : element(field, zeros[field.type] ?? '');
    // The serializer has no defaults for guids, so it writes them even if nobody asked for them.
    if (leavesOut && field.type === 'guid') return element(field, field.default ?? '');
    return '';
  }

  function scalar(field: Field, value: string): string {
    if (leavesOut && isDefault(field, value)) return '';
    if (value === field.default) return element(field, escapeXml(value));
    if (field.type === 'decimal' && form.decimals === 'four_places') {
      return element(field, new Decimal(value).toFixed(4));
    }
    if (field.type === 'dateTime') return element(field, withZone(value, form.dateZone));
    return element(field, escapeXml(value));
  }

  function write(field: Field, value: Value, parent?: string): string {
    if (value === undefined) return absent(field, parent);
    if (value === null) return field.nillable ? `<${field.name} xsi:nil="true" />` : absent(field, parent);
    const fields = schema.types.get(field.type);
    if (fields === undefined) return scalar(field, String(value));
    const item = arrayItem(fields);
    const inner =
      item === undefined
        ? fields.map((each) => write(each, isEntity(value) ? value[each.name] : undefined, field.type))
        : (Array.isArray(value) ? value : []).map((member) => write(item, member));
    return element(field, inner.join(''));
  }

  return (field, value) => write(field, value);
}

/**
 * Keep the properties that were asked for. A complex property is kept whole; `APIException` cannot be asked
 * for. Where defaults are written out, an asked-for property without a value gets its default.
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
