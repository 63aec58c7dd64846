/** The code of the page for Sharefox's developers, run as it stands there. */
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventType, transferResult } from '../../src/contract/results.ts';
import { createProducer } from '../../src/producer.ts';
import { type Product, startProduct } from '../support/product.ts';
import { blocksOf, readDocument } from './markdown.ts';

const page = readDocument('docs/sharefox.md');
const [withProducer = '', withBullMq = ''] = blocksOf(page, 'js');
const [enqueue = ''] = blocksOf(page, 'lua');
const [invoice = ''] = blocksOf(page, 'json');
const [shop = ''] = blocksOf(readDocument('docs/support.md'), 'json');

type Scope = Record<string, unknown>;

/** Run `code` without its imports: what they name is given in `scope`; returns the variables of `names`. */
async function run(code: string, scope: Scope, names: string[] = []): Promise<Scope> {
  const body = `${code.replace(/^import .*$/gm, '')}\nreturn { ${names.join(', ')} };`;
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  return new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope));
}

let product: Product;
let listener: Redis;

beforeAll(async () => {
  product = await startProduct();
  await product.connectShop(JSON.parse(shop));
  listener = new Redis(product.redis.url);
});
afterAll(async () => {
  listener.disconnect();
  await product.stop();
});

/** The next event after `id`, as a consumer of the stream reads it. */
async function nextEvent(id: string): Promise<{ id: string; event: Record<string, string> }> {
  const answer = await listener.xread('COUNT', 1, 'BLOCK', 30_000, 'STREAMS', product.store.keys.events, id);
  const [entryId, fields] = answer?.[0]?.[1]?.[0] ?? ['', []];
  const event = Object.fromEntries(
    Array.from({ length: fields.length / 2 }, (_, index) => [fields[2 * index], fields[2 * index + 1]]),
  );
  return { id: entryId, event };
}

function payloadOf(invoiceId: string): Scope {
  const payload = JSON.parse(invoice);
  payload.invoice.id = invoiceId;
  return payload;
}

it('what the package, plain BullMQ and plain Redis add each becomes an order and is counted down again', async () => {
  const REDIS_URL = product.redis.url;
  const { added } = await run(withProducer, { createProducer, REDIS_URL, payload: payloadOf('1018-1') }, [
    'added',
  ]);
  expect(added).toBe(true);
  const first = await nextEvent('0');

  const made = await run(withBullMq, { Queue, Redis, REDIS_URL, payload: payloadOf('1018-2') }, [
    'queue',
    'redis',
  ]);
  const second = await nextEvent(first.id);
  await (made.queue as Queue).close();
  (made.redis as Redis).disconnect();

  const third = payloadOf('1018-3');
  const keys = ['{sharefox24seven}:invoice-transfer', '{sharefox24seven}:outstanding'];
  const args = ['invoice-transfer', randomUUID(), String(third.shopId), JSON.stringify(third), Date.now()];
  for (const _time of ['once', 'again']) await listener.eval(enqueue, keys.length, ...keys, ...args);
  const last = await nextEvent(second.id);

  for (const { event } of [first, second, last]) {
    expect(eventType.parse(event.type)).toBe('transfer.completed');
    expect(transferResult.parse(JSON.parse(event.body ?? '')).outcome).toBe('created');
  }
  expect([first, second, last].map(({ event }) => event.invoiceId)).toEqual(['1018-1', '1018-2', '1018-3']);
  await expect.poll(() => listener.hgetall(product.store.keys.outstandingOf('invoice-transfer'))).toEqual({});
});
