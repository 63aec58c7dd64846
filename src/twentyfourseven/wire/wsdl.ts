/**
 * What a WSDL says of answers: which elements there are, of which type, and what a missing one means.
 *
 * The service writes no element whose value is the declared default (24seven.md §3), so the WSDL's `default=`
 * is the one table of what silence means.
 */
import { SaxesParser } from 'saxes';
import { scalarValue } from './scalars.ts';

const XSD = 'http://www.w3.org/2001/XMLSchema';

interface AnswerField {
  /** Local name: one of ours (`InvoiceRow`) or a scalar (`int`). */
  type: string;
  isList: boolean;
  /** The value of an element that is missing or empty; undefined where that means "not set". */
  fallback: string | undefined;
}

export type AnswerFields = ReadonlyMap<string, AnswerField>;

/** Which of the fields have a value when they are missing. */
export function defaultsOf(fields: AnswerFields): readonly (readonly [name: string, value: string])[] {
  const known = defaults.get(fields);
  if (known !== undefined) return known;
  const found = [...fields].flatMap(([name, { fallback }]) =>
    fallback === undefined ? [] : [[name, fallback] as const],
  );
  defaults.set(fields, found);
  return found;
}
/** Collected once: an answer has many entities of one type. */
const defaults = new WeakMap<AnswerFields, readonly (readonly [string, string])[]>();

export interface AnswerSchema {
  /** Elements of another namespace are somebody else's. Undefined: of any. */
  namespace: string | undefined;
  /** By the name of a top element, such as `GetInvoicesResponse`. */
  elements: ReadonlyMap<string, AnswerFields>;
  /** By the name of a complex type. */
  types: ReadonlyMap<string, AnswerFields>;
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

export function readAnswerSchema(wsdl: string): AnswerSchema {
  const elements = new Map<string, Map<string, AnswerField>>();
  const types = new Map<string, Map<string, AnswerField>>();
  const parser = new SaxesParser({ xmlns: true });
  let namespace = '';
  /** The top element or complex type that stands open, and how many elements deep. */
  let owner: Map<string, AnswerField> | undefined;
  let depth = 0;
  let ownerDepth = 0;
  parser.on('opentag', ({ local, uri, attributes }) => {
    depth += 1;
    const { name, type, maxOccurs, targetNamespace, default: given } = attributes;
    if (local === 'definitions' && targetNamespace !== undefined) namespace = targetNamespace.value;
    if (uri !== XSD || name === undefined) return;
    if (owner === undefined && (local === 'element' || local === 'complexType')) {
      owner = new Map();
      ownerDepth = depth;
      (local === 'element' ? elements : types).set(name.value, owner);
    } else if (local === 'element') {
      const typeName = localName(type?.value ?? '');
      owner?.set(name.value, {
        type: typeName,
        isList: maxOccurs?.value === 'unbounded',
        fallback: given && scalarValue(typeName, given.value),
      });
    }
  });
  parser.on('closetag', () => {
    if (depth === ownerDepth) owner = undefined;
    depth -= 1;
  });
  parser.write(wsdl).close();
  return { namespace, elements, types };
}
