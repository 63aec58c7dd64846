/** What a transfer writes into its record on the way. */
import type { TransferResult } from '../contract/results.ts';
import type { Order, OrderUpdate } from '../domain/books.ts';
import { contentHash } from '../domain/content.ts';
import { fieldsShown } from '../domain/order-said.ts';
import { sentHead } from '../domain/order-update.ts';
import { Rejected } from '../errors.ts';
import { type Content, ownClick, type Transfer } from './context.ts';
import type { EnsuredProduct } from './ensure-product.ts';

/** A first attempt, or a rejected invoice clicked again: a fresh start under the same record. */
export async function beginTransfer({ deps, claim, clientId, mark, content }: Transfer): Promise<void> {
  const { requestId, invoice } = content.job;
  await deps.records.note(
    claim,
    {
      state: 'preparing',
      acceptedAt: claim.claimedAt,
      attempts: 0,
      clientId,
      reference: mark.reference,
      payload: content.job,
      code: null,
      message: null,
      customer: null,
      product: null,
      category: null,
    },
    { step: 'begin', requestId, revision: invoice.revision },
  );
}

/** From here on the order may change: the record says what it is to become, and counts anew. */
export async function beginUpdate(
  { deps, claim, shop }: Transfer,
  { job, hash }: Content,
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
      // Of an edit that was under way nobody knows how much the order says.
      ...(isBegun && !isSameEdit ? { sentFields: null } : {}),
      ...(isBegun
        ? {}
        : { acceptedAt: claim.claimedAt, attempts: 0, customer: null, product: null, category: null }),
    },
    { step: 'begin update', requestId, revision: invoice.revision, orderId },
  );
}

/** Make `content` what this transfer sends. */
export async function keepContent(transfer: Transfer, content: Content): Promise<void> {
  const { deps, claim } = transfer;
  const { payload } = claim.record;
  transfer.content = content;
  const isKept = payload !== undefined && contentHash(payload) === content.hash;
  if (isKept && payload.requestId === content.job.requestId && claim.record.clientId === transfer.clientId)
    return;
  await deps.records.note(claim, { payload: content.job, clientId: transfer.clientId });
}

/** `created` and `updated` stay what they are over later attempts that find the customer as it should be. */
export async function noteCustomer(
  { deps, claim }: Transfer,
  { id, how }: { id: number; how: TransferResult['customer'] },
): Promise<void> {
  const before = claim.record.customer;
  const customer = how === 'unchanged' ? (before ?? how) : before === 'created' ? before : how;
  if (claim.record.customerId === id && before === customer) return;
  await deps.records.note(claim, { customerId: id, customer }, { step: 'customer', customerId: id, how });
}

export async function noteProduct({ deps, claim }: Transfer, ensured: EnsuredProduct): Promise<void> {
  const { id, product, category } = ensured;
  const { record } = claim;
  const isKnown = record.productId === id && record.product !== undefined && product === 'found';
  if (isKnown) return;
  await deps.records.note(
    claim,
    { productId: id, product, category },
    { step: 'product', productId: id, product, category },
  );
}

/** Same content as sent: the order is read and still there, nothing is sent. Throws Rejected `order.*`. */
export async function confirmTransfer(transfer: Transfer): Promise<TransferResult> {
  const { deps, claim, books, clientId } = transfer;
  const { result, orderId } = claim.record;
  if (claim.record.clientId !== undefined && claim.record.clientId !== clientId) {
    throw new Rejected('order.not_ours', 'the order stands in the company this shop was connected to before');
  }
  const order = orderId === undefined ? undefined : await books.getOrder(orderId);
  // A cancelled order is none, as for every look.
  if (order === undefined || order.orderStatus === 'Inactive' || result === undefined) {
    const is = order === undefined ? 'is no longer in 24SevenOffice' : 'is Inactive in 24SevenOffice';
    throw new Rejected(
      'order.missing',
      `order ${orderId} was transferred but ${is}; if that was on purpose, Support can allow a new one`,
    );
  }
  const click = ownClick(transfer);
  const { requestId } = click;
  const again: TransferResult = { ...result, outcome: 'already_transferred' };
  await deps.records.answer(
    claim,
    { ...click, result: again },
    { step: 'confirmed', requestId, orderId: order.orderId },
  );
  return again;
}
