/**
 * `npm run lab:dotnet`: the built product against a 24SevenOffice that we did not write: ASMX on Mono, generated
 * from 24SevenOffice's own WSDLs. See docs/proof/dotnet.md. Exits 0, 1 (a check failed) or 2 (something is missing).
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { officeAt } from './books.ts';
import { check, conclude, say } from './checks.ts';
import { count } from './count.ts';
import { buildProduct, startProduct } from './product.ts';
import { access, movedSession } from './scene-access.ts';
import { resends, statuses } from './scene-clicks.ts';
import { connect } from './scene-connect.ts';
import { orders, strangers } from './scene-orders.ts';
import { burst, trouble } from './scene-trouble.ts';
import { sharefoxOn } from './sharefox.ts';
import { buildSite, missingTools, PACKAGES, startSite } from './site.ts';
import type { Stage } from './stage.ts';
import { validate } from './validate.ts';

const wsdls = resolve(import.meta.dirname, '../../../../shared/contracts/24seven');
const missing = missingTools();
if (missing.length > 0)
  say(`${missing.join(', ')} not installed: apt-get install --no-install-recommends ${PACKAGES}`);
if (!existsSync(wsdls)) say(`24SevenOffice's WSDLs are not in ${wsdls}`);
if (missing.length > 0 || !existsSync(wsdls)) process.exit(2);

const isShort = process.argv.includes('--short');
const directory = mkdtempSync(join(tmpdir(), 'lab-dotnet-'));
const began = Date.now();
const timed = async (name: string, work: () => Promise<void> | void): Promise<void> => {
  const start = Date.now();
  await work();
  say(`     ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
};

await timed('build of the product', buildProduct);
await timed('build of the server', () => buildSite(wsdls, join(directory, 'site')));
const site = await startSite(join(directory, 'site'), join(directory, 'requests'));
const product = await startProduct(site.url, join(directory, 'redis'));
const sharefox = sharefoxOn(product);
const stage: Stage = {
  office: officeAt(site.url),
  product,
  sharefox,
  workers: [product.startWorker(), product.startWorker()],
  sent: new Map(),
  gone: new Set(),
  odd: new Set(),
};
const end = async (): Promise<void> => {
  await product.stop();
  await site.stop();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void end().then(() => process.exit(1)));
let code = 1;
try {
  await timed('connect', () => connect(stage, directory));
  await timed('orders', () => orders(stage));
  await timed('strangers', () => strangers(stage));
  await timed('resends', () => resends(stage));
  await timed('statuses', () => statuses(stage));
  await timed('access', () => access(stage));
  await timed('trouble', () => trouble(stage, isShort));
  if (!isShort) await timed('burst', () => burst(stage, 100));
  await timed('count', () => count(stage));
  await timed('moved session', () => movedSession(stage));
  await timed('requests', () => validate(stage.office, site.url, wsdls, join(directory, 'requests')));
  say(`     all: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  code = conclude();
} catch (error) {
  check('the run finishes', false, error instanceof Error ? error.stack : String(error));
  conclude();
} finally {
  await sharefox.close();
  await end();
}
if (code === 0) rmSync(directory, { recursive: true });
else say(`kept: ${directory}`);
process.exit(code);
