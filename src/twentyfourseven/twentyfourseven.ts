/** The adapter, composed: everything the product knows of 24SevenOffice, behind two ports. */
import type {
  BooksOf,
  Clock,
  Identities,
  Intents,
  Logger,
  QuotaStore,
  SessionStore,
  Timing,
} from '../transfer/ports.ts';
import { createBooks } from './books.ts';
import { createDispatcher } from './dispatcher.ts';
import { createExchange, type OnRequest } from './exchange.ts';
import { createIdentities } from './identities.ts';
import { type Credentials, createLogin } from './login.ts';
import { createQuota } from './quota.ts';
import { createSessions } from './session.ts';
import { createSoap } from './soap.ts';
import { createTurns } from './turns.ts';

/** What a login may wait for besides its two calls: tokens. */
const LOGIN_SLACK_MS = 60_000;

export interface TwentyFourSevenDeps {
  /** `https://api.24sevenoffice.com`, or a sandbox. */
  baseUrl: string;
  credentials: () => Promise<Credentials>;
  timing: Pick<Timing, 'timeoutMs' | 'sendWindowMs' | 'settleMs'>;
  /** Members of one joined save, at most. */
  maxBatch: number;
  sessionStore: SessionStore;
  quotaStore: QuotaStore;
  intents: Intents;
  clock: Clock;
  logger: Logger;
  /**
   * Whether GetIdentity must precede every save: a login for one company has been seen to move another
   * company's session. Default: never.
   */
  confirmBeforeSaves?: () => Promise<boolean>;
  /** Called once per request that was made or withheld. */
  onRequest?: OnRequest;
}

export interface TwentyFourSeven {
  booksOf: BooksOf;
  identities: Identities;
  /** Close idle connections; calls in flight fail as if the network had. */
  close(): Promise<void>;
}

export function createTwentyFourSeven(deps: TwentyFourSevenDeps): TwentyFourSeven {
  const { baseUrl, credentials, timing, maxBatch, intents, clock, logger, onRequest } = deps;
  const { timeoutMs, sendWindowMs, settleMs } = timing;
  const soap = createSoap({ baseUrl, timeoutMs, sendWindowMs, clock });
  const quota = createQuota({ store: deps.quotaStore, clock, logger });
  const turns = createTurns({ quota, clock });
  const exchange = createExchange({ soap, quota, clock, logger, onRequest });
  const login = createLogin({ exchange, turns });
  const lockMs = 2 * timeoutMs + LOGIN_SLACK_MS;
  const sessions = createSessions({
    login,
    store: deps.sessionStore,
    credentials,
    clock,
    logger,
    lockMs,
    confirmBeforeSaves: deps.confirmBeforeSaves,
  });
  const dispatcher = createDispatcher({
    exchange,
    sessions,
    turns,
    quota,
    intents,
    clock,
    logger,
    settleMs,
    maxBatch,
  });
  return {
    booksOf: createBooks(dispatcher),
    identities: createIdentities({ login, sessions, credentials }),
    async close() {
      soap.close();
    },
  };
}
