/**
 * An answer's XML as the WSDL means it: every reader of every service gets its values from here.
 *
 * What is missing, empty or nil has its declared default, or is not set; elements that we do not know are
 * passed over. Text stays text, so that 64-bit ids and decimals arrive unharmed.
 */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { withoutForbidden } from './forbidden.ts';
import { scalarValue } from './scalars.ts';
import { type Entity, UnreadableAnswer } from './values.ts';
import { type AnswerFields, type AnswerSchema, defaultsOf } from './wsdl.ts';

const ENVELOPES = new Set([
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://www.w3.org/2003/05/soap-envelope',
]);
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

export type Answer =
  /** `name` of the element in the body, and what it holds. */
  { kind: 'result'; name: string; content: Entity } | { kind: 'fault'; faultCode: string; text: string };

const field = (type: string, isList = false) => ({ type, isList, fallback: undefined });
/** Of SOAP 1.1 and 1.2; the names of 1.1 have no namespace. */
const FAULT: AnswerFields = new Map([
  ['faultcode', field('string')],
  ['faultstring', field('string')],
  ['Code', field('Code')],
  ['Reason', field('Reason')],
]);
const FAULT_SCHEMA: AnswerSchema = {
  namespace: undefined,
  elements: new Map(),
  types: new Map([
    ['Code', new Map([['Value', field('string')]])],
    ['Reason', new Map([['Text', field('string', true)]])],
  ]),
};

/** An element that stands open. Without fields and type it and all in it are passed over. */
interface Frame {
  name: string;
  isNil: boolean;
  text: string;
  type: string | undefined;
  fields: AnswerFields | undefined;
  entity: Record<string, unknown> | undefined;
}

/** Ours are 7 deep; each level costs the parser a walk over all above it. */
const MAX_DEPTH = 32;
/** Of 1,000 orders with 200 rows each there are 2.2 million. */
const MAX_ELEMENTS = 3_000_000;
/** Characters between two turns of the event loop: some 10 ms. */
const SLICE = 256 * 1024;

/**
 * Other work gets its turn while a long answer is read. Throws UnreadableAnswer where it is no SOAP answer, none
 * of this schema, or beyond all bounds.
 */
export async function readAnswerInTurns(xml: string, schema: AnswerSchema): Promise<Answer> {
  const reader = createReader(schema);
  const text = withoutForbidden(xml);
  for (let start = 0; start < text.length; start += SLICE) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    reader.write(text.slice(start, start + SLICE));
  }
  return reader.end();
}

/** The same at once. */
export function readAnswer(xml: string, schema: AnswerSchema): Answer {
  const reader = createReader(schema);
  reader.write(withoutForbidden(xml));
  return reader.end();
}

function createReader(schema: AnswerSchema): { write(xml: string): void; end(): Answer } {
  const parser = new SaxesParser({ xmlns: true });
  const stack: Frame[] = [];
  let known = schema;
  let body: Frame | undefined;
  let elements = 0;

  function open(tag: SaxesTagNS): Frame {
    const { local: name, uri } = tag;
    elements += 1;
    if (elements > MAX_ELEMENTS) throw new UnreadableAnswer('too many elements');
    if (stack.length >= MAX_DEPTH) throw new UnreadableAnswer('too deep');
    const parent = stack[stack.length - 1];
    if (stack.length < 2) {
      if (!ENVELOPES.has(uri) || (stack.length === 0 && name !== 'Envelope')) {
        throw new UnreadableAnswer('no SOAP envelope');
      }
      return frameOf(tag);
    }
    if (stack.length === 2) {
      if (parent?.name !== 'Body' || body !== undefined) return frameOf(tag);
      const isFault = name === 'Fault' && ENVELOPES.has(uri);
      if (isFault) known = FAULT_SCHEMA;
      const fields = isFault ? FAULT : uri === schema.namespace ? schema.elements.get(name) : undefined;
      if (fields === undefined) throw new UnreadableAnswer('an element that no operation answers with');
      body = frameOf(tag, undefined, fields);
      return body;
    }
    const isForeign = known.namespace !== undefined && uri !== known.namespace;
    const found = isForeign ? undefined : parent?.fields?.get(name);
    if (found === undefined) {
      if (parent?.type !== undefined) throw new UnreadableAnswer(`${parent.name} is not a single value`);
      return frameOf(tag);
    }
    const fields = known.types.get(found.type);
    return frameOf(tag, fields === undefined ? found.type : undefined, fields);
  }

  function close(): void {
    const frame = stack.pop();
    const parent = stack[stack.length - 1];
    if (frame === undefined) return;
    if (frame.entity !== undefined && frame.fields !== undefined) addDefaults(frame.entity, frame.fields);
    if (parent?.entity === undefined || frame.isNil) return;
    if (frame.entity !== undefined) put(parent, frame.name, frame.entity);
    // An empty element has its default; a sentinel that is written means "not set" even where there is one.
    else if (frame.type !== undefined && frame.text !== '') {
      put(parent, frame.name, scalarValue(frame.type, frame.text));
    }
  }

  const addText = (text: string) => {
    const frame = stack[stack.length - 1];
    if (frame?.type !== undefined) frame.text += text;
  };
  parser.on('opentag', (tag) => stack.push(open(tag)));
  parser.on('closetag', close);
  parser.on('text', addText);
  parser.on('cdata', addText);
  const parse = (step: () => void) => {
    try {
      step();
    } catch (error) {
      throw error instanceof UnreadableAnswer ? error : new UnreadableAnswer('not well-formed');
    }
  };

  return {
    write: (xml) => parse(() => parser.write(xml)),
    end() {
      parse(() => parser.close());
      if (body === undefined) throw new UnreadableAnswer('an empty body');
      const content = body.entity ?? {};
      return known === FAULT_SCHEMA ? faultOf(content) : { kind: 'result', name: body.name, content };
    },
  };
}

function frameOf(tag: SaxesTagNS, type?: string, fields?: AnswerFields): Frame {
  return {
    name: tag.local,
    isNil: isNil(tag),
    text: '',
    type,
    fields,
    entity: fields === undefined ? undefined : {},
  };
}

function put({ entity, fields }: Frame, name: string, value: unknown): void {
  if (entity === undefined) return;
  if (fields?.get(name)?.isList) {
    const items = entity[name];
    if (Array.isArray(items)) items.push(value);
    else entity[name] = [value];
  } else if (name in entity) throw new UnreadableAnswer(`${name} comes twice`);
  else entity[name] = value;
}

function isNil({ attributes }: SaxesTagNS): boolean {
  for (const name in attributes) {
    const { uri, local, value = '' } = attributes[name] ?? {};
    if (uri === XSI && local === 'nil' && /^(true|1)$/.test(value.trim())) return true;
  }
  return false;
}

function addDefaults(entity: Record<string, unknown>, fields: AnswerFields): void {
  for (const [name, value] of defaultsOf(fields)) {
    if (!(name in entity)) entity[name] = value;
  }
}

function faultOf(fault: Entity): Answer {
  const { faultcode, faultstring, Code, Reason } = fault as {
    faultcode?: string;
    faultstring?: string;
    Code?: { Value?: string };
    Reason?: { Text?: string[] };
  };
  return {
    kind: 'fault',
    faultCode: (faultcode ?? Code?.Value ?? '').trim(),
    text: faultstring ?? Reason?.Text?.[0] ?? '',
  };
}
