/** What is kept per shop, per company and per egress IP. */
import { randomUUID } from 'node:crypto';
import type { ShopSettings } from '../../../src/contract/shop.ts';
import { QUOTA_BURST, type QuotaLimits } from '../../../src/store/quota.ts';
import type {
  CompanyFacts,
  DeploymentFacts,
  Events,
  QuotaStore,
  SessionStore,
  Shop,
  Shops,
} from '../../../src/transfer/ports.ts';
import { type MemoryServer, setFields } from './server.ts';

const HOUR_MS = 3_600_000;
/** As in src/store/quota.ts. */
const START_TOKENS = 10;

export function createMemoryShops(server: MemoryServer): Shops {
  const { keys } = server;
  function find(shopId: string): Shop | undefined {
    const { settings, disabled, clientId, identityId, verifiedAt } = Object.fromEntries(
      server.hash(keys.shop(shopId)),
    );
    if (settings === undefined) return undefined;
    const shop: Shop = { settings: JSON.parse(settings) as ShopSettings, disabled: disabled === '1' };
    if (clientId !== undefined && identityId !== undefined && verifiedAt !== undefined) {
      shop.verified = { clientId, identityId, verifiedAt };
    }
    return shop;
  }
  return {
    find: async (shopId) => find(shopId),
    async list() {
      const shops = [...server.hash(keys.shops).keys()].sort().map(find);
      return shops.filter((shop) => shop !== undefined);
    },
    async save(settings) {
      const known = find(settings.shopId);
      const hash = server.hash(keys.shop(settings.shopId));
      server.hash(keys.shops).set(settings.shopId, '1');
      setFields(hash, { settings: JSON.stringify(settings), disabled: 0 });
      if (known === undefined || known.settings.accountName === settings.accountName) return;
      for (const field of ['clientId', 'identityId', 'verifiedAt']) hash.delete(field);
      if (known.verified === undefined) return;
      server.drop(keys.session(known.verified.clientId));
      server.drop(keys.facts(known.verified.clientId));
    },
    async markVerified(shopId, verified) {
      setFields(server.hash(keys.shop(shopId)), { ...verified });
    },
    async disable(shopId) {
      const hash = server.hash(keys.shop(shopId));
      if (hash.size === 0) return false;
      hash.set('disabled', '1');
      return true;
    },
  };
}

export function createMemoryFacts(server: MemoryServer): CompanyFacts {
  const hashOf = (clientId: string) => server.hash(server.keys.facts(clientId));
  return {
    get: async (clientId, name) => hashOf(clientId).get(name),
    async set(clientId, name, value) {
      hashOf(clientId).set(name, value);
    },
    async forget(clientId, name) {
      hashOf(clientId).delete(name);
    },
  };
}

export function createMemoryDeployment(server: MemoryServer): DeploymentFacts {
  const hash = () => server.hash(server.keys.deployment);
  return {
    sessionsMove: async () => hash().get('sessionsMove') === '1',
    async noteSessionsMove() {
      hash().set('sessionsMove', '1');
    },
  };
}

export function createMemoryEvents(server: MemoryServer): Events {
  const { keys } = server;
  return {
    async paymentChecked(key, requestId, result, jobId = '') {
      const once = keys.checked(key, `${requestId}:${jobId}`);
      if (server.value(once) !== undefined) return;
      server.setValue(once, '1', server.now() + 24 * HOUR_MS);
      const at = new Date(server.now()).toISOString();
      const body = JSON.stringify(result);
      server.add(keys.events, { type: 'payment.checked', ...key, requestId, at, body });
    },
  };
}

export function createMemorySessions(server: MemoryServer): SessionStore {
  const { keys } = server;
  const dropIf = (key: string, value: string) => {
    if (server.value(key) === value) server.drop(key);
  };
  return {
    get: async (clientId) => server.value(keys.session(clientId)),
    async put(clientId, sealed) {
      server.setValue(keys.session(clientId), sealed, server.now() + 23 * HOUR_MS);
    },
    drop: async (clientId, sealed) => dropIf(keys.session(clientId), sealed),
    async lock(clientId, ttlMs) {
      const key = keys.loginLock(clientId);
      if (server.value(key) !== undefined) return undefined;
      const token = randomUUID();
      server.setValue(key, token, server.now() + ttlMs);
      return token;
    },
    unlock: async (clientId, token) => dropIf(keys.loginLock(clientId), token),
    async countLogin(clientId, perHour) {
      const key = keys.logins(clientId, Math.floor(server.now() / HOUR_MS));
      const count = Number(server.value(key) ?? 0) + 1;
      server.setValue(key, String(count), server.now() + HOUR_MS);
      return count <= perHour;
    },
  };
}

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
    async take() {
      const bucket = bucketOf();
      const now = server.now();
      const field = (name: string) => Number(bucket.get(name) ?? 0);
      if (field('quarantineUntil') > now) return field('quarantineUntil') - now;
      if (field('windowEnds') > now && field('windowLeft') <= 0) return field('windowEnds') - now;
      let tokens = startTokens;
      if (bucket.has('tokens')) {
        tokens = Math.min(burst, field('tokens') + Math.max(0, now - field('at')) * refillPerMs);
      }
      let waitMs = tokens < 1 ? Math.ceil((1 - tokens) / refillPerMs) : 0;
      const oldest = server.entries(recentKey).at(-requestsPerSecond);
      if (oldest !== undefined && oldest.at + 1_000 > now) waitMs = Math.max(waitMs, oldest.at + 1_000 - now);
      if (waitMs === 0) {
        tokens -= 1;
        server.add(recentKey, {});
        if (bucket.has('windowLeft')) bucket.set('windowLeft', String(field('windowLeft') - 1));
      }
      setFields(bucket, { tokens: tokens.toFixed(6), at: now });
      return waitMs;
    },
    async quarantine(untilMs) {
      bucketOf().set('quarantineUntil', String(Math.ceil(untilMs)));
    },
    async observe(remaining, resetMs) {
      setFields(bucketOf(), { windowLeft: remaining, windowEnds: Math.ceil(resetMs) });
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
