import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisClient, RedisDurability } from './connection.ts';

const NAMES = [
  'claim',
  'write',
  'refuse',
  'restore',
  'intent',
  'create-lease',
  'create-free',
  'remember',
  'quota',
  'quota-note',
  'shop-save',
  'shop-verified',
  'circuits-read',
  'circuits-swap',
  'due',
  'schedule',
  'rest',
  'wake',
  'fields',
  'follow-enter',
  'follow-note',
  'follow-postpone',
] as const;
export type ScriptName = (typeof NAMES)[number];

export interface Scripts {
  run(name: ScriptName, keys: string[], args: (string | number)[]): Promise<unknown>;
}

const read = (name: string) => readFileSync(join(import.meta.dirname, 'lua', `${name}.lua`), 'utf8');

/** Our Lua, each script behind the common prelude; loaded into Redis at its first use. */
export function createScripts(redis: RedisClient, durability: RedisDurability = 'aof'): Scripts {
  const prelude = `local DURABILITY = '${durability}'\n${read('prelude')}`;
  const scripts = new Map(
    NAMES.map((name) => {
      const source = `${prelude}\n${read(name)}`;
      return [name, { source, sha: createHash('sha1').update(source).digest('hex') }];
    }),
  );
  return {
    async run(name, keys, args) {
      const script = scripts.get(name);
      if (script === undefined) throw new TypeError(`no script ${name}`);
      try {
        return await redis.evalsha(script.sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return redis.eval(script.source, keys.length, ...keys, ...args);
      }
    },
  };
}
