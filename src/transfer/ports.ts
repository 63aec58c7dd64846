/**
 * What a transfer needs from the world: the store, and one shop's books.
 *
 * Adapters implement these; `transfer/` calls them and nothing else. Failures are the four kinds of
 * `src/errors.ts`; anything else thrown is a bug.
 */
import type { ErrorCode } from '../contract/errors.ts';
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import type { EventType, StatusResult, TransferResult, TransferState } from '../contract/results.ts';
import type { ShopSettings } from '../contract/shop.ts';
import type {
  Category,
  Customer,
  CustomerDraft,
  CustomerUpdate,
  Order,
  OrderDraft,
  OrderUpdate,
  Product,
  ProductDraft,
  TaxCode,
} from '../domain/books.ts';
import type { FollowedFields } from '../domain/following.ts';
import type { SaidFields } from '../domain/order-said.ts';
import type { SentHead } from '../domain/order-update.ts';

/* ---------- shops ---------- */

/** A shop as connected: what Support said, and what `shop verify` found. */
export interface Shop {
  settings: ShopSettings;
  disabled: boolean;
  /** Set by a passed verify; gone when the account name changes. */
  verified?: VerifiedShop;
  /** Client.Id of the last verification, where that is gone. */
  formerClientId?: string;
}

export interface VerifiedShop {
  /** Identity.Client.Id, a 64-bit number as text: the key of the company's books. */
  clientId: string;
  /** Identity.Id, what we log in with. */
  identityId: string;
  verifiedAt: string;
}

/** What an adapter needs to reach one shop's books. */
export interface ShopAccess {
  shopId: string;
  clientId: string;
  identityId: string;
}

/** What a verification was made for. */
export interface ExpectedShop extends Pick<ShopSettings, 'accountName' | 'clientId'> {
  /** Client.Id that the shop was verified for before. */
  before?: string | undefined;
}

export interface Shops {
  /** Throws NotYet `shop.unreadable` where another version wrote the settings, and this one cannot read them. */
  find(shopId: string): Promise<Shop | undefined>;
  /** @param options.skipsUnreadable else one that cannot be read is thrown: what is compared or kept must be whole */
  list(options?: { skipsUnreadable?: boolean }): Promise<Shop[]>;
  /** Add or replace; a changed account name, or another company named, forgets the verification. Adding enables. */
  save(settings: ShopSettings): Promise<void>;
  /** False, and nothing is done, where the shop is not the expected one any more. */
  markVerified(shopId: string, verified: VerifiedShop, expected: ExpectedShop): Promise<boolean>;
  /** As it was exported. */
  restore(shop: Shop): Promise<void>;
  disable(shopId: string): Promise<boolean>;
}

/* ---------- transfer records ---------- */

export interface RecordKey {
  shopId: string;
  invoiceId: string;
}

/** Which click; a producer may use a request id twice, so its content tells, too. */
export interface Click {
  requestId: string;
  contentHash?: string | undefined;
}

/** What became of one click. */
export type RequestEnd = Click & ({ result: TransferResult } | { code: ErrorCode; message: string });

/** Our row for one invoice. Times are epoch milliseconds of the store's clock. */
export interface TransferRecord extends SentHead, FollowedFields {
  state: TransferState;
  /** Highest revision known. */
  revision: number;
  /** Of that revision's newest content known: when it was clicked (Sharefox' clock), and its hash. */
  newestAt?: number;
  newestHash?: string;
  acceptedAt: number;
  updatedAt: number;
  attempts: number;
  /** True once a save left without a clean answer: the end can never be `rejected`. */
  unknownOutcome: boolean;
  /** When the last intent was written. */
  sentAt?: number;
  /** Content hash the last intent was written for. */
  sentHash?: string;
  /** When a settled look found nothing after a send of unknown outcome. */
  missedAt?: number;
  /** The service said of the last send that it wrote nothing; believed after one settled look. */
  denied?: boolean;
  orderedAt?: number;
  orderId?: number;
  customerId?: number;
  productId?: number;
  reference?: string;
  clientId?: string;
  /** True where the order was found by its mark instead of answered to our own send. */
  adopted?: boolean;
  /** Why it was rejected or is unresolved. */
  code?: ErrorCode;
  message?: string;
  result?: TransferResult;
  /** True while the order that stands is brought to an edited invoice. */
  updating?: boolean;
  /** What the order showed before that, and what had been asked of it until then. */
  shownBefore?: SaidFields;
  sentFields?: SaidFields;
  /** BullMQ's id of the job that claimed it last. */
  jobId?: string;
  /** What the last attempt met that did not end it. */
  waitsFor?: ErrorCode;
  /** How often the sweep has looked since the record came into its state. */
  looks?: number;
  /** How the customer, product and category came to be, over all attempts. */
  customer?: TransferResult['customer'];
  product?: TransferResult['product'];
  category?: TransferResult['category'];
  /** Kept until the record ends transferred or rejected. */
  payload?: InvoiceTransferJob;
  ended: RequestEnd[];
}

/** Fields a step may set; `null` clears. */
export type RecordChanges = {
  [K in keyof Omit<TransferRecord, 'ended' | 'updatedAt'>]?: TransferRecord[K] | null;
};

/** One line of an invoice's history. Never personal data. */
export interface TrailEntry {
  step: string;
  [field: string]: string | number | boolean;
}

/** The right to work on one record: lease, random fence, epoch. Every write checks the last two. */
export interface Claim {
  key: RecordKey;
  fence: string;
  epoch: string;
  /** The store's clock when the claim was taken; looks of this claim were sent no earlier. */
  claimedAt: number;
  /** As it stood when claimed, then as our own writes changed it. */
  record: TransferRecord;
}

export type ClaimAnswer =
  | { kind: 'claimed'; claim: Claim }
  /** Someone else works on it (`leased`), or looks cannot be believed yet (`quiet`: a new epoch). */
  | { kind: 'busy'; reason: 'leased' | 'quiet'; waitMs: number };

/** A record's end, written with its event in one script. */
export interface RecordEnd extends Click {
  state: 'transferred' | 'rejected' | 'unresolved';
  result?: TransferResult;
  code?: ErrorCode;
  message?: string;
  changes?: RecordChanges;
  trail: TrailEntry;
}

export interface TransferRecords {
  /**
   * Take the lease and a fresh fence, and raise what is known to be newest, revision and content
   * (also where someone else has the lease).
   * A record that is not there yet is created as `accepted`, with the payload.
   *
   * @param jobId kept, so that the sweep can ask whether the record's job still lives
   */
  claim(key: RecordKey, revision: number, payload?: InvoiceTransferJob, jobId?: string): Promise<ClaimAnswer>;
  /** Write under the claim. Throws StaleClaim where fence or epoch have moved on. */
  note(claim: Claim, changes: RecordChanges, trail?: TrailEntry): Promise<void>;
  renew(claim: Claim): Promise<void>;
  /** Give the claim back, optionally with a last write. A stale claim is given back silently. */
  release(claim: Claim, changes?: RecordChanges, trail?: TrailEntry): Promise<void>;
  /** Write the end state and its event, and give the claim back. Throws StaleClaim. */
  end(claim: Claim, end: RecordEnd): Promise<void>;
  /** Remember what a job that changed nothing was told, and give the claim back. */
  answer(claim: Claim, end: RequestEnd, trail?: TrailEntry): Promise<void>;
  /**
   * Refuse a payload or shop before anything was tried: no claim, no look, no quiet time.
   * Writes `rejected` and its event where the record is new, or rejected by another request. `kept`: the
   * record stands otherwise and was left alone; `told`: this request was refused before.
   */
  refuse(
    key: RecordKey,
    requestId: string,
    code: ErrorCode,
    message: string,
    jobId?: string,
  ): Promise<'rejected' | 'told' | 'kept'>;
  read(key: RecordKey): Promise<TransferRecord | undefined>;
  trail(key: RecordKey): Promise<(TrailEntry & { at: string })[]>;
}

/** What the sweep looks at, and when. Records come in by the scripts that change their state. */
export interface Agenda {
  /** Records whose time has come, oldest first; nobody else is given them within `holdMs`. */
  due(limit: number, holdMs: number): Promise<RecordKey[]>;
  /** Look at it again after `delayMs` (undefined: never), unless its state is another by now. */
  schedule(
    key: RecordKey,
    state: TransferState,
    delayMs: number | undefined,
    options?: { countsAsLook?: boolean },
  ): Promise<void>;
  /** Not again before the record's shop is added or verified; then at once. Does nothing where it may transfer. */
  rest(key: RecordKey): Promise<void>;
}

export interface Events {
  /** One `payment.checked` per request and job: a job run again adds none. */
  paymentChecked(key: RecordKey, requestId: string, result: StatusResult, jobId?: string): Promise<void>;
}

export interface EventFields {
  type: EventType;
  shopId: string;
  invoiceId: string;
  requestId: string;
  at: string;
  body: string;
}

/* ---------- find-or-create ---------- */

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
   * Free the lease, storing what was found or made under every natural key, in one script.
   * `outcome_unknown` keeps `creatingSince`, so that a successor waits the settle time.
   */
  free(
    lease: CreateLease,
    outcome: { id: number; keys: string[]; facts?: Record<string, string> } | 'settled' | 'outcome_unknown',
  ): Promise<void>;
  /** Store an id found without a lease. */
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

/* ---------- intents: written by the dispatcher just before a save leaves ---------- */

export type SendIntent =
  | {
      kind: 'order';
      key: RecordKey;
      fence: string;
      epoch: string;
      revision: number;
      /** Epoch milliseconds, of the click. */
      requestedAt: number;
      contentHash: string;
    }
  | { kind: 'create'; clientId: string; entity: EntityKind; fence: string; epoch: string };

export type IntentAnswer = 'go' | 'stale' | 'superseded' | 'quiet';

export interface Intents {
  /** One script over all members: check each, renew its lease, note that it leaves now. */
  write(intents: SendIntent[]): Promise<IntentAnswer[]>;
}

/* ---------- one shop's 24SevenOffice ---------- */

/**
 * Reads throw Retryable or NotNow, never "nothing found" for a failed look-up.
 * Creates throw OutcomeUnknown where the save may have been written; Terminal, Retryable, NotNow and
 * StaleClaim where it was not; with `isDenial` where only the service's word says so.
 */
export interface Books {
  findCustomersByOrganizationNumber(organizationNumber: string): Promise<Customer[]>;
  findCustomersByEmail(email: string): Promise<Customer[]>;
  findCustomersByExternalId(externalId: string): Promise<Customer[]>;
  getCustomer(id: number): Promise<Customer | undefined>;
  createCustomer(draft: CustomerDraft, intent: SendIntent): Promise<number>;
  /** Idempotent, hence without intent. */
  updateCustomer(update: CustomerUpdate): Promise<void>;

  listCategories(): Promise<Category[]>;
  createCategory(name: string, intent: SendIntent): Promise<number>;
  findProducts(name: string): Promise<Product[]>;
  createProduct(draft: ProductDraft, intent: SendIntent): Promise<number>;
  listTaxCodes(): Promise<TaxCode[]>;

  /** All orders the service shows for this ExternalStatus, rows included. */
  findOrdersByMark(externalStatus: number): Promise<Order[]>;
  findOrdersOfCustomer(customerId: number): Promise<Order[]>;
  getOrder(orderId: number): Promise<Order | undefined>;
  createOrder(draft: OrderDraft, intent: SendIntent): Promise<number>;
  /** Adding rows is not idempotent, hence with an intent; throws as a create does. */
  updateOrder(update: OrderUpdate, intent: SendIntent): Promise<void>;
}

export type BooksOf = (access: ShopAccess) => Books;

/* ---------- for shop verify ---------- */

export interface Identity {
  identityId: string;
  clientId: string;
  clientName: string;
  isDisabled: boolean;
}

export interface Identities {
  /** Every company the support user may enter; needs no session. Throws Terminal on a refused login. */
  list(): Promise<Identity[]>;
  /** The company the shop's own session stands in. */
  current(access: ShopAccess): Promise<Identity>;
}

/* ---------- what the adapter keeps in the store ---------- */

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
   * @param isSparing leave the last few
   */
  take(how?: { isSparing: boolean }): Promise<number>;
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
