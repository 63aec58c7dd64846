/** Facts about companies and the deployment, sessions, and events of status checks. */
import { randomUUID } from 'node:crypto';
import type { CompanyFacts } from '../../../src/transfer/ports/entities.ts';
import type { Events } from '../../../src/transfer/ports/events.ts';
import type { DeploymentFacts, SessionStore } from '../../../src/twentyfourseven/ports.ts';
import type { MemoryServer } from './server.ts';

const HOUR_MS = 3_600_000;

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
