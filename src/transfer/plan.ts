import { decideOrder, type OrderInput, type OrderPlan } from '../domain/order.ts';
import type { Transfer } from './context.ts';
import { resolveTaxes } from './tax.ts';

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

export function plan({ content, shop, mark }: Transfer, decided: Decided): OrderPlan {
  const { lines, totals } = content.check;
  return decideOrder({ job: content.job, lines, totals, shop, mark, ...decided });
}
