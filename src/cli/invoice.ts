/** `invoice show`: what became of one invoice, as a story. Its payload is never shown. */
import { ERROR_CATALOGUE } from '../contract/errors.ts';
import type { TrailEntry, TransferRecord } from '../transfer/ports.ts';
import { CliProblem, EXIT, type Io, withStore } from './io.ts';

const time = (epochMs: number) => new Date(epochMs).toISOString();

type Shown = Omit<TransferRecord, 'payload'>;

function withoutPayload(record: TransferRecord): Shown {
  const { payload: _, ...shown } = record;
  return shown;
}

function headLines(shopId: string, invoiceId: string, record: Shown): string[] {
  const ids = [
    record.orderId === undefined ? undefined : `order ${record.orderId}`,
    record.customerId === undefined ? undefined : `customer ${record.customerId}`,
    record.productId === undefined ? undefined : `product ${record.productId}`,
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
    const { owner, texts } = ERROR_CATALOGUE[record.code];
    lines.push(`${record.code}: ${record.message ?? texts.en}`, `who must act: ${owner}`);
  }
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
  return withStore(io, {}, async ({ store: { records } }) => {
    const key = { shopId, invoiceId };
    const record = await records.read(key);
    if (record === undefined) {
      throw new CliProblem([
        `invoice.not_transferred: nothing is known of invoice ${invoiceId} of ${shopId}`,
      ]);
    }
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
