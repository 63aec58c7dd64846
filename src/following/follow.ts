/** One pass over the orders whose look is due: read together per company, compared, told. Nothing is ever sent. */
import type { Clock } from '../clock.ts';
import { alignLook, decideFollowed, type FollowTiming } from '../domain/following.ts';
import { NotNow, Terminal, TransferFailure } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { type AdmittedShop, admitShop } from '../transfer/admit.ts';
import type { RecordKey, TransferRecord, TransferRecords } from '../transfer/ports/records.ts';
import type { Shops } from '../transfer/ports/shops.ts';
import type { FollowedOrders, FollowedRecords } from './ports.ts';

export interface FollowDeps {
  shops: Pick<Shops, 'find'>;
  records: Pick<TransferRecords, 'read'>;
  followed: FollowedRecords;
  orders: FollowedOrders;
  timing: FollowTiming;
  clock: Pick<Clock, 'monotonic'>;
  log: Logger;
}

/** What a pass did: looks made, requests not made, events told, by what they tell. */
export interface FollowPass {
  looked: number;
  postponed: number;
  failed: number;
  events: Record<string, number>;
}

/** Orders of one company in one request, at most (24seven.md §7.5). */
const AT_ONCE = 1_000;
/** Looks of a pass that died are free for the next one after this time. */
const HOLD_MS = 60_000;
/** Steps until a shop that is not followed now is asked for again: a day. */
const STEPS_OFF = 24;
/** Of all orders ever made, one page a pass is gone through for any that was never followed; then it rests a day. */
const PAGE = 500;
const STEPS_REST = 24;

interface DueOrder {
  key: RecordKey;
  record: TransferRecord & { orderId: number; clientId: string };
}

export async function follow(deps: FollowDeps): Promise<FollowPass> {
  const { followed, clock } = deps;
  const pass: FollowPass = { looked: 0, postponed: 0, failed: 0, events: {} };
  await letIn(deps);
  for (;;) {
    const heldSince = clock.monotonic();
    const { nowMs, keys } = await followed.due(AT_ONCE, HOLD_MS);
    if (keys.length === 0) return pass;
    const shops = await byShop(deps, keys);
    for (const [index, orders] of shops.entries()) {
      // A process that stood still for so long: its looks have been given to another one.
      if (clock.monotonic() - heldSince > HOLD_MS) break;
      if ((await followShop(deps, orders, nowMs, pass)) !== 'nobody') continue;
      // Where no request may be made for one company, none may be made for another.
      const left = shops.slice(index).flat();
      await postpone(deps, left, retryMs(deps.timing));
      pass.postponed += left.length;
      return pass;
    }
  }
}

/** What has been transferred since, a step from now; what was never followed, spread over a day. */
async function letIn({ followed, records, timing }: FollowDeps): Promise<void> {
  const { everyMs } = timing;
  const arrived = await followed.arrived(AT_ONCE);
  await enter(arrived, () => 1);
  const page = await followed.neverFollowed(PAGE, STEPS_REST * everyMs);
  await enter(page, (index) => Math.ceil((STEPS_REST * (index + 1)) / PAGE));
  // Killed before this, the next pass takes the same page.
  await page.goOn();

  /** On the company's grid: looks spread one by one would leave in a request each. */
  async function enter(
    { nowMs, keys }: { nowMs: number; keys: RecordKey[] },
    stepsUntil: (index: number) => number,
  ): Promise<void> {
    const entries = keys.map(async (key, index) => {
      const { clientId = '' } = (await records.read(key)) ?? {};
      return { key, at: nextLookAt(clientId, nowMs, stepsUntil(index) * everyMs, timing) };
    });
    await followed.enter(await Promise.all(entries));
  }
}

const postpone = ({ followed }: FollowDeps, orders: DueOrder[], delayMs: number) =>
  followed.postpone(
    orders.map(({ key }) => key),
    delayMs,
  );

/** A look that could not be made now is tried again after a step, or a minute where a step is longer. */
const retryMs = ({ everyMs }: FollowTiming) => Math.min(everyMs, 60_000);

async function byShop({ records, followed }: FollowDeps, keys: RecordKey[]): Promise<DueOrder[][]> {
  const shops = new Map<string, DueOrder[]>();
  await Promise.all(
    keys.map(async (key) => {
      const record = await records.read(key);
      if (record?.state !== 'transferred' || record.orderId === undefined || record.clientId === undefined) {
        // An edit under way comes in again at its end.
        return followed.drop(key);
      }
      const { orderId, clientId } = record;
      const orders = shops.get(key.shopId) ?? [];
      shops.set(key.shopId, orders);
      orders.push({ key, record: { ...record, orderId, clientId } });
    }),
  );
  return [...shops.values()];
}

/** @returns `nobody` where the quota lets no follower through now */
async function followShop(
  deps: FollowDeps,
  due: DueOrder[],
  nowMs: number,
  pass: FollowPass,
): Promise<'nobody' | undefined> {
  const { timing, log } = deps;
  const [{ key }] = due as [DueOrder];
  const shop = await followedShop(deps, key.shopId);
  const { shopId } = key;
  if (shop === undefined) {
    await postpone(deps, due, STEPS_OFF * timing.everyMs);
    return undefined;
  }
  const { access } = shop;
  const here = due.filter(({ record }) => record.clientId === access.clientId);
  const elsewhere = due.filter(({ record }) => record.clientId !== access.clientId);
  // The shop has moved to another company, whose books these orders are not in.
  if (elsewhere.length > 0) await postpone(deps, elsewhere, STEPS_OFF * timing.everyMs);
  if (here.length === 0) return undefined;
  try {
    const orders = await deps.orders.read(
      access,
      here.map(({ record }) => record.orderId),
    );
    const unreadable = here.filter(({ record }) => orders.get(record.orderId) === 'unreadable');
    if (unreadable.length > 0) await postpone(deps, unreadable, timing.everyMs);
    pass.failed += unreadable.length;
    await Promise.all(
      here.map(async (one) => {
        const order = orders.get(one.record.orderId);
        if (order !== 'unreadable') await look(deps, shop, one, order, nowMs, pass);
      }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof TransferFailure)) throw error;
    log.info(
      { shopId, clientId: access.clientId, code: error.code, orders: here.length },
      'orders not looked at now',
    );
    if (error.code === 'service.quota') return 'nobody';
    await postpone(deps, here, retryMs(timing));
    pass[error instanceof NotNow ? 'postponed' : 'failed'] += here.length;
    return undefined;
  }
}

/** Undefined: its orders are not followed now. */
async function followedShop({ shops }: FollowDeps, shopId: string): Promise<AdmittedShop | undefined> {
  try {
    const shop = await admitShop(shops, shopId);
    return shop.settings.followOrders ? shop : undefined;
  } catch (error) {
    if (error instanceof Terminal || error instanceof NotNow) return undefined;
    throw error;
  }
}

async function look(
  { followed, timing, log }: FollowDeps,
  { settings, access }: AdmittedShop,
  { key, record }: DueOrder,
  order: Parameters<typeof decideFollowed>[1],
  nowMs: number,
  pass: FollowPass,
): Promise<void> {
  const { timeZone } = settings;
  const { changes, events, state, nextMs } = decideFollowed(record, order, nowMs, { ...timing, timeZone });
  const nextAt = nextMs === undefined ? undefined : nextLookAt(access.clientId, nowMs, nextMs, timing);
  const isWritten = await followed.note({ key, from: record, changes, events, state, nextAt });
  pass.looked += 1;
  if (!isWritten) return followed.postpone([key], retryMs(timing));
  for (const { type } of events) {
    pass.events[type] = (pass.events[type] ?? 0) + 1;
    log.info({ ...key, orderId: record.orderId, type }, 'order event told');
  }
}

/** On the company's grid, so that its looks leave together; a settle is waited for exactly. */
function nextLookAt(clientId: string, nowMs: number, nextMs: number, { everyMs }: FollowTiming): number {
  if (nextMs % everyMs !== 0) return nowMs + nextMs;
  const aligned = alignLook(clientId, nowMs + nextMs, everyMs);
  // A look that came late: the next one is not to follow on its heels.
  return aligned - nowMs < nextMs / 2 ? aligned + everyMs : aligned;
}
