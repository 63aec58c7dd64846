/**
 * SOAP 1.1 calls: an object in, an object or the facts of a failure out. Never repeats a call.
 *
 * Every scalar of an answer is text, so that sentinels, 64-bit ids and decimals arrive unharmed.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Client, createClientAsync, type IOptions } from 'soap';
import type { Clock } from '../../transfer/ports.ts';
import { createHttp, HttpProblem, type HttpProblemKind } from './http.ts';
import { SERVICE_NAMES, SERVICE_PATHS, type ServiceName, wsdlPath } from './services.ts';

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
  result: Record<string, unknown>;
  status: number;
  headers: IncomingHttpHeaders;
}

export interface Soap {
  call(request: SoapRequest): Promise<CallResult | CallFailure>;
  close(): void;
}

/** Facts of one call while it runs; travels through node-soap as the call's options. */
interface Exchange {
  sessionId: string | undefined;
  beforeWrite: (() => Promise<void>) | undefined;
  mayBeWritten: boolean;
  status?: number;
  headers?: IncomingHttpHeaders;
  body?: string;
}

type Callback = (error: unknown, response?: unknown, body?: unknown) => void;
type Method = (args: object, callback: Callback, options: { exchange: Exchange }) => void;

const ANSWER = '$answer';
const TEXT_KEPT = 4_000;
const asText = (text: string) => text;

export function createSoap({
  baseUrl,
  timeoutMs,
  sendWindowMs,
  clock,
}: {
  baseUrl: string;
  timeoutMs: number;
  sendWindowMs: number;
  clock: Clock;
}): Soap {
  const http = createHttp({ timeoutMs, sendWindowMs, clock });

  function request(
    url: string,
    data: string,
    callback: Callback,
    headers: Record<string, string>,
    { exchange }: { exchange: Exchange },
  ): void {
    const cookie = exchange.sessionId && { Cookie: `ASP.NET_SessionId=${exchange.sessionId}` };
    http
      .post({
        url,
        body: data,
        headers: { ...headers, ...cookie },
        ...(exchange.beforeWrite && { beforeWrite: exchange.beforeWrite }),
        onWrite: () => {
          exchange.mayBeWritten = true;
        },
      })
      .then((answer) => {
        Object.assign(exchange, answer);
        callback(null, { status: answer.status, headers: answer.headers }, answer.body);
      })
      .catch((error: unknown) => callback(error));
  }

  async function connect(service: ServiceName): Promise<Client> {
    const options = {
      endpoint: baseUrl.replace(/\/+$/, '') + SERVICE_PATHS[service],
      disableCache: true,
      handleNilAsNull: true,
      customDeserializer: {
        int: asText,
        short: asText,
        long: asText,
        decimal: asText,
        double: asText,
        dateTime: asText,
        boolean: asText,
      },
      httpClient: { request } as unknown as NonNullable<IOptions['httpClient']>,
    } satisfies IOptions;
    const client = await createClientAsync(wsdlPath(service), options);
    nameTheAnswer(client);
    return client;
  }

  const clients = new Map<ServiceName, Promise<Client>>();
  function clientOf(service: ServiceName): Promise<Client> {
    const known = clients.get(service);
    if (known !== undefined) return known;
    const client = connect(service);
    clients.set(service, client);
    return client;
  }
  for (const service of SERVICE_NAMES) clientOf(service).catch(() => undefined);

  async function call({ service, operation, args, sessionId, beforeWrite }: SoapRequest) {
    const client = (await clientOf(service)) as unknown as Record<string, Method>;
    const method = client[operation];
    if (method === undefined) throw new Error(`the ${service} service has no operation ${operation}`);
    const exchange: Exchange = { sessionId, beforeWrite, mayBeWritten: false };
    try {
      const answer = await new Promise<unknown>((resolve, reject) => {
        // An empty answer element arrives as null here: node-soap looks for others, none fits.
        const callback: Callback = (error, result) => (error ? reject(error) : resolve(result));
        method.call(client, wire(args) as object, callback, { exchange });
      });
      return resultOf(answer, operation, exchange);
    } catch (error) {
      return failureOf(error, exchange);
    }
  }

  return { call, close: () => http.close() };
}

/**
 * Make node-soap say which element the body held. It returns the content of an echo, of an HTML page
 * or of nothing at all just as it returns that of the expected answer.
 */
function nameTheAnswer(client: Client): void {
  const wsdl = client.wsdl as unknown as { xmlToObject(xml: string): Record<string, unknown> | undefined };
  const parse = wsdl.xmlToObject.bind(wsdl);
  wsdl.xmlToObject = (xml) => {
    const envelope = parse(xml);
    const body = envelope?.Body;
    if (isRecord(body)) {
      for (const [name, content] of Object.entries(body)) {
        body[name] = { ...(isRecord(content) ? content : {}), [ANSWER]: name };
      }
    }
    return envelope;
  };
}

function resultOf(answer: unknown, operation: string, exchange: Exchange): CallResult | CallFailure {
  const { status = 0, headers = {} } = exchange;
  if (status < 200 || status > 299) return failure('http', exchange);
  if (!isRecord(answer) || answer[ANSWER] !== `${operation}Response`) return failure('unparsable', exchange);
  const { [ANSWER]: _, ...content } = answer;
  return { ok: true, result: plain(content) as Record<string, unknown>, status, headers };
}

function failureOf(error: unknown, exchange: Exchange): CallFailure {
  if (error instanceof HttpProblem) {
    return {
      ...failure(error.problem, exchange),
      ...(error.networkCode !== undefined && { networkCode: error.networkCode }),
    };
  }
  // Nothing left and it is no HTTP problem: beforeWrite refused, or we built an impossible request.
  if (!exchange.mayBeWritten) throw error;
  const fault = faultOf(error);
  if (fault !== undefined) return { ...failure('fault', exchange), ...fault };
  const isHttp = exchange.status !== undefined && (exchange.status < 200 || exchange.status > 299);
  return failure(isHttp ? 'http' : 'unparsable', exchange);
}

function failure(cause: CallFailure['cause'], exchange: Exchange): CallFailure {
  return {
    ok: false,
    cause,
    mayBeWritten: exchange.mayBeWritten,
    ...(exchange.status !== undefined && { status: exchange.status }),
    ...(exchange.headers !== undefined && { headers: exchange.headers }),
    ...(exchange.body !== undefined && { text: exchange.body.slice(0, TEXT_KEPT) }),
  };
}

/** The fault of a SOAP 1.1 or 1.2 answer, as node-soap leaves it on its error. */
function faultOf(error: unknown): { faultCode: string; text: string } | undefined {
  const envelope = isRecord(error) && isRecord(error.root) ? error.root.Envelope : undefined;
  const body = isRecord(envelope) ? envelope.Body : undefined;
  const fault = isRecord(body) ? plain(body.Fault) : undefined;
  if (!isRecord(fault)) return undefined;
  const code = fault.faultcode ?? (isRecord(fault.Code) ? fault.Code.Value : undefined);
  const text = fault.faultstring ?? (isRecord(fault.Reason) ? fault.Reason.Text : undefined);
  return { faultCode: typeof code === 'string' ? code : '', text: typeof text === 'string' ? text : '' };
}

/** An answer without node-soap's attribute wrappers. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  if ('$value' in value) return value.$value;
  const entries = Object.entries(value).filter(([name]) => name !== 'attributes');
  return Object.fromEntries(entries.map(([name, content]) => [name, plain(content)]));
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
