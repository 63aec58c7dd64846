/**
 * `shop verify`: whether a shop's settings and its 24SevenOffice fit together, before anything is sent.
 *
 * Reads only. A passed verify ties the shop to one company (Client.Id) for good; that company alone is
 * ever written to.
 */
import type { ShopSettings } from '../contract/shop.ts';
import type { BooksOf, Clock, Identities, Identity, Shop, ShopAccess, Shops } from '../transfer/ports.ts';
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

/** The one identity whose company has exactly this name. */
function matchAccount(settings: ShopSettings, identities: Identity[]): Identity | VerifyCheck {
  const name = 'account name';
  const { accountName } = settings;
  const same = identities.filter((identity) => identity.clientName === accountName);
  const [match, ...others] = same.filter((identity) => !identity.isDisabled);
  if (match !== undefined && others.length === 0) return match;
  if (match !== undefined) {
    const ids = [match, ...others].map((identity) => identity.clientId).join(', ');
    return fails(
      name,
      `${others.length + 1} companies are called "${accountName}" (Client.Id ${ids})`,
      'have the shop rename its account in 24SevenOffice so that the name is unique, then add the shop again',
    );
  }
  if (same.length > 0) {
    return fails(
      name,
      `the company "${accountName}" is disabled for our user`,
      "ask the shop's administrator to enable Sharefox's user",
    );
  }
  const near = identities.find((identity) => folded(identity.clientName) === folded(accountName));
  return near === undefined
    ? fails(
        name,
        `none of the ${identities.length} companies our user may enter is called "${accountName}"`,
        "compare accountName with the account's name in 24SevenOffice; ask the shop to invite Sharefox's user",
      )
    : fails(
        name,
        `no company is called exactly "${accountName}", but one is called "${near.clientName}"`,
        'copy that name into accountName, then add the shop again',
      );
}

/** Which other shops would write into the same books. */
function checkNeighbours(settings: ShopSettings, clientId: string, shops: Shop[]): VerifyCheck[] {
  const sharing = shops
    .filter((shop) => shop.settings.shopId !== settings.shopId && shop.verified?.clientId === clientId)
    .map((shop) => shop.settings.shopId);
  const before = shops.find((shop) => shop.settings.shopId === settings.shopId)?.verified;
  const checks: VerifyCheck[] = [];
  if (sharing.length > 0) {
    const detail = `${sharing.join(', ')} uses the same company; their orders stand side by side there`;
    checks.push(warns('other shops', detail, 'make sure that this is meant'));
  }
  if (before !== undefined && before.clientId !== clientId) {
    const detail = `the shop was connected to company ${before.clientId} before; invoices sent there are not known in ${clientId}`;
    checks.push(warns('company', detail, 'do not send invoices again that were already transferred'));
  }
  return checks;
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
 * Run every check, and tie the shop to its company if all pass.
 *
 * Checks stop where the next would have nothing to stand on: without a login there is no account to
 * match, without a match no session to open.
 */
export async function verifyShop(settings: ShopSettings, deps: VerifyShopDeps): Promise<Verification> {
  const login = await attempt('login', () => deps.identities.list());
  if (!login.ok) return { passed: false, checks: [login.check] };
  const checks = [passes('login', `our user may enter ${login.value.length} companies`)];

  const account = matchAccount(settings, login.value);
  if ('ok' in account) return { passed: false, checks: [...checks, account] };
  const { clientId, identityId } = account;
  checks.push(passes('account name', `"${account.clientName}" is company ${clientId}`));
  const shops = await deps.shops.list();
  checks.push(...checkNeighbours(settings, clientId, shops));

  const access = { shopId: settings.shopId, clientId, identityId };
  const identity = await checkIdentity(access, deps);
  checks.push(identity);
  if (!identity.ok) return { passed: false, checks };
  checks.push(...(await checkSessionsApart(access, deps, shops)));
  checks.push(...(await checkServices(settings, deps.booksOf(access))));

  const passed = checks.every((check) => check.ok);
  if (passed) {
    const verifiedAt = new Date(deps.clock.now()).toISOString();
    await deps.shops.markVerified(settings.shopId, { clientId, identityId, verifiedAt });
  }
  return { passed, checks };
}
