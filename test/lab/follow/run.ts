/** Days in which bookkeepers work, requests fail and processes are killed; then what was told is held against what they did. */
import { setImmediate } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { follow } from '../../../src/following/follow.ts';
import { createRandom } from '../../../src/sandbox/faults.ts';
import {
  actOn,
  below,
  cadenceMs,
  DAY_MS,
  type Expected,
  type FollowedOrder,
  HOUR_MS,
  totalOf,
} from './books.ts';
import { Killed, killable, pausable } from './process.ts';
import { type FollowWorld, keyOf, memberOf, openFollowWorld } from './world.ts';

export interface FollowRun {
  orders: number;
  acts: Record<string, number>;
  expected: number;
  told: number;
  /** Lists that must be empty. */
  missing: string[];
  invented: string[];
  late: string[];
  forbidden: string[];
  /** Not at their end, and nobody will look at them. */
  dropped: string[];
  kills: number;
  /** Passes in two processes at once; passes that stood still between their request and what they wrote. */
  twins: number;
  pauses: number;
  looks: number;
  /** Requests by day. */
  requests: number[];
  /** From a change to its event. */
  medianLagMs: number;
  seconds: number;
}

export interface FollowRunOptions {
  shops: number;
  ordersEach: number;
  days: number;
  seed: number;
  /** From one pass to the next. */
  passMs: number;
  /** Part of the requests that fail, and of the passes whose process is killed or doubled. */
  trouble: number;
  onDay?(line: string): void;
}

/** Of all orders so many are worked on in a day. */
const ACTS_A_DAY = 0.06;
/** After the last act, until everything must have been told. */
const TAIL_MS = 30 * HOUR_MS;
/** Longer than the looks of a pass are held for it. */
const PAUSE_MS = 200_000;
/** A step for the company's grid; repeats of what failed come a minute or a pass later each. */
const SLACK_PASSES = 15;

interface Event {
  type: string;
  at: number;
  body: Record<string, unknown>;
}

export async function runFollowing(options: FollowRunOptions): Promise<FollowRun> {
  const { shops, ordersEach, days, seed, passMs, trouble, onDay = () => undefined } = options;
  const started = performance.now();
  const random = createRandom(seed);
  const world = await openFollowWorld({ shops, ordersEach, random, faults: trouble });
  const { redis, orders, deps } = world;
  const followed = orders.filter(({ shop }) => shop < shops);
  const acts: Record<string, number> = {};
  const actsAt = new Map<Expected, number>();
  let kills = 0;
  let twins = 0;
  let pauses = 0;
  const paused: { wakesAt: number; wake(): void; running: Promise<unknown> }[] = [];
  const onKill = () => {
    kills += 1;
  };

  async function bookkeepersWork(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const order = followed[below(random, followed.length)] as FollowedOrder;
      const [followedAt, next] = await Promise.all([
        redis.client.hget(world.keys.record(keyOf(order)), 'followedAt'),
        redis.client.zscore(world.keys.follow, memberOf(order)),
      ]);
      // Not yet looked at, or at its end.
      if (followedAt === null || next === null) continue;
      const now = redis.now();
      const dueAt = Number(followedAt) + cadenceMs(order, Number(followedAt));
      const [name, told] = actOn(order, now, random) ?? [];
      if (name === undefined || told === undefined) continue;
      acts[name] = (acts[name] ?? 0) + 1;
      order.leftAloneUntil = dueAt + 2 * HOUR_MS;
      for (const one of told) {
        const expected = { ...one, dueAt };
        actsAt.set(expected, now);
        order.expected.push(expected);
      }
    }
  }

  async function pauseOne(): Promise<void> {
    const one = pausable(deps);
    const running = follow(one.deps);
    const isOver = await Promise.race([one.reached.then(() => false), running.then(() => true)]);
    if (isOver) return;
    pauses += 1;
    paused.push({ wakesAt: redis.now() + PAUSE_MS, wake: one.wake, running });
  }

  async function wakePaused(now = redis.now()): Promise<void> {
    while (paused[0] !== undefined && paused[0].wakesAt <= now) {
      paused[0].wake();
      await paused.shift()?.running;
    }
  }

  async function pass(): Promise<void> {
    await wakePaused();
    if (random() < trouble) await pauseOne();
    const isTroubled = random() < trouble;
    const processes = [isTroubled ? killable(deps, random, onKill) : deps];
    if (random() < trouble) {
      twins += 1;
      processes.push(deps);
    }
    const ends = await Promise.allSettled(processes.map(follow));
    for (const end of ends) {
      if (end.status === 'rejected' && !(end.reason instanceof Killed)) throw end.reason;
    }
  }

  try {
    const endAt = redis.now() + days * DAY_MS + TAIL_MS;
    let owed = 0;
    while (redis.now() < endAt) {
      const isWorking = redis.now() < endAt - TAIL_MS;
      if (isWorking) owed += (followed.length * ACTS_A_DAY * passMs) / DAY_MS;
      const count = Math.floor(owed);
      owed -= count;
      await bookkeepersWork(count);
      await pass();
      // Nothing here waits for time, so other timers of this process would starve.
      await setImmediate();
      await redis.advance(passMs);
      if (redis.now() % DAY_MS < passMs)
        onDay(`${new Date(redis.now()).toISOString()} ${world.looks()} looks`);
    }
    await wakePaused(Number.POSITIVE_INFINITY);
    return {
      ...(await count(world, followed, passMs, actsAt)),
      acts,
      kills,
      twins,
      pauses,
      seconds: secondsSince(started),
    };
  } finally {
    await world.stop();
  }
}

const secondsSince = (started: number) => (performance.now() - started) / 1_000;

async function count(
  world: FollowWorld,
  followed: FollowedOrder[],
  passMs: number,
  actsAt: Map<Expected, number>,
): Promise<Omit<FollowRun, 'acts' | 'kills' | 'twins' | 'pauses' | 'seconds'>> {
  const events = await eventsByMember(world);
  const lists = {
    missing: [] as string[],
    invented: [] as string[],
    late: [] as string[],
    dropped: [] as string[],
  };
  const lags: number[] = [];
  let expectedInAll = 0;
  let toldInAll = 0;
  for (const order of world.orders) {
    const told = events.get(memberOf(order)) ?? [];
    toldInAll += told.length;
    const expected = followed.includes(order) ? order.expected : [];
    expectedInAll += expected.length;
    for (let i = 0; i < Math.max(told.length, expected.length); i += 1) {
      const [event, wanted] = [told[i], expected[i]];
      const name = `${memberOf(order)}, event ${i + 1}`;
      if (wanted === undefined) lists.invented.push(`${name}: ${event?.type}`);
      else if (event === undefined) lists.missing.push(`${name}: ${wanted.type}`);
      else if (!tells(event, wanted, order)) {
        lists.invented.push(`${name}: ${JSON.stringify(event)} instead of ${JSON.stringify(wanted)}`);
      } else {
        const lateMs = event.at - wanted.dueAt;
        if (lateMs > HOUR_MS + SLACK_PASSES * passMs)
          lists.late.push(`${name}: ${event.type} by ${lateMs} ms`);
        const actAt = actsAt.get(wanted);
        if (actAt !== undefined) lags.push(event.at - actAt);
      }
    }
  }
  for (const order of followed) {
    const next = await world.redis.client.zscore(world.keys.follow, memberOf(order));
    if (next === null && !isAtItsEnd(order, world.redis.now())) lists.dropped.push(memberOf(order));
  }
  lags.sort((a, b) => a - b);
  return {
    ...lists,
    orders: followed.length,
    expected: expectedInAll,
    told: toldInAll,
    forbidden: world.forbidden,
    looks: world.looks(),
    requests: world.requests,
    medianLagMs: lags[Math.floor(lags.length / 2)] ?? 0,
  };
}

function tells({ type, body }: Event, wanted: Expected, order: FollowedOrder): boolean {
  const isSame = Object.entries(wanted.body).every(([name, value]) => body[name] === value);
  if (type !== wanted.type || !isSame) return false;
  if (wanted.differences === undefined) return true;
  const differences = body.differences as { what: string; expected?: string }[];
  const total = differences.find(({ what }) => what === 'total');
  return (
    differences.map(({ what }) => what).join() === wanted.differences.join() &&
    (total === undefined || Number(total.expected) === totalOf(order.verified.price))
  );
}

async function eventsByMember({ redis, keys }: FollowWorld): Promise<Map<string, Event[]>> {
  const byMember = new Map<string, Event[]>();
  for (const [, flat] of await (redis.client as Redis).xrange(keys.events, '-', '+')) {
    const fields: Record<string, string> = {};
    for (let i = 0; i < flat.length; i += 2) fields[flat[i] ?? ''] = flat[i + 1] ?? '';
    const { shopId, invoiceId, type = '', at = '', body = '' } = fields;
    const member = `${shopId}:${invoiceId}`;
    const events = byMember.get(member) ?? [];
    byMember.set(member, events);
    events.push({ type, at: Date.parse(at), body: JSON.parse(body) });
  }
  return byMember;
}

/** Gone, 30 days after it was seen to be paid, or 400 days old. */
function isAtItsEnd(order: FollowedOrder, now: number): boolean {
  const { isDeleted, acceptedAt, paid, paidSeenAt } = order;
  const isLongPaid = paid !== undefined && paidSeenAt !== undefined && now - paidSeenAt >= 30 * DAY_MS;
  return isDeleted || now - acceptedAt >= 400 * DAY_MS || isLongPaid;
}
