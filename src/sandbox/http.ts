import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange } from './exchange.ts';
import type { Outcome, Reply } from './replies.ts';

export type HttpServer = { port: number; close(): Promise<void> };

/** Answers a request to the control API: a JSON value. Throws with a message for the caller. */
export type ControlHandler = (method: string, body: string) => Promise<unknown>;

const maxBodyBytes = 32 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error('request body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readSessionId(request: IncomingMessage): string | undefined {
  return /(?:^|;\s*)ASP\.NET_SessionId=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
}

function readAction(request: IncomingMessage): string | undefined {
  const header = request.headers.soapaction;
  if (typeof header === 'string') return header;
  return /action="?([^";]+)/.exec(request.headers['content-type'] ?? '')?.[1];
}

function writeReply(response: ServerResponse, reply: Reply, body: string | Buffer): void {
  response.writeHead(reply.status, {
    'Content-Type': reply.contentType,
    'Content-Length': Buffer.byteLength(reply.body),
    'X-Powered-By': 'ASP.NET',
    ...reply.headers,
  });
  response.write(body);
}

function send(response: ServerResponse, outcome: Outcome): void {
  const { socket } = response;
  switch (outcome.kind) {
    case 'reply':
      writeReply(response, outcome.reply, outcome.reply.body);
      response.end();
      return;
    case 'cut': {
      const body = Buffer.from(outcome.reply.body);
      writeReply(response, outcome.reply, body.subarray(0, Math.floor(body.length / 2)));
      setImmediate(() => socket?.destroy());
      return;
    }
    case 'reset':
      socket?.resetAndDestroy();
      return;
    case 'hang':
      if (outcome.ms !== undefined) setTimeout(() => socket?.destroy(), outcome.ms).unref();
      return;
  }
}

async function answerControl(
  handle: ControlHandler,
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
): Promise<void> {
  let status = 200;
  let result: unknown;
  // Only browsers send these, with each POST. A page of another site, or of a name that was turned to our address,
  // could move a developer's books; no client of ours is a browser.
  if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) {
    response.writeHead(403, { 'Content-Type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify({ error: 'the control is not for pages in a browser' }));
    return;
  }
  try {
    result = { result: (await handle(method, await readBody(request))) ?? null };
  } catch (error) {
    status = 400;
    result = { error: error instanceof Error ? error.message : String(error) };
  }
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(result));
}

/** Plain HTTP: SOAP calls go to `exchange`, `/_control/…` to `control`. Rejects where it cannot listen. */
export async function listen({
  port,
  host,
  exchange,
  control,
}: {
  port: number;
  host: string;
  exchange: Exchange;
  control: ControlHandler;
}): Promise<HttpServer> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path.startsWith('/_control/')) {
      await answerControl(control, request, response, path.slice('/_control/'.length));
      return;
    }
    if (request.method !== 'POST') {
      response.writeHead(405, { Allow: 'POST' }).end();
      return;
    }
    const outcome = await exchange({
      path,
      soapAction: readAction(request),
      contentType: request.headers['content-type'] ?? '',
      sessionId: readSessionId(request),
      body: await readBody(request),
    });
    send(response, outcome);
  }

  const server: Server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end(`sandbox error: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
  // 120 s, as IIS: no caller writes a save to a socket that is just closing.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
