import { afterEach, describe, expect, it } from 'vitest';
import { type RawClient, startRaw } from './raw-soap.ts';

let raw: RawClient;
const start = Date.UTC(2026, 0, 10, 12);
let now = start;

async function startWith(options: Parameters<typeof startRaw>[0]) {
  now = start;
  raw = await startRaw({ clock: () => now, ...options });
}

afterEach(() => raw.sandbox.stop());

const ask = () => raw.call('Authenticate', 'HasSession', '');

describe('the hourly quota', () => {
  it('counts down in the headers of every answer and names the end of its window', async () => {
    await startWith({ requestsPerHour: 3 });
    const remaining = [];
    for (let count = 0; count < 3; count += 1) {
      const { status, headers } = await ask();
      expect(status).toBe(200);
      expect(headers.get('APILimitReset')).toBe('2026-01-10T13:00:00.000Z');
      remaining.push(headers.get('APILimitRemaining'));
    }
    expect(remaining).toEqual(['2', '1', '0']);
  });

  it('refuses what is over it, until its window ends', async () => {
    await startWith({ requestsPerHour: 1 });
    await ask();
    await ask();
    const { status, text } = await ask();
    expect(status).toBe(429);
    expect(text).toBe('Limit exceeded by 2. Request is blocked. Quarantine ends at 2026-01-10T13:00:00.000Z');
    now += 3_600_000;
    expect((await ask()).status).toBe(200);
  });

  it.each([
    ['fault500' as const, 500],
    ['fault200' as const, 200],
  ])('can refuse in the shape %s', async (quotaAnswer, expected) => {
    await startWith({ requestsPerHour: 1, quotaAnswer });
    await ask();
    const { status, text } = await ask();
    expect(status).toBe(expected);
    expect(text).toContain('<faultstring>');
    expect(text).toContain('Limit exceeded by 1. Request is blocked. Quarantine ends at ');
    expect((await raw.sandbox.control.requests()).map(({ ok }) => ok)).toEqual([true, false]);
  });

  it('answers 429 to more requests than a second allows', async () => {
    await startWith({ requestsPerSecond: 2 });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 200, 429]);
    now += 1_000;
    expect((await ask()).status).toBe(200);
  });
});
