/** The part of `shop verify` about what the shop maps: products of its lines, departments and projects. */
import type { ShopSettings } from '../contract/shop.ts';
import type { Category, Department } from '../domain/books.ts';
import { type NamedProduct, productsOfShop } from '../domain/mapping.ts';
import { chooseByName } from '../domain/product.ts';
import type { Books } from '../transfer/ports/books.ts';
import { attempt, fails, passes, type VerifyCheck, warns } from './verify-check.ts';

async function checkProduct(
  { name, category }: NamedProduct,
  books: Books,
  categories: readonly Category[],
): Promise<VerifyCheck[]> {
  const what = `product "${name}"`;
  const found = await attempt(what, () => books.findProducts(name));
  if (!found.ok) return [found.check];
  const { match, warnings } = chooseByName(found.value, name, 'product');
  const several = warnings.map(({ message }) => warns(what, message));
  if (match !== undefined) return [passes(what, `found, id ${match.id}`), ...several];
  const known = chooseByName(categories, category, 'category').match;
  const where =
    known === undefined ? `"${category}", which will be created, too` : `"${known.name}", id ${known.id}`;
  return [passes(what, `will be created in category ${where}`), ...several];
}

/** Every mapped product but the rental product, which has its own lines. */
export async function checkMappedProducts(
  settings: ShopSettings,
  books: Books,
  categories: readonly Category[],
): Promise<VerifyCheck[]> {
  const [, ...mapped] = productsOfShop(settings).values();
  const checks: VerifyCheck[] = [];
  for (const product of mapped) checks.push(...(await checkProduct(product, books, categories)));
  return checks;
}

interface Place {
  name: string;
  departmentId: number | null;
  projectId: number | null;
}

const WRONG_DEPARTMENT = "correct the number in the shop's file, then add the shop again";

/** The department by its name, or that there is none; without a list its number alone. */
function departmentOf({ departmentId }: Place, list: readonly Department[] | undefined): string {
  if (departmentId === null) return 'no department of its own';
  const known = list?.find(({ id }) => id === departmentId);
  return known === undefined ? `department ${departmentId}` : `department ${departmentId} "${known.name}"`;
}

/** An empty list says nothing: the company may keep none, or show us none. */
function checkPlace(place: Place, list: readonly Department[] | undefined): VerifyCheck {
  const { name, departmentId, projectId } = place;
  const project = projectId === null ? 'no project of its own' : `project ${projectId}`;
  const detail = `${departmentOf(place, list)}, ${project}`;
  const isWrong =
    list !== undefined &&
    list.length > 0 &&
    departmentId !== null &&
    !list.some(({ id }) => id === departmentId);
  return isWrong
    ? fails(name, `${detail}; the company has no such department`, WRONG_DEPARTMENT)
    : passes(name, detail);
}

/** Each location, and what cannot be asked: of projects there is no list among the services that we use. */
export async function checkLocations(settings: ShopSettings, books: Books): Promise<VerifyCheck[]> {
  const { locations, departmentId, projectId } = settings;
  const ofShop = { name: 'department and project', departmentId, projectId };
  const isSet = (place: Place) => place.departmentId !== null || place.projectId !== null;
  const places: Place[] = [
    ...(isSet(ofShop) ? [ofShop] : []),
    ...Object.entries(locations).map(([location, place]) => ({ name: `location "${location}"`, ...place })),
  ];
  const hasDepartment = places.some((place) => place.departmentId !== null);
  const list = hasDepartment
    ? await attempt('departments', () => books.listDepartments())
    : ({ ok: true, value: [] } as const);
  const unasked = [
    ...(hasDepartment && !(list.ok && list.value.length > 0) ? ['department'] : []),
    ...(places.some((place) => place.projectId !== null) ? ['project'] : []),
  ];
  const checks = places.map((place) => checkPlace(place, list.ok ? list.value : undefined));
  if (unasked.length === 0) return checks;
  return [
    ...checks,
    warns(
      'before the first order',
      `whether each ${unasked.join(' and ')} exists cannot be asked; it shows with the first order that has it`,
      'send one invoice of each location and look at its order; a wrong number is refused and named',
    ),
  ];
}
