/** R8, R9, R10: each row's product, and its category where the product has to be made. */
import type { TransferResult } from '../contract/results.ts';
import { type NamedProduct, nameKey, productOf, productsOf, rentalProduct } from '../domain/mapping.ts';
import { chooseByName } from '../domain/product.ts';
import { Terminal } from '../errors.ts';
import type { Transfer } from './context.ts';
import { type Found, mayNotShowYet, underCreateLease } from './find-or-create.ts';
import type { SendIntent } from './ports/intents.ts';

/** How they came to be: `created` where any was. */
interface Origin {
  product: TransferResult['product'];
  category: TransferResult['category'];
}

export interface EnsuredProducts extends Origin {
  /** The rental product's; the first row's where no row has the rental product. */
  productId: number;
  /** One per row; left out where every row has `productId`. */
  rowProductIds?: number[];
}

type EnsuredProduct = Found & Origin;

interface EnsuredCategory extends Found {
  how: 'found' | 'created';
}

/** Each category is looked for once, however many of the invoice's products need it. */
type Categories = Map<string, Promise<EnsuredCategory>>;

/**
 * The ids are kept per company: each is asked for once, until an order with it is refused. Those that have to be
 * made leave in one save, as far as 24SevenOffice's answers allow it.
 */
export async function ensureProducts(transfer: Transfer): Promise<EnsuredProducts> {
  const { content, shop } = transfer;
  const { lines } = content.check;
  const wanted = [...productsOf(lines, shop)];
  const categories: Categories = new Map();
  // All have ended before one's failure ends the run: none is still on its way when the claim is given back.
  const settled = await Promise.allSettled(
    wanted.map(([key, product]) => ensureProduct(transfer, key, product, categories)),
  );
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((failure) => failure instanceof Terminal) ?? failures[0];
  const ensured = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const ids = new Map(wanted.map(([key], index) => [key, ensured[index]?.id]));
  const idOf = ({ name }: NamedProduct): number => {
    const id = ids.get(nameKey(name));
    if (id === undefined) throw new Error('a product that no line has');
    return id;
  };
  const rows = lines.map((line) => idOf(productOf(line, shop)));
  const productId = ids.get(nameKey(rentalProduct(shop).name)) ?? rows[0] ?? 0;
  return {
    productId,
    ...(rows.some((id) => id !== productId) && { rowProductIds: rows }),
    product: most(ensured.map(({ product }) => product)) ?? 'found',
    category: most(ensured.map(({ category }) => category)) ?? 'not_needed',
  };
}

/** `created` says more than `found`, and that more than nothing. */
function most<How extends string>(all: (How | undefined)[]): How | undefined {
  const ranked = ['created', 'found'].map((how) => all.find((one) => one === how));
  return ranked.find((how) => how !== undefined) ?? all.find((how) => how !== undefined);
}

export async function noteProducts({ deps, claim }: Transfer, ensured: EnsuredProducts): Promise<void> {
  const { productId, rowProductIds } = ensured;
  const { record } = claim;
  const isSame =
    record.productId === productId && JSON.stringify(record.rowProductIds) === JSON.stringify(rowProductIds);
  if (isSame && record.product !== undefined && ensured.product === 'found') return;
  const product = most([record.product, ensured.product]) ?? ensured.product;
  const category = most([record.category, ensured.category]) ?? ensured.category;
  await deps.records.note(
    claim,
    {
      ...{ productId, product, category },
      ...(rowProductIds !== undefined || record.rowProductIds !== undefined
        ? { rowProductIds: rowProductIds ?? null }
        : {}),
    },
    { step: 'product', productId, product, category },
  );
}

/**
 * After a refused order: forget those of its products that are not what they were, so that they are searched for
 * again. Not before a new product must be visible, or a second one would be made.
 */
export async function forgetWrongProducts(transfer: Transfer): Promise<void> {
  const { books, content, deps, clientId, shop } = transfer;
  const check = async ([key, { name }]: [string, NamedProduct]) => {
    const known = await deps.entities.known(clientId, 'product', key);
    if (known === undefined || mayNotShowYet(transfer, known)) return;
    const product = await books.getProduct(known.id);
    const isRight = product !== undefined && chooseByName([product], name, 'product').match !== undefined;
    if (!isRight) await deps.entities.forget(clientId, 'product', [key]);
  };
  await Promise.all([...productsOf(content.check.lines, shop)].map(check));
}

async function ensureProduct(
  transfer: Transfer,
  key: string,
  product: NamedProduct,
  categories: Categories,
): Promise<EnsuredProduct> {
  const { deps, clientId } = transfer;
  const kept = async (): Promise<EnsuredProduct | undefined> => {
    const known = await deps.entities.known(clientId, 'product', key);
    return known && { id: known.id, product: 'found', category: 'not_needed', keys: [key] };
  };
  return (
    (await kept()) ??
    (await underCreateLease(transfer, 'product', [key], {
      find: async () => (await kept()) ?? findProduct(transfer, key, product),
      create: (intent) => createProduct(transfer, key, product, categories, intent),
    }))
  );
}

async function findProduct(
  { books, warnings }: Transfer,
  key: string,
  { name }: NamedProduct,
): Promise<EnsuredProduct | undefined> {
  const choice = chooseByName(await books.findProducts(name), name, 'product');
  warnings.push(...choice.warnings);
  return choice.match && { id: choice.match.id, product: 'found', category: 'not_needed', keys: [key] };
}

async function createProduct(
  transfer: Transfer,
  key: string,
  { name, category }: NamedProduct,
  categories: Categories,
  intent: SendIntent,
): Promise<EnsuredProduct> {
  const categoryKey = nameKey(category);
  const ensured = categories.get(categoryKey) ?? ensureCategory(transfer, categoryKey, category);
  categories.set(categoryKey, ensured);
  const { id: categoryId, how } = await ensured;
  const id = await transfer.books.createProduct({ name, categoryId }, intent);
  return { id, product: 'created', category: how, keys: [key] };
}

async function ensureCategory(transfer: Transfer, key: string, name: string): Promise<EnsuredCategory> {
  const { books, deps, clientId, warnings } = transfer;
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
