/**
 * Counts per hour for the overview, in one hash an hour that expires.
 *
 * A process gathers them and writes them every few seconds, so that a worker pays nothing for them. What a process
 * had gathered is lost when it is killed, and while Redis refuses it: these figures are for people to look at,
 * and nothing is decided by them.
 */
import { type Clock, isOverWithin } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

const HOUR_MS = 3_600_000;
/** The overview shows two days, and the hour that runs. */
export const HOURS_KEPT = 49;
/** An hour's hash goes some hours after it has left the page, as no two machines' clocks agree. */
const EXPIRES_AFTER_SECONDS = (HOURS_KEPT + 3) * 3_600;
/** Rarely enough to cost nothing, often enough for a page that a person reloads. */
const WRITE_EVERY_MS = 5_000;
/** The last counts of a process that stops, while Redis answers. */
const LAST_WRITE_MS = 1_000;
/** Requests are counted by five minutes, so that "the last sixty minutes" is told from any minute on. */
export const SLOT_MS = 300_000;
const SLOTS = HOUR_MS / SLOT_MS;

/** Upper bounds in milliseconds, each twice the one before: half a second to nine hours; what takes longer has none. */
export const LATENCY_BOUNDS_MS: readonly number[] = Array.from(
  { length: 17 },
  (_, power) => 500 * 2 ** power,
);

/** What happened in one hour, in all processes. */
export interface HourCounts {
  /** Epoch milliseconds. */
  startsAt: number;
  /** Changes into an end state, by outcome. */
  ended: Record<string, number>;
  /** New orders by how long they took, from the click to the order's id: one more place than `LATENCY_BOUNDS_MS`, the last without bound. */
  took: number[];
  /** Requests to 24SevenOffice by `SLOT_MS`, in this process's quota pool. */
  requests: number[];
}

export interface Buckets {
  /** A record entered an end state. */
  ended(outcome: string): void;
  /** A new order has its id. @param tookMs since the click */
  ordered(tookMs: number): void;
  /** A request left for 24SevenOffice. */
  requested(): void;
  /** Write what was gathered. Does not reject. */
  flush(): Promise<void>;
  /** The last hours, oldest first; the running one is the last of them. */
  read(hours?: number): Promise<HourCounts[]>;
  /** Write once more, and no more after that. */
  close(): Promise<void>;
}

const latencyPlace = (ms: number): number => {
  const place = LATENCY_BOUNDS_MS.findIndex((bound) => ms <= bound);
  return place === -1 ? LATENCY_BOUNDS_MS.length : place;
};

/** Outcomes are stored as `ended:<outcome>`, latencies as `took:<place>`, requests as `requests:<slot>:<pool>`. */
function parse(startsAt: number, fields: Record<string, string>, pool: string): HourCounts {
  const count = (field: string) => Number(fields[field] ?? 0);
  const ENDED = 'ended:';
  const outcomes = Object.keys(fields).filter((field) => field.startsWith(ENDED));
  return {
    startsAt,
    ended: Object.fromEntries(outcomes.map((field) => [field.slice(ENDED.length), count(field)])),
    took: Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, place) => count(`took:${place}`)),
    requests: Array.from({ length: SLOTS }, (_, slot) => count(`requests:${slot}:${pool}`)),
  };
}

/** @param deps.pool processes with the same pool share one egress IP, and so one quota */
export function createBuckets(deps: {
  redis: RedisClient;
  keys: Pick<Keys, 'hour'>;
  clock: Pick<Clock, 'now' | 'sleep'>;
  logger: Logger;
  pool: string;
}): Buckets {
  const { redis, keys, clock, logger, pool } = deps;
  /** Counts by field, of each hour since its epoch. */
  let gathered = new Map<number, Map<string, number>>();
  let writing = Promise.resolve();
  let isDue = false;
  const closing = new AbortController();

  function add(field: string, at: number): void {
    const hour = Math.floor(at / HOUR_MS);
    const counts = gathered.get(hour) ?? new Map<string, number>();
    gathered.set(hour, counts);
    counts.set(field, (counts.get(field) ?? 0) + 1);
    if (isDue || closing.signal.aborted) return;
    isDue = true;
    void clock.sleep(WRITE_EVERY_MS, closing.signal).then(flush, () => undefined);
  }

  /** One write at a time. While Redis is away the counts go on being gathered, and one more write waits for it. */
  function flush(): Promise<void> {
    writing = writing.then(write);
    return writing;
  }

  async function write(): Promise<void> {
    isDue = false;
    const hours = gathered;
    gathered = new Map();
    if (hours.size === 0) return;
    const pipeline = redis.pipeline();
    for (const [hour, counts] of hours) {
      for (const [field, count] of counts) pipeline.hincrby(keys.hour(hour), field, count);
      pipeline.expire(keys.hour(hour), EXPIRES_AFTER_SECONDS);
    }
    try {
      const answers = await pipeline.exec();
      const refusal = answers?.find(([error]) => error !== null)?.[0];
      if (refusal) throw refusal;
    } catch (err) {
      logger.warn({ err }, 'counts of the overview not written');
    }
  }

  return {
    ended: (outcome) => add(`ended:${outcome}`, clock.now()),
    ordered: (tookMs) => add(`took:${latencyPlace(tookMs)}`, clock.now()),
    requested() {
      const now = clock.now();
      add(`requests:${Math.floor((now % HOUR_MS) / SLOT_MS)}:${pool}`, now);
    },
    flush,
    async read(hours = HOURS_KEPT) {
      const last = Math.floor(clock.now() / HOUR_MS);
      const wanted = Array.from({ length: hours }, (_, index) => last - hours + 1 + index);
      const found = await Promise.all(wanted.map((hour) => redis.hgetall(keys.hour(hour))));
      return wanted.map((hour, index) => parse(hour * HOUR_MS, found[index] ?? {}, pool));
    },
    async close() {
      closing.abort();
      await isOverWithin(LAST_WRITE_MS, flush());
    },
  };
}
