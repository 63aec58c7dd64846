/**
 * What the service said of an invoice, where not all of it is shown: kept with the invoice's content, as long as its
 * failed job, and gone with it. No log, event or record has it.
 */
import { JOB_RETENTION } from '../contract/jobs.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

export interface ServiceWords {
  /** The last ones stand. */
  keep(key: RecordKey, words: string): Promise<void>;
  read(key: RecordKey): Promise<string | undefined>;
}

export function createServiceWords({ redis, keys }: { redis: RedisClient; keys: Keys }): ServiceWords {
  return {
    async keep(key, words) {
      await redis.set(keys.words(key), words, 'EX', JOB_RETENTION.removeOnFail.age);
    },
    read: async (key) => (await redis.get(keys.words(key))) ?? undefined,
  };
}
