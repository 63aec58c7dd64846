/** How many synced writes some work costs in Redis, and how long as many plain writes take. */
import { performance } from 'node:perf_hooks';
import { Redis } from 'ioredis';
import type { RedisClient } from '../../../src/store/connection.ts';

const VALUE = 'x'.repeat(100);

export interface RedisUse {
  /** Commands from clients, without those that scripts run. */
  commands: number;
  /** Those of them that write: with `appendfsync always` Redis syncs each before it answers. */
  writes: number;
}

interface Line {
  args: string[];
  source: string;
}

/** Commands between two calls, seen by MONITOR. All that reaches this Redis counts, so nothing else may use it. */
export async function watchCommands(redisUrl: string): Promise<{ stop(until: RegExp): Promise<RedisUse> }> {
  const redis = new Redis(redisUrl);
  const writing = await writingCommands(redis);
  const monitor = await redis.monitor();
  const lines: Line[] = [];
  monitor.on('monitor', (_time: string, args: string[], source: string) => lines.push({ args, source }));
  return {
    async stop(until) {
      // Once MONITOR shows this PING, it has shown everything that was sent before.
      while (!lines.some(({ args }) => args[1] === 'bench-end')) {
        await redis.ping('bench-end');
      }
      monitor.disconnect();
      redis.disconnect();
      return countUse(lines, writing, until);
    },
  };
}

async function writingCommands(redis: Redis): Promise<Set<string>> {
  const all = (await redis.call('COMMAND')) as [name: string, arity: number, flags: string[]][];
  return new Set(all.filter(([, , flags]) => flags.includes('write')).map(([name]) => name));
}

/** @param until matches the last command that counts */
function countUse(lines: Line[], writing: Set<string>, until: RegExp): RedisUse {
  const last = lines.findLastIndex(({ args }) => until.test(args.join(' ')));
  const use: RedisUse = { commands: 0, writes: 0 };
  let hasWritten = false;
  // A script's own commands follow its call.
  for (const { args, source } of lines.slice(0, last + 1)) {
    const isInside = source === 'lua';
    if (!isInside) {
      use.commands += 1;
      hasWritten = false;
    }
    if (!hasWritten && writing.has((args[0] ?? '').toLowerCase())) {
      use.writes += 1;
      hasWritten = true;
    }
  }
  return use;
}

/** Milliseconds for `count` SETs, one after the other, each synced. */
export async function plainWritesMs(redis: RedisClient, count: number): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < count; index += 1) await redis.set(`bench:plain:${index}`, VALUE);
  return performance.now() - started;
}
