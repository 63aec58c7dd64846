/** A WSDL as far as two of them are compared: schema, operations, actions, names resolved to namespaces. */
import { SaxesParser } from 'saxes';

const XSD = 'http://www.w3.org/2001/XMLSchema';
const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
const SOAP = 'http://schemas.xmlsoap.org/wsdl/soap/';

interface Node {
  ns: string;
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  /** `prefix:local` as `{namespace}local`, by the prefixes in scope here. */
  resolve(qname: string): string;
}

/** `name`, `type` and the rest, all as attribute text with their defaults filled in. */
export type Field = { name: string } & Record<string, string>;

interface SimpleType {
  base: string;
  values: string[];
}

interface SoapOperation {
  input: string;
  output: string;
  soapAction: string;
  style: string;
  use: string;
}

export interface WsdlModel {
  targetNamespace: string;
  elementForms: Record<string, string>;
  location: string;
  elements: Map<string, Field[]>;
  complexTypes: Map<string, Field[]>;
  simpleTypes: Map<string, SimpleType>;
  operations: Map<string, SoapOperation>;
}

function parse(xml: string): Node {
  const parser = new SaxesParser({ xmlns: true });
  const root: Node = { ns: '', name: '', attributes: {}, children: [], resolve: (qname) => qname };
  const stack = [root];
  const scopes: Record<string, string>[] = [{}];
  parser.on('opentag', (tag) => {
    const scope = { ...scopes.at(-1), ...tag.ns };
    scopes.push(scope);
    const node: Node = {
      ns: tag.uri,
      name: tag.local,
      attributes: Object.fromEntries(
        Object.values(tag.attributes)
          .filter((attribute) => attribute.uri === '')
          .map((attribute) => [attribute.local, attribute.value]),
      ),
      children: [],
      resolve: (qname) => {
        const [prefix, local] = qname.includes(':') ? (qname.split(':') as [string, string]) : ['', qname];
        return `{${scope[prefix] ?? ''}}${local}`;
      },
    };
    stack.at(-1)?.children.push(node);
    stack.push(node);
  });
  parser.on('closetag', () => {
    stack.pop();
    scopes.pop();
  });
  parser.write(xml.replace(/^\ufeff/, '')).close();
  const [definitions] = root.children;
  if (definitions === undefined) throw new Error('an empty document');
  return definitions;
}

const all = (node: Node | undefined, ns: string, name: string): Node[] =>
  node?.children.filter((child) => child.ns === ns && child.name === name) ?? [];
const one = (node: Node | undefined, ns: string, name: string): Node | undefined => all(node, ns, name)[0];

function fieldsOf(complexType: Node | undefined): Field[] {
  return all(one(complexType, XSD, 'sequence'), XSD, 'element').map((element) => {
    const { name = '', type = '', ...rest } = element.attributes;
    return { minOccurs: '1', maxOccurs: '1', nillable: 'false', ...rest, name, type: element.resolve(type) };
  });
}

function simpleTypeOf(node: Node): SimpleType {
  const restriction = one(node, XSD, 'restriction');
  return {
    base: restriction?.resolve(restriction.attributes.base ?? '') ?? '',
    values: restriction?.children.map((facet) => `${facet.name} ${facet.attributes.value}`) ?? [],
  };
}

function operationsOf(definitions: Node): Map<string, SoapOperation> {
  const parts = new Map(
    all(definitions, WSDL, 'message').map((message) => {
      const part = one(message, WSDL, 'part');
      const element = part?.resolve(part.attributes.element ?? '') ?? '';
      return [message.attributes.name ?? '', `${part?.attributes.name} ${element}`];
    }),
  );
  const local = (qname: string | undefined) => (qname ?? '').split(':').at(-1) ?? '';
  const operations = new Map<string, SoapOperation>();
  for (const binding of all(definitions, WSDL, 'binding')) {
    if (one(binding, SOAP, 'binding') === undefined) continue;
    const portType = all(definitions, WSDL, 'portType').find(
      (candidate) => candidate.attributes.name === local(binding.attributes.type),
    );
    for (const bound of all(binding, WSDL, 'operation')) {
      const name = bound.attributes.name ?? '';
      const abstract = all(portType, WSDL, 'operation').find(
        (candidate) => candidate.attributes.name === name,
      );
      const message = (direction: string) =>
        parts.get(local(one(abstract, WSDL, direction)?.attributes.message)) ?? '';
      const bodies = ['input', 'output'].map(
        (direction) => one(one(bound, WSDL, direction), SOAP, 'body')?.attributes.use,
      );
      const soap = one(bound, SOAP, 'operation')?.attributes ?? {};
      operations.set(name, {
        input: message('input'),
        output: message('output'),
        soapAction: soap.soapAction ?? '',
        style: soap.style ?? 'document',
        use: bodies.join('/'),
      });
    }
  }
  return operations;
}

export function readWsdl(xml: string): WsdlModel {
  const definitions = parse(xml);
  const model: WsdlModel = {
    targetNamespace: definitions.attributes.targetNamespace ?? '',
    elementForms: {},
    location: '',
    elements: new Map(),
    complexTypes: new Map(),
    simpleTypes: new Map(),
    operations: operationsOf(definitions),
  };
  for (const schema of all(one(definitions, WSDL, 'types'), XSD, 'schema')) {
    const namespace = schema.attributes.targetNamespace ?? '';
    model.elementForms[namespace] = schema.attributes.elementFormDefault ?? 'unqualified';
    const key = (node: Node) => `{${namespace}}${node.attributes.name}`;
    for (const node of all(schema, XSD, 'element')) {
      model.elements.set(key(node), fieldsOf(one(node, XSD, 'complexType')));
    }
    for (const node of all(schema, XSD, 'complexType')) model.complexTypes.set(key(node), fieldsOf(node));
    for (const node of all(schema, XSD, 'simpleType')) model.simpleTypes.set(key(node), simpleTypeOf(node));
  }
  const ports = all(one(definitions, WSDL, 'service'), WSDL, 'port');
  for (const port of ports) {
    const address = one(port, SOAP, 'address');
    if (address !== undefined) model.location = address.attributes.location ?? '';
  }
  return model;
}
