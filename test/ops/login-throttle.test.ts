import { expect, test } from 'vitest';
import { createLoginThrottle } from '../../src/ops/login-throttle.ts';
import { aManualClock } from '../support/fake-clock.ts';

/** How many of these guesses were compared. */
function guess(throttle: ReturnType<typeof createLoginThrottle>, addresses: string[]): number {
  let compared = 0;
  for (const address of addresses) {
    if (throttle.waitMs(address) > 0) continue;
    compared += 1;
    throttle.wrong(address);
  }
  return compared;
}
const times = (count: number, address: string) => Array.from({ length: count }, () => address);

test('of 8,000 guesses from one address twenty are compared, then one each ten seconds', () => {
  const clock = aManualClock();
  const throttle = createLoginThrottle(clock);
  expect(guess(throttle, times(8_000, '192.0.2.1'))).toBe(20);
  expect(throttle.waitMs('192.0.2.1')).toBe(10_000);
  clock.advance(9_999);
  expect(guess(throttle, times(100, '192.0.2.1'))).toBe(0);
  clock.advance(1);
  expect(guess(throttle, times(100, '192.0.2.1'))).toBe(1);
  clock.advance(3_600_000);
  expect(guess(throttle, times(100, '192.0.2.1'))).toBe(20);
});

test('guessing from one address locks nobody out at another', () => {
  const throttle = createLoginThrottle(aManualClock());
  guess(throttle, times(100, '192.0.2.1'));
  expect(throttle.waitMs('192.0.2.2')).toBe(0);
});

test('a subscriber’s whole IPv6 network is one address, however it is written', () => {
  const throttle = createLoginThrottle(aManualClock());
  const hosts = Array.from({ length: 100 }, (_, host) => `2001:db8:0:1::${host.toString(16)}`);
  expect(guess(throttle, hosts)).toBe(20);
  expect(throttle.waitMs('2001:0db8:0000:0001:ffff::1')).toBeGreaterThan(0);
  expect(throttle.waitMs('2001:db8:0:2::1')).toBe(0);
  guess(throttle, times(100, '::ffff:192.0.2.9'));
  expect(throttle.waitMs('192.0.2.9')).toBeGreaterThan(0);
});

test('however many addresses guess, no more than 10,000 are kept, and the ones still guessing are', () => {
  const throttle = createLoginThrottle(aManualClock());
  guess(throttle, times(20, '192.0.2.1'));
  for (let index = 0; index < 30_000; index += 1) {
    throttle.wrong(`10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`);
    if (index % 1_000 === 0) throttle.wrong('192.0.2.1');
  }
  expect(throttle.size()).toBe(10_000);
  expect(throttle.waitMs('192.0.2.1')).toBeGreaterThan(0);
});

test('the guess that empties the bucket says so, once', () => {
  const throttle = createLoginThrottle(aManualClock());
  const told = times(20, '192.0.2.1').map((address) => throttle.wrong(address));
  expect(told.filter(Boolean)).toHaveLength(1);
  expect(told.at(-1)).toBe(true);
});
