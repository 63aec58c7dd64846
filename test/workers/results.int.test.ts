/** Where results are kept, to the letter of the contract; and what must not be in them: anybody's name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isErrorCode } from '../../src/contract/errors.ts';
import { transferResult } from '../../src/contract/results.ts';
import { createLogger } from '../../src/logger.ts';
import { createProducer } from '../../src/producer.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';
import { PREFIX, SHOP } from '../support/surroundings.ts';

let product: Product;
const logLines: string[] = [];

beforeAll(async () => {
  const destination = { write: (line: string) => void logLines.push(line) };
  product = await startProduct({
    logger: createLogger({ level: 'trace', destination }),
    // Alone in its request, so that a fault strikes the one invoice it is meant for.
    env: { TFSO_MAX_BATCH: '1' },
  });
  await product.connectShop();
  await product.connectShop({ shopId: 'second.mysharefox.com' });
});
afterAll(() => product.stop());

const anInvoice = (id: string, change: Parameters<typeof anInvoiceInput>[0] = {}) =>
  anInvoiceInput({ requestId: `${id} click`, ...change, invoice: { ...change.invoice, id } });
const keys = () => product.store.keys;
const ofInvoice = (invoiceId: string) => ({ shopId: SHOP, invoiceId });
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('a transfer leaves its result in the job, the event and the record, and its steps in the trail', async () => {
  const end = await product.send(anInvoice('created'));
  if (!('result' in end)) throw new Error(end.failedReason);
  const { result } = end;
  const [order] = (await product.sandbox.control.books(501)).orders;
  expect(transferResult.parse(result)).toEqual(result);
  expect(result).toMatchObject({
    outcome: 'created',
    orderId: order?.orderId,
    customerId: order?.customerId,
    productId: order?.rows[0]?.productId,
    reference: order?.reference,
    customer: 'created',
    product: 'created',
    category: 'created',
    totals: { expected: '1518.75', posted: '1518.75' },
    warnings: [{ code: 'vat.unconfirmed' }],
  });

  const events = await product.events('created');
  expect(events).toEqual([
    {
      type: 'transfer.completed',
      shopId: SHOP,
      invoiceId: 'created',
      requestId: 'created click',
      at: expect.stringMatching(INSTANT),
      body: JSON.stringify(result),
    },
  ]);

  const record = await product.record('created');
  expect(record).toMatchObject({
    state: 'transferred',
    orderId: String(result.orderId),
    customerId: String(result.customerId),
    reference: result.reference,
    revision: '1',
    updatedAt: expect.stringMatching(/^\d{13}$/),
  });
  expect(record).not.toHaveProperty('code');
  expect(record).not.toHaveProperty('payload');
  expect(record).not.toHaveProperty('leaseUntil');

  const trail = await product.store.records.trail(ofInvoice('created'));
  expect(trail.map(({ step }) => step)).toEqual([
    'begin',
    'customer',
    'product',
    'send',
    'ordered',
    'transferred',
  ]);
  expect(trail.every(({ at }) => INSTANT.test(at))).toBe(true);
  expect(trail).toContainEqual(expect.objectContaining({ step: 'customer', customerId: result.customerId }));
  expect(trail).toContainEqual(expect.objectContaining({ step: 'ordered', orderId: result.orderId }));
});

test('records, trails, shops and the event stream never expire', async () => {
  await product.send(anInvoice('refused', { invoice: { currency: 'EUR' } }));
  const kept = [
    keys().events,
    keys().shop(SHOP),
    ...['created', 'refused'].flatMap((id) => [keys().record(ofInvoice(id)), keys().trail(ofInvoice(id))]),
  ];
  const ttls = await Promise.all(kept.map((key) => product.store.redis.ttl(key)));
  expect(ttls).toEqual(kept.map(() => -1));
});

test('a consumer group reads every event once', async () => {
  const { redis } = product.store;
  const stream = `${PREFIX}:events`;
  await redis.xgroup('CREATE', stream, 'sharefox', '0');
  const all = (await product.events()).length;
  const read = async () => {
    const answer = await redis.xreadgroup('GROUP', 'sharefox', 'one', 'COUNT', 1_000, 'STREAMS', stream, '>');
    return (answer as [string, unknown[]][] | null)?.[0]?.[1].length ?? 0;
  };
  expect(await read()).toBe(all);
  expect(await read()).toBe(0);
});

test('an order that does not show ends unresolved; a click once it shows completes it, and both are told', async () => {
  const { control } = product.sandbox;
  await control.inject({ operation: 'SaveInvoices', effect: { kind: 'hidden' }, bodyIncludes: 'SF-shy-' });
  expect(await product.send(anInvoice('shy'))).toMatchObject({
    failedReason: expect.stringMatching(/^order\.vanished: /),
  });
  const { orderId } = await product.record('shy');
  expect(await product.record('shy')).toMatchObject({ state: 'unresolved', code: 'order.vanished' });
  await control.revealAll();
  const end = await product.send(anInvoice('shy', { requestId: 'second click' }));
  expect(end).toMatchObject({ result: { outcome: 'created', orderId: Number(orderId) } });
  const record = await product.record('shy');
  expect(record).toMatchObject({ state: 'transferred', orderId });
  expect(record).not.toHaveProperty('code');
  expect((await product.events('shy')).map(({ type, requestId }) => [type, requestId])).toEqual([
    ['transfer.unresolved', 'shy click'],
    ['transfer.completed', 'second click'],
  ]);
});

test('the count of outstanding jobs goes back to nothing, whatever became of them', async () => {
  const producer = createProducer({ connection: product.redis.url, prefix: PREFIX });
  const counted = () => product.store.redis.hgetall(keys().outstandingOf('invoice-transfer'));
  const unlucky = 'SF-counted-3-';
  await product.sandbox.control.inject({
    operation: 'SaveInvoices',
    effect: { kind: 'cut' },
    when: 'after',
    bodyIncludes: unlucky,
  });
  const inputs = [
    ...[0, 1, 2, 3].map((index) => anInvoice(`counted-${index}`)),
    anInvoice('counted-0', { requestId: 'a second click' }),
    anInvoice('counted-4', { shopId: 'second.mysharefox.com' }),
    anInvoice('counted-5', { shopId: 'nobody.mysharefox.com' }),
    anInvoice('counted-6', { invoice: { type: 'printed' } }),
  ];
  await Promise.all(inputs.map((input) => producer.sendInvoice(input)));
  await producer.checkStatus({
    schemaVersion: 1,
    shopId: SHOP,
    requestId: 'counted check',
    requestedAt: '2021-01-20T08:00:00Z',
    invoiceId: 'created',
  });
  // A producer that is not ours raises the count itself, and may add what cannot be read.
  await product.store.redis.hincrby(keys().outstandingOf('invoice-transfer'), SHOP, 1);
  await product.addTransfer({ shopId: SHOP, lines: 'none' });
  await expect.poll(counted, { timeout: 20_000 }).toEqual({});
  // And one that never raised it does not make it negative.
  await product.send(anInvoice('uncounted'));
  expect(await counted()).toEqual({});
});

describe('personal data', () => {
  const CANARY = 'Kanarifugl';
  const PERSON = {
    userId: `${CANARY}-user`,
    firstName: `${CANARY}-first`,
    lastName: `${CANARY}-last`,
    companyName: `${CANARY}-company`,
    email: `${CANARY}@mail.example`,
    phone: '+47 999 88 777',
    address: `${CANARY}-street 1`,
    postcode: '9876',
    city: `${CANARY}-city`,
  };
  const SECRETS = [CANARY, '999 88 777', '99988777', 'sandbox-password', 'support@sharefox.example'];
  const personal = (id: string, change: Parameters<typeof anInvoiceInput>[0] = {}) => {
    const data = anInvoice(id, {
      customer: { ...PERSON, ...change.customer },
      requestedBy: `${CANARY}-clerk`,
      ...change,
      invoice: { comment: `${CANARY}-comment`, orderRef: `${CANARY}-ref`, ...change.invoice },
    });
    return { ...data, lines: data.lines.map((line) => ({ ...line, name: `${CANARY}-thing` })) };
  };

  const refusal = (kind: 'SaveCompanies' | 'SaveInvoices', bodyIncludes: string) =>
    product.sandbox.control.inject({
      operation: kind,
      effect: {
        kind: 'apiException',
        withId: false,
        type: 'System.Exception',
        message: `${CANARY.toLowerCase()}@mail.example and +47 999 88 777 are refused`,
      },
      bodyIncludes,
    });

  /** Every text under our keys, by key and field, without what producers themselves put in. */
  async function textsInRedis(): Promise<[where: string, text: string][]> {
    const { redis } = product.store;
    const found: [string, string][] = [];
    for (const key of await redis.keys('*')) {
      found.push(['key', key]);
      const type = await redis.type(key);
      if (type === 'string') found.push([key, (await redis.get(key)) ?? '']);
      if (type === 'hash') {
        for (const [field, text] of Object.entries(await redis.hgetall(key))) {
          found.push([`${key} ${field}`, `${field} ${text}`]);
        }
      }
      if (type === 'list') found.push([key, (await redis.lrange(key, 0, -1)).join(' ')]);
      if (type === 'zset') found.push([key, (await redis.zrange(key, 0, -1)).join(' ')]);
      if (type === 'set') found.push([key, (await redis.smembers(key)).join(' ')]);
      if (type === 'stream') found.push([key, JSON.stringify(await redis.xrange(key, '-', '+'))]);
    }
    return found;
  }

  test('is in no failure, event, trail, log line, metric or board page, and in the store only where it must be', async () => {
    await refusal('SaveCompanies', 'refused-customer@');
    await refusal('SaveInvoices', 'SF-p-refused-');
    const hidden = { operation: 'SaveInvoices', effect: { kind: 'hidden' as const } };
    await product.sandbox.control.inject({ ...hidden, bodyIncludes: 'SF-p-unresolved-' });
    await product.sandbox.control.inject({
      operation: 'SaveInvoices',
      effect: { kind: 'soapFault', text: `Timeout for ${CANARY}` },
      bodyIncludes: 'SF-p-retried-',
    });
    await product.sandbox.control.addCustomers(
      501,
      ['a', 'b'].map((name) => ({ name: `${CANARY}-${name}`, workEmail: `${CANARY}2@mail.example` })),
    );
    const ends = await Promise.all([
      product.send(personal('p-created')),
      product.send(personal('p-retried')),
      product.send(personal('p-refused')),
      product.send(personal('p-unresolved')),
      product.send(personal('p-currency', { invoice: { currency: 'EUR' } })),
      product.send(personal('p-totals', { invoice: { totals: { net: '1', vat: '1', gross: '2' } } })),
      product.send(personal('p-twins', { customer: { companyOrgNo: '', email: `${CANARY}2@mail.example` } })),
      product.send(
        personal('p-customer', {
          customer: { companyOrgNo: '987 111 222', email: 'refused-customer@mail.example' },
        }),
      ),
      product.send({ ...personal('p-payload'), [`${CANARY} key`]: CANARY, lines: [{ name: CANARY }] }),
      product.send({ ...personal('p-shop'), shopId: `${CANARY} shop` }),
    ]);
    await product.check({
      schemaVersion: 1,
      shopId: SHOP,
      requestId: 'p-check',
      requestedAt: '2021-01-20T08:00:00Z',
      invoiceId: 'p-created',
    });
    const reasons = ends.flatMap((end) => ('failedReason' in end ? [end.failedReason] : []));
    expect(
      ends.map((end) => ('failedReason' in end ? end.failedReason.split(': ')[0] : 'transferred')),
    ).toEqual([
      'transferred',
      'transferred',
      'order.refused',
      'order.vanished',
      'invoice.currency_mismatch',
      'invoice.totals_mismatch',
      'customer.ambiguous',
      'customer.refused',
      'payload.invalid',
      'payload.invalid',
    ]);
    expect(reasons.every((reason) => isErrorCode(reason.split(': ')[0] ?? ''))).toBe(true);

    const login = { authorization: `Basic ${Buffer.from('ops:ops-password').toString('base64')}` };
    const pages = await Promise.all(
      ['/metrics', '/readyz', '/board/api/queues?activeQueue=invoice-transfer&status=failed&page=1'].map(
        async (path): Promise<[string, string]> => {
          const response = await fetch(`${product.app.opsUrl}${path}`, { headers: login });
          expect(response.status).toBe(200);
          return [path, await response.text()];
        },
      ),
    );
    expect(pages[2]?.[1]).toContain('p-refused');
    expect(logLines.length).toBeGreaterThan(50);

    const jobData = /^\{sharefox24seven\}:invoice-transfer:\d+ data$/;
    const unresolved = `${keys().record(ofInvoice('p-unresolved'))} payload`;
    const told = [
      ...reasons.map((reason): [string, string] => ['failedReason', reason]),
      ...logLines.map((line): [string, string] => ['log', line]),
      ...pages,
      ...(await textsInRedis()).filter(([where]) => !jobData.test(where) && where !== unresolved),
    ];
    const leaks = told.flatMap(([where, text]) => {
      const at = text.search(new RegExp(SECRETS.join('|'), 'i'));
      return at < 0 ? [] : [`${where}: …${text.slice(Math.max(0, at - 150), at + 60)}…`];
    });
    expect(leaks).toEqual([]);
    expect(await product.record('p-unresolved')).toHaveProperty('payload');
  });
});
