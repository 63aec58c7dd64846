/**
 * What a payload and a shop without products per line, locations and references save, byte by byte: `saves.json`
 * was recorded by the version before those came.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { InvoiceTransferJob } from '../../../src/contract/jobs.ts';
import type { ShopSettingsInput } from '../../../src/contract/shop.ts';
import { createTransferInvoice } from '../../../src/transfer/transfer-invoice.ts';
import { aLine, anInvoiceJob, aShop } from '../../support/builders.ts';
import { aManualClock } from '../../support/fake-clock.ts';
import { openMemoryStore } from '../../support/memory-store.ts';
import { aRun } from '../../transfer/worker.ts';
import { anEditedJob } from '../../transfer/world.ts';
import { fjord, startHarness } from '../support.ts';

const GOLDEN = join(import.meta.dirname, 'saves.json');

const custom = aLine({
  id: 'c',
  kind: 'custom',
  name: 'Frakt',
  quantity: '1',
  unitPrice: '100.00',
  discountPercent: '0',
});
const { period: _none, ...freight } = custom;

/** Whole shops and their invoices, in the order they are sent. */
const SCENES: { settings: Partial<ShopSettingsInput>; jobs: InvoiceTransferJob[] }[] = [
  {
    settings: { resend: 'update' },
    jobs: [
      anInvoiceJob(),
      anEditedJob('request-2', 5),
      anInvoiceJob({
        invoice: {
          ...{ id: '1019-1', orderId: '1019', orderRef: 'PO "7" & <8>', comment: 'Levert '.repeat(60) },
          totals: { net: '1315.00', vat: '328.75', gross: '1643.75' },
        },
        lines: [aLine(), freight],
      }),
      anInvoiceJob({
        invoice: {
          ...{ id: '1020-1', pricesIncludeVat: true },
          totals: { net: '972.00', vat: '243.00', gross: '1215.00' },
        },
        customer: { isCompany: false, companyName: '', companyOrgNo: '', email: 'ola@home.example' },
      }),
    ],
  },
  {
    settings: {
      ...{
        departmentId: 3,
        projectId: 4,
        orderStatus: 'Draft',
        language: 'en',
        productCategoryName: 'Utleie',
      },
      vatCodes: { '25': 10 },
    },
    jobs: [anInvoiceJob({ invoice: { comment: 'x' } })],
  },
];

async function savesOf({ settings, jobs }: (typeof SCENES)[number]): Promise<string[]> {
  const harness = await startHarness({ taxCodeMeans: 'tax_id' });
  const clock = aManualClock();
  const { shops, ...store } = openMemoryStore({ clock });
  await shops.restore({
    settings: aShop(settings),
    disabled: false,
    verified: { ...fjord, verifiedAt: '2021-01-01T00:00:00Z' },
  });
  const transferInvoice = createTransferInvoice({
    ...{ ...store, shops, clock, timing: store.timing, maxAttempts: 5 },
    booksOf: harness.adapter.booksOf,
  });
  for (const job of jobs) await transferInvoice(job, aRun());
  const log = await harness.sandbox.control.requests();
  await harness.stop();
  return log.filter(({ operation }) => operation.startsWith('Save')).map(({ body }) => body ?? '');
}

it('a payload and a shop without the optional fields save what they saved before', async () => {
  const saves = [];
  for (const scene of SCENES) saves.push(await savesOf(scene));
  expect(saves).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
}, 60_000);
