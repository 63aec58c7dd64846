/** `shop …`: connect shops, show them, disable them, export and import them. */
import { systemClock } from '../clock.ts';
import type { VerifyCheck } from '../onboarding/verify-check.ts';
import { verifyShop } from '../onboarding/verify-shop.ts';
import type { Shop } from '../transfer/ports/shops.ts';
import { withProduct } from './context.ts';
import { CliProblem, EXIT, type Io } from './io.ts';
import { exportedShops, readShopFile, shopFile } from './shop-files.ts';

const unknown = (shopId: string) =>
  new CliProblem([`shop.unknown: ${shopId} is not connected; run shop add first`]);

function stateOf(shop: Shop): string {
  if (shop.disabled) return 'disabled';
  return shop.verified === undefined ? 'not verified' : 'verified';
}

const json = (value: unknown) => JSON.stringify(value, null, 2);

export async function addShop(io: Io, file: string): Promise<number> {
  const settings = await readShopFile(file, shopFile);
  return withProduct(io, {}, async ({ store: { shops } }) => {
    const before = await shops.find(settings.shopId);
    await shops.save(settings);
    const after = await shops.find(settings.shopId);
    const done = before === undefined ? 'added' : 'replaced';
    const next = after?.verified === undefined ? `; next: shop verify ${settings.shopId}` : '';
    io.out(`${settings.shopId} ${done}${next}`);
    return EXIT.done;
  });
}

const MARKS = { pass: 'ok  ', warn: 'warn', fail: 'FAIL' };

/** `ok   login: …`, or `FAIL account name: …  → what to do`. */
function checkLine(check: VerifyCheck): string {
  const mark = !check.ok ? MARKS.fail : check.warning === true ? MARKS.warn : MARKS.pass;
  const remedy = check.remedy === undefined ? '' : `  → ${check.remedy}`;
  return `${mark} ${check.name}: ${check.detail}${remedy}`;
}

export async function verifyShopCommand(
  io: Io,
  shopId: string,
  options: { json?: boolean; moveTo?: string },
): Promise<number> {
  return withProduct(io, { tfso: true }, async ({ store, service }) => {
    const shop = await store.shops.find(shopId);
    if (shop === undefined) throw unknown(shopId);
    const { identities, booksOf } = service;
    const onSessionsMove = store.deployment.noteSessionsMove;
    const deps = { shops: store.shops, identities, booksOf, clock: systemClock, onSessionsMove };
    const verification = await verifyShop(shop, deps, options.moveTo);
    const { verified } = (await store.shops.find(shopId)) ?? {};
    if (verification.passed && verified !== undefined) await service.closeCircuits(verified.clientId);
    if (options.json === true) io.out(json(verification));
    else printVerification(io, shop, verification);
    return verification.passed ? EXIT.done : EXIT.problemFound;
  });
}

function printVerification(
  io: Io,
  shop: Shop,
  { passed, checks }: { passed: boolean; checks: VerifyCheck[] },
): void {
  const { shopId } = shop.settings;
  for (const check of checks) io.out(checkLine(check));
  if (passed && shop.disabled) io.out(`${shopId} is verified, and disabled; shop add enables it`);
  else if (passed) io.out(`${shopId} is verified`);
  else if (shop.verified === undefined) io.out(`${shopId} is not verified; its invoices are not transferred`);
  else io.out(`${shopId} did not pass; it stays connected as it was verified at ${shop.verified.verifiedAt}`);
}

export async function listShops(io: Io, options: { json?: boolean }): Promise<number> {
  return withProduct(io, {}, async ({ store }) => {
    const shops = await store.shops.list();
    if (options.json === true) {
      io.out(json(shops));
      return EXIT.done;
    }
    const rows = shops.map((shop) => [
      shop.settings.shopId,
      stateOf(shop),
      shop.verified === undefined ? '' : `company ${shop.verified.clientId}`,
      shop.settings.accountName,
    ]);
    for (const row of rows) {
      const cells = row.map((cell, column) =>
        cell.padEnd(Math.max(...rows.map((each) => each[column]?.length ?? 0))),
      );
      io.out(cells.join('  ').trimEnd());
    }
    if (rows.length === 0) io.out('no shop is connected; add one with shop add');
    return EXIT.done;
  });
}

export async function showShop(io: Io, shopId: string, options: { json?: boolean }): Promise<number> {
  return withProduct(io, {}, async ({ store }) => {
    const shop = await store.shops.find(shopId);
    if (shop === undefined) throw unknown(shopId);
    if (options.json === true) {
      io.out(json(shop));
      return EXIT.done;
    }
    const { verified } = shop;
    io.out(`${shopId}: ${stateOf(shop)}`);
    if (verified !== undefined) {
      io.out(
        `company ${verified.clientId}, identity ${verified.identityId}, verified at ${verified.verifiedAt}`,
      );
    }
    for (const [name, value] of Object.entries(shop.settings)) {
      if (name !== 'shopId') io.out(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    }
    return EXIT.done;
  });
}

export async function disableShop(io: Io, shopId: string): Promise<number> {
  return withProduct(io, {}, async ({ store }) => {
    if (!(await store.shops.disable(shopId))) throw unknown(shopId);
    io.out(`${shopId} disabled; shop add enables it again`);
    return EXIT.done;
  });
}

export async function exportShops(io: Io): Promise<number> {
  return withProduct(io, {}, async ({ store }) => {
    io.out(json(await store.shops.list()));
    return EXIT.done;
  });
}

/** Imports all shops or none: one wrong shop in the file changes nothing. A verification in the file is kept. */
export async function importShops(io: Io, file: string): Promise<number> {
  const imported = await readShopFile(file, exportedShops);
  return withProduct(io, {}, async ({ store: { shops } }) => {
    for (const { settings, disabled, verified, formerClientId } of imported) {
      await shops.restore({
        settings,
        disabled,
        ...(verified !== undefined && { verified }),
        ...(formerClientId !== undefined && { formerClientId }),
      });
    }
    io.out(`${imported.length} ${imported.length === 1 ? 'shop' : 'shops'} imported`);
    return EXIT.done;
  });
}
