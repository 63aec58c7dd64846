import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  afterNothing,
  circuitText,
  intervalMs,
  type OpenCircuit,
  parseCircuit,
  waitOf,
  withProbe,
} from '../../../src/twentyfourseven/circuits/circuit.ts';
import { probeTimes as times } from '../support.ts';

const NOW = Date.UTC(2021, 0, 13, 9, 30);
const opened = (): OpenCircuit => afterFailure(undefined, 'anybody', NOW, times);

describe('an open circuit', () => {
  it('is probed after 5, 10, 20 and 40 s, then every 60 s', () => {
    let state = opened();
    let now = NOW;
    const waits: number[] = [];
    for (let count = 0; count < 7; count += 1) {
      const waitMs = waitOf(state, now, true, times);
      waits.push(waitMs / 1_000);
      now += waitMs;
      expect(waitOf(state, now, true, times)).toBe(0);
      state = afterFailure(withProbe(state, 'probe', now, times), 'probe', now, times);
    }
    expect(waits).toEqual([5, 10, 20, 40, 60, 60, 60]);
    expect(state.openedAtMs).toBe(NOW);
  });

  it('lets one probe through at a time, until that one must have died', () => {
    const due = NOW + 5_000;
    const probed = withProbe(opened(), 'mine', due, times);
    expect(waitOf(probed, due, true, times)).toBe(5_000);
    expect(waitOf(probed, due + times.probeMs - 1, true, times)).toBeGreaterThan(0);
    expect(waitOf(probed, due + times.probeMs, true, times)).toBe(0);
  });

  it('lets nobody through who may not probe, though it is due', () => {
    expect(waitOf(opened(), NOW + 5_000, false, times)).toBe(1_000);
    expect(waitOf(opened(), NOW + 4_000, false, times)).toBe(1_000);
    expect(waitOf(opened(), NOW + 1_000, false, times)).toBe(4_000);
  });

  it('is not set back by requests that were under way when it opened', () => {
    const state = opened();
    expect(afterFailure(state, 'late', NOW + 4_000, times)).toBe(state);
    const probed = withProbe(state, 'mine', NOW + 5_000, times);
    expect(afterFailure(probed, 'late', NOW + 5_100, times)).toBe(probed);
    expect(afterNothing(probed, 'late', true, NOW + 5_100, times)).toBe(probed);
  });

  it('is free for the next probe at once where a probe was not sent', () => {
    const probed = withProbe(opened(), 'mine', NOW + 5_000, times);
    expect(waitOf(afterNothing(probed, 'mine', false, NOW + 6_000, times), NOW + 6_000, true, times)).toBe(0);
  });

  it('waits as long again where a probe told nothing', () => {
    const once = afterFailure(withProbe(opened(), 'first', NOW, times), 'first', NOW, times);
    const told = afterNothing(withProbe(once, 'mine', NOW, times), 'mine', true, NOW, times);
    expect(waitOf(told, NOW, true, times)).toBe(10_000);
    expect(told.failures).toBe(once.failures);
  });

  it('is kept as text, and what cannot be read is closed', () => {
    const probed = withProbe(opened(), 'mine', NOW, times);
    expect(parseCircuit(circuitText(probed))).toEqual(probed);
    for (const text of [undefined, '', 'not json', '{}', '{"openedAtMs":"1"}']) {
      expect(parseCircuit(text)).toBeUndefined();
    }
  });

  it('never waits longer for many failures', () => {
    expect(intervalMs(2_000, times)).toBe(60_000);
  });
});
