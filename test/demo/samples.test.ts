import { expect, test } from 'vitest';
import { parseInvoiceTransferJob } from '../../src/contract/parse.ts';
import { shopSettings } from '../../src/contract/shop.ts';
import { SAMPLE_INVOICES, SAMPLE_SHOPS } from '../../src/demo/samples.ts';
import { decideInvoice } from '../../src/domain/invoice.ts';

const NEEDS_THE_BOOKS = ['transferred', 'vat.not_found', 'customer.ambiguous'];

test.each(SAMPLE_INVOICES.map((sample) => [sample.input.invoice.id, sample] as const))(
  'sample %s is a payload of the contract, and its own sums decide as it says',
  (_id, { input, ends }) => {
    const parsed = parseInvoiceTransferJob({ ...input, requestId: 'click' });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const shop = SAMPLE_SHOPS.find(({ settings }) => settings.shopId === input.shopId);
    const check = decideInvoice(parsed.data, shopSettings.parse(shop?.settings));
    const decided = check.kind === 'ok' ? check.warnings.map(({ code }) => code) : check.code;
    const skipped = input.invoice.id === '2004-1' ? ['line.skipped'] : [];
    expect(decided).toEqual(NEEDS_THE_BOOKS.includes(ends) ? skipped : ends);
  },
);

test('no two samples share an id, and each fits a line of the demo', () => {
  expect(new Set(SAMPLE_INVOICES.map(({ input }) => input.invoice.id)).size).toBe(SAMPLE_INVOICES.length);
  for (const { shows } of SAMPLE_INVOICES) expect(shows.length).toBeLessThanOrEqual(55);
});
