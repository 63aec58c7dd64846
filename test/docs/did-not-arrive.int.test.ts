/** Support's "An invoice did not arrive", followed step by step with an invoice in each state it names. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ERROR_CATALOGUE } from '../../src/contract/errors.ts';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { createLogger } from '../../src/logger.ts';
import { run } from '../cli/support.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { BERG, type Product, startProduct } from '../support/product.ts';
import { blocksOf, codeOf, readDocument, sectionOf, tableOf } from './markdown.ts';

const section = sectionOf(readDocument('docs/support.md'), 'An invoice did not arrive');
/** The steps' texts; the first has number 1. */
const [, ...steps] = section.split(/^\d\. /m);
const [command = ''] = blocksOf(section, 'sh');
const SHOP = 'fjord.mysharefox.com';
const SHUT_SHOP = 'dal.mysharefox.com';
const SHUT = { clientId: 999, identityId: '1d000000-0000-4000-8000-000000000999' };
const SOON = { timeout: 15_000 };

let product: Product;
const logged: string[] = [];

beforeAll(async () => {
  product = await startProduct({
    logger: createLogger({ level: 'info', destination: { write: (line) => logged.push(line) } }),
    // Long enough to be asked while Redis is new.
    env: { TFSO_SETTLE_MS: '4000' },
  });
  await product.connectShop({ shopId: SHOP, afterUnknown: 'ask' });
});
afterAll(() => product.stop());

const invoice = (id: string, overrides: Partial<InvoiceTransferInput> = {}) =>
  anInvoiceInput({
    shopId: SHOP,
    requestId: `${id}-click`,
    ...overrides,
    invoice: { id, ...overrides.invoice },
  });

/** Step 1, both ways: the command as it stands there, for this invoice, and the page's search. */
async function ask(invoiceId: string, shopId = SHOP): Promise<{ told: string; page: string }> {
  const args = command
    .trim()
    .replace('npm run cli -- ', '')
    .replace(SHOP, shopId)
    .replace('1018-1', invoiceId);
  const { out, err } = await run(args.split(' '), product.env);
  const found = await get(`/invoices?q=${invoiceId}&shop=${shopId}`);
  const link = new RegExp(`href="(/invoices/${shopId}/${invoiceId})"`).exec(found)?.[1];
  return { told: [...out, ...err].join('\n'), page: link === undefined ? found : await get(link) };
}

async function request(path: string, method: string): Promise<string> {
  const authorization = `Basic ${Buffer.from('ops:ops-password').toString('base64')}`;
  return (await fetch(`${product.app.opsUrl}${path}`, { method, headers: { authorization } })).text();
}
const get = (path: string) => request(path, 'GET');

const rowOf = (code: string) =>
  tableOf(readDocument('docs/errors.md'), 'code').find(([name]) => codeOf(name) === code);

test('there are seven steps, and the first is the command and the page that all others go by', () => {
  expect(steps).toHaveLength(7);
  expect(steps[0]).toContain('`/invoices`');
  expect(command).toContain(`invoice show ${SHOP} 1018-1`);
});

test('2. while Redis is new the answer is that its job waits, and for what; and then it is transferred', async () => {
  const job = await product.addTransfer(invoice('Q1'));
  await vi.waitUntil(async () => (await job.getState()) === 'delayed', SOON);
  const { told, page } = await ask('Q1');
  expect(steps[1]).toContain('`not begun`');
  expect(steps[1]).toContain('`transfer.settling`');
  expect(told).toContain('not begun');
  expect(told).toContain('it waits for transfer.settling');
  expect(page).toContain('its job waits');
  expect(page).toContain('transfer.settling');
  expect(await product.endOf(job)).toMatchObject({ result: { outcome: 'created' } });
});

test('2. of an invoice that was never added nothing is known', async () => {
  const { told, page } = await ask('N1');
  expect(steps[1]).toContain('`nothing is known`');
  expect(told).toContain('nothing is known');
  expect(page).toContain('Nothing is known');
  expect(await get('/board')).toContain('sharefox-24seven');
});

test('3. one under way: the last line says what it waits for, and that code has a row', async () => {
  await product.connectShop({ shopId: SHUT_SHOP, accountName: 'Dal Utleie AS' }, SHUT);
  await product.addTransfer(invoice('W1', { shopId: SHUT_SHOP }));
  const key = { shopId: SHUT_SHOP, invoiceId: 'W1' };
  await vi.waitUntil(async () => (await product.store.records.read(key))?.waitsFor !== undefined, SOON);
  const { told, page } = await ask('W1', SHUT_SHOP);
  const state = /: (\w+)$/m.exec(told)?.[1] ?? '';
  expect(steps[2]).toContain(`\`${state}\``);
  const code = /code (\S+)$/.exec(told)?.[1] ?? '';
  expect(code).toBe('service.identity_blocked');
  expect(rowOf(code)?.[1]).toBe(ERROR_CATALOGUE['service.identity_blocked'].owner);
  expect(page).toContain(code);
});

test('4. a rejected one: the code’s row is followed, the click or Retry, and it is transferred', async () => {
  const shopId = 'berg.mysharefox.com';
  await product.connectShop({ shopId, accountName: 'Berg Maskin AS' }, BERG);
  await product.store.shops.disable(shopId);
  for (const id of ['R1', 'R2']) await product.send(invoice(id, { shopId }));
  const { told, page } = await ask('R1', shopId);
  expect(steps[3]).toContain('`rejected`');
  expect(told).toContain('R1 of berg.mysharefox.com: rejected');
  expect(page).toContain('No order was made.');
  const code = /^(\S+\.\S+): /m.exec(told)?.[1] ?? '';
  expect(rowOf(code)?.[3]).toContain(ERROR_CATALOGUE['shop.disabled'].remedies.en);

  await product.connectShop({ shopId, accountName: 'Berg Maskin AS' }, BERG);
  const again = invoice('R1', { shopId, requestId: 'R1-again' });
  expect(await product.send(again)).toMatchObject({ result: { outcome: 'created' } });
  const retried = (await ask('R2', shopId)).page;
  await request(/action="(\S+\/retry)"/.exec(retried)?.[1] ?? '', 'POST');
  await vi.waitUntil(async () => (await product.record('R2', shopId)).state === 'transferred', SOON);
});

test('5. an unresolved one: a click only looks; what a person decides ends it', async () => {
  const { control } = product.sandbox;
  await control.inject({ operation: 'SaveInvoices', effect: { kind: 'reset' }, when: 'before', count: 1 });
  await product.send(invoice('U1'));
  const { told, page } = await ask('U1');
  expect(steps[4]).toContain('`unresolved`');
  expect(told).toContain(`U1 of ${SHOP}: unresolved`);
  expect(page).toContain('Do not make a new invoice');
  const orders = () =>
    control.requests().then((all) => all.filter(({ operation }) => operation === 'SaveInvoices').length);
  const before = await orders();
  await product.send(invoice('U1', { requestId: 'U1-again' }));
  expect(await orders()).toBe(before);

  const [, , notCreated = ''] =
    blocksOf(sectionOf(readDocument('docs/support.md'), 'Decide an invoice'), 'sh')[0]?.match(/^npm.*$/gm) ??
    [];
  const args =
    notCreated
      .replace('npm run cli -- ', '')
      .replace('1018-1', 'U1')
      .match(/"[^"]*"|\S+/g) ?? [];
  const decided = await run(
    args.map((arg) => arg.replaceAll('"', '')),
    product.env,
  );
  expect(decided).toMatchObject({ exitCode: 0 });
  await vi.waitUntil(async () => (await product.record('U1', SHOP)).state === 'transferred', SOON);
});

test('6. a transferred one: its reference is on the order, in the company that is named', async () => {
  const { told, page } = await ask('Q1');
  expect(steps[5]).toContain('`transferred`');
  expect(told).toContain(`Q1 of ${SHOP}: transferred`);
  const [, order, company, reference] = /^order (\d+), .*company (\d+), (SF-\S+)$/m.exec(told) ?? [];
  expect(page).toContain(reference);
  const { orders } = await product.sandbox.control.books(Number(company));
  expect(orders.find(({ orderId }) => String(orderId) === order)).toMatchObject({ reference });
});

test('7. the workers say whether they can work, and the log has every step of an invoice', async () => {
  const path = /curl http:\/\/127\.0\.0\.1:3024(\/\w+)/.exec(steps[6] ?? '')?.[1] ?? '';
  expect(JSON.parse(await get(path))).toMatchObject({ checks: expect.any(Array) });
  const ofIt = logged.map((line) => JSON.parse(line)).filter(({ invoiceId }) => invoiceId === 'Q1');
  expect(ofIt.length).toBeGreaterThan(3);
  for (const line of ofIt) expect(line).toMatchObject({ shopId: SHOP, requestId: 'Q1-click' });
});
