import { describe, expect, it } from 'vitest';
import { NotNow, Retryable } from '../../../src/errors.ts';
import type { Identity } from '../../../src/onboarding/ports.ts';
import type { ShopAccess } from '../../../src/transfer/ports/shops.ts';
import type { CircuitStore, SessionStore } from '../../../src/twentyfourseven/ports.ts';
import type { Login } from '../../../src/twentyfourseven/session/login.ts';
import { createSeal } from '../../../src/twentyfourseven/session/seal.ts';
import { createSessions } from '../../../src/twentyfourseven/session/session.ts';
import {
  aCircuits,
  aClock,
  berg,
  credentials,
  failureOf,
  fjord,
  memoryCircuits,
  memorySessions,
  silentLogger,
} from '../support.ts';

const identity = (clientId: string): Identity => ({
  identityId: 'id',
  clientId,
  clientName: 'Fjord',
  isDisabled: false,
});

function aLogin(overrides: Partial<Login> = {}): Login & { logins: string[] } {
  const logins: string[] = [];
  return {
    logins,
    login: async (_, identityId) => {
      logins.push(identityId);
      return `session-${logins.length}`;
    },
    getIdentity: async (_, lane) => identity(lane),
    getIdentities: async () => [],
    ...overrides,
  };
}

function start({
  login = aLogin(),
  store = memorySessions(),
  given = () => credentials,
  clock = aClock(),
  mustConfirm = false,
  circuits = memoryCircuits(clock),
}: {
  login?: Login;
  store?: SessionStore;
  given?: () => typeof credentials;
  clock?: ReturnType<typeof aClock>;
  mustConfirm?: boolean;
  circuits?: CircuitStore;
} = {}) {
  return createSessions({
    login,
    circuits: aCircuits(clock, circuits),
    store,
    credentials: async () => given(),
    clock,
    logger: silentLogger,
    lockMs: 1_000,
    confirmBeforeSaves: async () => mustConfirm,
  });
}

describe('one login', () => {
  it('serves twenty callers of one process', async () => {
    const login = aLogin();
    const memory = memorySessions();
    let locks = 0;
    const store: SessionStore = {
      ...memory,
      lock: (clientId, ttlMs) => {
        locks += 1;
        return memory.lock(clientId, ttlMs);
      },
    };
    const sessions = start({ login, store });
    const got = await Promise.all(Array.from({ length: 20 }, () => sessions.acquire(fjord)));
    expect(login.logins).toEqual([fjord.identityId]);
    expect(locks).toBe(1);
    expect(new Set(got.map(({ id }) => id))).toEqual(new Set(['session-1']));
  });

  it('serves two processes', async () => {
    const login = aLogin();
    const store = memorySessions();
    const [one, other] = await Promise.all([
      start({ login, store }).acquire(fjord),
      start({ login, store }).acquire(fjord),
    ]);
    expect(login.logins).toHaveLength(1);
    expect(other.id).toBe(one.id);
  });

  it('that somebody waits for does not share the fate of one that nobody waits for', async () => {
    let refuse = (_error: unknown) => {};
    const want = new NotNow('service.quota', 0);
    const login = aLogin({
      login: async (_credentials, _identityId, _lane, _pass, how) =>
        how?.isBackground
          ? new Promise<string>((_, reject) => {
              refuse = reject;
            })
          : 'session-2',
    });
    const store = memorySessions();
    let locked = () => {};
    const hasLock = new Promise<void>((resolve) => {
      locked = resolve;
    });
    const sessions = start({
      login,
      store: {
        ...store,
        countLogin: async () => {
          locked();
          return true;
        },
      },
    });
    const background = failureOf(sessions.acquire(fjord, { isBackground: true }));
    await hasLock;
    expect(await failureOf(start({ store }).acquire(fjord, { isBackground: true }))).toMatchObject({
      kind: 'not_now',
      code: 'service.session_lost',
    });
    const job = sessions.acquire(fjord);
    refuse(want);
    expect(await background).toBe(want);
    expect(await job).toMatchObject({ id: 'session-2' });
  });

  it('of another process, finished while we took the lock, is used', async () => {
    const login = aLogin();
    const memory = memorySessions();
    const seal = await createSeal(credentials);
    const store: SessionStore = {
      ...memory,
      lock: async (clientId, ttlMs) => {
        await memory.put(clientId, seal.seal(clientId, 'theirs'));
        return memory.lock(clientId, ttlMs);
      },
    };
    expect(await start({ login, store }).acquire(fjord)).toMatchObject({ id: 'theirs' });
    expect(login.logins).toEqual([]);
  });

  it('is made anew after the session was dropped, and only then', async () => {
    const login = aLogin();
    const sessions = start({ login });
    const first = await sessions.acquire(fjord);
    await sessions.drop(fjord, first);
    const second = await sessions.acquire(fjord);
    await sessions.drop(fjord, first);
    expect((await sessions.acquire(fjord)).id).toBe(second.id);
    expect(login.logins).toHaveLength(2);
  });

  it('another process never comes back from: the callers are told to come later', async () => {
    const store: SessionStore = { ...memorySessions(), lock: async () => undefined };
    expect(await failureOf(start({ store }).acquire(fjord))).toMatchObject({ kind: 'not_now' });
  });

  it('that fails leaves the lock free for the next', async () => {
    let isDown = true;
    const login = aLogin({
      login: async () => {
        if (isDown) throw new Retryable('service.unavailable');
        return 'session';
      },
    });
    const sessions = start({ login });
    expect(await failureOf(sessions.acquire(fjord))).toMatchObject({ kind: 'retryable' });
    isDown = false;
    expect(await sessions.acquire(fjord)).toMatchObject({ id: 'session' });
  });
});

describe('a session', () => {
  it('that stands in another company is not used and not stored', async () => {
    const store = memorySessions();
    const login = aLogin({ getIdentity: async () => identity('999') });
    const failure = await failureOf(start({ login, store }).acquire(fjord));
    expect(failure).toBeInstanceOf(NotNow);
    expect(failure).toMatchObject({
      code: 'service.identity_blocked',
      message: expect.stringContaining('999'),
    });
    expect(store.values.size).toBe(0);
  });

  it('lies in the store unreadable, and bound to its company', async () => {
    const store = memorySessions();
    const session = await start({ store }).acquire(fjord);
    const sealed = store.values.get('501') ?? '';
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain(session.id);
    const seal = await createSeal(credentials);
    expect(seal.open('501', sealed)).toBe(session.id);
    expect(seal.open('502', sealed)).toBeUndefined();
    expect(seal.open('501', sealed.slice(0, 8))).toBeUndefined();
    const another = sealed.startsWith('A') ? 'B' : 'A';
    expect(seal.open('501', `${another}${sealed.slice(1)}`)).toBeUndefined();
    const rotated = await createSeal({ ...credentials, password: 'rotated' });
    expect(rotated.open('501', sealed)).toBeUndefined();
  });

  it('whoever reads it in Redis cannot try passwords against it: the key needs the application id, too', async () => {
    const store = memorySessions();
    await start({ store }).acquire(fjord);
    const guess = await createSeal({ ...credentials, applicationId: '' });
    expect(guess.open('501', store.values.get('501') ?? '')).toBeUndefined();
    expect(guess.fingerprint).not.toBe((await createSeal(credentials)).fingerprint);
  });

  it('sealed with an old password is replaced', async () => {
    const store = memorySessions();
    const login = aLogin();
    await start({ login, store }).acquire(fjord);
    await start({ login, store, given: () => ({ ...credentials, password: 'rotated' }) }).acquire(fjord);
    expect(login.logins).toHaveLength(2);
  });
});

describe('logins are braked', () => {
  it('a refused password is asked again after 5 s and ever longer for all companies, a new one at once', async () => {
    const clock = aClock();
    const passwords: string[] = [];
    let password = 'wrong';
    const login = aLogin({
      login: async ({ password: tried }) => {
        passwords.push(tried);
        return tried === 'right' ? 'session' : undefined;
      },
    });
    const sessions = start({ login, clock, given: () => ({ ...credentials, password }) });
    const refused = { kind: 'not_now', code: 'service.login_refused' };
    const logins = async (...companies: ShopAccess[]) => {
      const before = passwords.length;
      for (const company of companies)
        expect(await failureOf(sessions.acquire(company))).toMatchObject(refused);
      return passwords.length - before;
    };
    expect(await logins(fjord, berg, fjord)).toBe(1);
    clock.advance(4_999);
    expect(await logins(berg)).toBe(0);
    clock.advance(1);
    expect(await logins(berg, fjord)).toBe(1);
    clock.advance(5_000);
    expect(await logins(berg)).toBe(0);
    password = 'right';
    expect(await sessions.acquire(berg)).toMatchObject({ id: 'session' });
  });

  it('a password that is wrong for a day does not use up the logins of the hour in which it is right', async () => {
    const clock = aClock();
    let isRight = false;
    const login = aLogin({ login: async () => (isRight ? 'session' : undefined) });
    const sessions = start({ login, clock });
    for (let minute = 0; minute < 120; minute += 1) {
      await failureOf(sessions.acquire(fjord));
      clock.advance(60_000);
    }
    isRight = true;
    expect(await sessions.acquire(fjord)).toMatchObject({ id: 'session' });
  });

  it('a session that keeps standing in another company is logged in ever more seldom', async () => {
    const clock = aClock();
    let logins = 0;
    const login = aLogin({
      login: async () => {
        logins += 1;
        return 'session';
      },
      getIdentity: async () => identity('999'),
    });
    const sessions = start({ login, clock });
    for (let second = 0; second < 600; second += 1) {
      await failureOf(sessions.acquire(fjord));
      clock.advance(1_000);
    }
    // At 0, 5, 15, 35, 75 s, and then once a minute.
    expect(logins).toBe(13);
  });

  it('a company whose sessions die again and again waits for the next hour', async () => {
    const login = aLogin();
    const clock = aClock();
    const sessions = start({ login, clock });
    for (let count = 0; count < 20; count += 1) {
      await sessions.drop(fjord, await sessions.acquire(fjord));
    }
    expect(await failureOf(sessions.acquire(fjord))).toMatchObject({
      kind: 'not_now',
      untilMs: Date.UTC(2021, 0, 13, 10),
    });
    expect(login.logins).toHaveLength(20);
    expect(await sessions.acquire(berg)).toMatchObject({ id: 'session-21' });
  });
});

describe('where identities have not proven to stay with their session', () => {
  /** A service where somebody moves the session once it is in use. */
  const goesOnAtOnce = { kind: 'not_now', code: 'service.session_lost', untilMs: aClock().now() };
  const moving = (answers: (() => Identity)[]) => {
    let asked = 0;
    const login = aLogin({
      getIdentity: async () => {
        const answer = answers[asked] ?? answers.at(-1);
        asked += 1;
        if (answer === undefined) throw new Error('a test gives answers');
        return answer();
      },
    });
    return { login, asked: () => asked };
  };

  it('a save asks once more where it stands, a read does not', async () => {
    const { login, asked } = moving([() => identity('501')]);
    const sessions = start({ login, mustConfirm: true });
    await sessions.acquire(fjord);
    expect(asked()).toBe(1);
    await sessions.acquireForSave(fjord);
    expect(asked()).toBe(2);
  });

  it('a moved session writes nothing and is forgotten', async () => {
    const store = memorySessions();
    const { login } = moving([() => identity('501'), () => identity('502')]);
    const sessions = start({ login, store, mustConfirm: true });
    expect(await failureOf(sessions.acquireForSave(fjord))).toMatchObject(goesOnAtOnce);
    expect(store.values.size).toBe(0);
  });

  it('a moved session is replaced at once, by one login', async () => {
    const { login } = moving([() => identity('501'), () => identity('502'), () => identity('501')]);
    const sessions = start({ login, mustConfirm: true });
    await failureOf(sessions.acquireForSave(fjord));
    expect(await sessions.acquireForSave(fjord)).toMatchObject({ id: 'session-2' });
  });

  it('a session lost meanwhile is replaced by a checked one', async () => {
    const { login } = moving([
      () => identity('501'),
      () => {
        throw new Retryable('service.session_lost');
      },
      () => identity('501'),
    ]);
    const sessions = start({ login, mustConfirm: true });
    expect(await sessions.acquireForSave(fjord)).toMatchObject({ id: 'session-2' });
  });

  it('a doubt asks at once, whatever was seen, and only once for all who have it', async () => {
    const store = memorySessions();
    const { login, asked } = moving([() => identity('501'), () => identity('501'), () => identity('502')]);
    const sessions = start({ login, store });
    const session = await sessions.acquireForSave(fjord);
    await Promise.all([sessions.confirm(fjord, session), sessions.confirm(fjord, session)]);
    expect(asked()).toBe(2);
    expect(await failureOf(sessions.confirm(fjord, session))).toMatchObject(goesOnAtOnce);
    expect(store.values.size).toBe(0);
  });

  it('a save is not asked for where they have, for half an hour', async () => {
    const { login, asked } = moving([() => identity('501')]);
    const clock = aClock();
    const sessions = start({ login, clock });
    await sessions.acquireForSave(fjord);
    clock.advance(30 * 60_000 - 1);
    await sessions.acquireForSave(fjord);
    expect(asked()).toBe(1);
    clock.advance(1);
    await sessions.acquireForSave(fjord);
    await sessions.acquireForSave(fjord);
    expect(asked()).toBe(2);
  });

  it("a process asks before its first request by another's session, and neither reads nor writes where that has moved", async () => {
    const store = memorySessions();
    await start({ store }).acquireForSave(fjord);
    const { login, asked } = moving([() => identity('502')]);
    const other = start({ login, store });
    expect(await failureOf(other.acquire(fjord))).toMatchObject(goesOnAtOnce);
    expect(asked()).toBe(1);
    expect(store.values.size).toBe(0);
  });
});

describe('asked where a session stands', () => {
  it('a lost one is replaced, and the new one asked', async () => {
    const known = new Set<string>();
    const login = aLogin({
      getIdentity: async (sessionId, lane) => {
        if (!known.has(sessionId)) throw new Retryable('service.session_lost');
        return identity(lane);
      },
    });
    const logIn = login.login;
    login.login = async (...given) => {
      const id = await logIn(...given);
      if (id !== undefined) known.add(id);
      return id;
    };
    const store = memorySessions();
    const sessions = start({ login, store });
    await sessions.acquire(fjord);
    known.clear();
    expect(await sessions.current(fjord)).toMatchObject({ clientId: '501' });
    expect(login.logins).toHaveLength(2);
    expect(await sessions.acquire(fjord)).toMatchObject({ id: 'session-2' });
  });

  it('another failure is not taken for a lost session', async () => {
    let isAway = false;
    const login = aLogin({
      getIdentity: async (_, lane) => {
        if (isAway) throw new Retryable('service.unavailable');
        return identity(lane);
      },
    });
    const store = memorySessions();
    const sessions = start({ login, store });
    await sessions.acquire(fjord);
    isAway = true;
    expect(await failureOf(sessions.current(fjord))).toMatchObject({ code: 'service.unavailable' });
    expect(store.values.size).toBe(1);
  });
});
