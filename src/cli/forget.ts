/** `shop forget`: erase personal data of a shop's customers, and keep what bookkeeping needs. */
import type { TransferState } from '../contract/results.ts';
import { type JobsOf, jobsOf } from '../queue/jobs-of-shop.ts';
import { createShopData, type ShopData } from '../store/shop-data.ts';
import type { Store } from '../store/store.ts';
import { withProduct } from './context.ts';
import { eraseFromFiles } from './erasure.ts';
import { CliProblem, EXIT, type Io } from './io.ts';

export interface ForgetOptions {
  yes?: boolean;
  /** Also erase the content of unresolved invoices. Nobody can decide them here afterwards. */
  unresolved?: boolean;
}

type Invoices = Awaited<ReturnType<ShopData['invoices']>>;

const ENDED: TransferState[] = ['transferred', 'rejected'];
const MOST_LISTED = 20;

const count = (number: number, one: string) => `${number} ${one}${number === 1 ? '' : 's'}`;

/** Ends with 1 and erases nothing while an invoice or a job of the shop is under way. */
export async function forgetShop(io: Io, shopId: string, options: ForgetOptions): Promise<number> {
  return withProduct(io, {}, async ({ store, queues }) => {
    const data = createShopData(store);
    const shop = await store.shops.find(shopId);
    const invoices = await data.invoices(shopId);
    if (shop === undefined && invoices.length === 0) {
      throw new CliProblem([`shop.unknown: nothing is known of ${shopId}`]);
    }
    if (shop?.disabled === false) {
      throw new CliProblem([`${shopId} may still send invoices; run shop disable ${shopId} first`]);
    }
    const states = options.unresolved === true ? [...ENDED, 'unresolved' as const] : ENDED;
    const jobs = jobsOf(queues().all, shopId);
    refuseUnderWay(
      shopId,
      invoices.filter(({ state }) => !states.includes(state)),
      await jobs.live(),
    );
    if (options.yes !== true) {
      const lines = [
        `erases the content of ${count(invoices.length, 'invoice')} and of every job of ${shopId}, and what its customers are known by`,
        'keeps states, ids, sums, history and events; nothing was erased, say --yes',
      ];
      throw new CliProblem(lines, EXIT.wrongUse);
    }
    const clientId = shop?.verified?.clientId;
    return erase({ io, shopId, data, states, store, jobs, invoices, clientId });
  });
}

function refuseUnderWay(shopId: string, underWay: Invoices, liveJobs: number): void {
  if (underWay.length === 0 && liveJobs === 0) return;
  const listed = underWay.slice(0, MOST_LISTED).map(({ key, state }) => `invoice ${key.invoiceId}: ${state}`);
  const more = underWay.length - listed.length;
  throw new CliProblem([
    `${shopId} has ${count(underWay.length, 'invoice')} and ${count(liveJobs, 'job')} under way; nothing was erased`,
    ...listed,
    ...(more > 0 ? [`and ${more} more`] : []),
    'wait for them; an unresolved one is decided by invoice resolve, or loses its content by --unresolved',
  ]);
}

async function erase(what: {
  io: Io;
  shopId: string;
  data: ShopData;
  states: TransferState[];
  store: Store;
  jobs: JobsOf;
  invoices: Invoices;
  clientId: string | undefined;
}): Promise<number> {
  const { io, shopId, data, store, clientId } = what;
  const removed = await what.jobs.removeEnded();
  const erased = await Promise.all(what.invoices.map(({ key }) => data.erasePayload(key, what.states)));
  io.out(`${count(removed, 'job')} removed`);
  io.out(
    `content of ${count(erased.filter(Boolean).length, 'invoice')} erased; states, ids and sums are kept`,
  );
  const pins = await store.pins.forgetShop(shopId);
  if (pins > 0) io.out(`${count(pins, 'chosen customer')} forgotten`);
  if (clientId !== undefined) {
    const others = (await store.shops.list({ skipsUnreadable: true })).filter(
      ({ settings, verified }) => settings.shopId !== shopId && verified?.clientId === clientId,
    );
    if (others.length === 0) {
      await data.forgetCompany(clientId);
      io.out(`customers known by e-mail or number, and the session, of company ${clientId} forgotten`);
    } else {
      const names = others.map(({ settings }) => settings.shopId).join(', ');
      io.out(`company ${clientId} is also the company of ${names}: hashes of its customers are kept for it`);
    }
  }
  await eraseFromFiles(io, store);
  const began = erased.filter((isErased) => !isErased).length;
  if (began > 0) throw new CliProblem([`${count(began, 'invoice')} began again meanwhile; run this again`]);
  return EXIT.done;
}
