/** Everything kept in Redis, behind the ports. */

import type { Clock } from '../clock.ts';
import type { FollowedLists, FollowedRecords, IssuedRecords } from '../following/ports.ts';
import type { Logger } from '../logger.ts';
import type { Timing } from '../timing.ts';
import type { Agenda } from '../transfer/ports/agenda.ts';
import type { CompanyFacts, Entities } from '../transfer/ports/entities.ts';
import type { Events } from '../transfer/ports/events.ts';
import type { Intents } from '../transfer/ports/intents.ts';
import type { CustomerPins } from '../transfer/ports/pins.ts';
import type { TransferRecords } from '../transfer/ports/records.ts';
import type { Shops } from '../transfer/ports/shops.ts';
import type { CircuitStore, DeploymentFacts, QuotaStore, SessionStore } from '../twentyfourseven/ports.ts';
import { createAgenda } from './agenda.ts';
import { createRecordArchive, type RecordArchive } from './archive.ts';
import { type Buckets, createBuckets } from './buckets.ts';
import { createCircuitStore } from './circuits.ts';
import { createDeploymentFacts, createFacts, createSessionStore } from './company.ts';
import { connectRedis, type RedisClient, type RedisConfig } from './connection.ts';
import { checkDurability, type Durability } from './durability.ts';
import { createEntities } from './entities.ts';
import { createEvents } from './events.ts';
import { createFollowedLists, createFollowedRecords } from './following.ts';
import { type Health, readHealth } from './health.ts';
import { createIntents } from './intents.ts';
import { createIssuedRecords } from './issued.ts';
import { createKeys, type Keys } from './keys.ts';
import { createRecordLists, type RecordLists } from './lists.ts';
import { createPins } from './pins.ts';
import { createQuotaStore, type QuotaLimits } from './quota.ts';
import { createRecords } from './records.ts';
import { createReplicas, NOT_OURS_TO_ASK } from './replicas.ts';
import { createScripts } from './scripts.ts';
import { createShops } from './shops.ts';
import { createServiceWords, type ServiceWords } from './words.ts';

export interface Store {
  redis: RedisClient;
  keys: Keys;
  shops: Shops;
  records: TransferRecords;
  agenda: Agenda;
  lists: RecordLists;
  archive: RecordArchive;
  entities: Entities;
  facts: CompanyFacts;
  pins: CustomerPins;
  deployment: DeploymentFacts;
  sessions: SessionStore;
  quota: QuotaStore;
  circuits: CircuitStore;
  intents: Intents;
  events: Events;
  followed: FollowedRecords;
  followedLists: FollowedLists;
  /** Counts per hour, for the overview. */
  buckets: Buckets;
  issued: IssuedRecords;
  words: ServiceWords;
  /** Ask Redis whether it may forget; waits until Redis answers. */
  checkDurability(): Promise<Durability>;
  /** What ops watch of Redis itself; rejects where it does not tell. */
  health(): Promise<Health>;
  close(): Promise<void>;
}

export function openStore(options: {
  redis: RedisConfig;
  prefix: string;
  timing: Timing;
  quota: QuotaLimits;
  clock: Clock;
  logger: Logger;
}): Store {
  const { timing, clock, logger } = options;
  const redis = connectRedis(options.redis, logger);
  const keys = createKeys(options.prefix);
  const { durability = 'aof' } = options.redis;
  const scripts = createScripts(redis, durability);
  const { monotonic } = clock;
  const replicas =
    durability === 'service'
      ? NOT_OURS_TO_ASK
      : createReplicas({ ...{ redis, keys, monotonic }, areExpected: options.redis.kind === 'sentinel' });
  const buckets = createBuckets({ ...{ redis, keys, clock, logger }, pool: options.quota.pool });
  return {
    redis,
    keys,
    buckets,
    words: createServiceWords({ redis, keys }),
    shops: createShops({ redis, scripts, keys }),
    records: createRecords({ redis, scripts, keys, timing, clock }),
    agenda: createAgenda({ scripts, keys }),
    archive: createRecordArchive({ redis, scripts, keys, timing }),
    lists: createRecordLists({ redis, keys, scripts }),
    entities: createEntities({ redis, scripts, keys, timing, clock }),
    facts: createFacts({ redis, keys }),
    pins: createPins({ redis, keys }),
    deployment: createDeploymentFacts({ redis, keys }),
    sessions: createSessionStore({ redis, keys, clock }),
    quota: createQuotaStore({ redis, scripts, keys, limits: options.quota }),
    circuits: createCircuitStore({ redis, scripts, keys, pool: options.quota.pool }),
    intents: createIntents({ scripts, keys, timing, replicas }),
    events: createEvents({ redis, keys, clock }),
    followed: createFollowedRecords({ redis, scripts, keys, clock }),
    followedLists: createFollowedLists({ redis, keys }),
    issued: createIssuedRecords({ redis, scripts, keys }),
    checkDurability: () => checkDurability(redis, keys, durability),
    health: () => readHealth(redis, keys),
    async close() {
      await buckets.close();
      redis.disconnect();
    },
  };
}
