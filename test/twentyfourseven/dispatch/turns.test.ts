import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NotNow } from '../../../src/errors.ts';
import { createTurns } from '../../../src/twentyfourseven/dispatch/turns.ts';
import { aClock, failureOf } from '../support.ts';

/** Tokens come when the test gives them. */
function start() {
  const gate: { give: () => void; refuse: (error: unknown) => void }[] = [];
  const quota = {
    // As the store does it: who goes first finds a token before the others.
    acquire: (precedence: string) =>
      new Promise<void>((give, refuse) =>
        gate[precedence === 'first' ? 'unshift' : 'push']({ give, refuse }),
      ),
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

it('a token for those who are few is given to one of them, whoever has had less', async () => {
  const asked: string[] = [];
  const gates = new Map<string, () => void>();
  const quota = {
    acquire: (precedence: string) =>
      new Promise<void>((give) => {
        asked.push(precedence);
        gates.set(precedence, give);
      }),
    observe: async () => undefined,
    quarantine: async () => undefined,
  };
  const turns = createTurns({ quota, clock: aClock() });
  const served: string[] = [];
  const pass = { isProbe: false, undecided: async () => undefined };
  const take = (lane: string, isCrowd: boolean) =>
    turns.take(lane, pass, { isCrowd }).then(() => served.push(lane));
  const all = [take('burst', true), take('single', false), take('single', false)];
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  gates.get('first')?.();
  await settled();
  gates.get('first')?.();
  await settled();
  expect(served).toEqual(['single', 'single']);
  gates.get('after')?.();
  await Promise.all(all);
  expect(served).toEqual(['single', 'single', 'burst']);
  expect(asked).toEqual(['after', 'first', 'first']);
});

it('once closed, all that wait are sent away, the probe too, and so is whoever comes', async () => {
  const { turns, gate, given, passOf } = start();
  const away = new NotNow('transfer.busy', 0);
  const waiting = [passOf('waiter'), passOf('probe', true)].map((pass) =>
    failureOf(turns.take('lane', pass)),
  );
  turns.close(away);
  expect(await Promise.all(waiting)).toEqual([away, away]);
  gate.shift()?.give();
  expect(await failureOf(turns.take('lane', passOf('late')))).toBe(away);
  expect(gate).toEqual([]);
  expect(given).toEqual(['waiter', 'probe', 'late']);
});

it('nobody waits in the background: it goes at once, or not while another call waits', async () => {
  const { turns, gate, given, passOf } = start();
  const waiting = turns.take('lane', passOf('job'));
  const background = (name: string) => turns.take('other', passOf(name), { isBackground: true });
  expect(await failureOf(background('first'))).toMatchObject({ code: 'service.quota', forEveryone: false });
  expect(given).toEqual(['first']);
  gate.shift()?.give();
  await waiting;
  const gone = background('second');
  gate.shift()?.give();
  await gone;
  turns.close(new NotNow('transfer.busy', 0));
  expect(await failureOf(background('third'))).toMatchObject({ code: 'transfer.busy' });
  expect(given).toEqual(['first', 'third']);
});

/** The order in which a save and then two reads of one lane get their turns, after so long a wait. */
async function orderAfter(waitedMs: number): Promise<string[]> {
  const { turns, clock, gate, passOf } = start();
  const order: string[] = [];
  const all = (['save', 'read', 'read'] as const).map((effect, index) =>
    turns.take('lane', passOf(effect), { effect }).then(() => order.push(`${effect} ${index}`)),
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

/** Turns in the order they are given, one at a time, to lanes that each ask again as soon as they had theirs. */
async function rotation(
  wanted: Record<string, number>,
  newcomers: (turn: number) => Record<string, number> = () => ({}),
) {
  const { turns, gate, passOf } = start();
  const order: string[] = [];
  let asking = 0;
  async function ask(lane: string, times: number): Promise<void> {
    asking += 1;
    for (let n = 0; n < times; n += 1) {
      await turns.take(lane, passOf(lane));
      order.push(lane);
    }
    asking -= 1;
  }
  const askAll = (lanes: Record<string, number>) => {
    for (const [lane, times] of Object.entries(lanes)) void ask(lane, times);
  };
  askAll(wanted);
  while (asking > 0) {
    while (gate.length === 0 && asking > 0) await new Promise((resolve) => setImmediate(resolve));
    gate.shift()?.give();
    await new Promise((resolve) => setImmediate(resolve));
    askAll(newcomers(order.length));
  }
  return order;
}

it('lanes that wait all the time take turns', async () => {
  const order = await rotation({ a: 20, b: 20, c: 20 });
  for (let turn = 0; turn < order.length; turn += 3) {
    expect([...order.slice(turn, turn + 3)].sort()).toEqual(['a', 'b', 'c']);
  }
});

it('the requests of a single invoice go before those of a burst that came first', async () => {
  const order = await rotation({ burst: 40 }, (turn) => (turn === 20 ? { single: 4 } : {}));
  expect(order.indexOf('single')).toBe(20);
  expect(order.lastIndexOf('single')).toBeLessThanOrEqual(24);
});

it('two bursts share the turns, whichever came first', async () => {
  const order = await rotation({ first: 80 }, (turn) => (turn === 30 ? { second: 40 } : {}));
  const shared = order.slice(30, 90);
  const ofSecond = shared.filter((lane) => lane === 'second').length;
  expect(ofSecond).toBeGreaterThanOrEqual(30);
  expect(ofSecond).toBeLessThanOrEqual(34);
});

it('a burst goes on although single invoices of other shops keep coming', async () => {
  let shops = 0;
  const order = await rotation({ burst: 30 }, (turn) =>
    turn % 4 === 0 && turn < 120 ? { [`shop-${shops++}`]: 4 } : {},
  );
  const ofBurst = order.slice(20, 120).filter((lane) => lane === 'burst').length;
  expect(ofBurst).toBeGreaterThanOrEqual(10);
});

it('whoever comes and goes: every request gets its turn, and those who wait all the time get as many', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 2, maxLength: 6 });
  const arrivals = fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 60 }), requests: fc.integer({ min: 1, max: 8 }) }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(sizes, arrivals, async (bursts, guests) => {
      const names = bursts.map((_, index) => `burst-${index}`);
      const wanted = Object.fromEntries(bursts.map((size, index) => [`burst-${index}`, size]));
      const coming = guests.map((guest, index) => ({ ...guest, name: `guest-${index}` }));
      const order = await rotation(wanted, (turn) => {
        const now = coming.filter(({ at }) => at <= turn);
        for (const guest of now) coming.splice(coming.indexOf(guest), 1);
        return Object.fromEntries(now.map(({ name, requests }) => [name, requests]));
      });
      expect(order.filter((lane) => lane.startsWith('burst'))).toHaveLength(
        bursts.reduce((sum, size) => sum + size, 0),
      );
      for (const guest of new Set(order.filter((lane) => lane.startsWith('guest')))) {
        const { requests } = guests[Number(guest.slice(6))] ?? { requests: -1 };
        expect(order.filter((lane) => lane === guest)).toHaveLength(requests);
      }
      const had = new Map(names.map((name) => [name, 0]));
      for (const lane of order) {
        if (!had.has(lane)) continue;
        had.set(lane, (had.get(lane) ?? 0) + 1);
        const waiting = names.filter((name) => (had.get(name) ?? 0) < (wanted[name] ?? 0));
        const counts = waiting.map((name) => had.get(name) ?? 0);
        if (counts.length > 1) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
});
