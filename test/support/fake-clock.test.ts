import { describe, expect, it } from 'vitest';
import { aManualClock } from './fake-clock.ts';

describe('the manual clock', () => {
  it('moves both clocks at once when advanced, and wakes the sleepers that are due', async () => {
    const clock = aManualClock(1_000);
    const woke: string[] = [];
    const naps = [30, 10, 50].map((ms) => clock.sleep(ms).then(() => woke.push(`${ms} at ${clock.now()}`)));
    clock.advance(30);
    await Promise.all(naps.slice(0, 2));
    expect(woke).toEqual(['10 at 1030', '30 at 1030']);
    expect([clock.monotonic(), clock.sleepers()]).toEqual([30, 1]);
  });

  it('wakes each sleeper at its own time when time passes', async () => {
    const clock = aManualClock(0);
    const woke: number[] = [];
    const loop = async () => {
      for (let i = 0; i < 10; i += 1) {
        await clock.sleep(10);
        woke.push(clock.now());
      }
    };
    void loop();
    await clock.pass(35);
    expect(woke).toEqual([10, 20, 30]);
    expect(clock.now()).toBe(35);
  });

  it('moves only the wall clock, and wakes no sleeper, while the machine is suspended', () => {
    const clock = aManualClock(0);
    void clock.sleep(10);
    clock.suspend(1_000);
    expect([clock.now(), clock.monotonic(), clock.sleepers()]).toEqual([1_000, 0, 1]);
  });

  it('rejects a sleep with the reason when it is aborted, before or during the sleep', async () => {
    const clock = aManualClock();
    const stop = new AbortController();
    const nap = clock.sleep(10, stop.signal);
    stop.abort('stopped');
    await expect(nap).rejects.toBe('stopped');
    await expect(clock.sleep(10, stop.signal)).rejects.toBe('stopped');
    expect(clock.sleepers()).toBe(0);
  });
});
