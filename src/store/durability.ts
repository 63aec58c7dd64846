import { onOurNode, type RedisClient, type RedisDurability } from './connection.ts';
import type { Keys } from './keys.ts';

/** What Redis must promise: nothing is evicted; nothing acknowledged is lost, where its own file keeps it. */
const REQUIRED: Record<RedisDurability, [setting: string, value: string][]> = {
  aof: [
    ['appendonly', 'yes'],
    ['appendfsync', 'always'],
    ['maxmemory-policy', 'noeviction'],
  ],
  service: [['maxmemory-policy', 'noeviction']],
  volatile: [],
};

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

/** A command that this login may not use, or that the host has taken away. Anything else is thrown on. */
function unlessDenied(error: unknown): undefined {
  if (!(error instanceof Error) || !/^(NOPERM|ERR unknown command)/.test(error.message)) throw error;
  return undefined;
}

/**
 * Judge by CONFIG; where that is denied (managed Redis), by INFO, as far as it tells.
 *
 * @param durability what the operator says keeps an acknowledged write
 */
export async function checkDurability(
  redis: RedisClient,
  keys: Keys,
  durability: RedisDurability = 'aof',
): Promise<Durability> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const info = async (section: string) => String(await onOurNode(redis, keys, 'INFO', section));
  const setting = async (name: string) =>
    ((await onOurNode(redis, keys, 'CONFIG', 'GET', name)) as string[])[1] ?? 'unknown';
  try {
    for (const [name, wanted] of REQUIRED[durability]) {
      const value = await setting(name);
      if (value !== wanted) problems.push(`Redis has ${name} ${value}, needs ${wanted}`);
    }
  } catch (error) {
    unlessDenied(error);
    problems.length = 0;
    await judgeByInfo();
  }
  return { problems, warnings, replicas: await countReplicas() };

  async function judgeByInfo(): Promise<void> {
    const [persistence, memory] =
      (await Promise.all([info('persistence'), info('memory')]).catch(unlessDenied)) ?? [];
    if (persistence === undefined || memory === undefined) {
      const unseen = 'CONFIG and INFO are denied: nothing of Redis could be checked';
      if (durability === 'aof')
        problems.push(`${unseen}; where its host keeps every write, set REDIS_DURABILITY=service`);
      else warnings.push(unseen);
      return;
    }
    if (durability === 'aof') {
      if (infoField(persistence, 'aof_enabled') !== '1') problems.push('Redis has no append-only file');
      warnings.push('CONFIG is denied: appendfsync could not be checked');
    }
    const policy = infoField(memory, 'maxmemory_policy');
    if (policy === undefined) warnings.push('maxmemory-policy could not be checked');
    else if (policy !== 'noeviction') problems.push(`Redis has maxmemory-policy ${policy}, needs noeviction`);
  }

  async function countReplicas(): Promise<number> {
    const replication = (await info('replication').catch(unlessDenied)) ?? '';
    return Number(infoField(replication, 'connected_slaves') ?? 0);
  }
}
