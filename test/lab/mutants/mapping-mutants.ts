/** The guards of "each line on the account, department and references that the shop's settings name". */
import { DECISIONS, type Mutant, mutant, TRANSFER, unit } from './mutant.ts';

const DOMAIN = DECISIONS.slice(0, DECISIONS.lastIndexOf('/'));

export const MAPPING_MUTANTS: readonly Mutant[] = [
  mutant(
    'mapping: every row gets the rental product',
    `${DOMAIN}/order.ts`,
    'productId: input.rowProductIds?.[index] ?? input.productId,',
    'productId: input.productId,',
    unit.products,
  ),
  mutant(
    "mapping: a row's location is the order's",
    `${DOMAIN}/order.ts`,
    'taxCode,\n      ...dimensions,',
    'taxCode,',
    unit.products,
  ),
  mutant(
    'mapping: a row on another product is not noticed',
    `${DOMAIN}/order-mapped.ts`,
    'if (sent.productId !== NO_PRODUCT) {',
    'if (sent.productId === NO_PRODUCT) {',
    unit.products,
  ),
  mutant(
    'mapping: one refused product makes all be forgotten',
    `${TRANSFER}/products.ts`,
    "if (!isRight) await deps.entities.forget(clientId, 'product', [key]);",
    "if (!isRight) await deps.entities.forget(clientId, 'product');",
    unit.products,
  ),
  mutant(
    'mapping: each new product looks for its category anew',
    `${TRANSFER}/products.ts`,
    'categories.set(categoryKey, ensured);',
    '',
    unit.products,
  ),
  mutant(
    'mapping: a row that loses its department keeps it',
    `${DOMAIN}/order-update.ts`,
    'if (mustLose(before, row)) {',
    'if (before === undefined) {',
    unit.orderUpdate,
  ),
];
