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
/** A shop with fewer jobs in flight may have one of the slots that are kept. */
const FEW = 5;
/** Of the most there may be, one in so many is kept for those with few; */
const KEPT = 10;
/** so many at most. */
const KEPT_AT_MOST = 10;

export interface Slots {
  /** The slots there are; so do the next two return. */
  now(): number;
  began(shopId: string): number;
  ended(shopId: string): number;
  isFull(): boolean;
  /** The slots there are if a job of this shop may begin although all are taken. */
  admitting(shopId: string): number | undefined;
}

export function createSlots({ from, upTo, keepsSome }: SlotRange): Slots {
  const inFlight = new Map<string, number>();
  const most = keepsSome ? upTo - Math.min(KEPT_AT_MOST, Math.floor(upTo / KEPT)) : upTo;
  let room = 0;
  let running = 0;
  const roomOf = (jobs: number) => Math.min(SHARE, GROWTH * jobs);
  const limit = () => Math.min(most, Math.max(from, room));

  function change(shopId: string, by: 1 | -1): number {
    const before = inFlight.get(shopId) ?? 0;
    const after = before + by;
    if (after > 0) inFlight.set(shopId, after);
    else inFlight.delete(shopId);
    room += roomOf(after) - roomOf(before);
    running += by;
    return limit();
  }

  return {
    now: limit,
    began: (shopId) => change(shopId, 1),
    ended: (shopId) => change(shopId, -1),
    isFull: () => running >= limit(),
    admitting: (shopId) =>
      running < upTo && (inFlight.get(shopId) ?? 0) < FEW ? Math.max(limit(), running + 1) : undefined,
  };
}
