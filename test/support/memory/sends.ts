/** What a save needs first: find-or-create leases, the ids found or created, and intents. */
import { randomUUID } from 'node:crypto';
import { StaleClaim } from '../../../src/errors.ts';
import type { Timing } from '../../../src/timing.ts';
import type { CreateLease, Entities, EntityKind, KnownEntity } from '../../../src/transfer/ports/entities.ts';
import type { IntentAnswer, Intents, SendIntent } from '../../../src/transfer/ports/intents.ts';
import { type Hash, type MemoryServer, setFields } from './server.ts';

interface Deps {
  server: MemoryServer;
  timing: Timing;
}

const isHeld = (hash: Hash, { fence, epoch }: { fence: string; epoch: string }) =>
  hash.get('fence') === fence && hash.get('epoch') === epoch;

export function createMemoryEntities({ server, timing }: Deps): Entities {
  const { keys } = server;
  const leaseOf = ({ clientId, kind }: Pick<CreateLease, 'clientId' | 'kind'>) =>
    server.hash(keys.createLease(clientId, kind));

  function store(
    clientId: string,
    kind: EntityKind,
    known: { id: number; keys: string[]; facts?: Record<string, string> | undefined },
  ): void {
    const entity: KnownEntity = { id: known.id, at: server.now(), facts: known.facts ?? {} };
    const ids = server.hash(keys.ids(clientId, kind));
    for (const key of known.keys) ids.set(key, JSON.stringify(entity));
  }

  function isStale(lease: CreateLease): boolean {
    return server.currentEpoch().epoch !== lease.epoch || !isHeld(leaseOf(lease), lease);
  }

  return {
    async known(clientId, kind, key) {
      const found = server.hash(keys.ids(clientId, kind)).get(key);
      return found === undefined ? undefined : (JSON.parse(found) as KnownEntity);
    },
    async forget(clientId, kind, naturalKeys) {
      const ids = server.hash(keys.ids(clientId, kind));
      for (const key of naturalKeys ?? [...ids.keys()]) ids.delete(key);
    },
    async lease(clientId, kind) {
      const { epoch, quietUntil } = server.currentEpoch();
      const now = server.now();
      if (now < quietUntil) return { kind: 'busy', reason: 'quiet', waitMs: quietUntil - now };
      const hash = leaseOf({ clientId, kind });
      const leaseUntil = Number(hash.get('leaseUntil') ?? 0);
      if (hash.get('epoch') === epoch && leaseUntil > now) {
        return { kind: 'busy', reason: 'leased', waitMs: leaseUntil - now };
      }
      const since = hash.get('creatingSince');
      const settledAt = Number(since ?? 0) + timing.settleMs;
      if (since !== undefined && settledAt > now) {
        return { kind: 'busy', reason: 'settling', waitMs: settledAt - now };
      }
      const fence = randomUUID();
      setFields(hash, { fence, epoch, leaseUntil: now + timing.leaseMs });
      const lease: CreateLease = { clientId, kind, fence, epoch };
      return {
        kind: 'taken',
        lease: since === undefined ? lease : { ...lease, creatingSince: Number(since) },
      };
    },
    async renewLease(lease) {
      if (isStale(lease) || !leaseOf(lease).has('leaseUntil')) throw new StaleClaim(server.now());
      setFields(leaseOf(lease), { leaseUntil: server.now() + timing.leaseMs });
    },
    async free(lease, outcome) {
      if (isStale(lease)) return;
      const hash = leaseOf(lease);
      hash.delete('leaseUntil');
      if (outcome !== 'outcome_unknown') hash.delete('creatingSince');
    },
    remember: async (clientId, kind, id, naturalKeys, facts) =>
      store(clientId, kind, { id, keys: naturalKeys, facts }),
  };
}

/** intent.lua */
export function createMemoryIntents({ server, timing }: Deps): Intents {
  const { keys } = server;

  function judge(intent: SendIntent): IntentAnswer {
    const { epoch, quietUntil } = server.currentEpoch();
    const now = server.now();
    const leaseUntil = now + timing.leaseMs;
    const hash = server.hash(
      intent.kind === 'order' ? keys.record(intent.key) : keys.createLease(intent.clientId, intent.entity),
    );
    if (epoch !== intent.epoch || !isHeld(hash, intent) || !hash.has('leaseUntil')) return 'stale';
    if (now < quietUntil) return 'quiet';
    if (intent.kind === 'create') {
      setFields(hash, { creatingSince: now, leaseUntil });
      return 'go';
    }
    const state = hash.get('state');
    if (state !== 'preparing' && state !== 'sending') return 'stale';
    const { revision, requestedAt, contentHash } = intent;
    const known = Number(hash.get('revision'));
    const isEarlier = known === revision && Number(hash.get('newestAt') ?? 0) > requestedAt;
    const isOther = hash.has('newestHash') && hash.get('newestHash') !== contentHash;
    if (known > revision || (isEarlier && isOther)) return 'superseded';
    setFields(hash, {
      state: 'sending',
      sentAt: now,
      sentHash: contentHash,
      leaseUntil,
      updatedAt: now,
    });
    hash.delete('missedAt');
    hash.delete('denied');
    server.add(keys.trail(intent.key), { entry: JSON.stringify({ step: 'send', revision }) });
    return 'go';
  }

  return { write: async (intents) => intents.map(judge) };
}
