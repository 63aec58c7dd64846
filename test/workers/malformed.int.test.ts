import type { Job, JobsOptions } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';
import { MALFORMED_CHECKS, MALFORMED_INVOICES, type Malformed } from './malformed-payloads.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.connectShop();
});
afterAll(() => product.stop());

/** What producers set, and what none of them may change. */
const OPTIONS: JobsOptions[] = [
  {},
  { attempts: 1 },
  { attempts: 5 },
  { attempts: 5, backoff: { type: 'exponential', delay: 10 }, priority: 3 },
];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What is wrong with the end of one of them, if anything is. */
async function complaint(job: Job, { path, values }: Malformed): Promise<string | undefined> {
  const end = await product.endOf(job);
  if (!('failedReason' in end)) return 'was accepted';
  const { failedReason, attemptsMade } = end;
  if (attemptsMade !== 1) return `made ${attemptsMade} attempts`;
  const named = path === '' ? 'the payload' : path;
  if (!new RegExp(`^payload\\.invalid: (.*; )?${escaped(named)} \\S`).test(failedReason)) return failedReason;
  if (failedReason.length > 1_000) return `says ${failedReason.length} characters`;
  const repeated = values.find((value) => failedReason.includes(value));
  return repeated === undefined ? undefined : `repeats ${repeated}`;
}

async function complaints(
  add: (data: unknown, options?: JobsOptions) => Promise<Job>,
  payloads: Malformed[],
): Promise<string[]> {
  const found = await Promise.all(
    payloads.map(async (payload, index) => {
      const job = await add(payload.data, OPTIONS[index % OPTIONS.length]);
      const wrong = await complaint(job, payload);
      return wrong === undefined ? [] : [`${payload.name} — ${wrong}`];
    }),
  );
  return found.flat();
}

test(`each of ${MALFORMED_INVOICES.length} malformed invoices fails at once and says where, and the next good one is transferred`, async () => {
  expect(MALFORMED_INVOICES.length).toBeGreaterThan(200);
  expect(await complaints(product.addTransfer, MALFORMED_INVOICES)).toEqual([]);
  expect(Object.prototype).not.toHaveProperty('polluted');
  expect(await product.sandbox.control.counts()).toEqual({});

  const good = await product.send(anInvoiceInput({ requestId: 'corrected' }));
  expect(good).toMatchObject({ result: { outcome: 'created' } });
  expect((await product.sandbox.control.books(501)).orders).toHaveLength(1);
});

test('each malformed status check fails at once and says where', async () => {
  expect(await complaints(product.addCheck, MALFORMED_CHECKS)).toEqual([]);
});

test('a malformed payload that names its shop and invoice leaves a rejected record and one event', async () => {
  const invoice = { id: 'malformed-1' };
  const data = { ...anInvoiceInput({ invoice, requestId: 'click-1' }), lines: [] };
  const first = await product.send(data);
  const again = await product.send(data);
  expect(first).toMatchObject({ failedReason: expect.stringMatching(/^payload\.invalid: lines /) });
  expect(again).toEqual(first);
  expect(await product.record('malformed-1')).toMatchObject({ state: 'rejected', code: 'payload.invalid' });
  const events = await product.events('malformed-1');
  expect(events).toMatchObject([{ type: 'transfer.rejected', requestId: 'click-1' }]);
  expect(JSON.parse(events[0]?.body ?? '')).toEqual({
    code: 'payload.invalid',
    message: expect.stringMatching(/^lines /),
  });
});

test('a malformed payload for a transferred invoice changes neither its record nor its event', async () => {
  const input = anInvoiceInput({ invoice: { id: 'done-1' } });
  expect(await product.send(input)).toHaveProperty('result');
  const before = await product.record('done-1');
  const refused = await product.send({ ...input, requestId: 'click-2', lines: [] });
  expect(refused).toMatchObject({ failedReason: expect.stringMatching(/^payload\.invalid: /) });
  expect(await product.record('done-1')).toEqual(before);
  expect(await product.events('done-1')).toHaveLength(1);
});
