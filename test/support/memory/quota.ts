import { QUOTA_BURST, type QuotaLimits, SPARED } from '../../../src/store/quota.ts';
import type { QuotaStore } from '../../../src/twentyfourseven/ports.ts';
import { type MemoryServer, setFields } from './server.ts';

const HOUR_MS = 3_600_000;
/** As in src/store/quota.ts. */
const START_TOKENS = 10;

/** quota.lua */
export function createMemoryQuota({
  server,
  limits,
}: {
  server: MemoryServer;
  limits: QuotaLimits;
}): QuotaStore {
  const { requestsPerHour, requestsPerSecond, pool } = limits;
  const burst = Math.min(QUOTA_BURST, Math.ceil(requestsPerHour / 2));
  const startTokens = Math.min(START_TOKENS, burst);
  const refillPerMs = (requestsPerHour - burst) / HOUR_MS;
  const bucketOf = () => server.hash(server.keys.quota(pool));
  const recentKey = server.keys.quotaRecent(pool);
  return {
    async take({ isSparing } = { isSparing: false }) {
      const bucket = bucketOf();
      const now = server.now();
      const field = (name: string) => Number(bucket.get(name) ?? 0);
      if (field('quarantineUntil') > now) return field('quarantineUntil') - now;
      if (field('windowEnds') > now && field('windowLeft') <= 0) return field('windowEnds') - now;
      let tokens = startTokens;
      if (bucket.has('tokens')) {
        tokens = Math.min(burst, field('tokens') + Math.max(0, now - field('at')) * refillPerMs);
        tokens = Math.round(tokens * 1e9) / 1e9;
      }
      const spared = isSparing ? Math.floor(burst / SPARED) : 0;
      const isSpent = tokens < 1 + spared;
      let waitMs = isSpent ? Math.ceil((Math.floor(tokens) + 1 - tokens) / refillPerMs) : 0;
      const oldest = server.entries(recentKey).at(-requestsPerSecond);
      if (oldest !== undefined && oldest.at + 1_100 > now) waitMs = Math.max(waitMs, oldest.at + 1_100 - now);
      if (waitMs === 0) {
        tokens -= 1;
        server.add(recentKey, {});
        if (bucket.has('windowLeft')) bucket.set('windowLeft', String(field('windowLeft') - 1));
      }
      setFields(bucket, { tokens: tokens.toFixed(9), at: now });
      return waitMs;
    },
    async quarantine(forMs) {
      bucketOf().set('quarantineUntil', String(server.now() + Math.ceil(forMs)));
    },
    async observe(remaining, endsInMs) {
      setFields(bucketOf(), { windowLeft: remaining, windowEnds: server.now() + Math.ceil(endsInMs) });
    },
    async left() {
      const bucket = bucketOf();
      const now = server.now();
      const until = Number(bucket.get('quarantineUntil') ?? 0);
      const passedMs = now - Number(bucket.get('at') ?? now);
      const tokens = Number(bucket.get('tokens') ?? startTokens) + passedMs * refillPerMs;
      return { tokens: Math.min(burst, tokens), quarantineUntilMs: until > now ? until : 0 };
    },
  };
}
