/** What the overview shows, read from Redis: counts by hour, and how things stand now. */

import type { Clock } from '../../clock.ts';
import type { FollowedLists } from '../../following/ports.ts';
import { type OldestJobs, oldestJobs } from '../../queue/oldest-jobs.ts';
import type { Queue } from '../../queue/queues.ts';
import type { Buckets, HourCounts } from '../../store/buckets.ts';
import type { RedisClient } from '../../store/connection.ts';
import type { ListName, RecordLists, Standing } from '../../store/lists.ts';
import type { CircuitKind, QuotaStore } from '../../twentyfourseven/ports.ts';

export interface QueueFigures {
  queue: string;
  /** Nobody has taken them yet. */
  waiting: number;
  active: number;
  /** They wait for their time. */
  delayed: number;
  oldest: OldestJobs;
}

export interface Figures {
  /** Epoch milliseconds. */
  now: number;
  /** Oldest first; the last one runs. */
  hours: HourCounts[];
  lists: Record<ListName, Standing>;
  queues: QueueFigures[];
  quota: { tokens: number; quarantineUntilMs: number; perHour: number };
  /** How many of each kind are open. */
  circuits: Record<CircuitKind, number>;
  /** Orders that are followed after their transfer, by how they stand, and what a person must see to. */
  followed: Awaited<ReturnType<FollowedLists['counts']>>;
}

export interface FiguresDeps {
  buckets: Pick<Buckets, 'read'>;
  lists: Pick<RecordLists, 'standing'>;
  queues: Queue[];
  redis: RedisClient;
  quota: Pick<QuotaStore, 'left'>;
  requestsPerHour: number;
  followedLists: Pick<FollowedLists, 'counts'>;
  openCircuits(): Promise<Record<CircuitKind, number>>;
  clock: Pick<Clock, 'now'>;
}

export function createFigures(deps: FiguresDeps): () => Promise<Figures> {
  async function queueFigures(queue: Queue): Promise<QueueFigures> {
    const [counts, oldest] = await Promise.all([
      queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed'),
      oldestJobs(queue, deps.redis),
    ]);
    const { waiting = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
    return { queue: queue.name, waiting: waiting + prioritized, active, delayed, oldest };
  }
  return async function figures() {
    const [hours, lists, queues, left, circuits, followed] = await Promise.all([
      deps.buckets.read(),
      deps.lists.standing(),
      Promise.all(deps.queues.map(queueFigures)),
      deps.quota.left(),
      deps.openCircuits(),
      deps.followedLists.counts(),
    ]);
    const quota = { ...left, perHour: deps.requestsPerHour };
    return { now: deps.clock.now(), hours, lists, queues, quota, circuits, followed };
  };
}
