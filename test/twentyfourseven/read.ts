/** Answers as a test writes them, read as the adapter reads them. */
import { readFileSync } from 'node:fs';
import { type Answer, readAnswer } from '../../src/twentyfourseven/wire/answer.ts';
import { type ServiceName, wsdlPath } from '../../src/twentyfourseven/wire/services.ts';
import type { Entity } from '../../src/twentyfourseven/wire/values.ts';
import { type AnswerSchema, readAnswerSchema } from '../../src/twentyfourseven/wire/wsdl.ts';
import { envelope } from './fake-soap-server.ts';

const NS = 'http://24sevenOffice.com/webservices';
const schemas = new Map<ServiceName, AnswerSchema>();

function schemaOf(service: ServiceName): AnswerSchema {
  const known = schemas.get(service) ?? readAnswerSchema(readFileSync(wsdlPath(service), 'utf8'));
  schemas.set(service, known);
  return known;
}

export const readXml = (service: ServiceName, xml: string): Answer => readAnswer(xml, schemaOf(service));

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Arrays become repeated elements, null nil, undefined nothing. */
function xmlOf(name: string, value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return `<${name} xsi:nil="true"/>`;
  if (Array.isArray(value)) return value.map((item) => xmlOf(name, item)).join('');
  if (typeof value !== 'object') return `<${name}>${escaped(String(value))}</${name}>`;
  const children = Object.entries(value).map(([child, content]) => xmlOf(child, content));
  return `<${name}>${children.join('')}</${name}>`;
}

/** The content of an operation's answer that says `result`. */
export function read(service: ServiceName, operation: string, result: object): Entity {
  const children = Object.entries(result).map(([name, content]) => xmlOf(name, content));
  const body = `<${operation}Response xmlns="${NS}">${children.join('')}</${operation}Response>`;
  const answer = readXml(service, envelope(body));
  if (answer.kind === 'fault') throw new Error('a fault');
  return answer.content;
}
