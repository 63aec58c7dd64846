/** The end of a transfer: written in one script with its event. */
import { decimal } from '../contract/jobs.ts';
import type { TransferResult, Warning } from '../contract/results.ts';
import type { Order } from '../domain/books.ts';
import { basisOf } from '../domain/following.ts';
import { Decimal, money } from '../domain/money.ts';
import type { OrderPlan } from '../domain/order.ts';
import { fieldsAsked, type Unsaid } from '../domain/order-said.ts';
import { keptWarnings, sentHead } from '../domain/order-update.ts';
import { issuedFields, sumsOf } from '../domain/sums.ts';
import { decideFailureEnd } from '../domain/transfer.ts';
import type { TransferFailure } from '../errors.ts';
import { clickOf, type OrderConfirmation, type Transfer } from './context.ts';
import type { RecordChanges, TransferRecord } from './ports/records.ts';

/** An order that agrees with what was sent, or that a person has accepted. */
export interface Verified {
  plan: OrderPlan;
  order: Order;
  productId: number;
  posted: { gross: string };
  said: Unsaid;
  /** Fields that an order of this content shows otherwise or not at all. */
  unshown: string[];
  /** Differences that a person has accepted. */
  accepted: string[];
  warnings: Warning[];
  confirmation: OrderConfirmation | undefined;
}

/** Write `transferred`. @returns what the job returns */
export async function endTransferred(transfer: Transfer, verified: Verified): Promise<TransferResult> {
  const { claim, deps, content, mark, warnings } = transfer;
  const { plan, order, productId, posted, said, unshown, accepted, confirmation } = verified;
  const { record } = claim;
  // An order that was found need not say all of this content. Then the next click must not be `already_transferred`.
  const isSaid = confirmation !== undefined || said.missing.length === 0;
  const result: TransferResult = {
    outcome: outcomeOf(record, order),
    orderId: order.orderId,
    customerId: order.customerId,
    productId,
    reference: mark.reference,
    customer: record.customer ?? 'unchanged',
    product: record.product ?? 'found',
    category: record.category ?? 'not_needed',
    totals: {
      expected: money(new Decimal(content.job.invoice.totals.gross)),
      posted: decimal.parse(posted.gross),
    },
    warnings: distinct([
      ...content.check.warnings,
      ...warnings,
      ...plan.warnings,
      ...verified.warnings,
      ...(record.updating === true ? keptWarnings(record, plan.draft, order, transfer.shop.timeZone) : []),
      ...alteredWarnings(said, unshown, record),
      ...accepted.map((difference) => ({
        code: 'order.difference_accepted',
        message: `a person has accepted: ${difference}`,
      })),
      ...(await unconfirmedCodes(transfer, plan)),
    ]),
  };
  const click = clickOf(transfer);
  const { requestId } = click;
  await deps.records.end(claim, {
    ...click,
    state: 'transferred',
    result,
    changes: {
      orderId: order.orderId,
      customerId: order.customerId,
      productId,
      ...{ updating: null, shownBefore: null },
      // What later looks are compared with.
      ...{ basis: basisOf(order), differences: null, differsSince: null, orderMissedAt: null, goneAt: null },
      ...{ ...issuedFields(content.job), shown: sumsOf(order) ?? null },
      // What a person has confirmed counts as sent.
      ...(isSaid && {
        sentHash: content.hash,
        sentFields: fieldsAsked(plan.draft),
      }),
      ...(order.invoiceTitle === undefined && { sentComment: null }),
      ...sentHead(plan.draft),
    },
    trail: {
      step: 'transferred',
      orderId: order.orderId,
      requestId,
      outcome: result.outcome,
      ...(confirmation && { by: confirmation.by, reason: confirmation.reason }),
    },
  });
  return result;
}

function alteredWarnings(
  { missing, altered }: Unsaid,
  unshown: string[],
  { updating }: TransferRecord,
): Warning[] {
  const others = [...(updating === true ? altered : missing), ...unshown];
  if (others.length === 0) return [];
  const message = `the order shows another ${others.join(', ')} than the invoice; check it in 24SevenOffice before publishing`;
  return [{ code: 'order.text_differs', message }];
}

function outcomeOf({ updating, adopted, orderId }: TransferRecord, order: Order): TransferResult['outcome'] {
  if (updating === true) return 'updated';
  return adopted === true || orderId !== order.orderId ? 'adopted' : 'created';
}

function distinct(warnings: Warning[]): Warning[] {
  return [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
}

/** A shop's first order with a tax code: the read-back shows its rate only, a person should check the booking. */
async function unconfirmedCodes({ deps, clientId }: Transfer, plan: OrderPlan): Promise<Warning[]> {
  const confirmed: number[] = JSON.parse((await deps.facts.get(clientId, 'confirmedTaxIds')) ?? '[]');
  const used = [...new Set(plan.draft.rows.map((row) => row.taxCode))];
  const fresh = used.filter((taxId) => !confirmed.includes(taxId));
  if (fresh.length > 0) {
    await deps.facts.set(clientId, 'confirmedTaxIds', JSON.stringify([...confirmed, ...fresh]));
  }
  return fresh.map((taxId) => ({
    code: 'vat.unconfirmed',
    message: `this is the shop's first order with TaxId ${taxId}; check once in 24SevenOffice that it books to the right VAT code`,
  }));
}

/** Write `rejected` where no order can exist, else `unresolved`. @returns the failure */
export async function endFailed(
  transfer: Transfer,
  failure: TransferFailure,
  changes: RecordChanges = {},
): Promise<TransferFailure> {
  const { claim, deps, content, lookedAndFoundNone } = transfer;
  const { code, message } = failure;
  const click = clickOf(transfer);
  const { requestId } = click;
  const state = decideFailureEnd(claim.record, code, lookedAndFoundNone);
  const trail = { step: state, code, requestId };
  // Reports go by what was transferred, as long as nothing else was.
  const issued = claim.record.result === undefined ? issuedFields(content.job) : {};
  const all = { ...issued, ...changes };
  await deps.records.end(claim, { ...click, state, code, message, changes: all, trail });
  return failure;
}
