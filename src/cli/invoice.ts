/** `invoice show`: what became of one invoice, with its trail. Never shows the payload. */
import { ERROR_CATALOGUE, errorText } from '../contract/errors.ts';
import type { Product } from '../product.ts';
import { findWaitingJobs } from '../queue/waiting-jobs.ts';
import type { RecordKey, TrailEntry, TransferRecord } from '../transfer/ports/records.ts';
import { withProduct } from './context.ts';
import { CliProblem, EXIT, type Io } from './io.ts';

const time = (epochMs: number) => new Date(epochMs).toISOString();

type Shown = Omit<TransferRecord, 'payload'>;

function withoutPayload(record: TransferRecord): Shown {
  const { payload: _, ...shown } = record;
  return shown;
}

/** What became of the order after its transfer, as it was seen last. */
function orderLines(record: Shown): string[] {
  const { goneAt, paidOn, orderStatus, invoiceNumber, invoicedOn, dueOn, followedAt } = record;
  const { differences = [], differsSince } = record;
  if (followedAt === undefined) return [];
  const parts = [
    invoiceNumber === undefined ? 'not invoiced' : `invoice number ${invoiceNumber}`,
    invoicedOn === undefined ? undefined : `invoiced ${invoicedOn}`,
    dueOn === undefined ? undefined : `due ${dueOn}`,
    paidOn === undefined ? 'not paid' : `paid ${paidOn}`,
    `status ${orderStatus ?? 'unknown'}`,
  ];
  const stands = goneAt === undefined ? parts.filter((part) => part !== undefined).join(', ') : 'gone';
  const lines = [`the order, seen last ${time(followedAt)}: ${stands}`];
  if (differsSince === undefined) return lines;
  const told = differences.map(({ what, expected, found }) =>
    expected === undefined || found === undefined ? what : `${what} ${found} instead of ${expected}`,
  );
  return [...lines, `it differs from what was sent since ${time(differsSince)}: ${told.join(', ')}`];
}

function headLines(shopId: string, invoiceId: string, record: Shown): string[] {
  const ids = [
    record.orderId === undefined ? undefined : `order ${record.orderId}`,
    record.customerId === undefined ? undefined : `customer ${record.customerId}`,
    record.productId === undefined
      ? undefined
      : `product ${[...new Set([record.productId, ...(record.rowProductIds ?? [])])].join(' ')}`,
    record.clientId === undefined ? undefined : `company ${record.clientId}`,
    record.reference,
  ].filter((part) => part !== undefined);
  const lines = [
    `invoice ${invoiceId} of ${shopId}: ${record.state}`,
    `revision ${record.revision}, attempts ${record.attempts}, accepted ${time(record.acceptedAt)}, changed ${time(record.updatedAt)}`,
  ];
  if (ids.length > 0) lines.push(ids.join(', '));
  if (record.sentAt !== undefined) {
    const unclear = record.unknownOutcome ? '; at least one send had no clear answer' : '';
    lines.push(`last sent ${time(record.sentAt)}${unclear}`);
  }
  if (record.code !== undefined) {
    const { owner, texts, remedies } = ERROR_CATALOGUE[record.code];
    lines.push(
      `${record.code}: ${record.message ?? texts.en}`,
      `who must act: ${owner}`,
      `what to do: ${remedies.en}`,
    );
  }
  lines.push(...orderLines(record));
  for (const { code, message, path } of record.result?.warnings ?? []) {
    lines.push(`warning ${code}${path === undefined ? '' : ` at ${path}`}: ${message}`);
  }
  return lines;
}

function storyLine({ at, step, ...facts }: TrailEntry & { at: string }): string {
  const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return `${at}  ${step}${told.length === 0 ? '' : `  ${told.join(', ')}`}`;
}

export async function showInvoice(
  io: Io,
  shopId: string,
  invoiceId: string,
  options: { json?: boolean },
): Promise<number> {
  return withProduct(io, {}, async (product) => {
    const { records } = product.store;
    const key = { shopId, invoiceId };
    const record = await records.read(key);
    if (record === undefined) return showWaiting(io, product, key, options);
    const trail = await records.trail(key);
    const shown = withoutPayload(record);
    if (options.json === true) {
      io.out(JSON.stringify({ shopId, invoiceId, record: shown, trail }, null, 2));
      return EXIT.done;
    }
    for (const line of headLines(shopId, invoiceId, shown)) io.out(line);
    for (const entry of trail) io.out(storyLine(entry));
    return EXIT.done;
  });
}

/** For an invoice without a record: its job may wait. */
async function showWaiting(
  io: Io,
  { store: { redis }, queues }: Product,
  { shopId, invoiceId }: RecordKey,
  options: { json?: boolean },
): Promise<number> {
  const queue = queues().transfer;
  const { jobs, total, looked } = await findWaitingJobs({ queue, redis }, invoiceId, shopId);
  if (jobs.length === 0) {
    const part = total > looked ? `; of ${total} waiting jobs ${looked} were looked through` : '';
    throw new CliProblem([
      `invoice.not_transferred: nothing is known of invoice ${invoiceId} of ${shopId}${part}`,
    ]);
  }
  if (options.json === true) {
    io.out(JSON.stringify({ shopId, invoiceId, jobs }, null, 2));
    return EXIT.done;
  }
  io.out(`invoice ${invoiceId} of ${shopId}: not begun`);
  for (const { jobId, state, addedAt, waitsFor } of jobs) {
    io.out(`job ${jobId} is in the queue (${state}), added ${time(addedAt)}`);
    if (waitsFor !== undefined) io.out(`it waits for ${waitsFor}: ${errorText(waitsFor, 'en')}`);
  }
  return EXIT.done;
}
