/** Open circuits, shared by all processes of one egress IP. */
import { expect, it } from 'vitest';
import { expectAbout, type Open, useHarness } from './harness.ts';

export function circuitsContract(open: Open): void {
  const h = useHarness(open);

  it('a circuit nobody opened is closed', async () => {
    const { nowMs, states } = await h.store.circuits.read(['service', 'identity:501']);
    expect(states).toEqual([undefined, undefined]);
    expectAbout(nowMs, h.now());
    expect(await h.store.circuits.names()).toEqual([]);
  });

  it('an open circuit is seen by every process, each name by itself, until it is closed', async () => {
    expect(await h.store.circuits.swap('service', undefined, 'open {"a": 1}')).toBe(true);
    expect(await h.store.circuits.swap('permission:501', undefined, 'b')).toBe(true);
    const names = ['permission:502', 'service', 'permission:501'] as const;
    expect((await h.other.circuits.read(names)).states).toEqual([undefined, 'open {"a": 1}', 'b']);
    expect((await h.other.circuits.names()).sort()).toEqual(['permission:501', 'service']);
    expect(await h.other.circuits.swap('service', 'open {"a": 1}', undefined)).toBe(true);
    expect((await h.store.circuits.read(names)).states).toEqual([undefined, undefined, 'b']);
    expect(await h.store.circuits.names()).toEqual(['permission:501']);
  });

  it('of several processes that change what they saw, one does', async () => {
    await h.store.circuits.swap('service', undefined, 'seen');
    const stores = [h.store, h.other, h.store];
    const changed = await Promise.all(
      stores.map(({ circuits }, i) => circuits.swap('service', 'seen', `${i}`)),
    );
    expect(changed.filter(Boolean)).toHaveLength(1);
  });

  it('a change of what is no longer so changes nothing: neither opens nor closes', async () => {
    expect(await h.store.circuits.swap('login', 'gone', 'again')).toBe(false);
    expect(await h.store.circuits.names()).toEqual([]);
    await h.store.circuits.swap('login', undefined, 'open');
    expect(await h.store.circuits.swap('login', undefined, 'other')).toBe(false);
    expect(await h.store.circuits.swap('login', 'other', undefined)).toBe(false);
    expect((await h.store.circuits.read(['login'])).states).toEqual(['open']);
  });
}
