/** R8, R9, R10: the generic rental product, and its category where the product has to be made. */
import type { TransferResult } from '../contract/results.ts';
import { chooseByName } from '../domain/product.ts';
import type { Transfer } from './context.ts';
import { type Found, mayNotShowYet, underCreateLease } from './find-or-create.ts';
import type { SendIntent } from './ports/intents.ts';

export interface EnsuredProduct {
  id: number;
  product: TransferResult['product'];
  category: TransferResult['category'];
}

interface EnsuredCategory extends Found {
  how: 'found' | 'created';
}

/** A product's natural key is its name, as people tell names apart. */
const nameKey = (name: string): string => name.trim().toLowerCase();

/** The id is kept per company: it is asked for once, until an order with it is refused. */
export async function ensureProduct(transfer: Transfer): Promise<EnsuredProduct> {
  const { deps, clientId, shop } = transfer;
  const key = nameKey(shop.rentalProductName);
  const kept = async (): Promise<(EnsuredProduct & Found) | undefined> => {
    const known = await deps.entities.known(clientId, 'product', key);
    return known && { id: known.id, product: 'found', category: 'not_needed', keys: [key] };
  };
  return (
    (await kept()) ??
    (await underCreateLease(transfer, 'product', [key], {
      find: async () => (await kept()) ?? findProduct(transfer, key),
      create: (intent) => createProduct(transfer, key, intent),
    }))
  );
}

export async function noteProduct({ deps, claim }: Transfer, ensured: EnsuredProduct): Promise<void> {
  const { id, product, category } = ensured;
  const { record } = claim;
  const isKnown = record.productId === id && record.product !== undefined && product === 'found';
  if (isKnown) return;
  await deps.records.note(
    claim,
    { productId: id, product, category },
    { step: 'product', productId: id, product, category },
  );
}

/**
 * Forget the id, so that the product is searched for again. Not before a new product must be visible, or a
 * second one would be made.
 */
export async function forgetProduct(transfer: Transfer): Promise<void> {
  const { deps, clientId, shop } = transfer;
  const known = await deps.entities.known(clientId, 'product', nameKey(shop.rentalProductName));
  if (known !== undefined && mayNotShowYet(transfer, known)) return;
  await deps.entities.forget(clientId, 'product');
}

async function findProduct(transfer: Transfer, key: string): Promise<(EnsuredProduct & Found) | undefined> {
  const { books, shop, warnings } = transfer;
  const choice = chooseByName(
    await books.findProducts(shop.rentalProductName),
    shop.rentalProductName,
    'product',
  );
  warnings.push(...choice.warnings);
  return choice.match && { id: choice.match.id, product: 'found', category: 'not_needed', keys: [key] };
}

async function createProduct(
  transfer: Transfer,
  key: string,
  intent: SendIntent,
): Promise<EnsuredProduct & Found> {
  const { books, shop } = transfer;
  const category = await ensureCategory(transfer);
  const id = await books.createProduct({ name: shop.rentalProductName, categoryId: category.id }, intent);
  return { id, product: 'created', category: category.how, keys: [key] };
}

async function ensureCategory(transfer: Transfer): Promise<EnsuredCategory> {
  const { books, deps, clientId, shop, warnings } = transfer;
  const name = shop.productCategoryName;
  const key = nameKey(name);
  return underCreateLease<EnsuredCategory>(transfer, 'category', [key], {
    async find() {
      const choice = chooseByName(await books.listCategories(), name, 'category');
      warnings.push(...choice.warnings);
      if (choice.match !== undefined) return { id: choice.match.id, how: 'found', keys: [key] };
      const made = await deps.entities.known(clientId, 'category', key);
      return made !== undefined && mayNotShowYet(transfer, made)
        ? { id: made.id, how: 'found', keys: [] }
        : undefined;
    },
    async create(intent) {
      return { id: await books.createCategory(name, intent), how: 'created', keys: [key] };
    },
  });
}
