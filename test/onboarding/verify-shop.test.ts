import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { ShopSettings, ShopSettingsInput } from '../../src/contract/shop.ts';
import type { Category, Department, Product, TaxCode } from '../../src/domain/books.ts';
import { NotNow, Retryable, Terminal } from '../../src/errors.ts';
import type { Identity } from '../../src/onboarding/ports.ts';
import { type Verification, verifyShop } from '../../src/onboarding/verify-shop.ts';
import { norwegianTaxCodes } from '../../src/sandbox/tax-codes.ts';
import type { Books } from '../../src/transfer/ports/books.ts';
import type { ExpectedShop, Shop, VerifiedShop } from '../../src/transfer/ports/shops.ts';
import { aShop } from '../support/builders.ts';

const NOW = Date.UTC(2021, 0, 13, 9, 30);
const clock: Clock = { now: () => NOW, monotonic: () => 0, sleep: async () => undefined };

function anIdentity(changes: Partial<Identity> = {}): Identity {
  return {
    identityId: 'identity-501',
    clientId: '501',
    clientName: 'Acme Utleie AS',
    isDisabled: false,
    ...changes,
  };
}

/** The Norwegian list with one code for 0 %, so that every usual percentage has one. */
const clearCodes: TaxCode[] = norwegianTaxCodes.filter(({ rate, taxNo }) => rate !== '0' || taxNo === '5');

interface World {
  settings: Partial<ShopSettingsInput>;
  identities: Identity[] | Error;
  /** By Client.Id asked for. */
  current: (clientId: string) => Identity | Error;
  products: Product[] | Error;
  categories: Category[] | Error;
  codes: TaxCode[] | Error;
  departments: Department[] | Error;
  customers: Error | undefined;
  orders: Error | undefined;
  shops: Shop[];
  /** This shop's own company before. */
  shop: Partial<Shop>;
  moveTo: string | undefined;
  /** The shop was added anew beside the verify. */
  isChanged: boolean;
}

async function verify(changes: Partial<World> = {}) {
  const world: World = {
    settings: {},
    identities: [anIdentity()],
    current: (clientId) => anIdentity({ clientId }),
    products: [],
    categories: [],
    codes: clearCodes,
    departments: [],
    customers: undefined,
    orders: undefined,
    shops: [],
    shop: {},
    moveTo: undefined,
    isChanged: false,
    ...changes,
  };
  const settings: ShopSettings = aShop({ accountName: 'Acme Utleie AS', ...world.settings });
  const answer = async <T>(value: T | Error): Promise<T> => {
    if (value instanceof Error) throw value;
    return value;
  };
  const marked: [string, VerifiedShop, ExpectedShop][] = [];
  const writes: string[] = [];
  const reads: Partial<Books> = {
    findCustomersByExternalId: () => answer(world.customers ?? []),
    findProducts: () => answer(world.products),
    listCategories: () => answer(world.categories),
    findOrdersByMark: () => answer(world.orders ?? []),
    listTaxCodes: () => answer(world.codes),
    listDepartments: () => answer(world.departments),
  };
  const books = new Proxy(reads as Books, {
    get(target, name: keyof Books) {
      if (/^(create|update)/.test(name)) writes.push(name);
      return target[name];
    },
  });
  const shop: Shop = { settings, disabled: false, ...world.shop };
  const deps = {
    shops: {
      list: async () => [shop, ...world.shops],
      markVerified: async (...arguments_: [string, VerifiedShop, ExpectedShop]) => {
        if (!world.isChanged) marked.push(arguments_);
        return !world.isChanged;
      },
    },
    identities: {
      list: () => answer(world.identities),
      current: ({ clientId }: { clientId: string }) => answer(world.current(clientId)),
    },
    booksOf: () => books,
    clock,
  };
  const verification = await verifyShop(shop, deps, world.moveTo);
  expect(writes).toEqual([]);
  expect(marked.length).toBe(verification.passed ? 1 : 0);
  return { ...verification, marked, settings };
}

const failed = ({ checks }: Verification) => checks.filter((check) => !check.ok);
const warned = ({ checks }: Verification) => checks.filter((check) => check.warning === true);
const check = ({ checks }: Verification, name: string) => checks.find((each) => each.name === name);

test('a shop that fits passes and is tied to its company', async () => {
  const verification = await verify();
  expect(verification.passed).toBe(true);
  expect(warned(verification)).toEqual([]);
  expect(verification.checks.map(({ name }) => name)).toEqual([
    'login',
    'account name',
    'identity',
    'company service',
    'product service',
    'product',
    'category',
    'invoice service',
    'tax codes',
    'tax code 25 %',
    'tax code 15 %',
    'tax code 12 %',
    'tax code 0 %',
  ]);
  expect(verification.marked).toEqual([
    [
      verification.settings.shopId,
      { clientId: '501', identityId: 'identity-501', verifiedAt: '2021-01-13T09:30:00.000Z' },
      { accountName: 'Acme Utleie AS', clientId: undefined, before: undefined },
    ],
  ]);
});

test('every failed check says what to do', async () => {
  const broken = await verify({
    customers: new NotNow('service.permission_missing', NOW),
    products: new Retryable('service.unavailable'),
    orders: new Retryable('transfer.bug', 'refused'),
    codes: [],
    settings: { vatCodes: { '25': 99 } },
  });
  expect(failed(broken).map(({ name }) => name)).toEqual([
    'company service',
    'product service',
    'invoice service',
    'tax code 25 %',
    'tax codes',
  ]);
  for (const { remedy } of [...failed(broken), ...warned(broken)]) expect(remedy).toMatch(/\w{3}/);
});

describe('login', () => {
  test('a refused login stops everything and names the variables', async () => {
    const verification = await verify({ identities: new Terminal('service.login_refused') });
    expect(verification.passed).toBe(false);
    expect(verification.checks).toEqual([
      expect.objectContaining({ name: 'login', ok: false, remedy: expect.stringContaining('TFSO_PASSWORD') }),
    ]);
  });

  test('a service that does not answer says to try again', async () => {
    const verification = await verify({ identities: new Retryable('service.unavailable') });
    expect(failed(verification)[0]?.remedy).toContain('again');
  });

  test('a mistake of ours is thrown, not printed as a failed check', async () => {
    await expect(verify({ identities: new TypeError('ours') })).rejects.toThrow('ours');
  });
});

describe('account name', () => {
  test.each([
    ['no company has the name', [anIdentity({ clientName: 'Other AS' })], 'none of the 1 companies'],
    ['the case differs', [anIdentity({ clientName: 'ACME Utleie AS' })], 'called "ACME Utleie AS"'],
    ['a space too many', [anIdentity({ clientName: 'Acme  Utleie AS ' })], 'called "Acme  Utleie AS "'],
    ['the company is disabled', [anIdentity({ isDisabled: true })], 'is disabled'],
    ['two have the name', [anIdentity(), anIdentity({ clientId: '502' })], 'Client.Id 501, 502'],
  ])('fails where %s', async (_, identities, detail) => {
    const verification = await verify({ identities });
    expect(failed(verification)).toEqual([
      expect.objectContaining({ name: 'account name', detail: expect.stringContaining(detail) }),
    ]);
    expect(verification.checks).toHaveLength(2);
  });

  describe('a namesake, disabled or not, is never chosen for the shop', () => {
    const twins = (...disabled: string[]) =>
      ['501', '502'].map((clientId) => anIdentity({ clientId, isDisabled: disabled.includes(clientId) }));

    test.each([[[]], [['501']], [['502']], [['501', '502']]])('disabled: %j', async (disabled) => {
      const verification = await verify({ identities: twins(...disabled) });
      expect(failed(verification)[0]).toMatchObject({
        name: 'account name',
        remedy: expect.stringContaining('clientId'),
      });
      expect(verification.marked).toEqual([]);
    });

    test('the one that the file names is taken, and no other', async () => {
      const named = await verify({ identities: twins(), settings: { clientId: 502 } });
      expect(named.marked[0]?.[1].clientId).toBe('502');
      const isDisabled = await verify({ identities: twins('502'), settings: { clientId: 502 } });
      expect(failed(isDisabled)[0]?.detail).toContain('disabled');
      const isAway = await verify({ identities: twins(), settings: { clientId: 503 } });
      expect(failed(isAway)[0]?.detail).toContain('company 503 is not called');
    });

    test('two ways into one company are no namesakes', async () => {
      const identities = [anIdentity({ isDisabled: true, identityId: 'old' }), anIdentity()];
      expect((await verify({ identities })).marked[0]?.[1].identityId).toBe('identity-501');
    });
  });

  test("other companies' names are not told", async () => {
    const verification = await verify({ identities: [anIdentity({ clientName: 'Secret Rival AS' })] });
    expect(JSON.stringify(verification.checks)).not.toContain('Rival');
  });
});

describe('identity', () => {
  test('a session in another company fails and nothing more is read', async () => {
    const verification = await verify({ current: () => anIdentity({ clientId: '999' }) });
    expect(failed(verification)[0]).toMatchObject({
      name: 'identity',
      detail: expect.stringContaining('999'),
    });
    expect(verification.checks.at(-1)?.name).toBe('identity');
  });

  test('a session that had ended is replaced', async () => {
    let asked = 0;
    const current = () => {
      asked += 1;
      return asked === 1 ? new Retryable('service.session_lost') : anIdentity();
    };
    expect((await verify({ current })).passed).toBe(true);
  });
});

describe('another company than before', () => {
  const verified = { clientId: '501', identityId: 'identity-501', verifiedAt: '2021-01-01T00:00:00Z' };
  /** 501 is gone, and another company has taken its name. */
  const renamed = { identities: [anIdentity({ clientId: '502' })] };

  test.each<[string, Partial<Shop>]>([
    ['verified', { verified }],
    ['once verified, and added anew under a name', { formerClientId: '501' }],
  ])('fails, and the shop stays where it is: %s', async (_, shop) => {
    const verification = await verify({ ...renamed, shop });
    expect(failed(verification)).toEqual([
      expect.objectContaining({ name: 'company', remedy: expect.stringContaining('--move-to 502') }),
    ]);
    expect(verification.marked).toEqual([]);
  });

  test('is a warning where a person says so', async () => {
    const verification = await verify({ ...renamed, shop: { verified }, moveTo: '502' });
    expect(check(verification, 'company')).toMatchObject({
      warning: true,
      detail: expect.stringContaining('501'),
    });
    expect(verification.marked[0]?.slice(1)).toMatchObject([{ clientId: '502' }, { before: '501' }]);
  });

  test('is no licence for a third', async () => {
    const verification = await verify({ ...renamed, shop: { verified }, moveTo: '503' });
    expect(failed(verification)[0]).toMatchObject({
      name: 'company',
      detail: expect.stringContaining('503'),
    });
    expect((await verify({ moveTo: '502' })).passed).toBe(false);
  });

  test('the same one again is nothing to tell', async () => {
    expect(check(await verify({ shop: { verified } }), 'company')).toBeUndefined();
  });
});

test('a shop that was added anew beside its verify is not tied to what was looked at', async () => {
  const verification = await verify({ isChanged: true });
  expect(failed(verification)).toEqual([expect.objectContaining({ name: 'shop' })]);
});

describe('other shops', () => {
  const other = (clientId: string): Shop => ({
    settings: aShop({ shopId: 'other.no' }),
    disabled: false,
    verified: { clientId, identityId: `identity-${clientId}`, verifiedAt: '2021-01-01T00:00:00Z' },
  });

  test('a second shop on the same company is a warning', async () => {
    const verification = await verify({ shops: [other('501')] });
    expect(verification.passed).toBe(true);
    expect(check(verification, 'other shops')).toMatchObject({
      warning: true,
      detail: expect.stringContaining('other.no'),
    });
  });

  test('sessions of two companies that stay apart pass', async () => {
    expect(check(await verify({ shops: [other('502')] }), 'sessions apart')).toMatchObject({ ok: true });
  });

  test('sessions that move each other fail', async () => {
    let last = '501';
    const current = (clientId: string) => {
      // The service remembers one company for the user, whoever asks: the last one entered.
      if (clientId !== '501') last = clientId;
      return anIdentity({ clientId: last });
    };
    const verification = await verify({ shops: [other('502')], current });
    expect(failed(verification).map(({ name }) => name)).toEqual(['sessions apart']);
  });

  test("another shop's trouble does not fail this one", async () => {
    const current = (clientId: string) =>
      clientId === '501' ? anIdentity() : new NotNow('service.identity_blocked', NOW);
    const verification = await verify({ shops: [other('502')], current });
    expect(verification.passed).toBe(true);
    expect(check(verification, 'sessions apart')?.warning).toBe(true);
  });
});

describe('what the shop maps', () => {
  const settings = {
    productCategoryName: 'Utleie',
    products: { '77': { name: 'Utleie telt', category: 'Telt' }, '78': { name: 'Utleie lift' } },
    customProductName: 'Frakt',
    locations: { oslo: { departmentId: 3 }, bergen: {} },
  };

  test('each product is found, or the category is named in which it will be created', async () => {
    const verification = await verify({
      settings,
      products: [{ id: 7, name: 'Utleie lift', statusId: 1 }],
      categories: [{ id: 5, name: 'Utleie' }],
    });
    expect(check(verification, 'product "Utleie telt"')?.detail).toBe(
      'will be created in category "Telt", which will be created, too',
    );
    expect(check(verification, 'product "Utleie lift"')?.detail).toBe('found, id 7');
    expect(check(verification, 'product "Frakt"')?.detail).toBe('will be created in category "Utleie", id 5');
    expect(verification.passed).toBe(true);
  });

  test("each location is told with its department's name", async () => {
    const verification = await verify({ settings, departments: [{ id: 3, name: 'Oslo' }] });
    expect(check(verification, 'location "oslo"')?.detail).toBe('department 3 "Oslo", no project of its own');
    expect(check(verification, 'location "bergen"')?.detail).toContain('no department of its own');
    expect(check(verification, 'before the first order')).toBeUndefined();
    expect(verification.passed).toBe(true);
  });

  test('a department that the company does not have fails', async () => {
    const verification = await verify({ settings, departments: [{ id: 4, name: 'Bergen' }] });
    expect(check(verification, 'location "oslo"')).toMatchObject({ ok: false });
    expect(verification.passed).toBe(false);
  });

  test.each([
    ['may not be read', new NotNow('service.permission_missing', 1)],
    ['is empty', []],
  ])('where the list of departments %s, only the first order can tell', async (_, departments) => {
    const verification = await verify({ settings, departments });
    expect(check(verification, 'location "oslo"')?.ok).toBe(true);
    expect(check(verification, 'before the first order')).toMatchObject({ ok: true, warning: true });
    expect(verification.passed).toBe(true);
  });

  test("a project cannot be asked, the shop's own neither", async () => {
    const verification = await verify({ settings: { projectId: 7 } });
    expect(check(verification, 'department and project')?.detail).toContain('project 7');
    expect(check(verification, 'before the first order')?.detail).toContain('project');
    expect(check(await verify(), 'before the first order')).toBeUndefined();
  });

  test('a product service that cannot be read fails each product that needs it', async () => {
    const verification = await verify({ settings, products: new Retryable('service.unavailable') });
    expect(check(verification, 'product "Frakt"')?.ok).toBe(false);
    expect(verification.passed).toBe(false);
  });
});

describe('product and category', () => {
  test('what is missing will be created', async () => {
    const verification = await verify();
    expect(check(verification, 'product')?.detail).toContain('will be created at the first transfer');
    expect(check(verification, 'category')?.detail).toContain('will be created at the first transfer');
  });

  test('what is there is named with its id, and the category is not needed then', async () => {
    const { settings } = await verify();
    const verification = await verify({
      products: [{ id: 7, name: settings.rentalProductName, statusId: 1 }],
    });
    expect(check(verification, 'product')?.detail).toContain('id 7');
    expect(check(verification, 'category')?.detail).toContain('not needed');
  });

  test('several of one name are a warning', async () => {
    const { settings } = await verify();
    const product = { name: settings.rentalProductName, statusId: 1 };
    const verification = await verify({
      products: [
        { ...product, id: 7 },
        { ...product, id: 9 },
      ],
    });
    expect(verification.passed).toBe(true);
    expect(warned(verification)[0]?.detail).toContain('7, 9');
  });
});

describe('tax codes', () => {
  test('an ambiguous percentage is a warning that names the candidates', async () => {
    const verification = await verify({ codes: norwegianTaxCodes });
    expect(verification.passed).toBe(true);
    expect(check(verification, 'tax code 25 %')?.detail).toBe('TaxId 10');
    expect(check(verification, 'tax code 0 %')).toMatchObject({
      warning: true,
      detail: expect.stringMatching(/^several tax codes have 0 %: .*TaxId 11/),
      remedy: expect.stringContaining('"0": <TaxId>'),
    });
  });

  test('none at all fails', async () => {
    const verification = await verify({ codes: [] });
    expect(failed(verification)).toEqual([
      expect.objectContaining({ detail: 'no usual percentage has a tax code' }),
    ]);
  });

  test('a code Support set and that has another percentage fails', async () => {
    const verification = await verify({ settings: { vatCodes: { '25': 9, '11.11': 16 } } });
    expect(failed(verification).map(({ name }) => name)).toEqual(['tax code 11.11 %']);
    expect(check(verification, 'tax code 25 %')?.detail).toBe('TaxId 9');
  });

  test('a refused list is only a warning where vatCodes covers the usual percentages', async () => {
    const codes = new NotNow('service.permission_missing', NOW);
    const vatCodes = { '25': 10, '15.0': 16, '12': 18, '0': 11 };
    const covered = await verify({ codes, settings: { vatCodes } });
    expect(covered.passed).toBe(true);
    expect(check(covered, 'tax codes')?.warning).toBe(true);

    const { '12': _, ...gap } = vatCodes;
    const uncovered = await verify({ codes, settings: { vatCodes: gap } });
    expect(failed(uncovered).map(({ name }) => name)).toEqual(['tax codes']);
  });

  test('a list that could not be read for another reason fails', async () => {
    const vatCodes = { '25': 10, '15': 16, '12': 18, '0': 11 };
    const verification = await verify({
      codes: new Retryable('service.unavailable'),
      settings: { vatCodes },
    });
    expect(failed(verification).map(({ name }) => name)).toEqual(['tax codes']);
  });

  test('a country whose percentages are not known is a warning', async () => {
    const verification = await verify({ settings: { country: 'DE', currency: 'EUR' } });
    expect(verification.passed).toBe(true);
    expect(warned(verification)[0]?.detail).toContain('DE');
  });
});
