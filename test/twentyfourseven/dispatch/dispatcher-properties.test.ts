/** What holds for the dispatcher, whatever is asked of it and whatever the service makes of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransferFailure } from '../../../src/errors.ts';
import { quiesce } from '../../support/fake-clock.ts';
import { berg, fjord } from '../support.ts';
import {
  type Asked,
  Broken,
  calms,
  factsOf,
  type History,
  orders,
  type Plan,
  run,
  storms,
} from './dispatcher-plan.ts';
import { type Delivery, type Meaning, STANDING_ORDERS } from './model-server.ts';

const MAX_ROWS = 500;

const isSave = (call: Asked) => factsOf(call).effect !== 'read';
const laneOf = ({ clientId, operation }: Delivery) => `${clientId} ${operation}`;
const deliveriesOf = ({ server }: History, { key }: Asked) =>
  server.deliveries.filter((delivery) => delivery.isSave && delivery.keys.includes(key));
const meaningOf = (delivery: Delivery | undefined, { key }: Asked): Meaning | undefined =>
  delivery?.meanings.get(key);

/** What a call came to, in a few words. */
function endOf({ outcome }: Asked): string {
  if (outcome === undefined) return 'never settled';
  if ('value' in outcome) return 'value';
  const { error } = outcome;
  if (error instanceof TransferFailure) return `${error.kind} ${error.code}`;
  return error instanceof Broken ? 'broken' : `${error}`;
}

const REFUSED = { order: 'order.refused', product: 'product.refused', customer: 'customer.refused' };
const UNCLEAR = {
  order: 'outcome_unknown order.unknown_outcome',
  product: 'outcome_unknown service.unavailable',
  customer: 'retryable service.unavailable',
};
type SaveKind = keyof typeof REFUSED;

/** What it must come to by what the service last said of it. */
const END: Record<Exclude<Meaning, 'unsent' | 'again'>, (kind: SaveKind) => string> = {
  saved: () => 'value',
  unclear: (kind) => UNCLEAR[kind],
  refused: (kind) => `terminal ${REFUSED[kind]}`,
  session: () => 'retryable service.session_lost',
  permission: () => 'not_now service.permission_missing',
  denied: () => 'terminal service.permission_missing',
  blocked: () => 'not_now service.identity_blocked',
  quota: () => 'not_now service.quota',
};
/** What a save may come to that did not leave, or was refused before anything was done. */
const NOTHING_WRITTEN =
  /^(not_now .*|retryable service\.(unavailable|session_lost)|terminal invoice\.superseded|broken)$/;
const LOOK_FAILED =
  /^(not_now .*|retryable (service\.(unavailable|session_lost|permission_missing)|transfer\.bug)|broken)$/;

/** What a look-up or save must come to where it has a value. */
function contentOf({ server }: History, { kind, key, access }: Asked): unknown {
  const customerId = Number(access.clientId);
  switch (kind) {
    case 'customersByEmail':
      return [expect.objectContaining({ name: key })];
    case 'orderById':
      return Number(key) > STANDING_ORDERS
        ? undefined
        : expect.objectContaining({ orderId: Number(key), customerId });
    default:
      return server.books.get(access.clientId)?.get(key)?.[0];
  }
}

const INVARIANTS: Record<string, (history: History) => void> = {
  'has one request of a company and operation in flight at most'({ server }) {
    expect(server.deliveries.filter(({ beside }) => beside > 0)).toEqual([]);
  },

  'gives each call the answer of its own item; what the answer lacks, or refuses, fails alone'(history) {
    for (const call of history.calls) {
      const { outcome } = call;
      const end = endOf(call);
      if (outcome !== undefined && 'value' in outcome)
        expect(outcome.value).toEqual(contentOf(history, call));
      else if (!isSave(call)) expect(end).toMatch(LOOK_FAILED);
      if (!isSave(call)) continue;
      const meaning = meaningOf(deliveriesOf(history, call).at(-1), call);
      if (meaning === undefined || meaning === 'unsent' || meaning === 'again') {
        expect(end, String(meaning)).toMatch(NOTHING_WRITTEN);
      } else expect(end, meaning).toBe(END[meaning](call.kind as SaveKind));
    }
  },

  'repeats a save only where it was refused before anything was done: for its session once, or for its company'(
    history,
  ) {
    for (const call of history.calls.filter(isSave)) {
      const deliveries = deliveriesOf(history, call);
      for (const delivery of deliveries.slice(0, -1)) expect(meaningOf(delivery, call)).toBe('again');
      const invalid = deliveries.filter(({ isInvalid, keys }) => isInvalid && keys.length > 1);
      expect(invalid.length).toBeLessThanOrEqual(1);
      expect(deliveries.length - invalid.length).toBeLessThanOrEqual(2);
      const saved = [...history.server.books].flatMap(([clientId, book]) =>
        (book.get(call.key) ?? []).map(() => clientId),
      );
      expect(saved.length).toBeLessThanOrEqual(1);
      expect(saved.filter((clientId) => clientId !== call.access.clientId)).toEqual([]);
    }
  },

  'writes an intent for every member of a create before it leaves, anew for each time, and for no other'({
    moments,
    server,
  }) {
    const open: string[][] = [];
    for (const moment of moments) {
      if (moment.what === 'intents') {
        if (moment.answers.every((answer) => answer === 'go')) open.push(moment.keys);
      } else if (/^Save(Invoices|Products)$/.test(moment.delivery.operation)) {
        const index = open.findIndex((keys) => `${keys}` === `${moment.delivery.keys}`);
        expect(index, `an intent for ${moment.delivery.keys}`).toBeGreaterThanOrEqual(0);
        open.splice(index, 1);
      }
    }
    const late = server.deliveries.filter(({ hasLeft }) => !hasLeft).map(({ keys }) => `${keys}`);
    expect(open.filter((keys) => !late.includes(`${keys}`))).toEqual([]);
  },

  'sends the members of a refused request singly'(history) {
    for (const call of history.calls.filter(isSave)) {
      const deliveries = deliveriesOf(history, call);
      const refused = deliveries.findIndex(({ isInvalid, keys }) => isInvalid && keys.length > 1);
      if (refused < 0) continue;
      for (const { keys } of deliveries.slice(refused + 1)) expect(keys).toEqual([call.key]);
    }
  },

  'never sends again what left in a request of unknown outcome, and tells every member so'(history) {
    const lost = history.server.deliveries.filter(
      ({ operation, isMarked, keys, meanings }) =>
        operation === 'SaveInvoices' &&
        isMarked === undefined &&
        keys.every((key) => meanings.get(key) === 'unclear'),
    );
    for (const { keys } of lost) {
      for (const call of history.calls.filter(({ key }) => keys.includes(key))) {
        expect(endOf(call)).toBe(UNCLEAR.order);
        expect(deliveriesOf(history, call).at(-1)?.keys).toEqual(keys);
      }
    }
  },

  'joins saves from one member up, at most twice as many after an answer with all marks, from one after another'({
    plan,
    server,
  }) {
    const limits = new Map<string, number>();
    for (const delivery of server.deliveries.filter((one) => one.isSave)) {
      const lane = laneOf(delivery);
      const limit = limits.get(lane) ?? 1;
      const { keys, rows, isMarked, isInvalid } = delivery;
      expect(keys.length).toBeLessThanOrEqual(limit);
      if (keys.length > 1) {
        expect(rows).toBeLessThanOrEqual(MAX_ROWS);
        expect(delivery.operation).toBe('SaveInvoices');
      }
      if (isMarked === false || (isInvalid && keys.length > 1)) limits.set(lane, 1);
      else if (isMarked) limits.set(lane, Math.min(plan.maxBatch, 2 * limit));
    }
  },

  'uses one token for each request, and sends none while the quota is refused'({ server, tokens }) {
    expect(server.deliveries.length).toBeLessThanOrEqual(tokens());
    for (const { toldAt, until } of server.quarantines) {
      expect(server.deliveries.filter(({ at }) => at > toldAt && at < until)).toEqual([]);
    }
  },

  'lets no call hang'({ calls, clock }) {
    expect(calls.map(endOf).filter((end) => end === 'never settled')).toEqual([]);
    expect(clock.sleepers()).toBe(0);
  },
};

/** So long it may look for the smallest example of what fails. */
const SEARCH_MS = 45_000;
const LONG = { timeout: SEARCH_MS + 15_000 };

const holds = (plans: fc.Arbitrary<Plan>, check: (history: History) => void | Promise<void>) =>
  fc.assert(
    fc.asyncProperty(plans, async (plan) => check(await run(plan))),
    { numRuns: 60, seed: 1, interruptAfterTimeLimit: SEARCH_MS, markInterruptAsFailure: true },
  );

/** Two calls are no crowd. */
const PAIRS: Asked['kind'][][] = [
  ['order', 'orderById'],
  ['product', 'customersByEmail'],
  ['customer', 'order'],
];

describe('in any weather, the dispatcher', LONG, () => {
  it.each(Object.entries(INVARIANTS))('%s', (_, check) => holds(fc.oneof(storms, storms, orders), check));

  it('sends at once, and operations beside each other, what nothing stands against any more', () =>
    holds(storms, async (history) => {
      const { ask, calm, clock, server } = history;
      calm();
      // The look-ups close the circuits and find a session; the day brings tokens.
      for (const access of [fjord, berg]) {
        ask({ kind: 'orderById', access });
        await clock.pass(24 * 3_600_000);
      }
      for (const kinds of PAIRS) {
        const before = server.deliveries.length;
        const calls = [fjord, berg].flatMap((access) => kinds.map((kind) => ask({ kind, access })));
        const now = clock.now();
        await quiesce();
        const left = server.deliveries.slice(before).filter(({ at }) => at === now);
        expect(left.map(laneOf).sort()).toEqual(
          calls.map((call) => `${call.access.clientId} ${factsOf(call).wireName}`).sort(),
        );
        await clock.pass(60_000);
      }
    }));
});

it('while the service answers everything, each call gets its own, only the bad ones are refused', LONG, () =>
  holds(calms, (history) => {
    const { calls, server, tokens } = history;
    for (const call of calls) {
      const isBad = isSave(call) && call.isBad;
      expect(endOf(call)).toBe(isBad ? END.refused(call.kind as SaveKind) : 'value');
      if (!isSave(call)) continue;
      expect(server.books.get(call.access.clientId)?.get(call.key) ?? []).toHaveLength(isBad ? 0 : 1);
      expect(deliveriesOf(history, call).length).toBeLessThanOrEqual(2);
    }
    expect(tokens()).toBe(server.deliveries.length);
  }),
);
