/** Support chooses the customer on the invoice's page, where several have its e-mail address, and by a command undoes it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../src/logger.ts';
import { run as runWith } from '../cli/support.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, SHOP, startProduct } from '../support/product.ts';
import { OPERATOR, VIEWER } from './office.ts';

const TWINS = {
  isCompany: false,
  companyName: '',
  companyOrgNo: '',
  firstName: 'Per',
  email: 'twins@home.example',
  userId: '77',
};
const PATH = `/invoices/${SHOP}/T1`;
const logged: string[] = [];

let product: Product;
/** The two customers' numbers, the lower one first. */
let twins: number[];

const anInvoice = (id: string, requestId = `${id}-1`) =>
  anInvoiceInput({ requestId, invoice: { id }, customer: TWINS });

beforeAll(async () => {
  product = await startProduct({
    logger: createLogger({ level: 'debug', destination: { write: (line) => logged.push(line) } }),
    env: { OPS_VIEWER_USERNAME: VIEWER.username, OPS_VIEWER_PASSWORD: VIEWER.password },
  });
  await product.connectShop();
  const { control } = product.sandbox;
  await control.addCustomers(
    501,
    ['Ola', 'Kari'].map((firstName) => ({ name: 'Tvilling', firstName, workEmail: TWINS.email })),
  );
  const { customers } = await control.books(501);
  twins = customers
    .filter(({ name }) => name === 'Tvilling')
    .map(({ id }) => id)
    .sort((a, b) => a - b);
  expect(await product.send(anInvoice('T1'))).toMatchObject({
    failedReason: expect.stringMatching(/^customer\.ambiguous/),
  });
});
afterAll(() => product.stop());

const headersOf = ({ username, password }: typeof OPERATOR) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});
async function ask(
  path: string,
  options: { form?: Record<string, string>; as?: typeof OPERATOR; headers?: Record<string, string> } = {},
) {
  const { form, as = OPERATOR, headers = {} } = options;
  const answer = await fetch(`${product.app.opsUrl}${path}`, {
    redirect: 'manual',
    headers: { ...headersOf(as), ...headers },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get('location') ?? '' };
}
const pins = () => product.store.pins.list(SHOP);
const cli = (...args: string[]) => runWith(args, product.env);

test('the page of an ambiguous invoice offers the choice to the operator, and not to the viewer', async () => {
  expect((await ask(PATH)).text).toContain('Choose the customer');
  expect((await ask(PATH, { as: VIEWER })).text).not.toContain('Choose the customer');
});

test('the operator sees the candidates by number and name; the viewer and another site see none', async () => {
  const { status, text } = await ask(`${PATH}/candidates`, { form: {} });
  expect(status).toBe(200);
  for (const told of [`${twins[0]} · Ola Tvilling`, `${twins[1]} · Kari Tvilling`])
    expect(text).toContain(told);
  const refused = await ask(`${PATH}/candidates`, { form: {}, as: VIEWER });
  expect(refused.status).toBe(403);
  expect(refused.text).not.toContain('Tvilling');
  const elsewhere = { origin: 'https://elsewhere.example' };
  expect((await ask(`${PATH}/candidates`, { form: {}, headers: elsewhere })).status).toBe(403);
  // Nothing asks for them by a link that a browser could keep.
  expect((await ask(`${PATH}/candidates`)).status).toBe(404);
});

test.each([
  ['without a reason', { customer: 'first' }, 'Say which customer'],
  ['for nobody', { reason: 'asked the shop' }, 'Say which customer'],
  ['for a customer who is none of them', { customer: '1', reason: 'guessed' }, 'is not one of those'],
])('no choice is kept %s', async (_how, form: Record<string, string>, problem) => {
  const customer = form.customer === 'first' ? { customer: String(twins[0]) } : {};
  const { status, location } = await ask(`${PATH}/choose-customer`, { form: { ...form, ...customer } });
  expect(status).toBe(303);
  expect((await ask(location)).text).toContain(problem);
  expect(await pins()).toEqual([]);
});

test('a choice by the viewer, or sent by another site, is refused', async () => {
  const form = { customer: String(twins[1]), reason: 'asked the shop' };
  expect((await ask(`${PATH}/choose-customer`, { form, as: VIEWER })).status).toBe(403);
  const headers = { 'sec-fetch-site': 'cross-site' };
  expect((await ask(`${PATH}/choose-customer`, { form, headers })).status).toBe(403);
  expect(await pins()).toEqual([]);
});

test('the chosen one gets the invoice, once it is sent again from the page, and the next without asking', async () => {
  const form = { customer: String(twins[1]), reason: 'asked the shop' };
  const { status, location } = await ask(`${PATH}/choose-customer`, { form });
  expect({ status, location }).toEqual({ status: 303, location: `${PATH}?done=chosen` });
  const { text } = await ask(location);
  expect(text).toContain('Send the invoice again');
  expect(text).toContain(`customer ${twins[1]}`);
  // A choice sends nothing.
  expect((await product.record('T1')).state).toBe('rejected');

  expect((await ask(`${PATH}/retry`, { form: {} })).status).toBe(303);
  await expect.poll(async () => (await product.record('T1')).state, { timeout: 20_000 }).toBe('transferred');
  expect((await product.record('T1')).customerId).toBe(String(twins[1]));
  expect(await product.send(anInvoice('T2'))).toMatchObject({ result: { customerId: twins[1] } });
});

test('the trail says who chose and why; names stand in no log and nowhere in Redis but in what Sharefox sent', async () => {
  const trail = await product.store.records.trail({ shopId: SHOP, invoiceId: 'T1' });
  expect(trail).toContainEqual(
    expect.objectContaining({
      step: 'customer chosen',
      by: OPERATOR.username,
      reason: 'asked the shop',
      customerId: twins[1],
    }),
  );
  const kept = JSON.stringify([
    trail,
    await product.store.redis.hgetall(product.store.keys.pins(SHOP)),
    logged,
  ]);
  expect(kept).not.toMatch(/tvilling|kari|twins@/i);
  expect(logged.join()).toContain('candidates');
});

test('a command lists the choice and undoes it; then the customer is ambiguous again', async () => {
  const [pin] = await pins();
  const listed = await cli('customer', 'pins', SHOP);
  expect(listed.exitCode).toBe(0);
  expect(listed.out.join()).toMatch(
    new RegExp(`^${pin?.key}  customer ${twins[1]}, chosen by ops at .* for invoice T1$`),
  );
  const asJson = await cli('customer', 'pins', SHOP, '--json');
  expect(JSON.parse(asJson.out.join('\n'))).toEqual([pin]);

  expect(await cli('customer', 'unpin', SHOP, 'no-such-key')).toMatchObject({
    exitCode: 1,
    err: [expect.stringContaining('customer pins')],
  });
  expect((await cli('customer', 'unpin', SHOP, pin?.key ?? '')).exitCode).toBe(0);
  expect((await cli('customer', 'pins', SHOP)).out).toEqual([`nobody has chosen a customer for ${SHOP}`]);
  expect(await product.send(anInvoice('T3'))).toMatchObject({
    failedReason: expect.stringMatching(/^customer\.ambiguous/),
  });
});

test('a choice is forgotten with its shop', async () => {
  await product.store.pins.set(SHOP, 'key', {
    ...{ clientId: '999', customerId: 1, by: 'ops', invoiceId: 'T1' },
    chosenAt: '2021-01-13T09:30:00Z',
  });
  expect((await cli('customer', 'pins', SHOP)).out.join()).toContain(
    'not used: the shop is not connected to company 999',
  );
  await cli('shop', 'disable', SHOP);
  const { exitCode, out } = await cli('shop', 'forget', SHOP, '--yes');
  expect(exitCode).toBe(0);
  expect(out).toContain('1 chosen customer forgotten');
  expect(await product.store.redis.exists(product.store.keys.pins(SHOP))).toBe(0);
});

test('a choice that cannot be read is none: the invoice is refused and nobody is guessed', async () => {
  await product.store.redis.hset(product.store.keys.pins('other'), {
    one: 'rubbish',
    two: '{"customerId":"7"}',
  });
  expect(await product.store.pins.find('other', 'one')).toBeUndefined();
  expect(await product.store.pins.list('other')).toEqual([]);
});
