import { describe, expect, test } from 'vitest';
import { decideInvoice } from '../../src/domain/invoice.ts';
import { aLine, anInvoiceJob, aShop } from '../support/builders.ts';

const zero = (id: string) => aLine({ id, unitPrice: '0', name: 'Gratis henger' });
const rebate = (unitPrice: string) =>
  aLine({ id: 'rebate', kind: 'custom', quantity: '1', unitPrice, discountPercent: '0' });

describe('an invoice that may be sent', () => {
  test('has its lines, its sums and no warning', () => {
    const job = anInvoiceJob();
    expect(decideInvoice(job, aShop())).toEqual({
      kind: 'ok',
      lines: [{ ...job.lines[0], number: 1 }],
      totals: { net: '1215.00', vat: '303.75', gross: '1518.75' },
      warnings: [],
    });
  });

  test('may have a total of zero', () => {
    const totals = { net: '0', vat: '0', gross: '0.00' };
    const check = decideInvoice(anInvoiceJob({ lines: [zero('a')], invoice: { totals } }), aShop());
    expect(check).toMatchObject({ kind: 'ok', totals: { net: '0.00', vat: '0.00', gross: '0.00' } });
  });
});

describe('an invoice is refused', () => {
  test('R2: a printed invoice is not transferred', () => {
    const check = decideInvoice(anInvoiceJob({ invoice: { type: 'printed' } }), aShop());
    expect(check).toMatchObject({ kind: 'rejected', code: 'invoice.type_not_transferable' });
  });

  test('as a credit note', () => {
    const job = anInvoiceJob({ invoice: { kind: 'credit', creditsInvoiceId: '1017-1' } });
    expect(decideInvoice(job, aShop())).toMatchObject({ code: 'invoice.credit_unsupported' });
  });

  test("in another currency than the shop's, naming both", () => {
    const check = decideInvoice(anInvoiceJob({ invoice: { currency: 'SEK' } }), aShop());
    expect(check).toMatchObject({ code: 'invoice.currency_mismatch' });
    expect(check).toHaveProperty('message', expect.stringMatching(/SEK.*NOK/));
  });

  test('below zero', () => {
    const job = anInvoiceJob({
      lines: [rebate('-1')],
      invoice: { totals: { net: '0', vat: '0', gross: '0' } },
    });
    expect(decideInvoice(job, aShop())).toMatchObject({ code: 'invoice.negative_total' });
  });

  test('with lines of zero only, if the shop skips those', () => {
    const job = anInvoiceJob({
      lines: [zero('a'), zero('b')],
      invoice: { totals: { net: '0', vat: '0', gross: '0' } },
    });
    expect(decideInvoice(job, aShop({ zeroPriceLines: 'skip' }))).toMatchObject({
      code: 'invoice.nothing_to_send',
    });
  });

  test('for the first reason of several', () => {
    const job = anInvoiceJob({
      invoice: { type: 'printed', kind: 'credit', creditsInvoiceId: '1', currency: 'SEK' },
    });
    expect(decideInvoice(job, aShop())).toMatchObject({ code: 'invoice.type_not_transferable' });
  });
});

describe('lines of zero', () => {
  const totals = { net: '1215.00', vat: '303.75', gross: '1518.75' };
  const job = anInvoiceJob({
    lines: [
      zero('a'),
      aLine(),
      aLine({ id: 'c', quantity: '0' }),
      aLine({ id: 'd', discountPercent: '100' }),
    ],
    invoice: { totals },
  });

  test('are sent unless the shop skips them', () => {
    const check = decideInvoice(job, aShop());
    expect(check).toMatchObject({ kind: 'ok', warnings: [] });
    expect(check).toHaveProperty('lines.length', 4);
  });

  test('are skipped with a warning each if the shop says so; the others keep their numbers', () => {
    const check = decideInvoice(job, aShop({ zeroPriceLines: 'skip' }));
    expect(check).toMatchObject({ kind: 'ok', totals, lines: [{ id: 'line-1', number: 2 }] });
    expect(check).toHaveProperty('warnings', [
      { code: 'line.skipped', path: 'lines.0', message: expect.stringMatching(/^line 1 /) },
      expect.objectContaining({ code: 'line.skipped', path: 'lines.2' }),
      expect.objectContaining({ code: 'line.skipped', path: 'lines.3' }),
    ]);
  });
});

describe('control sums', () => {
  const withSums = (net: string, vat: string, gross: string, lines = [aLine()]) =>
    decideInvoice(anInvoiceJob({ lines, invoice: { totals: { net, vat, gross } } }), aShop());

  test('may be written with other decimals', () => {
    expect(withSums('1215', '303.7500', '1518.75')).toMatchObject({ kind: 'ok', warnings: [] });
  });

  test('an øre a line is a warning', () => {
    expect(withSums('1215.00', '303.76', '1518.76')).toMatchObject({
      kind: 'ok',
      totals: { gross: '1518.75' },
      warnings: [{ code: 'invoice.rounding_difference', path: 'invoice.totals' }],
    });
  });

  test.each([
    ['net', '1215.02', '303.75', '1518.75'],
    ['VAT', '1215.00', '303.73', '1518.75'],
    ['gross', '1215.00', '303.75', '1518.7601'],
  ])('more than an øre a line in the %s sum is refused, with both sums', (_sum, net, vat, gross) => {
    const check = withSums(net, vat, gross);
    expect(check).toMatchObject({ kind: 'rejected', code: 'invoice.totals_mismatch' });
    const message = 'message' in check ? check.message : '';
    expect(message).toContain(`net ${net}, VAT ${vat}, gross ${gross}`);
    expect(message).toContain('net 1215.00, VAT 303.75, gross 1518.75');
  });

  test('the tolerance grows with the lines', () => {
    const two = [aLine(), aLine({ id: 'b' })];
    expect(withSums('2430.00', '607.52', '3037.52', two)).toMatchObject({ kind: 'ok' });
    expect(withSums('2430.00', '607.53', '3037.53', two)).toMatchObject({ kind: 'rejected' });
  });

  test('sums in the wrong price basis are refused', () => {
    const job = anInvoiceJob({ invoice: { pricesIncludeVat: true } });
    expect(decideInvoice(job, aShop())).toMatchObject({ code: 'invoice.totals_mismatch' });
  });
});
