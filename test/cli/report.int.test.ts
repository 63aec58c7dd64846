/** `report`: what it prints, its file, and how it ends. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blocksOf, readDocument } from '../docs/markdown.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { BERG, FJORD, type Product, SHOP, startProduct } from '../support/product.ts';
import { run } from './support.ts';

let product: Product;
const orders = new Map<string, number>();

async function transfer(id: string, invoice: Parameters<typeof anInvoiceInput>[0] = {}): Promise<void> {
  const end = await product.send(
    anInvoiceInput({ requestId: `${id} click`, ...invoice, invoice: { id, ...invoice.invoice } }),
  );
  if ('result' in end) orders.set(id, end.result.orderId);
}

beforeAll(async () => {
  product = await startProduct();
  await product.connectShop();
  for (const id of ['1018-1', '1019-1', '1020-1']) await transfer(id);
  await transfer('1022-1', { invoice: { issueDate: '2021-02-01' } });
  await transfer('1023-1', { invoice: { type: 'printed' } });
  const { control } = product.sandbox;
  for (const id of ['1018-1', '1019-1']) await control.publish(FJORD.clientId, orders.get(id) ?? 0);
  await control.pay(FJORD.clientId, orders.get('1018-1') ?? 0, '2021-02-01T00:00:00');
});
afterAll(() => product.stop());

const report = (...args: string[]) => run(['report', SHOP, ...args], product.env);
const JANUARY = ['--from', '2021-01-01', '--to', '2021-01-31'];

test('one request reads all orders, and each step and difference is told with its invoices', async () => {
  await product.sandbox.control.resetCounts();
  const { exitCode, out, err } = await report(...JANUARY);
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: [] });
  expect((await product.sandbox.control.counts()).GetInvoices).toBe(1);
  expect(out.filter((line) => !line.startsWith('orders read'))).toEqual([
    'acme.mysharefox.com, invoices issued 2021-01-01 to 2021-01-31',
    '',
    'NOK                      invoices            net            VAT          gross',
    'asked for by Sharefox           4        4860.00        1215.00        6075.00',
    '  − rejected                    1        1215.00         303.75        1518.75',
    'sent                            3        3645.00         911.25        4556.25',
    'standing                        3        3645.00         911.25        4556.25',
    '  − not invoiced                1        1215.00         303.75        1518.75',
    'invoiced                        2        2430.00         607.50        3037.50',
    '  − not paid                    1        1215.00         303.75        1518.75',
    'paid                            1        1215.00         303.75        1518.75',
    '',
    'by VAT percent                               net            VAT',
    '    25 %   asked                         4860.00        1215.00',
    '    25 %   sent                          3645.00         911.25',
    '    25 %   standing                      3645.00         911.25',
    '    25 %   invoiced                      2430.00         607.50',
    '    25 %   paid                          1215.00         303.75',
    '',
    'rejected: no order was made',
    '  1023-1',
    '',
    'not invoiced: its order is not published',
    '  1020-1',
    '',
    'not paid: invoiced, and no payment is booked',
    '  1019-1',
    '',
    'it differs',
  ]);
});

test('the page for Support shows what it prints', async () => {
  const [shown = ''] = blocksOf(readDocument('docs/support.md'), 'text').filter((block) =>
    block.startsWith('NOK'),
  );
  const [command = ''] = blocksOf(readDocument('docs/support.md'), 'sh').filter((block) =>
    block.includes(' report '),
  );
  const args = command.trim().replace('npm run cli -- ', '').split(' ');
  const { out } = await run(args, product.env);
  expect(out.join('\n')).toContain(shown.trim());
});

test('from the records alone nothing is asked', async () => {
  await product.sandbox.control.resetCounts();
  const { exitCode, out } = await report(...JANUARY, '--offline');
  expect(exitCode).toBe(1);
  expect(out[1]).toBe('from the records alone: each order as it was seen last');
  expect(out).toContain('  − not invoiced                3        3645.00         911.25        4556.25');
  expect(await product.sandbox.control.counts()).toEqual({});
});

test('an order of another company than the shop is in now is told as it was seen last', async () => {
  await product.connectShop({ accountName: 'Berg Maskin AS' }, BERG);
  const { out } = await report(...JANUARY);
  await product.connectShop();
  expect(out[2]).toBe("3 of another company than the shop's now: as each order was seen last");
  expect(out.join('\n')).not.toContain('missing');
});

describe('the file', () => {
  const file = async (...args: string[]) => (await report(...JANUARY, '--csv', ...args)).out;
  test('begins with a byte order mark, has semicolons and CRLF, and one row an invoice', async () => {
    const lines = await file();
    expect(lines[0]).toMatch(/^\uFEFFInvoice;Issued;Step;Differences;/);
    expect(lines.every((line) => line.endsWith('\r'))).toBe(true);
    expect(lines).toHaveLength(5);
    const [, first = ''] = lines;
    expect(first.split(';').slice(0, 14)).toEqual([
      ...['1018-1', '2021-01-13', 'paid', '', '', 'transferred', '', 'NOK'],
      ...['1215.00', '303.75', '1518.75', '1215.00', '303.75', '1518.75'],
    ]);
    expect(first.split(';')).toContain('2021-02-01');
    expect(new Set(lines.map((line) => line.split(';').length)).size).toBe(1);
  });

  test('has decimal commas where they are asked for, in amounts alone', async () => {
    const [, first = ''] = await file('--decimal-comma');
    expect(first).toContain(';1215,00;303,75;1518,75;');
    expect(first).toContain('2021-01-13');
  });
});

describe('it is told what is wrong with', () => {
  test.each([
    ['no days', [], 2, 'required option'],
    ['a day that is none', ['--from', '2021-02-30', '--to', '2021-03-01'], 2, 'from'],
    ['days the wrong way round', ['--from', '2021-02-01', '--to', '2021-01-01'], 2, 'is after'],
  ])('%s', async (_what, args, exitCode, told) => {
    const ran = await report(...args);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.err.join(' ')).toContain(told);
  });

  test('a shop that is not connected', async () => {
    const ran = await run(['report', 'nobody.mysharefox.com', ...JANUARY], product.env);
    expect(ran).toMatchObject({ exitCode: 1, err: [expect.stringContaining('shop.unknown')] });
  });
});

test('days without an invoice, and days in which all is paid, differ in nothing', async () => {
  expect(await report('--from', '2020-01-01', '--to', '2020-01-31')).toMatchObject({ exitCode: 0 });
  const { control } = product.sandbox;
  const orderId = orders.get('1022-1') ?? 0;
  await control.publish(FJORD.clientId, orderId);
  await control.pay(FJORD.clientId, orderId, '2021-02-20T00:00:00');
  const ran = await report('--from', '2021-02-01', '--to', '2021-02-28');
  expect(ran.exitCode).toBe(0);
  expect(ran.out.at(-1)).toBe('nothing differs: all of it stands, and is paid');
});
