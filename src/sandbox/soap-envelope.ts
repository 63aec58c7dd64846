import type { SandboxBehaviour } from './behaviour.ts';
import type { ServiceSchema } from './schema/notation.ts';
import { serviceNamespace } from './schema/read.ts';
import type { Value } from './schema/value.ts';
import { createWriter, type WriteForm } from './schema/write.ts';
import { escapeXml, type XmlElement } from './xml.ts';

export type SoapVersion = '1.1' | '1.2';

export type AnswerForm = WriteForm & Pick<SandboxBehaviour, 'emptyLists'>;

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
  form: AnswerForm,
): string {
  const field = schema.operations.get(operation)?.result;
  if (field === undefined) throw new Error(`no table for ${operation}`);
  const isNoList = form.emptyLists === 'null' && Array.isArray(result) && result.length === 0;
  const inner = isNoList ? '' : createWriter(schema, form)(field, result);
  const open = `${operation}Response xmlns="${serviceNamespace}"`;
  return envelope(version, inner === '' ? `<${open} />` : `<${open}>${inner}</${operation}Response>`);
}

/** `Client`: the request is at fault and was not looked at further. `Server`: the service refused it. */
export type FaultSide = 'Client' | 'Server';

/** One message of the chain and the exception that carries it. */
type Link = { type: string; message: string };

const stackLine = '  at Office24Seven.Services.Handler.Process (System.String operation)';
const innerEnds = '   --- End of inner exception stack trace ---';

/** .NET's chain, outermost first: messages alone, or as `Exception.ToString()` has them. */
function chainText(links: Link[], faultText: SandboxBehaviour['faultText']): string {
  if (faultText === 'message') return links.map(({ message }) => message).join(' ---> ');
  const chain = links.map(({ type, message }) => `${type}: ${message}`).join(' ---> ');
  return [chain, ...links.slice(1).flatMap(() => [stackLine, innerEnds]), stackLine].join('\n');
}

const soapException = 'System.Web.Services.Protocols.SoapException';

/** The fault of a request that was read, but not fulfilled. */
export function serverFault(
  version: SoapVersion,
  message: string,
  faultText: SandboxBehaviour['faultText'],
): string {
  const links = [
    { type: soapException, message: 'Server was unable to process request.' },
    { type: 'System.Exception', message },
  ];
  return writeFault(version, 'Server', chainText(links, faultText));
}

/** The fault of a request that does not follow the schema. */
export function readingFault(
  version: SoapVersion,
  position: string,
  message: string,
  faultText: SandboxBehaviour['faultText'],
): string {
  const invalid = 'System.InvalidOperationException';
  const links = [
    { type: soapException, message: 'Server was unable to read request.' },
    { type: invalid, message: `There is an error in XML document (${position}).` },
    { type: invalid, message },
  ];
  return writeFault(version, 'Client', chainText(links, faultText));
}

export function writeFault(version: SoapVersion, side: FaultSide, message: string): string {
  const text = escapeXml(message);
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
