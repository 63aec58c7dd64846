/** Shops are connected as Support connects them: `shop add`, then `shop verify`. */
import { verifyShopCommand } from '../cli/shop.ts';
import { shopSettings } from '../contract/shop.ts';
import type { Verification } from '../onboarding/verify-shop.ts';
import type { SampleShop } from './sample-shops.ts';
import type { DemoSystem } from './system.ts';

/** The command itself, its answer read as JSON. */
async function verify(env: NodeJS.ProcessEnv, shopId: string): Promise<Verification> {
  const said: string[] = [];
  const collect = (line: string) => void said.push(line);
  const io = { env, out: collect, err: collect, interrupted: async () => undefined };
  await verifyShopCommand(io, shopId, { json: true });
  return JSON.parse(said.join('\n')) as Verification;
}

/** @returns one line about the shop; throws where verify does not pass */
export async function connectShop({ env, store, sandbox }: DemoSystem, shop: SampleShop): Promise<string> {
  await sandbox.control.addCustomers(shop.clientId, shop.customers);
  const settings = shopSettings.parse(shop.settings);
  await store.shops.save(settings);
  const { passed, checks } = await verify(env, settings.shopId);
  const failed = checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);
  if (!passed) throw new Error(`${settings.shopId} was not verified: ${failed.join('; ')}`);
  const { verified } = (await store.shops.find(settings.shopId)) ?? {};
  return `${settings.shopId} is company ${verified?.clientId}, ${settings.accountName}; ${checks.length} checks passed`;
}
