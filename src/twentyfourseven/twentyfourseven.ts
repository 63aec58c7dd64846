/** The adapter, composed: everything the product knows of 24SevenOffice, behind two ports. */

import type { Clock } from '../clock.ts';
import { Stopping } from '../errors.ts';
import type { FollowedOrders } from '../following/ports.ts';
import type { Logger } from '../logger.ts';
import type { Identities } from '../onboarding/ports.ts';
import type { Timing } from '../timing.ts';
import type { BooksOf } from '../transfer/ports/books.ts';
import type { Intents } from '../transfer/ports/intents.ts';
import type { ShopAccess } from '../transfer/ports/shops.ts';
import { createBooks, createFollowedOrders } from './books.ts';
import { createCircuits, type OnCircuit } from './circuits/circuits.ts';
import { createDispatcher } from './dispatch/dispatcher.ts';
import { createExchange, type OnRequest } from './dispatch/exchange.ts';
import { createQuota } from './dispatch/quota.ts';
import { createTurns } from './dispatch/turns.ts';
import { followedOrder, reportedOrder } from './operations.ts';
import type { CircuitKind, CircuitStore, QuotaStore, SessionStore } from './ports.ts';
import { createRawAccess, type RawAccess } from './raw.ts';
import { createIdentities } from './session/identities.ts';
import { type Credentials, createLogin } from './session/login.ts';
import { createSessions } from './session/session.ts';
import { createRecorder } from './wire/recorder.ts';
import type { RawExchange } from './wire/recording.ts';
import { createSoap } from './wire/soap.ts';

/** What a login may wait for besides its two calls: tokens. */
const LOGIN_SLACK_MS = 60_000;
/** What a probe may wait for besides its call: a token. */
const PROBE_SLACK_MS = 40_000;
/** How long what `shop verify` finds takes to reach every process. */
const FINDING_KEPT_MS = 60_000;
const PROBE_INTERVALS = { firstMs: 5_000, longestMs: 60_000 };

export interface TwentyFourSevenDeps {
  /** `https://api.24sevenoffice.com`, or a sandbox. */
  baseUrl: string;
  credentials: () => Promise<Credentials>;
  timing: Pick<Timing, 'timeoutMs' | 'sendWindowMs' | 'settleMs'>;
  /** Members of one joined save, at most. */
  maxBatch: number;
  sessionStore: SessionStore;
  quotaStore: QuotaStore;
  circuitStore: CircuitStore;
  intents: Intents;
  clock: Clock;
  logger: Logger;
  /** From the opening of a circuit to its first probe, then doubling up to the longest; for tests. */
  probeIntervals?: { firstMs: number; longestMs: number } | undefined;
  /** For a person's own look: open circuits stop nothing, failures open none, what succeeds closes them. */
  bypassCircuits?: boolean;
  /** Called where this process opened or closed a circuit. */
  onCircuit?: OnCircuit;
  /**
   * Whether GetIdentity must precede every save: a login for one company has been seen to move another
   * company's session. Asked once a minute. Default: never.
   */
  confirmBeforeSaves?: () => Promise<boolean>;
  /** Called once per request that was made or withheld. */
  onRequest?: OnRequest;
  /** Where the last requests and answers are kept, masked; nowhere where left out. */
  recordDir?: string | undefined;
}

export interface TwentyFourSeven {
  booksOf: BooksOf;
  identities: Identities;
  /** With tokens that nobody waits for. */
  followedOrders: FollowedOrders;
  /** The same for a person, who waits in turn. */
  reportedOrders: FollowedOrders;
  /** One shop's calls with their answers as they came; for the probe alone. */
  rawOf(access: ShopAccess, onExchange: (exchange: RawExchange) => void): RawAccess;
  /** How many circuits of each kind are open, for all processes. */
  openCircuits(): Promise<Record<CircuitKind, number>>;
  /** Close a company's circuits and everybody's, or all: what stood against requests has been mended. */
  closeCircuits(clientId?: string): Promise<void>;
  /** Calls that have not left fail with NotNow, and so does every later one; what is on the wire comes back. */
  sendNoMore(): void;
  /** Close idle connections; calls in flight fail as if the network had. */
  close(): Promise<void>;
}

export function createTwentyFourSeven(deps: TwentyFourSevenDeps): TwentyFourSeven {
  const { baseUrl, credentials, timing, maxBatch, intents, clock, logger, onRequest } = deps;
  const { timeoutMs, sendWindowMs, settleMs } = timing;
  const recorder = deps.recordDir === undefined ? undefined : createRecorder({ dir: deps.recordDir, logger });
  const soap = createSoap({ baseUrl, timeoutMs, sendWindowMs, clock, onExchange: recorder?.note });
  const quota = createQuota({ store: deps.quotaStore, clock, logger });
  const turns = createTurns({ quota, clock });
  const circuits = createCircuits({
    store: deps.circuitStore,
    times: { ...(deps.probeIntervals ?? PROBE_INTERVALS), probeMs: timeoutMs + PROBE_SLACK_MS },
    clock,
    logger,
    onCircuit: deps.onCircuit,
    onStop: turns.dismiss,
    bypass: deps.bypassCircuits,
  });
  const exchange = createExchange({ soap, quota, clock, logger, onRequest });
  const login = createLogin({ exchange, turns, circuits });
  const lockMs = 2 * timeoutMs + LOGIN_SLACK_MS;
  const sessions = createSessions({
    login,
    circuits,
    store: deps.sessionStore,
    credentials,
    clock,
    logger,
    lockMs,
    confirmBeforeSaves:
      deps.confirmBeforeSaves && remembered(deps.confirmBeforeSaves, FINDING_KEPT_MS, clock),
  });
  const dispatcher = createDispatcher({
    exchange,
    circuits,
    sessions,
    turns,
    intents,
    clock,
    logger,
    settleMs,
    maxBatch,
  });
  const identities = createIdentities({ login, sessions, credentials });
  return {
    booksOf: createBooks(dispatcher),
    followedOrders: createFollowedOrders(dispatcher, followedOrder),
    reportedOrders: createFollowedOrders(dispatcher, reportedOrder),
    identities,
    rawOf: (access, onExchange) =>
      createRawAccess(
        {
          baseUrl,
          timeoutMs,
          quota,
          sessions,
          sessionStore: deps.sessionStore,
          identities,
          credentials,
          clock,
        },
        access,
        onExchange,
      ),
    openCircuits: circuits.open,
    closeCircuits: circuits.close,
    sendNoMore() {
      const failure = new Stopping(clock.now());
      dispatcher.close(failure);
      turns.close(failure);
    },
    async close() {
      soap.close();
      await recorder?.close();
    },
  };
}

/** `ask`, answered from memory for `forMs`. */
function remembered<T>(ask: () => Promise<T>, forMs: number, clock: Clock): () => Promise<T> {
  let known: { value: T; until: number } | undefined;
  return async () => {
    if (known === undefined || clock.monotonic() >= known.until) {
      known = { value: await ask(), until: clock.monotonic() + forMs };
    }
    return known.value;
  };
}
