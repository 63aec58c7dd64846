import { decideOrder, type OrderInput, type OrderPlan } from '../domain/order.ts';
import { Rejected, Retryable } from '../errors.ts';
import type { Transfer } from './context.ts';
import { ensureProduct, forgetProduct } from './ensure-product.ts';
import { sendOrder } from './place-order.ts';
import { resolveTaxes } from './resolve-taxes.ts';

/** The order this invoice becomes, for the customer and product given or as the record names them. */
export async function planOrder(
  transfer: Transfer,
  known: { customerId?: number; productId?: number; customerCurrency?: string | undefined } = {},
): Promise<OrderPlan> {
  const { record } = transfer.claim;
  const taxIds = await resolveTaxes(transfer);
  const { customerId = record.customerId ?? 0, productId = record.productId ?? 0, customerCurrency } = known;
  return plan(transfer, { taxIds, customerId, productId, customerCurrency });
}

type Decided = Pick<OrderInput, 'taxIds' | 'customerId' | 'productId' | 'customerCurrency'>;

function plan({ content, shop, mark }: Transfer, decided: Decided): OrderPlan {
  const { lines, totals } = content.check;
  return decideOrder({ job: content.job, lines, totals, shop, mark, ...decided });
}

/**
 * Send it. A refusal may come from what we kept and did not ask again: product and tax codes are then read
 * anew, and the order is made again only if that changes it.
 */
export async function sendPlannedOrder(transfer: Transfer, planned: OrderPlan): Promise<void> {
  try {
    await sendOrder(transfer, planned);
  } catch (error) {
    if (!(error instanceof Rejected) || error.code !== 'order.refused') throw error;
    if (!(await keptFactsWereWrong(transfer, planned))) throw error;
    throw new Retryable(
      'service.unavailable',
      'the product or the tax codes had changed in 24SevenOffice; the order is made anew',
      { cause: error, retryAfterMs: 0 },
    );
  }
}

async function keptFactsWereWrong(transfer: Transfer, planned: OrderPlan): Promise<boolean> {
  const { deps, clientId } = transfer;
  const [row] = planned.draft.rows;
  await forgetProduct(transfer);
  await deps.facts.forget(clientId, 'taxCodes');
  const { id } = await ensureProduct(transfer);
  if (id !== row?.productId) return true;
  const taxIds = await resolveTaxes(transfer);
  const now = plan(transfer, { taxIds, customerId: planned.draft.customerId, productId: id });
  return now.draft.rows.some((after, index) => after.taxCode !== planned.draft.rows[index]?.taxCode);
}
