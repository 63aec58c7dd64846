import { onOurNode, type RedisClient } from './connection.ts';
import { infoField } from './durability.ts';
import type { Keys } from './keys.ts';

/** How near Redis is to refusing writes, and whether its last writes to disk failed. */
export interface Health {
  memory: {
    usedBytes: number;
    /** `maxmemory`, or the machine's memory where none is set. */
    limitBytes: number;
  };
  persistence: {
    /** The append-only file. */
    aofFailed: boolean;
    rdbFailed: boolean;
  };
}

/** Rejects where INFO is denied. */
export async function readHealth(redis: RedisClient, keys: Keys): Promise<Health> {
  const info = async (section: string) => String(await onOurNode(redis, keys, 'INFO', section));
  const [memory, persistence] = await Promise.all([info('memory'), info('persistence')]);
  const bytes = (field: string) => Number(infoField(memory, field) ?? 0);
  const hasFailed = (...fields: string[]) => fields.some((field) => infoField(persistence, field) === 'err');
  return {
    memory: {
      usedBytes: bytes('used_memory'),
      limitBytes: bytes('maxmemory') || bytes('total_system_memory'),
    },
    persistence: {
      aofFailed: hasFailed('aof_last_write_status', 'aof_last_bgrewrite_status'),
      rdbFailed: hasFailed('rdb_last_bgsave_status'),
    },
  };
}
