/**
 * Bull Board over our queues, without personal data.
 *
 * Nobody may write a job's data: saving a job that the board has redacted would write the redaction into the job.
 */

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from '../logger.ts';
import { invoiceOf } from '../queue/job-data.ts';
import type { Queue } from '../queue/queues.ts';
import { BOARD_SCRIPT, BOARD_STYLE, BOARD_THEME, overlaid } from './board-page.ts';
import { shownAnswer, shownData, shownName, shownProgress, shownResult } from './board-redaction.ts';
import { isSafe } from './guard.ts';
import { pathOf } from './invoices/list-pages.ts';
import { boundQuery, MOST_LOG_LINES } from './limits.ts';

export const BOARD_PATH = '/board';
const API = `${BOARD_PATH}/api/`;
const QUEUE = `${API}queues/:queueName`;

/** Everything that an operator may write: the routes, and for those that act on all jobs of a state, which states. */
const WRITES: Record<string, string[] | 'any'> = {
  [`${QUEUE}/:jobId/retry`]: 'any',
  [`${QUEUE}/:jobId/promote`]: 'any',
  [`${QUEUE}/:jobId/clean`]: 'any',
  [`${QUEUE}/promote`]: 'any',
  [`${QUEUE}/retry/:queueStatus`]: ['failed'],
  // Not `waiting`: a waiting job is an invoice that no worker has taken yet. It must not be thrown away.
  [`${QUEUE}/clean/:queueStatus`]: ['completed', 'failed'],
};

function isAllowed({ method, routeOptions, params }: FastifyRequest): boolean {
  if (isSafe(method)) return true;
  const states = method === 'PUT' ? WRITES[routeOptions.url ?? ''] : undefined;
  if (states === undefined || states === 'any') return states !== undefined;
  return states.includes(String((params as Record<string, unknown>).queueStatus));
}

/** A Fastify plugin, to be registered behind the login. */
export function createBoard(queues: Queue[], log: Logger) {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: queues.map((queue) => {
      const adapter = new BullMQAdapter(queue, {
        externalJobUrl: ({ data }) => {
          const invoice = invoiceOf(data);
          return invoice === undefined
            ? { displayText: 'No invoice of ours', href: '/invoices' }
            : { displayText: `Invoice ${invoice.invoiceId}: why, and its Retry`, href: pathOf(invoice) };
        },
      });
      adapter.getJobLogs = async (id) =>
        (await queue.getJobLogs(id, 0, MOST_LOG_LINES - 1, false)).logs.reverse();
      adapter.setFormatter('data', shownData);
      adapter.setFormatter('returnValue', shownResult);
      adapter.setFormatter('progress', shownProgress);
      adapter.setFormatter('name', ({ name }) => shownName(name));
      return adapter;
    }),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'sharefox-24seven',
        miscLinks: [{ text: 'Invoices', url: '/invoices' }],
        hideDocsLink: true,
        theme: BOARD_THEME,
      },
    },
  });

  return async function register(app: FastifyInstance): Promise<void> {
    app.addHook('onRequest', async (request, reply) => {
      boundQuery(request.query);
      if (!isAllowed(request)) return reply.code(403).send({ error: { key: 'ERRORS.FORBIDDEN' } });
      if (isSafe(request.method)) return;
      log.info({ by: request.login, url: request.routeOptions.url }, 'board action');
    });
    app.addHook('preSerialization', async (request, _reply, answer) => {
      const { url = '' } = request.routeOptions;
      return url.startsWith(API) ? shownAnswer(url.slice(API.length), answer, request.mayAct) : answer;
    });
    app.addHook('onSend', async (_request, reply, body) =>
      typeof body === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')
        ? overlaid(body)
        : body,
    );
    app.get(`${BOARD_PATH}/overlay.css`, (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(BOARD_STYLE),
    );
    app.get(`${BOARD_PATH}/overlay.js`, (_request, reply) =>
      reply.type('text/javascript; charset=utf-8').send(BOARD_SCRIPT),
    );
    await app.register(serverAdapter.registerPlugin(), { prefix: BOARD_PATH });
  };
}
