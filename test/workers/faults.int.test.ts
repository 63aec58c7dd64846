/**
 * Every fault on every operation a first invoice needs, before and after the service has done its part: each
 * invoice comes to its one right end. What stops everybody (503, a refused login or company, quarantine) is in
 * circuits.int.test.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TransferResult } from '../../src/contract/results.ts';
import type { SandboxBooks } from '../../src/sandbox/books.ts';
import type { FaultEffect, FaultSpec } from '../../src/sandbox/faults.ts';
import { clientIdOf, RENTAL, seedOf, settingsOf, shopIdOf, verifiedOf } from '../lab/chaos/companies.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';

type When = 'before' | 'after';

const READS = [
  'GetIdentity',
  'GetInvoices',
  'GetTaxCodeList',
  'GetCompanies',
  'GetCategories',
  'GetProducts',
];
const SAVES = ['SaveCompanies', 'SaveCategories', 'SaveProducts', 'SaveInvoices'];

/** The answer is lost, or says nothing that can be relied on. */
const UNCLEAR: [name: string, effect: FaultEffect][] = [
  ['a reset', { kind: 'reset' }],
  ['no answer in time', { kind: 'hang' }],
  ['half an answer', { kind: 'cut' }],
  ['a truncated answer', { kind: 'truncated' }],
  ['an empty answer', { kind: 'empty' }],
  ['a 500 page', { kind: 'http', status: 500 }],
  ['a fault of its database', { kind: 'soapFault', text: 'Timeout expired' }],
];
const UNCLEAR_SAVE: typeof UNCLEAR = [
  ['an exception beside an id', { kind: 'apiException', withId: true }],
  ['an exception of its database', { kind: 'apiException', withId: false }],
  ['an answer without the member', { kind: 'missingMember' }],
];
/** Refused before anything was done. */
const REFUSED: typeof UNCLEAR = [
  ['a 429', { kind: 'throttled' }],
  ['a lost session', { kind: 'sessionLost' }],
];

interface Case {
  operation: string;
  name: string;
  effect: FaultEffect;
  when: When;
}
const BOTH: When[] = ['before', 'after'];
const casesOf = (operations: string[], faults: typeof UNCLEAR, whens: When[]): Case[] =>
  operations.flatMap((operation) =>
    faults.flatMap(([name, effect]) => whens.map((when) => ({ operation, name, effect, when }))),
  );
/** Stride through them, coprime to their number: three alike in a row would be taken for an outage. */
const STRIDE = 37;
const inRow: Case[] = [
  ...casesOf(['Login', ...READS, ...SAVES], UNCLEAR, BOTH),
  ...casesOf(SAVES, UNCLEAR_SAVE, BOTH),
  ...casesOf([...READS, ...SAVES], REFUSED, ['before']),
];
const CASES = inRow.flatMap((_, index) => inRow[(index * STRIDE) % inRow.length] ?? []);

/** What became of a first invoice that met the fault once. */
interface Told {
  outcome: string;
  orders: number;
  customers: number;
  products: number;
  categories: number;
  events: (string | undefined)[];
}

let product: Product;
let told: Told[];
beforeAll(async () => {
  product = await startProduct({
    sandbox: { seed: seedOf(CASES.length) },
    env: { WORKER_CONCURRENCY: '24' },
  });
  // All at once, each in a company of its own, because most of it is waiting.
  told = await Promise.all(CASES.map(struck));
}, 180_000);
afterAll(() => product.stop());

/** A login says which company it is for; every other call has a session. */
function faultOf({ operation, effect, when }: Case, shop: number): FaultSpec {
  const whose =
    operation === 'Login' ? { bodyIncludes: verifiedOf(shop).identityId } : { clientId: clientIdOf(shop) };
  return { operation, effect, when, ...whose };
}

async function struck(one: Case, shop: number): Promise<Told> {
  const { store, sandbox } = product;
  await store.shops.restore({ settings: settingsOf(shop), disabled: false, verified: verifiedOf(shop) });
  await sandbox.control.inject(faultOf(one, shop));
  const id = `f${shop}`;
  const job = await product.addTransfer(anInvoiceInput({ shopId: shopIdOf(shop), invoice: { id } }));
  const end = await product.endOf<TransferResult>(job);
  const { orders, customers, products, categories } = await sandbox.control.books(clientIdOf(shop));
  return {
    outcome: 'result' in end ? end.result.outcome : end.failedReason,
    ...{ orders: orders.length, customers: customers.length },
    ...{ products: named(products), categories: named(categories) },
    events: (await product.events(id)).map(({ type }) => type),
  };
}

const named = (entries: SandboxBooks['products']) => entries.filter(({ name }) => name === RENTAL).length;

describe.each(['Login', ...READS, ...SAVES])('%s', (operation) => {
  const cases = CASES.flatMap((one, shop) => (one.operation === operation ? [{ ...one, shop }] : []));

  test.each(cases)('$name $when it is done: one order, one of everything else', ({ shop, when }) => {
    const isAdopted = operation === 'SaveInvoices' && when === 'after';
    expect(told[shop]).toEqual({
      // A machine with other work to do may lose an answer of its own, and adopt then.
      outcome: expect.stringMatching(isAdopted ? /^adopted$/ : /^(created|adopted)$/),
      ...{ orders: 1, customers: 1, products: 1, categories: 1 },
      events: ['transfer.completed'],
    });
  });
});

test('every fault has struck, and nothing was against the rules of 24SevenOffice', async () => {
  const { control } = product.sandbox;
  const struckCount = (await control.requests()).filter(({ fault }) => fault !== null).length;
  expect(struckCount).toBe(CASES.length);
  expect(await control.violations()).toEqual([]);
});
