/** What a person decides of an invoice that we could not: which order is its own, or that there is none. */
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import type { TransferResult, TransferState } from '../contract/results.ts';
import type { Order } from '../domain/books.ts';
import { asNewest } from '../domain/content.ts';
import { decideMark, isTransferMark, judgeHit, type Mark } from '../domain/mark.ts';
import { Terminal } from '../errors.ts';
import { admitShop, readContent } from './admit.ts';
import { claimRecord } from './claim.ts';
import type { Decision, JobRun, OrderConfirmation, Transfer, TransferDeps } from './context.ts';
import { keepRenewing } from './keep-renewing.ts';
import type { Books } from './ports/books.ts';
import type { Claim, RecordKey, TrailEntry } from './ports/records.ts';
import { openTransfer } from './transfer-invoice.ts';
import { verifyOrder } from './verify.ts';

/** The decision cannot be carried out; nothing was changed. The message says what to do instead. */
export class DecisionRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecisionRefused';
  }
}

export interface Decisions {
  /** Order `orderId` is this invoice's. Its sums must agree, or the difference be accepted. */
  orderIs(key: RecordKey, orderId: number, decision: OrderConfirmation): Promise<TransferResult>;
  /** No order was created: the invoice may be sent anew. @returns the job to enqueue */
  notCreated(key: RecordKey, decision: Decision): Promise<InvoiceTransferJob>;
  /** The order was deleted on purpose: the next click on "Send invoice" makes a new one. */
  orderDeleted(key: RecordKey, decision: Decision): Promise<void>;
}

/** Each claims the record like a worker. Throws DecisionRefused, and the four kinds where a look fails. */
export function createDecisions(deps: TransferDeps, run: JobRun): Decisions {
  return {
    orderIs: (key, orderId, decision) =>
      decide(deps, run, key, 'unresolved', async (held) => {
        const order = await ownOrder(held, orderId);
        const { record } = held.claim;
        // A second order had shown up beside the one that was verified then: that one is left.
        if (record.payload === undefined && record.result?.orderId === orderId) {
          return keepResult(deps, held.claim, record.result, decision);
        }
        return verifyOrder(held.transfer(), order, decision);
      }),

    notCreated: (key, decision) =>
      decide(deps, run, key, 'unresolved', async (held) => {
        const { claim } = held;
        await refuseWhereOrderMayBe(held, deps.timing.settleMs);
        const { job } = held.transfer().content;
        await deps.records.release(
          claim,
          {
            state: 'accepted',
            acceptedAt: claim.claimedAt,
            attempts: 0,
            unknownOutcome: false,
            ...{
              sentAt: null,
              missedAt: null,
              denied: null,
              sentHash: null,
              code: null,
              message: null,
            },
          },
          told('a person says that no order was created', decision),
        );
        // Or it would be superseded before it began.
        return { ...asNewest(job, claim.record), requestId: decision.requestId };
      }),

    orderDeleted: (key, decision) =>
      decide(deps, run, key, ['transferred', 'unresolved'], async ({ claim, books, mark }) => {
        const { orderId } = claim.record;
        if (orderId === undefined) {
          throw new DecisionRefused('no order of this invoice is known; resolve with --not-created');
        }
        // A transferred order was seen; any other may not show yet.
        if (claim.record.state === 'unresolved') refuseUntilSettled(claim, deps.timing.settleMs);
        const standing = await books.getOrder(orderId);
        const others = (await books.findOrdersByMark(mark.externalStatus)).filter(
          (order) => judgeHit(order, mark) !== 'not_a_hit',
        );
        // Its own id says more than its mark, which a bookkeeper may have edited.
        const isLeft = standing !== undefined && standing.orderStatus !== 'Inactive';
        const left = isLeft ? standing : others[0];
        if (left !== undefined) {
          throw new DecisionRefused(
            `order ${left.orderId} still stands in 24SevenOffice; delete it there, or set it to Inactive, first`,
          );
        }
        const message = `order ${orderId} was deleted on purpose; send the invoice again to make a new one`;
        await deps.records.end(claim, {
          state: 'rejected',
          requestId: decision.requestId,
          code: 'order.missing',
          message,
          changes: {
            unknownOutcome: false,
            ...{
              orderId: null,
              result: null,
              sentAt: null,
              missedAt: null,
              denied: null,
              sentHash: null,
            },
            ...{ orderedAt: null, adopted: null, updating: null, shownBefore: null, sentFields: null },
          },
          trail: told('order deleted on purpose', decision, { orderId }),
        });
      }),
  };
}

export const told = (step: string, { by, reason }: Decision, facts: Partial<TrailEntry> = {}): TrailEntry =>
  ({ step, by, reason, ...facts }) as TrailEntry;

/** The order agreed when it was verified, and nothing of it is asked again. */
async function keepResult(
  { records }: TransferDeps,
  claim: Claim,
  result: TransferResult,
  decision: Decision,
): Promise<TransferResult> {
  const { orderId } = result;
  await records.end(claim, {
    state: 'transferred',
    requestId: decision.requestId,
    result,
    trail: told('transferred', decision, { orderId }),
  });
  return result;
}

/** A claimed record, and the books its order would stand in. */
interface Held {
  claim: Claim;
  clientId: string;
  books: Books;
  mark: Mark;
  /** What the record's payload asks for. Throws DecisionRefused where it has none any more. */
  transfer(): Transfer;
}

/** Claim the record in the state the decision is about; given back whatever happens. */
export async function decide<T>(
  deps: TransferDeps,
  run: JobRun,
  key: RecordKey,
  wanted: TransferState | TransferState[],
  carryOut: (held: Held) => Promise<T>,
): Promise<T> {
  const shop = await admitShop(deps.shops, key.shopId);
  const before = await deps.records.read(key);
  refuseOtherState(key, before?.state, wanted);
  const claim = await claimRecord(deps, key, 1);
  const stopRenewing = keepRenewing(deps, () => deps.records.renew(claim), run.log);
  try {
    refuseOtherState(key, claim.record.state, wanted);
    if (claim.record.clientId !== undefined && claim.record.clientId !== shop.access.clientId) {
      throw new DecisionRefused(
        'the shop is connected to another company now; the order is to be looked for in the one before',
      );
    }
    return await carryOut({
      claim,
      clientId: shop.access.clientId,
      books: deps.booksOf(shop.access),
      mark: decideMark({ clientId: shop.access.clientId, ...key }),
      transfer() {
        const { payload } = claim.record;
        if (payload === undefined) {
          throw new DecisionRefused('its content is not kept any more; send the invoice again from Sharefox');
        }
        const content = readContent(payload, shop.settings);
        return openTransfer({ deps, run, shop, claim, content, lines: new Map(), probing: new Set() });
      },
    });
  } catch (error) {
    await deps.records.release(claim).catch(() => undefined);
    if (error instanceof Terminal) throw new DecisionRefused(`${error.code}: ${error.message}`);
    throw error;
  } finally {
    stopRenewing();
  }
}

function refuseOtherState(
  key: RecordKey,
  state: TransferState | undefined,
  wanted: TransferState | TransferState[],
): void {
  const states = [wanted].flat();
  if (state !== undefined && states.includes(state)) return;
  const is = state === undefined ? 'is not known' : `is ${state}`;
  throw new DecisionRefused(
    `invoice ${key.invoiceId} of ${key.shopId} ${is}, not ${states.join(' or ')}; nothing to decide`,
  );
}

/** Throws DecisionRefused where it cannot be this invoice's, or is not the only one. */
async function ownOrder({ books, mark }: Held, orderId: number): Promise<Order> {
  const order = await books.getOrder(orderId);
  if (order === undefined) {
    throw new DecisionRefused(`order ${orderId} is not in this company's books; check the number`);
  }
  if (order.referenceNumber.trim() !== mark.reference && isTransferMark(order.referenceNumber)) {
    throw new DecisionRefused(`order ${orderId} carries another invoice's mark and cannot be this one's`);
  }
  if (order.orderStatus === 'Inactive') {
    throw new DecisionRefused(`order ${orderId} is Inactive; an order that counts must be open or invoiced`);
  }
  const others = (await books.findOrdersByMark(mark.externalStatus)).filter(
    (other) => other.orderId !== orderId && judgeHit(other, mark) === 'ours',
  );
  if (others.length > 0) {
    const ids = others.map((other) => other.orderId).join(', ');
    throw new DecisionRefused(
      `order ${ids} carries this invoice's mark, too; delete it or set it to Inactive in 24SevenOffice first`,
    );
  }
  return order;
}

/** Throws DecisionRefused while what was sent may still be missing from a look. */
function refuseUntilSettled({ record, claimedAt }: Claim, settleMs: number): void {
  const { sentAt = 0, missedAt = 0 } = record;
  const settledAt = Math.max(sentAt, missedAt) + settleMs;
  if (claimedAt >= settledAt) return;
  const seconds = Math.ceil((settledAt - claimedAt) / 1_000);
  throw new DecisionRefused(`an order may still show up; look again in ${seconds} s`);
}

/** "Not created" is believed only where nothing says otherwise, and a look can be believed. */
async function refuseWhereOrderMayBe({ claim, books, mark }: Held, settleMs: number): Promise<void> {
  const { orderId, customerId } = claim.record;
  if (orderId !== undefined) {
    throw new DecisionRefused(
      `order ${orderId} was created; resolve with --order ${orderId}, or delete it in 24SevenOffice and resolve with the one that is right`,
    );
  }
  refuseUntilSettled(claim, settleMs);
  const orders = [
    ...(await books.findOrdersByMark(mark.externalStatus)),
    ...(customerId === undefined ? [] : await books.findOrdersOfCustomer(customerId)),
  ];
  const hit = orders.find((order) => ['ours', 'disputed'].includes(judgeHit(order, mark)));
  if (hit !== undefined) {
    throw new DecisionRefused(
      `order ${hit.orderId} carries this invoice's mark; resolve with --order ${hit.orderId}`,
    );
  }
}
