/** Step `look`: find this invoice's order by its mark, first and always. */
import type { Order } from '../domain/books.ts';
import { judgeHit } from '../domain/mark.ts';
import { decideLook } from '../domain/transfer.ts';
import { NotNow, Terminal } from '../errors.ts';
import type { Transfer } from './context.ts';

/** Every attempt begins here. An order whose id is known is read back by `verifyOrder` instead. */
export async function lookFirst(transfer: Transfer): Promise<Order | undefined> {
  const { record } = transfer.claim;
  if (record.state === 'ordered') return undefined;
  if (record.state === 'unresolved') await keepLostContent(transfer);
  const order = await lookForOrder(transfer);
  // In `unresolved` nothing is ever sent.
  if (order === undefined && record.state === 'unresolved') {
    throw new Terminal(record.code ?? 'order.unknown_outcome', record.message);
  }
  return order;
}

/**
 * A transferred record has dropped its payload. If a second order is found later, the same click restores the
 * payload, so that a person can resolve the invoice.
 */
async function keepLostContent({ claim, deps, asked }: Transfer): Promise<void> {
  const { payload, sentHash } = claim.record;
  if (payload !== undefined || sentHash !== asked.hash) return;
  await deps.records.note(claim, { payload: asked.job });
}

/**
 * Look for this invoice's order by its mark. Throws NotNow after the first settled miss of a send whose
 * outcome is unknown, Terminal where a person must decide.
 *
 * @returns the order, adopted; or undefined. Only with `transfer.lookedAndFoundNone` does undefined mean
 *   that none is there: where no order has yet been found by its ExternalStatus, "none" from that search
 *   proves nothing, and `lookAtCustomer` must follow.
 */
async function lookForOrder(transfer: Transfer): Promise<Order | undefined> {
  const { books, mark, claim } = transfer;
  const byMark = await books.findOrdersByMark(mark.externalStatus);
  await rememberSearchable(transfer, byMark);
  const hits = byMark.filter((order) => judgeHit(order, mark) !== 'not_a_hit');
  if (hits.length > 0 || (await markIsSearchable(transfer))) return concludeLook(transfer, byMark);
  const { customerId } = claim.record;
  return customerId === undefined ? undefined : lookAtCustomer(transfer, customerId);
}

/** The second half of a look, through the customer's orders. Throws as `lookForOrder`. */
export async function lookAtCustomer(transfer: Transfer, customerId: number): Promise<Order | undefined> {
  return concludeLook(transfer, await transfer.books.findOrdersOfCustomer(customerId));
}

async function concludeLook(transfer: Transfer, orders: Order[]): Promise<Order | undefined> {
  const { claim, deps, shop, mark } = transfer;
  const decision = decideLook(claim.record, orders, mark, shop.afterUnknown);
  switch (decision.do) {
    case 'send':
      transfer.lookedAndFoundNone = true;
      return undefined;
    case 'adopt':
      await adopt(transfer, decision.order);
      return decision.order;
    case 'note_miss':
      await deps.records.note(
        claim,
        { missedAt: claim.claimedAt, unknownOutcome: true },
        { step: 'not found' },
      );
      throw new NotNow(
        'transfer.settling',
        deps.clock.now() + deps.timing.settleMs,
        'the order was sent without an answer and not found once; it is looked for again before anything is sent',
      );
    case 'unresolved':
      throw new Terminal(decision.code, decision.message || claim.record.message);
  }
}

async function adopt({ claim, deps, mark }: Transfer, order: Order): Promise<void> {
  const { record } = claim;
  const { orderId, customerId } = order;
  await deps.records.note(
    claim,
    {
      // An unresolved record stays so until the order has been verified.
      ...(record.state === 'unresolved' ? {} : { state: 'ordered' }),
      orderId,
      // An edit's own customer is what the order is held against.
      ...(record.updating === true ? {} : { customerId }),
      orderedAt: claim.claimedAt,
      adopted: record.orderId === undefined || record.adopted === true,
      reference: mark.reference,
    },
    { step: 'adopt', orderId },
  );
}

/** An order of ours among the hits proves that the service searches by ExternalStatus. */
export async function rememberSearchable(transfer: Transfer, byMark: Order[]): Promise<void> {
  const { deps, clientId, mark } = transfer;
  if (!byMark.some((order) => judgeHit(order, mark) === 'ours') || (await markIsSearchable(transfer))) return;
  await deps.facts.set(clientId, 'markSearchable', '1');
  transfer.isMarkSearchable = true;
}

/** Asked once a run. */
export async function markIsSearchable(transfer: Transfer): Promise<boolean> {
  const { deps, clientId } = transfer;
  transfer.isMarkSearchable ??= (await deps.facts.get(clientId, 'markSearchable')) === '1';
  return transfer.isMarkSearchable;
}
