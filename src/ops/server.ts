/** The ops server: liveness, readiness and metrics, and behind a login the board and the invoice pages. */
import basicAuth from '@fastify/basic-auth';
import type { Queue } from 'bullmq';
import { type FastifyInstance, fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { ZodError } from 'zod';
import { within } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { BOARD_PATH, createBoard } from './board.ts';
import { createRoleOf, isCrossSite, isSafe, setPageHeaders } from './guard.ts';
import { type InvoiceRoutesDeps, invoiceRoutes } from './invoices/routes.ts';
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
/** Far longer than a page takes while Redis answers. */
const PAGE_TIMEOUT_MS = 10_000;

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
  queues: Queue[];
  /** What the first page shows; without it the board comes first. */
  overview?: () => Promise<Figures>;
  /** Without it there are no invoice pages. */
  invoices?: Omit<InvoiceRoutesDeps, 'log'>;
  readiness: () => Promise<Readiness>;
  /** After this time a page that only shows something answers 503. For tests. */
  pageTimeoutMs?: number;
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

function addOpenRoutes(app: FastifyInstance, options: OpsServerOptions): void {
  if (options.overview === undefined) app.get('/', (_request, reply) => reply.redirect(BOARD_PATH));
  app.get('/livez', async () => ({ alive: true }));
  app.get('/readyz', async (_request, reply) => {
    const { ready, checks } = await readinessNow(options.readiness, options.logger);
    const ok = ready && checks.every((check) => check.ok);
    return reply.code(ok ? 200 : 503).send({ ready: ok, checks });
  });
  app.get('/metrics', async (_request, reply) => {
    const text = await options.metrics.metrics();
    return reply.type(options.metrics.contentType).send(text);
  });
}

/**
 * Build the server. It does not listen before `listen`.
 *
 * Health and metrics need no login: they are protected by the address they listen on. Throws if the board's
 * login is empty.
 */
export function createOpsServer(options: OpsServerOptions): OpsServer {
  if (options.username === '' || options.password === '') throw new Error('the board needs a login');
  const { username, password, viewer } = options;
  const roleOf = createRoleOf({ operator: { username, password }, viewer });
  const app = fastify({ logger: false, bodyLimit: 64 * 1024, forceCloseConnections: true });

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
    await guarded.register(basicAuth, {
      authenticate: { realm: 'sharefox-24seven' },
      validate: async (username, password, request) => {
        const role = roleOf({ username, password });
        if (role === undefined) return new Error('wrong login');
        request.login = username;
        request.mayAct = role === 'operator';
        return undefined;
      },
    });
    guarded.decorateRequest('login', '');
    guarded.decorateRequest('mayAct', false);
    guarded.addHook('onRoute', (route) => {
      if ([route.method].flat().every((method) => isSafe(method.toUpperCase()))) {
        route.handlerTimeout = options.pageTimeoutMs ?? PAGE_TIMEOUT_MS;
      }
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
