/** The request budget of one egress IP. */
import { describe, expect, it } from 'vitest';
import { expectAbout, type Harness, type Open, useHarness } from './harness.ts';

const HOUR_MS = 3_600_000;
const BURST = 40;

/** How many go at once; all asked in one breath, so that a slow machine refills nothing in between. */
async function goesAtOnce({ store, other }: Harness, asked: number): Promise<number> {
  const takers = Array.from({ length: asked }, (_, i) => (i % 2 === 0 ? store : other).quota.take());
  return (await Promise.all(takers)).filter((waitMs) => waitMs === 0).length;
}

export function quotaContract(open: Open): void {
  describe('the request budget', () => {
    const h = useHarness(open, { quota: { requestsPerHour: 200, requestsPerSecond: 1_000 } });

    it('begins small in a new store, which does not know what was spent before', async () => {
      expect(await goesAtOnce(h, 60)).toBe(10);
    });

    it('lets forty go at once after a pause, of all processes together, and says how long to wait', async () => {
      await h.store.quota.take();
      await h.elapse(HOUR_MS);
      expect(await goesAtOnce(h, 60)).toBe(BURST);
      const waitMs = await h.store.quota.take();
      expectAbout(waitMs, HOUR_MS / (200 - BURST));
      await h.elapse(waitMs);
      expect(await h.store.quota.take()).toBe(0);
    });

    it('saves no more than forty, however long the pause', async () => {
      await h.store.quota.take();
      await h.elapse(100 * HOUR_MS);
      expect(await goesAtOnce(h, 60)).toBe(BURST);
    });

    it('cannot be overspent in an hour that begins with it full, nor is it wasted', async () => {
      await h.store.quota.take();
      await h.elapse(HOUR_MS);
      let taken = await goesAtOnce(h, BURST);
      let passedMs = 0;
      while (passedMs < HOUR_MS - 1_000) {
        const waitMs = await h.store.quota.take();
        if (waitMs === 0) taken += 1;
        await h.elapse(waitMs);
        passedMs += waitMs;
      }
      expect(taken).toBeLessThanOrEqual(200);
      expect(taken).toBeGreaterThan(196);
    });

    it('stops for all while the server holds us in quarantine, and goes on after it', async () => {
      await h.other.quota.quarantine(60_000);
      expectAbout(await h.store.quota.take(), 60_000);
      expectAbout((await h.store.quota.left()).quarantineUntilMs - h.now(), 60_000);
      await h.elapse(60_000);
      expect(await h.store.quota.take()).toBe(0);
      expect((await h.store.quota.left()).quarantineUntilMs).toBe(0);
    });

    it('spends nothing while it waits', async () => {
      await h.store.quota.take();
      await h.store.quota.quarantine(60_000);
      for (let i = 0; i < 20; i += 1) await h.store.quota.take();
      await h.elapse(60_000);
      expect(await goesAtOnce(h, 60)).toBeGreaterThanOrEqual(9);
    });

    it('stops where the server says its window is spent, until the window ends', async () => {
      await h.store.quota.observe(0, 60_000);
      expectAbout(await h.other.quota.take(), 60_000);
      await h.elapse(60_000);
      expect(await h.other.quota.take()).toBe(0);
    });

    it('counts down what the server said is left', async () => {
      await h.store.quota.observe(3, 60_000);
      expect(await goesAtOnce(h, 6)).toBe(3);
      await h.store.quota.observe(2, 60_000);
      expect(await goesAtOnce(h, 6)).toBe(2);
    });

    it('tells what is left as the next request will find it', async () => {
      const left = async () => Math.floor((await h.other.quota.left()).tokens);
      expect(await left()).toBe(10);
      await h.store.quota.take();
      expect(await left()).toBe(9);
      await h.elapse(HOUR_MS / 160 + 15_000);
      expect(await left()).toBe(10);
      await h.elapse(HOUR_MS);
      expect(await left()).toBe(BURST);
    });
  });

  describe('the last tokens', () => {
    const h = useHarness(open, { quota: { requestsPerHour: 200, requestsPerSecond: 1_000 } });
    const sparing = () => h.other.quota.take({ isSparing: true });

    it('are left by a crowd, which is told when the next one comes, and are there for the few', async () => {
      await h.store.quota.take();
      await h.elapse(HOUR_MS);
      const waits = await Promise.all(Array.from({ length: BURST }, sparing));
      expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(BURST - 8);
      const waitMs = Math.max(...waits);
      expectAbout(waitMs, HOUR_MS / (200 - BURST));
      expect(await goesAtOnce(h, 8)).toBe(8);
      await h.elapse(waitMs);
      expectAbout(await sparing(), HOUR_MS / (200 - BURST));
      expect(await h.store.quota.take()).toBe(0);
    });

    it('are no loss: a crowd alone has every token that comes once those are there', async () => {
      expect((await Promise.all(Array.from({ length: 10 }, sparing))).filter((ms) => ms === 0)).toHaveLength(
        2,
      );
      for (let turn = 1; turn <= 20; turn += 1) {
        await h.elapse(turn);
        const waits: number[] = [];
        for (let waitMs = await sparing(); waitMs > 0; waitMs = await sparing()) {
          waits.push(waitMs);
          await h.elapse(waitMs);
        }
        // What was said is enough; a slow machine may find the token there without a wait.
        expect(waits.length).toBeLessThanOrEqual(1);
      }
    });
  });

  describe('the background', () => {
    const h = useHarness(open, { quota: { requestsPerHour: 200, requestsPerSecond: 1_000 } });
    const background = () => h.other.quota.take({ isBackground: true });
    const takes = async (asked: number) =>
      (await Promise.all(Array.from({ length: asked }, background))).filter((waitMs) => waitMs === 0).length;
    async function fill(): Promise<void> {
      await h.store.quota.take();
      await h.elapse(HOUR_MS);
    }

    it('leaves the last ones as a crowd does, and is told when there are more', async () => {
      await fill();
      expect(await goesAtOnce(h, 27)).toBe(27);
      expect(await takes(10)).toBe(5);
      expectAbout(await background(), HOUR_MS / (200 - BURST));
      expect(await goesAtOnce(h, 30)).toBe(8);
    });

    it('has a tenth of the requests of any hour, of all processes together', async () => {
      await fill();
      expect(await takes(10)).toBe(10);
      await h.elapse(HOUR_MS / 2);
      expect(await takes(30)).toBe(10);
      await h.elapse(HOUR_MS / 4);
      expectAbout(await background(), HOUR_MS / 4);
      await h.elapse(HOUR_MS / 4);
      expect(await takes(30)).toBe(10);
    });

    it('takes none while any other call has been told to wait, nor in the second after', async () => {
      await fill();
      await h.store.quota.take({ isSparing: true });
      expect(await takes(1)).toBe(1);
      await goesAtOnce(h, BURST);
      const waitMs = await h.store.quota.take();
      expect(waitMs).toBeGreaterThan(0);
      await h.elapse(waitMs);
      expectAbout(await background(), (8 * HOUR_MS) / (200 - BURST));
      await h.elapse(HOUR_MS);
      expect(await takes(1)).toBe(1);
      await h.store.quota.quarantine(60_000);
      await h.store.quota.take();
      await h.elapse(60_000);
      expectAbout(await background(), 1_000);
      await h.elapse(1_001);
      expect(await takes(1)).toBe(1);
    });

    it('makes nobody wait by waiting', async () => {
      await fill();
      await goesAtOnce(h, BURST - 1);
      expect(await background()).toBeGreaterThan(0);
      expect(await h.store.quota.take()).toBe(0);
    });

    it('takes none in a quarantine, nor where the server has no more left than a tenth', async () => {
      await fill();
      await h.store.quota.quarantine(60_000);
      expectAbout(await background(), 60_000);
      await h.elapse(60_000);
      await h.store.quota.observe(20, 30_000);
      expectAbout(await background(), 30_000);
      await h.elapse(30_000);
      expect(await background()).toBe(0);
    });
  });

  describe('the cap of a second', () => {
    const h = useHarness(open, { quota: { requestsPerHour: 7_200, requestsPerSecond: 3 } });

    it('holds although there are tokens, and says when the second is over', async () => {
      await h.store.quota.take();
      await h.elapse(1_100);
      // In one connection's one breath, so that no second passes in between however slow the machine.
      const waits = await Promise.all(Array.from({ length: 6 }, () => h.store.quota.take()));
      expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
      for (const waitMs of waits.slice(3)) {
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(1_100);
      }
      // A tenth more: some are longer on their way than those behind them, and would arrive in one second.
      expect(Math.max(...waits)).toBeGreaterThan(1_000);
      await h.elapse(1_100);
      expect(await goesAtOnce(h, 1)).toBe(1);
    });
  });

  describe('two pools', () => {
    const h = useHarness(open, { quota: { pool: 'a' } });
    it('are two budgets only by name: processes that name the same share one', async () => {
      expect(await goesAtOnce(h, 12)).toBe(10);
    });
  });
}
