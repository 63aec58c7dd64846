/**
 * One session per company, shared by all processes, each proven to stand in the right company.
 *
 * A session carries one current identity, so a shared one would write into whichever company was chosen
 * last (24seven.md §2.3): we log in per company, ask where we are, and never change it.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { NotNow, Retryable, TransferFailure } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { Identity } from '../../onboarding/ports.ts';
import type { ShopAccess } from '../../transfer/ports/shops.ts';
import type { Circuits, Pass } from '../circuits/circuits.ts';
import type { SessionStore } from '../ports.ts';
import { nextHourMs } from '../wire/quarantine.ts';
import type { Background, Credentials, Login } from './login.ts';
import { createSeal, type Seal } from './seal.ts';

const LOGINS_PER_HOUR = 20;
/** So long a process believes that a session stands where it was seen; then its next request asks again. */
const BELIEVED_MS = 30 * 60_000;
const LOCK_POLL_MS = 250;
const LOCK_WAIT_MS = 30_000;
const LOCK_PAUSE_MS = 5_000;
const UNREADABLE_PAUSE_MS = 2_000;

export interface Session {
  id: string;
  /** As it lies in the store. */
  sealed: string;
}

export interface Sessions {
  /**
   * Asked where it stands if this process has not seen it for half an hour. Throws NotNow (refused, blocked,
   * wrong company, too many logins) or Retryable.
   */
  acquire(access: ShopAccess, how?: Background): Promise<Session>;
  /** The same; always asked, where identities have not proven to stay with their session. */
  acquireForSave(access: ShopAccess): Promise<Session>;
  /**
   * Ask where it stands, whatever was seen: what we know of a company is refused in another one. Throws as
   * `acquire`; one that was lost meanwhile is forgotten.
   */
  confirm(access: ShopAccess, session: Session, how?: Background): Promise<void>;
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
  circuits,
  store,
  credentials,
  clock,
  logger,
  lockMs,
  confirmBeforeSaves = async () => false,
}: {
  login: Login;
  circuits: Circuits;
  store: SessionStore;
  credentials: () => Promise<Credentials>;
  clock: Clock;
  logger: Logger;
  lockMs: number;
  confirmBeforeSaves?: (() => Promise<boolean>) | undefined;
}): Sessions {
  const opening = new Map<string, Promise<Session>>();
  const confirming = new Map<string, Promise<void>>();
  /** By company: when its session was seen to stand there. */
  const seen = new Map<string, { sessionId: string; at: number }>();
  let lastSeal: { of: string; seal: Promise<Seal> } | undefined;

  function sealOf(given: Credentials): Promise<Seal> {
    const of = JSON.stringify([given.username, given.password, given.applicationId]);
    if (lastSeal?.of !== of) lastSeal = { of, seal: createSeal(given) };
    return lastSeal.seal;
  }

  /** While its file is being written, a password is empty or gone for a moment: no job pays for that. */
  async function readCredentials(): Promise<Credentials> {
    try {
      return await credentials();
    } catch (err) {
      logger.warn({ err }, 'our login could not be read');
      const until = clock.now() + UNREADABLE_PAUSE_MS;
      throw new NotNow('service.login_refused', until, 'our own login could not be read; it is read again');
    }
  }

  async function read(clientId: string, seal: Seal): Promise<Session | undefined> {
    const sealed = await store.get(clientId);
    const id = sealed === undefined ? undefined : seal.open(clientId, sealed);
    return sealed === undefined || id === undefined ? undefined : { id, sealed };
  }

  async function open(access: ShopAccess, how: Background): Promise<Session> {
    const { clientId } = access;
    const given = await readCredentials();
    const seal = await sealOf(given);
    const started = clock.monotonic();
    for (;;) {
      const known = await read(clientId, seal);
      if (known !== undefined) return known;
      const lock = await store.lock(clientId, lockMs);
      if (lock !== undefined) {
        try {
          // Another process may have logged in between our look and our lock.
          return (await read(clientId, seal)) ?? (await logIn(access, given, seal, how));
        } finally {
          await store.unlock(clientId, lock);
        }
      }
      if (how.isBackground || clock.monotonic() - started > LOCK_WAIT_MS) {
        throw new NotNow('service.session_lost', clock.now() + LOCK_PAUSE_MS);
      }
      await clock.sleep(LOCK_POLL_MS);
    }
  }

  async function logIn(
    access: ShopAccess,
    given: Credentials,
    seal: Seal,
    how: Background,
  ): Promise<Session> {
    const { clientId } = access;
    const pass = await circuits.enter({ what: 'login', clientId, credentials: nameOf(given, seal) }, how);
    try {
      const session = await logInWith(pass, access, given, seal, how);
      await pass.accepted();
      await store.put(clientId, session.sealed);
      return session;
    } finally {
      await pass.undecided(true);
    }
  }

  async function logInWith(
    pass: Pass,
    access: ShopAccess,
    given: Credentials,
    seal: Seal,
    how: Background,
  ): Promise<Session> {
    const { clientId, identityId } = access;
    // A probe has its circuit's brake.
    if (!pass.isProbe && !(await store.countLogin(clientId, LOGINS_PER_HOUR))) {
      const detail = `24SevenOffice ended the session ${LOGINS_PER_HOUR} times this hour; we wait for the next`;
      throw new NotNow('service.session_lost', nextHourMs(clock.now()), detail);
    }
    const id = await login.login(given, identityId, clientId, pass, how);
    if (id === undefined) throw await pass.refused('login');
    const moved = movedTo(access, await login.getIdentity(id, clientId, how));
    if (moved !== undefined) throw await pass.refused('identity', moved);
    seen.set(clientId, { sessionId: id, at: clock.monotonic() });
    return { id, sealed: seal.seal(clientId, id) };
  }

  /** Undefined where the session stands in its company; else what to tell. */
  function movedTo({ clientId, shopId }: ShopAccess, identity: Identity): string | undefined {
    if (identity.clientId === clientId) return undefined;
    logger.error({ shopId, clientId, stoodIn: identity.clientId }, 'session stands in another company');
    return `the session for company ${clientId} stands in company ${identity.clientId}; nothing was written. Verify the shop again`;
  }

  function isBelieved({ clientId }: ShopAccess, { id }: Session): boolean {
    const last = seen.get(clientId);
    return last?.sessionId === id && clock.monotonic() - last.at < BELIEVED_MS;
  }

  /** A session found elsewhere is dropped, and the job looks again: its look may have been elsewhere, too. */
  async function askWhereItStands(access: ShopAccess, session: Session, how: Background): Promise<void> {
    const { clientId } = access;
    seen.delete(clientId);
    try {
      const moved = movedTo(access, await login.getIdentity(session.id, clientId, how));
      if (moved !== undefined) throw new NotNow('service.session_lost', clock.now(), moved);
      seen.set(clientId, { sessionId: session.id, at: clock.monotonic() });
    } catch (error) {
      const code = error instanceof TransferFailure ? error.code : undefined;
      if (code === 'service.session_lost' || code === 'service.identity_blocked') {
        await store.drop(clientId, session.sealed);
      }
      throw error;
    }
  }

  const confirm = (access: ShopAccess, session: Session, how: Background = {}) =>
    once(confirming, keyOf(session.id, how), () => askWhereItStands(access, session, how));

  async function acquireSeen(access: ShopAccess, mustAsk: boolean, how: Background = {}): Promise<Session> {
    const session = await acquire(access, how);
    if (isBelieved(access, session) && !mustAsk) return session;
    try {
      await confirm(access, session, how);
      return session;
    } catch (error) {
      const isLost = error instanceof Retryable && error.code === 'service.session_lost';
      if (!isLost) throw error;
      // The new one is checked by its login.
      return acquire(access, how);
    }
  }

  const acquire = (access: ShopAccess, how: Background = {}) =>
    once(opening, keyOf(access.clientId, how), () => open(access, how));

  return {
    acquire: (access, how) => acquireSeen(access, false, how),
    acquireForSave: async (access) => acquireSeen(access, await confirmBeforeSaves()),
    confirm,

    drop: (access, session) => store.drop(access.clientId, session.sealed),

    async current(access) {
      const session = await acquire(access);
      try {
        return await login.getIdentity(session.id, access.clientId);
      } catch (error) {
        if (!(error instanceof TransferFailure) || error.code !== 'service.session_lost') throw error;
        await store.drop(access.clientId, session.sealed);
        const { id } = await acquire(access);
        return login.getIdentity(id, access.clientId);
      }
    },
  };
}

/** Who comes while it runs waits for the same one. */
function once<T>(running: Map<string, Promise<T>>, key: string, start: () => Promise<T>): Promise<T> {
  const known = running.get(key);
  if (known !== undefined) return known;
  const started = start().finally(() => running.delete(key));
  running.set(key, started);
  return started;
}

/** A job does not share the background's attempt, which gives up at once. */
const keyOf = (id: string, { isBackground }: Background) => (isBackground ? `background ${id}` : id);

/** Other credentials are another circuit: a start with the right ones flows at once. Tells nothing of them. */
function nameOf({ applicationId }: Credentials, { fingerprint }: Seal): string {
  return createHash('sha256').update(`${fingerprint} ${applicationId}`).digest('hex').slice(0, 16);
}
