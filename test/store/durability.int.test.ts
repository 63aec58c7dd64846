import { afterEach, describe, expect, it } from 'vitest';
import { DURABLE, type ThrowawayRedis } from '../../src/demo/throwaway-redis.ts';
import { connectRedis, type RedisClient, type RedisDurability } from '../../src/store/connection.ts';
import { checkDurability } from '../../src/store/durability.ts';
import { createKeys } from '../../src/store/keys.ts';
import { startRedis } from '../support/redis.ts';
import { silentLogger } from '../twentyfourseven/support.ts';

const VOLATILE = ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru'];
const NO_CONFIG = ['--rename-command', 'CONFIG', ''];

let redis: ThrowawayRedis | undefined;
let client: RedisClient | undefined;
afterEach(async () => {
  client?.disconnect();
  await redis?.stop();
});

async function judge(args: string[], login = '', durability?: RedisDurability) {
  redis = await startRedis({ args });
  const url = redis.url.replace('redis://', `redis://${login}`);
  client = connectRedis({ kind: 'single', url }, silentLogger);
  return checkDurability(client, createKeys('{durability-test}'), durability);
}

describe('whether Redis may forget', () => {
  it('a Redis that syncs every write and evicts nothing is as it must be', async () => {
    expect(await judge(DURABLE)).toEqual({ problems: [], warnings: [], replicas: 0 });
  });

  it('a volatile Redis is told off for every setting, with what it has and what it needs', async () => {
    const { problems, warnings } = await judge(VOLATILE);
    expect(problems).toEqual([
      'Redis has appendonly no, needs yes',
      'Redis has appendfsync everysec, needs always',
      'Redis has maxmemory-policy allkeys-lru, needs noeviction',
    ]);
    expect(warnings).toEqual([]);
  });

  it('a Redis that syncs once a second may lose what it has acknowledged', async () => {
    const { problems } = await judge([...DURABLE, '--appendfsync', 'everysec']);
    expect(problems).toEqual(['Redis has appendfsync everysec, needs always']);
  });

  it('where CONFIG is gone, a good Redis passes with a warning of what could not be seen', async () => {
    expect(await judge([...DURABLE, ...NO_CONFIG])).toEqual({
      problems: [],
      warnings: ['CONFIG is denied: appendfsync could not be checked'],
      replicas: 0,
    });
  });

  it('where CONFIG is gone, a volatile Redis is still found out', async () => {
    const { problems, warnings } = await judge([...VOLATILE, ...NO_CONFIG]);
    expect(problems).toEqual([
      'Redis has no append-only file',
      'Redis has maxmemory-policy allkeys-lru, needs noeviction',
    ]);
    expect(warnings).toHaveLength(1);
  });

  it('a user who may not ask for CONFIG is judged the same way', async () => {
    const user = ['--user', 'worker', 'on', '>secret', '~*', '&*', '+@all', '-config'];
    const { problems, warnings } = await judge([...DURABLE, ...user], 'worker:secret@');
    expect(problems).toEqual([]);
    expect(warnings).toEqual(['CONFIG is denied: appendfsync could not be checked']);
  });

  describe('where a service keeps what it acknowledged', () => {
    it('the file does not count, eviction does', async () => {
      const { problems } = await judge(VOLATILE, '', 'service');
      expect(problems).toEqual(['Redis has maxmemory-policy allkeys-lru, needs noeviction']);
    });

    it('a host that tells nothing is believed, with a warning; without the promise it is refused', async () => {
      const user = ['--user', 'worker', 'on', '>secret', '~*', '&*', '+@all', '-config', '-info'];
      const unseen = 'CONFIG and INFO are denied: nothing of Redis could be checked';
      const service = await judge([...VOLATILE, ...user], 'worker:secret@', 'service');
      expect(service).toEqual({ problems: [], warnings: [unseen], replicas: 0 });
      client?.disconnect();
      await redis?.stop();
      const file = await judge([...DURABLE, ...user], 'worker:secret@');
      expect(file.problems).toEqual([
        `${unseen}; where its host keeps every write, set REDIS_DURABILITY=service`,
      ]);
    });
  });
});
