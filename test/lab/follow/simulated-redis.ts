/** A real Redis whose clock the test moves: our Lua and our commands read the simulated time, expiries follow it. */
import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { startRedis } from '../../../src/demo/throwaway-redis.ts';
import type { RedisClient } from '../../../src/store/connection.ts';

export interface SimulatedRedis {
  client: RedisClient;
  now(): number;
  advance(ms: number): Promise<void>;
  stop(): Promise<void>;
}

const CLOCK_KEY = 'simulated:time';
const REAL_TIME = "redis.call('TIME')";
const SIMULATED_TIME = `redis.call('HMGET', '${CLOCK_KEY}', 'seconds', 'micros')`;

const partsOf = (ms: number) => [Math.floor(ms / 1_000), (ms % 1_000) * 1_000] as const;

export async function startSimulatedRedis(startMs: number): Promise<SimulatedRedis> {
  const server = await startRedis({});
  const redis = new Redis(server.url);
  let nowMs = startMs;
  const setClock = () => {
    const [seconds, micros] = partsOf(nowMs);
    return redis.hset(CLOCK_KEY, { seconds, micros });
  };
  await setClock();
  return {
    client: onSimulatedTime(redis, () => nowMs),
    now: () => nowMs,
    async advance(ms) {
      nowMs += ms;
      await setClock();
    },
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}

function onSimulatedTime(redis: Redis, now: () => number): RedisClient {
  const loaded = new Map<string, string>();
  const expiries = new Map<string, number>();
  const own: Record<string, (...args: never[]) => Promise<unknown>> = {
    time: async () => partsOf(now()),
    async evalsha(sha: string, ...args: never[]) {
      const simulated = loaded.get(sha);
      if (simulated === undefined) throw new Error('NOSCRIPT');
      return redis.evalsha(simulated, ...(args as unknown as [number, ...string[]]));
    },
    async eval(source: string, ...args: never[]) {
      if (source.split(REAL_TIME).length !== 2)
        throw new Error('a script does not read the time exactly once');
      const simulated = await redis.script('LOAD', source.replace(REAL_TIME, SIMULATED_TIME));
      loaded.set(createHash('sha1').update(source).digest('hex'), String(simulated));
      return redis.evalsha(String(simulated), ...(args as unknown as [number, ...string[]]));
    },
    async set(key: string, value: string, unit?: 'PX', ms?: number) {
      if (unit !== undefined && unit !== 'PX') throw new Error(`SET … ${unit} is not simulated`);
      if (ms === undefined) expiries.delete(key);
      else expiries.set(key, now() + ms);
      return redis.set(key, value);
    },
    async get(key: string) {
      const expiry = expiries.get(key);
      if (expiry !== undefined && expiry <= now()) await redis.del(key);
      return redis.get(key);
    },
  };
  return new Proxy(redis, {
    get(target, name) {
      const value = typeof name === 'string' && Object.hasOwn(own, name) ? own[name] : undefined;
      if (value !== undefined) return value;
      const real = Reflect.get(target, name) as unknown;
      return typeof real === 'function' ? real.bind(target) : real;
    },
  });
}
