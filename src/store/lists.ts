import type { RecordKey } from '../transfer/ports.ts';
import { keyOfMember } from './agenda.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

const NAMES = ['open', 'unresolved', 'rejected'] as const;
export type ListName = (typeof NAMES)[number];

/** What people work through. The scripts that change a record's state keep it. */
export interface RecordLists {
  /** Newest first. Of rejected ones only the newest 20,000 are kept. */
  page(list: ListName, offset: number, limit: number): Promise<{ total: number; keys: RecordKey[] }>;
  /** The invoice whose order this is, in each of the companies. */
  byOrder(clientIds: string[], orderId: number): Promise<RecordKey[]>;
}

export function createRecordLists({ redis, keys }: { redis: RedisClient; keys: Keys }): RecordLists {
  return {
    async page(list, offset, limit) {
      const key = keys.lists[NAMES.indexOf(list)] ?? '';
      const [total, members] = await Promise.all([
        redis.zcard(key),
        redis.zrevrange(key, offset, offset + limit - 1),
      ]);
      return { total, keys: members.map(keyOfMember) };
    },
    async byOrder(clientIds, orderId) {
      if (clientIds.length === 0) return [];
      const members = await redis.hmget(keys.orders, ...clientIds.map((id) => `${id}:${orderId}`));
      return members.flatMap((member) => (member === null ? [] : [keyOfMember(member)]));
    },
  };
}
