import { describe, expect, it } from 'vitest';
import { NotNow } from '../../../src/errors.ts';
import type { Logger } from '../../../src/logger.ts';
import {
  type CircuitCall,
  createCircuits,
  LOST_IN_A_ROW,
  type Pass,
} from '../../../src/twentyfourseven/circuits/circuits.ts';
import type { CircuitStore } from '../../../src/twentyfourseven/ports.ts';
import { aClock, failureOf, memoryCircuits, probeTimes, silentLogger } from '../support.ts';

const read = (clientId = '501', service = 'company'): CircuitCall => ({
  what: 'books',
  clientId,
  service,
  effect: 'read',
});
const save = (clientId = '501', service = 'company'): CircuitCall => ({
  what: 'books',
  clientId,
  service,
  effect: 'save',
});
const login = (clientId = '501', credentials = 'right'): CircuitCall => ({
  what: 'login',
  clientId,
  credentials,
});

const UNSENT = { isWhole: true, wasSent: false };
const LOST = { isWhole: false, wasSent: true };

/** Processes that share one store and one clock. */
function start({ store: given }: { store?: (clock: ReturnType<typeof aClock>) => CircuitStore } = {}) {
  const clock = aClock();
  const memory = memoryCircuits(clock);
  const store = given?.(clock) ?? memory;
  const lines: object[] = [];
  const changes: string[] = [];
  const stops: NotNow[] = [];
  const logger: Logger = {
    ...silentLogger,
    warn: (fields) => lines.push({ level: 'warn', ...fields }),
    error: (fields) => lines.push({ level: 'error', ...fields }),
  };
  const process = (bypass = false) =>
    createCircuits({
      store,
      times: probeTimes,
      clock,
      logger,
      onCircuit: (circuit, state) => changes.push(`${circuit} ${state}`),
      onStop: (failure) => stops.push(failure),
      bypass,
    });
  return { clock, store: memory, process, lines, changes, stops };
}

const waitsFor = async (entry: Promise<Pass>, code: string, clock: { now(): number }): Promise<number> => {
  const failure = await failureOf(entry);
  expect(failure).toBeInstanceOf(NotNow);
  expect(failure).toMatchObject({ code });
  return (failure as NotNow).untilMs - clock.now();
};

describe('the service as a whole', () => {
  it('that refuses a connection stops every shop in every process until the probe', async () => {
    const { clock, process, stops } = start();
    const [one, other] = [process(), process()];
    const failure = await (await one.enter(read())).lost(UNSENT);
    expect(failure).toMatchObject({
      code: 'service.unavailable',
      untilMs: clock.now() + 5_000,
      forEveryone: true,
    });
    expect(stops).toEqual([failure]);
    for (const call of [read('502'), save('502'), login('503'), { what: 'identity' } as const]) {
      expect(await waitsFor(other.enter(call), 'service.unavailable', clock)).toBe(5_000);
    }
  });

  it('is not judged by two lost requests, nor by three with an answer between', async () => {
    const { process } = start();
    const circuits = process();
    const lose = async () => (await circuits.enter(read())).lost(LOST);
    expect(LOST_IN_A_ROW).toBe(3);
    await lose();
    await lose();
    await (await circuits.enter(read())).answered();
    await lose();
    await lose();
    expect((await circuits.open()).service).toBe(0);
    await lose();
    expect((await circuits.open()).service).toBe(1);
  });

  it('costs an attempt what was sent and lost, and none what was not sent or probed', async () => {
    const { clock, process } = start();
    const circuits = process();
    const sent = await circuits.enter(read());
    const unsent = await circuits.enter(read());
    expect(await sent.lost({ isWhole: true, wasSent: true })).toBeUndefined();
    expect(await unsent.lost(UNSENT)).toMatchObject({ code: 'service.unavailable' });
    clock.advance(5_000);
    const probe = await circuits.enter(read());
    expect(probe.isProbe).toBe(true);
    expect(await probe.lost(LOST)).toMatchObject({ untilMs: clock.now() + 10_000 });
  });

  it('is probed by one request of all processes; its answer lets everyone go on', async () => {
    const { clock, process, changes } = start();
    const [one, other] = [process(), process()];
    await (await one.enter(read())).lost(UNSENT);
    clock.advance(5_000);
    const passes = await Promise.allSettled([
      one.enter(read()),
      other.enter(read()),
      other.enter(read('502')),
    ]);
    const [probe, ...more] = passes.flatMap((pass) => (pass.status === 'fulfilled' ? [pass.value] : []));
    expect(more).toEqual([]);
    await probe?.answered();
    for (const circuits of [one, other]) {
      expect(await circuits.enter(save())).toMatchObject({ isProbe: false });
    }
    expect(changes).toEqual(['service open', 'service closed']);
  });

  it('is neither probed nor judged by what nobody waits for', async () => {
    const { clock, process } = start();
    const circuits = process();
    const background = () => circuits.enter(read(), { isBackground: true });
    for (let lost = 0; lost < LOST_IN_A_ROW; lost += 1) {
      expect(await (await background()).lost({ isWhole: true, wasSent: true })).toBeUndefined();
    }
    expect((await circuits.open()).service).toBe(0);
    await (await circuits.enter(read())).lost(UNSENT);
    clock.advance(5_000);
    expect(await waitsFor(background(), 'service.unavailable', clock)).toBe(1_000);
    expect(await circuits.enter(read())).toMatchObject({ isProbe: true });
  });

  it('is never probed by a save', async () => {
    const { clock, process } = start();
    const circuits = process();
    await (await circuits.enter(read())).lost(UNSENT);
    clock.advance(5_000);
    expect(await waitsFor(circuits.enter(save()), 'service.unavailable', clock)).toBe(1_000);
    expect(await circuits.enter(login())).toMatchObject({ isProbe: true });
  });

  it('away for an hour is asked about once a minute', async () => {
    const { clock, process } = start();
    const circuits = process();
    await (await circuits.enter(read())).lost(UNSENT);
    const endsAt = clock.now() + 3_600_000;
    let probes = 0;
    while (clock.now() < endsAt) {
      const waitMs = await waitsFor(circuits.enter(read()), 'service.unavailable', clock);
      clock.advance(waitMs);
      probes += 1;
      await (await circuits.enter(read())).lost(UNSENT);
    }
    expect(probes).toBe(63);
  });

  it('found away by one process sends away what waits in the others, once they ask', async () => {
    const { process, stops } = start();
    const other = process();
    await (await process().enter(read())).lost(UNSENT);
    stops.length = 0;
    const failure = await failureOf(other.enter(read('502')));
    expect(stops).toEqual([failure]);
  });

  it('is left to others to probe by a request that must wait for something else', async () => {
    const { clock, process } = start();
    const circuits = process();
    const late = await circuits.enter(read());
    await (await circuits.enter(read())).lost(UNSENT);
    clock.advance(1_000);
    await late.refused('identity');
    clock.advance(4_000);
    expect(await waitsFor(circuits.enter(read()), 'service.identity_blocked', clock)).toBe(1_000);
    expect(await circuits.enter(read('502'))).toMatchObject({ isProbe: true });
  });

  it('whose probe never had its turn is probed by the next', async () => {
    const { clock, process } = start();
    const circuits = process();
    await (await circuits.enter(read())).lost(UNSENT);
    clock.advance(5_000);
    await (await circuits.enter(read())).undecided(false);
    expect(await circuits.enter(read())).toMatchObject({ isProbe: true });
  });
});

describe('a refused login', () => {
  it('stops logins for every company, not the sessions that live', async () => {
    const { clock, process } = start();
    const circuits = process();
    expect(await (await circuits.enter(login())).refused('login')).toMatchObject({
      code: 'service.login_refused',
      untilMs: clock.now() + 5_000,
      forEveryone: false,
    });
    expect(await waitsFor(circuits.enter(login('502')), 'service.login_refused', clock)).toBe(5_000);
    expect(await circuits.enter(read('502'))).toMatchObject({ isProbe: false });
  });

  it('does not stop a process that has other credentials', async () => {
    const { process } = start();
    await (await process().enter(login('501', 'wrong'))).refused('login');
    expect(await process().enter(login('501', 'right'))).toMatchObject({ isProbe: false });
  });

  it('is one error and one line when it ends, however many it met', async () => {
    const { clock, process, lines, changes } = start();
    const circuits = process();
    const passes = await Promise.all(
      [login('501'), login('502'), login('503')].map((call) => circuits.enter(call)),
    );
    for (const pass of passes) await pass.refused('login');
    clock.advance(5_000);
    await (await circuits.enter(login())).accepted();
    expect(lines).toEqual([
      { level: 'error', circuit: 'login', state: 'open' },
      { level: 'warn', circuit: 'login', state: 'closed', afterMs: 5_000 },
    ]);
    expect(changes).toEqual(['login open', 'login closed']);
  });
});

describe('a company that shuts us out', () => {
  it('stops its own requests only, and says which company in one line', async () => {
    const { clock, process, lines } = start();
    const circuits = process();
    await (await circuits.enter(read())).refused('identity', 'blocked');
    for (const call of [read('501', 'invoice'), save(), login()]) {
      expect(await waitsFor(circuits.enter(call), 'service.identity_blocked', clock)).toBe(5_000);
    }
    expect(await circuits.enter(read('502'))).toMatchObject({ isProbe: false });
    expect(lines).toEqual([{ level: 'warn', circuit: 'identity', state: 'open', clientId: '501' }]);
  });

  it('and is probed by a login whose password is refused now keeps its own interval', async () => {
    const { clock, process } = start();
    const circuits = process();
    await (await circuits.enter(read())).refused('identity');
    clock.advance(5_000);
    await (await circuits.enter(login())).refused('login');
    expect(await waitsFor(circuits.enter(read()), 'service.identity_blocked', clock)).toBe(5_000);
    clock.advance(5_000);
    await (await circuits.enter(read())).accepted();
    expect(await circuits.open()).toEqual({ service: 0, login: 1, identity: 0, permission: 0 });
  });

  it('while the login was fine closes what was open of the login', async () => {
    const { clock, process } = start();
    const circuits = process();
    await (await circuits.enter(login())).refused('login');
    clock.advance(5_000);
    await (await circuits.enter(login())).refused('identity');
    expect(await circuits.open()).toEqual({ service: 0, login: 0, identity: 1, permission: 0 });
  });
});

describe('a missing right', () => {
  it('stops that service of that company, reading and saving apart', async () => {
    const { clock, process } = start();
    const circuits = process();
    await (await circuits.enter(save())).refused('permission', 'no right');
    expect(await waitsFor(circuits.enter(save()), 'service.permission_missing', clock)).toBe(5_000);
    for (const call of [read(), save('501', 'invoice'), save('502'), login()]) {
      expect(await circuits.enter(call)).toMatchObject({ isProbe: false });
    }
  });

  it('to save is probed by a save', async () => {
    const { clock, process } = start();
    const circuits = process();
    await (await circuits.enter(save())).refused('permission');
    clock.advance(5_000);
    const probe = await circuits.enter(save());
    expect(probe.isProbe).toBe(true);
    await probe.accepted();
    expect((await circuits.open()).permission).toBe(0);
  });

  it('tells what the service said where it was refused, and the catalogue text while it waits', async () => {
    const { process } = start();
    const circuits = process();
    const said = await (await circuits.enter(read())).refused('permission', 'refused GetCompanies');
    expect(said.message).toBe('refused GetCompanies');
    expect(await failureOf(circuits.enter(read()))).toMatchObject({ code: 'service.permission_missing' });
  });
});

describe("a person's own look", () => {
  it('passes every open circuit, and what succeeds closes them', async () => {
    const { process, changes } = start();
    const workers = process();
    await (await workers.enter(login('501', 'mine'))).refused('login');
    await (await workers.enter(read())).refused('identity');
    await (await workers.enter(read('502'))).lost(UNSENT);
    const person = process(true);
    await (await person.enter(login('501', 'mine'))).accepted();
    expect(await workers.open()).toEqual({ service: 0, login: 0, identity: 0, permission: 0 });
    expect(changes.slice(3).sort()).toEqual(['identity closed', 'login closed', 'service closed']);
  });

  it('opens none by what fails', async () => {
    const { process } = start();
    const person = process(true);
    for (let count = 0; count < LOST_IN_A_ROW; count += 1) await (await person.enter(read())).lost(UNSENT);
    expect(await (await person.enter(login())).refused('login')).toMatchObject({
      code: 'service.login_refused',
    });
    expect(await person.open()).toEqual({ service: 0, login: 0, identity: 0, permission: 0 });
  });

  it('closes one company and what is everybody’s, the rights to save included', async () => {
    const { process } = start();
    const workers = process();
    for (const clientId of ['501', '502']) {
      await (await workers.enter(save(clientId))).refused('permission');
      await (await workers.enter(read(clientId))).refused('identity');
    }
    await (await workers.enter(login('503'))).refused('login');
    await process(true).close('501');
    expect(await workers.open()).toEqual({ service: 0, login: 0, identity: 1, permission: 1 });
    await process(true).close();
    expect(await workers.open()).toEqual({ service: 0, login: 0, identity: 0, permission: 0 });
  });
});

describe('what is counted', () => {
  it('leaves out what no job has met for ten minutes', async () => {
    const { clock, process, store } = start();
    const circuits = process();
    await (await circuits.enter(read())).refused('identity');
    clock.advance(5_000 + 10 * 60_000 - 1);
    expect((await circuits.open()).identity).toBe(1);
    clock.advance(1);
    expect((await circuits.open()).identity).toBe(0);
    expect(store.states.size).toBe(0);
  });
});

describe('a store that fails', () => {
  it('loses no answer: the pass says what it can', async () => {
    let isDown = false;
    const { process } = start({
      store: (clock) => {
        const memory = memoryCircuits(clock);
        return {
          ...memory,
          read: async (names) => {
            if (isDown) throw new Error('redis is away');
            return memory.read(names);
          },
        };
      },
    });
    const pass = await process().enter(read());
    isDown = true;
    await pass.answered();
    await pass.accepted();
    expect(await pass.lost(UNSENT)).toBeUndefined();
    expect(await pass.refused('permission', 'said')).toMatchObject({ message: 'said' });
  });
});
