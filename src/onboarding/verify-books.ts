/** The part of `shop verify` that reads the shop's books. */
import { decimal } from '../contract/jobs.ts';
import type { ShopSettings } from '../contract/shop.ts';
import type { TaxCode } from '../domain/books.ts';
import { chooseByName } from '../domain/product.ts';
import { decideTaxCodes, normalizePercent } from '../domain/tax.ts';
import type { Books } from '../transfer/ports/books.ts';
import { attempt, fails, passes, type VerifyCheck, warns } from './verify-check.ts';
import { checkLocations, checkMappedProducts } from './verify-mapping.ts';

/** What invoices usually carry. Elsewhere the shop's own `vatCodes` are all there is to check. */
const USUAL_PERCENTS: Record<string, readonly string[]> = {
  NO: ['25', '15', '12', '0'],
  SE: ['25', '12', '6', '0'],
  DK: ['25', '0'],
};

/** Customers and orders are asked for with keys nobody has: the answer counts, not what it holds. */
const NOBODY = 'SF-VERIFY';
const NO_MARK = 1;

async function checkProduct(settings: ShopSettings, books: Books): Promise<VerifyCheck[]> {
  const { rentalProductName, productCategoryName } = settings;
  const products = await attempt('product service', () => books.findProducts(rentalProductName));
  const categories = await attempt('product service', () => books.listCategories());
  const checks: VerifyCheck[] = [];
  let productFound = false;
  if (products.ok && categories.ok) {
    checks.push(passes('product service', 'products and categories can be read'));
  }
  if (products.ok) {
    const { match, warnings } = chooseByName(products.value, rentalProductName, 'product');
    productFound = match !== undefined;
    checks.push(
      match === undefined
        ? passes('product', `"${rentalProductName}" will be created at the first transfer`)
        : passes('product', `"${match.name}" found, id ${match.id}`),
    );
    checks.push(...warnings.map(({ message }) => warns('product', message)));
  } else {
    checks.push(products.check);
  }
  if (categories.ok) {
    const { match, warnings } = chooseByName(categories.value, productCategoryName, 'category');
    const missing = productFound
      ? 'not there and not needed, the product is'
      : 'will be created at the first transfer';
    checks.push(
      match === undefined
        ? passes('category', `"${productCategoryName}" ${missing}`)
        : passes('category', `"${match.name}" found, id ${match.id}`),
    );
    if (!productFound) checks.push(...warnings.map(({ message }) => warns('category', message)));
    checks.push(...(await checkMappedProducts(settings, books, categories.value)));
  } else {
    checks.push(categories.check);
  }
  return checks;
}

const taxCheckName = (percent: string) => `tax code ${percent} %`;

/** The usual percentages, then those Support set a code for. */
function percentsToCheck({ country, vatCodes }: ShopSettings): { percent: string; isSet: boolean }[] {
  const set = new Set(Object.keys(vatCodes).map(normalizePercent));
  const usual = USUAL_PERCENTS[country] ?? [];
  return [...new Set([...usual, ...set])].map((percent) => ({ percent, isSet: set.has(percent) }));
}

/**
 * A percentage without a code is a warning: the shop may never use it. A code Support set and that is
 * wrong fails, and so does a shop for which no percentage has a code.
 */
function checkPercents(settings: ShopSettings, codes: readonly TaxCode[] | 'refused'): VerifyCheck[] {
  const percents = percentsToCheck(settings);
  if (percents.length === 0) {
    const detail = `the usual percentages of ${settings.country} are not known here`;
    return [warns('tax codes', detail, 'put the percentages the shop uses into vatCodes')];
  }
  const checks = percents.map(({ percent, isSet }) => {
    const name = taxCheckName(percent);
    const decision = decideTaxCodes([{ vatPercent: decimal.parse(percent) }], settings, codes);
    if (decision.kind === 'ok') return passes(name, `TaxId ${decision.taxIds.get(percent)}`);
    // Without the place of a line; there is no invoice here.
    const detail = decision.message.replace(/^line \d+ \([^)]*\): /, '');
    const remedy = `if the shop uses ${percent} %: put "${percent}": <TaxId> into vatCodes, then add the shop again`;
    return isSet
      ? fails(name, detail, 'correct vatCodes, then add the shop again')
      : warns(name, detail, remedy);
  });
  if (checks.some((check) => check.ok && check.warning !== true)) return checks;
  const remedy = 'put the TaxIds of the percentages the shop uses into vatCodes, then add the shop again';
  return [...checks, fails('tax codes', 'no usual percentage has a tax code', remedy)];
}

async function checkTaxCodes(settings: ShopSettings, books: Books): Promise<VerifyCheck[]> {
  const list = await attempt('tax codes', () => books.listTaxCodes());
  if (list.ok) {
    return [
      passes('tax codes', `${list.value.length} tax codes read`),
      ...checkPercents(settings, list.value),
    ];
  }
  if (list.failure.code !== 'service.permission_missing') return [list.check];
  const percents = checkPercents(settings, 'refused');
  const covered = percents.every((check) => check.ok && check.warning !== true);
  const detail = 'our user may not read the list of tax codes';
  return covered
    ? [warns('tax codes', `${detail}; vatCodes covers the usual percentages and is trusted`), ...percents]
    : [
        fails(
          'tax codes',
          detail,
          'give our user that right, or put every usual percentage (25, 15, 12, 0 in Norway) into vatCodes',
        ),
        ...percents,
      ];
}

/** Each service read once, and what a transfer will find there. */
export async function checkServices(settings: ShopSettings, books: Books): Promise<VerifyCheck[]> {
  const company = await attempt('company service', () => books.findCustomersByExternalId(NOBODY));
  const invoice = await attempt('invoice service', () => books.findOrdersByMark(NO_MARK));
  return [
    company.ok ? passes('company service', 'customers can be read') : company.check,
    ...(await checkProduct(settings, books)),
    invoice.ok ? passes('invoice service', 'orders can be read') : invoice.check,
    ...(await checkLocations(settings, books)),
    ...(await checkTaxCodes(settings, books)),
  ];
}
