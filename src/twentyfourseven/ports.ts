/** What the adapter keeps in the store, for all processes. */

/** Sessions shared by all processes; values are sealed by the adapter before they come here. */
export interface SessionStore {
  get(clientId: string): Promise<string | undefined>;
  put(clientId: string, sealed: string): Promise<void>;
  /** Remove only if it is still this one. */
  drop(clientId: string, sealed: string): Promise<void>;
  /** The right to log in, for `ttlMs`; undefined where another process has it. */
  lock(clientId: string, ttlMs: number): Promise<string | undefined>;
  unlock(clientId: string, token: string): Promise<void>;
  /** Count a login in this hour; false above `perHour`. */
  countLogin(clientId: string, perHour: number): Promise<boolean>;
}

/** The request budget of one egress IP, shared by all processes. */
export interface QuotaStore {
  /**
   * Take one token; 0 = go, else milliseconds to wait and ask again.
   *
   * @param how.isSparing leave the last few
   * @param how.isBackground nobody waits for this call: it takes a token only while no other call of any process
   *   waits for one, and at most a tenth of the requests of any hour
   */
  take(how?: { isSparing?: boolean; isBackground?: boolean }): Promise<number>;
  /** Nobody sends for so long: a duration, as no two clocks need agree on the hour. */
  quarantine(forMs: number): Promise<void>;
  /** What the server says is left of its window, and in how long it ends. */
  observe(remaining: number, endsInMs: number): Promise<void>;
  left(): Promise<{ tokens: number; quarantineUntilMs: number }>;
}

/** What was found out about 24SevenOffice itself, for every process. */
export interface DeploymentFacts {
  /** Whether a session has ever been seen to move to another company by itself (`shop verify` looks). */
  sessionsMove(): Promise<boolean>;
  noteSessionsMove(): Promise<void>;
}

/**
 * What stands against requests until something is mended: the service is away, it refuses our login, it
 * refuses us one company, or one company refuses us a right. In this order a request meets them.
 */
export const CIRCUIT_KINDS = ['service', 'login', 'identity', 'permission'] as const;

export type CircuitKind = (typeof CIRCUIT_KINDS)[number];
/** `<kind>` or `<kind>:<whose>`. */
export type CircuitName = CircuitKind | `${CircuitKind}:${string}`;

/** Open circuits as texts of the adapter's, shared by all processes of one egress IP. */
export interface CircuitStore {
  /** The store's clock, and what is kept under each name. */
  read(names: readonly CircuitName[]): Promise<{ nowMs: number; states: (string | undefined)[] }>;
  /** Put `after` (undefined: nothing) in the place of `before`; false where that is no longer kept. */
  swap(name: CircuitName, before: string | undefined, after: string | undefined): Promise<boolean>;
  /** Of all that are open. */
  names(): Promise<CircuitName[]>;
}
