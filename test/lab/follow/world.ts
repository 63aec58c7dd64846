/** Shops with transferred orders in a Redis on simulated time: some new, some followed before, most from a version that did not follow. */
import type { Redis } from 'ioredis';
import { shopSettings } from '../../../src/contract/shop.ts';
import { alignLook, basisOf } from '../../../src/domain/following.ts';
import { NotNow, Retryable } from '../../../src/errors.ts';
import type { FollowDeps } from '../../../src/following/follow.ts';
import { createFollowedRecords } from '../../../src/store/following.ts';
import { createKeys, type Keys } from '../../../src/store/keys.ts';
import { toFields } from '../../../src/store/record-fields.ts';
import { createRecords } from '../../../src/store/records.ts';
import { createScripts } from '../../../src/store/scripts.ts';
import type { RecordKey } from '../../../src/transfer/ports/records.ts';
import type { Shop } from '../../../src/transfer/ports/shops.ts';
import { DEFAULT_TIMING } from '../../support/memory-store.ts';
import { quietLogger } from '../../support/surroundings.ts';
import {
  below,
  cadenceMs,
  DAY_MS,
  type FollowedOrder,
  HOUR_MS,
  orderIn,
  type Random,
  unknownSoFar,
} from './books.ts';
import { type SimulatedRedis, startSimulatedRedis } from './simulated-redis.ts';

const START_MS = Date.UTC(2021, 2, 1);
const OLDEST_DAYS = 60;
/** The last look 30 days after the payment, or at 400 days, is in the run for one order in so many. */
const NEAR_ITS_END = 100;
/** Part of the looks that miss an order although it is there, never twice in a row. */
const MISSED = 0.002;

export interface FollowWorld {
  redis: SimulatedRedis;
  keys: Keys;
  deps: FollowDeps;
  orders: FollowedOrder[];
  /** Requests by day of the run. */
  requests: number[];
  /** Looks that reached the service. */
  looks(): number;
  /** Requests for an order that had ended, or of a shop that is not followed. */
  forbidden: string[];
  stop(): Promise<void>;
}

export interface FollowWorldOptions {
  shops: number;
  ordersEach: number;
  random: Random;
  /** Part of all requests that fail. */
  faults: number;
}

const shopIdOf = (shop: number) => `shop-${shop}.example`;
const clientIdOf = (shop: number) => String(500 + shop);
export const keyOf = (order: FollowedOrder): RecordKey => ({
  shopId: shopIdOf(order.shop),
  invoiceId: String(order.orderId),
});
export const memberOf = (order: FollowedOrder) => `${shopIdOf(order.shop)}:${order.orderId}`;

export async function openFollowWorld(options: FollowWorldOptions): Promise<FollowWorld> {
  const { shops, ordersEach, random, faults } = options;
  const redis = await startSimulatedRedis(START_MS);
  const keys = createKeys('{follow}');
  const scripts = createScripts(redis.client);
  const clock = { now: redis.now, monotonic: redis.now, sleep: () => Promise.resolve() };
  const store = { redis: redis.client, scripts, keys, clock };
  const orders: FollowedOrder[] = [];
  // One shop more than is followed.
  for (let shop = 0; shop <= shops; shop += 1) {
    const first = orders.length;
    for (let i = 0; i < ordersEach; i += 1) orders.push(anOrder(shop, 1_000 + first + i, random));
  }
  await seed(redis.client as Redis, keys, orders, random);

  const byId = new Map(orders.map((order) => [order.orderId, order]));
  const requests: number[] = [];
  const forbidden: string[] = [];
  const ended = new Set<number>();
  const missed = new Set<number>();
  let looks = 0;
  const deps: FollowDeps = {
    shops: { find: async (shopId) => aShop(shopId, shopId !== shopIdOf(shops)) },
    records: createRecords({ ...store, timing: DEFAULT_TIMING }),
    followed: createFollowedRecords(store),
    orders: {
      async read({ shopId, clientId }, orderIds) {
        const day = Math.floor((redis.now() - START_MS) / DAY_MS);
        requests[day] = (requests[day] ?? 0) + Math.ceil(orderIds.length / 1_000);
        if (shopId === shopIdOf(shops)) forbidden.push(`${shopId} is not followed`);
        const fate = random();
        if (fate < faults / 2) throw new Retryable('service.unavailable');
        if (fate < (faults * 3) / 4) throw new NotNow('service.unavailable', redis.now() + 60_000);
        if (fate < faults) throw new NotNow('service.quota', redis.now() + 60_000);
        looks += orderIds.length;
        const found = orderIds.flatMap((orderId) => {
          const order = byId.get(orderId);
          if (order === undefined || clientIdOf(order.shop) !== clientId)
            forbidden.push(`order ${orderId} is not of company ${clientId}`);
          if (ended.has(orderId)) forbidden.push(`order ${orderId} is at its end`);
          const isMissed = !missed.has(orderId) && random() < MISSED;
          if (isMissed) missed.add(orderId);
          else missed.delete(orderId);
          const seen = order && !isMissed ? orderIn(order) : undefined;
          return seen === undefined ? [] : [[orderId, seen] as const];
        });
        return new Map(found);
      },
    },
    timing: { everyMs: HOUR_MS, settleMs: DEFAULT_TIMING.settleMs },
    clock,
    log: quietLogger(),
  };
  // What a pass has ended is asked for no more, by any process.
  const { note } = deps.followed;
  deps.followed.note = async (noted) => {
    const isWritten = await note(noted);
    if (isWritten && noted.nextAt === undefined) ended.add(Number(noted.key.invoiceId));
    return isWritten;
  };
  return { redis, keys, deps, orders, requests, looks: () => looks, forbidden, stop: redis.stop };
}

function anOrder(shop: number, orderId: number, random: Random): FollowedOrder {
  const isNearItsEnd = below(random, NEAR_ITS_END) === 0;
  const ageMs = Math.floor((isNearItsEnd ? 398 + random() * 2 : random() * OLDEST_DAYS) * DAY_MS);
  const acceptedAt = START_MS - ageMs;
  const verified = {
    price: 4 * below(random, 1_000) + 4,
    customerId: 300 + below(random, 50),
    reference: `SF-${orderId}-abcdefgh`,
  };
  const order: FollowedOrder = {
    ...{ shop, orderId, acceptedAt, verified, ...verified },
    ...{ isMerged: false, isDeleted: false, leftAloneUntil: 0, expected: [] },
  };
  if (below(random, 2) === 0) {
    order.invoicedAt = acceptedAt + Math.floor((random() * ageMs) / 2);
    order.invoiceNumber = orderId;
    if (below(random, 4) === 0)
      order.paid = new Date(order.invoicedAt + ageMs / 2).toISOString().slice(0, 10);
  }
  return order;
}

function aShop(shopId: string, followOrders: boolean): Shop {
  const clientId = clientIdOf(Number(/\d+/.exec(shopId)?.[0]));
  const settings = shopSettings.parse({
    ...{ shopId, accountName: shopId, rentalProductName: 'Rental', timeZone: 'UTC', followOrders },
  });
  return { settings, disabled: false, verified: { clientId, identityId: '1', verifiedAt: '' } };
}

/** A tenth has just been transferred, a third was followed before, the others are from a version that did not follow. */
async function seed(redis: Redis, keys: Keys, orders: FollowedOrder[], random: Random): Promise<void> {
  let pipeline = redis.pipeline();
  for (const [index, order] of orders.entries()) {
    const { orderId, acceptedAt, verified } = order;
    const key = keyOf(order);
    const clientId = clientIdOf(order.shop);
    const seen = orderIn(order);
    const total = `${(verified.price * 5) / 4}.00`;
    const result = { totals: { posted: total } };
    const common = {
      ...{ state: 'transferred', revision: 1, acceptedAt, updatedAt: acceptedAt, orderId, clientId },
      ...{ customerId: verified.customerId, reference: verified.reference, result },
    };
    const put = (changes: object) =>
      pipeline.hset(keys.record(key), Object.fromEntries(toFields(changes).sets));
    pipeline.hset(keys.orders, `${clientId}:${orderId}`, memberOf(order));
    const lot = random();
    if (lot < 0.1 && seen !== undefined) {
      put({ ...common, basis: basisOf(seen) });
      pipeline.sadd(keys.followNew, memberOf(order));
      expectAll(order, START_MS + HOUR_MS);
    } else if (lot < 0.43 && seen !== undefined) {
      const cadence = cadenceMs(order, START_MS);
      const followedAt = START_MS - Math.floor(random() * cadence);
      const { invoiceNumber, invoicedAt, paid: paidOn } = order;
      const paidSeenAt = START_MS - Math.floor(random() * 30 * DAY_MS);
      if (paidOn !== undefined) order.paidSeenAt = paidSeenAt;
      put({
        ...common,
        ...{ basis: basisOf(seen), followedAt, orderStatus: seen.orderStatus },
        ...(invoicedAt !== undefined && {
          invoiceNumber,
          invoicedOn: new Date(invoicedAt).toISOString().slice(0, 10),
        }),
        ...(paidOn !== undefined && { paidOn, paidSeenAt }),
      });
      pipeline.zadd(
        keys.follow,
        alignLook(clientId, followedAt + cadenceMs(order, followedAt), HOUR_MS),
        memberOf(order),
      );
    } else {
      put(common);
      expectAll(order, START_MS + 26 * HOUR_MS);
    }
    if (index % 1_000 === 999) {
      await pipeline.exec();
      pipeline = redis.pipeline();
    }
  }
  await pipeline.exec();

  function expectAll(order: FollowedOrder, dueAt: number): void {
    order.expected.push(...unknownSoFar(order).map((told) => ({ ...told, dueAt })));
    // Of an order from before only its sums are known: whatever is edited before its first look stays unseen.
    order.leftAloneUntil = dueAt + 2 * HOUR_MS;
  }
}
