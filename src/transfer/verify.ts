import type { TransferResult } from '../contract/results.ts';
import type { Order } from '../domain/books.ts';
import { currencyDifference } from '../domain/currency.ts';
import { judgeHit } from '../domain/mark.ts';
import { compareOrder, type OrderPlan } from '../domain/order.ts';
import { compareMapped, NO_PRODUCT } from '../domain/order-mapped.ts';
import { bySequence, decideUnsaid, type Unsaid } from '../domain/order-said.ts';
import { disputedMessage, duplicateMessage } from '../domain/transfer.ts';
import { NotNow, Terminal } from '../errors.ts';
import type { OrderConfirmation, Transfer } from './context.ts';
import { endTransferred, type Verified } from './end.ts';
import { markIsSearchable, rememberSearchable } from './look.ts';
import { planOrder } from './plan.ts';
import type { TransferRecord } from './ports/records.ts';
import type { EnsuredProducts } from './products.ts';

const FIRST_RETRY_MS = 1_000;

/**
 * Compare the order with what was sent, and write the end.
 *
 * @param order as a look of this claim has just shown it; else it is read back
 * @param confirmation where a person says that this is the order
 */
export async function verifyOrder(
  transfer: Transfer,
  order?: Order,
  confirmation?: OrderConfirmation,
): Promise<TransferResult> {
  const standing = order ?? (await readBack(transfer));
  const { record } = transfer.claim;
  const customerId = (record.updating === true ? record.customerId : undefined) ?? standing.customerId;
  const products = productsSent(transfer, standing);
  const { productId } = products;
  const plan = await planOrder(transfer, { customerId, ...products });
  return endTransferred(transfer, { ...compare(transfer, plan, standing, confirmation), productId });
}

/** Each row's product as it was sent; of an order that was found, as it is. In the result there is a number always. */
function productsSent(
  { claim, content }: Transfer,
  order: Order,
): Pick<EnsuredProducts, 'productId' | 'rowProductIds'> {
  const { productId, rowProductIds } = claim.record;
  if (productId !== undefined) {
    const isOfThese = rowProductIds?.length === content.check.lines.length;
    return { productId, ...(isOfThese && { rowProductIds }) };
  }
  const shown = bySequence(order.rows.filter(({ type }) => type === 'Normal')).map((row) => row.productId);
  return {
    productId: shown.find((id) => id !== undefined) ?? NO_PRODUCT,
    rowProductIds: shown.map((id) => id ?? NO_PRODUCT),
  };
}

/**
 * Read back by mark. Throws Terminal where another order carries the mark or the order is gone for good,
 * NotNow while it may not be visible yet.
 */
async function readBack(transfer: Transfer): Promise<Order> {
  const { books, mark, claim } = transfer;
  const { record } = claim;
  const byMark = await books.findOrdersByMark(mark.externalStatus);
  await rememberSearchable(transfer, byMark);
  const isOurs = (order: Order) =>
    judgeHit(order, mark) === 'ours' ||
    (order.orderId === record.orderId && judgeHit(order, mark) === 'disputed');
  const ours = byMark.filter(isOurs);
  const [first] = ours;
  if (ours.length > 1 || (first !== undefined && first.orderId !== record.orderId)) {
    throw new Terminal('order.duplicate_found', duplicateMessage(record, ours));
  }
  const disputed = byMark.filter((order) => !isOurs(order) && judgeHit(order, mark) === 'disputed');
  if (disputed.length > 0) throw new Terminal('order.mark_disputed', disputedMessage(disputed));
  if (first !== undefined) return first;
  if (record.orderId !== undefined && !(await markIsSearchable(transfer))) {
    const byId = await books.getOrder(record.orderId);
    if (byId !== undefined && isOurs(byId)) return byId;
  }
  const since = record.sentAt ?? record.orderedAt ?? claim.claimedAt;
  waitUntilSettled(transfer, since, 'the order was created but does not show yet');
  throw new Terminal(
    'order.vanished',
    `order ${record.orderId} was created but cannot be found; look in 24SevenOffice, then resolve the invoice`,
  );
}

/** Throws NotNow, ever longer, while what was sent may still be missing from a look. */
function waitUntilSettled({ claim, deps }: Transfer, since: number, why: string): void {
  const leftMs = since + deps.timing.settleMs - claim.claimedAt;
  if (leftMs <= 0) return;
  const pauseMs = Math.max(FIRST_RETRY_MS, claim.claimedAt - since);
  throw new NotNow('transfer.settling', deps.clock.now() + Math.min(leftMs, pauseMs), why);
}

/** Compare. Throws Terminal `order.totals_mismatch`, `order.currency_mismatch`,
 * `order.not_updated`. */
function compare(
  transfer: Transfer,
  plan: OrderPlan,
  order: Order,
  confirmation: OrderConfirmation | undefined,
): Omit<Verified, 'productId'> {
  const { claim, content, shop } = transfer;
  const { record } = claim;
  const control = content.job.invoice.totals;
  const comparison = compareOrder({ ...plan, control }, order);
  const { posted } = comparison;
  const foreign = currencyDifference(order.currency, shop.currency);
  const mapped = mappedOf(transfer, plan, order, confirmation);
  const differences = [
    ...(foreign === undefined ? [] : [foreign]),
    ...comparison.differences,
    ...mapped.differences,
  ];
  const isAccepted = confirmation?.acceptDifference === true;
  if (posted === undefined || !(differences.length === 0 || isAccepted)) {
    if (record.updating === true) {
      waitUntilSettled(transfer, record.sentAt ?? 0, 'the update does not show yet');
    }
    throw new Terminal(
      foreign === undefined ? 'order.totals_mismatch' : 'order.currency_mismatch',
      `order ${order.orderId} does not agree with the invoice: ${differences.join('; ')}; compare the two before publishing it`,
    );
  }
  const said = saidOf(transfer, plan, order);
  if (record.updating === true && said.missing.length > 0) {
    const missing = said.missing.join(', ');
    if (!isAccepted) {
      waitUntilSettled(transfer, record.sentAt ?? 0, 'the update does not show yet');
      throw new Terminal(
        'order.not_updated',
        `order ${order.orderId} does not show what was edited: ${missing}${reasonOf(record)}`,
      );
    }
    differences.push(`the order does not show what was edited: ${missing}`);
  }
  return {
    ...{ plan, order, posted, said, confirmation },
    unshown: mapped.unshown,
    accepted: differences,
    warnings: comparison.warnings,
  };
}

/**
 * Of an order made from this content; an edited one, and one of another content, is asked by `saidOf`. One that was
 * found later, or that a person names, may have been edited by a bookkeeper: what differs there is told and no more.
 */
function mappedOf(
  { claim, content, shop }: Transfer,
  { draft }: OrderPlan,
  order: Order,
  confirmation: OrderConfirmation | undefined,
): { differences: string[]; unshown: string[] } {
  const { updating, sentHash, adopted } = claim.record;
  if (updating === true || sentHash !== content.hash) return { differences: [], unshown: [] };
  const { differences, unshown } = compareMapped(draft, order, shop.timeZone);
  return adopted === true || confirmation !== undefined
    ? { differences: [], unshown: [...new Set([...differences.map(({ field }) => field), ...unshown])] }
    : { differences: differences.map(({ text }) => text), unshown };
}

/** An order made from this content is asked only for an edit; an order that was found is asked for everything. */
function saidOf({ claim, content, shop }: Transfer, { draft }: OrderPlan, order: Order): Unsaid {
  const { updating, sentHash, sentFields: sent, shownBefore: before } = claim.record;
  const { timeZone } = shop;
  if (updating === true) return decideUnsaid(draft, order, { sent, before, timeZone });
  return sentHash === content.hash ? { missing: [], altered: [] } : decideUnsaid(draft, order, { timeZone });
}

/** The reason of a refused save, as text. */
const reasonOf = ({ code, message }: TransferRecord): string =>
  code === 'order.refused' && message !== undefined ? `; 24SevenOffice refused it: ${message}` : '';
