/** What following decides from one look: events, fields, and the time of the next look. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Order } from '../../src/domain/books.ts';
import { alignLook, basisOf, decideFollowed, type Followed } from '../../src/domain/following.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2021-02-10T12:00:00Z');
const TIMING = { everyMs: HOUR, settleMs: 95_000, timeZone: 'Europe/Oslo' };

const order = (change: Partial<Order> = {}): Order => ({
  orderId: 1_001,
  customerId: 301,
  orderStatus: 'Web',
  referenceNumber: 'SF-1-abcdefgh',
  totalIncVat: '1250',
  totalVat: '250.00',
  rows: [
    {
      name: 'Telt',
      type: 'Normal',
      productId: 7,
      price: '1000',
      quantity: '1',
      vatRate: '25',
      sequenceNumber: 1,
    },
  ],
  ...change,
});
type Known = Followed & { orderId: number };
const known = (change: Partial<Known> = {}): Known => ({
  orderId: 1_001,
  acceptedAt: NOW - HOUR,
  basis: basisOf(order()),
  ...change,
});
const decide = (before: Known, seen: Order | undefined, now = NOW) =>
  decideFollowed(before, seen, now, TIMING);
const next = (change: Partial<Known>, seen: Partial<Order> = {}) => decide(known(change), order(seen)).nextMs;

/** The record after the look. */
function recordAfter(before: Known, { changes }: ReturnType<typeof decide>): Known {
  const fields = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  return Object.fromEntries(fields) as unknown as Known;
}

describe('one look', () => {
  it('of an order that is as it was tells nothing', () => {
    expect(decide(known(), order({ totalIncVat: '1250.000', rows: order().rows })).events).toEqual([]);
  });

  it('tells number, date, due date and payment reference of the invoice', () => {
    const seen = { invoiceId: 5, dateInvoiced: '2021-02-09T23:30:00', paymentTime: 14, ocr: '000512' };
    expect(decide(known(), order({ orderStatus: 'Invoiced', ...seen })).events).toEqual([
      {
        type: 'order.invoiced',
        // 23:30 UTC is the next day in Oslo.
        body: {
          orderId: 1_001,
          invoiceNumber: 5,
          invoicedOn: '2021-02-10',
          dueOn: '2021-02-24',
          ocr: '000512',
        },
      },
    ]);
  });

  it('tells both where the order was invoiced and paid between two looks, in this order', () => {
    const paid = order({ invoiceId: 5, dateInvoiced: '2021-02-09T10:00:00', paid: '2021-02-10T00:00:00' });
    expect(decide(known(), paid).events.map(({ type }) => type)).toEqual(['order.invoiced', 'order.paid']);
  });

  it('tells names of what differs, sums, counts and ids, and no text of the order', () => {
    const changed = order({
      customerId: 302,
      referenceNumber: 'Kari Nordmann',
      totalIncVat: '1300',
      rows: [...order().rows, { name: 'Kari', type: 'Normal', sequenceNumber: 2 }],
      currency: 'SEK',
    });
    const { events } = decide(known({ basis: { ...basisOf(order()), currency: 'NOK' } }), changed);
    expect(events).toEqual([
      {
        type: 'order.changed',
        body: {
          orderId: 1_001,
          differences: [
            { what: 'total', expected: '1250.00', found: '1300.00' },
            { what: 'rows', expected: '1', found: '2' },
            { what: 'reference', expected: 'SF-1-abcdefgh' },
            { what: 'customer', expected: '301', found: '302' },
            { what: 'currency', expected: 'NOK', found: 'SEK' },
          ],
        },
      },
    ]);
  });

  it('of a name that was edited tells nothing: people may', () => {
    const rows = order().rows.map((row) => ({ ...row, name: 'Stort telt' }));
    expect(decide(known(), order({ rows })).events).toEqual([]);
  });

  it('of an order of an earlier version compares what its record knows', () => {
    const { basis: _none, ...before } = known({ result: { totals: { posted: '1250.00' } }, customerId: 301 });
    const { events } = decide(before, order({ totalIncVat: '1300', totalVat: '300' }));
    expect(events).toMatchObject([{ body: { differences: [{ what: 'total', expected: '1250.00' }] } }]);
  });
});

describe('an order that is not there', () => {
  it('is gone when it was missed twice, a settle apart', () => {
    const first = decide(known(), undefined);
    expect(first).toMatchObject({ events: [], nextMs: TIMING.settleMs });
    const missed = recordAfter(known(), first);
    expect(decide(missed, undefined, NOW + TIMING.settleMs - 1)).toMatchObject({ events: [], nextMs: 1 });
    expect(decide(missed, undefined, NOW + TIMING.settleMs)).toMatchObject({
      events: [{ type: 'order.gone', body: { orderId: 1_001 } }],
      nextMs: undefined,
    });
  });

  it('and comes back is as if it had never been missed', () => {
    const missed = recordAfter(known(), decide(known(), undefined));
    const back = recordAfter(missed, decide(missed, order()));
    expect(back).not.toHaveProperty('orderMissedAt');
    expect(decide(back, undefined, NOW + DAY).events).toEqual([]);
  });
});

describe('the next look', () => {
  const invoiced = { invoiceId: 5, dateInvoiced: '2021-02-01T10:00:00' };
  it.each([
    ['a young order', {}, {}, HOUR],
    ['an order of a week', { acceptedAt: NOW - 7 * DAY }, {}, 8 * HOUR],
    ['an order of a month', { acceptedAt: NOW - 30 * DAY }, {}, DAY],
    ['near its due date', { acceptedAt: NOW - 30 * DAY }, { ...invoiced, paymentTime: 10 }, 6 * HOUR],
    ['long before its due date', { acceptedAt: NOW - 30 * DAY }, { ...invoiced, paymentTime: 60 }, DAY],
    ['paid', {}, { ...invoiced, paid: '2021-02-05T00:00:00' }, DAY],
    [
      'paid 30 days ago',
      { paidSeenAt: NOW - 30 * DAY },
      { ...invoiced, paid: '2021-01-05T00:00:00' },
      undefined,
    ],
    ['of 400 days', { acceptedAt: NOW - 400 * DAY }, {}, undefined],
  ] as [string, Partial<Known>, Partial<Order>, number | undefined][])(
    'of %s',
    (_what, before, seen, expected) => {
      expect(next(before, seen)).toBe(expected);
    },
  );

  it('is at least daily, whatever the order is', () => {
    const ages = fc.integer({ min: 0, max: 399 * 24 });
    const days = fc.option(fc.integer({ min: 0, max: 90 }), { nil: undefined });
    fc.assert(
      fc.property(ages, days, fc.boolean(), (hours, paymentTime, isPaid) => {
        const seen = order({
          ...(paymentTime !== undefined && { ...invoiced, paymentTime }),
          ...(isPaid && { paid: '2021-02-05T00:00:00' }),
        });
        const nextMs = decide(known({ acceptedAt: NOW - hours * HOUR }), seen).nextMs ?? Number.NaN;
        expect(nextMs).toBeGreaterThanOrEqual(HOUR);
        expect(nextMs).toBeLessThanOrEqual(DAY);
      }),
    );
  });

  it('of all orders of a company falls on the same grid, and never before it is due by more than a step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2_000_000_000 }),
        fc.constantFrom('501', '502', '900'),
        (ms, client) => {
          const at = alignLook(client, NOW + ms, HOUR);
          expect(NOW + ms - at).toBeGreaterThanOrEqual(0);
          expect(NOW + ms - at).toBeLessThan(HOUR);
          expect((at - alignLook(client, NOW, HOUR)) % HOUR).toBe(0);
        },
      ),
    );
  });
});

it('over any life each change is told once: what was told last is how the order stands', () => {
  const look = fc.record({
    isThere: fc.constantFrom(true, true, true, false),
    invoiceId: fc.constantFrom(undefined, 5),
    paid: fc.constantFrom(undefined, '2021-02-05T00:00:00'),
    orderStatus: fc.constantFrom('Web', 'Invoiced', 'InvoicedPack'),
    totalIncVat: fc.constantFrom('1250', '1300'),
  });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 12 }), (looks) => {
      let record = known();
      const told = { paid: false, total: false };
      let now = NOW;
      for (const { isThere, invoiceId, paid, ...rest } of looks) {
        now += HOUR;
        const invoiced = invoiceId === undefined ? {} : { invoiceId, dateInvoiced: '2021-02-01T10:00:00' };
        const seen = isThere ? order({ ...rest, ...invoiced, ...(paid && { paid }) }) : undefined;
        const decision = decide(record, seen, now);
        const again = decide(recordAfter(record, decision), seen, now);
        if (isThere) expect(again.events).toEqual([]);
        for (const { type, body } of decision.events) {
          if (type === 'order.paid') told.paid = true;
          if (type === 'order.payment_reversed') told.paid = false;
          if (type === 'order.changed') told.total = body.differences.some(({ what }) => what === 'total');
          if (type === 'order.gone') return;
        }
        record = recordAfter(record, decision);
        if (!isThere) continue;
        expect(told).toEqual({ paid: paid !== undefined, total: rest.totalIncVat === '1300' });
      }
    }),
  );
});
