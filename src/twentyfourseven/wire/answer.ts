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
import type { AnswerFields, AnswerSchema } from './wsdl.ts';

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
  type?: string;
  fields?: AnswerFields | undefined;
  entity?: Record<string, unknown>;
}

/** Throws UnreadableAnswer where it is no SOAP answer, or none of this schema. */
export function readAnswer(xml: string, schema: AnswerSchema): Answer {
  const parser = new SaxesParser({ xmlns: true });
  const stack: Frame[] = [];
  let known = schema;
  let body: Frame | undefined;

  function open(tag: SaxesTagNS): Frame {
    const { local: name, uri } = tag;
    const frame: Frame = { name, isNil: isNil(tag), text: '' };
    const parent = stack.at(-1);
    if (stack.length < 2) {
      const isOurs = ENVELOPES.has(uri) && (stack.length === 0 ? name === 'Envelope' : true);
      if (!isOurs) throw new UnreadableAnswer('no SOAP envelope');
      return frame;
    }
    if (stack.length === 2) {
      if (parent?.name !== 'Body' || body !== undefined) return frame;
      const isFault = name === 'Fault' && ENVELOPES.has(uri);
      if (isFault) known = FAULT_SCHEMA;
      const fields = isFault ? FAULT : uri === schema.namespace ? schema.elements.get(name) : undefined;
      if (fields === undefined) throw new UnreadableAnswer('an element that no operation answers with');
      body = { ...frame, fields, entity: {} };
      return body;
    }
    const isForeign = known.namespace !== undefined && uri !== known.namespace;
    const found = isForeign ? undefined : parent?.fields?.get(name);
    if (found === undefined) {
      if (parent?.type !== undefined) throw new UnreadableAnswer(`${parent.name} is not a single value`);
      return frame;
    }
    const fields = known.types.get(found.type);
    return fields === undefined ? { ...frame, type: found.type } : { ...frame, fields, entity: {} };
  }

  function close(): void {
    const frame = stack.pop();
    const parent = stack.at(-1);
    if (frame === undefined) return;
    if (frame.entity !== undefined) addDefaults(frame.entity, frame.fields);
    if (parent?.entity === undefined || frame.isNil) return;
    if (frame.entity !== undefined) put(parent, frame.name, frame.entity);
    // An empty element has its default; a sentinel that is written means "not set" even where there is one.
    else if (frame.type !== undefined && frame.text !== '') {
      put(parent, frame.name, scalarValue(frame.type, frame.text));
    }
  }

  parser.on('opentag', (tag) => stack.push(open(tag)));
  parser.on('closetag', close);
  const addText = (text: string) => {
    const frame = stack.at(-1);
    if (frame?.type !== undefined) frame.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  try {
    parser.write(withoutForbidden(xml)).close();
  } catch (error) {
    throw error instanceof UnreadableAnswer ? error : new UnreadableAnswer('not well-formed');
  }
  if (body === undefined) throw new UnreadableAnswer('an empty body');
  const content = body.entity ?? {};
  return known === FAULT_SCHEMA ? faultOf(content) : { kind: 'result', name: body.name, content };
}

function put({ entity = {}, fields }: Frame, name: string, value: unknown): void {
  if (fields?.get(name)?.isList) {
    const items = entity[name];
    if (Array.isArray(items)) items.push(value);
    else entity[name] = [value];
  } else if (name in entity) throw new UnreadableAnswer(`${name} comes twice`);
  else entity[name] = value;
}

function isNil(tag: SaxesTagNS): boolean {
  return Object.values(tag.attributes).some(
    ({ uri, local, value }) => uri === XSI && local === 'nil' && /^\s*(true|1)\s*$/.test(value),
  );
}

function addDefaults(entity: Record<string, unknown>, fields: AnswerFields | undefined): void {
  for (const [name, { fallback }] of fields ?? []) {
    if (fallback !== undefined && !(name in entity)) entity[name] = fallback;
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
