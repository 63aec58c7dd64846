/** Products per line, departments and references on the whole product: real Redis, real SOAP, two processes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import type { TransferResult } from '../../src/contract/results.ts';
import { withTyped } from '../docs/examples.ts';
import { blocksOf, readDocument } from '../docs/markdown.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { BERG, type Surroundings, startSurroundings } from '../support/surroundings.ts';
import { PATIENCE_MS, startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

let around: Surroundings;
let workers: WorkerProcess[] = [];

beforeAll(async () => {
  around = await startSurroundings({ sandbox: { latencyMs: 10, keepBodies: true } });
  workers = [startWorkerProcess(around.env), startWorkerProcess(around.env)];
  await Promise.all(workers.map((worker) => worker.working()));
}, PATIENCE_MS);
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await around.stop();
});

const EIGHT = Array.from({ length: 8 }, (_, n) => ({ name: `Utleie ${n}`, category: `Gruppe ${n % 3}` }));

/** Eight lines, one for each product, in another order for each invoice. */
function anInvoiceOfEight(n: number): InvoiceTransferInput {
  const base = anInvoiceInput({ requestId: `eight-${n}`, invoice: { id: `E-${n}` } });
  const lines = EIGHT.map((_, index) => ({ productId: String((index + n) % EIGHT.length) }));
  return withTyped(base, { invoice: {}, lines });
}

const countsOf = (all: { name: string }[]) =>
  Object.fromEntries(all.map(({ name }) => [name, all.filter((other) => other.name === name).length]));

test(
  '60 first invoices over two processes with eight products each make each product and category once',
  async () => {
    await around.connectShop({
      products: Object.fromEntries(EIGHT.map((product, n) => [String(n), product])),
    });
    const invoices = Array.from({ length: 60 }, (_, n) => anInvoiceOfEight(n));
    const jobs = await Promise.all(invoices.map((invoice) => around.addTransfer(invoice)));
    const ends = await Promise.all(jobs.map((job) => around.endOf<TransferResult>(job)));
    expect(ends.filter((end) => !('result' in end))).toEqual([]);
    const { products, categories, orders } = await around.sandbox.control.books(501);
    expect(countsOf(products.filter(({ name }) => name.startsWith('Utleie')))).toEqual(
      Object.fromEntries(EIGHT.map(({ name }) => [name, 1])),
    );
    expect(countsOf(categories.filter(({ name }) => name.startsWith('Gruppe')))).toEqual({
      'Gruppe 0': 1,
      'Gruppe 1': 1,
      'Gruppe 2': 1,
    });
    expect(orders).toHaveLength(60);
    // Made by whoever came first; searched for once in each process at most, and then known to all.
    const counts = await around.sandbox.control.counts();
    expect(counts.SaveProducts).toBeLessThanOrEqual(EIGHT.length);
    expect(counts.GetProducts).toBeLessThanOrEqual(2 * EIGHT.length);
    expect(await around.sandbox.control.violations()).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "the documents' example is booked as they say, is verified, and names the location of a wrong department",
  async () => {
    const [shop = '', mapping = ''] = blocksOf(readDocument('docs/support.md'), 'json');
    const [invoice = '', , typed = ''] = blocksOf(readDocument('docs/sharefox.md'), 'json');
    const { control } = around.sandbox;
    await control.addCompany({
      ...{ clientId: 777, identityId: '1d000000-0000-4000-8000-000000000777', name: 'Utleie 777 AS' },
      departments: [
        { id: 3, name: 'Oslo' },
        { id: 5, name: 'Bergen' },
      ],
    });
    const company = { ...BERG, clientId: 777, identityId: '1d000000-0000-4000-8000-000000000777' };
    const settings = { ...JSON.parse(shop), ...JSON.parse(mapping), accountName: 'Utleie 777 AS' };
    await around.connectShop(settings, company);
    const payload = withTyped(JSON.parse(invoice), JSON.parse(typed));
    const ended = await around.send(payload as unknown as Record<string, unknown>);
    if (!('result' in ended)) throw new Error(ended.failedReason);
    expect(ended.result.warnings.map(({ code }) => code)).toEqual(['vat.unconfirmed']);
    expect(ended.result.product).toBe('created');
    const { orders, products } = await control.books(777);
    const fields = orders[0]?.fields as Record<string, unknown>;
    expect(fields).toMatchObject({
      YourReference: 'Kari Nordmann, 4711',
      DeliveryDate: '2021-01-12T12:00:00',
      DepartmentId: 3,
      InvoiceText: 'Bestillingsnummer: PO-2021-17\nSharefox 1018',
    });
    const saved =
      (await control.requests()).findLast(({ operation }) => operation === 'SaveInvoices')?.body ?? '';
    const idOf = (name: string) => products.find((product) => product.name === name)?.id;
    const [tent = '', lift = ''] = saved.split('<InvoiceRow>').slice(1);
    expect(tent).toContain(`<ProductId>${idOf('Utleie telt')}</ProductId>`);
    expect(tent).not.toContain('DepartmentId');
    expect(lift).toContain(`<ProductId>${idOf('Utleie lift')}</ProductId>`);
    expect(lift).toContain('<DepartmentId>5</DepartmentId>');

    await around.connectShop({ ...settings, locations: { oslo: { departmentId: 4 } } }, company);
    const refused = await around.send({
      ...payload,
      requestId: 'click-4',
      invoice: { ...payload.invoice, id: '1018-2' },
    } as unknown as Record<string, unknown>);
    expect(refused).toMatchObject({ failedReason: expect.stringContaining('order.refused') });
    expect(refused).toMatchObject({ failedReason: expect.stringContaining('4 is from location "oslo"') });
  },
  PATIENCE_MS,
);
