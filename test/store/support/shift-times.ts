import type { Redis } from 'ioredis';

/** Every field of a hash of ours that holds a time; an entity's value holds one in its middle. */
const TIME_FIELDS = new Set([
  'quietUntil',
  'leaseUntil',
  'acceptedAt',
  'updatedAt',
  'sentAt',
  'missedAt',
  'orderedAt',
  'creatingSince',
  'at',
  'quarantineUntil',
  'windowEnds',
]);
const ENTITY = /^(\d+) (\d+) (.*)$/s;

/**
 * Let `ms` go by for all that is kept under `prefix`, by moving every time in it back: Redis' clock cannot be
 * set, and a test that really waited would depend on the speed of the machine. Streams stay as they are.
 */
export async function shiftTimes(redis: Redis, prefix: string, ms: number): Promise<void> {
  for (const key of await redis.keys(`${prefix}:*`)) {
    const type = await redis.type(key);
    if (type === 'hash') await shiftHash(redis, key, ms);
    if (type === 'list') await shiftList(redis, key, ms);
    if (type === 'zset') await shiftScores(redis, key, ms);
    await shiftExpiry(redis, key, ms);
  }
}

async function shiftHash(redis: Redis, key: string, ms: number): Promise<void> {
  for (const [field, value] of Object.entries(await redis.hgetall(key))) {
    const [, id, at, facts] = (key.includes(':ids:') ? ENTITY.exec(value) : null) ?? [];
    if (at !== undefined) await redis.hset(key, field, `${id} ${Number(at) - ms} ${facts}`);
    else if (TIME_FIELDS.has(field)) await redis.hset(key, field, Number(value) - ms);
  }
}

async function shiftList(redis: Redis, key: string, ms: number): Promise<void> {
  const times = await redis.lrange(key, 0, -1);
  await Promise.all(times.map((time, index) => redis.lset(key, index, Number(time) - ms)));
}

async function shiftScores(redis: Redis, key: string, ms: number): Promise<void> {
  const members = await redis.zrange(key, 0, -1);
  await Promise.all(members.map((member) => redis.zincrby(key, -ms, member)));
}

async function shiftExpiry(redis: Redis, key: string, ms: number): Promise<void> {
  const leftMs = await redis.pttl(key);
  if (leftMs < 0) return;
  if (leftMs <= ms) await redis.del(key);
  else await redis.pexpire(key, leftMs - ms);
}
