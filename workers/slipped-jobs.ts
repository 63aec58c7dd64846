/**
 * Failed jobs whose invoice has no record. None of ours ends so; one that an older version left, or BullMQ
 * itself, is taken up again, or ended where it failed too long ago to be sent unasked.
 */
import type { Queue } from 'bullmq';
import type { Clock } from '../src/clock.ts';
import { invoiceId, requestId, shopId } from '../src/contract/jobs.ts';
import type { Logger } from '../src/logger.ts';
import type { RedisClient } from '../src/store/connection.ts';
import { EXPIRES_AFTER_MS } from '../src/transfer/context.ts';
import type { TransferRecords } from '../src/transfer/ports/records.ts';

/** Jobs looked at in one script: a payload may have 256 KiB. */
const PAGE = 200;
/** No two workers' clocks differ by more. */
const OVERLAP_MS = 10 * 60_000;

/** KEYS of jobs, ARGV what names of records begin with. Of those without: index, shop, invoice, request. */
const WITHOUT_RECORD = `
local found = {}
for i, key in ipairs(KEYS) do
  local isJson, job = pcall(cjson.decode, redis.call('HGET', key, 'data') or '')
  local invoice = isJson and type(job) == 'table' and job.invoice
  if type(invoice) == 'table' and type(job.shopId) == 'string' and type(invoice.id) == 'string' and
    redis.call('EXISTS', ARGV[1] .. job.shopId .. ':' .. invoice.id) == 0 then
    found[#found + 1] = { i, job.shopId, invoice.id, type(job.requestId) == 'string' and job.requestId or '' }
  end
end
return found`;

interface Slipped {
  jobId: string;
  failedAt: number;
  key: { shopId: string; invoiceId: string };
  requestId: string;
}

/** @returns one look at what has failed since the last one; at all that is kept, the first time */
export function createSlippedJobs(deps: {
  queue: Queue;
  redis: RedisClient;
  /** What names of records begin with. */
  recordPrefix: string;
  records: Pick<TransferRecords, 'refuse'>;
  clock: Pick<Clock, 'now'>;
  log: Logger;
}): () => Promise<void> {
  const { queue, redis, recordPrefix, records, clock, log } = deps;
  let lookedAt = 0;

  async function withoutRecord(jobs: { id: string; at: number }[]): Promise<Slipped[]> {
    const keys = jobs.map(({ id }) => queue.toKey(id));
    const found = (await redis.eval(WITHOUT_RECORD, keys.length, ...keys, recordPrefix)) as [
      number,
      ...string[],
    ][];
    return found.flatMap(([index, shop, invoice, request]) => {
      const job = jobs[index - 1];
      const names = [shopId.safeParse(shop), invoiceId.safeParse(invoice)] as const;
      if (job === undefined || !names[0].success || !names[1].success) return [];
      return {
        ...{ jobId: job.id, failedAt: job.at, requestId: requestId.safeParse(request).data ?? '' },
        key: { shopId: names[0].data, invoiceId: names[1].data },
      };
    });
  }

  async function takeUp({ jobId, failedAt, key, requestId: request }: Slipped): Promise<void> {
    if (clock.now() - failedAt > EXPIRES_AFTER_MS) {
      const message = 'its job failed more than seven days ago and left no record';
      await records.refuse(key, request, 'transfer.expired', message, jobId);
      log.error({ ...key, jobId }, 'job failed without a record; its invoice was ended');
      return;
    }
    const job = await queue.getJob(jobId);
    if (job === undefined || !(await job.isFailed())) return;
    await job.updateProgress(0);
    await job.retry('failed');
    log.error({ ...key, jobId }, 'job failed without a record; it was taken up again');
  }

  return async () => {
    const now = clock.now();
    for (let from = 0; ; from += PAGE) {
      const page = await redis.zrangebyscore(
        queue.toKey('failed'),
        ...([lookedAt - OVERLAP_MS, '+inf', 'WITHSCORES', 'LIMIT', from, PAGE] as const),
      );
      const jobs = page.flatMap((id, i) => (i % 2 === 0 ? { id, at: Number(page[i + 1]) } : []));
      if (jobs.length > 0) for (const slipped of await withoutRecord(jobs)) await takeUp(slipped);
      if (jobs.length < PAGE) break;
    }
    lookedAt = now;
  };
}
