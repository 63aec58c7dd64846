/**
 * `shop verify`: whether a shop's settings and its 24SevenOffice fit together, before anything is sent.
 *
 * Reads only. A passed verify ties the shop to one company (Client.Id) for good; that company alone is
 * ever written to.
 */

import type { Clock } from '../clock.ts';
import type { ShopSettings } from '../contract/shop.ts';
import type { BooksOf } from '../transfer/ports/books.ts';
import type { Shop, ShopAccess, Shops } from '../transfer/ports/shops.ts';
import type { Identities, Identity } from './ports.ts';
import { checkServices } from './verify-books.ts';
import { attempt, fails, passes, TRY_AGAIN, type VerifyCheck, warns } from './verify-check.ts';

export interface Verification {
  passed: boolean;
  checks: VerifyCheck[];
}

export interface VerifyShopDeps {
  shops: Pick<Shops, 'list' | 'markVerified'>;
  identities: Identities;
  booksOf: BooksOf;
  clock: Clock;
  /** Told where sessions did not stay in their companies: every save must then ask first where it stands. */
  onSessionsMove?: () => Promise<void>;
}

const folded = (text: string) => text.trim().replace(/\s+/g, ' ').normalize().toLowerCase();

const ACCOUNT = 'account name';

/**
 * The one identity whose company has exactly this name. A namesake that our user may not enter today counts: it may
 * be the shop's, and the other somebody else's.
 */
function matchAccount(settings: ShopSettings, identities: Identity[]): Identity | VerifyCheck {
  const { accountName, clientId: named } = settings;
  const same = identities.filter((identity) => identity.clientName === accountName);
  const wanted = named === undefined ? same : same.filter(({ clientId }) => clientId === String(named));
  if (same.length === 0) return noSuchAccount(accountName, identities);
  if (wanted.length === 0) {
    return fails(
      ACCOUNT,
      `company ${named} is not called "${accountName}", but company ${listed(same)} is`,
      'correct clientId or accountName, then add the shop again',
    );
  }
  if (new Set(wanted.map(({ clientId }) => clientId)).size > 1) {
    return fails(
      ACCOUNT,
      `${wanted.length} companies are called "${accountName}" (Client.Id ${listed(wanted)})`,
      'ask the shop which one is its own, put that into its file as clientId, then add the shop again; or have it rename its account',
    );
  }
  const match = wanted.find((identity) => !identity.isDisabled);
  return (
    match ??
    fails(
      ACCOUNT,
      `the company "${accountName}" is disabled for our user`,
      "ask the shop's administrator to enable Sharefox's user",
    )
  );
}

const listed = (identities: Identity[]) =>
  identities.map(({ clientId, isDisabled }) => `${clientId}${isDisabled ? ' (disabled)' : ''}`).join(', ');

function noSuchAccount(accountName: string, identities: Identity[]): VerifyCheck {
  const near = identities.find((identity) => folded(identity.clientName) === folded(accountName));
  return near === undefined
    ? fails(
        ACCOUNT,
        `none of the ${identities.length} companies our user may enter is called "${accountName}"`,
        "compare accountName with the account's name in 24SevenOffice; ask the shop to invite Sharefox's user",
      )
    : fails(
        ACCOUNT,
        `no company is called exactly "${accountName}", but one is called "${near.clientName}"`,
        'copy that name into accountName, then add the shop again',
      );
}

/** Which other shops would write into the same books. */
function checkNeighbours({ shopId }: ShopSettings, clientId: string, shops: Shop[]): VerifyCheck[] {
  const sharing = shops
    .filter((shop) => shop.settings.shopId !== shopId && shop.verified?.clientId === clientId)
    .map((shop) => shop.settings.shopId);
  if (sharing.length === 0) return [];
  const detail = `${sharing.join(', ')} uses the same company; their orders stand side by side there`;
  return [warns('other shops', detail, 'make sure that this is meant')];
}

/** An account that took over the name of another is another company: a person must say that this is meant. */
function checkCompany(
  clientId: string,
  before: string | undefined,
  moveTo: string | undefined,
): VerifyCheck[] {
  const name = 'company';
  if (moveTo !== undefined && moveTo !== clientId) {
    return [
      fails(name, `--move-to names ${moveTo}, but the account is company ${clientId}`, 'name that one'),
    ];
  }
  if (before === undefined || before === clientId) return [];
  const detail = `the shop was connected to company ${before} before; invoices sent there are not known in ${clientId}`;
  return moveTo === undefined
    ? [fails(name, detail, `if the shop moves on purpose, verify it with --move-to ${clientId}`)]
    : [warns(name, detail, 'do not send invoices again that were already transferred')];
}

async function checkIdentity(
  access: ShopAccess,
  { identities, booksOf }: VerifyShopDeps,
): Promise<VerifyCheck> {
  const first = await attempt('identity', () => identities.current(access));
  let current = first;
  if (!first.ok && first.failure.code === 'service.session_lost') {
    // A session kept from earlier had ended. Any read replaces it; then ask again.
    await attempt('identity', () => booksOf(access).listCategories());
    current = await attempt('identity', () => identities.current(access));
  }
  if (!current.ok) return current.check;
  return current.value.clientId === access.clientId
    ? passes('identity', `the session stands in company ${access.clientId}`)
    : fails(
        'identity',
        `the session stands in company ${current.value.clientId}, not in ${access.clientId}`,
        'do not transfer; tell the developers',
      );
}

/** Sessions of two companies must not move each other: an order could land in the wrong books. */
async function checkSessionsApart(
  access: ShopAccess,
  { identities, onSessionsMove }: VerifyShopDeps,
  shops: Shop[],
): Promise<VerifyCheck[]> {
  const other = shops.find(
    (shop) => !shop.disabled && shop.verified !== undefined && shop.verified.clientId !== access.clientId,
  );
  if (other?.verified === undefined) return [];
  const { clientId, identityId } = other.verified;
  const name = 'sessions apart';
  const probe = await attempt(name, async () => {
    const theirs = await identities.current({ shopId: other.settings.shopId, clientId, identityId });
    const ours = await identities.current(access);
    return theirs.clientId === clientId && ours.clientId === access.clientId;
  });
  if (!probe.ok) return [warns(name, `could not be tried: ${probe.failure.message}`, TRY_AGAIN)];
  if (!probe.value) await onSessionsMove?.();
  return probe.value
    ? [passes(name, 'two sessions side by side stay in their companies')]
    : [fails(name, 'one session moved another into its company', 'do not transfer; tell the developers')];
}

/**
 * Run every check, and tie the shop to its company if all pass and the shop is still the same.
 *
 * Checks stop where the next would have nothing to stand on: without a login there is no account to
 * match, without a match no session to open.
 *
 * @param moveTo Client.Id of the company that the shop moves to, where it was verified for another
 */
export async function verifyShop(shop: Shop, deps: VerifyShopDeps, moveTo?: string): Promise<Verification> {
  const { settings } = shop;
  const { shopId } = settings;
  const login = await attempt('login', () => deps.identities.list());
  if (!login.ok) return { passed: false, checks: [login.check] };
  const checks = [passes('login', `our user may enter ${login.value.length} companies`)];

  const account = matchAccount(settings, login.value);
  if ('ok' in account) return { passed: false, checks: [...checks, account] };
  const { clientId, identityId } = account;
  checks.push(passes(ACCOUNT, `"${account.clientName}" is company ${clientId}`));
  const before = shop.verified?.clientId ?? shop.formerClientId;
  checks.push(...checkCompany(clientId, before, moveTo));
  if (!checks.every(({ ok }) => ok)) return { passed: false, checks };
  const shops = await deps.shops.list();
  checks.push(...checkNeighbours(settings, clientId, shops));

  const access = { shopId, clientId, identityId };
  const identity = await checkIdentity(access, deps);
  checks.push(identity);
  if (!identity.ok) return { passed: false, checks };
  checks.push(...(await checkSessionsApart(access, deps, shops)));
  checks.push(...(await checkServices(settings, deps.booksOf(access))));
  if (!checks.every(({ ok }) => ok)) return { passed: false, checks };

  const verifiedAt = new Date(deps.clock.now()).toISOString();
  const expected = { accountName: settings.accountName, clientId: settings.clientId, before };
  if (await deps.shops.markVerified(shopId, { clientId, identityId, verifiedAt }, expected)) {
    return { passed: true, checks };
  }
  const changed = fails('shop', 'it was added or verified anew by somebody meanwhile', 'verify it again');
  return { passed: false, checks: [...checks, changed] };
}
