/** The sweep's agenda, and open circuits. */
import { agendaMember } from '../../../src/store/agenda.ts';
import type { Agenda } from '../../../src/transfer/ports/agenda.ts';
import type { CircuitName, CircuitStore } from '../../../src/twentyfourseven/ports.ts';
import type { MemoryServer } from './server.ts';

export function createMemoryAgenda(server: MemoryServer): Agenda {
  const { keys } = server;
  return {
    async due(limit, holdMs) {
      const agenda = server.scores(keys.agenda);
      const now = server.now();
      const members = [...agenda]
        .filter(([, at]) => at <= now)
        .sort(([a, aAt], [b, bAt]) => aAt - bAt || (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([member]) => member);
      return members.map((member) => {
        agenda.set(member, now + holdMs);
        const [shopId = '', invoiceId = ''] = member.split(':');
        return { shopId, invoiceId };
      });
    },
    async schedule(key, state, delayMs, { countsAsLook = false } = {}) {
      const agenda = server.scores(keys.agenda);
      const hash = server.hash(keys.record(key));
      const current = hash.get('state');
      if (current === undefined) agenda.delete(agendaMember(key));
      if (current !== state) return;
      if (countsAsLook) hash.set('looks', String(Number(hash.get('looks') ?? 0) + 1));
      if (delayMs === undefined) agenda.delete(agendaMember(key));
      else agenda.set(agendaMember(key), server.now() + delayMs);
    },
    async rest(key) {
      const shop = server.hash(keys.shop(key.shopId));
      if (shop.get('disabled') === '0' && shop.has('verifiedAt')) return;
      server.scores(keys.agenda).delete(agendaMember(key));
      server.scores(keys.resting(key.shopId)).set(agendaMember(key), server.now());
    },
  };
}

/** @param pool as in QuotaLimits */
export function createMemoryCircuits(server: MemoryServer, pool: string): CircuitStore {
  const hash = () => server.hash(server.keys.circuits(pool));
  return {
    read: async (names) => ({ nowMs: server.now(), states: names.map((name) => hash().get(name)) }),
    async swap(name, before, after) {
      if (hash().get(name) !== before) return false;
      if (after === undefined) hash().delete(name);
      else hash().set(name, after);
      return true;
    },
    names: async () => [...hash().keys()] as CircuitName[],
  };
}
