/**
 * The sweep: nothing accepted is forgotten, nothing unresolved is left alone, and a second order that shows
 * up late is found.
 */
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import { CHECK_OPEN_MS, nextLookMs } from '../domain/agenda.ts';
import { asNewest } from '../domain/content.ts';
import { decideMark, judgeHit } from '../domain/mark.ts';
import { decideFailureEnd, duplicateMessage, isEnded } from '../domain/transfer.ts';
import { NotNow, Terminal, TransferFailure } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { type AdmittedShop, admitShop } from './admit.ts';
import type { TransferDeps } from './context.ts';
import type { Agenda } from './ports/agenda.ts';
import type { RecordKey, TransferRecord } from './ports/records.ts';

/** What the sweep needs of the queue. */
export interface SweptJobs {
  /** Whether that job waits or runs. */
  isLive(jobId: string): Promise<boolean>;
  /**
   * Add the invoice again, under a new job id: BullMQ ignores one it has seen.
   *
   * @param options.isLook it changes nothing where it fails, and is of no interest then
   */
  add(payload: InvoiceTransferJob, options?: { isLook?: boolean }): Promise<void>;
}

export interface SweepDeps extends Pick<TransferDeps, 'records' | 'shops' | 'booksOf'> {
  agenda: Agenda;
  jobs: SweptJobs;
  log: Logger;
}

/** How many records of each fate one pass met. */
export type Swept = Record<'alive' | 'enqueued' | 'ended' | 'looked' | 'duplicate' | 'failed', number>;

type Fate = keyof Swept;

const AT_ONCE = 500;
/** The records of a pass that died are free for the next one after this time. */
const HOLD_MS = 60_000;
/** A shop that is held up (company blocked, settings unreadable) mostly stays so for hours. */
const HELD_UP_MS = 10 * 60_000;

/** One pass over every record whose time has come. A record that fails is looked at again a minute later. */
export async function sweep(deps: SweepDeps): Promise<Swept> {
  const swept: Swept = { alive: 0, enqueued: 0, ended: 0, looked: 0, duplicate: 0, failed: 0 };
  for (;;) {
    const due = await deps.agenda.due(AT_ONCE, HOLD_MS);
    if (due.length === 0) return swept;
    // Together, so that the looks of one company leave in one request.
    const fates = await Promise.all(due.map((key) => sweepOne(deps, key)));
    for (const fate of fates) if (fate !== undefined) swept[fate] += 1;
  }
}

async function sweepOne(deps: SweepDeps, key: RecordKey): Promise<Fate | undefined> {
  let state: TransferRecord['state'] = 'accepted';
  try {
    const record = await deps.records.read(key);
    if (record === undefined) return await drop(deps, key, 'accepted');
    state = record.state;
    switch (state) {
      case 'rejected':
        return await drop(deps, key, 'rejected');
      case 'transferred':
      case 'unresolved':
        return await look(deps, key, record);
      default:
        return await rescue(deps, key, record);
    }
  } catch (error) {
    if (error instanceof NotNow) await deps.agenda.schedule(key, state, HELD_UP_MS);
    // What the service cannot answer now is asked again; anything else is a bug that must not stop the rest.
    const isExpected = error instanceof TransferFailure;
    const why = isExpected ? { code: error.code } : { err: error };
    deps.log[isExpected ? 'info' : 'error']({ ...key, ...why }, 'sweep could not look at a record');
    return 'failed';
  }
}

/** A record of a shop that may not transfer rests until it may. */
async function look(deps: SweepDeps, key: RecordKey, record: TransferRecord): Promise<Fate | undefined> {
  let shop: AdmittedShop;
  try {
    shop = await admitShop(deps.shops, key.shopId);
  } catch (error) {
    if (!(error instanceof Terminal)) throw error;
    await deps.agenda.rest(key);
    return undefined;
  }
  return record.state === 'transferred'
    ? lookForSecond(deps, key, record, shop)
    : lookAgain(deps, key, record);
}

async function drop(
  { agenda }: SweepDeps,
  key: RecordKey,
  state: TransferRecord['state'],
): Promise<undefined> {
  await agenda.schedule(key, state, undefined);
}

/** A record under way without a live job: Redis lost the queue, or somebody removed the job. */
async function rescue(deps: SweepDeps, key: RecordKey, record: TransferRecord): Promise<Fate> {
  const { agenda, jobs, log } = deps;
  const isAlive = record.jobId !== undefined && (await jobs.isLive(record.jobId));
  if (!isAlive) {
    if (record.payload === undefined) return endWithoutContent(deps, key, record);
    log.warn({ ...key, state: record.state }, 'a record under way had no live job and was enqueued again');
    await jobs.add(asJob(record.payload, record));
  }
  await agenda.schedule(key, record.state, CHECK_OPEN_MS);
  return isAlive ? 'alive' : 'enqueued';
}

/** No job can go on with it: a person resolves it, or the invoice is sent again. */
async function endWithoutContent(
  { records, log }: SweepDeps,
  key: RecordKey,
  { revision }: TransferRecord,
): Promise<Fate> {
  const answer = await records.claim(key, revision);
  if (answer.kind !== 'claimed') return 'failed';
  const { claim } = answer;
  const { state: before, payload, ended } = claim.record;
  if (isEnded(before) || payload !== undefined) {
    await records.release(claim);
    return 'failed';
  }
  const code = 'payload.invalid';
  const state = decideFailureEnd(claim.record, code, false);
  const message = 'the content of this invoice was lost on the way';
  const requestId = ended.at(-1)?.requestId ?? '';
  await records.end(claim, { state, requestId, code, message, trail: { step: state, code, requestId } });
  log.error({ ...key, code, reason: message }, 'an invoice under way was ended');
  return 'ended';
}

/** If this click was already answered (superseded by one that never came), `~` makes a new request id. */
function asJob(payload: InvoiceTransferJob, record: TransferRecord): InvoiceTransferJob {
  const { requestId } = payload;
  if (!record.ended.some((end) => end.requestId === requestId)) return payload;
  return { ...asNewest(payload, record), requestId: `${requestId}~`.slice(-2000) };
}

/** A job for an unresolved record only looks. It adopts an order that has shown up or was corrected. */
async function lookAgain({ agenda, jobs }: SweepDeps, key: RecordKey, record: TransferRecord): Promise<Fate> {
  if (record.payload !== undefined) await jobs.add(record.payload, { isLook: true });
  const delayMs = nextLookMs(record.state, (record.looks ?? 0) + 1);
  await agenda.schedule(key, record.state, delayMs, { countsAsLook: true });
  return 'looked';
}

/** After `afterUnknown: resend` the first order may still show up, later than the settle time. */
async function lookForSecond(
  deps: SweepDeps,
  key: RecordKey,
  record: TransferRecord,
  { access }: AdmittedShop,
): Promise<Fate | undefined> {
  const { booksOf, agenda, records, log } = deps;
  if (record.clientId !== access.clientId) return drop(deps, key, record.state);
  const mark = decideMark({ clientId: access.clientId, ...key });
  const ours = (await booksOf(access).findOrdersByMark(mark.externalStatus)).filter(
    (order) => judgeHit(order, mark) === 'ours',
  );
  if (ours.some((order) => order.orderId !== record.orderId)) {
    const answer = await records.claim(key, record.revision);
    if (answer.kind !== 'claimed') return 'failed';
    const { claim } = answer;
    if (claim.record.state !== 'transferred' || claim.record.orderId !== record.orderId) {
      await records.release(claim);
      return 'failed';
    }
    const requestId = record.ended.at(-1)?.requestId ?? '';
    const code = 'order.duplicate_found';
    const message = duplicateMessage(record, ours);
    await records.end(claim, {
      state: 'unresolved',
      requestId,
      code,
      message,
      trail: { step: 'second order found', code },
    });
    log.error({ ...key, code, reason: message }, 'a second order was found');
    return 'duplicate';
  }
  const delayMs = nextLookMs(record.state, (record.looks ?? 0) + 1);
  await agenda.schedule(key, record.state, delayMs, { countsAsLook: true });
  return 'looked';
}
