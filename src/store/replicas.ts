/** Replicas that may take over: what only the primary has is lost with it. */
import { onOurNode, type RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

/** A replica that answers needs some milliseconds. */
const WAIT_MS = 1_000;
/** One that joins is noticed after so long. */
const JUDGED_EVERY_MS = 5_000;

export interface Replicas {
  /**
   * Whether a replica has all that was written until now. True where there are none; one that was seen
   * once is missed until it is back, because a primary that lost sight of it may be about to be replaced.
   */
  haveAll(): Promise<boolean>;
}

/** The service that hosts Redis copies a write before it acknowledges it. */
export const NOT_OURS_TO_ASK: Replicas = { haveAll: async () => true };

/**
 * @param deps.areExpected known before anyone looked: Sentinel
 * @param deps.monotonic milliseconds that never go back
 */
export function createReplicas(deps: {
  redis: RedisClient;
  keys: Pick<Keys, 'epoch' | 'copied'>;
  areExpected: boolean;
  monotonic: () => number;
}): Replicas {
  const { redis, keys, monotonic } = deps;
  let wereSeen = deps.areExpected;
  let judgedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<boolean> | undefined;
  let next: Promise<boolean> | undefined;

  async function exist(): Promise<boolean> {
    const now = monotonic();
    if (!wereSeen && now - judgedAt > JUDGED_EVERY_MS) {
      const info = String(await onOurNode(redis, keys, 'INFO', 'replication'));
      wereSeen = /^connected_slaves:[1-9]/m.test(info);
      judgedAt = now;
    }
    return wereSeen;
  }

  async function wait(): Promise<boolean> {
    try {
      // Since Redis 8 and Valkey 8 WAIT counts only what its own connection wrote: after a reconnect, nothing. Its
      // own write stands behind all that the primary had until then.
      const replies = await redis.pipeline().set(keys.copied, '1').call('WAIT', 1, WAIT_MS).exec();
      for (const [error] of replies ?? []) if (error !== null) throw error;
      return Number(replies?.[1]?.[1]) >= 1;
    } catch (error) {
      // The connection was cut in the middle: nobody knows, so a replica has not.
      if (error instanceof Error && error.name === 'AbortError') return false;
      throw error;
    }
  }

  /** WAIT blocks the connection: who comes while one runs shares the next. */
  async function sharedWait(): Promise<boolean> {
    await running?.catch(() => undefined);
    next = undefined;
    running = wait();
    return running;
  }

  return {
    async haveAll() {
      if (!(await exist())) return true;
      next ??= sharedWait();
      return next;
    },
  };
}
