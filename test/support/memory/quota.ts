import { BACKGROUND_SHARE, QUOTA_BURST, type QuotaLimits, SPARED } from '../../../src/store/quota.ts';
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
  const backgroundKey = server.keys.quotaBackground(pool);
  const background = Math.floor(requestsPerHour / BACKGROUND_SHARE);
  return {
    async take({ isSparing, isBackground } = {}) {
      const bucket = bucketOf();
      const now = server.now();
      const field = (name: string) => Number(bucket.get(name) ?? 0);
      const waitFor = (ms: number) => {
        if (!isBackground) bucket.set('awaitedUntil', String(now + ms + 1_000));
        return ms;
      };
      if (field('quarantineUntil') > now) return waitFor(field('quarantineUntil') - now);
      if (field('windowEnds') > now && field('windowLeft') <= (isBackground ? background : 0)) {
        return waitFor(field('windowEnds') - now);
      }
      let tokens = startTokens;
      if (bucket.has('tokens')) {
        tokens = Math.min(burst, field('tokens') + Math.max(0, now - field('at')) * refillPerMs);
        tokens = Math.round(tokens * 1e9) / 1e9;
      }
      const wanted = 1 + (isSparing || isBackground ? Math.floor(burst / SPARED) : 0);
      const enough = isBackground ? wanted : Math.floor(tokens) + 1;
      let waitMs = tokens < wanted ? Math.ceil((enough - tokens) / refillPerMs) : 0;
      const oldest = server.entries(recentKey).at(-requestsPerSecond);
      if (oldest !== undefined && oldest.at + 1_100 > now) waitMs = Math.max(waitMs, oldest.at + 1_100 - now);
      if (isBackground) {
        const first = background < 1 ? now : (server.entries(backgroundKey).at(-background)?.at ?? 0);
        waitMs = Math.max(waitMs, field('awaitedUntil') - now, first + HOUR_MS - now);
      }
      if (waitMs === 0) {
        tokens -= 1;
        server.add(recentKey, {});
        if (isBackground) server.add(backgroundKey, {});
        if (bucket.has('windowLeft')) bucket.set('windowLeft', String(field('windowLeft') - 1));
      }
      setFields(bucket, { tokens: tokens.toFixed(9), at: now });
      return waitMs > 0 ? waitFor(waitMs) : 0;
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
