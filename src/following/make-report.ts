/** A shop's report of some days: from the records, and from one look at its orders now unless it is offline. */
import type { LocalDate } from '../contract/jobs.ts';
import type { Order } from '../domain/books.ts';
import { withoutUndefined } from '../domain/defined.ts';
import { decideFollowed } from '../domain/following.ts';
import { decideReport, type Report, type ReportedInvoice, type ReportedOrder } from '../domain/report.ts';
import type { Sums } from '../domain/sums.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import type { Shop, ShopAccess } from '../transfer/ports/shops.ts';
import type { FollowedOrders, IssuedRecord, IssuedRecords } from './ports.ts';

export interface ReportQuestion {
  shop: Shop;
  from: LocalDate;
  to: LocalDate;
  /** Most invoices that one report may have. */
  limit: number;
}

export interface ReportDeps {
  issued: IssuedRecords;
  /** Left out: from the records alone. */
  orders?: FollowedOrders;
  nowMs: number;
}

export interface MadeReport extends Report {
  shopId: string;
  from: LocalDate;
  to: LocalDate;
  /** When the orders were read for it; undefined: as each was seen last. */
  readAtMs?: number;
  /** Orders of another company than the shop's: as they were seen last. */
  elsewhere: number;
}

/** More invoices than one report may have. */
export interface TooMany {
  count: number;
}

/** Orders in one request (24seven.md §7.5). */
const AT_ONCE = 1_000;

type Row = { key: RecordKey; record: IssuedRecord };
type Looked = ReadonlyMap<number, Order | 'unreadable'>;

/** Throws NotNow, Retryable where the orders cannot be read now. */
export async function makeReport(deps: ReportDeps, question: ReportQuestion): Promise<MadeReport | TooMany> {
  const { shop, from, to, limit } = question;
  const { settings, verified } = shop;
  const { shopId } = settings;
  const count = await deps.issued.count(shopId, from, to);
  if (count > limit) return { count };
  const rows = await deps.issued.read(shopId, from, to);
  const isHere = ({ record }: Row) => record.orderId !== undefined && record.clientId === verified?.clientId;
  const here = rows.filter((row) => row.record.state === 'transferred' && isHere(row));
  const looked =
    deps.orders === undefined || verified === undefined
      ? undefined
      : await look(deps.orders, { shopId, ...verified }, here);
  const live = new Set(looked === undefined ? [] : here);
  const invoices = rows.map((row) => reportedOf(row, shop, live.has(row) ? { looked, deps } : undefined));
  const transferred = rows.filter(({ record }) => record.state === 'transferred').length;
  return withoutUndefined({
    ...decideReport(invoices),
    ...{ shopId, from, to, elsewhere: transferred - here.length },
    readAtMs: looked === undefined ? undefined : deps.nowMs,
  }) as MadeReport;
}

async function look(
  orders: FollowedOrders,
  { shopId, clientId, identityId }: ShopAccess,
  here: readonly Row[],
): Promise<Looked> {
  const found = new Map<number, Order | 'unreadable'>();
  for (let start = 0; start < here.length; start += AT_ONCE) {
    const ids = here.slice(start, start + AT_ONCE).flatMap(({ record }) => record.orderId ?? []);
    for (const [id, order] of await orders.read({ shopId, clientId, identityId }, ids)) found.set(id, order);
  }
  return found;
}

interface Live {
  looked: Looked | undefined;
  deps: ReportDeps;
}

function reportedOf({ key, record }: Row, { settings }: Shop, live: Live | undefined): ReportedInvoice {
  const { orderId, state, code, issuedOn, currency = settings.currency } = record;
  const order =
    orderId === undefined || state !== 'transferred'
      ? undefined
      : live === undefined
        ? asSeenLast(record, orderId)
        : asSeenNow({ ...record, orderId }, live, settings.timeZone);
  return {
    invoiceId: key.invoiceId,
    issuedOn: issuedOn as LocalDate,
    ...{ state, code, currency, order },
    expected: expectedOf(record, order?.shown),
  };
}

/**
 * A record of an earlier version keeps the gross alone. Where the order's is the same, its split into net and VAT
 * was compared with the invoice before the transfer ended.
 */
function expectedOf({ expected, result }: IssuedRecord, shown: Sums | undefined): Sums | undefined {
  if (expected !== undefined) return expected;
  return shown !== undefined && result?.totals.expected === shown.gross ? shown : undefined;
}

const asSeenLast = (record: IssuedRecord, orderId: number): ReportedOrder => ({
  orderId,
  isThere: record.goneAt === undefined,
  status: record.orderStatus,
  invoiceNumber: record.invoiceNumber,
  invoicedOn: record.invoicedOn,
  dueOn: record.dueOn,
  paidOn: record.paidOn,
  shown: record.shown,
  differences: record.differences ?? [],
  seenAt: record.followedAt,
});

function asSeenNow(
  record: IssuedRecord & { orderId: number },
  { looked, deps: { nowMs } }: Live,
  timeZone: string,
): ReportedOrder {
  const { orderId } = record;
  const order = looked?.get(orderId);
  if (order === 'unreadable') return asSeenLast(record, orderId);
  if (order === undefined) return { orderId, isThere: false, differences: [], seenAt: nowMs };
  // What a look of the follower would note.
  const { changes } = decideFollowed(record, order, nowMs, { ...NO_TIMING, timeZone });
  const { orderStatus, invoiceNumber, invoicedOn, dueOn, paidOn, shown, differences } = changes;
  return {
    orderId,
    isThere: true,
    status: orderStatus ?? undefined,
    invoiceNumber: invoiceNumber ?? undefined,
    invoicedOn: invoicedOn ?? undefined,
    dueOn: dueOn ?? undefined,
    paidOn: paidOn ?? undefined,
    shown: shown ?? undefined,
    differences: differences ?? [],
    seenAt: nowMs,
  };
}

/** A report decides no next look. */
const NO_TIMING = { everyMs: 3_600_000, settleMs: 0 };
