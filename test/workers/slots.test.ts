import { expect, it } from 'vitest';
import { createSlots } from '../../workers/slots.ts';

/** Take jobs in the queue's order as long as there are slots. Returns how many were taken. */
function fill(shops: string[], range = { from: 100, upTo: 1_000, keepsSome: true }) {
  const slots = createSlots(range);
  let free = slots.now();
  let taken = 0;
  for (const shop of shops) {
    if (taken >= free) break;
    free = slots.began(shop);
    taken += 1;
  }
  return { slots, taken };
}

const waiting = (shops: number, each: number): string[] =>
  Array.from({ length: shops * each }, (_, index) => `shop-${index % shops}`);

it.each([
  ['one shop', 1, 100],
  ['two shops', 2, 100],
  ['five shops', 5, 200],
  ['ten shops', 10, 400],
  ['25 shops', 25, 990],
  ['200 shops', 200, 990],
])('%s with 5,000 invoices waiting: so many are in flight', (_name, shops, inFlight) => {
  expect(fill(waiting(shops, 5_000 / shops)).taken).toBe(inFlight);
});

it('a burst gains no slots by single invoices of other shops', () => {
  const others = Array.from({ length: 20 }, (_, index) => `other-${index}`);
  expect(fill([...others, ...waiting(1, 5_000)]).taken).toBe(100);
});

it('what was raised is lowered again as jobs end, never below where it began', () => {
  const { slots, taken } = fill(waiting(30, 20));
  expect(taken).toBe(600);
  const left = waiting(30, 20).map((shop) => slots.ended(shop));
  expect(left[0]).toBe(990);
  expect(left.at(-1)).toBe(100);
  expect(left.slice(1).every((now, index) => now <= (left[index] ?? 0))).toBe(true);
});

it.each([
  [1_000, 990],
  [100, 90],
  [50, 45],
  [9, 9],
  [1, 1],
])('of %i slots that were set a burst gets %i', (set, ofBurst) => {
  const range = { from: set, upTo: set, keepsSome: true };
  expect(fill(waiting(30, 200), range).taken).toBe(ofBurst);
  expect(fill(waiting(1, 2_000), range).taken).toBe(ofBurst);
});

it('a shop with fewer than five in flight may begin another although all slots are taken', () => {
  const { slots } = fill(waiting(1, 5_000));
  expect(slots.isFull()).toBe(true);
  expect(slots.admitting('shop-0')).toBeUndefined();
  for (let job = 1; job <= 5; job += 1) {
    expect(slots.admitting('other')).toBe(100 + job);
    slots.began('other');
  }
  expect(slots.admitting('other')).toBeUndefined();
  expect(slots.admitting('third')).toBe(106);
});

it('but never more than were set', () => {
  const { slots } = fill(waiting(1, 5_000), { from: 20, upTo: 20, keepsSome: true });
  expect(slots.admitting('one')).toBe(19);
  slots.began('one');
  expect(slots.admitting('two')).toBe(20);
  slots.began('two');
  expect(slots.admitting('three')).toBeUndefined();
});

it('where none are kept, a burst gets all of them', () => {
  expect(fill(waiting(1, 2_000), { from: 1_000, upTo: 1_000, keepsSome: false }).taken).toBe(1_000);
});
