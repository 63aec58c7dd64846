/** The ops server: liveness, readiness and metrics, and behind a login the board and the invoice pages. */
import basicAuth from '@fastify/basic-auth';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { ZodError } from 'zod';
import { type Clock, within } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Queue } from '../queue/queues.ts';
import { BOARD_PATH, createBoard } from './board.ts';
import { createRoleOf, isCrossSite, isSafe, setPageHeaders } from './guard.ts';
import { type InvoiceRoutesDeps, invoiceRoutes } from './invoices/routes.ts';
import { createWorkLimit } from './limits.ts';
import { createLoginThrottle, type LoginThrottle } from './login-throttle.ts';
import type { Figures } from './overview/figures.ts';
import { overviewRoutes } from './overview/routes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the login. */
    login: string;
    /** True for the operator's login, false for the viewer's. */
    mayAct: boolean;
  }
}

const READINESS_TIMEOUT_MS = 5_000;
/** Anybody may ask, and each look may open a connection: so they share one, and its answer for so long. */
const READINESS_AGE_MS = 1_000;
/** Far longer than a page takes while Redis answers. */
const PAGE_TIMEOUT_MS = 10_000;
/** For a whole request to arrive. Our longest is a form of some hundred bytes. */
const REQUEST_TIMEOUT_MS = 10_000;
/** How often slow requests are looked for. */
const SLOW_CHECK_MS = 1_000;

export interface ReadinessCheck {
  name: string;
  ok: boolean;
  /** For people. No secrets: the endpoint needs no login. */
  detail: string;
}

export interface Readiness {
  ready: boolean;
  checks: ReadinessCheck[];
}

export interface OpsServer {
  /** Returns the server's URL, without a slash at its end. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

export interface OpsServerOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  username: string;
  password: string;
  /** A second login that may look only. */
  viewer?: { username: string; password: string } | undefined;
  /** Addresses of proxies whose X-Forwarded-For is believed; none by default. */
  trustedProxies?: string[] | undefined;
  clock: Pick<Clock, 'monotonic'>;
  /** Told of each login that was refused: it was wrong, or its address has to wait. */
  onRefusedLogin?: (why: 'wrong' | 'throttled') => void;
  queues: Queue[];
  /** What the first page shows; without it the board comes first. */
  overview?: () => Promise<Figures>;
  /** Without it there are no invoice pages. */
  invoices?: Omit<InvoiceRoutesDeps, 'log'>;
  readiness: () => Promise<Readiness>;
  /** After this time a page that only shows something answers 503. For tests. */
  pageTimeoutMs?: number;
  /** So long an answer of `/readyz` is given again. For tests. */
  readinessAgeMs?: number;
  /** After this time a request that has not arrived as a whole is cut off. For tests. */
  requestTimeoutMs?: number;
  metrics: Registry;
  logger: Logger;
}

/** A readiness check that throws or hangs means "not ready". */
async function readinessNow(readiness: () => Promise<Readiness>, logger: Logger): Promise<Readiness> {
  const notReady = (detail: string) => ({ ready: false, checks: [{ name: 'readiness', ok: false, detail }] });
  const checked = readiness().catch((error: unknown) => {
    logger.error({ err: error }, 'readiness check failed');
    return notReady('the checks failed; the log says why');
  });
  return within(READINESS_TIMEOUT_MS, checked, notReady('the checks took too long'));
}

function statusOf(error: unknown): number {
  // None of our pages sends such a query or form.
  if (error instanceof ZodError) return 400;
  const isNamed = error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
  return isNamed ? Number(error.statusCode) : 500;
}

/** Who asks while one is under way, or within `ageMs` of its end, gets the same answer. */
function shared<T>(ageMs: number, clock: Pick<Clock, 'monotonic'>, make: () => Promise<T>): () => Promise<T> {
  let latest: { made: Promise<T>; isOver: boolean; at: number } | undefined;
  return () => {
    if (latest !== undefined && (!latest.isOver || clock.monotonic() - latest.at < ageMs)) return latest.made;
    const one = { made: make(), isOver: false, at: 0 };
    const end = () => Object.assign(one, { isOver: true, at: clock.monotonic() });
    one.made.then(end, end);
    latest = one;
    return one.made;
  };
}

function addOpenRoutes(app: FastifyInstance, options: OpsServerOptions): void {
  if (options.overview === undefined) app.get('/', (_request, reply) => reply.redirect(BOARD_PATH));
  app.get('/livez', async () => ({ alive: true }));
  const readiness = shared(options.readinessAgeMs ?? READINESS_AGE_MS, options.clock, () =>
    readinessNow(options.readiness, options.logger),
  );
  const scrape = shared(0, options.clock, () => options.metrics.metrics());
  app.get('/readyz', async (_request, reply) => {
    const { ready, checks } = await readiness();
    const ok = ready && checks.every((check) => check.ok);
    return reply.code(ok ? 200 : 503).send({ ready: ok, checks });
  });
  app.get('/metrics', async (_request, reply) => {
    const text = await scrape();
    return reply.type(options.metrics.contentType).send(text);
  });
}

/** Counted and logged, by address; the name that was tried may be a password typed into the wrong field. */
function refusedLogin(
  { logger, onRefusedLogin }: OpsServerOptions,
  why: 'wrong' | 'throttled',
  address: string,
  isLast: boolean,
): void {
  onRefusedLogin?.(why);
  if (why === 'wrong') logger.warn({ ip: address }, 'ops login refused');
  if (isLast) logger.warn({ ip: address }, 'ops logins from this address have to wait');
}

/** Before a login is compared. Requests without one are only asked for it. */
function refuseGuessing(options: OpsServerOptions, throttle: LoginThrottle) {
  return async ({ ip, headers }: FastifyRequest, reply: FastifyReply) => {
    const waitMs = headers.authorization === undefined ? 0 : throttle.waitMs(ip);
    if (waitMs === 0) return;
    refusedLogin(options, 'throttled', ip, false);
    const seconds = String(Math.ceil(waitMs / 1_000));
    return reply.code(429).header('retry-after', seconds).send({ error: 'too_many_wrong_logins' });
  };
}

/**
 * Build the server. It does not listen before `listen`.
 *
 * Health and metrics need no login: they are protected by the address they listen on. Throws if the board's
 * login is empty.
 */
export function createOpsServer(options: OpsServerOptions): OpsServer {
  if (options.username === '' || options.password === '') throw new Error('the board needs a login');
  const { username, password, viewer, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
  const throttle = createLoginThrottle(options.clock);
  const roleOf = createRoleOf({ operator: { username, password }, viewer });
  const app = fastify({
    logger: false,
    bodyLimit: 64 * 1024,
    forceCloseConnections: true,
    trustProxy: options.trustedProxies ?? false,
    requestTimeout: requestTimeoutMs,
    // Of the two times Node takes the longer for the body: left at its 60 s, the headers' would stand for both.
    http: {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: SLOW_CHECK_MS,
    },
  });

  app.addHook('onRequest', async (request, reply) => {
    if (isCrossSite(request)) return reply.code(403).send({ error: 'cross_site' });
  });
  app.addHook('onSend', async (_request, reply) => setPageHeaders(reply));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not_found' }));
  app.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) options.logger.error({ err: error }, 'ops request failed');
    return reply.code(status).send({ error: status === 401 ? 'login_required' : 'failed' });
  });

  addOpenRoutes(app, options);
  app.register(async (guarded) => {
    guarded.addHook('onRequest', refuseGuessing(options, throttle));
    await guarded.register(basicAuth, {
      authenticate: { realm: 'sharefox-24seven' },
      validate: async (username, password, request) => {
        const role = roleOf({ username, password });
        if (role === undefined) {
          refusedLogin(options, 'wrong', request.ip, throttle.wrong(request.ip));
          return new Error('wrong login');
        }
        request.login = username;
        request.mayAct = role === 'operator';
        return undefined;
      },
    });
    const limited = createWorkLimit();
    guarded.decorateRequest('login', '');
    guarded.decorateRequest('mayAct', false);
    guarded.addHook('onRoute', (route) => {
      if ([route.method].flat().every((method) => isSafe(method.toUpperCase()))) {
        route.handlerTimeout = options.pageTimeoutMs ?? PAGE_TIMEOUT_MS;
      }
      route.handler = limited(route.handler);
    });
    guarded.addHook('onRequest', guarded.basicAuth);
    guarded.addHook('onRequest', async (request, reply) => {
      if (!request.mayAct && !isSafe(request.method)) return reply.code(403).send({ error: 'may_only_look' });
    });
    if (options.overview !== undefined) await guarded.register(overviewRoutes(options.overview));
    if (options.invoices !== undefined) {
      await guarded.register(invoiceRoutes({ ...options.invoices, log: options.logger }));
    }
    await guarded.register(createBoard(options.queues, options.logger));
  });

  return {
    listen: async () => (await app.listen({ host: options.host, port: options.port })).replace(/\/$/, ''),
    close: () => app.close(),
  };
}
