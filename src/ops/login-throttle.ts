/**
 * Slows guessing down. Each address has a token bucket of wrong logins; with it empty, a login from there is not even
 * compared, right or wrong. No other address notices.
 */
import { isIPv6 } from 'node:net';
import type { Clock } from '../clock.ts';

/** Wrong logins in a row: somebody who mistypes, or a page whose browser kept an old password. */
const BURST = 20;
/** Then one each: 360 an hour, so that 12 random letters take longer than anybody lives. */
const REFILL_MS = 10_000;
/** Addresses kept, about 100 bytes each. The longest silent goes first. */
const MOST_ADDRESSES = 10_000;

export interface LoginThrottle {
  /** Milliseconds until a login from there is compared again; 0: now. */
  waitMs(address: string): number;
  /** @returns whether this one emptied the bucket */
  wrong(address: string): boolean;
  /** Addresses kept. */
  size(): number;
}

/** One subscriber has a whole /64 of IPv6 addresses. */
function subscriberOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : 8 - front.length - back.length;
  const groups = [...front, ...Array.from({ length: Math.max(0, gap) }, () => '0'), ...back];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

export function createLoginThrottle(clock: Pick<Clock, 'monotonic'>): LoginThrottle {
  /** When each bucket will be full again (GCRA's theoretical arrival time); the longest silent first. */
  const fullAt = new Map<string, number>();
  const capacityMs = BURST * REFILL_MS;
  return {
    waitMs(address) {
      const missingMs = (fullAt.get(subscriberOf(address)) ?? 0) - clock.monotonic();
      return Math.max(0, missingMs + REFILL_MS - capacityMs);
    },
    wrong(address) {
      const subscriber = subscriberOf(address);
      const now = clock.monotonic();
      const next = Math.max(fullAt.get(subscriber) ?? 0, now) + REFILL_MS;
      fullAt.delete(subscriber);
      fullAt.set(subscriber, next);
      if (fullAt.size > MOST_ADDRESSES) {
        const [longestSilent] = fullAt.keys();
        fullAt.delete(longestSilent ?? '');
      }
      return next - now + REFILL_MS > capacityMs;
    },
    size: () => fullAt.size,
  };
}
