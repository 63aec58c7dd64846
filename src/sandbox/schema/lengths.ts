import { arrayItem, type ServiceSchema } from './notation.ts';
import { isEntity, type Value } from './value.ts';

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

/** The first field, as `Type.Field`, whose text would not fit its database column. */
export function findOverlong(schema: ServiceSchema, type: string, value: Value): string | undefined {
  const fields = schema.types.get(type);
  if (fields === undefined) return undefined;
  const item = arrayItem(fields);
  if (item !== undefined) {
    for (const member of Array.isArray(value) ? value : []) {
      const found = findOverlong(schema, item.type, member);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isEntity(value)) return undefined;
  for (const field of fields) {
    const inner = value[field.name];
    const longest = limits[schema.name]?.[type]?.[field.name];
    if (longest !== undefined && typeof inner === 'string' && inner.length > longest) {
      return `${type}.${field.name}`;
    }
    const found = findOverlong(schema, field.type, inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
