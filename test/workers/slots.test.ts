import { expect, it } from 'vitest';
import { createSlots } from '../../workers/slots.ts';

/** Take jobs in the queue's order as long as there are slots. Returns how many were taken. */
function fill(shops: string[], range = { from: 100, upTo: 1_000 }) {
  const slots = createSlots(range);
  let free = range.from;
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
  ['25 shops', 25, 1_000],
  ['200 shops', 200, 1_000],
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
  expect(left[0]).toBe(1_000);
  expect(left.at(-1)).toBe(100);
  expect(left.slice(1).every((now, index) => now <= (left[index] ?? 0))).toBe(true);
});

it('a number that was set stays what it is', () => {
  expect(fill(waiting(30, 20), { from: 100, upTo: 100 }).taken).toBe(100);
  expect(fill(waiting(30, 20), { from: 5, upTo: 5 }).taken).toBe(5);
});
