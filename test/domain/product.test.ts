import { describe, expect, test } from 'vitest';
import { chooseByName } from '../../src/domain/product.ts';

const name = 'SharefoxRental';

describe('choosing the rental product', () => {
  test('R8: the product is found by the name in the settings, exactly', () => {
    const found = chooseByName(
      [
        { id: 1, name: 'sharefoxrental' },
        { id: 2, name: 'SharefoxRental XL' },
        { id: 3, name: ' SharefoxRental ' },
      ],
      name,
      'product',
    );
    expect(found).toEqual({ match: { id: 3, name: ' SharefoxRental ' }, warnings: [] });
  });

  test('by the name in any case, if none is exact', () => {
    expect(chooseByName([{ id: 9, name: 'SHAREFOXRENTAL' }], ` ${name}`, 'product').match?.id).toBe(9);
  });

  test('R9: without one of that name there is no match, so that one is created', () => {
    expect(chooseByName([{ id: 2, name: 'SharefoxRental XL' }], name, 'product')).toEqual({ warnings: [] });
    expect(chooseByName([], name, 'product')).toEqual({ warnings: [] });
  });

  test('R10: without a category of that name there is no match either', () => {
    expect(chooseByName([{ id: 4, name: 'Verktøy' }], name, 'category')).toEqual({ warnings: [] });
  });

  test('an expired one is never chosen', () => {
    const expired = { id: 1, name, statusId: 0 };
    expect(chooseByName([expired], name, 'product')).toEqual({ warnings: [] });
    expect(chooseByName([expired, { id: 5, name, statusId: 1 }], name, 'product')).toEqual({
      match: { id: 5, name, statusId: 1 },
      warnings: [],
    });
  });

  test.each([
    ['product', 'product.several'],
    ['category', 'category.several'],
  ] as const)('several of one name: the lowest %s id, with a warning naming the ids', (what, code) => {
    const several = [
      { id: 12, name },
      { id: 7, name },
      { id: 3, name, statusId: 0 },
    ];
    const { match, warnings } = chooseByName(several, name, what);
    expect(match?.id).toBe(7);
    expect(warnings).toEqual([{ code, message: expect.stringContaining('ids 7, 12') }]);
  });

  test('letters written as one or two code points are the same', () => {
    expect(chooseByName([{ id: 1, name: 'Utlån'.normalize('NFD') }], 'Utlån', 'category').match?.id).toBe(1);
  });
});
