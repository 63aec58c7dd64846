import { INVOICE_TRANSFER } from '../contract/jobs.ts';
import { FOLLOWED_STATES } from '../domain/following.ts';
import type { EntityKind } from '../transfer/ports/entities.ts';
import type { RecordKey } from '../transfer/ports/records.ts';

export type Keys = ReturnType<typeof createKeys>;

/** Status checks are counted apart: many of them do not push their shop's invoices back. */
const outstandingKey = (prefix: string, queue: string): string =>
  queue === INVOICE_TRANSFER ? `${prefix}:outstanding` : `${prefix}:outstanding:${queue}`;

/** Every key of ours, under the queue prefix (with its hash tag all lie in one Cluster slot). */
export function createKeys(prefix: string) {
  return {
    epoch: `${prefix}:epoch`,
    /** Written just before Redis is asked what its replicas have. */
    copied: `${prefix}:copied`,
    events: `${prefix}:events`,
    agenda: `${prefix}:agenda`,
    /** In this order in every script. */
    lists: [`${prefix}:open`, `${prefix}:unresolved`, `${prefix}:rejected`] as const,
    /** Which invoice an order is of, by `<Client.Id>:<order id>`. */
    orders: `${prefix}:orders`,
    /** Transferred orders by the time of their next look; those that have just come; how far the search for others is. */
    follow: `${prefix}:follow`,
    followNew: `${prefix}:follow:new`,
    /** By how an order stands, in the order of FOLLOWED_STATES; then those that differ, and those that are gone. */
    followStates: FOLLOWED_STATES.map((state) => `${prefix}:follow:${state}`),
    followDiffers: `${prefix}:follow:differs`,
    followGone: `${prefix}:follow:gone`,
    followScan: `${prefix}:follow:scan`,
    /** Which invoice a number of 24SevenOffice's is of, by `<Client.Id>:<invoice number>`. */
    invoiceNumbers: `${prefix}:invoice-numbers`,
    /** A shop's invoices by issue date, as YYYYMMDD. */
    issued: (shopId: string) => `${prefix}:issued:${shopId}`,
    /** Records of a shop that may not transfer, taken out of the agenda. */
    resting: (shopId: string) => `${prefix}:resting:${shopId}`,
    shops: `${prefix}:shops`,
    /** What names of records begin with. */
    records: `${prefix}:transfer:`,
    outstandingOf: (queue: string) => outstandingKey(prefix, queue),
    /** A count of a queue's jobs that is under way. */
    recount: (queue: string) => `${prefix}:recount:${queue}`,
    record: ({ shopId, invoiceId }: RecordKey) => `${prefix}:transfer:${shopId}:${invoiceId}`,
    trail: ({ shopId, invoiceId }: RecordKey) => `${prefix}:trail:${shopId}:${invoiceId}`,
    /** What the service said of it and is not shown; expires. */
    words: ({ shopId, invoiceId }: RecordKey) => `${prefix}:words:${shopId}:${invoiceId}`,
    checked: ({ shopId, invoiceId }: RecordKey, requestId: string) =>
      `${prefix}:checked:${shopId}:${invoiceId}:${requestId}`,
    shop: (shopId: string) => `${prefix}:shop:${shopId}`,
    /** Customers that a person has chosen, by hashes of whom for. */
    pins: (shopId: string) => `${prefix}:pins:${shopId}`,
    ids: (clientId: string, kind: EntityKind) => `${prefix}:ids:${clientId}:${kind}`,
    createLease: (clientId: string, kind: EntityKind) => `${prefix}:create:${clientId}:${kind}`,
    facts: (clientId: string) => `${prefix}:facts:${clientId}`,
    session: (clientId: string) => `${prefix}:session:${clientId}`,
    loginLock: (clientId: string) => `${prefix}:login:${clientId}`,
    logins: (clientId: string, hour: number) => `${prefix}:logins:${clientId}:${hour}`,
    quota: (pool: string) => `${prefix}:quota:${pool}`,
    deployment: `${prefix}:deployment`,
    /** Open circuits, by name. */
    circuits: (pool: string) => `${prefix}:circuits:${pool}`,
    quotaRecent: (pool: string) => `${prefix}:quota:${pool}:recent`,
    /** When the background made its last requests. */
    quotaBackground: (pool: string) => `${prefix}:quota:${pool}:background`,
    /** What happened in one hour, counted since the epoch; expires. */
    hour: (hour: number) => `${prefix}:hour:${hour}`,
  };
}
