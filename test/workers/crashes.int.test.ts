/** Real worker processes: several at once, stopped, restarted and killed in the middle of their work. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TransferResult } from '../../src/contract/results.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { SHOP, type Surroundings, startSurroundings } from '../support/surroundings.ts';
import { PATIENCE_MS, startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

let around: Surroundings;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  // Slow and few at a time, so that a stop or a kill meets jobs in every step.
  around = await startSurroundings({ sandbox: { latencyMs: 30 }, env: { WORKER_CONCURRENCY: '12' } });
  await around.connectShop();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await around.stop();
});

async function startWorker(): Promise<WorkerProcess> {
  const worker = startWorkerProcess(around.env);
  workers.push(worker);
  await worker.working();
  return worker;
}

const ids = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

/** Every third customer knows only its e-mail address, every third its organisation number, too. */
function anInvoice(id: string, customer: number) {
  const orgNo = ['', String(900_000_000 + customer)][customer % 2] ?? '';
  return anInvoiceInput({
    invoice: { id },
    requestId: `${id} click`,
    customer: {
      companyName: `Kunde ${customer} AS`,
      companyOrgNo: orgNo,
      email: `kunde${customer}@kunde.example`,
    },
  });
}

const add = (invoiceIds: string[], customers: number) =>
  Promise.all(invoiceIds.map((id, index) => around.addTransfer(anInvoice(id, index % customers))));

async function completedOf(name: string): Promise<number> {
  const events = await around.events();
  return events.filter(({ invoiceId = '' }) => invoiceId.startsWith(`${name}-`)).length;
}

const moreThan = (count: number, name: string) =>
  expect.poll(() => completedOf(name), { timeout: PATIENCE_MS, interval: 20 }).toBeGreaterThan(count);

/** How many orders the books hold for each invoice, and what the record, the events and the trail say of it. */
async function accountsOf(invoiceIds: string[]) {
  const { orders } = await around.sandbox.control.books(501);
  const events = await around.events();
  const records = await Promise.all(invoiceIds.map((id) => around.record(id)));
  const trails = await Promise.all(
    invoiceIds.map((invoiceId) => around.store.records.trail({ shopId: SHOP, invoiceId })),
  );
  const failed = trails.flat().filter(({ step }) => step === 'attempt failed').length;
  const ordersPerInvoice = invoiceIds.map(
    (id) => orders.filter(({ reference }) => reference.startsWith(`SF-${id}-`)).length,
  );
  return {
    ordersPerInvoice: [...new Set(ordersPerInvoice)],
    eventsPerInvoice: [
      ...new Set(invoiceIds.map((id) => events.filter((event) => event.invoiceId === id).length)),
    ],
    types: [...new Set(events.map(({ type }) => type))],
    states: [...new Set(records.map(({ state }) => state))],
    // A service that is too slow for us costs attempts, and the trail says so; nothing else may.
    burntAttempts: records.reduce((sum, { attempts }) => sum + Number(attempts), 0) - failed,
  };
}
/** An order stands whose worker has not heard of it yet. */
async function isAnswerOnItsWay(invoiceIds: string[]): Promise<boolean> {
  const { orders } = await around.sandbox.control.books(501);
  const references = new Set(orders.map(({ reference }) => reference));
  const records = await Promise.all(invoiceIds.map((id) => around.record(id)));
  return records.some(({ state, reference = '' }) => state === 'sending' && references.has(reference));
}

const ALL_WELL = {
  ordersPerInvoice: [1],
  eventsPerInvoice: [1],
  types: ['transfer.completed'],
  states: ['transferred'],
};

test(
  'sixty first invoices of a new shop at once, on two workers: one category, one product, each customer once',
  async () => {
    await Promise.all([startWorker(), startWorker()]);
    const invoiceIds = ids('first', 60);
    const jobs = await add(invoiceIds, 20);
    const ends = await Promise.all(jobs.map((job) => around.endOf<TransferResult>(job)));
    expect(ends.filter((end) => 'failedReason' in end)).toEqual([]);

    expect(await accountsOf(invoiceIds)).toMatchObject(ALL_WELL);
    const books = await around.sandbox.control.books(501);
    const customers = books.customers.map(({ name }) => name).filter((name) => name.startsWith('Kunde '));
    expect(customers).toHaveLength(20);
    expect(new Set(customers).size).toBe(20);
    expect(books.categories.filter(({ name }) => name === 'SharefoxRental')).toHaveLength(1);
    expect(books.products.filter(({ name }) => name === 'SharefoxRental')).toHaveLength(1);
    const results = ends.flatMap((end) => ('result' in end ? end.result : []));
    expect(results.filter(({ product }) => product === 'created')).toHaveLength(1);
    expect(results.filter(({ category }) => category === 'created')).toHaveLength(1);
    expect(results.filter(({ customer }) => customer === 'created')).toHaveLength(20);
    // Both took part.
    for (const worker of workers) {
      expect(worker.lines.map(({ msg }) => msg)).toContain('invoice transferred');
    }
  },
  PATIENCE_MS,
);

test(
  'a rolling restart under load: every process ends with 0, nothing fails, no attempt is burnt',
  async () => {
    for (const [index, worker] of [...workers].entries()) {
      const name = `rolling${index}`;
      const invoiceIds = ids(name, 70);
      const jobs = await add(invoiceIds, 20);
      const ends = Promise.all(jobs.map((job) => around.endOf<TransferResult>(job)));
      await moreThan(5, name);
      worker.signal('SIGTERM');
      expect(await completedOf(name)).toBeLessThan(70);
      const [code] = await Promise.all([worker.ended, startWorker()]);
      expect(code).toBe(0);
      expect((await ends).filter((end) => 'failedReason' in end || end.attemptsMade !== 1)).toEqual([]);
      expect(await accountsOf(invoiceIds)).toEqual({ ...ALL_WELL, burntAttempts: 0 });
    }
  },
  PATIENCE_MS,
);

test(
  'one worker killed and one suspended in the middle of a hundred invoices: a third takes over, and when the suspended one wakes, no order is missing or there twice',
  async () => {
    const [, , killed, suspended] = workers;
    // Committed, and the answer is on its way for a while.
    await around.sandbox.control.inject({
      operation: 'SaveInvoices',
      effect: { kind: 'slow', ms: 500 },
      when: 'after',
      count: 1_000,
    });
    const invoiceIds = ids('killed', 100);
    const jobs = await add(invoiceIds, 20);
    const ends = Promise.all(jobs.map((job) => around.endOf<TransferResult>(job)));
    await moreThan(5, 'killed');
    do {
      for (const worker of [killed, suspended]) worker?.signal('SIGCONT');
      await expect
        .poll(() => isAnswerOnItsWay(invoiceIds), { timeout: PATIENCE_MS, interval: 20 })
        .toBe(true);
      for (const worker of [killed, suspended]) worker?.signal('SIGSTOP');
    } while (!(await isAnswerOnItsWay(invoiceIds)));
    await killed?.kill();
    expect(await completedOf('killed')).toBeLessThan(100);
    await startWorker();
    await around.sandbox.control.clearFaults();

    expect((await ends).filter((end) => 'failedReason' in end)).toEqual([]);
    const before = await accountsOf(invoiceIds);
    expect(before).toMatchObject(ALL_WELL);
    const outcomes = (await ends).flatMap((end) => ('result' in end ? end.result.outcome : []));
    expect(outcomes).toContain('adopted');
    suspended?.signal('SIGCONT');
    // Once it has stopped, it has done all it was going to do.
    suspended?.signal('SIGTERM');
    expect(await suspended?.ended).toBe(0);
    expect(await accountsOf(invoiceIds)).toEqual(before);
    const { customers } = await around.sandbox.control.books(501);
    expect(customers.filter(({ name }) => name.startsWith('Kunde '))).toHaveLength(20);
  },
  PATIENCE_MS,
);

test('nothing of it was against the rules of 24SevenOffice, and no process met a bug of ours', async () => {
  expect(await around.sandbox.control.violations()).toEqual([]);
  const errors = workers.flatMap(({ lines }) => lines.filter(({ level }) => level === 'error'));
  expect(errors).toEqual([]);
  expect(workers.flatMap(({ stderr }) => stderr)).toEqual([]);
});
