/** How many synced writes something costs in Redis, and what as many plain ones take. */
import { performance } from 'node:perf_hooks';
import { Redis } from 'ioredis';
import type { RedisClient } from '../../../src/store/connection.ts';

const VALUE = 'x'.repeat(100);

export interface RedisUse {
  /** Commands that clients sent; what scripts ran inside is not counted. */
  commands: number;
  /** Of these, the ones that wrote: with `appendfsync always` each is synced before it is answered. */
  writes: number;
}

interface Line {
  args: string[];
  source: string;
}

/** Commands between two calls, by MONITOR. Everything sent to this Redis counts: nothing else may use it. */
export async function watchCommands(redisUrl: string): Promise<{ stop(until: RegExp): Promise<RedisUse> }> {
  const redis = new Redis(redisUrl);
  const writing = await writingCommands(redis);
  const monitor = await redis.monitor();
  const lines: Line[] = [];
  monitor.on('monitor', (_time: string, args: string[], source: string) => lines.push({ args, source }));
  return {
    async stop(until) {
      // What was sent before this PING has been seen once it is.
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

/** @param until the last command that counts is the last one that matches */
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

/** Milliseconds that `count` SETs take, one after the other, each synced. */
export async function plainWritesMs(redis: RedisClient, count: number): Promise<number> {
  const started = performance.now();
  for (let index = 0; index < count; index += 1) await redis.set(`bench:plain:${index}`, VALUE);
  return performance.now() - started;
}
