import { Queue, QueueEvents } from 'bullmq';
import { Decimal } from 'decimal.js';
import type { Product } from './product.ts';

const PREFIX = '{sharefox24seven}';
/** Job options that the documents ask of every other producer. */
const KEEP = { removeOnComplete: { age: 604_800 }, removeOnFail: { age: 2_592_000 } };

/** The slowest invoice here waits for a killed worker's lock (10 s) and a few settles (3 s each). */
const LONGEST_MS = 90_000;

export type Line = {
  id: string;
  kind: 'rental' | 'custom';
  name: string;
  period?: { from: string; to: string };
  quantity: string;
  unitPrice: string;
  discountPercent?: string;
  vatPercent: string;
};
export type Payload = {
  schemaVersion: 1;
  shopId: string;
  requestId: string;
  requestedAt: string;
  invoice: {
    id: string;
    revision: number;
    type: string;
    orderId: string;
    issueDate: string;
    dueDate: string;
    currency: string;
    pricesIncludeVat: boolean;
    comment?: string;
    totals: { net: string; vat: string; gross: string };
  };
  customer: {
    isCompany: boolean;
    firstName: string;
    lastName: string;
    companyName?: string;
    companyOrgNo?: string;
    email: string;
    phone?: string;
    address?: string;
    postcode?: string;
    city?: string;
    country?: string;
  };
  lines: Line[];
};
export type Ended = { value?: Record<string, unknown>; failedReason?: string };

export const rental = (
  name: string,
  quantity: string,
  unitPrice: string,
  vatPercent = '25',
  discountPercent?: string,
): Line => ({
  id: name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-'),
  kind: 'rental',
  name,
  period: { from: '2021-01-10', to: '2021-01-12' },
  quantity,
  unitPrice,
  ...(discountPercent === undefined ? {} : { discountPercent }),
  vatPercent,
});

export const custom = (name: string, quantity: string, unitPrice: string, vatPercent = '25'): Line => ({
  id: name.toLowerCase(),
  kind: 'custom',
  name,
  quantity,
  unitPrice,
  vatPercent,
});

/** Net, VAT and gross of lines, exact. */
export const sums = (
  lines: Line[],
  pricesIncludeVat: boolean,
): { net: Decimal; vat: Decimal; gross: Decimal } => {
  let [net, vat] = [new Decimal(0), new Decimal(0)];
  for (const line of lines) {
    const left = new Decimal(100).minus(line.discountPercent ?? '0').div(100);
    const sum = new Decimal(line.quantity).times(line.unitPrice).times(left);
    const without = pricesIncludeVat ? sum.times(100).div(new Decimal(100).plus(line.vatPercent)) : sum;
    net = net.plus(without);
    vat = vat.plus(without.times(line.vatPercent).div(100));
  }
  return { net, vat, gross: net.plus(vat) };
};

let clicks = 0;

export const invoice = (
  shopId: string,
  id: string,
  customer: Payload['customer'],
  lines: Line[],
  more: { pricesIncludeVat?: boolean; revision?: number; comment?: string } = {},
): Payload => {
  clicks += 1;
  const pricesIncludeVat = more.pricesIncludeVat ?? false;
  const { net, vat, gross } = sums(lines, pricesIncludeVat);
  return {
    schemaVersion: 1,
    shopId,
    requestId: `click-${clicks}`,
    requestedAt: new Date().toISOString(),
    invoice: {
      id,
      revision: more.revision ?? 1,
      type: 'data_for_accounting',
      orderId: '1018',
      issueDate: '2021-01-13',
      dueDate: '2021-01-27',
      currency: 'NOK',
      pricesIncludeVat,
      ...(more.comment === undefined ? {} : { comment: more.comment }),
      totals: { net: net.toFixed(2), vat: vat.toFixed(2), gross: gross.toFixed(2) },
    },
    customer,
    lines,
  };
};

export type Sharefox = ReturnType<typeof sharefoxOn>;

/** A back end that knows plain BullMQ and the two documents, nothing else. */
export const sharefoxOn = (product: Product) => {
  const connection = { url: product.redisUrl };
  const open = (name: string) => {
    const queue = new Queue(name, { prefix: PREFIX, connection });
    const events = new QueueEvents(name, { prefix: PREFIX, connection });
    // Each job that is waited for adds a listener.
    queue.setMaxListeners(0);
    events.setMaxListeners(0);
    return { queue, events };
  };
  const queues = { 'invoice-transfer': open('invoice-transfer'), 'status-check': open('status-check') };

  const add = async (name: keyof typeof queues, data: { shopId: string }): Promise<() => Promise<Ended>> => {
    const { queue, events } = queues[name];
    await events.waitUntilReady();
    const outstanding = await product.redis.hincrby(`${PREFIX}:outstanding`, data.shopId, 1);
    const job = await queue.add(name, data, { ...KEEP, priority: Math.min(outstanding, 2_097_151) });
    return () =>
      job.waitUntilFinished(events, LONGEST_MS).then(
        (value: Record<string, unknown>) => ({ value }),
        (error: Error) => ({ failedReason: error.message }),
      );
  };

  return {
    /** Adds the invoice. Returns a function that waits for its end. */
    begin: (payload: Payload) => add('invoice-transfer', payload),
    send: async (payload: Payload): Promise<Ended> => (await add('invoice-transfer', payload))(),
    checkStatus: async (shopId: string, invoiceId: string): Promise<Ended> => {
      clicks += 1;
      const data = {
        schemaVersion: 1,
        shopId,
        requestId: `click-${clicks}`,
        requestedAt: new Date().toISOString(),
        invoiceId,
      };
      return (await add('status-check', data))();
    },
    record: (shopId: string, id: string) => product.redis.hgetall(`${PREFIX}:transfer:${shopId}:${id}`),
    /** Every event so far, as objects. */
    events: async (): Promise<Record<string, string>[]> => {
      const entries = await product.redis.xrange(`${PREFIX}:events`, '-', '+');
      return entries.map(([, fields]) =>
        Object.fromEntries(
          fields.flatMap((field, index) => (index % 2 === 0 ? [[field, fields[index + 1] ?? '']] : [])),
        ),
      );
    },
    close: async (): Promise<void> => {
      for (const { queue, events } of Object.values(queues))
        await Promise.all([queue.close(), events.close()]);
    },
  };
};
