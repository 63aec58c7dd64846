import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { StaleClaim } from '../errors.ts';
import type { Timing } from '../timing.ts';
import type { CreateLease, Entities, KnownEntity } from '../transfer/ports/entities.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import type { Scripts } from './scripts.ts';

/** Stored as `<id> <at> <facts as JSON>`. */
function parseKnown(text: string): KnownEntity {
  const [id = '', at = '', ...facts] = text.split(' ');
  return { id: Number(id), at: Number(at), facts: JSON.parse(facts.join(' ')) };
}

/** Ids by natural key and the leases for creating new ones, in Redis. */
export function createEntities(deps: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
  timing: Timing;
  clock: Clock;
}): Entities {
  const { redis, scripts, keys, timing, clock } = deps;

  const free = (lease: CreateLease, outcome: 'settled' | 'outcome_unknown' | 'renew') =>
    scripts.run(
      'create-free',
      [keys.epoch, keys.createLease(lease.clientId, lease.kind)],
      [randomUUID(), timing.settleMs, lease.fence, lease.epoch, outcome, timing.leaseMs],
    );

  return {
    async known(clientId, kind, key) {
      const found = await redis.hget(keys.ids(clientId, kind), key);
      return found === null ? undefined : parseKnown(found);
    },
    async forget(clientId, kind, naturalKeys) {
      if (naturalKeys === undefined) await redis.del(keys.ids(clientId, kind));
      else if (naturalKeys.length > 0) await redis.hdel(keys.ids(clientId, kind), ...naturalKeys);
    },
    async lease(clientId, kind) {
      const fence = randomUUID();
      const [answer, at, epoch, since] = (await scripts.run(
        'create-lease',
        [keys.epoch, keys.createLease(clientId, kind)],
        [randomUUID(), timing.settleMs, timing.leaseMs, fence],
      )) as [string, string, string, string];
      if (answer !== 'taken') {
        return { kind: 'busy', reason: answer as 'leased' | 'quiet' | 'settling', waitMs: Number(at) };
      }
      const lease: CreateLease = { clientId, kind, fence, epoch };
      return { kind: 'taken', lease: since === '' ? lease : { ...lease, creatingSince: Number(since) } };
    },
    async renewLease(lease) {
      if ((await free(lease, 'renew')) !== 'ok') throw new StaleClaim(clock.now());
    },
    async free(lease, outcome) {
      await free(lease, outcome);
    },
    async remember(clientId, kind, id, naturalKeys, facts = {}) {
      await scripts.run('remember', [keys.ids(clientId, kind)], [id, JSON.stringify(facts), ...naturalKeys]);
    },
  };
}
