import type { ServiceSchema } from './schema/notation.ts';
import { serviceNamespace } from './schema/read.ts';
import type { Value } from './schema/value.ts';
import { writeField } from './schema/write.ts';
import { escapeXml, type XmlElement } from './xml.ts';

export type SoapVersion = '1.1' | '1.2';

const envelopeNamespaces: Record<SoapVersion, string> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

/** The body's single element. Throws where the document is no SOAP envelope. */
export function readEnvelope(root: XmlElement): { version: SoapVersion; content: XmlElement } {
  const version = (['1.1', '1.2'] as const).find(
    (candidate) => envelopeNamespaces[candidate] === root.namespace,
  );
  if (root.name !== 'Envelope' || version === undefined) throw new Error('Possible SOAP version mismatch.');
  const body = root.children.find(({ name, namespace }) => name === 'Body' && namespace === root.namespace);
  const [content, ...more] = body?.children ?? [];
  if (content === undefined || more.length > 0) throw new Error('The SOAP Body must hold one element.');
  return { version, content };
}

export function contentType(version: SoapVersion): string {
  return version === '1.1' ? 'text/xml; charset=utf-8' : 'application/soap+xml; charset=utf-8';
}

function envelope(version: SoapVersion, body: string): string {
  return (
    '<?xml version="1.0" encoding="utf-8"?>' +
    `<soap:Envelope xmlns:soap="${envelopeNamespaces[version]}" ` +
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">' +
    `<soap:Body>${body}</soap:Body></soap:Envelope>`
  );
}

export function writeAnswer(
  version: SoapVersion,
  schema: ServiceSchema,
  operation: string,
  result: Value,
): string {
  const field = schema.operations.get(operation)?.result;
  if (field === undefined) throw new Error(`no table for ${operation}`);
  const inner = writeField(schema, field, result);
  return envelope(
    version,
    `<${operation}Response xmlns="${serviceNamespace}">${inner}</${operation}Response>`,
  );
}

/** `Client`: the request is at fault and was not looked at further. `Server`: the service refused it. */
export type FaultSide = 'Client' | 'Server';

const chainStart: Record<FaultSide, string> = {
  Client:
    'System.Web.Services.Protocols.SoapException: Server was unable to read request. ---> ' +
    'System.InvalidOperationException: There is an error in XML document. ---> System.InvalidOperationException: ',
  Server:
    'System.Web.Services.Protocols.SoapException: Server was unable to process request. ---> System.Exception: ',
};

/** A fault in .NET's style: a chain whose last part carries the message. */
export function writeFault(version: SoapVersion, side: FaultSide, message: string): string {
  const text = escapeXml(chainStart[side] + message);
  if (version === '1.1') {
    return envelope(
      version,
      `<soap:Fault><faultcode>soap:${side}</faultcode><faultstring>${text}</faultstring><detail /></soap:Fault>`,
    );
  }
  const code = side === 'Client' ? 'Sender' : 'Receiver';
  return envelope(
    version,
    `<soap:Fault><soap:Code><soap:Value>soap:${code}</soap:Value></soap:Code>` +
      `<soap:Reason><soap:Text xml:lang="en">${text}</soap:Text></soap:Reason><soap:Detail /></soap:Fault>`,
  );
}
