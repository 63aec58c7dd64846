/** A world in which a transfer can run to its send and nothing is written, neither in the store nor in the books. */
import type {
  CustomerDraft,
  CustomerUpdate,
  OrderDraft,
  OrderUpdate,
  ProductDraft,
} from '../domain/books.ts';
import { NotNow } from '../errors.ts';
import type { TransferDeps } from './context.ts';
import type { Books } from './ports/books.ts';
import type { CompanyFacts, Entities } from './ports/entities.ts';
import type { Claim, TransferRecord, TransferRecords } from './ports/records.ts';

/** What a real run would have written into the books. */
export interface WouldWrite {
  customer?: { create: CustomerDraft } | { update: CustomerUpdate };
  /** New ones; their ids are 0 and below, and stand in for them where they are named. */
  categories: { id: number; name: string }[];
  products: (ProductDraft & { id: number })[];
  order?: { create: OrderDraft } | { update: OrderUpdate };
  /** Each row's product by its name in the shop's settings. */
  rowProducts?: string[];
}

/** The id of a customer that would be created; the service gives out none like it. */
const NOT_YET = 0;

export function createDryRun(deps: TransferDeps): { deps: TransferDeps; wouldWrite: WouldWrite } {
  const wouldWrite: WouldWrite = { categories: [], products: [] };
  return {
    wouldWrite,
    deps: {
      ...deps,
      records: dryRecords(deps),
      entities: dryEntities(deps.entities),
      facts: dryFacts(deps.facts),
      events: { paymentChecked: async () => undefined },
      booksOf: (access) => dryBooks(deps.booksOf(access), wouldWrite, deps),
    },
  };
}

function dryRecords({ records, clock }: TransferDeps): TransferRecords {
  const note: TransferRecords['note'] = async (claim, changes) => {
    const next: Record<string, unknown> = { ...claim.record, ...changes };
    for (const [field, value] of Object.entries(next)) if (value === null) delete next[field];
    claim.record = next as unknown as TransferRecord;
  };
  return {
    async claim(key, revision, payload) {
      const now = clock.now();
      const record: TransferRecord = (await records.read(key)) ?? {
        ...{ state: 'accepted', revision, acceptedAt: now, updatedAt: now, attempts: 0 },
        ...{ unknownOutcome: false, ended: [] },
        ...(payload !== undefined && { payload }),
      };
      const claim: Claim = { key, fence: 'dry', epoch: 'dry', claimedAt: now, record };
      return { kind: 'claimed', claim };
    },
    note,
    renew: async () => undefined,
    release: async () => undefined,
    end: async () => undefined,
    answer: async () => undefined,
    refuse: async () => 'told',
    read: records.read,
    trail: records.trail,
  };
}

function dryEntities(entities: Entities): Entities {
  return {
    known: entities.known,
    forget: async () => undefined,
    lease: async (clientId, kind) => ({
      kind: 'taken',
      lease: { clientId, kind, fence: 'dry', epoch: 'dry' },
    }),
    renewLease: async () => undefined,
    free: async () => undefined,
    remember: async () => undefined,
  };
}

const dryFacts = (facts: CompanyFacts): CompanyFacts => ({
  get: facts.get,
  set: async () => undefined,
  forget: async () => undefined,
});

function added<T extends object>(list: (T & { id: number })[], one: T): number {
  const id = 0 - list.length;
  list.push({ ...one, id });
  return id;
}

function dryBooks(books: Books, wouldWrite: WouldWrite, { clock }: TransferDeps): Books {
  /** Ends the run where the send would have been. */
  const sent = () => new NotNow('transfer.busy', clock.now(), 'nothing is sent in a preview');
  return {
    ...books,
    findOrdersOfCustomer: async (id) => (id === NOT_YET ? [] : books.findOrdersOfCustomer(id)),
    async createCustomer(create) {
      wouldWrite.customer = { create };
      return NOT_YET;
    },
    async updateCustomer(update) {
      wouldWrite.customer = { update };
    },
    async createCategory(name) {
      return added(wouldWrite.categories, { name });
    },
    async createProduct(draft) {
      return added(wouldWrite.products, draft);
    },
    async createOrder(create) {
      wouldWrite.order = { create };
      throw sent();
    },
    async updateOrder(update) {
      wouldWrite.order = { update };
      throw sent();
    },
  };
}
