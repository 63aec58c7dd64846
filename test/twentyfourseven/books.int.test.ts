import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../src/sandbox/faults.ts';
import type { Books } from '../../src/transfer/ports/books.ts';
import {
  aCustomer,
  anIntent,
  anOrder,
  berg,
  createIntent,
  failureOf,
  fjord,
  type Harness,
  startHarness,
} from './support.ts';

let harness: Harness;
let books: Books;

beforeEach(async () => {
  harness = await startHarness({ timeoutMs: 2_000 });
  books = harness.adapter.booksOf(fjord);
});

afterEach(() => harness.stop());

const inject = (operation: string, effect: FaultEffect, when: 'before' | 'after' = 'before', count = 1) =>
  harness.sandbox.control.inject({ operation, effect, when, count });
const orders = async () => (await harness.sandbox.control.books(501)).orders;

describe('customers', () => {
  it('are found by organisation number, e-mail and our mark, and read back as written', async () => {
    const draft = aCustomer({ name: 'Bygg & <Sønn> 😀 AS', invoiceLanguage: 'no' });
    const id = await books.createCustomer(draft, createIntent);

    const read = await books.getCustomer(id);
    expect(read).toMatchObject({ id, ...draft });
    expect((await books.findCustomersByOrganizationNumber('817404502')).map((c) => c.id)).toEqual([id]);
    expect((await books.findCustomersByEmail('kari@byggmester.example')).map((c) => c.id)).toEqual([id]);
    expect((await books.findCustomersByExternalId('SF-C-ABCDEFGH')).map((c) => c.id)).toEqual([id]);
    expect(await harness.sandbox.control.violations()).toEqual([]);
  });

  it('an update changes what it names and keeps what goes back as read', async () => {
    const [customer] = await books.findCustomersByOrganizationNumber('987654321');
    if (customer === undefined) throw new Error('the seed has this customer');
    await books.updateCustomer({
      id: customer.id,
      type: 'Business',
      phones: { mobile: '+4799999999' },
    });
    expect(await books.getCustomer(customer.id)).toMatchObject({
      name: 'Bygg & Anlegg AS',
      type: 'Business',
      phones: { mobile: '+4799999999' },
    });
  });

  it('none there is an empty list and an unknown id is undefined', async () => {
    expect(await books.findCustomersByEmail('nobody@example.no')).toEqual([]);
    expect(await books.getCustomer(999_999)).toBeUndefined();
  });

  it('ids asked for at once leave in one request', async () => {
    const found = await Promise.all([1, 2, 3, 4, 5].map((id) => books.getCustomer(id)));
    expect(found.map((customer) => customer?.id)).toEqual(expect.arrayContaining([1, 2, 3]));
    const asked = harness.requests.filter(({ operation }) => operation === 'GetCompanies.CompanyIds');
    expect(asked.map(({ members }) => members)).toEqual([5]);
  });
});

describe('products and tax codes', () => {
  it('a category and a product in it are made and found', async () => {
    const categoryId = await books.createCategory('Utleie', { ...createIntent, entity: 'category' });
    const productId = await books.createProduct(
      { name: 'Utleie', categoryId },
      { ...createIntent, entity: 'product' },
    );
    expect(await books.listCategories()).toContainEqual({ id: categoryId, name: 'Utleie' });
    expect(await books.findProducts('Utleie')).toContainEqual(
      expect.objectContaining({ id: productId, name: 'Utleie', categoryId }),
    );
  });

  it('tax codes come with their percentage as text', async () => {
    const codes = await books.listTaxCodes();
    expect(codes.length).toBeGreaterThan(3);
    for (const code of codes) expect(code.rate).toMatch(/^\d+(\.\d+)?$/);
  });
});

describe('orders', () => {
  it('an order is found by mark, customer and id, with exact money', async () => {
    const orderId = await books.createOrder(anOrder(), anIntent());
    const [order] = await books.findOrdersByMark(77_001);
    expect(order).toMatchObject({
      orderId,
      customerId: 1,
      orderStatus: 'Web',
      referenceNumber: 'SF-1018-1-ABCDEFGH',
      externalStatus: 77_001,
      includeVat: false,
      rows: [{ productId: 1, name: 'Traktor (2021-01-10 - 2021-01-12)', taxCode: 10, sequenceNumber: 1 }],
    });
    expect(Number(order?.totalIncVat)).toBe(1518.75);
    expect(order).not.toHaveProperty('paid');
    expect(order).not.toHaveProperty('invoiceId');
    expect(await books.getOrder(orderId)).toEqual(order);
    expect(await books.findOrdersOfCustomer(1)).toEqual([order]);
    expect(await books.getOrder(orderId + 1)).toBeUndefined();
    expect(await harness.sandbox.control.violations()).toEqual([]);
  });

  it('followed orders leave in one request, show their payment number, and say which of them are gone', async () => {
    const { control } = harness.sandbox;
    const one = await books.createOrder(anOrder(), anIntent());
    const two = await books.createOrder(anOrder({ externalStatus: 77_002 }), anIntent());
    const invoiceId = await control.publish(501, one);
    await control.pay(501, one, '2021-02-01T00:00:00');
    harness.requests.length = 0;
    const { followedOrders } = harness.adapter;
    const found = await followedOrders.read(fjord, [one, two, 999_999]);
    expect([...found.keys()]).toEqual([one, two]);
    expect(found.get(one)).toMatchObject({
      orderStatus: 'Invoiced',
      invoiceId,
      ocr: expect.stringMatching(/^0\d{6}$/),
      paid: expect.stringContaining('2021-02-01'),
      customerId: 1,
    });
    expect(found.get(two)).toMatchObject({ orderStatus: 'Web', rows: [{ quantity: '3' }] });
    expect(found.get(two)).not.toHaveProperty('ocr');
    // That one is gone is believed where the session stands in the company.
    expect(harness.requests.map(({ operation, members }) => [operation, members])).toEqual([
      ['GetInvoices.followed', 3],
      ['GetIdentity', 1],
    ]);
  });

  it('a followed order that cannot be read is not gone; without any that can it is a failure', async () => {
    const orderId = await books.createOrder(anOrder(), anIntent());
    const broken = await books.createOrder(anOrder({ externalStatus: 77_002 }), anIntent());
    await harness.sandbox.control.putStored(501, 'orders', broken, {
      CustomerId: 1,
      InvoiceRows: [{ Type: 'Sum' }],
    });
    const { followedOrders } = harness.adapter;
    const found = await followedOrders.read(fjord, [orderId, broken]);
    expect(found.get(orderId)).toMatchObject({ orderId });
    expect(found.get(broken)).toBe('unreadable');
    await inject('GetInvoices', { kind: 'http', status: 500 });
    expect(await failureOf(followedOrders.read(fjord, [orderId]))).toMatchObject({ kind: 'retryable' });
    expect(await followedOrders.read(fjord, [])).toEqual(new Map());
  });

  it('orders of other marks are not ours, where the service ignores the filter', async () => {
    await books.createOrder(anOrder(), anIntent());
    await harness.sandbox.control.configure({ externalStatusFilter: 'ignored' });
    expect(await books.findOrdersByMark(77_002)).toEqual([]);
    expect(await books.findOrdersByMark(77_001)).toHaveLength(1);
  });

  it('a paid invoice shows its number and the day of payment', async () => {
    const orderId = await books.createOrder(anOrder(), anIntent());
    const invoiceId = await harness.sandbox.control.publish(501, orderId);
    await harness.sandbox.control.pay(501, orderId, '2021-02-01T00:00:00');
    expect(await books.getOrder(orderId)).toMatchObject({
      orderStatus: 'Invoiced',
      invoiceId,
      paid: expect.stringMatching(/^2021-02-01T/),
    });
  });

  it.each<[FaultEffect, 'before' | 'after', number]>([
    [{ kind: 'reset' }, 'after', 1],
    [{ kind: 'reset' }, 'before', 0],
    [{ kind: 'hang' }, 'after', 1],
    [{ kind: 'cut' }, 'after', 1],
    [{ kind: 'truncated' }, 'after', 1],
    [{ kind: 'empty' }, 'after', 1],
    [{ kind: 'http', status: 503 }, 'after', 1],
    [{ kind: 'http', status: 503 }, 'before', 0],
    [{ kind: 'soapFault', text: 'Something broke' }, 'after', 1],
    [{ kind: 'apiException', withId: true }, 'after', 1],
    [{ kind: 'missingMember' }, 'after', 1],
  ])('%j %s the commit is an unknown outcome and is not repeated', async (effect, when, count) => {
    await inject('SaveInvoices', effect, when);
    expect(await failureOf(books.createOrder(anOrder(), anIntent()))).toMatchObject({
      kind: 'outcome_unknown',
      code: 'order.unknown_outcome',
    });
    expect(await orders()).toHaveLength(count);
    expect((await harness.sandbox.control.counts()).SaveInvoices).toBe(1);
  });

  it.each<[FaultEffect, string, string]>([
    [
      { kind: 'apiException', withId: false, type: 'X.Custom', message: 'No: a@b.no' },
      'terminal',
      'order.refused',
    ],
    [{ kind: 'throttled' }, 'not_now', 'service.quota'],
    [{ kind: 'quarantine', ms: 60_000 }, 'not_now', 'service.quota'],
    [{ kind: 'soapFault', text: 'Instance validation error: no' }, 'terminal', 'order.refused'],
  ])('%j means nothing was written: %s %s', async (effect, kind, code) => {
    await inject('SaveInvoices', effect);
    const failure = await failureOf(books.createOrder(anOrder(), anIntent()));
    expect(failure).toMatchObject({ kind, code });
    expect(String(failure)).not.toContain('a@b.no');
    expect(await orders()).toHaveLength(0);
  });

  it('a department the company requires is refused with its own words', async () => {
    await harness.sandbox.control.addCompany({
      clientId: 503,
      identityId: '1d000000-0000-4000-8000-000000000503',
      name: 'Strict AS',
      departmentRequired: true,
      customers: [{ name: 'A' }],
      categories: [{ name: 'C' }],
      products: [{ name: 'P', categoryId: 1 }],
    });
    const strict = harness.adapter.booksOf({
      shopId: 'strict',
      clientId: '503',
      identityId: '1d000000-0000-4000-8000-000000000503',
    });
    expect(await failureOf(strict.createOrder(anOrder(), anIntent()))).toMatchObject({
      kind: 'terminal',
      code: 'order.refused',
      message: expect.stringMatching(/department/i),
    });
  });

  it('a quarantine is told to the quota with the time it names', async () => {
    await inject('GetInvoices', { kind: 'quarantine', ms: 600_000 });
    await failureOf(books.findOrdersByMark(1));
    // Its clock tells whole seconds; by then a slow machine may be some seconds on.
    expect(harness.quota.quarantinedFor).toBeGreaterThan(500_000);
    expect(harness.quota.quarantinedFor).toBeLessThanOrEqual(601_000);
  });

  it('what the service says is left of the hour reaches the quota', async () => {
    await books.listCategories();
    const [remaining] = harness.quota.observed.at(-1) ?? [];
    expect(remaining).toBe(7_200 - 3);
  });

  it.each<[FaultEffect]>([
    [{ kind: 'reset' }],
    [{ kind: 'truncated' }],
    [{ kind: 'empty' }],
    [{ kind: 'http', status: 503 }],
    [{ kind: 'hang' }],
  ])('a look-up that met %j is never "nothing found"', async (effect) => {
    await inject('GetInvoices', effect);
    expect(await failureOf(books.findOrdersByMark(77_001))).toMatchObject({
      kind: 'retryable',
      code: 'service.unavailable',
    });
  });

  it('ten at once become few requests and ten orders, each with its own id', async () => {
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        books.createOrder(
          anOrder({ externalStatus: 500 + index, referenceNumber: `SF-${index}-AAAAAAAA` }),
          anIntent(`${index}`),
        ),
      ),
    );
    const stored = await orders();
    expect(stored).toHaveLength(10);
    for (const [index, id] of ids.entries()) {
      expect(stored.find((order) => order.reference === `SF-${index}-AAAAAAAA`)?.orderId).toBe(id);
    }
    const saves = harness.requests.filter(({ operation }) => operation === 'SaveInvoices.create');
    expect(saves.map(({ members }) => members)).toEqual([1, 2, 4, 3]);
  });

  it('one bad order of a batch does not reject its neighbours', async () => {
    await books.createOrder(anOrder({ externalStatus: 1, referenceNumber: 'SF-a-AAAAAAAA' }), anIntent('a'));
    await harness.sandbox.control.inject({
      operation: 'SaveInvoices',
      effect: { kind: 'soapFault', text: 'Instance validation error: bad' },
      bodyIncludes: 'SF-bad-AAAAAAAA',
      count: 2,
    });
    const [first, good, bad] = await Promise.allSettled([
      books.createOrder(anOrder({ externalStatus: 2, referenceNumber: 'SF-b-AAAAAAAA' }), anIntent('b')),
      books.createOrder(anOrder({ externalStatus: 3, referenceNumber: 'SF-c-AAAAAAAA' }), anIntent('c')),
      books.createOrder(anOrder({ externalStatus: 4, referenceNumber: 'SF-bad-AAAAAAAA' }), anIntent('bad')),
    ]);
    expect([first?.status, good?.status, bad?.status]).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await orders()).toHaveLength(3);
  });
});

describe('sessions', () => {
  it('twenty calls at once log in once', async () => {
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => books.getCustomer(index + 1)),
      ...Array.from({ length: 10 }, (_, index) => books.findOrdersByMark(index + 1)),
    ]);
    expect((await harness.sandbox.control.counts()).Login).toBe(1);
  });

  it('a read whose session was lost logs in again and repeats once', async () => {
    await books.listCategories();
    await harness.sandbox.control.expireSessions(501);
    expect(await books.listCategories()).toHaveLength(1);
    expect(await harness.sandbox.control.counts()).toMatchObject({ Login: 2, GetCategories: 3 });
  });

  it('a save whose session was lost is not sent again by itself: a look comes first', async () => {
    await books.listCategories();
    await harness.sandbox.control.expireSessions(501);
    expect(await failureOf(books.createOrder(anOrder(), anIntent()))).toMatchObject({
      code: 'service.session_lost',
      isDenial: true,
    });
    expect(await orders()).toHaveLength(0);
    expect(harness.intents.batches).toHaveLength(1);
  });

  it('two shops keep to their own companies', async () => {
    const other = harness.adapter.booksOf(berg);
    await Promise.all([
      books.createCustomer(aCustomer(), createIntent),
      other.createCustomer(aCustomer({ externalId: 'SF-C-OTHER' }), createIntent),
    ]);
    expect(await books.findCustomersByExternalId('SF-C-OTHER')).toEqual([]);
    expect(await other.findCustomersByExternalId('SF-C-OTHER')).toHaveLength(1);
  });

  it('a login that ends in another company writes nothing there', async () => {
    const strayed = harness.adapter.booksOf({ ...fjord, identityId: berg.identityId });
    expect(await failureOf(strayed.createOrder(anOrder(), anIntent()))).toMatchObject({
      kind: 'not_now',
      code: 'service.identity_blocked',
    });
    expect(await orders()).toHaveLength(0);
    expect((await harness.sandbox.control.books(502)).orders).toHaveLength(0);
    expect(harness.sessions.values.size).toBe(0);
  });

  it('a blocked identity waits; it is not "nothing found"', async () => {
    await harness.sandbox.control.blockIdentity(501);
    expect(await failureOf(books.findOrdersByMark(1))).toMatchObject({
      kind: 'not_now',
      code: 'service.identity_blocked',
    });
  });

  it('a wrong password is asked once, not once per company', async () => {
    await harness.sandbox.control.setPassword('changed');
    expect(await failureOf(books.listCategories())).toMatchObject({ code: 'service.login_refused' });
    expect(await failureOf(harness.adapter.booksOf(berg).listCategories())).toMatchObject({
      code: 'service.login_refused',
    });
    expect((await harness.sandbox.control.counts()).Login).toBe(1);
  });

  it('a service the user may not use is a missing permission', async () => {
    await harness.sandbox.control.denyService(501, 'Account');
    expect(await failureOf(books.listTaxCodes())).toMatchObject({
      kind: 'not_now',
      code: 'service.permission_missing',
    });
  });

  it('the companies our user may enter are listed, and a refused login is told apart', async () => {
    const listed = await harness.adapter.identities.list();
    expect(listed).toContainEqual({
      identityId: fjord.identityId,
      clientId: '501',
      clientName: 'Fjord Utleie AS',
      isDisabled: false,
    });
    expect(await harness.adapter.identities.current(fjord)).toMatchObject({ clientId: '501' });
    await harness.sandbox.control.setPassword('changed');
    expect(await failureOf(harness.adapter.identities.list())).toMatchObject({
      kind: 'terminal',
      code: 'service.login_refused',
    });
  });
});
