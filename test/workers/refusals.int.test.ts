/** Invoices that are refused: the code, the record, the event, and nothing written in the shop's books. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { decideMark } from '../../src/domain/mark.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { type Product, startProduct } from '../support/product.ts';
import { SHOP } from '../support/surroundings.ts';

let product: Product;
beforeAll(async () => {
  product = await startProduct();
  await product.connectShop();
  await product.connectShop({ shopId: 'disabled.mysharefox.com' });
  await product.store.shops.disable('disabled.mysharefox.com');
  await product.connectShop({ shopId: 'skips.mysharefox.com', zeroPriceLines: 'skip' });
  await product.connectShop({ shopId: 'euro.mysharefox.com', currency: 'EUR' });
  await product.store.shops.save({
    ...(await settingsOf(SHOP)),
    shopId: 'unverified.mysharefox.com',
  });
  await product.sandbox.control.addCustomers(501, TWINS_THERE);
  await product.send(anInvoiceInput({ invoice: { id: 'first' } }));
});
afterAll(() => product.stop());

async function settingsOf(shopId: string) {
  const shop = await product.store.shops.find(shopId);
  if (shop === undefined) throw new Error(`no shop ${shopId}`);
  return shop.settings;
}

type Line = InvoiceTransferInput['lines'][number];
const aLine = (change: Partial<Line>): Line => ({
  id: 'line-1',
  kind: 'custom',
  name: 'Frakt',
  quantity: '1',
  unitPrice: '100.00',
  vatPercent: '25',
  ...change,
});
const totals = (net: string, vat: string, gross: string) => ({ totals: { net, vat, gross } });
const TWINS = {
  isCompany: false,
  companyName: '',
  companyOrgNo: '',
  firstName: 'Per',
  email: 'twins@home.example',
};

const TWINS_THERE = ['Ola', 'Kari'].map((firstName) => ({
  name: 'Tvilling',
  firstName,
  workEmail: TWINS.email,
}));

type Change = Parameters<typeof anInvoiceInput>[0];
const REFUSED: [code: string, what: string, change: Change][] = [
  ['invoice.type_not_transferable', 'a printed invoice', { invoice: { type: 'printed' } }],
  [
    'invoice.credit_unsupported',
    'a credit note',
    { invoice: { kind: 'credit', creditsInvoiceId: '1017-1' } },
  ],
  ['invoice.currency_mismatch', 'an invoice in euro', { invoice: { currency: 'EUR' } }],
  ['invoice.currency_mismatch', 'an invoice in kroner of a euro shop', { shopId: 'euro.mysharefox.com' }],
  ['invoice.totals_mismatch', 'a gross two øre off', { invoice: totals('1215.00', '303.75', '1518.77') }],
  ['invoice.totals_mismatch', 'sums of zero', { invoice: totals('0', '0', '0') }],
  [
    'invoice.negative_total',
    'a rebate above the price',
    {
      invoice: totals('0.00', '0.00', '0.00'),
      lines: [aLine({}), aLine({ id: 'line-2', unitPrice: '-100.04' })],
    },
  ],
  [
    'invoice.nothing_to_send',
    'zero prices only, of a shop that skips them',
    {
      shopId: 'skips.mysharefox.com',
      invoice: totals('0', '0', '0'),
      lines: [aLine({ unitPrice: '0' })],
    },
  ],
  ['shop.unknown', 'an unknown shop', { shopId: 'nobody.mysharefox.com' }],
  ['shop.not_verified', 'a shop that was not verified', { shopId: 'unverified.mysharefox.com' }],
  ['shop.disabled', 'a shop that is switched off', { shopId: 'disabled.mysharefox.com' }],
  [
    'vat.not_found',
    'a VAT percentage nobody has',
    { invoice: totals('100.00', '13.00', '113.00'), lines: [aLine({ vatPercent: '13' })] },
  ],
  [
    'vat.ambiguous',
    'a VAT percentage with several codes',
    { invoice: totals('100.00', '0.00', '100.00'), lines: [aLine({ vatPercent: '0' })] },
  ],
  ['customer.ambiguous', 'an e-mail address of two customers', { customer: TWINS }],
];

test.each(REFUSED)(
  '%s: %s fails at once, with its record and event, and writes nothing',
  async (code, what, change) => {
    const id = what.replaceAll(/[^a-z]/g, '').slice(0, 30);
    const data = anInvoiceInput({ requestId: `${id} click`, ...change, invoice: { ...change?.invoice, id } });
    await product.sandbox.control.resetCounts();

    const end = await product.endOf(await product.addTransfer(data, { attempts: 4 }));
    if (!('failedReason' in end)) throw new Error('was transferred');
    expect(end.failedReason).toMatch(new RegExp(`^${code.replace('.', '\\.')}: \\S`));
    expect(end.attemptsMade).toBe(1);
    const message = end.failedReason.slice(code.length + 2);

    expect(await product.record(id, data.shopId)).toMatchObject({ state: 'rejected', code, message });
    const events = await product.events(id);
    expect(events).toMatchObject([
      { type: 'transfer.rejected', shopId: data.shopId, invoiceId: id, requestId: data.requestId },
    ]);
    expect(JSON.parse(events[0]?.body ?? '')).toEqual({ code, message });

    const saves = Object.keys(await product.sandbox.control.counts()).filter((name) =>
      name.startsWith('Save'),
    );
    expect(saves).toEqual([]);
  },
);

test('an invoice without a tax code leaves no new customer behind', async () => {
  const customer = { companyName: 'Helt Ny AS', companyOrgNo: '995 111 222', email: 'helt@ny.example' };
  const lines = [aLine({ vatPercent: '13' })];
  const invoice = { id: 'no-code', ...totals('100.00', '13.00', '113.00') };
  await product.sandbox.control.resetCounts();
  expect(await product.send(anInvoiceInput({ invoice, customer, lines }))).toMatchObject({
    failedReason: expect.stringMatching(/^vat\.not_found: /),
  });
  expect(await product.record('no-code')).toMatchObject({ state: 'rejected' });
  expect(await product.sandbox.control.counts()).not.toHaveProperty('SaveCompanies');
});

test('a refused click delivered again is told the same, and adds no event', async () => {
  const data = anInvoiceInput({ invoice: { id: 'told-1', currency: 'EUR' }, requestId: 'told click' });
  const first = await product.send(data);
  expect(await product.send(data)).toEqual(first);
  expect(await product.events('told-1')).toHaveLength(1);
});

test('a refused invoice that was corrected is transferred at the next click', async () => {
  const data = (requestId: string, currency: string) =>
    anInvoiceInput({ invoice: { id: 'corrected-1', currency }, requestId });
  expect(await product.send(data('first', 'EUR'))).toHaveProperty('failedReason');
  expect(await product.send(data('second', 'NOK'))).toMatchObject({ result: { outcome: 'created' } });
  expect((await product.events('corrected-1')).map(({ type }) => type)).toEqual([
    'transfer.rejected',
    'transfer.completed',
  ]);
  const record = await product.record('corrected-1');
  expect(record).toMatchObject({ state: 'transferred' });
  expect(record).not.toHaveProperty('code');
});

/** A company without any order of ours: nothing has shown yet that its orders can be searched by mark. */
async function aNewShop(clientId: number): Promise<string> {
  const identityId = `1d000000-0000-4000-8000-000000000${clientId}`;
  const name = `Ny Utleie ${clientId} AS`;
  await product.sandbox.control.addCompany({ clientId, identityId, name, customers: TWINS_THERE });
  const shopId = `new-${clientId}.mysharefox.com`;
  await product.connectShop({ shopId, accountName: name }, { clientId, identityId });
  return shopId;
}

test('an ambiguous customer in a shop’s first invoice is refused, and the corrected invoice is transferred', async () => {
  const shopId = await aNewShop(601);
  const invoice = { id: 'first-twins' };
  expect(await product.send(anInvoiceInput({ shopId, invoice, customer: TWINS }))).toMatchObject({
    failedReason: expect.stringMatching(/^customer\.ambiguous: /),
  });
  expect(await product.record('first-twins', shopId)).toMatchObject({ state: 'rejected' });
  const customer = { ...TWINS, email: 'per@home.example' };
  expect(
    await product.send(anInvoiceInput({ shopId, invoice, customer, requestId: 'second' })),
  ).toMatchObject({ result: { outcome: 'created', customer: 'created' } });
});

test('a customer refused in a shop’s first invoice is no end of it: the next click transfers it', async () => {
  const shopId = await aNewShop(602);
  const data = anInvoiceInput({ shopId, invoice: { id: 'first-refused' } });
  await product.sandbox.control.inject({
    operation: 'SaveCompanies',
    effect: { kind: 'apiException', withId: false, type: 'System.Exception', message: 'No such country' },
    clientId: 602,
  });
  expect(await product.send(data)).toMatchObject({
    failedReason: expect.stringMatching(/^customer\.refused: .*No such country/),
  });
  expect(await product.record('first-refused', shopId)).toMatchObject({ state: 'rejected' });
  expect(await product.send({ ...data, requestId: 'second' })).toMatchObject({
    result: { outcome: 'created', customer: 'created' },
  });
});

test('an order that stands at one of two ambiguous customers is adopted, although its mark cannot be searched', async () => {
  const shopId = await aNewShop(603);
  const { control } = product.sandbox;
  const mark = decideMark({ clientId: '603', shopId, invoiceId: 'stands' });
  const [categoryId = 0] = await control.addCategories(603, [{ name: 'SharefoxRental' }]);
  const [productId = 0] = await control.addProducts(603, [{ name: 'SharefoxRental', categoryId }]);
  const twin = (await control.books(603)).customers[1]?.id ?? 0;
  const row = { price: '450.00', quantity: '3', discountRate: '10', taxCode: 10 };
  const [orderId] = await control.addOrders(603, [
    {
      customerId: twin,
      reference: mark.reference,
      externalStatus: mark.externalStatus,
      rows: [{ productId, name: 'Traktor', ...row }],
    },
  ]);
  await control.configure({ externalStatusFilter: 'finds_nothing' });
  const end = await product.send(anInvoiceInput({ shopId, invoice: { id: 'stands' }, customer: TWINS }));
  await control.configure({ externalStatusFilter: 'works' });
  expect(end).toMatchObject({ result: { outcome: 'adopted', orderId, customerId: twin } });
});

test('nothing of it was against the rules of 24SevenOffice', async () => {
  expect(await product.sandbox.control.violations()).toEqual([]);
});
