/** What becomes of jobs that some other BullMQ producer adds, in whatever way it does. */
import { Queue as Queue4 } from 'bullmq-4';
import { Queue as Queue5 } from 'bullmq-5';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TransferResult } from '../../src/contract/results.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.connectShop();
});
afterAll(() => product.stop());

const invoice = (id: string, requestId = `${id} click`) => anInvoiceInput({ invoice: { id }, requestId });
const ordersOf = async (invoiceId: string) =>
  (await product.sandbox.control.books(501)).orders.filter(({ reference }) =>
    reference.startsWith(`SF-${invoiceId}-`),
  );
const resultOf = (end: { result: TransferResult } | { failedReason: string }) => {
  if (!('result' in end)) throw new Error(end.failedReason);
  return end.result;
};

test('a job added with no options at all becomes an order', async () => {
  const end = await product.endOf<TransferResult>(await product.addTransfer(invoice('plain')));
  expect(resultOf(end)).toMatchObject({ outcome: 'created' });
  expect(await ordersOf('plain')).toHaveLength(1);
});

test('a job id of the producer is kept, and adding it twice makes one job and one order', async () => {
  const first = await product.addTransfer(invoice('named'), { jobId: 'my-own-id' });
  await product.addTransfer(invoice('named'), { jobId: 'my-own-id' });
  expect(first.id).toBe('my-own-id');
  const result = resultOf(await product.endOf<TransferResult>(first));
  await product.addTransfer(invoice('named'), { jobId: 'my-own-id' });
  const job = await product.queues.transfer.getJob('my-own-id');
  expect(job?.returnvalue).toEqual(result);
  expect(await ordersOf('named')).toHaveLength(1);
});

test('a triple click makes one order; the other two are told that it was there', async () => {
  const jobs = await Promise.all(
    ['first', 'second', 'third'].map((click) => product.addTransfer(invoice('clicked', click))),
  );
  const results = await Promise.all(jobs.map((job) => product.endOf<TransferResult>(job).then(resultOf)));
  expect(results.map(({ outcome }) => outcome).sort()).toEqual([
    'already_transferred',
    'already_transferred',
    'created',
  ]);
  expect(new Set(results.map(({ orderId }) => orderId)).size).toBe(1);
  expect(await ordersOf('clicked')).toHaveLength(1);
  expect(await product.events('clicked')).toHaveLength(1);
});

test('a click delivered again gets the result it had, and nothing is asked of 24SevenOffice', async () => {
  const result = resultOf(await product.send(invoice('again')));
  const before = await product.sandbox.control.requests();
  expect(resultOf(await product.send(invoice('again')))).toEqual(result);
  expect(await product.sandbox.control.requests()).toEqual(before);
  expect(await product.events('again')).toHaveLength(1);
});

test('a new click on a transferred invoice reads the order and sends nothing', async () => {
  const { orderId } = resultOf(await product.send(invoice('resent')));
  await product.sandbox.control.resetCounts();
  const again = resultOf(await product.send(invoice('resent', 'later')));
  expect(again).toMatchObject({ outcome: 'already_transferred', orderId });
  expect(await product.sandbox.control.counts()).toEqual({ GetInvoices: 1 });

  await product.sandbox.control.deleteOrder(501, orderId);
  const gone = await product.send(invoice('resent', 'too late'));
  expect(gone).toMatchObject({ failedReason: expect.stringMatching(/^order\.missing: /), attemptsMade: 1 });
  expect(await product.record('resent')).toMatchObject({ state: 'transferred', orderId: String(orderId) });
});

test('a higher revision with the same content is already transferred; a lower one afterwards is superseded', async () => {
  resultOf(await product.send(invoice('revised')));
  const revised = (revision: number, requestId: string) =>
    product.send(anInvoiceInput({ invoice: { id: 'revised', revision }, requestId }));
  expect(resultOf(await revised(3, 'third'))).toMatchObject({ outcome: 'already_transferred' });
  expect(await revised(2, 'second')).toMatchObject({
    failedReason: expect.stringMatching(/^invoice\.superseded: /),
  });
  expect(await ordersOf('revised')).toHaveLength(1);
  expect(await product.events('revised')).toHaveLength(1);
});

test('a changed invoice is refused once it was sent, and the order, record and event stay', async () => {
  resultOf(await product.send(invoice('changed')));
  const before = await product.record('changed');
  const changed = anInvoiceInput({
    invoice: { id: 'changed', revision: 2, comment: 'Changed' },
    requestId: 'later',
  });
  const refused = await product.send(changed, { attempts: 5 });
  expect(refused).toMatchObject({
    failedReason: expect.stringMatching(/^invoice\.changed_after_transfer: /),
    attemptsMade: 1,
  });
  expect(await product.record('changed')).toMatchObject({
    state: before.state,
    orderId: before.orderId,
    sentHash: before.sentHash,
  });
  expect(await product.record('changed')).not.toHaveProperty('code');
  expect(await product.events('changed')).toHaveLength(1);
});

test('a producer that grants one attempt still gets its order through a 503, a reset and a lost session', async () => {
  const { control } = product.sandbox;
  const bodyIncludes = 'unlucky@byggmester.example';
  await control.inject({
    operation: 'GetCompanies',
    effect: { kind: 'http', status: 503 },
    bodyIncludes,
  });
  await control.inject({ operation: 'GetCompanies', effect: { kind: 'reset' }, bodyIncludes });
  await control.inject({ operation: 'GetCompanies', effect: { kind: 'sessionLost' }, bodyIncludes });
  const data = anInvoiceInput({
    invoice: { id: 'unlucky' },
    requestId: 'unlucky click',
    customer: { email: bodyIncludes, companyOrgNo: '', companyName: 'Uheldig AS' },
  });
  const end = await product.endOf<TransferResult>(await product.addTransfer(data, { attempts: 1 }));
  expect(resultOf(end)).toMatchObject({ outcome: 'created', customer: 'created' });
  const faults = (await control.requests()).flatMap(({ fault }) => fault ?? []);
  expect(faults.sort()).toEqual(['http', 'reset', 'sessionLost']);
  expect(await ordersOf('unlucky')).toHaveLength(1);
});

test('nothing of it was against the rules of 24SevenOffice', async () => {
  expect(await product.sandbox.control.violations()).toEqual([]);
});

test('a request id used again for another content is another click, not the old answer', async () => {
  const invoice = { id: 'same-request', totals: { net: '1215.00', vat: '303.75', gross: '1518.75' } };
  const wrong = { ...invoice, totals: { net: '1.00', vat: '0.25', gross: '1.25' } };
  const requestId = 'one for all';
  expect(await product.send(anInvoiceInput({ requestId, invoice: wrong }))).toMatchObject({
    failedReason: expect.stringMatching(/^invoice\.totals_mismatch: /),
  });
  expect(await product.send(anInvoiceInput({ requestId, invoice }))).toMatchObject({
    result: { outcome: 'created' },
  });
  const edited = anInvoiceInput({ requestId, invoice: { ...invoice, comment: 'another' } });
  expect(await product.send(edited)).toMatchObject({
    failedReason: expect.stringMatching(/^invoice\.changed_after_transfer: /),
  });
});

test.each<[string, typeof Queue5]>([
  ['4', Queue4 as unknown as typeof Queue5],
  ['5', Queue5],
])('a producer with BullMQ %s, with and without priority, gets its order', async (version, OtherQueue) => {
  const { redis, config, queues } = product;
  const connection = { host: '127.0.0.1', port: redis.port };
  const foreign = new OtherQueue('invoice-transfer', { connection, prefix: config.prefix });
  for (const options of [{}, { priority: 1, attempts: 3 }]) {
    const id = `bullmq-${version}-${Object.keys(options).length}`;
    const { id: jobId } = await foreign.add('invoice-transfer', invoice(id), options);
    const job = await queues.transfer.getJob(String(jobId));
    if (job === undefined) throw new Error('the job is not there');
    expect(resultOf(await product.endOf<TransferResult>(job))).toMatchObject({ outcome: 'created' });
    expect(await ordersOf(id)).toHaveLength(1);
    const seen = await foreign.getJob(String(jobId));
    expect(seen?.returnvalue).toMatchObject({ outcome: 'created' });
  }
  await foreign.close();
});
