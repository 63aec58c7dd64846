import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../logger.ts';
import type { Keys } from './keys.ts';

/**
 * What keeps an acknowledged write: the server's own append-only file, synced at each write; the service that
 * hosts it (its promise, which nobody can check from here); or nothing.
 */
export const REDIS_DURABILITIES = ['aof', 'service', 'volatile'] as const;
export type RedisDurability = (typeof REDIS_DURABILITIES)[number];

/**
 * How to reach Redis: one server, Sentinel, or Cluster. User, password, database and TLS come from the URL.
 * `durability` is `aof` where it is left out.
 */
export type RedisConfig = { url: string; durability?: RedisDurability } & (
  | { kind: 'single' }
  | { kind: 'sentinel'; masterName: string; sentinels: { host: string; port: number }[] }
  | { kind: 'cluster'; nodes: { host: string; port: number }[] }
);

export type RedisClient = Redis | Cluster;

/** What REDIS_URL says: rediss:// means TLS; the database is the path. Sentinels and Clusters name their own hosts. */
export function optionsOf({ kind, url }: RedisConfig): RedisOptions {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const host = hostname.replace(/[[\]]/g, '');
  const db = kind === 'cluster' ? '' : pathname.slice(1);
  return {
    ...(kind === 'single' ? { host, port: port === '' ? 6379 : Number(port) } : {}),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(db === '' ? {} : { db: Number(db) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
    ...(protocol === 'rediss:' && kind === 'sentinel' ? tlsBehindSentinels({}) : {}),
  };
}

/**
 * TLS to the Sentinels and to the primary that they name. Left out, ioredis speaks plain text to both, whatever `tls`
 * says, and so sends the password in clear.
 */
export const tlsBehindSentinels = (
  tls: NonNullable<RedisOptions['tls']>,
): Pick<RedisOptions, 'tls' | 'sentinelTLS' | 'enableTLSForSentinelMode'> => ({
  tls,
  sentinelTLS: tls,
  enableTLSForSentinelMode: true,
});

/**
 * A connection that waits for Redis for ever and comes back by itself: for workers and the store.
 * (Producers fail fast instead; they have their own settings.)
 */
export function connectRedis(config: RedisConfig, logger: Logger): RedisClient {
  const options: RedisOptions = {
    ...optionsOf(config),
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  };
  const redis = connect();
  // Without a listener ioredis prints to the console; the same error repeats at each reconnect.
  redis.on('error', (err) => logger.warn({ reason: err.message }, 'redis connection failed'));
  return redis;

  function connect(): RedisClient {
    if (config.kind === 'cluster') {
      return new Cluster(config.nodes, {
        redisOptions: options,
        clusterRetryStrategy: (times) => Math.min(100 * times, 2_000),
        enableReadyCheck: true,
      });
    }
    if (config.kind === 'sentinel') {
      return new Redis({ ...options, sentinels: config.sentinels, name: config.masterName });
    }
    return new Redis(options);
  }
}

/**
 * A command without a key, asked of the node that holds ours: alone, it goes to any node of a Cluster.
 *
 * @param keys all of ours lie on one node
 */
export async function onOurNode(
  redis: RedisClient,
  keys: Pick<Keys, 'epoch'>,
  command: string,
  ...args: (string | number)[]
): Promise<unknown> {
  const replies = await redis
    .pipeline()
    .exists(keys.epoch)
    .call(command, ...args)
    .exec();
  const [error, reply] = replies?.[1] ?? [new Error(`no reply to ${command}`), undefined];
  if (error !== null) throw error;
  return reply;
}
