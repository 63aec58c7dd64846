/** Products of their own for lines, under one create lease, and what a refused order makes us forget. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import type { OrderDraft } from '../../src/domain/books.ts';
import { Retryable, Terminal } from '../../src/errors.ts';
import { aLine, anInvoiceJob } from '../support/builders.ts';
import { failureOf, resultOf } from './worker.ts';
import { aWorld, settleMs, type World } from './world.ts';

type Line = InvoiceTransferInput['lines'][number];

const products = {
  '77': { name: 'Utleie telt', category: 'Telt' },
  '78': { name: 'Utleie lift', category: 'Lift' },
  '79': { name: 'Utleie scene', category: 'Telt' },
};

/** One builder's line for each of these, sums included. */
function aJobWith(lines: Partial<Line>[], invoice: Partial<InvoiceTransferInput['invoice']> = {}) {
  const times = (sum: number) => (sum * lines.length).toFixed(2);
  return anInvoiceJob({
    requestId: `click ${invoice.id ?? ''} ${invoice.revision ?? 1}`,
    lines: lines.map((line, n) => ({ ...aLine(), id: `line-${n}`, ...line })),
    invoice: { totals: { net: times(1215), vat: times(303.75), gross: times(1518.75) }, ...invoice },
  });
}

const four = [{ productId: '77' }, { productId: '78' }, { productId: '79' }, {}];
const namesOf = ({ company }: World, index = 0) =>
  (company.drafts[index] as OrderDraft).rows.map(
    ({ productId }) => company.products.find(({ id }) => id === productId)?.name,
  );

describe('products of an invoice', () => {
  test('each row has its own; each product and category is made once', async () => {
    const world = await aWorld({ products });
    const result = resultOf(await world.worker.run(aJobWith([...four, { productId: '77' }])));
    expect(namesOf(world)).toEqual([
      'Utleie telt',
      'Utleie lift',
      'Utleie scene',
      'SharefoxRental',
      'Utleie telt',
    ]);
    const rental = world.company.products.find(({ name }) => name === 'SharefoxRental');
    expect(result).toMatchObject({ productId: rental?.id, product: 'created', category: 'created' });
    expect(world.company.products).toHaveLength(4);
    expect(world.company.categories.map(({ name }) => name).sort()).toEqual([
      'Lift',
      'SharefoxRental',
      'Telt',
    ]);
    expect(world.company.count('createCategory')).toBe(3);
    expect(world.company.count('listCategories')).toBe(3);
  });

  test('where no row has the rental product it is not made, and the result names the first row', async () => {
    const world = await aWorld({ products });
    const result = resultOf(await world.worker.run(aJobWith([{ productId: '78' }, { productId: '77' }])));
    expect(world.company.products.map(({ name }) => name).sort()).toEqual(['Utleie lift', 'Utleie telt']);
    expect(result.productId).toBe(world.company.products.find(({ name }) => name === 'Utleie lift')?.id);
  });

  test('once they are known nothing is asked, and one that is there is `found`', async () => {
    const world = await aWorld({ products });
    await world.worker.run(aJobWith(four));
    const calls = () =>
      (['findProducts', 'getProduct', 'listCategories', 'createProduct'] as const).map(world.company.count);
    const before = calls();
    const again = resultOf(await world.worker.run(aJobWith(four, { id: 'I-2' })));
    expect(again).toMatchObject({ product: 'found', category: 'not_needed' });
    expect(calls()).toEqual(before);
    expect(namesOf(world, 1)).toEqual(namesOf(world, 0));
  });

  test('what one attempt made stays `created`, although the next attempt finds it', async () => {
    const world = await aWorld({ products });
    world.company.fail('createOrder', new Retryable('service.unavailable'), 'asked');
    failureOf(await world.worker.run(aJobWith(four)));
    expect(resultOf(await world.worker.run(aJobWith(four)))).toMatchObject({
      product: 'created',
      category: 'created',
    });
  });

  test('one that is refused stops the order before it is sent', async () => {
    const world = await aWorld({ products });
    world.company.fail('createProduct', new Terminal('product.refused'));
    expect(failureOf(await world.worker.run(aJobWith(four)))).toMatchObject({ code: 'product.refused' });
    expect(world.company.count('createOrder')).toBe(0);
  });

  test('two workers on two invoices at once make each product once', async () => {
    const world = await aWorld({ products });
    const other = world.another();
    const runs = [
      world.worker.finish(aJobWith(four, { id: 'I-1' })),
      other.finish(aJobWith(four, { id: 'I-2' })),
    ];
    await Promise.all(runs);
    expect(world.company.products).toHaveLength(4);
    expect(world.company.categories).toHaveLength(3);
  });
});

describe('an order that is refused', () => {
  test('for one product: only that is forgotten, looked for and made anew', async () => {
    const world = await aWorld({ products });
    await world.worker.run(aJobWith(four));
    await world.clock.pass(settleMs);
    const lift = world.company.products.find(({ name }) => name === 'Utleie lift');
    world.company.removeProduct(lift?.id ?? 0);
    const searches = world.company.count('findProducts');
    expect(failureOf(await world.worker.run(aJobWith(four, { id: 'I-2' })))).toMatchObject({
      retryAfterMs: 0,
    });
    expect(resultOf(await world.worker.run(aJobWith(four, { id: 'I-2' }))).outcome).toBe('created');
    expect(world.company.count('findProducts') - searches).toBe(1);
    expect(namesOf(world, 1)).toEqual(
      namesOf(world, 0).map((name) => (name === undefined ? 'Utleie lift' : name)),
    );
  });

  test('for its department: the message names the location, and nothing is made anew', async () => {
    const world = await aWorld({ products, locations: { oslo: { departmentId: 3 } } });
    await world.worker.run(aJobWith(four));
    const refused = new Terminal('order.refused', '24SevenOffice refused: Department does not exist');
    world.company.fail('createOrder', refused);
    const searches = world.company.count('findProducts');
    const failure = failureOf(await world.worker.run(aJobWith(four, { id: 'I-2', location: 'oslo' })));
    expect(failure).toMatchObject({ kind: 'terminal', code: 'order.refused' });
    expect(failure.message).toContain('3 is from location "oslo"');
    expect(world.company.count('findProducts')).toBe(searches);
  });
});

describe('an order that is edited', () => {
  test('follows department, references and product; what it keeps is a warning', async () => {
    const world = await aWorld({ products, resend: 'update', locations: { oslo: { departmentId: 3 } } });
    const references = {
      buyerReference: 'Kari',
      purchaseOrderNumber: '4711',
      deliveryDate: '2021-01-12' as const,
    };
    await world.worker.finish(aJobWith([{}, { location: 'oslo' }], { ...references, location: 'oslo' }));
    expect(world.company.orders).toMatchObject([
      {
        yourReference: 'Kari',
        departmentId: 3,
        deliveryDate: '2021-01-12T12:00:00',
        rows: [{}, { departmentId: 3 }],
      },
    ]);
    const job = aJobWith([{ productId: '77' }, {}], { revision: 2, buyerReference: 'Ola' });
    const result = await world.worker.finish(job);
    expect(result).toMatchObject({ result: { outcome: 'updated' } });
    const [order] = world.company.orders;
    expect(order).toMatchObject({ yourReference: 'Ola', invoiceText: 'Sharefox 1018' });
    expect(
      order?.rows.map(({ productId }) => world.company.products.find(({ id }) => id === productId)?.name),
    ).toEqual(['Utleie telt', 'SharefoxRental']);
    const warnings = 'result' in result ? result.result.warnings : [];
    expect(warnings.map(({ code }) => code)).toContain('order.field_kept');
  });
});

describe('an order that shows something else than was sent', () => {
  const one = { products, locations: { oslo: { departmentId: 3 } } };

  test('another product or department: a person must look', async () => {
    const world = await aWorld(one);
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(aJobWith(four, { location: 'oslo' }));
    await gate.reached;
    const [order] = world.company.orders;
    const rows = (order?.rows ?? []).map((row) => ({ ...row, productId: order?.rows[0]?.productId ?? 0 }));
    world.company.editOrder(order?.orderId ?? 0, { rows, departmentId: 4 });
    gate.open();
    const failure = failureOf(await run);
    expect(failure).toMatchObject({ code: 'order.totals_mismatch' });
    expect(failure.message).toContain('department 4 instead of 3');
    expect(failure.message).toMatch(/row 2: product \d+ instead of \d+/);
  });

  test('no department, or another reference: a warning', async () => {
    const world = await aWorld(one);
    const gate = world.company.hold('createOrder', 'done');
    const run = world.worker.start(aJobWith(four, { location: 'oslo', buyerReference: 'Kari' }));
    await gate.reached;
    const { orderId = 0 } = world.company.orders[0] ?? {};
    world.company.editOrder(orderId, { departmentId: undefined as never, yourReference: 'K' });
    gate.open();
    const { warnings } = resultOf(await run);
    const said = warnings.find(({ code }) => code === 'order.text_differs');
    expect(said?.message).toContain('department, buyer reference');
  });
});

test('whatever is mapped, the order is booked with the products and dimensions its settings name', async () => {
  const ids = fc.constantFrom('77', '78', '79', 'unknown');
  const places = fc.constantFrom('oslo', 'bergen', 'nowhere');
  const anyLine = fc.record(
    { kind: fc.constantFrom('rental' as const, 'custom' as const), productId: ids, location: places },
    { requiredKeys: ['kind'] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine, { minLength: 1, maxLength: 6 }),
      fc.option(places, { nil: undefined }),
      async (lines, location) => {
        const locations = { oslo: { departmentId: 3 }, bergen: { departmentId: 5, projectId: 6 } };
        const world = await aWorld({ products, customProductName: 'Frakt', locations });
        const job = aJobWith(lines, location === undefined ? {} : { location });
        resultOf(await world.worker.run(job));
        const mapped = new Map(Object.entries(products).map(([id, { name }]) => [id, name]));
        expect(namesOf(world)).toEqual(
          lines.map(
            ({ kind, productId = '' }) =>
              mapped.get(productId) ?? (kind === 'custom' ? 'Frakt' : 'SharefoxRental'),
          ),
        );
        const departments = new Map([
          ['oslo', 3],
          ['bergen', 5],
        ]);
        const [order] = world.company.orders;
        expect(order?.departmentId).toBe(departments.get(location ?? ''));
        expect(order?.rows.map((row) => row.departmentId)).toEqual(
          lines.map((line) => departments.get(line.location ?? '')),
        );
      },
    ),
    { numRuns: 30 },
  );
}, 30_000);
