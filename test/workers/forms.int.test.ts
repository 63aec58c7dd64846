/**
 * Every kind of job where 24SevenOffice writes its answers in another form: as .NET does, with all defaults
 * written out, with nil and null wherever they may stand, telling as little as the schema allows.
 */
import { Queue, QueueEvents } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import type { TransferResult } from '../../src/contract/results.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { run } from '../cli/support.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Dialect, type DialectProxy, startDialectProxy } from '../support/dialect-proxy.ts';
import { type Product, productEnv, startProduct } from '../support/product.ts';
import { FJORD, SHOP } from '../support/surroundings.ts';

/** Without a dialect, the product gets the sandbox's own bytes. */
const FORMS: [what: string, sandbox: SandboxOptions, dialect?: Dialect][] = [
  ['as .NET writes them', { answers: 'dotnet' }],
  ['with every default written out', { answers: 'written_out', decimals: 'four_places' }],
  [
    'with nil slots, null lists, stack traces and dates with an offset',
    { unusedSlots: 'nil', emptyLists: 'null', faultText: 'stack_trace', dateZone: 'offset' },
    { prefix: 'q1', pretty: true, extras: true, reversed: true },
  ],
  [
    'telling little: saves that answer ids alone, exact searches, no quota',
    {
      ...{ saveSums: false, saveRows: false, saveOrder: 'reversed', quotaHeaders: 'none' },
      ...{ emailSearch: 'exact', productNameSearch: 'exact_case', unknownProperties: 'fault' },
      ...{ requests: 'dotnet', omittedDefaults: 'never_change' },
    },
  ],
];

const [LINE] = anInvoiceInput().lines;

function anInvoice(id: string, revision = 1, quantity = '3'): InvoiceTransferInput {
  if (LINE === undefined) throw new Error('the builder has a line');
  const net = (Number(quantity) * 405).toFixed(2);
  const vat = (Number(net) / 4).toFixed(2);
  const gross = (Number(net) * 1.25).toFixed(2);
  return anInvoiceInput({
    requestId: `${id}-${revision}`,
    invoice: { id, revision, totals: { net, vat, gross } },
    lines: [{ ...LINE, quantity }],
  });
}

describe.each(FORMS)('answers %s', (_what, sandbox, dialect) => {
  let proxy: DialectProxy | undefined;
  let product: Product;
  let sweeps: Queue;
  let sweepEnds: QueueEvents;

  beforeAll(async () => {
    proxy = dialect && (await startDialectProxy(dialect));
    product = await startProduct({ sandbox, env: proxy ? { TFSO_BASE_URL: proxy.url } : {} });
    proxy?.pointAt(product.sandbox.url);
    await product.connectShop({ afterUnknown: 'ask', resend: 'update' });
    const options = { connection: { url: product.redis.url }, prefix: product.config.prefix };
    sweeps = new Queue('sweep', options);
    sweepEnds = new QueueEvents('sweep', options);
    await sweepEnds.waitUntilReady();
  });

  afterAll(async () => {
    await Promise.all([sweeps.close(), sweepEnds.close()]);
    await product.stop();
    await proxy?.stop();
  });

  const control = () => product.sandbox.control;
  const cli = (...args: string[]) =>
    run(args, productEnv(product.redis.url, proxy?.url ?? product.sandbox.url));
  const recordOf = (invoiceId: string) => product.store.records.read({ shopId: SHOP, invoiceId });
  const books = () => control().books(FJORD.clientId);
  const ordersOf = async (id: string) =>
    (await books()).orders.filter(({ reference }) => reference.startsWith(`SF-${id}-`));

  async function created(id: string): Promise<TransferResult> {
    const end = await product.send(anInvoice(id));
    if (!('result' in end)) throw new Error(end.failedReason);
    expect(end.result).toMatchObject({ outcome: 'created', totals: { posted: '1518.75' } });
    return end.result;
  }

  const check = (invoiceId: string, requestId: string) =>
    product.check({
      schemaVersion: 1,
      shopId: SHOP,
      requestId,
      requestedAt: '2021-02-04T08:00:00Z',
      invoiceId,
    });

  async function sweepLater(invoiceId: string): Promise<void> {
    await product.store.redis.zadd(product.store.keys.agenda, 0, `${SHOP}:${invoiceId}`);
    const job = await sweeps.add('sweep', {}, { removeOnComplete: true });
    await job.waitUntilFinished(sweepEnds, 20_000);
  }

  test('a shop is verified, and nothing is written', async () => {
    const before = await books();
    const { exitCode, out } = await cli('shop', 'verify', SHOP);
    expect(exitCode, out.join('\n')).toBe(0);
    expect(await books()).toEqual(before);
  });

  test('an invoice becomes one order; edited, it changes that order', async () => {
    const { orderId } = await created('A');
    expect(await product.send({ ...anInvoice('A'), requestId: 'again' })).toMatchObject({
      result: { outcome: 'already_transferred', orderId },
    });
    expect(await product.send(anInvoice('A', 2, '5'))).toMatchObject({
      result: { outcome: 'updated', orderId, totals: { posted: '2531.25' } },
    });
    expect(await ordersOf('A')).toMatchObject([{ orderId, status: 'Web', totalIncVat: '2531.25' }]);
    expect(await control().violations()).toEqual([]);
  });

  test('a check tells not invoiced, invoiced, paid, merged and missing apart', async () => {
    const { orderId } = await created('B');
    expect(await check('B', 'b1')).toMatchObject({ result: { detail: 'order_not_invoiced', orderId } });
    await control().publish(FJORD.clientId, orderId);
    expect(await check('B', 'b2')).toMatchObject({ result: { detail: 'invoiced', orderId } });
    await control().pay(FJORD.clientId, orderId, '2021-02-03T00:00:00');
    expect(await check('B', 'b3')).toMatchObject({ result: { status: 'paid', paidOn: '2021-02-03' } });
    const merged = await created('C');
    await control().merge(FJORD.clientId, merged.orderId);
    expect(await check('C', 'c1')).toMatchObject({ result: { status: 'not_paid', detail: 'merged' } });
    const deleted = await created('D');
    await control().deleteOrder(FJORD.clientId, deleted.orderId);
    expect(await check('D', 'd1')).toMatchObject({ result: { detail: 'order_missing' } });
  });

  test('the sweep adopts an order that shows late, and tells a second one', async () => {
    await control().inject({ operation: 'SaveInvoices', effect: { kind: 'hidden' }, count: 1 });
    const vanished = await product.send(anInvoice('E'));
    expect(vanished).toMatchObject({ failedReason: expect.stringMatching(/^order\.vanished: /) });
    await control().revealAll();
    await sweepLater('E');
    await expect.poll(async () => (await recordOf('E'))?.state).toBe('transferred');

    const { orderId } = await created('F');
    const [first] = await ordersOf('F');
    await control().addOrders(FJORD.clientId, [
      {
        customerId: first?.customerId ?? 0,
        reference: first?.reference ?? '',
        externalStatus: first?.externalStatus ?? 0,
      },
    ]);
    await sweepLater('F');
    expect(await recordOf('F')).toMatchObject({
      state: 'unresolved',
      code: 'order.duplicate_found',
      orderId,
    });
  });

  test('people say what became of it: not created, the order is this one, deleted', async () => {
    const reason = ['--reason', 'looked in the books'];
    const lost = async (id: string) => {
      await control().inject({
        operation: 'SaveInvoices',
        effect: { kind: 'reset' },
        when: 'before',
        bodyIncludes: `SF-${id}-`,
      });
      await product.send(anInvoice(id));
      expect(await recordOf(id)).toMatchObject({ state: 'unresolved', code: 'order.unknown_outcome' });
    };
    await Promise.all([lost('G'), lost('H')]);
    expect(await cli('invoice', 'resolve', SHOP, 'G', '--not-created', ...reason)).toMatchObject({
      exitCode: 0,
    });
    const { orderId } = await created('I');
    const [like] = await ordersOf('I');
    const [byHand = 0] = await control().addOrders(FJORD.clientId, [
      {
        customerId: like?.customerId ?? 0,
        rows: [
          {
            ...{ productId: like?.rows[0]?.productId ?? 0, name: 'by hand', price: '450', quantity: '3' },
            discountRate: '10',
            taxCode: like?.rows[0]?.taxCode ?? 0,
          },
        ],
      },
    ]);
    const byHandArgs = ['--order', String(byHand), '--accept-difference', ...reason];
    expect(await cli('invoice', 'resolve', SHOP, 'H', ...byHandArgs)).toMatchObject({ exitCode: 0 });
    expect(await recordOf('H')).toMatchObject({ state: 'transferred', orderId: byHand });

    await control().deleteOrder(FJORD.clientId, orderId);
    const missing = await product.send({ ...anInvoice('I'), requestId: 'I-again' });
    expect(missing).toMatchObject({ failedReason: expect.stringMatching(/^order\.missing: /) });
    expect(await cli('invoice', 'resend', SHOP, 'I', '--order-deleted', ...reason)).toMatchObject({
      exitCode: 0,
    });
    expect(await product.send({ ...anInvoice('I'), requestId: 'I-anew' })).toMatchObject({
      result: { outcome: 'created' },
    });
    await expect.poll(async () => (await recordOf('G'))?.state, { timeout: 20_000 }).toBe('transferred');
    expect([(await ordersOf('G')).length, (await ordersOf('I')).length]).toEqual([1, 1]);
  });
});

describe('where 24SevenOffice means something else by what we send, no invoice is called transferred:', () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct();
    await product.connectShop();
    await product.send(anInvoice('first'));
  });
  afterAll(() => product.stop());

  test.each([
    ['a discount is a fraction', { discountUnit: 'fraction' }, 'unresolved', 'order.totals_mismatch'],
    ['prices hold the VAT already', { includeVatFalse: 'inc_vat' }, 'unresolved', 'order.totals_mismatch'],
    ['a tax code is its number', { taxCodeMeans: 'tax_no' }, 'rejected', 'order.refused'],
  ] as const)('%s', async (_what, behaviour, state, code) => {
    const id = Object.keys(behaviour).join();
    await product.sandbox.control.configure(behaviour);
    await product.send(anInvoice(id));
    const usual = { discountUnit: 'percent', includeVatFalse: 'ex_vat', taxCodeMeans: 'tax_id' } as const;
    await product.sandbox.control.configure(usual);
    const record = await product.store.records.read({ shopId: SHOP, invoiceId: id });
    expect(record).toMatchObject({ state, code });
  });
});
