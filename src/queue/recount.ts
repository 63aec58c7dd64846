/**
 * Count every shop's jobs anew: what producers raised and workers lowered drifts where either died between two writes,
 * or does not count at all.
 */
import type { JobState, Queue } from 'bullmq';
import { shopOf } from './job-data.ts';
import type { Outstanding } from './outstanding.ts';

const STATES: JobState[] = ['active', 'waiting', 'prioritized', 'delayed'];
/** Jobs of each state read in one sweep, some seconds' work at most; the next sweep goes on where it stopped. */
const PIECE = 1_250;

export async function recountOutstanding(
  queue: Queue,
  outstanding: Outstanding,
  piece: number = PIECE,
): Promise<void> {
  const recount = await outstanding.recount();
  const { counted } = recount;
  const end = recount.at + piece;
  for (const job of await queue.getJobs(STATES, recount.at, end - 1, true)) {
    const shop = shopOf(job);
    if (shop !== '') counted[shop] = (counted[shop] ?? 0) + 1;
  }
  const standing = Object.values(await queue.getJobCounts(...STATES));
  if (standing.some((jobs) => jobs > end)) await outstanding.putAside({ ...recount, at: end });
  else await outstanding.finish(recount);
}
