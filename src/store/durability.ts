import { onOurNode, type RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

/** What Redis must promise: nothing acknowledged is lost, nothing is evicted. */
const REQUIRED: [setting: string, value: string][] = [
  ['appendonly', 'yes'],
  ['appendfsync', 'always'],
  ['maxmemory-policy', 'noeviction'],
];

export interface Durability {
  /** One line per setting that is not as it must be. */
  problems: string[];
  /** What could not be judged, because CONFIG is denied. */
  warnings: string[];
  replicas: number;
}

export function infoField(info: string, field: string): string | undefined {
  return new RegExp(`^${field}:(.*)$`, 'm').exec(info)?.[1]?.trim();
}

/** Judge by CONFIG; where that is denied (managed Redis), by INFO, as far as it tells. */
export async function checkDurability(redis: RedisClient, keys: Keys): Promise<Durability> {
  const info = async (section: string) => String(await onOurNode(redis, keys, 'INFO', section));
  const replicas = Number(infoField(await info('replication'), 'connected_slaves') ?? 0);
  try {
    const problems: string[] = [];
    for (const [setting, wanted] of REQUIRED) {
      const answer = (await onOurNode(redis, keys, 'CONFIG', 'GET', setting)) as string[];
      if (answer[1] !== wanted)
        problems.push(`Redis has ${setting} ${answer[1] ?? 'unknown'}, needs ${wanted}`);
    }
    return { problems, warnings: [], replicas };
  } catch {
    const persistence = await info('persistence');
    const memory = await info('memory');
    const problems: string[] = [];
    if (infoField(persistence, 'aof_enabled') !== '1') problems.push('Redis has no append-only file');
    const policy = infoField(memory, 'maxmemory_policy');
    if (policy !== 'noeviction') problems.push(`Redis has maxmemory-policy ${policy}, needs noeviction`);
    return { problems, warnings: ['CONFIG is denied: appendfsync could not be checked'], replicas };
  }
}
