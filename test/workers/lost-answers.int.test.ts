/** A save leaves and its answer is lost: on either side of the commit there is one order, one customer, one product. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TransferResult } from '../../src/contract/results.ts';
import type { FaultEffect } from '../../src/sandbox/faults.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';
import { BERG, FJORD } from '../support/surroundings.ts';

let product: Product;
let told: Map<string, Told>;
beforeAll(async () => {
  // Alone in its request, so that a fault strikes the one invoice it is meant for.
  product = await startProduct({ env: { TFSO_MAX_BATCH: '1' } });
  await product.connectShop();
  await product.connectShop({ shopId: 'ask.mysharefox.com', afterUnknown: 'ask' });
  await product.connectShop({ shopId: 'new.mysharefox.com', accountName: 'Berg Maskin AS' }, BERG);
  // The shop has had an order: its marks are known to be searchable.
  await product.send(anInvoiceInput({ invoice: { id: 'first' } }));
  // All at once, because most of it is waiting.
  const all = CASES.map(async ({ id, faults }) => [id, await struck(id, faults)] as const);
  told = new Map(await Promise.all(all));
}, 120_000);
afterAll(() => product.stop());

const SHOP = 'acme.mysharefox.com';
const anInvoice = (id: string, shopId = SHOP) =>
  anInvoiceInput({ shopId, invoice: { id }, requestId: `${id} click` });
const ordersOf = async (invoiceId: string, { clientId } = FJORD) =>
  (await product.sandbox.control.books(clientId)).orders.filter(({ reference }) =>
    reference.startsWith(`SF-${invoiceId}-`),
  );
const spoil = (invoiceId: string, effect: FaultEffect, when: 'before' | 'after') =>
  product.sandbox.control.inject({
    operation: 'SaveInvoices',
    effect,
    when,
    bodyIncludes: `SF-${invoiceId}-`,
  });

/** What became of an invoice whose save met these faults, each at one attempt. */
interface Told {
  outcome: string;
  orders: number;
  /** The result names the order that stands. */
  isNamed: boolean;
  events: (string | undefined)[];
}

async function struck(id: string, faults: Fault[]): Promise<Told> {
  for (const { effect, when } of faults) await spoil(id, effect, when);
  const end = await product.endOf<TransferResult>(await product.addTransfer(anInvoice(id)));
  const orders = await ordersOf(id);
  return {
    outcome: 'result' in end ? end.result.outcome : end.failedReason,
    orders: orders.length,
    isNamed: 'result' in end && orders.some(({ orderId }) => orderId === end.result.orderId),
    events: (await product.events(id)).map(({ type }) => type),
  };
}

interface Fault {
  effect: FaultEffect;
  when: 'before' | 'after';
}

const LOST: [name: string, effect: FaultEffect][] = [
  ['no answer', { kind: 'hang' }],
  ['half an answer', { kind: 'cut' }],
  ['a reset', { kind: 'reset' }],
  ['an empty answer', { kind: 'empty' }],
  ['a truncated answer', { kind: 'truncated' }],
  ['an error page', { kind: 'http', status: 503 }],
  ['a fault of the database', { kind: 'soapFault', text: 'Timeout expired' }],
  ['an answer without the order', { kind: 'missingMember' }],
  ['an exception beside an id', { kind: 'apiException', withId: true }],
  ['an exception of the database', { kind: 'apiException', withId: false }],
];
const idOf = (when: 'before' | 'after', name: string) => `${when}-${name.replaceAll(' ', '_')}`.slice(0, 30);

const CASES: { id: string; faults: Fault[] }[] = [
  ...(['before', 'after'] as const).flatMap((when) =>
    LOST.map(([name, effect]) => ({ id: idOf(when, name), faults: [{ effect, when }] })),
  ),
  { id: 'late', faults: [{ effect: { kind: 'slow', ms: 1_300 }, when: 'before' }] },
  { id: 'hidden', faults: [{ effect: { kind: 'hidden', ms: 700 }, when: 'before' }] },
  { id: 'phantom', faults: [{ effect: { kind: 'phantomId' }, when: 'before' }] },
  {
    id: 'twice',
    faults: [
      { effect: { kind: 'reset' }, when: 'before' },
      { effect: { kind: 'cut' }, when: 'after' },
    ],
  },
];
const ONE = { orders: 1, isNamed: true, events: ['transfer.completed'] };

describe('an order save', () => {
  test.each(LOST)('that ends in %s after the commit is adopted by the next attempt', (name) => {
    expect(told.get(idOf('after', name))).toEqual({ outcome: 'adopted', ...ONE });
  });

  test.each(LOST)('that ends in %s before the commit is made once', (name) => {
    expect(told.get(idOf('before', name))).toEqual({ outcome: 'created', ...ONE });
  });

  test('committed only after the caller has given up is adopted, not made again', () => {
    expect(told.get('late')).toEqual({ outcome: 'adopted', ...ONE });
  });

  test('lost twice, the second time after the commit, is adopted', () => {
    expect(told.get('twice')).toEqual({ outcome: 'adopted', ...ONE });
  });

  test('whose order does not show yet is waited for', () => {
    expect(told.get('hidden')).toEqual({ outcome: 'created', ...ONE });
  });

  test('refused because of the session or the request rate is made once', async () => {
    const faults: Fault[] = [
      { effect: { kind: 'sessionLost' }, when: 'before' },
      { effect: { kind: 'throttled' }, when: 'before' },
    ];
    expect(await struck('refused', faults)).toEqual({ outcome: 'created', ...ONE });
  });

  test('answered with an id that does not exist ends unresolved, and nothing is sent again', async () => {
    expect(told.get('phantom')).toEqual({
      outcome: expect.stringMatching(/^order\.vanished: /),
      orders: 0,
      isNamed: false,
      events: ['transfer.unresolved'],
    });
    expect(await product.record('phantom')).toMatchObject({ state: 'unresolved', code: 'order.vanished' });
  });
});

test.concurrent('a save that leaves nothing behind is for a person to judge where the shop says so', async () => {
  const shopId = 'ask.mysharefox.com';
  await spoil('ask', { kind: 'reset' }, 'before');
  const job = await product.addTransfer(anInvoice('ask', shopId), { attempts: 3 });
  expect(await product.endOf(job)).toEqual({
    failedReason: expect.stringMatching(/^order\.unknown_outcome: /),
    attemptsMade: 1,
  });
  expect(await product.record('ask', shopId)).toMatchObject({
    state: 'unresolved',
    code: 'order.unknown_outcome',
  });
  expect((await product.events('ask')).map(({ type }) => type)).toEqual(['transfer.unresolved']);
  // A second click only looks.
  const again = await product.send({ ...anInvoice('ask', shopId), requestId: 'second click' });
  expect(again).toMatchObject({ failedReason: expect.stringMatching(/^order\.unknown_outcome: /) });
  expect(await ordersOf('ask')).toEqual([]);
  expect(await product.events('ask')).toHaveLength(1);
});

test.concurrent('creates whose answers are lost, of category, product and customer alike, leave one of each', async () => {
  const { control } = product.sandbox;
  const inject = (operation: string, when: 'before' | 'after') =>
    control.inject({ operation, effect: { kind: 'cut' }, when, clientId: BERG.clientId });
  await inject('SaveCategories', 'after');
  await inject('SaveProducts', 'after');
  await inject('SaveCompanies', 'after');
  const end = await product.endOf(await product.addTransfer(anInvoice('new', 'new.mysharefox.com')));
  expect(end).toMatchObject({ result: { outcome: 'created' } });
  const books = await control.books(BERG.clientId);
  const named = (entries: { name: string }[], name: string) =>
    entries.filter((entry) => entry.name === name).length;
  expect({
    categories: named(books.categories, 'SharefoxRental'),
    products: named(books.products, 'SharefoxRental'),
    customers: named(books.customers, 'Byggmester AS'),
    orders: books.orders.length,
  }).toEqual({ categories: 1, products: 1, customers: 1, orders: 1 });
});

test('nothing of it was against the rules of 24SevenOffice', async () => {
  expect(await product.sandbox.control.violations()).toEqual([]);
});
