/**
 * How many jobs one process has in flight.
 *
 * Calls join within a shop. With many shops' invoices waiting, a fixed number in flight leaves too few of each to
 * join, so each shop makes room for more of its own, up to MAX_SLOTS_PER_SHOP. One that has more than that adds
 * nothing: its burst must not fill slots which another shop's invoice would then wait for. See docs/adr/0015.
 */

import type { SlotRange } from '../src/config.ts';

/** Slots that one shop adds at most: its burst must not fill the process. */
const MAX_SLOTS_PER_SHOP = 40;
/** Slots that each of a shop's jobs in flight adds: room for one more to join it. */
const SLOTS_PER_JOB = 2;
/** Jobs in flight. A shop with fewer may take a reserved slot: it must not wait for another shop's burst. */
const FEW_JOBS = 5;
/** Share of all slots, reserved for shops with few jobs in flight: the others lose little by it. */
const RESERVED_SHARE = 1 / 10;
/** Slots reserved at most: newcomers are few, however many slots there are. */
const MAX_RESERVED = 10;

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
  const most = keepsSome ? upTo - Math.min(MAX_RESERVED, Math.floor(upTo * RESERVED_SHARE)) : upTo;
  let room = 0;
  let running = 0;
  const roomOf = (jobs: number) => Math.min(MAX_SLOTS_PER_SHOP, SLOTS_PER_JOB * jobs);
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
      running < upTo && (inFlight.get(shopId) ?? 0) < FEW_JOBS ? Math.max(limit(), running + 1) : undefined,
  };
}
