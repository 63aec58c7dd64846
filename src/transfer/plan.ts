/** Step `tax`: the order this invoice becomes. */
import { decideOrder, type OrderInput, type OrderPlan } from '../domain/order.ts';
import type { Transfer } from './context.ts';
import { resolveTaxes } from './tax.ts';

type Known = Pick<OrderInput, 'customerId' | 'productId' | 'rowProductIds' | 'customerCurrency'>;

/** Asks for the tax codes where they are not known yet. Throws Terminal `vat.*`. */
export async function planOrder(transfer: Transfer, known: Known): Promise<OrderPlan> {
  const taxIds = await resolveTaxes(transfer);
  const { content, shop, mark } = transfer;
  const { lines, totals } = content.check;
  return decideOrder({ job: content.job, lines, totals, shop, mark, taxIds, ...known });
}
