import type { SandboxBehaviour } from './behaviour.ts';
import { toBooks } from './dates.ts';
import { readRequest, SchemaError, serviceNamespace } from './schema/read.ts';
import type { Entity } from './schema/value.ts';
import type { Service } from './services/registry.ts';
import { readEnvelope, type SoapVersion } from './soap-envelope.ts';
import { parseXml } from './xml.ts';

/** A request as HTTP brought it. */
export type Incoming = {
  path: string;
  soapAction: string | undefined;
  contentType: string;
  sessionId: string | undefined;
  body: string;
};

/** A request that follows the schema. */
export type Parsed = { service: Service; operation: string; version: SoapVersion; request: Entity };

/** The SOAPAction header names no operation of the service, or not the one in the body. */
export class WrongAction extends SchemaError {
  constructor(operation: string) {
    super(operation, 'the SOAPAction header does not fit the body, or the operation does not exist here');
    this.name = 'WrongAction';
  }
}

/** The operation that the SOAPAction header names: for the log, where the body may be unreadable. */
export function claimedOperation({ soapAction }: Incoming): string {
  return /([A-Za-z]+)"?$/.exec(soapAction ?? '')?.[1] ?? 'unknown';
}

export function claimedVersion(incoming: Incoming): SoapVersion {
  return incoming.contentType.startsWith('application/soap+xml') ? '1.2' : '1.1';
}

/** @throws SchemaError, or a parser's error where the body is no well-formed XML 1.0 or no envelope */
export function parseIncoming(service: Service, incoming: Incoming, behaviour: SandboxBehaviour): Parsed {
  const { version, content } = readEnvelope(parseXml(incoming.body));
  const operation = content.name;
  const action = incoming.soapAction?.replace(/^"(.*)"$/, '$1');
  const isKnown = service.schema.operations.has(operation);
  const fits = action === `${serviceNamespace}/${operation}` || (version === '1.2' && action === undefined);
  if (!isKnown || !fits) {
    throw new WrongAction(operation);
  }
  if (!incoming.contentType.startsWith(version === '1.1' ? 'text/xml' : 'application/soap+xml')) {
    throw new SchemaError(operation, 'the content type does not fit the SOAP version');
  }
  const request = readRequest(service.schema, operation, content, {
    strict: behaviour.requests === 'strict',
    keepEmpty: behaviour.emptyText === 'clears' && /^(Save|Update)/.test(operation),
    toBooks: (text) => toBooks(text, behaviour.dateShift),
  });
  return { service, operation, version, request };
}
