/** The writer, for every field with a default in the tables: a value that is left out means the default. */
import { describe, expect, it } from 'vitest';
import { accountSchema } from '../../src/sandbox/schema/account.ts';
import { authenticateSchema } from '../../src/sandbox/schema/authenticate.ts';
import { clientSchema } from '../../src/sandbox/schema/client.ts';
import { companySchema } from '../../src/sandbox/schema/company.ts';
import { invoiceSchema } from '../../src/sandbox/schema/invoice.ts';
import type { Field, ServiceSchema } from '../../src/sandbox/schema/notation.ts';
import { productSchema } from '../../src/sandbox/schema/product.ts';
import { createWriter, type WriteForm } from '../../src/sandbox/schema/write.ts';
import { escapeXml } from '../../src/sandbox/xml.ts';

const DOTNET: WriteForm = {
  answers: 'dotnet',
  unusedSlots: 'left_out',
  decimals: 'as_sent',
  dateZone: 'none',
};
const WRITTEN_OUT: WriteForm = { ...DOTNET, answers: 'written_out' };

const schemas = [
  accountSchema,
  authenticateSchema,
  clientSchema,
  companySchema,
  invoiceSchema,
  productSchema,
];

const withDefault: { name: string; schema: ServiceSchema; field: Field; preset: string }[] = schemas.flatMap(
  (schema) =>
    [...schema.types].flatMap(([type, fields]) =>
      fields.flatMap((field) =>
        field.default === undefined
          ? []
          : [{ name: `${schema.name} ${type}.${field.name}`, schema, field, preset: field.default }],
      ),
    ),
);

const write = ({ schema, field }: { schema: ServiceSchema; field: Field }, value: string, form = DOTNET) =>
  createWriter(schema, form)(field, value);
const fieldOf = (schema: ServiceSchema, type: string, name: string) => {
  const field = schema.types.get(type)?.find((each) => each.name === name);
  if (field === undefined) throw new Error(`no ${type}.${name}`);
  return { schema, field };
};

describe('a value that equals its declared default', () => {
  it.each(withDefault)('$name', (each) => {
    const written = each.preset === '' ? `<${each.field.name} />` : `>${each.preset}</${each.field.name}>`;
    expect(write(each, each.preset, WRITTEN_OUT)).toContain(written);
    if (each.field.type === 'guid') expect(write(each, each.preset)).toContain(written);
    else expect(write(each, each.preset)).toBe('');
  });

  it.each([
    ['Company', 'Discount', companySchema, ['0', '0.0', '0.00', '-0']],
    ['Currency', 'Rate', invoiceSchema, ['1', '1.0000']],
  ] as const)('%s.%s is left out in whatever scale', (type, name, schema, values) => {
    for (const value of values) expect(write(fieldOf(schema, type, name), value), value).toBe('');
    expect(write(fieldOf(schema, type, name), '0.5000')).toBe(`<${name}>0.5000</${name}>`);
  });
});

it('the fields above cover every type that the writer knows', () => {
  const types = new Set(withDefault.map(({ field }) => field.type));
  for (const type of ['int', 'short', 'long', 'decimal', 'double', 'boolean', 'dateTime', 'guid', 'string']) {
    expect(types, type).toContain(type);
  }
});

it('text is escaped as .NET does: white space raw, control characters as references that XML forbids', () => {
  expect(escapeXml('a & <b> "c" \'d\'\r\n\te')).toBe('a &amp; &lt;b&gt; "c" \'d\'\r\n\te');
  expect(escapeXml('\u0001\u000b\u001f\ufffe')).toBe('&#x1;&#xB;&#x1F;&#xFFFE;');
});
