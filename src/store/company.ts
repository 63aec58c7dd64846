/** Small things kept per company: facts, the sealed session, the right to log in. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { CompanyFacts } from '../transfer/ports/entities.ts';
import type { DeploymentFacts, SessionStore } from '../twentyfourseven/ports.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

const SESSION_TTL_SECONDS = 23 * 3_600;
const HOUR_MS = 3_600_000;

const DELETE_IF_EQUAL = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

export function createFacts({ redis, keys }: { redis: RedisClient; keys: Keys }): CompanyFacts {
  return {
    get: async (clientId, name) => (await redis.hget(keys.facts(clientId), name)) ?? undefined,
    async set(clientId, name, value) {
      await redis.hset(keys.facts(clientId), name, value);
    },
    async forget(clientId, name) {
      await redis.hdel(keys.facts(clientId), name);
    },
  };
}

/** One sighting stays: what moves a session now and then is the worst of all. Removed by hand only. */
export function createDeploymentFacts(deps: { redis: RedisClient; keys: Keys }): DeploymentFacts {
  const { redis, keys } = deps;
  return {
    sessionsMove: async () => (await redis.hget(keys.deployment, 'sessionsMove')) === '1',
    async noteSessionsMove() {
      await redis.hset(keys.deployment, 'sessionsMove', '1');
    },
  };
}

export function createSessionStore(deps: { redis: RedisClient; keys: Keys; clock: Clock }): SessionStore {
  const { redis, keys, clock } = deps;
  return {
    get: async (clientId) => (await redis.get(keys.session(clientId))) ?? undefined,
    async put(clientId, sealed) {
      await redis.set(keys.session(clientId), sealed, 'EX', SESSION_TTL_SECONDS);
    },
    async drop(clientId, sealed) {
      await redis.eval(DELETE_IF_EQUAL, 1, keys.session(clientId), sealed);
    },
    async lock(clientId, ttlMs) {
      const token = randomUUID();
      const key = keys.loginLock(clientId);
      const taken = await redis.set(key, token, 'PX', ttlMs, 'NX');
      // Refused by our own command, sent anew after its answer was lost, it is ours all the same.
      return taken === null && (await redis.get(key)) !== token ? undefined : token;
    },
    async unlock(clientId, token) {
      await redis.eval(DELETE_IF_EQUAL, 1, keys.loginLock(clientId), token);
    },
    async countLogin(clientId, perHour) {
      const key = keys.logins(clientId, Math.floor(clock.now() / HOUR_MS));
      const count = await redis.incr(key);
      if (count === 1) await redis.pexpire(key, HOUR_MS);
      return count <= perHour;
    },
  };
}
