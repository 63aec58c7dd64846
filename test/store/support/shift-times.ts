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
  'awaitedUntil',
  // BullMQ's, of a job.
  'timestamp',
  'processedOn',
  'finishedOn',
]);
/** Sorted sets whose scores hold no time: BullMQ's, and invoices by their date. */
const NO_TIMES = /:(prioritized|marker)$|:issued:/;
/** BullMQ keeps a delayed job's time and a counter in one number. */
const DELAYED = /:delayed$/;
const DELAYED_UNIT = 0x1000;
const ENTITY = /^(\d+) (\d+) (.*)$/s;

/**
 * Let `ms` go by for all that is kept under `prefix`, by moving every time in it back: Redis' clock cannot be
 * set, and a test that really waited would depend on the speed of the machine. BullMQ's queues age with it.
 * Streams stay as they are.
 */
export async function shiftTimes(redis: Redis, prefix: string, ms: number): Promise<void> {
  for (const key of await redis.keys(`${prefix}:*`)) {
    const type = await redis.type(key);
    if (type === 'hash') await shiftHash(redis, key, ms);
    if (type === 'list' && key.includes(':quota:')) await shiftList(redis, key, ms);
    if (type === 'zset' && !NO_TIMES.test(key)) await shiftScores(redis, key, ms);
    await shiftExpiry(redis, key, ms);
  }
}

async function shiftHash(redis: Redis, key: string, ms: number): Promise<void> {
  for (const [field, value] of Object.entries(await redis.hgetall(key))) {
    const [, id, at, facts] = (key.includes(':ids:') ? ENTITY.exec(value) : null) ?? [];
    if (at !== undefined) await redis.hset(key, field, `${id} ${Number(at) - ms} ${facts}`);
    else if (TIME_FIELDS.has(field)) await redis.hset(key, field, Number(value) - ms);
    else if (field === 'progress') await redis.hset(key, field, earlierSince(value, ms));
  }
}

/** Since when a job waits, in its progress. */
const earlierSince = (progress: string, ms: number) =>
  progress.replace(/"since":(\d+)/, (_, since) => `"since":${Number(since) - ms}`);

async function shiftList(redis: Redis, key: string, ms: number): Promise<void> {
  const times = await redis.lrange(key, 0, -1);
  await Promise.all(times.map((time, index) => redis.lset(key, index, Number(time) - ms)));
}

async function shiftScores(redis: Redis, key: string, ms: number): Promise<void> {
  const members = await redis.zrange(key, 0, -1);
  await Promise.all(
    members.map((member) => redis.zincrby(key, DELAYED.test(key) ? -ms * DELAYED_UNIT : -ms, member)),
  );
}

async function shiftExpiry(redis: Redis, key: string, ms: number): Promise<void> {
  const leftMs = await redis.pttl(key);
  if (leftMs < 0) return;
  if (leftMs <= ms) await redis.del(key);
  else await redis.pexpire(key, leftMs - ms);
}
