/**
 * One HTTP POST, never repeated, that knows whether a byte of it can have reached the other side.
 *
 * The request is written only on a connected socket, all at once, and for a save only directly after
 * `beforeWrite` has let it go.
 */
import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../../clock.ts';

const MAX_SOCKETS_PER_HOST = 32;
/** Shorter than a server's own (IIS: 120 s, Node: 5 s), so that a save does not meet a closing socket. */
const FREE_SOCKET_MS = 4_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

interface HttpRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** Awaited on a connected socket, just before the write; what it throws is thrown, with nothing sent. */
  beforeWrite?: () => Promise<void>;
  /** Called in the same tick in which the request is handed to the socket. */
  onWrite(): void;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export type HttpProblemKind = 'network' | 'timeout' | 'send_window' | 'too_large';

/** Why there is no answer. */
export class HttpProblem extends Error {
  readonly problem: HttpProblemKind;
  /** Node's error code, such as ECONNREFUSED. */
  readonly networkCode: string | undefined;

  constructor(problem: HttpProblemKind, networkCode?: string) {
    super(networkCode === undefined ? problem : `${problem} ${networkCode}`);
    this.name = new.target.name;
    this.problem = problem;
    this.networkCode = networkCode;
  }
}

export interface Http {
  /** Throws HttpProblem, or what `beforeWrite` threw. */
  post(request: HttpRequest): Promise<HttpAnswer>;
  close(): void;
}

/**
 * @param timeoutMs for the whole call, waiting for a socket included
 * @param sendWindowMs from the start of `beforeWrite` to the write, by the monotonic and the wall clock
 */
export function createHttp({
  timeoutMs,
  sendWindowMs,
  clock,
}: {
  timeoutMs: number;
  sendWindowMs: number;
  clock: Clock;
}): Http {
  const agentOptions = { keepAlive: true, maxSockets: MAX_SOCKETS_PER_HOST, timeout: FREE_SOCKET_MS };
  const httpAgent = new http.Agent(agentOptions);
  const httpsAgent = new https.Agent(agentOptions);

  function open(url: URL, headers: Record<string, string>): ClientRequest {
    return url.protocol === 'https:'
      ? https.request(url, { method: 'POST', headers, agent: httpsAgent })
      : http.request(url, { method: 'POST', headers, agent: httpAgent });
  }

  /** A suspended machine stops the monotonic clock, a corrected one moves the wall clock. */
  async function passBeforeWrite(beforeWrite: () => Promise<void>): Promise<void> {
    const wall = clock.now();
    const monotonic = clock.monotonic();
    await beforeWrite();
    const isLate =
      Math.abs(clock.now() - wall) > sendWindowMs || clock.monotonic() - monotonic > sendWindowMs;
    if (isLate) throw new HttpProblem('send_window');
  }

  function post({ url, headers, body, beforeWrite, onWrite }: HttpRequest): Promise<HttpAnswer> {
    const bytes = Buffer.from(body, 'utf8');
    return new Promise<HttpAnswer>((resolve, reject) => {
      const request = open(new URL(url), { ...headers, 'Content-Length': String(bytes.byteLength) });
      let isOver = false;
      const over = () => {
        isOver = true;
        clearTimeout(timer);
      };
      const fail = (error: unknown) => {
        if (isOver) return;
        over();
        request.destroy();
        reject(error);
      };
      const timer = setTimeout(() => fail(new HttpProblem('timeout')), timeoutMs);

      request.on('error', (error: NodeJS.ErrnoException) => fail(new HttpProblem('network', error.code)));
      request.on('response', (response) => {
        readBody(response).then((text) => {
          over();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
        }, fail);
      });

      const write = async () => {
        await connected(request);
        if (beforeWrite !== undefined && !isOver) await passBeforeWrite(beforeWrite);
        // Over: timed out or hung up on while it waited; nothing may be written any more.
        if (isOver || request.destroyed) throw new HttpProblem('network', 'ECONNRESET');
        onWrite();
        request.end(bytes);
      };
      write().catch(fail);
    });
  }

  return {
    post,
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Resolves once bytes can flow; connection errors come as the request's own `error`. */
function connected(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    request.once('socket', (socket: Socket & { secureConnecting?: boolean }) => {
      if (socket.secureConnecting === true) socket.once('secureConnect', () => resolve());
      else if (socket.connecting) socket.once('connect', () => resolve());
      else resolve();
    });
  });
}

function readBody(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > MAX_ANSWER_BYTES) reject(new HttpProblem('too_large'));
      else chunks.push(chunk);
    });
    response.on('end', () => resolve(new TextDecoder('utf-8').decode(Buffer.concat(chunks))));
    response.on('error', (error: NodeJS.ErrnoException) => reject(new HttpProblem('network', error.code)));
    response.on('close', () => reject(new HttpProblem('network', 'ECONNRESET')));
  });
}
