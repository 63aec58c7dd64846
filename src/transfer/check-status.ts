/** R14: paid or not paid. */
import type { StatusCheckJob } from '../contract/jobs.ts';
import type { StatusResult } from '../contract/results.ts';
import type { Order } from '../domain/books.ts';
import { decideMark, judgeHit, type Mark } from '../domain/mark.ts';
import { decideStatus } from '../domain/payment.ts';
import { Terminal } from '../errors.ts';
import { admitShop } from './admit.ts';
import type { JobRun, TransferDeps } from './context.ts';
import type { Books } from './ports/books.ts';
import type { TransferRecord } from './ports/records.ts';

export type CheckStatus = (job: StatusCheckJob, run: JobRun) => Promise<StatusResult>;

/**
 * Read one order and say how it stands. Writes nothing to 24SevenOffice.
 *
 * Throws Terminal `shop.*`, `invoice.not_transferred`, `order.not_ours`; Retryable and NotNow as reads do.
 */
export function createCheckStatus(
  deps: Pick<TransferDeps, 'shops' | 'records' | 'events' | 'booksOf' | 'clock'>,
): CheckStatus {
  return async (job, run) => {
    const { settings, access } = await admitShop(deps.shops, job.shopId);
    const key = { shopId: job.shopId, invoiceId: job.invoiceId };
    const record = await deps.records.read(key);
    const mark = decideMark({ clientId: access.clientId, ...key });
    if (
      record?.orderId !== undefined &&
      record.clientId !== undefined &&
      record.clientId !== access.clientId
    ) {
      throw new Terminal(
        'order.not_ours',
        'the order stands in the company this shop was connected to before',
      );
    }
    const { orderId, order } = await readOrder(deps.booksOf(access), job, record, mark);
    const checkedAt = new Date(deps.clock.now()).toISOString();
    const result = decideStatus(order, orderId, settings.timeZone, checkedAt);
    await deps.events.paymentChecked(key, job.requestId, result, run.jobId);
    run.log.info({ orderId, status: result.status, detail: result.detail }, 'status checked');
    return result;
  };
}

async function readOrder(
  books: Books,
  job: StatusCheckJob,
  record: TransferRecord | undefined,
  mark: Mark,
): Promise<{ orderId: number; order: Order | undefined }> {
  const orderId = job.externalOrderId ?? record?.orderId;
  if (orderId === undefined) return findByMark(books, mark);
  const order = await books.getOrder(orderId);
  if (order === undefined && record?.orderId !== undefined && record.orderId !== orderId) {
    throw new Terminal(
      'order.not_ours',
      `order ${orderId} is not in this company's books; this invoice's order is ${record.orderId}`,
    );
  }
  if (order !== undefined && !isOurs(order, record, mark)) {
    throw new Terminal('order.not_ours', `order ${orderId} does not carry this invoice's mark`);
  }
  return { orderId, order };
}

/** A reference that a bookkeeper edited does not make an order ours no longer, where its id or number is known. */
function isOurs(order: Order, record: TransferRecord | undefined, mark: Mark): boolean {
  const hit = judgeHit({ ...order, orderStatus: '' }, mark);
  return hit === 'ours' || hit === 'disputed' || (hit === 'not_a_hit' && order.orderId === record?.orderId);
}

async function findByMark(books: Books, mark: Mark): Promise<{ orderId: number; order: Order }> {
  const ours = (await books.findOrdersByMark(mark.externalStatus)).filter(
    (order) => judgeHit(order, mark) === 'ours',
  );
  const [order] = ours;
  if (order === undefined) {
    throw new Terminal(
      'invoice.not_transferred',
      'no order of this invoice is known or found; send the invoice first',
    );
  }
  if (ours.length > 1) {
    const ids = ours.map(({ orderId }) => orderId).join(' and ');
    throw new Terminal(
      'order.duplicate_found',
      `orders ${ids} both carry this invoice's mark; delete all but one`,
    );
  }
  return { orderId: order.orderId, order };
}
