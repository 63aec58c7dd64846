import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import type { OrderDraft } from '../../src/domain/books.ts';
import { previewInvoice } from '../../src/transfer/preview-invoice.ts';
import { anInvoiceInput, anInvoiceJob } from '../support/builders.ts';
import { aRun } from './worker.ts';
import { anEditedJob, aWorld, searchable, type World } from './world.ts';

function preview({ store, service }: World, job: ReturnType<typeof anInvoiceJob>) {
  const { shops, records, entities, facts, pins, events, clock, timing } = store;
  const booksOf = service.booksOf(store.intents);
  return previewInvoice(
    { shops, records, entities, facts, pins, events, booksOf, clock, timing, maxAttempts: 5 },
    job,
    aRun(),
  );
}

async function wouldCreateAll(world: World, job: ReturnType<typeof anInvoiceJob>) {
  const told = await preview(world, job);
  if (told.kind !== 'would_write' || told.wouldWrite.order === undefined) throw new Error('nothing to write');
  if (!('create' in told.wouldWrite.order)) throw new Error('not a new order');
  return { shown: told.wouldWrite.order.create, wouldWrite: told.wouldWrite };
}

async function wouldCreate(world: World, job: ReturnType<typeof anInvoiceJob>): Promise<OrderDraft> {
  return (await wouldCreateAll(world, job)).shown;
}

const anyLine = fc.record({
  id: fc.constantFrom('a', 'b'),
  productId: fc.constantFrom('77', '78', 'unmapped'),
  location: fc.constantFrom('oslo', 'bergen', 'unmapped'),
  kind: fc.constant<'custom'>('custom'),
  name: fc.string({ minLength: 1, maxLength: 400 }).filter((name) => name.trim() !== ''),
  quantity: fc.integer({ min: 0, max: 50 }).map(String),
  unitPrice: fc.integer({ min: 0, max: 100_000 }).map((cents) => (cents / 100).toFixed(2)),
  discountPercent: fc.constantFrom('0', '10', '12.5'),
  vatPercent: fc.constantFrom('25', '15'),
});

const dimension = fc.option(fc.integer({ min: 1, max: 9 }));
const anyMapping = fc.record({
  products: fc.dictionary(
    fc.constantFrom('77', '78'),
    fc.record({
      name: fc.constantFrom('Telt', 'Lift', 'SharefoxRental'),
      category: fc.constantFrom('Utleie', 'Telt'),
    }),
  ),
  customProductName: fc.option(fc.constantFrom('Frakt', 'Telt')),
  locations: fc.dictionary(
    fc.constantFrom('oslo', 'bergen'),
    fc.record({ departmentId: dimension, projectId: dimension }),
  ),
  departmentId: dimension,
});
const REFERENCES = {
  buyerReference: 'Kari, 4711',
  purchaseOrderNumber: 'PO-7',
  deliveryDate: '2021-01-12' as const,
  location: 'oslo',
};

/** Control sums of those lines, VAT per rate. */
function withSums(lines: InvoiceTransferInput['lines'], pricesIncludeVat: boolean): InvoiceTransferInput {
  let net = 0;
  let vat = 0;
  const perRate = new Map<string, number>();
  for (const { quantity, unitPrice, discountPercent = '0', vatPercent } of lines) {
    const amount = Math.round(Number(quantity) * Number(unitPrice) * (100 - Number(discountPercent))) / 100;
    perRate.set(vatPercent, (perRate.get(vatPercent) ?? 0) + amount);
  }
  for (const [rate, amount] of perRate) {
    const part = pricesIncludeVat
      ? (amount * Number(rate)) / (100 + Number(rate))
      : (amount * Number(rate)) / 100;
    vat += part;
    net += pricesIncludeVat ? amount - part : amount;
  }
  const totals = { net: net.toFixed(2), vat: vat.toFixed(2), gross: (net + vat).toFixed(2) };
  return anInvoiceInput({ lines, invoice: { pricesIncludeVat, totals } });
}

test('the preview is the order that is then created, field by field; ids alone are not known before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      anyMapping,
      async (lines, incVat, settings) => {
        const world = await aWorld(settings);
        const input = withSums(lines, incVat);
        const job = anInvoiceJob({ ...input, invoice: { ...input.invoice, ...REFERENCES } });
        const { shown, wouldWrite } = await wouldCreateAll(world, job);
        await world.worker.finish(job);
        const [created] = world.company.drafts as OrderDraft[];
        const ids = { customerId: created?.customerId };
        const rows = shown.rows.map((row, n) => ({ ...row, productId: created?.rows[n]?.productId }));
        expect({ ...shown, ...ids, rows }).toEqual(created);
        // The ids are not known before; the names are.
        const nameOf = (id: number | undefined) => world.company.products.find((one) => one.id === id)?.name;
        const { rowProducts, products, categories } = wouldWrite;
        expect(rowProducts).toEqual(created?.rows.map(({ productId }) => nameOf(productId)));
        expect(shown.rows.map((row) => products.find(({ id }) => id === row.productId)?.name)).toEqual(
          rowProducts,
        );
        const names = (all: { name: string }[]) => all.map(({ name }) => name).sort();
        expect(names(products)).toEqual(names(world.company.products));
        expect(names(categories)).toEqual(names(world.company.categories));
      },
    ),
    { numRuns: 40 },
  );
}, 30_000);

test('a preview writes nothing: not into the books, not into the store', async () => {
  const world = await aWorld();
  await preview(world, anInvoiceJob());
  expect(world.company.saves()).toBe(0);
  expect(await world.store.records.read(world.key)).toBeUndefined();
  expect(world.events()).toEqual([]);
});

test('where the customer is known its ids stand in the preview, and what would change on it', async () => {
  const world = await aWorld();
  await searchable(world);
  const { id } = world.company.addCustomer({
    name: 'Byggmester AS',
    organizationNumber: '817404502',
    emails: { work: 'kari@byggmester.example' },
  });
  const product = world.company.addProduct({ name: 'SharefoxRental' });
  const shown = await wouldCreate(world, anInvoiceJob());
  expect(shown).toMatchObject({ customerId: id, rows: [{ productId: product.id }] });
});

test('a transferred invoice has its order already; an edited one shows its edits', async () => {
  const world = await aWorld({ resend: 'update' });
  await world.worker.finish(anInvoiceJob());
  expect(await preview(world, anInvoiceJob({ requestId: 'again' }))).toMatchObject({
    kind: 'stands',
    result: { outcome: 'already_transferred' },
  });
  const edited = await preview(world, anEditedJob('edit', 5));
  expect(edited).toMatchObject({
    wouldWrite: { order: { update: { rows: [{ change: 'Edit', row: { quantity: '5' } }] } } },
  });
});

test('what a transfer would be refused for, the preview is refused for', async () => {
  const world = await aWorld();
  const refused = preview(world, anInvoiceJob({ invoice: { currency: 'SEK' } }));
  await expect(refused).rejects.toMatchObject({ code: 'invoice.currency_mismatch' });
});
