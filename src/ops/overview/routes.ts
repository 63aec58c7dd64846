import type { FastifyInstance } from 'fastify';
import type { Figures } from './figures.ts';
import { overviewPage } from './page.ts';

/** A Fastify plugin, to be registered behind the login. */
export function overviewRoutes(figures: () => Promise<Figures>) {
  return async function register(app: FastifyInstance): Promise<void> {
    app.get('/', async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(overviewPage(await figures())),
    );
  };
}
