/** Transfer records: what is written comes back. */
import { describe, expect, it } from 'vitest';
import type { LocalDate } from '../../../src/contract/jobs.ts';
import type { TransferRecord } from '../../../src/transfer/ports/records.ts';
import { anInvoiceJob } from '../../support/builders.ts';
import { aResult, claimed, expectAbout, KEY, type Open, useHarness } from './harness.ts';

const RESULT = aResult();

export function recordWritesContract(open: Open): void {
  const h = useHarness(open);

  describe('a note', () => {
    it('of every field is read back as it was written', async () => {
      const claim = await claimed(h.store);
      const changes: Required<Omit<TransferRecord, 'ended' | 'updatedAt'>> = {
        state: 'ordered',
        revision: 2,
        denied: true,
        newestAt: 1_610_530_200_000,
        newestHash: 'newest',
        shownBefore: { comment: 'a' },
        sentFields: { rows: 'b', 'due date': 'c' },
        acceptedAt: 1_610_530_200_000,
        attempts: 3,
        unknownOutcome: true,
        sentAt: 1_610_530_200_001,
        sentHash: 'abc',
        sentComment: 'def',
        sentPaymentTime: 14,
        missedAt: 1_610_530_200_002,
        orderedAt: 1_610_530_200_003,
        orderId: 2_147_483_647,
        customerId: 301,
        productId: 701,
        rowProductIds: [701, 702],
        reference: RESULT.reference,
        clientId: '9223372036854775807',
        adopted: true,
        updating: true,
        jobId: 'job-1',
        looks: 4,
        waitsFor: 'service.unavailable',
        code: 'order.vanished',
        message: 'with "quotes", ÆØÅ and\nlines',
        result: RESULT,
        customer: 'updated',
        product: 'created',
        category: 'found',
        payload: anInvoiceJob(),
        issuedOn: '2021-01-10' as LocalDate,
        currency: 'NOK',
        expected: { net: '1000.00', vat: '250.00', gross: '1250.00', rates: { 25: ['1000.00', '250.00'] } },
        shown: { net: '1000.00', vat: '250.00', gross: '1250.00' },
        orderStatus: 'Invoiced',
        invoiceNumber: 20_001,
        invoicedOn: '2021-01-12' as LocalDate,
        dueOn: '2021-01-26' as LocalDate,
        paidOn: '2021-01-20' as LocalDate,
        followedAt: 1_610_530_200_004,
        basis: {
          total: '1250.00',
          vat: '250.00',
          rowCount: 1,
          rows: 'ab12',
          reference: 'SF',
          customerId: 301,
        },
        differences: [{ what: 'total', expected: '1250.00', found: '1300.00' }],
        differsSince: 1_610_530_200_005,
        paidSeenAt: 1_610_530_200_006,
        orderMissedAt: 1_610_530_200_007,
        goneAt: 1_610_530_200_008,
      };
      await h.store.records.note(claim, changes);
      const read = await h.other.records.read(KEY);
      expect(read).toEqual({ ...changes, updatedAt: read?.updatedAt, ended: [] });
      expect(claim.record).toMatchObject(changes);
    });

    it('clears with null, leaves alone with undefined, and the record in hand agrees', async () => {
      const claim = await claimed(h.store);
      await h.store.records.note(claim, { sentAt: 5, orderId: 7, adopted: true });
      const { orderId, ...rest } = { orderId: undefined, sentAt: null, adopted: false };
      await h.store.records.note(claim, orderId === undefined ? rest : {});
      const read = await h.store.records.read(KEY);
      expect(read).toMatchObject({ orderId: 7, adopted: false });
      expect(read).not.toHaveProperty('sentAt');
      expect(claim.record).toEqual({ ...read, updatedAt: claim.record.updatedAt });
    });

    it('and a renewal, too, say when the record was last touched', async () => {
      const claim = await claimed(h.store);
      for (const touch of [() => h.store.records.note(claim, {}), () => h.store.records.renew(claim)]) {
        await h.elapse(60_000);
        await touch();
        expectAbout((await h.store.records.read(KEY))?.updatedAt ?? 0, h.now());
      }
    });

    it('adds its line to the trail, oldest first, with the time', async () => {
      const claim = await claimed(h.store);
      await h.store.records.note(claim, {}, { step: 'begin', requestId: 'r', revision: 1 });
      await h.store.records.note(claim, {});
      await h.store.records.release(claim, {}, { step: 'wait', code: 'transfer.busy' });
      const trail = await h.other.records.trail(KEY);
      expect(trail).toEqual([
        { step: 'begin', requestId: 'r', revision: 1, at: expect.any(String) },
        { step: 'wait', code: 'transfer.busy', at: expect.any(String) },
      ]);
      expect(Math.abs(Date.parse(trail[0]?.at ?? '') - h.now())).toBeLessThan(20_000);
    });

    it('into a state that is an end makes no event: only an end does', async () => {
      await h.store.records.note(await claimed(h.store), { state: 'unresolved' });
      expect(await h.events()).toEqual([]);
    });
  });

  it('giving a claim back writes its last changes', async () => {
    await h.store.records.release(await claimed(h.store), { attempts: 2 });
    expect((await h.store.records.read(KEY))?.attempts).toBe(2);
    expect((await claimed(h.other)).record.attempts).toBe(2);
  });
}
