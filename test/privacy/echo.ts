/**
 * A line to 24SevenOffice that can answer in its place by quoting the request back: the worst a service, or
 * a page that stands before it, can do with what it was told.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Quote =
  /** SOAP faults whose last message quotes every text of the request. */
  | 'unclear fault'
  | 'validation fault'
  | 'permission fault'
  | 'session fault'
  | 'blocked fault'
  | 'throttle fault'
  /** Pages that print the whole request. */
  | 'page 200'
  | 'page 429'
  | 'page 500'
  | 'page 502'
  /** The request itself as the answer, and half of it. */
  | 'the request'
  | 'half of it';

interface Strike {
  operation: string;
  includes: string;
  quote: Quote;
  left: number;
}

export interface Echo {
  url: string;
  /** @param includes only requests whose body holds this */
  strike(operation: string, quote: Quote, options?: { includes?: string; count?: number }): void;
  /** Strikes that no request has met. */
  left(): string[];
  /** Every session id the service gave out. */
  sessionIds: Set<string>;
  close(): Promise<void>;
}

const FAULTS: Partial<Record<Quote, [code: string, words: string]>> = {
  'unclear fault': ['Server', 'Timeout expired for'],
  'validation fault': ['Client', 'Instance validation error: not valid:'],
  'permission fault': ['Server', 'No permission to save'],
  'session fault': ['Server', 'The session is not authenticated for'],
  'blocked fault': ['Server', 'IdentityId is blocked for'],
  'throttle fault': ['Server', 'Logins are throttled for'],
};

const unescaped = (xml: string) =>
  xml
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&');
const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Every text of the request, in an order that puts no two together that stood together. */
function textsOf(xml: string): string[] {
  const texts = [...xml.matchAll(/>([^<]+)</g)].map(([, text = '']) => unescaped(text).trim());
  return texts.filter((text) => text !== '').reverse();
}

function answerOf(quote: Quote, body: string): { status: number; type: string; text: string } {
  const fault = FAULTS[quote];
  if (fault !== undefined) {
    const [code, words] = fault;
    const message = `X.SoapException: outer ---> System.Exception: ${words} '${textsOf(body).join("' and '")}'`;
    const text = `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:${code}</faultcode><faultstring>${escaped(message)}</faultstring></soap:Fault></soap:Body></soap:Envelope>`;
    return { status: 500, type: 'text/xml; charset=utf-8', text };
  }
  if (quote === 'the request') return { status: 200, type: 'text/xml; charset=utf-8', text: body };
  if (quote === 'half of it') {
    return { status: 200, type: 'text/xml; charset=utf-8', text: body.slice(0, body.length * 0.7) };
  }
  return {
    status: Number(quote.slice('page '.length)),
    type: 'text/html; charset=utf-8',
    text: `<html><body>Request blocked: <pre>${body}</pre></body></html>`,
  };
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export async function startEcho(target: string): Promise<Echo> {
  let strikes: Strike[] = [];
  const sessionIds = new Set<string>();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const strike = strikes.find(
      ({ operation, includes }) =>
        new RegExp(`<(\\w+:)?${operation}[ />]`).test(body) && body.includes(includes),
    );
    if (strike !== undefined) {
      strike.left -= 1;
      strikes = strikes.filter(({ left }) => left > 0);
      const { status, type, text } = answerOf(strike.quote, body);
      const cookie = request.headers.cookie ?? '';
      response.writeHead(status, { 'content-type': type, 'x-echo': encodeURIComponent(cookie) });
      response.end(text);
      return;
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${target}${request.url}`, {
      method: 'POST',
      headers: headers as Record<string, string>,
      body,
    });
    const text = await answer.text();
    const sessionId = /<LoginResult>([^<]+)</.exec(text)?.[1];
    if (sessionId !== undefined) sessionIds.add(sessionId);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/xml' });
    response.end(text);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    strike(operation, quote, { includes = '', count = 1 } = {}) {
      strikes.push({ operation, quote, includes, left: count });
    },
    left: () => strikes.map(({ operation, quote, includes }) => `${operation} ${quote} ${includes}`),
    sessionIds,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
