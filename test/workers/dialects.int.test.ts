/**
 * 24SevenOffice as its WSDLs allow it to be, not only as the sandbox is: other prefixes, white space, fields
 * that came later, another order of answers, a search that does not know our mark.
 */
import { describe, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Dialect, startDialectProxy } from '../support/dialect-proxy.ts';
import { type Product, startProduct } from '../support/product.ts';
import { FJORD, SHOP } from '../support/surroundings.ts';

const DIALECTS: [what: string, dialect: Dialect, sandbox: SandboxOptions][] = [
  ['prefixes before its own elements', { prefix: 'q1' }, {}],
  ['white space, comments and a byte order mark', { pretty: true }, {}],
  ['a header and fields that came later', { extras: true }, {}],
  ['lists in another order', { reversed: true }, {}],
  ['decimals of four places, dates with an offset, digits for booleans', { scalars: true }, {}],
  ['chunks, closed connections and cookies of its own', { http: true }, {}],
  ['a search that does not look at ExternalStatus', {}, { externalStatusFilter: 'ignored' }],
  ['a search that finds nothing by ExternalStatus', {}, { externalStatusFilter: 'finds_nothing' }],
  [
    'all of it at once',
    { prefix: 'q1', pretty: true, extras: true, reversed: true, scalars: true, http: true },
    { answers: 'written_out', externalStatusFilter: 'ignored' },
  ],
];

const LINES: InvoiceTransferInput['lines'] = [
  {
    id: 'line-1',
    kind: 'rental',
    name: 'Lavvo & «bål» <stor>',
    period: { from: '2021-01-10', to: '2021-01-12' },
    quantity: '3',
    unitPrice: '450.00',
    discountPercent: '10',
    vatPercent: '25',
  },
  { id: 'line-2', kind: 'custom', name: 'Mat', quantity: '2.5', unitPrice: '99.90', vatPercent: '15' },
];
const TOTALS = { net: '1464.75', vat: '341.21', gross: '1805.96' };

function anInvoice(id: string, email: string, companyOrgNo = ''): InvoiceTransferInput {
  const isCompany = companyOrgNo !== '';
  return anInvoiceInput({
    requestId: `click-${id}`,
    invoice: { id, totals: TOTALS },
    customer: { isCompany, companyName: isCompany ? `Firma ${companyOrgNo}` : '', companyOrgNo, email },
    lines: LINES,
  });
}

/** A first one alone, then some at once: two people, two companies, each with several invoices. */
async function sendAll(product: Product): Promise<string[]> {
  const first = anInvoice('1-1', 'anna@home.example');
  const rest = Array.from({ length: 12 }, (_, index) => {
    const id = `2-${index}`;
    const customers = [
      anInvoice(id, 'anna@home.example'),
      anInvoice(id, 'bjorn@home.example'),
      anInvoice(id, 'post@nord.example', '911 111 111'),
      anInvoice(id, 'post@vest.example', '922 222 222'),
    ] as const;
    return customers[index % 4] ?? customers[0];
  });
  const ends = [await product.send(first), ...(await Promise.all(rest.map((each) => product.send(each))))];
  expect(ends.map((end) => ('result' in end ? end.result.totals.posted : end.failedReason))).toEqual(
    ends.map(() => TOTALS.gross),
  );
  return [first, ...rest].map(({ invoice }) => invoice.id);
}

describe('the same invoices become the same orders where 24SevenOffice has', () => {
  test.each(DIALECTS)('%s', async (_, dialect, sandbox) => {
    const proxy = await startDialectProxy(dialect);
    const product = await startProduct({ sandbox, env: { TFSO_BASE_URL: proxy.url } });
    try {
      const { control } = product.sandbox;
      proxy.pointAt(product.sandbox.url);
      await product.connectShop();
      const before = (await control.books(FJORD.clientId)).customers.length;
      const sent = await sendAll(product);

      const { orders, customers, products } = await control.books(FJORD.clientId);
      expect(orders.map(({ reference }) => reference?.replace(/^SF-|-[a-z2-7]{8}$/g, '')).sort()).toEqual(
        sent.sort(),
      );
      expect(customers.length - before).toBe(4);
      expect(products.filter(({ name }) => name === 'SharefoxRental')).toHaveLength(1);
      expect(await control.violations()).toEqual([]);

      const again = await product.send({ ...anInvoice('1-1', 'anna@home.example'), requestId: 'again' });
      expect(again).toMatchObject({ result: { outcome: 'already_transferred' } });
      const orderId = Number((await product.record('1-1')).orderId);
      await control.publish(FJORD.clientId, orderId);
      await control.pay(FJORD.clientId, orderId, '2021-02-03T00:00:00');
      const check = { schemaVersion: 1, shopId: SHOP, requestedAt: '2021-02-04T08:00:00Z' } as const;
      const told = await product.check({ ...check, requestId: 'check-1', invoiceId: '1-1' });
      expect(told).toMatchObject({ result: { status: 'paid', paidOn: '2021-02-03', orderId } });
    } finally {
      await product.stop();
      await proxy.stop();
    }
  });
});
