/** What a claimed job is told by its record alone, before anything is asked or sent. */
import type { ErrorCode } from '../contract/errors.ts';
import type { TransferResult } from '../contract/results.ts';
import { requestedAtMs } from '../domain/content.ts';
import { decideEntry, isEnded } from '../domain/transfer.ts';
import { NotNow, Terminal } from '../errors.ts';
import { readContent } from './admit.ts';
import { ownClick, step, type Transfer } from './context.ts';

/** What a job returns or throws once its claim has been given back. The record is not written again. */
export type JobAnswer = { result: TransferResult } | { failure: Terminal | NotNow };

const MOVED = 'an order may stand in the company this shop was connected to before; look there';

/**
 * @returns what the job is told; undefined where there is work to do, and then `transfer.content` is what
 *   that work is about. Throws Terminal where the record refuses the job, NotNow while looks must settle.
 */
export async function answerFromRecord(transfer: Transfer): Promise<JobAnswer | undefined> {
  keepContentUnderWay(transfer);
  const { claim, deps, shop, asked } = transfer;
  const click = {
    ...ownClick(transfer),
    contentHash: asked.hash,
    revision: asked.job.invoice.revision,
    requestedAt: requestedAtMs(asked.job),
  };
  const entry = decideEntry(claim.record, click, claim.claimedAt, deps.timing.settleMs, shop.resend);
  switch (entry.do) {
    case 'repeat':
      return repeat(transfer, entry.end);
    case 'refuse':
      throw new Terminal(entry.code);
    case 'wait':
      throw settling(transfer, entry.untilMs - claim.claimedAt);
    case 'confirm':
      return { result: await step(transfer, 'confirm', () => confirmTransfer(transfer)) };
  }
  if (hasMovedCompany(transfer)) {
    throw new Terminal(isEnded(claim.record.state) ? 'order.not_ours' : 'order.unknown_outcome', MOVED);
  }
  if (entry.do === 'begin') await beginTransfer(transfer);
  transfer.isUpdate = entry.do === 'update';
  return undefined;
}

/** What was sent is what must be found again, whatever a later job says. Throws Terminal, under the claim. */
function keepContentUnderWay(transfer: Transfer): void {
  const { state, payload } = transfer.claim.record;
  const isUnderWay = state === 'sending' || state === 'ordered' || state === 'unresolved';
  if (isUnderWay && payload !== undefined) transfer.content = readContent(payload, transfer.shop);
}

/** Our mark holds the company: what was sent to one cannot be looked for in another. */
function hasMovedCompany({ claim, clientId }: Transfer): boolean {
  const { state, clientId: before, orderId } = claim.record;
  const isUnderWay =
    state === 'sending' || state === 'ordered' || state === 'unresolved' || orderId !== undefined;
  return isUnderWay && before !== undefined && before !== clientId;
}

async function repeat(
  { claim, deps }: Transfer,
  end: { result?: TransferResult; code?: ErrorCode; message?: string },
): Promise<JobAnswer> {
  await deps.records.release(claim);
  if (end.result !== undefined) return { result: end.result };
  return { failure: new Terminal(end.code ?? 'transfer.bug', end.message) };
}

function settling({ deps }: Transfer, waitMs: number): NotNow {
  return new NotNow(
    'transfer.settling',
    deps.clock.now() + waitMs,
    'an order was sent without an answer; a look cannot be believed yet',
  );
}

/** A first attempt, or a rejected invoice clicked again: a fresh start under the same record. */
async function beginTransfer({ deps, claim, clientId, mark, content }: Transfer): Promise<void> {
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

/** Same content as sent: the order is read and still there, nothing is sent. Throws Terminal `order.*`. */
async function confirmTransfer(transfer: Transfer): Promise<TransferResult> {
  const { deps, claim, books, clientId } = transfer;
  const { result, orderId } = claim.record;
  if (claim.record.clientId !== undefined && claim.record.clientId !== clientId) {
    throw new Terminal('order.not_ours', 'the order stands in the company this shop was connected to before');
  }
  const order = orderId === undefined ? undefined : await books.getOrder(orderId);
  // A cancelled order is none, as for every look.
  if (order === undefined || order.orderStatus === 'Inactive' || result === undefined) {
    const is = order === undefined ? 'is no longer in 24SevenOffice' : 'is Inactive in 24SevenOffice';
    throw new Terminal(
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
