/** The invoice pages of a running product, as a browser without script would use them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';

const shopId = anInvoiceInput().shopId;
const basic = (login: string) => `Basic ${Buffer.from(login).toString('base64')}`;
const OPERATOR = basic('ops:ops-password');
const VIEWER = basic('looker:looks');

let product: Product;
beforeAll(async () => {
  product = await startProduct({
    env: { OPS_VIEWER_USERNAME: 'looker', OPS_VIEWER_PASSWORD: 'looks' },
  });
  await product.connectShop({ shopId, afterUnknown: 'ask' });
  await product.send(anInvoiceInput({ requestId: 'first', invoice: { id: 'V0' } }));
});
afterAll(() => product.stop());
beforeEach(() => product.sandbox.control.clearFaults());

async function get(path: string, authorization: string | undefined = OPERATOR) {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  const response = await fetch(`${product.app.opsUrl}${path}`, { headers });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function post(path: string, form: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const response = await fetch(`${product.app.opsUrl}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { authorization: OPERATOR, ...headers },
    body: new URLSearchParams(form),
  });
  return { status: response.status, location: response.headers.get('location') ?? '' };
}

const recordOf = (invoiceId: string) => product.store.records.read({ shopId, invoiceId });

/** Polls: what a page put into the queue ends in a worker this test does not hear. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((done) => setTimeout(done, 25));
}

/** Rejected for its currency until the shop's is the same. */
const inKronor = (id: string) => anInvoiceInput({ requestId: `${id}-1`, invoice: { id, currency: 'SEK' } });

async function unknown(id: string): Promise<void> {
  const { control } = product.sandbox;
  await control.inject({ operation: 'SaveInvoices', effect: { kind: 'reset' }, when: 'before', count: 1 });
  await product.send(anInvoiceInput({ requestId: `${id}-1`, invoice: { id } }));
}

describe('an invoice that was not transferred', () => {
  test('is found by its id, and its page says why, who acts and what to do, in three languages', async () => {
    await product.send(inKronor('V1'));
    expect((await get('/invoices?q=V1')).text).toContain(`/invoices/${shopId}/V1`);
    const { text } = await get(`/invoices/${shopId}/V1?lang=en`);
    expect(text).toContain('invoice.currency_mismatch');
    expect(text).toMatch(/Who acts: (shop|support)/);
    expect(text).toContain('No order was made.');
    expect((await get(`/invoices/${shopId}/V1?lang=sv`)).text).toContain('Ingen order skapades.');
    expect((await get(`/invoices/${shopId}/V1?lang=nb`)).text).toContain('Ingen ordre ble laget.');
  });

  test('is transferred by a retry once its cause is removed', async () => {
    await product.send(inKronor('V2'));
    await product.connectShop({ shopId, afterUnknown: 'ask', currency: 'SEK' });
    expect(await post(`/invoices/${shopId}/V2/retry`)).toMatchObject({
      status: 303,
      location: expect.stringContaining('done=retried'),
    });
    await until(async () => (await recordOf('V2'))?.state === 'transferred');
  });

  test('is listed with all others of its cause, and all are sent again at once', async () => {
    await product.send(inKronor('V3'));
    expect((await get('/invoices?code=invoice.currency_mismatch')).text).toContain('Retry all');
    const started = await post('/invoices/retries', { code: 'invoice.currency_mismatch' });
    expect(started).toMatchObject({
      status: 303,
      location: expect.stringMatching(/^\/invoices\/retries\/\d+$/),
    });
    await until(async () => (await get(started.location)).text.includes('It is done'));
    await until(async () => (await recordOf('V1'))?.state === 'transferred');
    await until(async () => (await recordOf('V3'))?.state === 'transferred');
  });
});

describe('a preview', () => {
  const shown = async (id: string) => {
    const response = await fetch(`${product.app.opsUrl}/invoices/${shopId}/${id}/preview`, {
      method: 'POST',
      headers: { authorization: OPERATOR },
    });
    return response.text();
  };
  beforeAll(() => product.connectShop({ shopId, afterUnknown: 'ask' }));

  test('says why there would be no order, or shows it without names, and writes nothing', async () => {
    await product.send(inKronor('V6'));
    expect(await shown('V6')).toContain('There would be no order. invoice.currency_mismatch');
    await product.connectShop({ shopId, afterUnknown: 'ask', currency: 'SEK' });
    const saves = async () => (await product.sandbox.control.counts()).SaveInvoices;
    const before = [await saves(), await recordOf('V6')];
    const text = await shown('V6');
    expect([await saves(), await recordOf('V6')]).toEqual(before);
    expect(text).toContain('2021-01-10 - 2021-01-12');
    expect(text).not.toMatch(/Nordmann|Kari|byggmester|Traktor/i);

    await post(`/invoices/${shopId}/V6/retry`);
    await until(async () => (await recordOf('V6'))?.state === 'transferred');
    expect(text).toContain((await recordOf('V6'))?.reference);
    expect(await shown('V6')).toContain(`Its order is there: ${(await recordOf('V6'))?.orderId}`);
  });
});

test('an order is found by its id and by its reference', async () => {
  const record = await recordOf('V0');
  for (const query of [String(record?.orderId), record?.reference ?? '']) {
    expect((await get(`/invoices?q=${query}`)).text).toContain(`/invoices/${shopId}/V0`);
  }
});

describe('an unresolved invoice', () => {
  beforeAll(() => product.connectShop({ shopId, afterUnknown: 'ask' }));

  test('is listed under "needs a person", and sent again when a person decides so', async () => {
    await unknown('V4');
    expect((await get('/invoices')).text).toMatch(/Needs a person: [1-9]/);
    const path = `/invoices/${shopId}/V4`;
    expect(await post(`${path}/not-created`, {})).toMatchObject({
      location: expect.stringContaining('note='),
    });
    expect(await post(`${path}/not-created`, { reason: 'looked' })).toMatchObject({
      location: expect.stringContaining('done=sent'),
    });
    await until(async () => (await recordOf('V4'))?.state === 'transferred');
    expect((await get(path)).text).toContain('by ops');
  });

  test('a link tells nobody’s own words on its page', async () => {
    const query = 'problem=call%20%2B47%20555&note=call%20me&done=call';
    for (const asked of [query, `${query}&note=3f2504e0-4f89-41d3-9a0c-0305e82c3301`]) {
      expect((await get(`/invoices/${shopId}/V4?${asked}`)).text).not.toContain('call');
    }
  });

  test('is not resolved by another invoice’s order: the page says why', async () => {
    await unknown('V5');
    const orderId = (await recordOf('V0'))?.orderId;
    const answer = await post(`/invoices/${shopId}/V5/resolve`, { order: String(orderId), reason: 'x' });
    expect((await get(answer.location)).text).toContain('another invoice&#39;s mark');
    expect(await recordOf('V5')).toMatchObject({ state: 'unresolved' });
  });
});

describe('who may do what', () => {
  test('nobody gets in without a login, or with a wrong one', async () => {
    for (const login of [undefined, basic('ops:wrong'), basic('looker:ops-password')]) {
      expect((await get('/invoices', login ?? '')).status).toBe(401);
    }
  });

  test('the viewer sees every page, and is offered and granted no action', async () => {
    const { status, text } = await get(`/invoices/${shopId}/V1`, VIEWER);
    expect(status).toBe(200);
    expect(text).not.toContain('<form method="post"');
    expect(await post(`/invoices/${shopId}/V1/retry`, {}, { authorization: VIEWER })).toMatchObject({
      status: 403,
    });
  });

  test('another site’s page cannot make the browser act here', async () => {
    const origin = 'https://elsewhere.example';
    expect(await post(`/invoices/${shopId}/V1/retry`, {}, { origin })).toMatchObject({ status: 403 });
  });
});

test('no page shows who the customer is or what was rented', async () => {
  const pages = await Promise.all(
    [
      '/invoices',
      '/invoices?q=V0',
      `/invoices/${shopId}/V0`,
      `/invoices/${shopId}/V1`,
      `/invoices/${shopId}/V5`,
    ].map((path) => get(path)),
  );
  for (const { text } of pages) {
    expect(text).not.toMatch(/Nordmann|Kari|byggmester|Brobekk|902 ?79|Traktor/i);
  }
});

test.each(['/invoices?list=nothing', '/invoices?q=a&q=b', '/invoices/retries/x'])(
  'a query that no page of ours sends is refused, and is no failure of ours: %s',
  async (path) => expect((await get(path)).status).toBe(400),
);

test.each(['/invoices/..%2f..%2fetc/passwd', '/invoices/nobody/nothing', '/invoices/acme/%3Cscript%3E'])(
  '%s is an invoice nobody knows',
  async (path) => {
    const { status, text } = await get(path);
    expect(status).toBe(404);
    expect(text).not.toContain('<script>');
  },
);
