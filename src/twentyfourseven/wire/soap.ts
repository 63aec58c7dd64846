/**
 * SOAP 1.1 calls: an object in, an object or the facts of a failure out. Never repeats a call.
 *
 * node-soap writes the request. The answer is read by `answer.ts`: node-soap's parser knows no defaults,
 * trims texts, and refuses what .NET writes of control characters.
 */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { type Client, createClientAsync, type IOptions } from 'soap';
import type { Clock } from '../../clock.ts';
import { type Answer, readAnswerInTurns } from './answer.ts';
import { createHttp, type HttpAnswer, HttpProblem, type HttpProblemKind } from './http.ts';
import type { RawExchange } from './recording.ts';
import { SERVICE_NAMES, SERVICE_PATHS, type ServiceName, wsdlPath } from './services.ts';
import type { Entity } from './values.ts';
import { type AnswerSchema, readAnswerSchema } from './wsdl.ts';

export interface SoapRequest {
  service: ServiceName;
  operation: string;
  args: object;
  sessionId?: string;
  /** Given for a save that needs an intent; what it throws passes through, with nothing sent. */
  beforeWrite?: () => Promise<void>;
}

/** What is known of a call that gave no result. `text` may hold personal data: for matching, never for logs. */
export interface CallFailure {
  ok: false;
  cause: HttpProblemKind | 'fault' | 'http' | 'unparsable';
  /** False where it is certain that no byte of the request left. */
  mayBeWritten: boolean;
  status?: number;
  headers?: IncomingHttpHeaders;
  networkCode?: string;
  faultCode?: string;
  text?: string;
}

interface CallResult {
  ok: true;
  /** Content of the `<Operation>Response` element. */
  result: Entity;
  status: number;
  headers: IncomingHttpHeaders;
}

export interface Soap {
  call(request: SoapRequest): Promise<CallResult | CallFailure>;
  close(): void;
}

/** What is known of a call while it runs. */
interface Facts {
  mayBeWritten: boolean;
  answer?: HttpAnswer;
}

/** Travels through node-soap as the call's options. */
interface Exchange {
  service: ServiceName;
  operation: string;
  sessionId: string | undefined;
  beforeWrite: (() => Promise<void>) | undefined;
  facts: Facts;
  /** Settles the call, past node-soap. */
  done(error?: unknown): void;
}

interface Connected {
  client: Client;
  schema: AnswerSchema;
}

type Callback = (error: unknown) => void;
type Method = (args: object, callback: Callback, options: { exchange: Exchange }) => void;

const TEXT_KEPT = 4_000;
/** A fault with its stack traces has some 5,000 characters. */
const FAULT_KEPT = 32_000;

export function createSoap({
  baseUrl,
  timeoutMs,
  sendWindowMs,
  clock,
  onExchange,
}: {
  baseUrl: string;
  timeoutMs: number;
  sendWindowMs: number;
  clock: Clock;
  /** Told of each request that was written and what came; must not throw. */
  onExchange?: ((exchange: RawExchange) => void) | undefined;
}): Soap {
  const http = createHttp({ timeoutMs, sendWindowMs, clock });

  function request(
    url: string,
    data: string,
    _callback: Callback,
    headers: Record<string, string>,
    { exchange }: { exchange: Exchange },
  ): void {
    const cookie = exchange.sessionId && { Cookie: `ASP.NET_SessionId=${exchange.sessionId}` };
    const sent = { headers: { ...headers, ...cookie }, body: data };
    const started = clock.monotonic();
    const tell = (answer: RawExchange['answer']) => {
      if (!exchange.facts.mayBeWritten) return;
      const { service, operation } = exchange;
      const durationMs = clock.monotonic() - started;
      onExchange?.({ at: clock.now(), durationMs, service, operation, request: sent, answer });
    };
    http
      .post({
        url,
        ...sent,
        ...(exchange.beforeWrite && { beforeWrite: exchange.beforeWrite }),
        onWrite: () => {
          exchange.facts.mayBeWritten = true;
        },
      })
      .then((answer) => {
        exchange.facts.answer = answer;
        tell(answer);
        exchange.done();
      })
      .catch((error: unknown) => {
        if (error instanceof HttpProblem) tell({ problem: error.message });
        exchange.done(error);
      });
  }

  async function connect(service: ServiceName): Promise<Connected> {
    const options = {
      endpoint: baseUrl.replace(/\/+$/, '') + SERVICE_PATHS[service],
      disableCache: true,
      httpClient: { request } as unknown as NonNullable<IOptions['httpClient']>,
    } satisfies IOptions;
    const client = await createClientAsync(wsdlPath(service), options);
    return { client, schema: readAnswerSchema(readFileSync(wsdlPath(service), 'utf8')) };
  }

  const clients = new Map<ServiceName, Promise<Connected>>();
  function clientOf(service: ServiceName): Promise<Connected> {
    const known = clients.get(service);
    if (known !== undefined) return known;
    const client = connect(service);
    clients.set(service, client);
    return client;
  }
  for (const service of SERVICE_NAMES) clientOf(service).catch(() => undefined);

  async function call({ service, operation, args, sessionId, beforeWrite }: SoapRequest) {
    const { client, schema } = await clientOf(service);
    const method = (client as unknown as Record<string, Method>)[operation];
    if (method === undefined) throw new Error(`the ${service} service has no operation ${operation}`);
    const facts: Facts = { mayBeWritten: false };
    try {
      await new Promise<void>((resolve, reject) => {
        const done = (error?: unknown) => (error === undefined ? resolve() : reject(error));
        method.call(client, wire(args) as object, done, {
          exchange: { service, operation, sessionId, beforeWrite, facts, done },
        });
      });
    } catch (error) {
      return failureOf(error, facts);
    }
    return resultOf(facts, operation, schema);
  }

  return { call, close: () => http.close() };
}

async function resultOf(
  facts: Facts,
  operation: string,
  schema: AnswerSchema,
): Promise<CallResult | CallFailure> {
  const { status = 0, headers = {}, body = '' } = facts.answer ?? {};
  const answer = await answerOf(body, schema);
  if (answer?.kind === 'fault') {
    return {
      ...failure('fault', facts),
      faultCode: answer.faultCode,
      text: answer.text.slice(0, FAULT_KEPT),
    };
  }
  if (status < 200 || status > 299) return failure('http', facts);
  if (answer?.name !== `${operation}Response`) return failure('unparsable', facts);
  return { ok: true, result: answer.content, status, headers };
}

/** Undefined for whatever cannot be read. */
async function answerOf(body: string, schema: AnswerSchema): Promise<Answer | undefined> {
  try {
    return await readAnswerInTurns(body, schema);
  } catch {
    return undefined;
  }
}

function failureOf(error: unknown, facts: Facts): CallFailure {
  if (error instanceof HttpProblem) {
    return {
      ...failure(error.problem, facts),
      ...(error.networkCode !== undefined && { networkCode: error.networkCode }),
    };
  }
  // Nothing left: beforeWrite refused, or we built an impossible request.
  if (!facts.mayBeWritten) throw error;
  return failure('unparsable', facts);
}

function failure(cause: CallFailure['cause'], { mayBeWritten, answer }: Facts): CallFailure {
  return {
    ok: false,
    cause,
    mayBeWritten,
    ...(answer !== undefined && {
      status: answer.status,
      headers: answer.headers,
      text: answer.body.slice(0, TEXT_KEPT),
    }),
  };
}

/**
 * A request as node-soap can be trusted with: no null (it becomes xsi:nil), no Date (it becomes nothing),
 * and text that looks like CDATA, which would pass unescaped, as real CDATA of the same text.
 */
function wire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wire);
  if (typeof value === 'string') {
    return value.startsWith('<![CDATA[')
      ? `<![CDATA[${value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
      : value;
  }
  if (value instanceof Date) throw new Error('dates are sent as text');
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, content]) => content !== undefined && content !== null);
  return Object.fromEntries(entries.map(([name, content]) => [name, wire(content)]));
}
