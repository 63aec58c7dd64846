/** How much one request may ask for, and how much may be at work at once: a reader must not stop a worker. */
import type { RouteHandlerMethod } from 'fastify';

/** Fields of the board's queries and the most of each. 50 jobs of 256 KiB are 13 MB of JSON. */
const MOST: Record<string, number> = { jobsPerPage: 50, page: 100_000 };
/** Lines of one job's log that are read, the newest. A job may write one with each attempt. */
export const MOST_LOG_LINES = 200;
/**
 * Pages and answers of one login that are being made at once. A browser asks for six at a time. One that took too
 * long and was answered 503 counts until its work is over, so that they cannot pile up.
 */
const MOST_AT_WORK = 20;

/** Brings what a query asks for down to what it may have. What is no number stays: the board refuses it. */
export function boundQuery(query: unknown): void {
  if (typeof query !== 'object' || query === null) return;
  const fields = query as Record<string, unknown>;
  for (const [name, most] of Object.entries(MOST)) {
    const asked = [fields[name]].flat().at(-1);
    if (asked === undefined) continue;
    fields[name] = Number(asked) > most ? String(most) : asked;
  }
}

/** Wraps a login's handlers, so that no more than MOST_AT_WORK of them run at once; the others answer 503. */
export function createWorkLimit() {
  const atWork = new Map<string, number>();
  return (handler: RouteHandlerMethod): RouteHandlerMethod =>
    function limited(request, reply) {
      const { login } = request;
      const running = atWork.get(login) ?? 0;
      if (running >= MOST_AT_WORK) return reply.code(503).header('retry-after', '1').send({ error: 'busy' });
      atWork.set(login, running + 1);
      const end = () => atWork.set(login, (atWork.get(login) ?? 1) - 1);
      let made: unknown;
      try {
        made = handler.call(this, request, reply);
      } catch (error) {
        end();
        throw error;
      }
      if (made instanceof Promise) made.then(end, end);
      else reply.raw.once('close', end);
      return made;
    };
}
