import { expect, test } from 'vitest';
import type { Findings } from '../../src/demo/findings.ts';
import { SAMPLE_INVOICES } from '../../src/demo/samples.ts';
import { selfCheck } from '../../src/demo/self-check.ts';
import { aBooksOrder, aFinding, anEntry, aTransferRecord, someBooks, someFindings } from './builders.ts';

const wrong = (findings: Findings) =>
  selfCheck(findings)
    .filter(({ ok }) => !ok)
    .map(({ text }) => text.split('; but: ')[1]);

test('books that are as promised pass every check', () => {
  expect(wrong(someFindings())).toEqual([]);
  expect(selfCheck(someFindings()).map(({ text }) => text)).toContain(
    "1 order for 1 transferred invoice, each in its shop's own company",
  );
});

test('a second order of the same invoice is found', () => {
  const books = someBooks({ orders: [aBooksOrder(), aBooksOrder({ orderId: 1002 })] });
  expect(wrong(someFindings({ books }))).toEqual([
    'order 1002 is a second one for SF-1001-1-aaaaaaaa, their numbers differ',
  ]);
});

test('an order that belongs to no invoice, as a write into the wrong company leaves it, is found', () => {
  const books = someBooks({ orders: [aBooksOrder(), aBooksOrder({ orderId: 1002, reference: 'SF-x' })] });
  expect(wrong(someFindings({ books }))).toEqual([
    'order 1002 belongs to no transferred invoice of Fjord Utleie AS, their numbers differ',
  ]);
});

test('a transferred invoice without its order is found', () => {
  const findings = someFindings({
    books: someBooks({ orders: [] }),
    invoices: [aFinding({ order: undefined, status: undefined })],
  });
  expect(wrong(findings)).toEqual([
    'the order of 1001-1 is not in the books of Fjord Utleie AS, their numbers differ',
    '1001-1 is 8975.00, its order missing',
    '1001-1 is order_missing, told not checked',
  ]);
});

test("an order without its buyer's reference is found", () => {
  const [sample] = SAMPLE_INVOICES.filter(({ input }) => input.invoice.buyerReference !== undefined);
  if (sample === undefined) throw new Error('one sample has a reference');
  const found = aFinding();
  expect(
    wrong(someFindings({ invoices: [{ ...found, sample: { ...found.sample, input: sample.input } }] })),
  ).toContain(`the order of ${sample.input.invoice.id} has another reference or department`);
});

test('an order with another total is found', () => {
  const invoices = [aFinding({ order: aBooksOrder({ totalIncVat: '8975.01' }) })];
  expect(wrong(someFindings({ invoices }))).toEqual(['1001-1 is 8975.00, its order 8975.01']);
});

test('an invoice that did not end as its rule says is found, and so is one without an end', () => {
  const rejected = aTransferRecord({ state: 'rejected', code: 'vat.not_found' });
  const books = someBooks({ orders: [] });
  expect(
    wrong(someFindings({ books, invoices: [aFinding({ record: rejected, order: undefined })] })),
  ).toEqual(['1001-1 is vat.not_found, not transferred']);
  expect(
    wrong(someFindings({ books, invoices: [aFinding({ record: undefined, order: undefined })] })),
  ).toEqual(['1001-1 is no end, not transferred']);
});

test('a customer who is in the books twice is found, by organisation number or by name and e-mail', () => {
  const [kari, bygg] = someBooks().customers;
  if (kari === undefined || bygg === undefined) throw new Error('the books have two customers');
  const sameNumber = anEntry(3, 'Bygg og Anlegg', { OrganizationNumber: '987654321' });
  const twice = { ...kari, id: 4 };
  const namesake = anEntry(5, 'Nordmann', { FirstName: 'Kari' });
  const books = someBooks({ customers: [kari, bygg, sameNumber, twice, namesake] });
  expect(wrong(someFindings({ books }))).toEqual([
    'customer 3 of Fjord Utleie AS is in the books twice, customer 4 of Fjord Utleie AS is in the books twice',
  ]);
});

test('a second rental product or category, or none, is found', () => {
  const again = anEntry(3, 'SharefoxRental');
  const books = someBooks({ products: [...someBooks().products, again], categories: [] });
  expect(wrong(someFindings({ books }))).toEqual([
    'Fjord Utleie AS has 2 products "SharefoxRental", Fjord Utleie AS has 0 categories "SharefoxRental"',
  ]);
});

test('a status that is not what the books say is found', () => {
  const invoices = [aFinding({ order: aBooksOrder({ paid: null }) })];
  expect(wrong(someFindings({ invoices }))).toEqual(['1001-1 is invoiced, told paid']);
});

test('a request outside the schema is found', () => {
  const violation = {
    at: 0,
    kind: 'schema',
    operation: 'SaveInvoices',
    clientId: 501,
    message: 'Rows',
  } as const;
  expect(wrong(someFindings({ violations: [violation] }))).toEqual(['SaveInvoices: Rows']);
});
