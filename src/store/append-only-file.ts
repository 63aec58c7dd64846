/** What was erased from Redis still stands in its append-only file, as the commands that once wrote it. */
import type { Clock } from '../clock.ts';
import { onOurNode, type RedisClient } from './connection.ts';
import { infoField } from './durability.ts';
import type { Keys } from './keys.ts';

const POLL_MS = 200;
/** A rewrite that began before the erasure must end first. It writes about 100 MB a second. */
const PATIENCE_MS = 60_000;

/**
 * `rewritten`: the file holds only what Redis holds now. `none`: there is no such file. `denied`: this login may not,
 * or the host keeps the file. `busy`: an earlier rewrite did not end.
 */
export type Rewrite = 'rewritten' | 'none' | 'denied' | 'busy';

/** Has the append-only file written anew from what Redis holds, and waits until it is. */
export async function rewriteAppendOnlyFile(
  { redis, keys }: { redis: RedisClient; keys: Keys },
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
): Promise<Rewrite> {
  const until = clock.monotonic() + PATIENCE_MS;
  const field = async (name: string) =>
    infoField(String(await onOurNode(redis, keys, 'INFO', 'persistence')), name);
  const isOver = async () => {
    while (
      (await field('aof_rewrite_in_progress')) === '1' ||
      (await field('aof_rewrite_scheduled')) === '1'
    ) {
      if (clock.monotonic() > until) return false;
      await clock.sleep(POLL_MS);
    }
    return true;
  };
  try {
    if ((await field('aof_enabled')) !== '1') return 'none';
    if (!(await isOver())) return 'busy';
    await onOurNode(redis, keys, 'BGREWRITEAOF');
    return (await isOver()) ? 'rewritten' : 'busy';
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return 'denied';
    throw error;
  }
}
