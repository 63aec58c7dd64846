/** A proxy between the product and the sandbox. It writes the same answers in another form. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serviceNamespace } from '../../src/sandbox/schema/read.ts';
import { escapeXml, parseXml, type XmlElement } from '../../src/sandbox/xml.ts';

/** How answers are written. What is left out stays as the sandbox writes it. */
export interface Dialect {
  /** Written before each of the service's own elements, bound to its namespace. */
  prefix?: string;
  /** New lines, indents and comments between elements. */
  pretty?: boolean;
  /** A header in the envelope, and in each entity an element that our WSDLs do not have. */
  extras?: boolean;
  /** Every list of entities in reverse order. */
  reversed?: boolean;
  /** Decimals with four places, dates with fractions and an offset, booleans as digits. */
  scalars?: boolean;
  /** Without Content-Length, each connection closed after its answer, a session in Set-Cookie. */
  http?: boolean;
}

export interface DialectProxy {
  url: string;
  /** Set the sandbox behind the proxy, before the first request. */
  pointAt(target: string): void;
  stop(): Promise<void>;
}

const DECIMAL = /^-?\d+\.\d+$/;
const DATE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)$/;

export async function startDialectProxy(dialect: Dialect): Promise<DialectProxy> {
  let target = '';
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const { host: _, connection: __, ...headers } = request.headers;
    const answer = await fetch(target + (request.url ?? ''), {
      method: 'POST',
      body,
      headers: headers as Record<string, string>,
    }).catch(() => undefined);
    if (answer === undefined) {
      // The sandbox broke the connection; break the caller's too.
      request.socket.destroy();
      return;
    }
    const text = await answer.text();
    const isXml = answer.headers.get('content-type')?.includes('xml') === true;
    response.statusCode = answer.status;
    response.setHeader('content-type', answer.headers.get('content-type') ?? 'text/plain');
    const written = isXml ? write(parseXml(text), dialect) : text;
    if (!dialect.http) {
      response.end(written);
      return;
    }
    response.setHeader('connection', 'close');
    response.setHeader('set-cookie', ['ASP.NET_SessionId=another; path=/; HttpOnly', 'lb=2']);
    response.write(written.slice(0, 100));
    response.end(written.slice(100));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    pointAt(url) {
      target = url;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function write(root: XmlElement, dialect: Dialect): string {
  const envelope = root.namespace;
  const { prefix } = dialect;
  const own = prefix === undefined ? `xmlns="${serviceNamespace}"` : `xmlns:${prefix}="${serviceNamespace}"`;
  const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
  const gap = dialect.pretty ? '\r\n  <!-- generated -->\r\n  ' : '';

  function element(node: XmlElement, depth: number): string {
    const isEnvelope = node.namespace === envelope;
    const name = isEnvelope
      ? `SOAP-ENV:${node.name}`
      : node.namespace === ''
        ? node.name
        : `${prefix === undefined ? '' : `${prefix}:`}${node.name}`;
    const attributes = [
      ...(depth === 0 ? [`xmlns:SOAP-ENV="${envelope}" ${xsi}`] : []),
      ...(depth === 2 && !isEnvelope ? [own] : []),
      ...(node.nil ? ['xsi:nil="true"'] : []),
    ];
    const open = [name, ...attributes].join(' ');
    const children = childrenOf(node).map((child) => element(child, depth + 1));
    if (depth === 0 && dialect.extras)
      children.unshift('<SOAP-ENV:Header><trace>1</trace></SOAP-ENV:Header>');
    if (dialect.extras && depth > 3 && children.length > 1) {
      const added = prefix === undefined ? 'AddedLater' : `${prefix}:AddedLater`;
      children.push(`<${added}>7</${added}>`);
    }
    const content = children.length === 0 ? escapeXml(scalar(node.text)) : gap + children.join(gap) + gap;
    return `<${open}>${content}</${name}>`;
  }

  function childrenOf({ children }: XmlElement): XmlElement[] {
    const isList = children.length > 1 && children.every(({ name }) => name === children[0]?.name);
    return dialect.reversed && isList ? [...children].reverse() : children;
  }

  function scalar(text: string): string {
    if (!dialect.scalars) return text;
    if (DECIMAL.test(text)) return `${text}${'0'.repeat(Math.max(0, 4 - (text.split('.')[1] ?? '').length))}`;
    if (DATE.test(text)) return `${text}.0000000+01:00`;
    if (text === 'true') return '1';
    return text === 'false' ? '0' : text;
  }

  return `${dialect.pretty ? '\ufeff' : ''}<?xml version="1.0"?>${gap}${element(root, 0)}`;
}
