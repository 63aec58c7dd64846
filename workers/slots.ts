/**
 * How many jobs one process has in flight.
 *
 * Calls join within a shop. With many shops' invoices waiting, a fixed number in flight leaves too few of each to
 * join, so each shop makes room for more of its own, up to SHARE. One that has more than that adds nothing: its
 * burst must not fill slots which another shop's invoice would then wait for. See docs/adr/0015.
 */

import type { SlotRange } from '../src/config.ts';

/** Slots that one shop adds, at most. */
const SHARE = 40;
/** Slots that each of its jobs in flight adds until then. */
const GROWTH = 2;

/** Both return the slots there are now. */
export interface Slots {
  began(shopId: string): number;
  ended(shopId: string): number;
}

export function createSlots({ from, upTo }: SlotRange): Slots {
  const inFlight = new Map<string, number>();
  let room = 0;
  const roomOf = (jobs: number) => Math.min(SHARE, GROWTH * jobs);

  function change(shopId: string, by: 1 | -1): number {
    const before = inFlight.get(shopId) ?? 0;
    const after = before + by;
    if (after > 0) inFlight.set(shopId, after);
    else inFlight.delete(shopId);
    room += roomOf(after) - roomOf(before);
    return Math.min(upTo, Math.max(from, room));
  }

  return { began: (shopId) => change(shopId, 1), ended: (shopId) => change(shopId, -1) };
}
