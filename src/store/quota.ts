import type { Clock, QuotaStore } from '../transfer/ports.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Scripts } from './scripts.ts';

/** Most requests at once after a pause. */
export const QUOTA_BURST = 40;
/** What a new store starts with: it does not know what was spent before it. */
const START_TOKENS = 10;
const HOUR_MS = 3_600_000;

export interface QuotaLimits {
  /** Processes with the same pool share one egress IP. */
  pool: string;
  requestsPerHour: number;
  requestsPerSecond: number;
}

/** The request budget in Redis. */
export function createQuotaStore(deps: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
  limits: QuotaLimits;
  clock: Clock;
}): QuotaStore {
  const { redis, scripts, keys, limits, clock } = deps;
  const bucket = keys.quota(limits.pool);
  const burst = Math.min(QUOTA_BURST, Math.ceil(limits.requestsPerHour / 2));
  const refillPerMs = (limits.requestsPerHour - burst) / HOUR_MS;
  return {
    take: async () =>
      Number(
        await scripts.run(
          'quota',
          [bucket, keys.quotaRecent(limits.pool)],
          [burst, refillPerMs, limits.requestsPerSecond, Math.min(START_TOKENS, burst)],
        ),
      ),
    async quarantine(untilMs) {
      await redis.hset(bucket, 'quarantineUntil', Math.ceil(untilMs));
    },
    async observe(remaining, resetMs) {
      await redis.hset(bucket, { windowLeft: remaining, windowEnds: Math.ceil(resetMs) });
    },
    async left() {
      const [tokens, quarantineUntil] = await redis.hmget(bucket, 'tokens', 'quarantineUntil');
      const until = Number(quarantineUntil ?? 0);
      return { tokens: Number(tokens ?? burst), quarantineUntilMs: until > clock.now() ? until : 0 };
    },
  };
}
