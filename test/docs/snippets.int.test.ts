/** The code of the page for Sharefox's developers, run as it stands there. */
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { eventType, orderEventBodies, transferResult } from '../../src/contract/results.ts';
import { createProducer } from '../../src/producer.ts';
import { type Product, startProduct } from '../support/product.ts';
import { blocksOf, readDocument } from './markdown.ts';

const page = readDocument('docs/sharefox.md');
const [withProducer = '', withBullMq = '', consumer = ''] = blocksOf(page, 'js');
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
  product = await startProduct({ env: { FOLLOW_EVERY_MS: '200' } });
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

it('the consumer of order events keeps each once, and after a crash those it had not acknowledged', async () => {
  const REDIS_URL = product.redis.url;
  const payload = { ...payloadOf('followed'), requestId: 'followed click' };
  const end = await product.send(payload as unknown as InvoiceTransferInput);
  if (!('result' in end)) throw new Error(end.failedReason);
  const { orderId } = end.result;
  const kept: { id: string; event: { type: string; invoiceId: string; body: unknown } }[] = [];
  let crashes = true;
  const keep = async (id: string, event: (typeof kept)[number]['event']) => {
    kept.push({ id, event });
    if (crashes) throw new Error('crash');
  };
  const consume = async (isRunning: () => boolean) => {
    const made: Redis[] = [];
    class Connection extends Redis {
      constructor(url: string) {
        super(url);
        made.push(this);
      }
    }
    try {
      await run(consumer, { Redis: Connection, REDIS_URL, isRunning, keep });
    } finally {
      for (const one of made) one.disconnect();
    }
  };

  await product.sandbox.control.publish(501, orderId);
  await expect(consume(() => true)).rejects.toThrow('crash');
  crashes = false;
  await consume(() => kept.length < 2);
  await product.sandbox.control.pay(501, orderId, '2021-02-03T00:00:00');
  await consume(() => kept.length < 3);

  expect(kept.map(({ event }) => event.type)).toEqual(['order.invoiced', 'order.invoiced', 'order.paid']);
  expect(kept[1]).toEqual(kept[0]);
  for (const { event } of kept) {
    expect(event.invoiceId).toBe('followed');
    orderEventBodies[event.type as keyof typeof orderEventBodies].parse(event.body);
  }
});
