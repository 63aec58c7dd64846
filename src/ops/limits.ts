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
/** Those that wait for their turn; any further one is answered 503 at once. */
const MOST_WAITING = 1_000;

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

interface Turns {
  atWork: number;
  waiting: (() => void)[];
}

/** Wraps handlers, so that of each login no more than MOST_AT_WORK run at once; the others wait for their turn. */
export function createWorkLimit() {
  const byLogin = new Map<string, Turns>();
  return (handler: RouteHandlerMethod): RouteHandlerMethod =>
    async function limited(request, reply) {
      const turns = byLogin.get(request.login) ?? { atWork: 0, waiting: [] };
      byLogin.set(request.login, turns);
      if (turns.waiting.length >= MOST_WAITING)
        return reply.code(503).header('retry-after', '1').send({ error: 'busy' });
      if (turns.atWork >= MOST_AT_WORK) await new Promise<void>((go) => turns.waiting.push(go));
      else turns.atWork += 1;
      try {
        // Its time may have gone by while it waited.
        return reply.sent ? reply : ((await handler.call(this, request, reply)) ?? reply);
      } finally {
        const next = turns.waiting.shift();
        if (next === undefined) turns.atWork -= 1;
        else next();
      }
    };
}
