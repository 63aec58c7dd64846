/** Questions and actions of the invoice pages, without HTML. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type ErrorCode, isErrorCode } from '../../contract/errors.ts';
import { type InvoiceTransferJob, invoiceId, invoiceTransferJob } from '../../contract/jobs.ts';
import type { FollowedLists } from '../../following/ports.ts';
import { addJob } from '../../queue/add-job.ts';
import type { Outstanding } from '../../queue/outstanding.ts';
import type { Queue } from '../../queue/queues.ts';
import { findWaitingJobs, type WaitingJobs } from '../../queue/waiting-jobs.ts';
import type { RedisClient } from '../../store/connection.ts';
import type { ListName, RecordLists, RecordRow } from '../../store/lists.ts';
import type { ServiceWords } from '../../store/words.ts';
import type { RecordKey, TrailEntry, TransferRecord, TransferRecords } from '../../transfer/ports/records.ts';
import type { Shops } from '../../transfer/ports/shops.ts';

export interface DeskDeps {
  records: Pick<TransferRecords, 'read' | 'trail'>;
  words: Pick<ServiceWords, 'read'>;
  lists: RecordLists;
  followedLists: Pick<FollowedLists, 'page'>;
  shops: Pick<Shops, 'list'>;
  outstandingOf: (queue: string) => Pick<Outstanding, 'raise' | 'lower'>;
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
  /** Whether its content is still kept, so that it can be sent again. */
  isRepeatable: boolean;
  /** All that 24SevenOffice said last, where the message holds only a part of it. For operators. */
  words?: string | undefined;
}

/** An order that is not as it was verified, or gone. */
export interface FollowedRow {
  key: RecordKey;
  record: TransferRecord;
}

export interface Cause {
  code: ErrorCode | 'unknown';
  rows: RecordRow[];
}

export type Desk = ReturnType<typeof createDesk>;

export interface Causes {
  causes: Cause[];
  /** How many of the newest rejected invoices `causes` covers. */
  grouped: number;
  rejected: number;
}

/** How many of a list's newest invoices are searched for a cause or a shop. */
const LOOKED_THROUGH = 2_000;
const LISTS = new Map<string, ListName>([
  ['open', 'open'],
  ['waiting', 'open'],
  ['unresolved', 'unresolved'],
  ['rejected', 'rejected'],
]);
/** The mark on an order: `SF-<invoice id>-<8 letters>`. */
const REFERENCE = /^SF-([A-Za-z0-9_-]{1,30})-[a-z2-7]{8}$/;

/** Request id of a click on our own pages. */
export const newClick = (): string => `ops-${randomUUID()}`;

export function createDesk(deps: DeskDeps) {
  const { records, lists, shops, transfers, statusChecks, outstandingOf, clock } = deps;
  const now = () => new Date(clock.now()).toISOString();

  /** The content as Sharefox sent it: from the record while it is needed there, else from the last job. */
  async function contentOf(record: TransferRecord): Promise<object | undefined> {
    if (record.payload !== undefined) return record.payload;
    const job = record.jobId === undefined ? undefined : await transfers.getJob(record.jobId);
    return typeof job?.data === 'object' && job.data !== null ? job.data : undefined;
  }

  async function add(queue: Queue, shopId: string, data: object): Promise<void> {
    await addJob(queue, outstandingOf(queue.name), { shopId, data });
  }

  async function byId(query: string, shopId: string | undefined): Promise<RecordRow[]> {
    const all = (await shops.list({ skipsUnreadable: true })).filter((shop) =>
      [undefined, shop.settings.shopId].includes(shopId),
    );
    const id = REFERENCE.exec(query)?.[1] ?? query;
    // A named shop need not be connected: its invoices may have been rejected for just that.
    const names = shopId === undefined ? all.map(({ settings }) => settings.shopId) : [shopId];
    const asked = invoiceId.safeParse(id).success
      ? names.map((name) => ({ shopId: name, invoiceId: id }))
      : [];
    const clientIds = [...new Set(all.flatMap(({ verified }) => verified?.clientId ?? []))];
    const byNumber = /^\d{1,10}$/.test(query) ? await lists.byNumber(clientIds, Number(query)) : [];
    const keys = new Map([...asked, ...byNumber].map((key) => [`${key.shopId}:${key.invoiceId}`, key]));
    return lists.rows([...keys.values()]);
  }

  async function newest(names: ListName[]): Promise<RecordRow[]> {
    const pages = await Promise.all(names.map((name) => lists.page(name, 0, LOOKED_THROUGH)));
    return pages.flatMap(({ rows }) => rows);
  }

  return {
    list: (name: ListName, offset: number, limit: number) => lists.page(name, offset, limit),

    /** Orders that differ from what was sent, or are gone; newest first. */
    async followed(
      name: 'differs' | 'gone',
      offset: number,
      limit: number,
    ): Promise<{ total: number; rows: FollowedRow[] }> {
      const { total, keys } = await deps.followedLists.page(name, offset, limit);
      const found = await Promise.all(keys.map(async (key) => ({ key, record: await records.read(key) })));
      return {
        total,
        rows: found.flatMap(({ key, record }) => (record === undefined ? [] : [{ key, record }])),
      };
    },

    /**
     * Finds invoices by invoice id, order reference, order id, invoice number of 24SevenOffice, name of a list or error code. An empty query finds
     * all listed invoices.
     *
     * @param shopId if given, only invoices of this shop
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

    /** Terminal invoices by error code, the most frequent first. */
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

    /** Number of jobs that no worker has taken yet. */
    async notBegun(): Promise<number> {
      const counts = await transfers.getJobCounts('waiting', 'prioritized');
      return (counts.waiting ?? 0) + (counts.prioritized ?? 0);
    },

    /** Jobs of an invoice that has no record yet. */
    waiting: (id: string, shopId?: string): Promise<WaitingJobs> =>
      findWaitingJobs({ queue: transfers, redis: deps.redis }, id, shopId),

    async story(key: RecordKey): Promise<Story | undefined> {
      const record = await records.read(key);
      if (record === undefined) return undefined;
      const [trail, content, words] = await Promise.all([
        records.trail(key),
        contentOf(record),
        deps.words.read(key),
      ]);
      const sent = invoiceTransferJob.safeParse(content).data;
      return { key, record, trail, content: sent, isRepeatable: content !== undefined, words };
    },

    /**
     * Does what a new click on "Send invoice" does. If a job of the invoice is delayed, that job goes on now.
     *
     * @returns the click's request id, or undefined if the invoice's content is no longer kept
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

    /** Sends again what a person decided to send again. @returns the click's request id */
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
