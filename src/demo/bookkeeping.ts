/** What a person does in 24SevenOffice afterwards: publish orders as invoices, and book payments. */
import type { SampleInvoice } from './sample-invoices.ts';
import type { SampleShop } from './sample-shops.ts';
import type { DemoSystem } from './system.ts';

export interface Booked {
  published: number;
  paid: number;
}

/** Invoices without an order are passed over; the self-check says what is missing. */
export async function keepBooks(
  { store, sandbox }: DemoSystem,
  { shops, samples }: { shops: readonly SampleShop[]; samples: readonly SampleInvoice[] },
): Promise<Booked> {
  const booked = { published: 0, paid: 0 };
  for (const { bookkeeping, input } of samples) {
    const shop = shops.find(({ settings }) => settings.shopId === input.shopId);
    if (bookkeeping === undefined || shop === undefined) continue;
    const record = await store.records.read({ shopId: input.shopId, invoiceId: input.invoice.id });
    if (record?.orderId === undefined) continue;
    await sandbox.control.publish(shop.clientId, record.orderId);
    booked.published += 1;
    if (bookkeeping === 'published') continue;
    const today = new Date().toISOString().slice(0, 10);
    await sandbox.control.pay(shop.clientId, record.orderId, `${today}T00:00:00`);
    booked.paid += 1;
  }
  return booked;
}
