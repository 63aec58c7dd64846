import { arrayItem, type ServiceSchema } from './notation.ts';
import { type Entity, isEntity, type Value } from './value.ts';

type Limits = Record<string, Record<string, number>>;

const address = {
  Street: 250,
  State: 100,
  PostalCode: 16,
  PostalArea: 100,
  Name: 100,
  City: 100,
  Country: 2,
};

/** Longest text per service, type and field, in characters, as far as 24SevenOffice documents it. */
const limits: Record<string, Limits> = {
  Company: {
    Company: { Name: 200, FirstName: 50, OrganizationNumber: 20, Country: 2, InvoiceLanguage: 2 },
    Address: address,
  },
  Product: { Product: { Name: 125, Description: 500, No: 100, EAN1: 50 } },
  Invoice: {
    InvoiceOrder: {
      CustomerName: 100,
      CustomerDeliveryName: 250,
      CustomerDeliveryPhone: 25,
      YourReference: 50,
      InvoiceTitle: 300,
      InvoiceText: 750,
      OCR: 32,
      CustomerOrgNo: 20,
      InvoiceEmailAddress: 250,
      ProductionNumber: 20,
      ReferenceNumber: 50,
      DeliveryAlternative: 250,
      GLNNumber: 13,
    },
    InvoiceRow: { Name: 300 },
    Address: { ...address, PostalCode: 50 },
  },
};

/** The value, with each text that is too long for its column replaced by what `onOverlong` returns. */
export function fitted<Shape extends Value>(
  schema: ServiceSchema,
  type: string,
  value: Shape,
  onOverlong: (field: string, text: string, longest: number) => string,
): Shape {
  const fields = schema.types.get(type);
  if (fields === undefined) return value;
  const item = arrayItem(fields);
  if (item !== undefined) {
    return Array.isArray(value)
      ? (value.map((member) => fitted(schema, item.type, member, onOverlong)) as Shape)
      : value;
  }
  if (!isEntity(value)) return value;
  const result: Entity = { ...value };
  for (const field of fields) {
    const inner = result[field.name];
    const longest = limits[schema.name]?.[type]?.[field.name];
    if (inner === undefined) continue;
    result[field.name] =
      longest !== undefined && typeof inner === 'string' && inner.length > longest
        ? onOverlong(`${type}.${field.name}`, inner, longest)
        : fitted(schema, field.type, inner, onOverlong);
  }
  return result as Shape;
}
