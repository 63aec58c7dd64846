/** The documents' examples that go together: a payload with what the bookkeeper would have typed. */
import type { InvoiceTransferInput } from '../../src/contract/jobs.ts';
import { Decimal } from '../../src/domain/money.ts';

interface Typed {
  invoice: Partial<InvoiceTransferInput['invoice']>;
  lines: Partial<InvoiceTransferInput['lines'][number]>[];
}

/** One line of the payload for each line that is typed, and the sums of so many. */
export function withTyped(payload: InvoiceTransferInput, typed: Typed): InvoiceTransferInput {
  const [line] = payload.lines;
  if (line === undefined) throw new Error('the example has a line');
  const times = (sum: string) => new Decimal(sum).times(typed.lines.length).toFixed(2);
  const { net, vat, gross } = payload.invoice.totals;
  return {
    ...payload,
    invoice: {
      ...payload.invoice,
      ...typed.invoice,
      totals: { net: times(net), vat: times(vat), gross: times(gross) },
    },
    lines: typed.lines.map((more, index) => ({ ...line, id: `line-${index + 1}`, ...more })),
  };
}
