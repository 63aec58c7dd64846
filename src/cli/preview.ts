/** `invoice preview`: the order that a payload file would become. Writes nothing. */
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import { parseInvoiceTransferJob } from '../contract/parse.ts';
import type { OrderDraft, OrderRowDraft, OrderUpdate } from '../domain/books.ts';
import type { WouldWrite } from '../transfer/dry-run.ts';
import { type Preview, previewInvoice } from '../transfer/preview-invoice.ts';
import { withProduct } from './context.ts';
import { CliProblem, EXIT, type Io, readJson } from './io.ts';

export async function previewInvoiceCommand(
  io: Io,
  file: string,
  options: { json?: boolean },
): Promise<number> {
  const job = await readPayload(file);
  const preview = await withProduct(io, { tfso: true }, ({ transferDeps, asPerson }) =>
    previewInvoice(transferDeps, job, asPerson),
  );
  const lines = options.json === true ? [JSON.stringify(preview, null, 2)] : tell(job, preview);
  for (const line of lines) io.out(line);
  return EXIT.done;
}

/** Throws CliProblem: exit code 2 if the file cannot be read, 1 if a worker would refuse it. */
async function readPayload(file: string): Promise<InvoiceTransferJob> {
  const parsed = parseInvoiceTransferJob(await readJson(file));
  if (parsed.ok) return parsed.data;
  throw new CliProblem(
    parsed.problems.map(({ path, message }) => `payload.invalid: ${path === '' ? '' : `${path} `}${message}`),
  );
}

function tell(job: InvoiceTransferJob, preview: Preview): string[] {
  const { id } = job.invoice;
  if (preview.kind === 'stands') {
    const { orderId, totals } = preview.result;
    return [`invoice ${id} has its order ${orderId}, gross ${totals.posted}; nothing would be written`];
  }
  const { customer, categories, products, order, rowProducts = [] } = preview.wouldWrite;
  const lines = [
    `invoice ${id} of ${job.shopId}: nothing was written; this would be`,
    `customer  ${customerLine(customer, order)}`,
  ];
  for (const { name } of categories) lines.push(`category  new: ${name}`);
  for (const { name } of products) lines.push(`product   new: ${name}`);
  if (order === undefined) return lines;
  if ('create' in order)
    return [
      ...lines,
      `order     new, ${headOf(order.create)}`,
      ...order.create.rows.map((row) => rowLine(row, rowProducts)),
    ];
  return [
    ...lines,
    `order     ${order.update.orderId} changed, ${headOf(order.update)}`,
    ...editLines(order.update, rowProducts),
  ];
}

function customerLine(customer: WouldWrite['customer'], order: WouldWrite['order']): string {
  if (customer === undefined) {
    const draft = order !== undefined && ('create' in order ? order.create : order.update);
    return draft ? `${draft.customerId}, as it is` : 'as it is';
  }
  if ('create' in customer) return `new: ${customer.create.type}`;
  const { id, type: _type, ...fields } = customer.update;
  return `${id} changed: ${Object.keys(fields).join(', ')}`;
}

function headOf(order: Omit<OrderDraft, 'rows'> | Omit<OrderUpdate, 'rows'>): string {
  const { orderStatus, dateOrdered, includeVat, paymentTime, referenceNumber } = order;
  const terms = paymentTime === undefined ? '' : `, ${paymentTime} days`;
  const delivered = order.deliveryDate === undefined ? '' : `, delivered ${order.deliveryDate.slice(0, 10)}`;
  const buyer = order.yourReference ? `, your reference ${order.yourReference}` : '';
  return `${orderStatus}, ${dateOrdered.slice(0, 10)}${terms}${delivered}, prices ${includeVat ? 'with' : 'without'} VAT, ${referenceNumber}${dimensionsOf(order)}${buyer}`;
}

const dimensionsOf = ({ departmentId, projectId }: Pick<OrderRowDraft, 'departmentId' | 'projectId'>) =>
  `${departmentId === undefined ? '' : `, department ${departmentId}`}${projectId === undefined ? '' : `, project ${projectId}`}`;

function rowLine(row: OrderRowDraft, rowProducts: string[]): string {
  const product = rowProducts[row.sequenceNumber - 1];
  return `row ${row.sequenceNumber}     ${row.name}: ${row.quantity} × ${row.price}, discount ${row.discountRate} %, tax code ${row.taxCode}${product === undefined ? '' : `, product ${product}`}${dimensionsOf(row)}`;
}

const editLines = ({ rows }: OrderUpdate, rowProducts: string[]): string[] =>
  rows.map((edit) =>
    edit.change === 'Delete'
      ? `row       ${edit.rowId} removed`
      : `${edit.change.toLowerCase()} ${rowLine(edit.row, rowProducts)}`,
  );
