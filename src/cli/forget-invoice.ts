/** `invoice forget`: erase one invoice's personal data. Its record stays, so that it is never sent twice. */
import type { TransferState } from '../contract/results.ts';
import { type JobsOf, jobsOf } from '../queue/jobs-of-shop.ts';
import { createShopData } from '../store/shop-data.ts';
import type { Store } from '../store/store.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import { withProduct } from './context.ts';
import { eraseFromFiles } from './erasure.ts';
import { CliProblem, EXIT, type Io } from './io.ts';

export interface ForgetInvoiceOptions {
  yes?: boolean;
  /** Also where a person should still decide. Nobody can decide it here afterwards. */
  unresolved?: boolean;
}

const ENDED: TransferState[] = ['transferred', 'rejected'];

/** Ends with 1 and erases nothing while the invoice or a job of it is under way. */
export async function forgetInvoice(io: Io, key: RecordKey, options: ForgetInvoiceOptions): Promise<number> {
  return withProduct(io, {}, async ({ store, queues }) => {
    const about = `invoice ${key.invoiceId} of ${key.shopId}`;
    const jobs = jobsOf(queues().all, key.shopId, key.invoiceId);
    const states = options.unresolved === true ? [...ENDED, 'unresolved' as const] : ENDED;
    const record = await store.records.read(key);
    const live = await jobs.live();
    const isUnderWay = live > 0 || (record !== undefined && !states.includes(record.state));
    if (isUnderWay) throw new CliProblem(underWay(about, record?.state, live));
    if (record === undefined && (await jobs.ended()) === 0)
      throw new CliProblem([`invoice.not_transferred: nothing is known of ${about}`]);
    if (options.yes !== true) {
      const lines = [
        `erases the content of ${about}, its jobs, and what its customer is known by`,
        'keeps state, ids, sums, history and events, so that it is never sent twice; nothing was erased, say --yes',
      ];
      throw new CliProblem(lines, EXIT.wrongUse);
    }
    return erase(io, key, { store, jobs, states, about });
  });
}

function underWay(about: string, state: TransferState | undefined, live: number): string[] {
  const what = state === undefined ? 'not begun' : state;
  return [
    `${about} is under way (${what}, ${live === 1 ? '1 job' : `${live} jobs`} in the queue); nothing was erased`,
    state === 'unresolved' && live === 0
      ? 'decide it by invoice resolve; with --unresolved its content is erased, and nobody can decide it then'
      : 'wait until it has ended',
  ];
}

async function erase(
  io: Io,
  key: RecordKey,
  what: { store: Store; jobs: JobsOf; states: TransferState[]; about: string },
): Promise<number> {
  const { store, jobs, states, about } = what;
  const data = createShopData(store);
  const record = await store.records.read(key);
  if (record !== undefined && !(await data.erasePayload(key, states)))
    throw new CliProblem([`${about} began again meanwhile; nothing was erased, run this again`]);
  const removed = await jobs.removeEnded();
  io.out(`content of ${about} erased, with ${removed === 1 ? '1 job' : `${removed} jobs`}`);
  const { clientId, customerId } = record ?? {};
  if (clientId !== undefined && customerId !== undefined) {
    await data.forgetCustomer(clientId, customerId);
    io.out(`what customer ${customerId} of company ${clientId} is known by (hashes) forgotten`);
  }
  if (record !== undefined) io.out('its state, ids, sums and history are kept: it is never sent twice');
  io.out(
    'the customer and the order in 24SevenOffice are the shop’s books; erase there what the law lets it',
  );
  await eraseFromFiles(io, store);
  return EXIT.done;
}
