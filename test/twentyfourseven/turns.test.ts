import { expect, it } from 'vitest';
import { NotNow } from '../../src/errors.ts';
import { createTurns } from '../../src/twentyfourseven/turns.ts';
import { aClock, failureOf } from './support.ts';

/** Tokens come when the test gives them. */
function start() {
  const gate: { give: () => void; refuse: (error: unknown) => void }[] = [];
  const quota = {
    acquire: () => new Promise<void>((give, refuse) => gate.push({ give, refuse })),
    observe: async () => undefined,
    quarantine: async () => undefined,
  };
  const given: string[] = [];
  const passOf = (name: string, isProbe = false) => ({
    isProbe,
    undecided: async (wasSent: boolean) => void given.push(`${name}${wasSent ? ' sent' : ''}`),
  });
  const clock = aClock();
  return { turns: createTurns({ quota, clock }), clock, gate, given, passOf };
}

it('what waits is sent away when the service is, but for its probe, and every pass is given back', async () => {
  const { turns, gate, given, passOf } = start();
  const away = new NotNow('service.unavailable', 0);
  const sentAway = ['first', 'second'].map((name) => failureOf(turns.take(name, passOf(name))));
  const probe = turns.take('first', passOf('probe', true));
  turns.dismiss(away);
  expect(await Promise.all(sentAway)).toEqual([away, away]);
  gate.shift()?.give();
  await probe;
  expect(given).toEqual(['first', 'second']);
});

it('a spent quota sends the probe away too, unsent', async () => {
  const { turns, gate, given, passOf } = start();
  const probe = failureOf(turns.take('lane', passOf('probe', true)));
  const spent = new NotNow('service.quota', 0);
  gate.shift()?.refuse(spent);
  expect(await probe).toBe(spent);
  expect(given).toEqual(['probe']);
});

/** The order in which a save and then two reads of one lane get their turns, after so long a wait. */
async function orderAfter(waitedMs: number): Promise<string[]> {
  const { turns, clock, gate, passOf } = start();
  const order: string[] = [];
  const all = (['save', 'read', 'read'] as const).map((effect, index) =>
    turns.take('lane', passOf(effect), effect).then(() => order.push(`${effect} ${index}`)),
  );
  clock.advance(waitedMs);
  for (const _turn of all) {
    while (gate.length === 0) await new Promise((resolve) => setImmediate(resolve));
    gate.shift()?.give();
  }
  await Promise.all(all);
  return order;
}

it('a save lets the reads of its lane go first, for they bring on what it can take along', async () => {
  expect(await orderAfter(0)).toEqual(['read 1', 'read 2', 'save 0']);
});

it('a save that has waited five seconds waits no longer', async () => {
  expect(await orderAfter(5_001)).toEqual(['save 0', 'read 1', 'read 2']);
});
