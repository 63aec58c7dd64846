/** Products, their categories, tax codes and departments, to the wire and back. */
import { z } from 'zod';
import type { Category, Department, Product, ProductDraft, TaxCode } from '../domain/books.ts';
import { checked, wireId, wireText } from './wire/schemas.ts';
import { defined, type Entity, intOf, requiredDecimal, requiredInt, textOf } from './wire/values.ts';

export const PRODUCT_PROPERTIES = ['Id', 'Name', 'StatusId', 'CategoryId'] as const;
export const CATEGORY_PROPERTIES = ['Id', 'Name'] as const;

const wireProduct = z.strictObject({ Name: wireText(125), CategoryId: wireId });
const wireCategory = z.strictObject({ Name: wireText(125) });

export function productToWire(draft: ProductDraft): object {
  return checked(wireProduct, 'product', { Name: draft.name, CategoryId: draft.categoryId });
}

export function categoryToWire(name: string): object {
  return checked(wireCategory, 'category', { Name: name });
}

export function productFromWire(entity: Entity): Product {
  return defined({
    id: requiredInt(entity, 'Id'),
    name: textOf(entity, 'Name') ?? '',
    categoryId: intOf(entity, 'CategoryId'),
    statusId: intOf(entity, 'StatusId'),
  });
}

export function categoryFromWire(entity: Entity): Category {
  return { id: requiredInt(entity, 'Id'), name: textOf(entity, 'Name') ?? '' };
}

export function taxCodeFromWire(entity: Entity): TaxCode {
  return {
    taxId: requiredInt(entity, 'TaxId'),
    taxNo: textOf(entity, 'TaxNo') ?? '',
    name: textOf(entity, 'TaxName') ?? '',
    rate: requiredDecimal(entity, 'TaxRate'),
  };
}

export function departmentFromWire(entity: Entity): Department {
  return { id: requiredInt(entity, 'Id'), name: textOf(entity, 'Name') ?? '' };
}
