/**
 * Whether an order that was just made shows the products, dimensions and references it was sent with.
 *
 * Another product, department or project books elsewhere: that is a difference. A reference may be trimmed, and a
 * company may not use departments: what the order shows otherwise there, or not at all, is told and no more.
 */
import type { Order, OrderDraft } from './books.ts';
import { pairRows } from './order-rows.ts';
import { localDateOf } from './service-date.ts';

const DIMENSIONS = [
  ['department', 'departmentId'],
  ['project', 'projectId'],
] as const;

/** In place of a product's id: it is not known, and not compared. */
export const NO_PRODUCT = 0;

export interface MappedComparison {
  /** `text` is a short English phrase with ids. */
  differences: { field: string; text: string }[];
  /** Names of fields that the order shows otherwise or not at all. */
  unshown: string[];
}

const trimmed = (text: string | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim();

export function compareMapped(draft: OrderDraft, order: Order, timeZone: string): MappedComparison {
  const differences: MappedComparison['differences'] = [];
  const unshown = new Set<string>();
  const compare = (where: string, what: string, shown: number | undefined, sent: number | undefined) => {
    if (sent === undefined) return;
    if (shown === undefined) unshown.add(what);
    else if (shown !== sent) {
      differences.push({ field: what, text: `${where}${what} ${shown} instead of ${sent}` });
    }
  };
  for (const [what, dimension] of DIMENSIONS) compare('', what, order[dimension], draft[dimension]);
  const paired = pairRows(
    draft.rows,
    order.rows.filter(({ type }) => type === 'Normal'),
  );
  for (const [index, sent] of draft.rows.entries()) {
    const row = paired[index];
    if (row === undefined) continue;
    const where = `row ${sent.sequenceNumber}: `;
    if (sent.productId !== NO_PRODUCT) {
      compare(where, 'product', row.productId ?? sent.productId, sent.productId);
    }
    for (const [what, dimension] of DIMENSIONS) {
      compare(where, what, row[dimension] ?? order[dimension], sent[dimension]);
    }
  }
  if (trimmed(draft.yourReference) !== '' && trimmed(order.yourReference) !== trimmed(draft.yourReference)) {
    unshown.add('buyer reference');
  }
  const delivered = draft.deliveryDate?.slice(0, 10);
  if (delivered !== undefined && localDateOf(order.deliveryDate, timeZone) !== delivered) {
    unshown.add('delivery date');
  }
  return { differences, unshown: [...unshown] };
}
