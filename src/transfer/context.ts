/** What the steps of one transfer share. */

import type { Clock } from '../clock.ts';
import type { InvoiceTransferJob } from '../contract/jobs.ts';
import type { Warning } from '../contract/results.ts';
import type { ShopSettings } from '../contract/shop.ts';
import type { InvoiceCheck } from '../domain/invoice.ts';
import type { Mark } from '../domain/mark.ts';
import type { TaxIds } from '../domain/tax.ts';
import { Stopping } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Timing } from '../timing.ts';
import type { Lines } from './find-or-create.ts';
import type { Books, BooksOf } from './ports/books.ts';
import type { CompanyFacts, Entities } from './ports/entities.ts';
import type { Events } from './ports/events.ts';
import type { CustomerPins } from './ports/pins.ts';
import type { Claim, Click, TransferRecords } from './ports/records.ts';
import type { Shops } from './ports/shops.ts';

/** Milliseconds. A transfer that could only wait for so long is given up: seven days. */
export const EXPIRES_AFTER_MS = 7 * 24 * 3_600_000;

export interface TransferDeps {
  shops: Shops;
  records: TransferRecords;
  entities: Entities;
  facts: CompanyFacts;
  pins: Pick<CustomerPins, 'find' | 'set'>;
  events: Events;
  booksOf: BooksOf;
  clock: Clock;
  timing: Timing;
  /** Failed attempts after which a transfer ends. */
  maxAttempts: number;
  /** Called after each step, for metrics. */
  onStep?: (step: string, durationMs: number) => void;
}

/** One run of a job by a worker. */
export interface JobRun {
  /** BullMQ's id of the job; the sweep asks whether it still lives. */
  jobId?: string | undefined;
  /** Aborted when the worker stops: the job goes back, at the next step. */
  signal: AbortSignal;
  log: Logger;
}

/** The invoice as it is to be sent: what the payload says, and what was decided from it alone. */
export interface Content {
  job: InvoiceTransferJob;
  check: InvoiceCheck;
  hash: string;
}

export interface Transfer {
  deps: TransferDeps;
  run: JobRun;
  shop: ShopSettings;
  clientId: string;
  books: Books;
  claim: Claim;
  lines: Lines;
  /** Companies whose search by e-mail this process is probing. */
  probing: Set<string>;
  mark: Mark;
  /** The content that is transferred: an earlier job's, while that one is under way. */
  content: Content;
  /** The content of this job. */
  asked: Content;
  /** The order exists, and is updated to this content. */
  isUpdate: boolean;
  warnings: Warning[];
  /** Each line's tax code, once resolved. */
  taxIds?: TaxIds;
  /** Whether 24SevenOffice is known to search by ExternalStatus, once asked. */
  isMarkSearchable?: boolean;
  /** Set once a look of this claim has found no order, everywhere it has to look. */
  lookedAndFoundNone: boolean;
}

/** What a person decided, and why; both stand in the trail. No personal data of customers. */
export interface Decision {
  /** Names this decision as a click is named. */
  requestId: string;
  by: string;
  reason: string;
}

export interface OrderConfirmation extends Decision {
  /** They have compared order and invoice, and take the order as it is. */
  acceptDifference: boolean;
}

/** The click that an end answers: this job's, unless it has finished an earlier content for another. */
export function clickOf({ asked, content }: Transfer): Click {
  const { job, hash } = asked.hash === content.hash ? asked : content;
  return { requestId: job.requestId, contentHash: hash };
}

/** This job's own click. */
export function ownClick({ asked }: Transfer): Click {
  return { requestId: asked.job.requestId, contentHash: asked.hash };
}

/** Run one step: not begun when the worker is stopping, timed, logged in one line. */
export async function step<T>(transfer: Transfer, name: string, action: () => Promise<T>): Promise<T> {
  const { run, deps } = transfer;
  if (run.signal.aborted) throw new Stopping(deps.clock.now());
  const startedAt = deps.clock.monotonic();
  const result = await action();
  const durationMs = Math.round(deps.clock.monotonic() - startedAt);
  deps.onStep?.(name, durationMs);
  run.log.info({ step: name, durationMs }, 'step done');
  return result;
}
