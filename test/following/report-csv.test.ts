import { describe, expect, it } from 'vitest';
import type { LocalDate } from '../../src/contract/jobs.ts';
import { decideReport, type ReportedInvoice } from '../../src/domain/report.ts';
import { reportCsv } from '../../src/following/report-csv.ts';

const day = '2021-01-10' as LocalDate;

/** Cells of the only invoice. */
function cells(change: Partial<ReportedInvoice>): string[] {
  const invoice: ReportedInvoice = {
    ...{ invoiceId: '1018-1', issuedOn: day, state: 'rejected', currency: 'NOK' },
    ...change,
  };
  const csv = reportCsv(
    { ...decideReport([invoice]), shopId: 'acme.mysharefox.com', from: day, to: day, elsewhere: 0 },
    { decimalComma: false },
  );
  return csv.split('\r\n')[1]?.split(';') ?? [];
}

describe('a cell', () => {
  it.each(['=SUM(A1)', '+1', '-1', '@A1', '\tx'])('that would begin a formula is a text: %s', (text) => {
    expect(cells({ invoiceId: text })[0]).toBe(`'${text}`);
  });

  it('of a negative amount stays a number', () => {
    const expected = { net: '-5.00', vat: '0.00', gross: '-5.00' };
    expect(cells({ expected })).toContain('-5.00');
  });

  it('with a semicolon or a quote is quoted', () => {
    expect(cells({ currency: 'a"b' })[7]).toBe('"a""b"');
  });
});
