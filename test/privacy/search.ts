/** Every place a canary could have flown to. */
import type { RedisClient } from '../../src/store/connection.ts';
import { FOUND } from './planted.ts';

export type Text = [where: string, text: string];

/** What was found where, with what stands around it. */
export function leaksIn(texts: Iterable<Text>, pattern: RegExp = FOUND): string[] {
  return [...texts].flatMap(([where, text]) => {
    const at = text.search(pattern);
    return at < 0 ? [] : [`${where}: …${text.slice(Math.max(0, at - 150), at + 60)}…`];
  });
}

/** Every key, field and value in Redis. */
export async function textsInRedis(redis: RedisClient): Promise<Text[]> {
  const found: Text[] = [];
  for (const key of await redis.keys('*')) {
    found.push(['key', key]);
    for (const [field, text] of await valuesOf(redis, key))
      found.push([`${key} ${field}`, `${field} ${text}`]);
  }
  return found;
}

async function valuesOf(redis: RedisClient, key: string): Promise<[field: string, text: string][]> {
  const type = await redis.type(key);
  const all = (texts: string[]): [string, string][] => texts.map((text) => ['', text]);
  if (type === 'string') return all([(await redis.get(key)) ?? '']);
  if (type === 'hash') return Object.entries(await redis.hgetall(key));
  if (type === 'list') return all(await redis.lrange(key, 0, -1));
  if (type === 'zset') return all(await redis.zrange(key, 0, -1));
  if (type === 'set') return all(await redis.smembers(key));
  if (type === 'stream') {
    return all((await redis.xrange(key, '-', '+')).map(([, fields]) => fields.join(' ')));
  }
  // Gone since it was listed.
  if (type === 'none') return [];
  throw new Error(`${key} is of a type nobody searches: ${type}`);
}

/** What the service said is the operator's to read, in this one place. */
const withoutSaid = (page: string): string => page.replace(/<section class="said">[\s\S]*?<\/section>/g, '');

/** Everything a login may read: board, its API, the invoice pages, metrics. */
export async function textsOfOps(
  opsUrl: string,
  login: string,
  invoices: { shopId: string; invoiceId: string }[],
  jobs: { queue: string; id: string }[],
): Promise<Text[]> {
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const states = ['completed', 'failed', 'delayed', 'waiting', 'active', 'prioritized', 'latest'];
  const paths = [
    '/metrics',
    '/readyz',
    '/livez',
    '/board',
    ...['invoice-transfer', 'status-check'].flatMap((queue) =>
      states.flatMap((state) =>
        [1, 2, 3, 4, 5].map((page) => `/board/api/queues?activeQueue=${queue}&status=${state}&page=${page}`),
      ),
    ),
    ...jobs.flatMap(({ queue, id }) => [
      `/board/api/queues/${queue}/${id}`,
      `/board/api/queues/${queue}/${id}/logs`,
    ]),
    '/invoices',
    ...['open', 'unresolved', 'rejected'].map((list) => `/invoices?list=${list}`),
    ...['order.refused', 'payload.invalid', 'customer.refused'].map((code) => `/invoices?code=${code}`),
    ...invoices.flatMap(({ shopId, invoiceId }) =>
      ['en', 'nb', 'sv'].map((lang) => `/invoices/${shopId}/${invoiceId}?lang=${lang}`),
    ),
  ];
  const previews = invoices.map(({ shopId, invoiceId }) => `/invoices/${shopId}/${invoiceId}/preview`);
  return Promise.all(
    [...paths, ...previews].map(async (path): Promise<Text> => {
      const method = previews.includes(path) ? 'POST' : 'GET';
      const response = await fetch(`${opsUrl}${path}`, { method, headers: { authorization } });
      const headers = JSON.stringify([...response.headers]);
      return [`${path} (${response.status})`, `${headers} ${withoutSaid(await response.text())}`];
    }),
  );
}
