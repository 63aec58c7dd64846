import type { QuotaStore } from '../twentyfourseven/ports.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Scripts } from './scripts.ts';

/** Most requests at once after a pause. */
export const QUOTA_BURST = 40;
/** What a new store starts with: it does not know what was spent before it. */
const START_TOKENS = 10;
/** One in so many of the most at once is left for those who go first. */
export const SPARED = 5;
/** The background has at most one in so many of the requests of any hour. */
export const BACKGROUND_SHARE = 10;
const HOUR_MS = 3_600_000;

export interface QuotaLimits {
  /** Processes with the same pool share one egress IP. */
  pool: string;
  requestsPerHour: number;
  requestsPerSecond: number;
}

/** Where what is kept is no number, quota.lua takes it for nothing, too. */
function finite(kept: string | null | undefined, otherwise: number): number {
  const number = Number(kept ?? otherwise);
  return Number.isFinite(number) ? number : otherwise;
}

/** The request budget in Redis. */
export function createQuotaStore(deps: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
  limits: QuotaLimits;
}): QuotaStore {
  const { redis, scripts, keys, limits } = deps;
  const bucket = keys.quota(limits.pool);
  const burst = Math.min(QUOTA_BURST, Math.ceil(limits.requestsPerHour / 2));
  const startTokens = Math.min(START_TOKENS, burst);
  const refillPerMs = (limits.requestsPerHour - burst) / HOUR_MS;
  return {
    take: async ({ isSparing, isBackground } = {}) =>
      Number(
        await scripts.run(
          'quota',
          [bucket, keys.quotaRecent(limits.pool), keys.quotaBackground(limits.pool)],
          [
            burst,
            refillPerMs,
            limits.requestsPerSecond,
            startTokens,
            isSparing || isBackground ? Math.floor(burst / SPARED) : 0,
            isBackground ? Math.floor(limits.requestsPerHour / BACKGROUND_SHARE) : '',
          ],
        ),
      ),
    async quarantine(forMs) {
      await scripts.run('quota-note', [bucket], ['quarantineUntil', forMs]);
    },
    async observe(remaining, endsInMs) {
      await scripts.run('quota-note', [bucket], ['windowEnds', endsInMs, 'windowLeft', remaining]);
    },
    async left() {
      const [[kept, at, quarantineUntil], [seconds, micros]] = await Promise.all([
        redis.hmget(bucket, 'tokens', 'at', 'quarantineUntil'),
        redis.time(),
      ]);
      const now = Number(seconds) * 1_000 + Number(micros) / 1_000;
      const until = finite(quarantineUntil, 0);
      // As the next take will find it; what was kept is as of the last one.
      const refilled = finite(kept, startTokens) + Math.max(0, now - finite(at, now)) * refillPerMs;
      return { tokens: Math.min(burst, refilled), quarantineUntilMs: until > now ? until : 0 };
    },
  };
}
