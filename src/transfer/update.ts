/** An invoice edited and sent again, where the shop says `resend: update`: the open order follows it. */
import type { TransferResult } from '../contract/results.ts';
import type { Order, OrderUpdate } from '../domain/books.ts';
import { contentHash } from '../domain/content.ts';
import { judgeHit } from '../domain/mark.ts';
import { fieldsShown } from '../domain/order-said.ts';
import { decideOrderUpdate, sentHead } from '../domain/order-update.ts';
import { duplicateMessage } from '../domain/transfer.ts';
import { Terminal } from '../errors.ts';
import { step, type Transfer } from './context.ts';
import { ensureCustomer, noteCustomer } from './customer.ts';
import { planOrder } from './plan.ts';
import { ensureProducts, noteProducts } from './products.ts';
import { sendUpdate } from './send.ts';
import { verifyOrder } from './verify.ts';

/**
 * Read, compare, save once. After a save without an answer the order is read and compared again, so that
 * only what is still missing is sent. Until the save, nothing in the record changes: a refusal then is this
 * job's alone. Throws as `createOrder`.
 */
export async function updateOrder(transfer: Transfer): Promise<TransferResult> {
  if (transfer.claim.record.state !== 'ordered') {
    transfer.content = transfer.asked;
    // 1. The order as it stands, found by our mark.
    const order = await step(transfer, 'look', () => readStanding(transfer));
    // 2. and 3. Customer, product and tax codes, as for a new order.
    const customer = await step(transfer, 'customer', () => ensureCustomer(transfer));
    const products = await step(transfer, 'product', () => ensureProducts(transfer));
    const { draft } = await step(transfer, 'tax', () =>
      planOrder(transfer, {
        customerId: customer.id,
        productId: products.productId,
        rowProductIds: products.rowProductIds,
        customerCurrency: customer.currency,
      }),
    );
    const decision = decideOrderUpdate(order, draft, transfer.claim.record);
    if (decision.kind === 'closed') throw new Terminal('invoice.changed_after_transfer', decision.message);
    await beginUpdate(transfer, order, decision.update);
    await noteCustomer(transfer, customer);
    await noteProducts(transfer, products);
    // 4. One save, under the same intent as a new order's.
    await step(transfer, 'order', () => sendUpdate(transfer, decision.update));
  }
  // 5. Read back, compared to the øre.
  return step(transfer, 'verify', () => verifyOrder(transfer));
}

/** Throws Terminal `order.missing`, `order.not_ours`, `order.duplicate_found`. */
async function readStanding({ books, claim, mark }: Transfer): Promise<Order> {
  const { record } = claim;
  const byMark = (await books.findOrdersByMark(mark.externalStatus)).filter(
    (order) => judgeHit(order, mark) === 'ours',
  );
  const others = byMark.filter((order) => order.orderId !== record.orderId);
  if (others.length > 0) throw new Terminal('order.duplicate_found', duplicateMessage(record, byMark));
  const [marked] = byMark;
  const order = marked ?? (record.orderId === undefined ? undefined : await books.getOrder(record.orderId));
  if (order === undefined) {
    throw new Terminal(
      'order.missing',
      `order ${record.orderId} was transferred but is no longer in 24SevenOffice; nothing was changed`,
    );
  }
  if (judgeHit(order, mark) !== 'ours') {
    throw new Terminal(
      'order.not_ours',
      `order ${order.orderId} no longer carries this invoice's reference and is not changed`,
    );
  }
  return order;
}

/** Before the order may change, the record says what it is to become. Attempts are counted from zero. */
async function beginUpdate(
  { deps, claim, shop, asked: { job, hash } }: Transfer,
  order: Order,
  update: OrderUpdate,
): Promise<void> {
  const { requestId, invoice } = job;
  const { orderId } = update;
  const { updating, payload } = claim.record;
  const isBegun = updating === true;
  const isSameEdit = isBegun && payload !== undefined && contentHash(payload) === hash;
  await deps.records.note(
    claim,
    {
      state: 'preparing',
      payload: job,
      orderId,
      updating: true,
      ...sentHead(update),
      ...(isSameEdit ? {} : { shownBefore: fieldsShown(order, shop.timeZone) }),
      // Another edit was under way: how much of it the order shows is unknown.
      ...(isBegun && !isSameEdit ? { sentFields: null } : {}),
      ...(isBegun
        ? {}
        : { acceptedAt: claim.claimedAt, attempts: 0, customer: null, product: null, category: null }),
    },
    { step: 'begin update', requestId, revision: invoice.revision, orderId },
  );
}
