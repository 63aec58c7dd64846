/** What people ask about invoices, and what they may have done about one; no HTML. */
import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Clock } from '../../clock.ts';
import { type ErrorCode, isErrorCode } from '../../contract/errors.ts';
import {
  type InvoiceTransferJob,
  invoiceId,
  invoiceTransferJob,
  JOB_RETENTION,
  MAX_PRIORITY,
} from '../../contract/jobs.ts';
import type { RedisClient } from '../../store/connection.ts';
import type { ListName, RecordLists, RecordRow } from '../../store/lists.ts';
import type { Outstanding } from '../../store/outstanding.ts';
import type { RecordKey, Shops, TrailEntry, TransferRecord, TransferRecords } from '../../transfer/ports.ts';
import { findWaitingJobs, type WaitingJobs } from '../waiting-jobs.ts';

export interface DeskDeps {
  records: Pick<TransferRecords, 'read' | 'trail'>;
  lists: RecordLists;
  shops: Pick<Shops, 'list'>;
  outstandingOf: (queue: string) => Pick<Outstanding, 'raise'>;
  redis: RedisClient;
  transfers: Queue;
  statusChecks: Queue;
  clock: Pick<Clock, 'now'>;
}

export interface Story {
  key: RecordKey;
  record: TransferRecord;
  trail: (TrailEntry & { at: string })[];
  /** What Sharefox sent, while it is kept. */
  content?: InvoiceTransferJob | undefined;
  /** Whether its content is still there to be sent again. */
  isRepeatable: boolean;
}

export interface Cause {
  code: ErrorCode | 'unknown';
  rows: RecordRow[];
}

export type Desk = ReturnType<typeof createDesk>;

export interface Causes {
  causes: Cause[];
  /** Of how many rejected invoices the causes are told: the newest. */
  grouped: number;
  rejected: number;
}

/** How many invoices of a list are looked through for a cause or a shop: the newest. */
const LOOKED_THROUGH = 2_000;
const LISTS = new Map<string, ListName>([
  ['open', 'open'],
  ['waiting', 'open'],
  ['unresolved', 'unresolved'],
  ['rejected', 'rejected'],
]);
/** The mark on an order: `SF-<invoice id>-<8 letters>`. */
const REFERENCE = /^SF-([A-Za-z0-9_-]{1,30})-[a-z2-7]{8}$/;

/** The id of a click that was made here. */
export const newClick = (): string => `ops-${randomUUID()}`;

export function createDesk(deps: DeskDeps) {
  const { records, lists, shops, transfers, statusChecks, outstandingOf, clock } = deps;
  const now = () => new Date(clock.now()).toISOString();

  /** The content as it was sent to us: in the record while it may be needed, else in the last job. */
  async function contentOf(record: TransferRecord): Promise<object | undefined> {
    if (record.payload !== undefined) return record.payload;
    const job = record.jobId === undefined ? undefined : await transfers.getJob(record.jobId);
    return typeof job?.data === 'object' && job.data !== null ? job.data : undefined;
  }

  async function add(queue: Queue, shopId: string, data: object): Promise<void> {
    const priority = Math.min(await outstandingOf(queue.name).raise(shopId), MAX_PRIORITY);
    await queue.add(queue.name, data, { ...JOB_RETENTION, jobId: randomUUID(), priority });
  }

  async function byId(query: string, shopId: string | undefined): Promise<RecordRow[]> {
    const all = (await shops.list({ skipsUnreadable: true })).filter((shop) =>
      [undefined, shop.settings.shopId].includes(shopId),
    );
    const id = REFERENCE.exec(query)?.[1] ?? query;
    // A shop that is named may not be connected, and have had invoices refused for that.
    const names = shopId === undefined ? all.map(({ settings }) => settings.shopId) : [shopId];
    const asked = invoiceId.safeParse(id).success
      ? names.map((name) => ({ shopId: name, invoiceId: id }))
      : [];
    const clientIds = [...new Set(all.flatMap(({ verified }) => verified?.clientId ?? []))];
    const byOrder = /^\d{1,10}$/.test(query) ? await lists.byOrder(clientIds, Number(query)) : [];
    const keys = new Map([...asked, ...byOrder].map((key) => [`${key.shopId}:${key.invoiceId}`, key]));
    return lists.rows([...keys.values()]);
  }

  async function newest(names: ListName[]): Promise<RecordRow[]> {
    const pages = await Promise.all(names.map((name) => lists.page(name, 0, LOOKED_THROUGH)));
    return pages.flatMap(({ rows }) => rows);
  }

  return {
    list: (name: ListName, offset: number, limit: number) => lists.page(name, offset, limit),

    /**
     * By invoice id, by the reference on an order, by an order id, by the name of a list, by an error code; or
     * all listed ones of a shop.
     *
     * @param shopId of one shop only
     */
    async find(query: string, shopId?: string): Promise<RecordRow[]> {
      const ofShop = ({ key }: RecordRow) => shopId === undefined || key.shopId === shopId;
      const list = LISTS.get(query);
      if (list !== undefined) return (await newest([list])).filter(ofShop);
      if (query === '') return (await newest(['unresolved', 'open', 'rejected'])).filter(ofShop);
      if (isErrorCode(query)) {
        const rows = await newest(['unresolved', 'open', 'rejected']);
        return rows.filter((row) => ofShop(row) && (row.code ?? row.waitsFor) === query);
      }
      return byId(query, shopId);
    },

    /** Rejected invoices by what they were rejected for, most frequent first. */
    async causes(): Promise<Causes> {
      const { rows, total } = await lists.page('rejected', 0, LOOKED_THROUGH);
      const byCode = new Map<Cause['code'], RecordRow[]>();
      for (const row of rows) {
        const code = row.code ?? 'unknown';
        const members = byCode.get(code);
        if (members === undefined) byCode.set(code, [row]);
        else members.push(row);
      }
      const causes = [...byCode]
        .map(([code, members]) => ({ code, rows: members }))
        .sort((a, b) => b.rows.length - a.rows.length);
      return { causes, grouped: rows.length, rejected: total };
    },

    /** How many jobs no worker has looked at yet. */
    async notBegun(): Promise<number> {
      const counts = await transfers.getJobCounts('waiting', 'prioritized');
      return (counts.waiting ?? 0) + (counts.prioritized ?? 0);
    },

    /** Its jobs, where there is no record yet. */
    waiting: (id: string, shopId?: string): Promise<WaitingJobs> =>
      findWaitingJobs({ queue: transfers, redis: deps.redis }, id, shopId),

    async story(key: RecordKey): Promise<Story | undefined> {
      const record = await records.read(key);
      if (record === undefined) return undefined;
      const [trail, content] = await Promise.all([records.trail(key), contentOf(record)]);
      const sent = invoiceTransferJob.safeParse(content).data;
      return { key, record, trail, content: sent, isRepeatable: content !== undefined };
    },

    /**
     * As a new click on "Send invoice"; where its job waits, that one goes on now.
     *
     * @returns the click, or undefined where its content is not there any more
     */
    async retry(key: RecordKey): Promise<string | undefined> {
      const record = await records.read(key);
      if (record === undefined || record.state === 'transferred') return undefined;
      const waiting = record.jobId === undefined ? undefined : await transfers.getJob(record.jobId);
      if (waiting !== undefined && (await waiting.isDelayed())) {
        await waiting.promote();
        return invoiceTransferJob.safeParse(waiting.data).data?.requestId;
      }
      const content = await contentOf(record);
      if (content === undefined) return undefined;
      const requestId = newClick();
      await add(transfers, key.shopId, { ...content, requestId, requestedAt: now() });
      return requestId;
    },

    /** What a person has decided to send anew. @returns the click */
    async send(job: InvoiceTransferJob): Promise<string> {
      await add(transfers, job.shopId, job);
      return job.requestId;
    },

    async checkStatus({ shopId, invoiceId: id }: RecordKey): Promise<void> {
      const requestedAt = now();
      const requestId = newClick();
      await add(statusChecks, shopId, { schemaVersion: 1, shopId, requestId, requestedAt, invoiceId: id });
    },
  };
}
