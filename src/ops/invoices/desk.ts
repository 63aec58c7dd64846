/** What people ask about invoices, and what they may have done about one; no HTML. */
import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { ErrorCode } from '../../contract/errors.ts';
import { type InvoiceTransferJob, invoiceId, JOB_RETENTION, MAX_PRIORITY } from '../../contract/jobs.ts';
import type { ListName, RecordLists, RecordRow } from '../../store/lists.ts';
import type { Outstanding } from '../../store/outstanding.ts';
import type {
  Clock,
  RecordKey,
  Shops,
  TrailEntry,
  TransferRecord,
  TransferRecords,
} from '../../transfer/ports.ts';

export interface DeskDeps {
  records: Pick<TransferRecords, 'read' | 'trail'>;
  lists: RecordLists;
  shops: Pick<Shops, 'list' | 'find'>;
  outstanding: Pick<Outstanding, 'raise'>;
  transfers: Queue;
  statusChecks: Queue;
  clock: Pick<Clock, 'now'>;
}

export interface Story {
  key: RecordKey;
  record: TransferRecord;
  trail: (TrailEntry & { at: string })[];
  /** The shop's language, for what is told to it. */
  language: string;
  /** Whether its content is still there to be sent again. */
  isRepeatable: boolean;
}

export interface Cause {
  code: ErrorCode | 'unknown';
  rows: RecordRow[];
}

export type Desk = ReturnType<typeof createDesk>;

/** How many rejected invoices are grouped by their cause. */
const GROUPED = 2_000;
/** The mark on an order: `SF-<invoice id>-<8 letters>`. */
const REFERENCE = /^SF-([A-Za-z0-9_-]{1,30})-[a-z2-7]{8}$/;

export function createDesk(deps: DeskDeps) {
  const { records, lists, shops, transfers, statusChecks, outstanding, clock } = deps;
  const now = () => new Date(clock.now()).toISOString();

  /** The content as it was sent to us: in the record while it may be needed, else in the last job. */
  async function contentOf(record: TransferRecord): Promise<object | undefined> {
    if (record.payload !== undefined) return record.payload;
    const job = record.jobId === undefined ? undefined : await transfers.getJob(record.jobId);
    return typeof job?.data === 'object' && job.data !== null ? job.data : undefined;
  }

  async function add(queue: Queue, shopId: string, data: object): Promise<void> {
    const priority = Math.min(await outstanding.raise(shopId), MAX_PRIORITY);
    await queue.add(queue.name, data, { ...JOB_RETENTION, jobId: randomUUID(), priority });
  }

  return {
    list: (name: ListName, offset: number, limit: number) => lists.page(name, offset, limit),

    /**
     * By invoice id, by the reference on an order, or by an order id.
     *
     * @param shopId of one shop only
     */
    async find(query: string, shopId?: string): Promise<RecordRow[]> {
      const all = (await shops.list()).filter((shop) => [undefined, shop.settings.shopId].includes(shopId));
      const id = REFERENCE.exec(query)?.[1] ?? query;
      const asked = invoiceId.safeParse(id).success
        ? all.map(({ settings }) => ({ shopId: settings.shopId, invoiceId: id }))
        : [];
      const clientIds = [...new Set(all.flatMap(({ verified }) => verified?.clientId ?? []))];
      const byOrder = /^\d{1,10}$/.test(query) ? await lists.byOrder(clientIds, Number(query)) : [];
      const keys = new Map([...asked, ...byOrder].map((key) => [`${key.shopId}:${key.invoiceId}`, key]));
      return lists.rows([...keys.values()]);
    },

    /** Rejected invoices by what they were rejected for, most frequent first. */
    async causes(): Promise<Cause[]> {
      const { rows } = await lists.page('rejected', 0, GROUPED);
      const byCode = new Map<Cause['code'], RecordRow[]>();
      for (const row of rows)
        byCode.set(row.code ?? 'unknown', [...(byCode.get(row.code ?? 'unknown') ?? []), row]);
      return [...byCode]
        .map(([code, members]) => ({ code, rows: members }))
        .sort((a, b) => b.rows.length - a.rows.length);
    },

    async story(key: RecordKey): Promise<Story | undefined> {
      const record = await records.read(key);
      if (record === undefined) return undefined;
      const [trail, shop, content] = await Promise.all([
        records.trail(key),
        shops.find(key.shopId),
        contentOf(record),
      ]);
      const language = shop?.settings.language ?? 'en';
      return { key, record, trail, language, isRepeatable: content !== undefined };
    },

    /** As a new click on "Send invoice". @returns false where its content is not there any more */
    async retry(key: RecordKey): Promise<boolean> {
      const record = await records.read(key);
      if (record === undefined || record.state === 'transferred') return false;
      const waiting = record.jobId === undefined ? undefined : await transfers.getJob(record.jobId);
      if (waiting !== undefined && (await waiting.isDelayed())) {
        await waiting.promote();
        return true;
      }
      const content = await contentOf(record);
      if (content === undefined) return false;
      const requestedAt = now();
      await add(transfers, key.shopId, { ...content, requestId: `ops-${randomUUID()}`, requestedAt });
      return true;
    },

    /** What a person has decided to send anew. */
    send: (job: InvoiceTransferJob) => add(transfers, job.shopId, job),

    async checkStatus({ shopId, invoiceId: id }: RecordKey): Promise<void> {
      const requestedAt = now();
      const requestId = `ops-${randomUUID()}`;
      await add(statusChecks, shopId, { schemaVersion: 1, shopId, requestId, requestedAt, invoiceId: id });
    },
  };
}
