/** Step `order`: one save, with its intent written as it leaves. */
import type { OrderUpdate } from '../domain/books.ts';
import { requestedAtMs } from '../domain/content.ts';
import { dimensionRemedy } from '../domain/mapping.ts';
import type { OrderPlan } from '../domain/order.ts';
import { OutcomeUnknown, Retryable, StaleClaim, Terminal, TransferFailure } from '../errors.ts';
import type { Transfer } from './context.ts';
import { planOrder } from './plan.ts';
import type { SendIntent } from './ports/intents.ts';
import { ensureProducts, forgetWrongProducts } from './products.ts';
import { forgetTaxes } from './tax.ts';

/** The trail's step that a new order's id is written with. */
export const ORDERED = 'ordered';

/**
 * Send the order. A refusal may come from a product or tax code that we kept and that has changed: both are read
 * again, and the order is made anew only if that changes it. One for a department or project names where it is from.
 */
export async function sendPlannedOrder(transfer: Transfer, planned: OrderPlan): Promise<void> {
  try {
    await sendOrder(transfer, planned);
  } catch (error) {
    if (!(error instanceof Terminal) || error.code !== 'order.refused') throw error;
    if (!(await keptFactsWereWrong(transfer, planned))) throw withRemedy(transfer, error);
    throw new Retryable(
      'service.unavailable',
      'the product or the tax codes had changed in 24SevenOffice; the order is made anew',
      { cause: error, retryAfterMs: 0 },
    );
  }
}

async function keptFactsWereWrong(transfer: Transfer, planned: OrderPlan): Promise<boolean> {
  await forgetWrongProducts(transfer);
  await forgetTaxes(transfer);
  const { productId, rowProductIds } = await ensureProducts(transfer);
  const { customerId } = planned.draft;
  const now = await planOrder(transfer, { customerId, productId, rowProductIds });
  return now.draft.rows.some((after, index) => {
    const before = planned.draft.rows[index];
    return after.productId !== before?.productId || after.taxCode !== before.taxCode;
  });
}

/**
 * Of a department or project where it was set: nothing in Sharefox shows that. Before the service's reason, of which
 * each word that the invoice says is masked further up.
 */
function withRemedy({ content, shop }: Transfer, error: Terminal): Terminal {
  const remedy = dimensionRemedy(error.message, content.job, shop);
  return remedy === '' ? error : new Terminal(error.code, `${remedy}. ${error.message}`, { cause: error });
}

/**
 * Send the order. Throws OutcomeUnknown where it may have been written; on any other failure nothing was,
 * and the record is back at `preparing`; where only the service says so, it stays at `sending`.
 */
async function sendOrder(transfer: Transfer, plan: OrderPlan): Promise<void> {
  return saveOnce(transfer, (intent) => transfer.books.createOrder(plan.draft, intent));
}

/** Save an existing order again. Throws as `sendPlannedOrder`. */
export async function sendUpdate(transfer: Transfer, update: OrderUpdate): Promise<void> {
  try {
    await saveOnce(transfer, async (intent) => {
      await transfer.books.updateOrder(update, intent);
      return update.orderId;
    });
  } catch (error) {
    if (!(error instanceof Terminal) || error.code !== 'order.refused') throw error;
    throw withRemedy(transfer, error);
  }
}

async function saveOnce(transfer: Transfer, save: (intent: SendIntent) => Promise<number>): Promise<void> {
  const { claim, deps, content, mark } = transfer;
  const { revision } = content.job.invoice;
  const { key, fence, epoch } = claim;
  // What the intent script writes, with the earliest time possible. From here on an order may exist.
  claim.record = { ...claim.record, state: 'sending', sentAt: claim.claimedAt };
  let orderId: number;
  try {
    const requestedAt = requestedAtMs(content.job);
    orderId = await save({
      ...{ kind: 'order', key, fence, epoch, revision, requestedAt },
      contentHash: content.hash,
    });
  } catch (error) {
    if (error instanceof TransferFailure && error.isDenial) {
      // The look of this claim was before the send.
      transfer.lookedAndFoundNone = false;
      await deps.records.note(
        claim,
        { state: 'sending', denied: true },
        { step: 'denied', code: error.code },
      );
    } else if (provesNothingWritten(error)) {
      await deps.records.note(claim, { state: 'preparing', sentAt: null }, { step: 'not sent' });
    } else if (!(error instanceof StaleClaim)) {
      const code = error instanceof OutcomeUnknown ? error.code : 'transfer.bug';
      await deps.records.note(claim, { state: 'sending', unknownOutcome: true }, { step: 'no answer', code });
    }
    throw error;
  }
  await deps.records.note(
    claim,
    {
      state: 'ordered',
      orderId,
      orderedAt: claim.claimedAt,
      reference: mark.reference,
      adopted: null,
      sentHash: content.hash,
    },
    { step: ORDERED, orderId },
  );
}

/** A bug proves nothing: it may have happened after the request had left. */
function provesNothingWritten(error: unknown): boolean {
  return (
    error instanceof TransferFailure && !(error instanceof OutcomeUnknown || error instanceof StaleClaim)
  );
}
