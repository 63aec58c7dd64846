/** Sessions shared by all processes, and the right to log in. */
import { describe, expect, it } from 'vitest';
import { CLIENT, type Open, useHarness } from './harness.ts';

const HOUR_MS = 3_600_000;

export function sessionsContract(open: Open): void {
  const h = useHarness(open);

  describe('a session', () => {
    it('is shared by all processes, per company', async () => {
      await h.store.sessions.put(CLIENT, 'sealed-1');
      expect(await h.other.sessions.get(CLIENT)).toBe('sealed-1');
      expect(await h.other.sessions.get('502')).toBeUndefined();
    });

    it('is dropped only by one who means this very one', async () => {
      await h.store.sessions.put(CLIENT, 'sealed-2');
      await h.other.sessions.drop(CLIENT, 'sealed-1');
      expect(await h.store.sessions.get(CLIENT)).toBe('sealed-2');
      await h.other.sessions.drop(CLIENT, 'sealed-2');
      expect(await h.store.sessions.get(CLIENT)).toBeUndefined();
    });

    it('is kept for less than the day it may live', async () => {
      await h.store.sessions.put(CLIENT, 'sealed-1');
      await h.elapse(22 * HOUR_MS);
      expect(await h.store.sessions.get(CLIENT)).toBe('sealed-1');
      await h.elapse(HOUR_MS);
      expect(await h.store.sessions.get(CLIENT)).toBeUndefined();
    });
  });

  describe('the right to log in', () => {
    it('is had by one process at a time, per company', async () => {
      const token = await h.store.sessions.lock(CLIENT, 60_000);
      expect(token).toEqual(expect.any(String));
      expect(await h.other.sessions.lock(CLIENT, 60_000)).toBeUndefined();
      expect(await h.other.sessions.lock('502', 60_000)).toEqual(expect.any(String));
    });

    it('is given back by its holder, not by another', async () => {
      const token = (await h.store.sessions.lock(CLIENT, 60_000)) ?? '';
      await h.other.sessions.unlock(CLIENT, 'guess');
      expect(await h.other.sessions.lock(CLIENT, 60_000)).toBeUndefined();
      await h.store.sessions.unlock(CLIENT, token);
      expect(await h.other.sessions.lock(CLIENT, 60_000)).toEqual(expect.any(String));
    });

    it('goes by itself when its holder died', async () => {
      await h.store.sessions.lock(CLIENT, 60_000);
      await h.elapse(60_000);
      expect(await h.other.sessions.lock(CLIENT, 60_000)).toEqual(expect.any(String));
    });
  });

  it('logins above the limit of an hour are refused, per company, until the next hour', async () => {
    const login = (store = h.store, clientId = CLIENT) => store.sessions.countLogin(clientId, 2);
    expect([await login(), await login(h.other), await login(), await login(h.other)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(await login(h.store, '502')).toBe(true);
    await h.elapse(HOUR_MS);
    expect(await login()).toBe(true);
  });
}
