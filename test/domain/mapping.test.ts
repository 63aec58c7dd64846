import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dimensionRemedy,
  orderDimensions,
  productOf,
  productsOf,
  productsOfShop,
  rowDimensions,
} from '../../src/domain/mapping.ts';
import { aLine, anInvoiceJob, aShop } from '../support/builders.ts';

const shop = aShop({
  productCategoryName: 'Utleie',
  products: { '77': { name: 'Utleie telt', category: 'Telt' }, '78': { name: 'Utleie lift' } },
  customProductName: 'Frakt',
  departmentId: 1,
  locations: { oslo: { departmentId: 3 }, bergen: { departmentId: 5, projectId: 6 } },
});

describe('the product of a line', () => {
  test.each([
    ['its productId is mapped', { productId: '77' }, { name: 'Utleie telt', category: 'Telt' }],
    ['it is mapped without a category', { productId: '78' }, { name: 'Utleie lift', category: 'Utleie' }],
    ['it is not mapped', { productId: '79' }, { name: 'SharefoxRental', category: 'Utleie' }],
    ['it has none', {}, { name: 'SharefoxRental', category: 'Utleie' }],
    [
      'every object has such a key',
      { productId: 'constructor' },
      { name: 'SharefoxRental', category: 'Utleie' },
    ],
    ['it is a custom line', { kind: 'custom' as const }, { name: 'Frakt', category: 'Utleie' }],
    [
      'a custom line is mapped itself',
      { kind: 'custom' as const, productId: '78' },
      { name: 'Utleie lift', category: 'Utleie' },
    ],
  ])('where %s', (_where, line, product) => {
    expect(productOf(aLine(line), shop)).toEqual(product);
  });

  test('a custom line of a shop without a custom product has the rental product', () => {
    expect(productOf(aLine({ kind: 'custom' }), aShop())).toEqual(productOf(aLine(), aShop()));
  });

  test('names that people take for one are one product', () => {
    const twice = aShop({
      products: { a: { name: 'Telt' }, b: { name: ' TELT ' }, c: { name: 'Te\u0301lt' } },
    });
    const lines = ['a', 'b', 'c', 'a'].map((productId) => aLine({ productId }));
    expect([...productsOf(lines, twice).keys()]).toEqual(['telt', 'télt']);
  });

  test('all that a shop may need are named, the rental product first', () => {
    expect([...productsOfShop(shop).keys()]).toEqual([
      'sharefoxrental',
      'frakt',
      'utleie telt',
      'utleie lift',
    ]);
  });
});

describe('department and project', () => {
  test("are the shop's, then those of the invoice's location", () => {
    expect(orderDimensions({}, shop)).toEqual({ departmentId: 1, warnings: [] });
    expect(orderDimensions({ location: 'oslo' }, shop)).toEqual({ departmentId: 3, warnings: [] });
    expect(orderDimensions({ location: 'bergen' }, shop)).toEqual({
      departmentId: 5,
      projectId: 6,
      warnings: [],
    });
  });

  test("of a row are its line's own location's, or none", () => {
    expect(rowDimensions({}, 0, shop)).toEqual({ warnings: [] });
    expect(rowDimensions({ location: 'oslo' }, 0, shop)).toEqual({ departmentId: 3, warnings: [] });
  });

  test('a location that is not mapped is a warning, never a guess', () => {
    expect(orderDimensions({ location: 'Oslo' }, shop)).toMatchObject({
      departmentId: 1,
      warnings: [{ code: 'location.unmapped', path: 'invoice.location' }],
    });
    expect(rowDimensions({ location: 'toString' }, 4, shop)).toEqual({
      warnings: [expect.objectContaining({ code: 'location.unmapped', path: 'lines.4.location' })],
    });
  });
});

describe('a department or project that was refused', () => {
  const job = anInvoiceJob({
    invoice: { location: 'oslo' },
    lines: [aLine({ location: 'bergen' }), aLine({ location: 'nowhere' })],
  });

  test('is told with the location it comes from', () => {
    const remedy = dimensionRemedy('Department … does not exist', job, shop);
    expect(remedy).toContain('3 is from location "oslo"');
    expect(remedy).toContain('5 is from location "bergen"');
    expect(remedy).toContain("1 is the shop's departmentId");
    expect(remedy).not.toContain('nowhere');
    expect(dimensionRemedy('Prosjektet er lukket', job, shop)).toContain(
      'project 6 is from location "bergen"',
    );
  });

  test('that is required and not set is told as such', () => {
    expect(dimensionRemedy('Department is required', anInvoiceJob(), aShop())).toContain('none is set');
  });

  test('is not made out of another refusal', () => {
    fc.assert(
      fc.property(fc.constantFrom('Product does not exist', '', 'Customer is blocked'), (reason) => {
        expect(dimensionRemedy(reason, job, shop)).toBe('');
      }),
    );
  });
});
