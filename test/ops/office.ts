/** The product with an invoice in each state, as the person meets it who is called: one did not arrive. */
import { vi } from 'vitest';
import type { TransferRecords } from '../../src/transfer/ports/records.ts';
import { anInvoiceInput } from '../support/builders.ts';
import { BERG, type Product, SHOP, startProduct } from '../support/product.ts';

export const OPERATOR = { username: 'ops', password: 'ops-password' };
export const VIEWER = { username: 'looker', password: 'looks' };
/** Its invoices are in Swedish kronor, and it is connected for Norwegian ones. */
export const SWEDISH_SHOP = 'berg.mysharefox.com';
/** 24SevenOffice does not let our user into its account. */
export const SHUT_SHOP = 'dal.mysharefox.com';
const SHUT = { clientId: 999, identityId: '1d000000-0000-4000-8000-000000000999' };
const SOON = { timeout: 20_000 };

export interface Office extends Product {
  stateOf(invoiceId: string, shopId?: string): Promise<string | undefined>;
  /** Its send gets no answer and reaches nobody: it is unresolved. */
  sendUnanswered(id: string): Promise<void>;
  /** The Swedish shop's, rejected for their currency. */
  sendInKronor(...ids: string[]): Promise<void>;
  connectSwedishShop(currency: string): Promise<void>;
  /** Until it is let go on, no retry gets to read its record. */
  holdRetries(): { goOn(): void };
}

const anInvoice = (id: string, overrides: Parameters<typeof anInvoiceInput>[0] = {}) =>
  anInvoiceInput({ requestId: `${id}-click`, ...overrides, invoice: { id, ...overrides.invoice } });

/**
 * 1018-1 is transferred, 1020-1 to 1022-1 and 1023-1 are rejected, 1024-1 is unresolved, 1025-1 waits for the
 * shop to let us in, and 1026-1 has not begun.
 */
export async function openOffice(): Promise<Office> {
  let held = Promise.resolve();
  const read: (records: TransferRecords) => TransferRecords['read'] = (records) => async (key) => {
    await held;
    return records.read(key);
  };
  const product = await startProduct({
    ports: {
      store: (store) => ({ ...store, records: { ...store.records, read: read(store.records) } }),
      booksOf: (booksOf) => booksOf,
    },
    env: { OPS_VIEWER_USERNAME: VIEWER.username, OPS_VIEWER_PASSWORD: VIEWER.password },
  });
  const office: Office = {
    ...product,
    stateOf: async (invoiceId, shopId = SHOP) =>
      (await product.store.records.read({ shopId, invoiceId }))?.state,
    async sendUnanswered(id) {
      const fault = {
        operation: 'SaveInvoices',
        effect: { kind: 'reset' },
        when: 'before',
        count: 1,
      } as const;
      await product.sandbox.control.inject(fault);
      await product.send(anInvoice(id));
    },
    async sendInKronor(...ids) {
      for (const id of ids)
        await product.send(anInvoice(id, { shopId: SWEDISH_SHOP, invoice: { currency: 'SEK' } }));
    },
    holdRetries() {
      let goOn = () => {};
      held = new Promise((resolve) => {
        goOn = resolve;
      });
      return { goOn };
    },
    connectSwedishShop: (currency) =>
      product.connectShop({ shopId: SWEDISH_SHOP, accountName: 'Berg Maskin AS', currency }, BERG),
  };
  await product.connectShop({ shopId: SHOP, afterUnknown: 'ask' });
  await office.connectSwedishShop('NOK');
  await product.connectShop({ shopId: SHUT_SHOP, accountName: 'Dal Utleie AS' }, SHUT);
  await product.send(anInvoice('1018-1'));
  await office.sendInKronor('1020-1', '1021-1', '1022-1');
  await product.send(anInvoice('1023-1', { invoice: { type: 'printed' } }));
  await office.sendUnanswered('1024-1');
  await product.addTransfer(anInvoice('1025-1', { shopId: SHUT_SHOP }));
  await vi.waitUntil(
    async () => (await product.store.lists.page('open', 0, 10)).rows[0]?.waitsFor !== undefined,
    SOON,
  );
  await product.addTransfer(anInvoice('1026-1'), { delay: 3_600_000 });
  return office;
}
