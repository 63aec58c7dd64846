import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../src/clock.ts';
import { invoiceTransferJob } from '../src/contract/jobs.ts';
import { openProduct } from '../src/product.ts';
import type { Claim, TransferRecords } from '../src/transfer/ports/records.ts';
import { anInvoiceInput } from './support/builders.ts';
import { quietLogger, type Surroundings, startSurroundings } from './support/surroundings.ts';

let around: Surroundings;
beforeAll(async () => {
  around = await startSurroundings();
});
afterAll(() => around.stop());

test('whoever opens the product, what 24SevenOffice said is kept without what the invoice says', async () => {
  const kept: (string | undefined)[] = [];
  const keeping = (records: TransferRecords): TransferRecords => ({
    ...records,
    end: async (_claim, { message }) => void kept.push(message),
  });
  const product = openProduct(around.config, {
    clock: systemClock,
    logger: quietLogger(),
    ports: {
      store: (store) => ({ ...store, records: keeping(store.records) }),
      booksOf: (booksOf) => booksOf,
    },
  });
  const payload = invoiceTransferJob.parse(anInvoiceInput());
  const { email } = payload.customer;
  const claim = { record: { payload } } as Claim;
  const end = {
    state: 'rejected',
    code: 'order.refused',
    message: `24SevenOffice refused CompanyService.Save: ${email} is unknown`,
  } as const;
  await product.store.records.end(claim, end as never);
  await product.transferDeps.records.end(claim, end as never);
  await product.close();
  expect(kept).toHaveLength(2);
  for (const message of kept) expect(message).toMatch(/^24SevenOffice refused CompanyService.Save: /);
  expect(kept.join()).not.toContain(email);
});
