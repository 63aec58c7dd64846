import { describe, expect, test } from 'vitest';
import { contentHash } from '../../src/domain/content.ts';
import { aLine, anInvoiceJob } from '../support/builders.ts';

const job = anInvoiceJob();
const hash = contentHash(job);

describe('content is the same', () => {
  test('whoever asks, at any time and any revision', () => {
    const again = anInvoiceJob({
      requestId: 'request-2',
      requestedAt: '2021-02-01T00:00:00Z',
      requestedBy: 'admin-7',
      invoice: { revision: 3 },
    });
    expect(contentHash(again)).toBe(hash);
  });

  test('in any order of keys, and with defaults written out', () => {
    const { invoice, ...rest } = job;
    const reversed = Object.fromEntries(Object.entries(invoice).reverse()) as typeof invoice;
    expect(contentHash({ invoice: reversed, ...rest })).toBe(hash);
    expect(contentHash(anInvoiceJob({ invoice: { kind: 'invoice', revision: 1 } }))).toBe(hash);
  });

  test('its hash is sha256 in hex, and does not change between versions', () => {
    expect(hash).toBe('fffb288231db59c795adde7000cf4f326f95be300e3558c70acfd08ce6a03cbc');
  });
});

describe('content differs', () => {
  test.each([
    ['amount', anInvoiceJob({ lines: [{ ...aLine(), unitPrice: '450.01' }] })],
    ['line order', anInvoiceJob({ lines: [aLine({ id: 'b' }), aLine()] })],
    ['customer', anInvoiceJob({ customer: { city: 'Bergen' } })],
    ['comment', anInvoiceJob({ invoice: { comment: 'x' } })],
    ['shop', anInvoiceJob({ shopId: 'other.mysharefox.com' })],
    ['buyer reference', anInvoiceJob({ invoice: { buyerReference: 'Kari' } })],
    ['purchase order', anInvoiceJob({ invoice: { purchaseOrderNumber: '4711' } })],
    ['delivery date', anInvoiceJob({ invoice: { deliveryDate: '2021-01-12' } })],
    ['location', anInvoiceJob({ invoice: { location: 'oslo' } })],
    ['location of a line', anInvoiceJob({ lines: [{ ...aLine(), location: 'oslo' }] })],
    ['due date', anInvoiceJob({ invoice: { dueDate: '2021-01-28' } })],
  ])('with another %s', (_what, other) => {
    expect(contentHash(other)).not.toBe(hash);
  });

  test('with the same lines in another order', () => {
    const [a, b] = [aLine({ id: 'a' }), aLine({ id: 'b' })];
    expect(contentHash(anInvoiceJob({ lines: [a, b] }))).not.toBe(
      contentHash(anInvoiceJob({ lines: [b, a] })),
    );
  });
});
