import type { CircuitName, CircuitStore } from '../twentyfourseven/ports.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Scripts } from './scripts.ts';

/**
 * Open circuits in one hash, a field each; a closed one is not there.
 *
 * @param pool processes with the same pool share one egress IP, and so what they can reach
 */
export function createCircuitStore(deps: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
  pool: string;
}): CircuitStore {
  const { redis, scripts } = deps;
  const key = deps.keys.circuits(deps.pool);
  return {
    async read(names) {
      const [now, ...states] = (await scripts.run('circuits-read', [key], [...names])) as (string | null)[];
      return { nowMs: Number(now), states: states.map((state) => state ?? undefined) };
    },
    swap: async (name, before = '', after = '') =>
      (await scripts.run('circuits-swap', [key], [name, before, after])) === 1,
    names: async () => (await redis.hkeys(key)) as CircuitName[],
  };
}
