/**
 * One invoice becomes one order.
 *
 * At most one, whatever is killed, lost or timed out: every attempt looks for the order by its mark before
 * it may send (step 1), the send's intent is written as the bytes leave, under a fence that only one worker
 * holds (step 4), and nothing counts as done before it was read back (step 5). See docs/adr/0002.
 */
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import type { TransferResult } from '../contract/results.ts';
import type { ShopSettings } from '../contract/shop.ts';
import { contentHash } from '../domain/content.ts';
import { decideInvoice } from '../domain/invoice.ts';
import { decideMark } from '../domain/mark.ts';
import { decideEntry } from '../domain/transfer.ts';
import { NotNow, Rejected } from '../errors.ts';
import { type AdmittedShop, admitShop } from './admit.ts';
import { type Content, type JobRun, step, type Transfer, type TransferDeps } from './context.ts';
import { ensureCustomer } from './ensure-customer.ts';
import { ensureProduct } from './ensure-product.ts';
import { beginTransfer, confirmTransfer, keepContent, noteCustomer, noteProduct } from './entries.ts';
import { createInLine } from './find-or-create.ts';
import { lookAtCustomer, lookForOrder } from './place-order.ts';
import { planOrder, sendPlannedOrder } from './plan-order.ts';
import type { Claim, RequestEnd } from './ports.ts';
import { refuseUnclaimed } from './refuse.ts';
import { claimRecord, underClaim } from './under-claim.ts';
import { concludeTransfer, readBack } from './verify-order.ts';

export type TransferInvoice = (job: InvoiceTransferJob, run: JobRun) => Promise<TransferResult>;

/** Throws the four kinds of `src/errors.ts`; by then the record and its event say the same. */
export function createTransferInvoice(deps: TransferDeps): TransferInvoice {
  const inLine = createInLine();

  return async function transferInvoice(job, run) {
    const { shop, content } = await admit(deps, job);
    const key = { shopId: job.shopId, invoiceId: job.invoice.id };
    const claim = await claimRecord(deps, key, job.invoice.revision, job);
    const transfer = openTransfer({ deps, run, shop, content, claim, inLine });
    const told = await underClaim(transfer, async () => {
      keepContentUnderWay(transfer);
      return work(transfer, content);
    });
    if ('result' in told) return told.result;
    throw told.failure;
  };
}

/** The five steps and their guarantees. */
async function work(transfer: Transfer, asked: Content): Promise<Told> {
  const { claim, deps } = transfer;
  const { revision } = asked.job.invoice;
  const { requestId } = asked.job;
  const click = { requestId, revision, contentHash: asked.hash };
  const entry = decideEntry(claim.record, click, claim.claimedAt, deps.timing.settleMs);
  if (entry.do === 'repeat') return repeat(transfer, requestId);
  if (entry.do === 'refuse') throw new Rejected(entry.code);
  if (entry.do === 'wait') throw settling(transfer, entry.untilMs - claim.claimedAt);
  if (entry.do === 'confirm')
    return { result: await step(transfer, 'confirm', () => confirmTransfer(transfer)) };
  if (hasMovedCompany(transfer)) throw new Rejected('order.unknown_outcome', MOVED);
  if (entry.do === 'begin') await beginTransfer(transfer);

  // 1. Look first, always: an order under our mark is adopted, never made again.
  let order =
    claim.record.state === 'ordered' ? undefined : await step(transfer, 'look', () => lookForOrder(transfer));
  if (entry.do === 'look_only' && order === undefined) {
    throw new Rejected(claim.record.code ?? 'order.unknown_outcome', claim.record.message);
  }
  if (order === undefined && claim.record.state !== 'ordered') {
    // What is sent is what this job asks for; it is kept first, for the verification of any later attempt.
    await keepContent(transfer, asked);
    // 2. The customer: found and brought up to date, or created once.
    const customer = await step(transfer, 'customer', () => ensureCustomer(transfer));
    await noteCustomer(transfer, customer);
    if (!transfer.lookedAndFoundNone) {
      order = await step(transfer, 'look again', () => lookAtCustomer(transfer, customer.id));
    }
  }
  if (order === undefined && claim.record.state !== 'ordered') {
    // 3. The rental product, its category, and the tax code of each line.
    await noteProduct(transfer, await step(transfer, 'product', () => ensureProduct(transfer)));
    const plan = await step(transfer, 'tax', () => planOrder(transfer));
    // 4. One save; its intent is written when it holds a token and a connected socket, or it does not leave.
    await step(transfer, 'order', () => sendPlannedOrder(transfer, plan));
  }
  // 5. Read back, compared to the øre, and only then done.
  const result = await step(transfer, 'verify', async () => {
    const standing = order ?? (await readBack(transfer));
    return concludeTransfer(transfer, await planOrder(transfer, standing), standing);
  });
  return transfer.content.hash === asked.hash ? { result } : { failure: askAgain(transfer) };
}

const MOVED =
  'an order may stand in the company this shop was connected to before; look there, then resolve the invoice';

/** Our mark holds the company: what was sent to one cannot be looked for in another. */
function hasMovedCompany({ claim, clientId }: Transfer): boolean {
  const { state, clientId: before } = claim.record;
  const isUnderWay = state === 'sending' || state === 'ordered' || state === 'unresolved';
  return isUnderWay && before !== undefined && before !== clientId;
}

type Told = { result: TransferResult } | { failure: Rejected | NotNow };

/** The shop may transfer, and the invoice can be sent at all; else it is rejected before anything is asked. */
async function admit(
  deps: TransferDeps,
  job: InvoiceTransferJob,
): Promise<{ shop: AdmittedShop; content: Content }> {
  return refuseUnclaimed(deps, job, async () => {
    const shop = await admitShop(deps.shops, job.shopId);
    return { shop, content: readContent(job, shop.settings) };
  });
}

/** Throws Rejected `invoice.*`. */
function readContent(job: InvoiceTransferJob, shop: ShopSettings): Content {
  const check = decideInvoice(job, shop);
  if (check.kind === 'rejected') throw new Rejected(check.code, check.message);
  return { job, check, hash: contentHash(job) };
}

function openTransfer(input: {
  deps: TransferDeps;
  run: JobRun;
  shop: AdmittedShop;
  content: Content;
  claim: Claim;
  inLine: Transfer['inLine'];
}): Transfer {
  const { deps, run, shop, content, claim, inLine } = input;
  const { settings, access } = shop;
  return {
    deps,
    run,
    claim,
    inLine,
    shop: settings,
    clientId: access.clientId,
    books: deps.booksOf(access),
    mark: decideMark({ clientId: access.clientId, ...claim.key }),
    content,
    warnings: [],
    lookedAndFoundNone: false,
  };
}

/** What was sent is what must be found again, whatever a later job says. Throws Rejected, under the claim. */
function keepContentUnderWay(transfer: Transfer): void {
  const { state, payload } = transfer.claim.record;
  const isUnderWay = state === 'sending' || state === 'ordered' || state === 'unresolved';
  if (isUnderWay && payload !== undefined) transfer.content = readContent(payload, transfer.shop);
}

async function repeat({ claim, deps }: Transfer, requestId: string): Promise<Told> {
  const end = claim.record.ended.find((ended): ended is RequestEnd => ended.requestId === requestId);
  await deps.records.release(claim);
  if (end !== undefined && 'result' in end) return { result: end.result };
  return { failure: new Rejected(end?.code ?? 'transfer.bug', end?.message) };
}

function settling({ deps }: Transfer, waitMs: number): NotNow {
  return new NotNow(
    'transfer.settling',
    deps.clock.now() + waitMs,
    'an order was sent without an answer; a look cannot be believed yet',
  );
}

/** The order under way was an earlier content's and has just ended; this job's own content is decided next. */
function askAgain({ deps }: Transfer): NotNow {
  return new NotNow(
    'transfer.busy',
    deps.clock.now(),
    'an earlier content of this invoice was finished first',
  );
}
