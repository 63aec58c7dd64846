/**
 * The sandbox's schema tables are written in a compact notation, one string per type, in wire order:
 *
 *     Name:type        may be left out (minOccurs 0)
 *     Name:type!       must be present (minOccurs 1)
 *     Name:type?       may be xsi:nil
 *     Name:type*       repeats
 *     Name:type=X      default X; INTMIN, SHORTMIN, LONGMIN, DECMIN, DBLMIN, DATEMIN, ZEROGUID and EMPTY
 *                      are the "not set" sentinels, any other default is a real value
 */
export type Field = {
  name: string;
  type: string;
  required: boolean;
  nillable: boolean;
  repeats: boolean;
  /** Lexical form of the default, where the WSDL names one. */
  default: string | undefined;
  /** The default means "not set". It is never a real value. */
  sentinel: boolean;
};

type OperationSchema = { request: Field[]; result: Field };

export type ServiceSchema = {
  name: string;
  path: string;
  operations: Map<string, OperationSchema>;
  types: Map<string, Field[]>;
  enums: Map<string, ReadonlySet<string>>;
};

const sentinels: Record<string, string> = {
  INTMIN: '-2147483648',
  SHORTMIN: '-32768',
  LONGMIN: '-9223372036854775808',
  DECMIN: '-79228162514264337593543950335',
  DBLMIN: '-1.7976931348623157E+308',
  DATEMIN: '0001-01-01T00:00:00',
  ZEROGUID: '00000000-0000-0000-0000-000000000000',
  EMPTY: '',
};

function parseField(text: string): Field {
  const match = /^(\w+):(\w+)(\*)?(!)?(\?)?(?:=(.*))?$/.exec(text);
  if (match === null) throw new Error(`schema notation: ${text}`);
  const [, name = '', type = '', repeats, required, nillable, preset] = match;
  const sentinel = preset !== undefined && preset in sentinels;
  return {
    name,
    type,
    repeats: repeats !== undefined,
    required: required !== undefined,
    nillable: nillable !== undefined,
    default: preset === undefined ? undefined : (sentinels[preset] ?? preset),
    sentinel,
  };
}

function parseFields(text: string): Field[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseField);
}

/**
 * Read the tables of one service: the operations that the sandbox answers and every type they reach. Throws
 * on a line that is not in the notation, at import.
 */
export function defineService(definition: {
  name: string;
  path: string;
  operations: Record<string, { request: string; result: string }>;
  types: Record<string, string>;
  enums: Record<string, string>;
}): ServiceSchema {
  const { name, path, operations, types, enums } = definition;
  return {
    name,
    path,
    operations: new Map(
      Object.entries(operations).map(([operation, { request, result }]) => [
        operation,
        { request: parseFields(request), result: parseField(result) },
      ]),
    ),
    types: new Map(Object.entries(types).map(([type, fields]) => [type, parseFields(fields)])),
    enums: new Map(
      Object.entries(enums).map(([type, values]) => [type, new Set(values.split(',').map((v) => v.trim()))]),
    ),
  };
}

/** An `ArrayOf…` type holds one repeating field and nothing else; its values are plain arrays here. */
export function arrayItem(fields: Field[]): Field | undefined {
  const [only] = fields;
  return fields.length === 1 && only?.repeats ? only : undefined;
}
