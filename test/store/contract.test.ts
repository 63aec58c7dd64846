import { describe } from 'vitest';
import { aManualClock } from '../support/fake-clock.ts';
import { DEFAULT_TIMING, openMemoryStore } from '../support/memory-store.ts';
import { storeContract } from './contract/all.ts';
import type { Harness, Open } from './contract/harness.ts';

const open: Open = async (options): Promise<Harness> => {
  const clock = aManualClock();
  const quota = { pool: 'default', requestsPerHour: 7_200, requestsPerSecond: 20, ...options?.quota };
  const timing = { ...DEFAULT_TIMING, ...options?.timing };
  const store = openMemoryStore({ clock, quota, timing });
  return {
    store,
    other: openMemoryStore({ clock, quota, timing, server: store.server }),
    timing,
    clock,
    now: clock.now,
    elapse: async (ms) => clock.advance(ms),
    wipe: async () => store.wipe(),
    restart: async () => store.restart(),
    events: async () => store.eventsOf(),
    close: async () => undefined,
  };
};

describe('the store in memory', () => storeContract(open));
