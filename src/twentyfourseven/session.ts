/**
 * One session per company, shared by all processes, each proven to stand in the right company.
 *
 * A session carries one current identity, so a shared one would write into whichever company was chosen
 * last (24seven.md §2.3): we log in per company, ask where we are, and never change it.
 */
import { NotNow, TransferFailure } from '../errors.ts';
import type { Clock, Identity, Logger, SessionStore, ShopAccess } from '../transfer/ports.ts';
import type { Credentials, Login } from './login.ts';
import { nextHourMs } from './quarantine.ts';
import { createSeal, type Seal } from './seal.ts';

const LOGINS_PER_HOUR = 20;
const REFUSED_REMEMBERED_MS = 60_000;
const REFUSED_PAUSE_MS = 5 * 60_000;
const LOCK_POLL_MS = 250;
const LOCK_WAIT_MS = 30_000;
const LOCK_PAUSE_MS = 5_000;

export interface Session {
  id: string;
  /** As it lies in the store. */
  sealed: string;
}

export interface Sessions {
  /** Throws NotNow (refused, blocked, wrong company, too many logins) or Retryable. */
  acquire(access: ShopAccess): Promise<Session>;
  /** The same, and asked once more where it stands, where identities have not proven to stay with their session. */
  acquireForSave(access: ShopAccess): Promise<Session>;
  /** Forget a session the service no longer knows. */
  drop(access: ShopAccess, session: Session): Promise<void>;
  /** Where the company's session stands now, asked of the service. */
  current(access: ShopAccess): Promise<Identity>;
}

/**
 * @param lockMs longer than a login and its check can take
 * @param confirmBeforeSaves whether a login elsewhere has been seen to move our session's identity
 */
export function createSessions({
  login,
  store,
  credentials,
  clock,
  logger,
  lockMs,
  confirmBeforeSaves = async () => false,
}: {
  login: Login;
  store: SessionStore;
  credentials: () => Promise<Credentials>;
  clock: Clock;
  logger: Logger;
  lockMs: number;
  confirmBeforeSaves?: (() => Promise<boolean>) | undefined;
}): Sessions {
  const inFlight = new Map<string, Promise<Session>>();
  let lastSeal: { password: string; username: string; seal: Promise<Seal> } | undefined;
  let refused: { fingerprint: string; untilMs: number } | undefined;

  function sealOf({ username, password }: Credentials): Promise<Seal> {
    if (lastSeal?.password !== password || lastSeal.username !== username) {
      lastSeal = { username, password, seal: createSeal(username, password) };
    }
    return lastSeal.seal;
  }

  async function read(clientId: string, seal: Seal): Promise<Session | undefined> {
    const sealed = await store.get(clientId);
    const id = sealed === undefined ? undefined : seal.open(clientId, sealed);
    return sealed === undefined || id === undefined ? undefined : { id, sealed };
  }

  async function open(access: ShopAccess): Promise<Session> {
    const { clientId } = access;
    const given = await credentials();
    const seal = await sealOf(given);
    const started = clock.monotonic();
    for (;;) {
      const known = await read(clientId, seal);
      if (known !== undefined) return known;
      const lock = await store.lock(clientId, lockMs);
      if (lock !== undefined) {
        try {
          // Another process may have logged in between our look and our lock.
          return (await read(clientId, seal)) ?? (await logIn(access, given, seal));
        } finally {
          await store.unlock(clientId, lock);
        }
      }
      if (clock.monotonic() - started > LOCK_WAIT_MS) {
        throw new NotNow('service.session_lost', clock.now() + LOCK_PAUSE_MS);
      }
      await clock.sleep(LOCK_POLL_MS);
    }
  }

  async function logIn(access: ShopAccess, given: Credentials, seal: Seal): Promise<Session> {
    const { clientId, identityId, shopId } = access;
    if (refused?.fingerprint === seal.fingerprint && clock.now() < refused.untilMs) {
      throw new NotNow('service.login_refused', clock.now() + REFUSED_PAUSE_MS);
    }
    if (!(await store.countLogin(clientId, LOGINS_PER_HOUR))) {
      const detail = `24SevenOffice ended the session ${LOGINS_PER_HOUR} times this hour; we wait for the next`;
      throw new NotNow('service.session_lost', nextHourMs(clock.now()), detail);
    }
    const id = await login.login(given, identityId, clientId);
    if (id === undefined) {
      refused = { fingerprint: seal.fingerprint, untilMs: clock.now() + REFUSED_REMEMBERED_MS };
      logger.error({ shopId }, '24SevenOffice refused the login');
      throw new NotNow('service.login_refused', clock.now() + REFUSED_PAUSE_MS);
    }
    assertStandsIn(access, await login.getIdentity(id, clientId));
    const sealed = seal.seal(clientId, id);
    await store.put(clientId, sealed);
    return { id, sealed };
  }

  function assertStandsIn({ clientId, shopId }: ShopAccess, identity: Identity): void {
    if (identity.clientId === clientId) return;
    logger.error({ shopId, clientId, stoodIn: identity.clientId }, 'session stands in another company');
    throw new NotNow(
      'service.identity_blocked',
      clock.now() + REFUSED_PAUSE_MS,
      `the session for company ${clientId} stands in company ${identity.clientId}; nothing was written. Verify the shop again`,
    );
  }

  async function acquireForSave(access: ShopAccess): Promise<Session> {
    const session = await acquire(access);
    if (!(await confirmBeforeSaves())) return session;
    try {
      assertStandsIn(access, await login.getIdentity(session.id, access.clientId));
      return session;
    } catch (error) {
      const code = error instanceof TransferFailure ? error.code : undefined;
      if (code === 'service.session_lost' || code === 'service.identity_blocked') {
        await store.drop(access.clientId, session.sealed);
      }
      // A lost session: the new one is checked by its login.
      if (code === 'service.session_lost') return acquire(access);
      throw error;
    }
  }

  function acquire(access: ShopAccess): Promise<Session> {
    const running = inFlight.get(access.clientId);
    if (running !== undefined) return running;
    const opening = open(access).finally(() => inFlight.delete(access.clientId));
    inFlight.set(access.clientId, opening);
    return opening;
  }

  return {
    acquire,
    acquireForSave,

    drop: (access, session) => store.drop(access.clientId, session.sealed),

    async current(access) {
      const session = await acquire(access);
      return login.getIdentity(session.id, access.clientId);
    },
  };
}
