import { describe, expect, it } from 'vitest';
import { NotNow, StaleClaim, Stopping } from '../../../src/errors.ts';
import type { IntentAnswer, SendIntent } from '../../../src/transfer/ports/intents.ts';
import type { ShopAccess } from '../../../src/transfer/ports/shops.ts';
import { createDispatcher } from '../../../src/twentyfourseven/dispatch/dispatcher.ts';
import type { Exchange, Performed } from '../../../src/twentyfourseven/dispatch/exchange.ts';
import { createQuota } from '../../../src/twentyfourseven/dispatch/quota.ts';
import { createTurns } from '../../../src/twentyfourseven/dispatch/turns.ts';
import {
  createOrder,
  customerById,
  customersByEmail,
  followedOrder,
  listCategories,
  orderById,
  ordersByMark,
} from '../../../src/twentyfourseven/operations.ts';
import type { QuotaStore } from '../../../src/twentyfourseven/ports.ts';
import type { Sessions } from '../../../src/twentyfourseven/session/session.ts';
import { classifyFailure } from '../../../src/twentyfourseven/wire/faults.ts';
import type { CallFailure, SoapRequest } from '../../../src/twentyfourseven/wire/soap.ts';
import {
  aCircuits,
  aClock,
  anIntent,
  anOrder,
  berg,
  failureOf,
  fjord,
  freePass,
  memoryIntents,
  memoryQuota,
  silentLogger,
} from '../support.ts';

const clock = aClock();

interface Open {
  request: SoapRequest;
  members: number;
  answer(result: object): void;
  fail(failure: Partial<CallFailure>): void;
}

/** Requests stand open until the test answers them; a save writes its intents on arrival. */
function start({
  answer,
  maxBatch = 8,
  take,
  acquire,
  confirm,
  drop,
}: {
  answer?: (intent: SendIntent, written: number) => IntentAnswer;
  maxBatch?: number;
  take?: QuotaStore['take'];
  acquire?: Sessions['acquire'];
  confirm?: Sessions['confirm'];
  drop?: Sessions['drop'];
} = {}) {
  const open: Open[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let withheld = 0;
  let dropped = 0;
  const exchange: Exchange = {
    async perform(request, facts, items) {
      try {
        await request.beforeWrite?.();
      } catch (error) {
        withheld += 1;
        throw error;
      }
      return new Promise<Performed>((resolve) => {
        open.push({
          request,
          members: items.length,
          answer: (result) => resolve({ ok: true, result: result as Record<string, unknown> }),
          fail: (failure) => {
            const call: CallFailure = { ok: false, cause: 'fault', mayBeWritten: true, ...failure };
            resolve({ ok: false, cause: call.cause, verdict: classifyFailure(call, facts, clock) });
          },
        });
        for (const { resolve: go } of waiting.filter(({ count }) => open.length >= count)) go();
      });
    },
  };
  const get: Sessions['acquire'] =
    acquire ?? (async ({ clientId }) => ({ id: `session of ${clientId} ${dropped}`, sealed: 'sealed' }));
  const sessions: Sessions = {
    acquire: get,
    acquireForSave: get,
    confirm: confirm ?? (async () => undefined),
    drop:
      drop ??
      (async () => {
        dropped += 1;
      }),
    current: async () => {
      throw new Error('not asked here');
    },
  };
  const intents = memoryIntents(answer);
  const store = memoryQuota();
  const quota = createQuota({
    store: take === undefined ? store : { ...store, take },
    clock,
    logger: silentLogger,
  });
  const dispatcher = createDispatcher({
    exchange,
    sessions,
    circuits: aCircuits(clock),
    turns: createTurns({ quota, clock }),
    intents,
    clock,
    logger: silentLogger,
    settleMs: 1_000,
    maxBatch,
  });
  /** The nth request (from 0), once it has been made. */
  const request = async (index: number): Promise<Open> => {
    if (open.length <= index) {
      await new Promise<void>((resolve) => waiting.push({ count: index + 1, resolve }));
    }
    const found = open[index];
    if (found === undefined) throw new Error('no such request');
    return found;
  };
  return {
    dispatcher,
    open,
    request,
    intents,
    store,
    withheld: () => withheld,
    /** Everything that can happen without an answer has happened. */
    idle: () => new Promise<void>((resolve) => setImmediate(resolve)),
  };
}

const NONE = {};
const order = (name: string, mark: number) =>
  anOrder({ referenceNumber: `SF-${name}-AAAAAAAA`, externalStatus: mark });
const saved = (...names: [name: string, mark: number, id: number][]) => ({
  SaveInvoicesResult: {
    InvoiceOrder: names.map(([name, mark, id]) => ({
      OrderId: String(id),
      ReferenceNumber: `SF-${name}-AAAAAAAA`,
      ExternalStatus: String(mark),
    })),
  },
});

describe('a lane', () => {
  it('has one request of an operation in flight, and keeps the order', async () => {
    const { dispatcher, open, request, idle } = start();
    const first = dispatcher.call(fjord, customersByEmail, 'a@example.no');
    const second = dispatcher.call(fjord, customersByEmail, 'b@example.no');
    (await request(0)).answer(NONE);
    await first;
    await request(1);
    await idle();
    expect(open.map(({ request: { args } }) => (args as { searchParams: object }).searchParams)).toEqual([
      { CompanyEmail: 'a@example.no' },
      { CompanyEmail: 'b@example.no' },
    ]);
    open[1]?.answer(NONE);
    expect(await second).toEqual([]);
  });

  it('does not hold up another operation, or another company', async () => {
    const { dispatcher, request, idle, open } = start();
    void dispatcher.call(fjord, customersByEmail, 'a@example.no');
    void dispatcher.call(fjord, listCategories, null);
    void dispatcher.call(berg, customersByEmail, 'a@example.no');
    await request(2);
    await idle();
    expect(open.map(({ request: { sessionId, operation } }) => `${operation} ${sessionId}`).sort()).toEqual([
      'GetCategories session of 501 0',
      'GetCompanies session of 501 0',
      'GetCompanies session of 502 0',
    ]);
  });

  it('asks for what gathered meanwhile in one request, each id once', async () => {
    const { dispatcher, request } = start();
    const first = dispatcher.call(fjord, orderById, 1);
    const opened = await request(0);
    const rest = [2, 3, 3].map((id) => dispatcher.call(fjord, orderById, id));
    opened.answer(NONE);
    expect(await first).toBeUndefined();
    const second = await request(1);
    expect(second.request.args).toMatchObject({ searchParams: { OrderIds: { int: [2, 3] } } });
    second.answer({
      GetInvoicesResult: { InvoiceOrder: [{ OrderId: '3', CustomerId: '1', OrderStatus: 'Web' }] },
    });
    expect((await Promise.all(rest)).map((found) => found?.orderId)).toEqual([undefined, 3, 3]);
  });

  it('fails everybody who waits when there is no token to be had', async () => {
    const { dispatcher, open } = start({ take: async () => 3_600_000 });
    const failures = await Promise.all([1, 2].map((id) => failureOf(dispatcher.call(fjord, orderById, id))));
    const refusal = { kind: 'not_now', code: 'service.quota' };
    expect(failures).toMatchObject([refusal, refusal]);
    expect(open).toHaveLength(0);
  });

  it('fails everybody who waits when there is no session to be had, and works again afterwards', async () => {
    let isBlocked = true;
    const { dispatcher, request } = start({
      acquire: async () => {
        if (isBlocked) throw new NotNow('service.identity_blocked', 1);
        return { id: 'session', sealed: 'sealed' };
      },
    });
    expect(await failureOf(dispatcher.call(fjord, orderById, 1))).toMatchObject({ kind: 'not_now' });
    isBlocked = false;
    const call = dispatcher.call(fjord, orderById, 1);
    (await request(0)).answer(NONE);
    expect(await call).toBeUndefined();
  });
});

describe('what nobody waits for', () => {
  it("makes no crowd of its company, and is in no other call's way", async () => {
    const asked: unknown[] = [];
    const { dispatcher, request, open } = start({
      take: async (how) => {
        asked.push(how);
        return 0;
      },
    });
    const followed = Array.from({ length: 50 }, (_, id) => dispatcher.call(fjord, followedOrder, id));
    await request(0);
    const look = dispatcher.call(fjord, ordersByMark, 1);
    (await request(1)).answer(NONE);
    await look;
    open[0]?.answer(NONE);
    await Promise.all(followed);
    expect(open.map(({ members }) => members)).toEqual([50, 1]);
    expect(asked).toEqual([
      { isSparing: false, isBackground: true },
      { isSparing: false, isBackground: false },
    ]);
  });

  it('fails at once where there is no token, and asks for half where the answer took too long', async () => {
    let waitMs = 1;
    const { dispatcher, request, open } = start({ take: async () => waitMs });
    const ask = () => Array.from({ length: 10 }, (_, id) => dispatcher.call(fjord, followedOrder, id));
    for (const call of ask()) expect(await failureOf(call)).toMatchObject({ code: 'service.quota' });
    waitMs = 0;
    const slow = ask();
    (await request(0)).fail({ cause: 'timeout' });
    for (const call of slow) expect(await failureOf(call)).toMatchObject({ kind: 'retryable' });
    const again = ask();
    (await request(1)).answer(NONE);
    (await request(2)).answer(NONE);
    await Promise.all(again);
    expect(open.map(({ members }) => members)).toEqual([10, 5, 5]);
  });
});

describe('a "no" from a session that stands in another company', () => {
  const moved = new NotNow('service.session_lost', 1);
  const elsewhere = async () => {
    throw moved;
  };

  it('is no refusal of the order, of one or of all in a request', async () => {
    const { dispatcher, request } = start({ confirm: elsewhere });
    const one = failureOf(dispatcher.call(fjord, createOrder, order('one', 1), anIntent()));
    (await request(0)).answer({
      SaveInvoicesResult: {
        InvoiceOrder: [
          { ExternalStatus: '1', APIException: { Type: 'X', Message: 'TaxCode 31 does not exist' } },
        ],
      },
    });
    expect(await one).toBe(moved);
    const all = failureOf(dispatcher.call(fjord, createOrder, order('two', 2), anIntent()));
    (await request(1)).fail({ text: 'Instance validation error: no such thing', faultCode: 'soap:Client' });
    expect(await all).toBe(moved);
  });

  it('is believed where the session stands in its company', async () => {
    let asked = 0;
    const { dispatcher, request } = start({
      confirm: async () => {
        asked += 1;
      },
    });
    const call = failureOf(dispatcher.call(fjord, createOrder, order('one', 1), anIntent()));
    (await request(0)).fail({ text: 'Instance validation error: no such thing', faultCode: 'soap:Client' });
    expect(await call).toMatchObject({ kind: 'terminal', code: 'order.refused' });
    expect(asked).toBe(1);
  });

  it('does not make a known customer a missing one', async () => {
    const { dispatcher, request } = start({ confirm: elsewhere });
    const call = failureOf(dispatcher.call(fjord, customerById, 1));
    (await request(0)).answer(NONE);
    expect(await call).toBe(moved);
  });

  it('is asked about once, however many of a request are missing', async () => {
    let asked = 0;
    const { dispatcher, request } = start({
      confirm: async () => {
        asked += 1;
      },
    });
    const calls = [1, 2, 3].map((id) => dispatcher.call(fjord, customerById, id));
    (await request(0)).answer(NONE);
    expect(await Promise.all(calls)).toEqual([undefined, undefined, undefined]);
    expect(asked).toBe(1);
  });

  it('is not asked for by an answer', async () => {
    const { dispatcher, request } = start({ confirm: elsewhere });
    const call = dispatcher.call(fjord, ordersByMark, 1);
    (await request(0)).answer(NONE);
    expect(await call).toEqual([]);
  });
});

describe('tokens', () => {
  it('one is taken for every request, not for every call', async () => {
    const { dispatcher, request, store } = start();
    const first = dispatcher.call(fjord, orderById, 1);
    (await request(0)).answer(NONE);
    await first;
    const more = [1, 2, 3].map((id) => dispatcher.call(fjord, orderById, id));
    (await request(1)).answer(NONE);
    await Promise.all(more);
    expect(store.taken).toBe(2);
  });

  it('go round robin between lanes, however much one of them asks for', async () => {
    const gate: (() => void)[] = [];
    const quota = {
      acquire: () => new Promise<void>((resolve) => gate.push(resolve)),
      observe: async () => undefined,
      quarantine: async () => undefined,
    };
    const turns = createTurns({ quota, clock });
    const served: string[] = [];
    const take = (lane: string) => turns.take(lane, freePass).then(() => served.push(lane));
    const all = [take('big'), take('big'), take('big'), take('big'), take('small'), take('other')];
    for (let count = 0; count < all.length; count += 1) {
      gate.shift()?.();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await Promise.all(all);
    expect(served).toEqual(['big', 'small', 'other', 'big', 'big', 'big']);
  });

  it('are not waited for longer than 30 s behind others', async () => {
    const clockHere = aClock();
    const gate: (() => void)[] = [];
    const quota = {
      acquire: () => new Promise<void>((resolve) => gate.push(resolve)),
      observe: async () => undefined,
      quarantine: async () => undefined,
    };
    const turns = createTurns({ quota, clock: clockHere });
    const early = failureOf(turns.take('early', freePass));
    clockHere.advance(30_001);
    const late = turns.take('late', freePass);
    gate.shift()?.();
    await late;
    expect(await early).toMatchObject({ kind: 'not_now', code: 'service.quota' });
  });

  it('a wait that would take too long gives the job back; a short one is sat out', async () => {
    const clockHere = aClock();
    let waits = [500, 0];
    const quota = createQuota({
      store: { ...memoryQuota(), take: async () => waits.shift() ?? 0 },
      clock: clockHere,
      logger: silentLogger,
    });
    await quota.acquire('first');
    expect(clockHere.monotonic()).toBe(500);
    waits = [31_000];
    expect(await failureOf(quota.acquire('first'))).toMatchObject({
      kind: 'not_now',
      untilMs: clockHere.now() + 31_000,
    });
  });

  it('in the background is not waited for, and its want stops nobody else', async () => {
    const asked: unknown[] = [];
    const quota = createQuota({
      store: {
        ...memoryQuota(),
        take: async (how) => {
          asked.push(how);
          return 1;
        },
      },
      clock,
      logger: silentLogger,
    });
    expect(await failureOf(quota.acquire('background'))).toMatchObject({
      code: 'service.quota',
      untilMs: clock.now() + 1,
      forEveryone: false,
    });
    expect(asked).toEqual([{ isSparing: false, isBackground: true }]);
  });

  it('a crowd leaves the last ones to those who are few, for five seconds', async () => {
    const clockHere = aClock();
    const asked: (boolean | undefined)[] = [];
    const quota = createQuota({
      store: {
        ...memoryQuota(),
        take: async (how) => {
          asked.push(how?.isSparing);
          return how?.isSparing ? 2_000 : 0;
        },
      },
      clock: clockHere,
      logger: silentLogger,
    });
    await quota.acquire('first');
    expect(asked.splice(0)).toEqual([false]);
    await quota.acquire('after');
    expect(asked).toEqual([true, true, true, false]);
    expect(clockHere.monotonic()).toBe(6_000);
  });

  it('what an answer says of the hour is noted, with or without zone', async () => {
    const store = memoryQuota();
    const quota = createQuota({ store, clock, logger: silentLogger });
    await quota.observe({ apilimitremaining: '17', apilimitreset: '2021-01-13T10:00:00' }, 0);
    await quota.observe({ apilimitremaining: '16', apilimitreset: '2021-01-13T10:00:00Z' }, 0);
    for (const apilimitremaining of ['many', '7199.5', '-3', '', ' ', '1e3', '99999999999', 'NaN', '0x10']) {
      await quota.observe({ apilimitremaining, apilimitreset: '2021-01-13T10:00:00Z' }, 0);
    }
    await quota.observe({}, 0);
    expect(store.observed).toEqual([
      [17, 30 * 60_000],
      [16, 30 * 60_000],
    ]);
  });

  it('when its window ends goes by its own clock, where it tells what that says', async () => {
    const store = memoryQuota();
    const quota = createQuota({ store, clock, logger: silentLogger });
    const apilimitreset = '2021-01-13T11:00:00Z';
    for (const date of ['Wed, 13 Jan 2021 10:45:07 GMT', 'Wed, 13 Jan 2021 11:45:00 GMT', 'nonsense']) {
      await quota.observe({ apilimitremaining: '0', apilimitreset, date }, 0);
    }
    // One that says nothing of an hour cannot stop us for longer than a window lasts.
    await quota.observe({ apilimitremaining: '0', apilimitreset, date: 'Mon, 11 Jan 2021 10:45:00 GMT' }, 0);
    expect(store.observed).toEqual([
      [0, 15 * 60_000 - 7_000],
      [0, -45 * 60_000],
      [0, 90 * 60_000],
    ]);
  });

  it('what is left counts without the requests under way, and a window of days is not believed', async () => {
    const store = memoryQuota();
    const quota = createQuota({ store, clock, logger: silentLogger });
    await quota.observe({ apilimitremaining: '17', apilimitreset: '2021-01-13T10:00:00Z' }, 5);
    await quota.observe({ apilimitremaining: '0', apilimitreset: '2021-01-15T10:00:00Z' }, 0);
    expect(store.observed).toEqual([[12, 30 * 60_000]]);
  });
});

describe('a save', () => {
  it.each<[IntentAnswer, object]>([
    ['stale', { name: 'StaleClaim', kind: 'not_now' }],
    ['superseded', { kind: 'terminal', code: 'invoice.superseded' }],
    ['quiet', { kind: 'not_now', code: 'transfer.settling' }],
  ])('whose intent is answered %s is not sent', async (answer, failure) => {
    const { dispatcher, open, withheld } = start({ answer: () => answer });
    expect(await failureOf(dispatcher.call(fjord, createOrder, anOrder(), anIntent()))).toMatchObject(
      failure,
    );
    expect(open).toHaveLength(0);
    expect(withheld()).toBe(1);
  });

  it('without an intent is our bug', async () => {
    const { dispatcher, open } = start();
    await expect(dispatcher.call(fjord, createOrder, anOrder())).rejects.toThrow('without an intent');
    expect(open).toHaveLength(0);
  });

  it('that cannot be sent fails alone and before it takes anything', async () => {
    const { dispatcher, store } = start();
    await expect(dispatcher.call(fjord, createOrder, anOrder({ rows: [] }), anIntent())).rejects.toThrow(
      'a wrong order',
    );
    expect(store.taken).toBe(0);
  });

  it('is not repeated where the session was lost: a server may commit and then say so', async () => {
    const { dispatcher, request, open, idle } = start();
    const call = dispatcher.call(fjord, createOrder, order('a', 1), anIntent('a'));
    (await request(0)).fail({ text: 'Session is not authenticated' });
    expect(await failureOf(call)).toMatchObject({ code: 'service.session_lost', isDenial: true });
    await idle();
    expect(open).toHaveLength(1);
    void dispatcher.call(fjord, createOrder, order('a', 1), anIntent('a'));
    expect((await request(1)).request.sessionId).toBe('session of 501 1');
  });

  it.each(['Provided IdentityId is blocked', 'Access denied'])(
    'nor is "%s" believed of one that has left, without a look',
    async (text) => {
      const { dispatcher, request } = start();
      const call = dispatcher.call(fjord, createOrder, order('a', 1), anIntent('a'));
      (await request(0)).fail({ text });
      expect(await failureOf(call)).toMatchObject({ kind: 'not_now', isDenial: true });
    },
  );

  it('of unknown outcome is not repeated', async () => {
    const { dispatcher, request, open, idle } = start();
    const call = dispatcher.call(fjord, createOrder, order('a', 1), anIntent('a'));
    (await request(0)).fail({ cause: 'timeout' });
    expect(await failureOf(call)).toMatchObject({ kind: 'outcome_unknown', code: 'order.unknown_outcome' });
    await idle();
    expect(open).toHaveLength(1);
  });

  it('that the answer does not speak of has an unknown outcome, and so has one with an unreadable id', async () => {
    const { dispatcher, request } = start();
    const first = dispatcher.call(fjord, createOrder, order('a', 1), anIntent('a'));
    (await request(0)).answer(NONE);
    expect(await failureOf(first)).toMatchObject({ kind: 'outcome_unknown' });
    const second = dispatcher.call(fjord, createOrder, order('a', 1), anIntent('a'));
    (await request(1)).answer({ SaveInvoicesResult: { InvoiceOrder: [{ OrderId: 'x' }] } });
    expect(await failureOf(second)).toMatchObject({ kind: 'outcome_unknown' });
  });
});

describe('what goes wrong on our side after a save has left', () => {
  it('never turns a possible order into "nothing was written"', async () => {
    const { dispatcher, request } = start({
      drop: async () => {
        throw new Error('the store is gone');
      },
    });
    const call = dispatcher.call(fjord, createOrder, order('a', 1), anIntent('a'));
    const lost = { Type: 'NotAuthenticatedException', Message: 'No' };
    (await request(0)).answer({ SaveInvoicesResult: { InvoiceOrder: [{ APIException: lost }] } });
    expect(await failureOf(call)).toMatchObject({ code: 'service.session_lost' });
    const broken = dispatcher.call(fjord, createOrder, order('b', 2), anIntent('b'));
    const throwing = {
      get SaveInvoicesResult(): never {
        throw new TypeError('a bug of ours');
      },
    };
    (await request(1)).answer(throwing);
    expect(await failureOf(broken)).toMatchObject({ kind: 'outcome_unknown' });
  });

  it('a store that cannot forget a lost session does not keep the save from its answer', async () => {
    const { dispatcher, request } = start({
      drop: async () => {
        throw new Error('the store is gone');
      },
    });
    const call = dispatcher.call(fjord, createOrder, order('a', 1), anIntent('a'));
    (await request(0)).fail({ text: 'Session is not authenticated' });
    expect(await failureOf(call)).toMatchObject({ isDenial: true });
  });
});

describe('joined saves', () => {
  /** One save in flight, so that the rest gathers; then the rest in one request of four. */
  async function gather(options: Parameters<typeof start>[0] = {}) {
    const started = start(options);
    const { dispatcher, request } = started;
    const call = (name: string, mark: number, access: ShopAccess = fjord) =>
      dispatcher.call(access, createOrder, order(name, mark), anIntent(name));
    const one = call('one', 1);
    const first = await request(0);
    const two = call('two', 2);
    const three = call('three', 3);
    const rest = [call('a', 11), call('b', 12), call('c', 13), call('d', 14)];
    first.answer(saved(['one', 1, 101]));
    expect(await one).toBe(101);
    (await request(1)).answer(saved(['two', 2, 102], ['three', 3, 103]));
    expect(await Promise.all([two, three])).toEqual([102, 103]);
    const joined = await request(2);
    return { ...started, joined, rest };
  }

  it('start alone and double while the answers say whose is whose', async () => {
    const { joined, rest, open, intents } = await gather();
    expect(open.map(({ members }) => members)).toEqual([1, 2, 4]);
    expect(intents.batches.map((batch) => batch.length)).toEqual([1, 2, 4]);
    joined.answer(saved(['d', 14, 4], ['c', 13, 3], ['b', 12, 2], ['a', 11, 1]));
    expect(await Promise.all(rest)).toEqual([1, 2, 3, 4]);
  });

  it('never grow beyond the limit', async () => {
    const { open } = await gather({ maxBatch: 2 });
    expect(open.map(({ members }) => members)).toEqual([1, 2, 2]);
  });

  it('a member the answer lacks is unknown, the others stand, and the next one goes alone', async () => {
    const { dispatcher, joined, rest, request } = await gather();
    joined.answer(saved(['a', 11, 1], ['c', 13, 3], ['d', 14, 4]));
    const results = await Promise.allSettled(rest);
    expect(results).toMatchObject([
      { value: 1 },
      { reason: { kind: 'outcome_unknown' } },
      { value: 3 },
      { value: 4 },
    ]);
    void dispatcher.call(fjord, createOrder, order('x', 21), anIntent('x'));
    void dispatcher.call(fjord, createOrder, order('y', 22), anIntent('y'));
    expect((await request(3)).members).toBe(1);
  });

  it('of unknown outcome are unknown for every member', async () => {
    const { joined, rest } = await gather();
    joined.fail({ cause: 'network' });
    for (const result of await Promise.allSettled(rest)) {
      expect(result).toMatchObject({ reason: { kind: 'outcome_unknown' } });
    }
  });

  it('refused as a whole go singly, each with its own intent', async () => {
    const { joined, rest, request, intents } = await gather();
    joined.fail({ text: 'Instance validation error' });
    (await request(3)).answer(saved(['a', 11, 1]));
    (await request(4)).fail({ text: 'Instance validation error' });
    (await request(5)).answer(saved(['c', 13, 3]));
    (await request(6)).answer(saved(['d', 14, 4]));
    expect(await Promise.allSettled(rest)).toMatchObject([
      { value: 1 },
      { reason: { kind: 'terminal', code: 'order.refused' } },
      { value: 3 },
      { value: 4 },
    ]);
    expect(intents.batches.map((batch) => batch.length)).toEqual([1, 2, 4, 1, 1, 1, 1]);
  });

  it('a member whose claim is stale stays behind, the others leave without it', async () => {
    const { joined, rest, withheld } = await gather({
      answer: (intent) => (intent.kind === 'order' && intent.key.invoiceId === 'b' ? 'stale' : 'go'),
    });
    expect(withheld()).toBe(1);
    expect(joined.members).toBe(3);
    joined.answer(saved(['a', 11, 1], ['c', 13, 3], ['d', 14, 4]));
    const results = await Promise.allSettled(rest);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: expect.any(StaleClaim) });
  });
});

it('a look-up whose answer cannot be read is retryable, never empty', async () => {
  const { dispatcher, request } = start();
  const call = dispatcher.call(fjord, ordersByMark, 1);
  (await request(0)).answer({ GetInvoicesResult: { InvoiceOrder: [{ OrderId: 'x' }] } });
  expect(await failureOf(call)).toMatchObject({ kind: 'retryable', code: 'service.unavailable' });
});

describe('once no more is sent', () => {
  const stopping = new Stopping(0);

  it('calls that have not left and those that come fail at once; what is on the wire comes back', async () => {
    const { dispatcher, request, idle, open } = start();
    const left = dispatcher.call(fjord, orderById, 1);
    const onTheWire = await request(0);
    const behind = [2, 3].map((id) => failureOf(dispatcher.call(fjord, orderById, id)));
    dispatcher.close(stopping);
    expect(await Promise.all(behind)).toEqual([stopping, stopping]);
    expect(await failureOf(dispatcher.call(fjord, orderById, 4))).toBe(stopping);
    expect(await failureOf(dispatcher.call(berg, orderById, 4))).toBe(stopping);
    onTheWire.answer(NONE);
    expect(await left).toBeUndefined();
    await idle();
    expect(open).toHaveLength(1);
  });

  it('a token that comes later sends nothing', async () => {
    let give = (_waitMs: number) => {};
    const { dispatcher, idle, open } = start({
      take: () =>
        new Promise((resolve) => {
          give = resolve;
        }),
    });
    const waits = failureOf(dispatcher.call(fjord, orderById, 1));
    await idle();
    dispatcher.close(stopping);
    expect(await waits).toBe(stopping);
    give(0);
    await idle();
    expect(open).toHaveLength(0);
  });

  it('a call whose session was lost is not sent again', async () => {
    const { dispatcher, request, idle, open } = start();
    const call = failureOf(dispatcher.call(fjord, orderById, 1));
    const onTheWire = await request(0);
    dispatcher.close(stopping);
    onTheWire.fail({ text: 'Session is not authenticated' });
    expect(await call).toBe(stopping);
    await idle();
    expect(open).toHaveLength(1);
  });
});

describe('an answer larger than we read', () => {
  const ids = (request: Open) =>
    (request.request.args as { searchParams: { OrderIds: { int: number[] } } }).searchParams.OrderIds.int;

  it('is asked for in halves until each half is answered; one alone fails', async () => {
    const { dispatcher, request } = start();
    const first = dispatcher.call(fjord, orderById, 1);
    const opened = await request(0);
    const rest = [2, 3, 4, 5].map((id) => dispatcher.call(fjord, orderById, id));
    const last = failureOf(rest[3] as Promise<unknown>);
    opened.answer(NONE);
    await first;
    (await request(1)).fail({ cause: 'too_large' });
    expect(ids(await request(2))).toEqual([2, 3]);
    (await request(2)).answer(NONE);
    expect(ids(await request(3))).toEqual([4, 5]);
    (await request(3)).fail({ cause: 'too_large' });
    expect(ids(await request(4))).toEqual([4]);
    (await request(4)).answer(NONE);
    expect(await Promise.all(rest.slice(0, 3))).toEqual([undefined, undefined, undefined]);
    expect(ids(await request(5))).toEqual([5]);
    (await request(5)).fail({ cause: 'too_large' });
    expect(await last).toMatchObject({ kind: 'retryable', code: 'service.unavailable' });
  });
});
