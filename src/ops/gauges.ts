/** Gauges that are read from Redis at each scrape. If Redis does not answer, a value is missing, never wrong. */

import { Gauge, type Registry } from 'prom-client';
import { within } from '../clock.ts';
import { FOLLOWED_STATES } from '../domain/following.ts';
import type { FollowedLists } from '../following/ports.ts';
import { oldestJobs } from '../queue/oldest-jobs.ts';
import type { Queue } from '../queue/queues.ts';
import type { RedisClient } from '../store/connection.ts';
import type { Health } from '../store/health.ts';
import type { ListName, Standing } from '../store/lists.ts';
import { CIRCUIT_KINDS, type CircuitKind } from '../twentyfourseven/ports.ts';

/** A scrape answers after this time even if Redis does not. */
const COLLECT_TIMEOUT_MS = 1_000;
const JOB_STATES = ['waiting', 'prioritized', 'active', 'delayed', 'failed', 'completed'] as const;

const FOLLOWED = [...FOLLOWED_STATES, 'differs', 'gone'] as const;

export interface Gauges {
  /** Count jobs by queue and state at each scrape, and give the age of the oldest waiting one. */
  watchQueues(queues: Queue[], redis: RedisClient): void;
  /** Show what is left of the quota at each scrape. */
  watchQuota(left: () => Promise<{ tokens: number; quarantineUntilMs: number }>): void;
  /** Count open circuits by kind at each scrape. */
  watchCircuits(open: () => Promise<Record<CircuitKind, number>>): void;
  /** Count what people work through at each scrape, and say how long the first of it has been there. */
  watchRecords(standing: () => Promise<Record<ListName, Standing>>): void;
  /** Count followed orders by how they stand at each scrape, and say how late the oldest look is. */
  watchFollowed(counts: FollowedLists['counts']): void;
  /** Show at each scrape how full Redis is, and whether it still writes to disk. */
  watchRedis(health: () => Promise<Health>): void;
}

/**
 * Shares one read among all who ask while it runs, so that no commands pile up for a Redis that is away or
 * frozen. Undefined if the read fails or takes too long.
 */
function onceAtATime<T>(read: () => Promise<T>): () => Promise<T | undefined> {
  let running: Promise<T | undefined> | undefined;
  return async () => {
    running ??= read()
      .catch(() => undefined)
      .finally(() => {
        running = undefined;
      });
    return within(COLLECT_TIMEOUT_MS, running, undefined);
  };
}

const secondsSince = (epochMs: number | undefined) =>
  epochMs === undefined ? 0 : Math.max(0, (Date.now() - epochMs) / 1_000);

export function createGauges(registers: Registry[]): Gauges {
  /** A gauge that `fill` sets from what was read. Old values are removed in the same tick. */
  function gauge<Label extends string, T>(
    { name, help, labels }: { name: string; help: string; labels: readonly Label[] },
    read: () => Promise<T | undefined>,
    fill: (gauge: Gauge<Label>, value: T) => void,
  ): void {
    new Gauge({
      name,
      help: `${help}; missing where Redis does not answer`,
      labelNames: labels,
      registers,
      async collect() {
        const value = await read();
        // Without labels, reset() would set 0 instead of removing the value.
        if (labels.length > 0) this.reset();
        else this.remove();
        if (value !== undefined) fill(this, value);
      },
    });
  }

  return {
    watchQueues(queues, redis) {
      const counts = onceAtATime(() =>
        Promise.all(
          queues.map(async (queue) => ({
            queue: queue.name,
            jobs: await queue.getJobCounts(...JOB_STATES),
          })),
        ),
      );
      const labels = ['queue', 'state'] as const;
      gauge({ name: 'sharefox_jobs', help: 'Jobs by queue and state', labels }, counts, (jobsOf, all) => {
        for (const { queue, jobs } of all)
          for (const state of JOB_STATES) jobsOf.set({ queue, state }, jobs[state] ?? 0);
      });
      const oldest = onceAtATime(() =>
        Promise.all(
          queues.map(async (queue) => ({ queue: queue.name, since: await oldestJobs(queue, redis) })),
        ),
      );
      const help =
        'Age of the oldest job that waits to be taken (waiting) or for its time (delayed), 0 for none; of more than 1,000 the first and last 500 are looked at';
      gauge({ name: 'sharefox_oldest_job_seconds', help, labels }, oldest, (ageOf, all) => {
        for (const { queue, since } of all) {
          ageOf.set({ queue, state: 'waiting' }, secondsSince(since.waiting));
          ageOf.set({ queue, state: 'delayed' }, secondsSince(since.delayed));
        }
      });
    },
    watchCircuits(open) {
      gauge(
        { name: 'sharefox_circuit_open', help: 'Open circuits by kind', labels: ['circuit'] as const },
        onceAtATime(open),
        (openOf, counts) => {
          for (const circuit of CIRCUIT_KINDS) openOf.set({ circuit }, counts[circuit]);
        },
      );
    },
    watchQuota(left) {
      const read = onceAtATime(left);
      const labels = [] as const;
      gauge(
        { name: 'sharefox_quota_tokens', help: 'Requests that may leave at once', labels },
        read,
        (tokens, quota) => tokens.set(quota.tokens),
      );
      const help = 'Epoch seconds until which nobody sends; 0 where nothing stands against it';
      gauge({ name: 'sharefox_quarantine_until_seconds', help, labels }, read, (until, quota) =>
        until.set(quota.quarantineUntilMs / 1_000),
      );
    },
    watchRecords(standing) {
      const read = onceAtATime(standing);
      const labels = ['list'] as const;
      const entries = (value: Record<ListName, Standing>) => Object.entries(value);
      const help =
        'Invoices by list: open (under way), unresolved (a person must look), rejected (newest 20,000)';
      gauge({ name: 'sharefox_records', help, labels }, read, (records, value) => {
        for (const [list, { count }] of entries(value)) records.set({ list }, count);
      });
      const age = 'How long the first invoice of the list has been in it, 0 for none';
      gauge({ name: 'sharefox_oldest_record_seconds', help: age, labels }, read, (records, value) => {
        for (const [list, { since }] of entries(value)) records.set({ list }, secondsSince(since));
      });
    },
    watchFollowed(counts) {
      const read = onceAtATime(counts);
      const help =
        'Orders followed after their transfer: open (not invoiced), invoiced, paid, merged; differs and gone are for a person';
      gauge({ name: 'sharefox_followed_orders', help, labels: ['state'] as const }, read, (orders, value) => {
        for (const state of FOLLOWED) orders.set({ state }, value[state]);
      });
      const lag = 'How late the oldest look at a followed order is, 0 for none';
      gauge({ name: 'sharefox_follow_lag_seconds', help: lag, labels: [] as const }, read, (lagOf, value) =>
        lagOf.set(value.lagMs / 1_000),
      );
    },
    watchRedis(health) {
      const read = onceAtATime(health);
      const none = [] as const;
      const used = 'Memory that Redis uses; at its limit it takes no invoice any more';
      gauge({ name: 'sharefox_redis_memory_bytes', help: used, labels: none }, read, (bytes, { memory }) =>
        bytes.set(memory.usedBytes),
      );
      const limit = "maxmemory of Redis, or its machine's memory where none is set";
      gauge(
        { name: 'sharefox_redis_memory_limit_bytes', help: limit, labels: none },
        read,
        (bytes, { memory }) => bytes.set(memory.limitBytes),
      );
      const help = 'Whether the last write of the file failed (1), by file: aof, rdb';
      gauge(
        { name: 'sharefox_redis_persistence_failed', help, labels: ['file'] as const },
        read,
        (failed, { persistence }) => {
          failed.set({ file: 'aof' }, Number(persistence.aofFailed));
          failed.set({ file: 'rdb' }, Number(persistence.rdbFailed));
        },
      );
    },
  };
}
