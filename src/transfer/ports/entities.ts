/** Find-or-create: ids that are known, the lease under which new ones are made, facts of a company. */

export type EntityKind = 'customer' | 'product' | 'category';

/** What we know of an entity we found or made, so that the next job need not ask. */
export interface KnownEntity {
  id: number;
  /** The store's clock when it was last stored. */
  at: number;
  /** Hashed natural keys, for telling customers apart while the service does not show them yet. */
  facts?: Record<string, string>;
}

export interface CreateLease {
  clientId: string;
  kind: EntityKind;
  fence: string;
  epoch: string;
  /** An earlier create whose outcome nobody knows; looks count from then + settle. */
  creatingSince?: number;
}

export type LeaseAnswer =
  | { kind: 'taken'; lease: CreateLease }
  /** `settling`: an earlier create's outcome is unknown, and a search cannot be believed yet. */
  | { kind: 'busy'; reason: 'leased' | 'quiet' | 'settling'; waitMs: number };

/** Ids by natural key, and the lease under which new ones are made; per company and kind. */
export interface Entities {
  known(clientId: string, kind: EntityKind, key: string): Promise<KnownEntity | undefined>;
  /** Forget ids, by key or (without keys) all of the kind. */
  forget(clientId: string, kind: EntityKind, keys?: string[]): Promise<void>;
  lease(clientId: string, kind: EntityKind): Promise<LeaseAnswer>;
  renewLease(lease: CreateLease): Promise<void>;
  /**
   * Free the lease. `outcome_unknown` keeps `creatingSince`, so that a successor waits the settle time.
   */
  free(lease: CreateLease, outcome: 'settled' | 'outcome_unknown'): Promise<void>;
  /** Store an id found or made, under every natural key. */
  remember(
    clientId: string,
    kind: EntityKind,
    id: number,
    keys: string[],
    facts?: Record<string, string>,
  ): Promise<void>;
}

/**
 * Small per-company facts: the tax code list as JSON (or `refused`), `1` once an order was found by its
 * ExternalStatus, the TaxIds that a read-back has shown to book right, as JSON, and whether a search by
 * e-mail finds customers that we made (or how often it did not).
 */
export type CompanyFact = 'taxCodes' | 'markSearchable' | 'confirmedTaxIds' | 'emailSearch';

export interface CompanyFacts {
  get(clientId: string, name: CompanyFact): Promise<string | undefined>;
  set(clientId: string, name: CompanyFact, value: string): Promise<void>;
  forget(clientId: string, name: CompanyFact): Promise<void>;
}
