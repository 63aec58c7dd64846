/**
 * One invoice becomes one order.
 *
 * At most one, whatever is killed, lost or timed out: every attempt looks for the order by its mark before
 * it may send (step 1), the send's intent is written as the bytes leave, under a fence that only one worker
 * holds (step 4), and nothing counts as done before it was read back (step 5). See docs/adr/0002.
 */
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import type { TransferResult } from '../contract/results.ts';
import { contentHash } from '../domain/content.ts';
import { decideMark } from '../domain/mark.ts';
import { NotNow } from '../errors.ts';
import { type AdmittedShop, admitShop, readContent } from './admit.ts';
import { answerFromRecord, type JobAnswer } from './answer-from-record.ts';
import { claimRecord, underClaim } from './claim.ts';
import { type Content, type JobRun, step, type Transfer, type TransferDeps } from './context.ts';
import { ensureCustomer, noteCustomer } from './customer.ts';
import { lookAtCustomer, lookFirst } from './look.ts';
import { planOrder } from './plan.ts';
import type { Claim } from './ports/records.ts';
import { ensureProducts, noteProducts } from './products.ts';
import { refuseUnclaimed } from './refuse.ts';
import { sendPlannedOrder } from './send.ts';
import { resolveTaxes } from './tax.ts';
import { updateOrder } from './update.ts';
import { verifyOrder } from './verify.ts';

export type TransferInvoice = (job: InvoiceTransferJob, run: JobRun) => Promise<TransferResult>;

/** Throws the four kinds of `src/errors.ts`; by then the record and its event say the same. */
export function createTransferInvoice(deps: TransferDeps): TransferInvoice {
  const lines: Transfer['lines'] = new Map();
  const probing: Transfer['probing'] = new Set();

  return async function transferInvoice(job, run) {
    const { shop, content } = await admit(deps, job, run.jobId);
    const key = { shopId: job.shopId, invoiceId: job.invoice.id };
    const claim = await claimRecord(deps, key, job.invoice.revision, job, run.jobId);
    const transfer = openTransfer({ deps, run, shop, content, claim, lines, probing });
    const answer = await underClaim(transfer, async () => {
      const answered = await answerFromRecord(transfer);
      if (answered !== undefined) return answered;
      const work = transfer.isUpdate ? updateOrder : createOrder;
      return answerOwn(transfer, await work(transfer));
    });
    if ('result' in answer) return answer.result;
    throw answer.failure;
  };
}

/** The five steps and their guarantees; by now the record alone has no answer. */
async function createOrder(transfer: Transfer): Promise<TransferResult> {
  // 1. Look first, always: an order under our mark is adopted, never made again.
  let order = await step(transfer, 'look', () => lookFirst(transfer));
  const isToBeSent = () => order === undefined && transfer.claim.record.state !== 'ordered';
  if (isToBeSent()) {
    // What is sent is what this job asks for; it is kept first, for the verification of any later attempt.
    await keepContent(transfer);
    // An invoice without a tax code leaves no customer behind; where the look needs the customer, that comes first.
    if (transfer.lookedAndFoundNone) await step(transfer, 'tax codes', () => resolveTaxes(transfer));
    // 2. The customer: found and brought up to date, or created once; now its orders can be looked through.
    const customer = await step(transfer, 'customer', () => ensureCustomer(transfer));
    await noteCustomer(transfer, customer);
    if (!transfer.lookedAndFoundNone) {
      order = await step(transfer, 'look again', () => lookAtCustomer(transfer, customer.id));
    }
    if (isToBeSent()) {
      // 3. Each line's product, its category, and its tax code.
      const products = await step(transfer, 'product', () => ensureProducts(transfer));
      await noteProducts(transfer, products);
      const { productId, rowProductIds } = products;
      const known = {
        customerId: customer.id,
        productId,
        rowProductIds,
        customerCurrency: customer.currency,
      };
      const plan = await step(transfer, 'tax', () => planOrder(transfer, known));
      // 4. One save; its intent is written when it holds a token and a connected socket, or it does not leave.
      await step(transfer, 'order', () => sendPlannedOrder(transfer, plan));
    }
  }
  // 5. Read back, compared to the øre, and only then done.
  return step(transfer, 'verify', () => verifyOrder(transfer, order));
}

/** What this job asks for is what is sent from here on. */
async function keepContent(transfer: Transfer): Promise<void> {
  const { deps, claim, asked, clientId } = transfer;
  const { payload, clientId: keptFor } = claim.record;
  transfer.content = asked;
  const isKept = payload !== undefined && contentHash(payload) === asked.hash;
  if (isKept && payload.requestId === asked.job.requestId && keptFor === clientId) return;
  await deps.records.note(claim, { payload: asked.job, clientId });
}

/** Where the order under way was an earlier content's, it has just ended; this job's own is decided next. */
function answerOwn({ deps, content, asked }: Transfer, result: TransferResult): JobAnswer {
  if (content.hash === asked.hash) return { result };
  const message = 'an earlier content of this invoice was finished first';
  return { failure: new NotNow('transfer.busy', deps.clock.now(), message) };
}

/** The shop may transfer, and the invoice can be sent at all; else it is rejected before anything is asked. */
async function admit(
  deps: TransferDeps,
  job: InvoiceTransferJob,
  jobId: string | undefined,
): Promise<{ shop: AdmittedShop; content: Content }> {
  return refuseUnclaimed(deps, job, jobId, async () => {
    const shop = await admitShop(deps.shops, job.shopId);
    return { shop, content: readContent(job, shop.settings) };
  });
}

/** Everything the steps of one transfer share. */
export function openTransfer(input: {
  deps: TransferDeps;
  run: JobRun;
  shop: AdmittedShop;
  content: Content;
  claim: Claim;
  lines: Transfer['lines'];
  probing: Transfer['probing'];
}): Transfer {
  const { deps, run, shop, content, claim, lines, probing } = input;
  const { settings, access } = shop;
  return {
    deps,
    run,
    claim,
    lines,
    probing,
    shop: settings,
    clientId: access.clientId,
    books: deps.booksOf(access),
    mark: decideMark({ clientId: access.clientId, ...claim.key }),
    content,
    asked: content,
    isUpdate: false,
    warnings: [],
    lookedAndFoundNone: false,
  };
}
