/** What is stored is as old as Redis says, whatever the clock of the machine that stored it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { openOn, type RedisServer, startRedisServer } from './support/redis-harness.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});
afterAll(() => server.stop());

test('an id remembered by a machine whose clock is an hour off is as old as the store says', async () => {
  const before = Date.now();
  for (const skewMs of [3_600_000, -3_600_000]) {
    const store = openOn(server.url, { ...systemClock, now: () => Date.now() + skewMs });
    await store.entities.remember('501', 'customer', 301, ['org:1', 'email:a'], { name: 'with "quotes"' });
    for (const key of ['org:1', 'email:a']) {
      const known = await store.entities.known('501', 'customer', key);
      expect(known).toMatchObject({ id: 301, facts: { name: 'with "quotes"' } });
      expect(known?.at).toBeGreaterThanOrEqual(before);
      expect(known?.at).toBeLessThanOrEqual(Date.now());
    }
    await store.close();
  }
});

test('what is left of the budget, and a quarantine, is told by the clock of the store', async () => {
  for (const skewMs of [3_600_000, -3_600_000]) {
    const store = openOn(server.url, { ...systemClock, now: () => Date.now() + skewMs });
    const before = Date.now();
    await store.quota.quarantine(600_000);
    const { quarantineUntilMs } = await store.quota.left();
    expect(quarantineUntilMs).toBeGreaterThanOrEqual(before + 600_000);
    expect(quarantineUntilMs).toBeLessThanOrEqual(Date.now() + 600_000);
    await store.close();
  }
});
