/** Requests for a single invoice, by operation, while no other can join them. */
import type { InvoiceTransferInput } from '../../../src/contract/jobs.ts';
import { withTyped } from '../../docs/examples.ts';
import { type CustomerKind, invoiceFor, invoicesFor } from './invoices.ts';
import { createPlainClient } from './plain-client.ts';
import type { Row, TopicReport } from './report.ts';
import { countByName, type SeenRequest } from './requests-seen.ts';
import { inWorld, type World } from './world.ts';

interface Case {
  what: string;
  kind: CustomerKind;
  /** Whether an invoice of this shop, and of this customer, was transferred before. */
  shop: 'new' | 'warm';
  customer: 'new' | 'returning';
  atMost: number;
}

const CASES: Case[] = [
  { what: 'very first invoice of a new shop', kind: 'company', shop: 'new', customer: 'new', atMost: 16 },
  { what: 'new company, warm shop', kind: 'company', shop: 'warm', customer: 'new', atMost: 6 },
  { what: 'new private person, warm shop', kind: 'private', shop: 'warm', customer: 'new', atMost: 6 },
  {
    what: 'returning unchanged company',
    kind: 'company',
    shop: 'warm',
    customer: 'returning',
    atMost: 4,
  },
  {
    what: 'returning unchanged private person',
    kind: 'private',
    shop: 'warm',
    customer: 'returning',
    atMost: 4,
  },
];

export async function measureRequests(): Promise<TopicReport> {
  return inWorld({ behaviour: { keepBodies: true } }, async (world) => {
    const rows: Row[] = [];
    const notes: string[] = [];
    for (const each of CASES) {
      const ours = await oursFor(world, each);
      const plain = await plainFor(world, each);
      rows.push({
        what: each.what,
        measured: ours.length,
        unit: '',
        beside: { what: 'plain', measured: plain.length },
        aim: { atMost: each.atMost },
      });
      for (const { name, requests } of countByName(ours)) {
        rows.push({ what: `  ${name}`, measured: requests, unit: '' });
      }
      if (ours.length > each.atMost) {
        notes.push(`over the aim, in order: ${each.what}: ${ours.map(({ name }) => name).join(' > ')}`);
      }
    }
    rows.push(...(await burstRows(world)));
    return {
      topic: 'requests',
      conditions:
        'SOAP requests of one invoice alone; plain: a one-call-at-a-time client that keeps its session',
      rows,
      notes,
    };
  });
}

const BURST = 500;
/** How joins fall is chance: so much more is the same. */
const CHANCE = 1.1;

/** A burst in a warm shop, its lines of one product or of three: knowing more products costs no request. */
async function burstRows(world: World): Promise<Row[]> {
  const products = { a: { name: 'Utleie A' }, b: { name: 'Utleie B' }, c: { name: 'Utleie C' } };
  const burst = async (productIds: string[]) => {
    const { shopId } = await world.connectShop({}, { products });
    const withProducts = (invoice: InvoiceTransferInput) =>
      withTyped(invoice, { invoice: {}, lines: productIds.map((productId) => ({ productId })) });
    await world.transfer(invoicesFor(shopId, 'company', 20, { first: 1, count: 20 }).map(withProducts));
    const invoices = invoicesFor(shopId, 'company', BURST, { first: 1, count: 20 }).map(withProducts);
    return (await world.requestsOf(() => world.transfer(invoices))).length;
  };
  const one = await burst(['a', 'a', 'a']);
  const three = await burst(['a', 'b', 'c']);
  return [
    { what: `burst of ${BURST}, one product`, measured: one, unit: '' },
    {
      what: `burst of ${BURST}, three products`,
      measured: three,
      unit: '',
      aim: { atMost: Math.ceil(one * CHANCE) },
    },
  ];
}

/** Each case in a shop of its own. */
async function oursFor(world: World, { kind, shop, customer }: Case): Promise<SeenRequest[]> {
  const { shopId } = await world.connectShop();
  if (shop === 'warm') await world.transfer([invoiceFor(shopId, 'company', 1)]);
  if (customer === 'returning') await world.transfer([invoiceFor(shopId, kind, 2)]);
  return world.requestsOf(() => world.transfer([invoiceFor(shopId, kind, 2)]));
}

async function plainFor(world: World, { kind, shop, customer }: Case): Promise<SeenRequest[]> {
  const access = await world.connectShop();
  const client = createPlainClient({ baseUrl: world.sandboxUrl, access, session: 'kept' });
  try {
    if (shop === 'warm') await client.transfer(invoiceFor(access.shopId, 'company', 1));
    if (customer === 'returning') await client.transfer(invoiceFor(access.shopId, kind, 2));
    return await world.requestsOf(() => client.transfer(invoiceFor(access.shopId, kind, 2)));
  } finally {
    client.close();
  }
}
