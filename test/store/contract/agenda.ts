/** The agenda: which records the sweep looks at, and when. */
import { describe, expect, it } from 'vitest';
import { CHECK_OPEN_MS, nextLookMs } from '../../../src/domain/agenda.ts';
import { aShop } from '../../support/builders.ts';
import { claimed, KEY, type Open, useHarness } from './harness.ts';

const HOLD_MS = 60_000;
const VERIFIED = { clientId: '501', identityId: 'identity', verifiedAt: '2021-01-13T09:30:00.000Z' };
const REJECTION = { requestId: 'r', code: 'order.vanished', message: 'm', trail: { step: 'test' } } as const;

export function agendaContract(open: Open): void {
  const h = useHarness(open);
  const due = (limit = 10) => h.store.agenda.due(limit, HOLD_MS);
  /** Due after that time and not before. */
  async function expectDueIn(ms: number): Promise<void> {
    await h.elapse(ms - 20_000);
    expect(await due()).toEqual([]);
    await h.elapse(20_000);
    expect(await due()).toEqual([KEY]);
  }

  it('asks after a record under way, from its first claim on', async () => {
    await claimed(h.store);
    await expectDueIn(CHECK_OPEN_MS);
  });

  it('asks again one check after a record has come into another state', async () => {
    const claim = await claimed(h.store);
    await h.elapse(CHECK_OPEN_MS - 10_000);
    await h.store.records.note(claim, { state: 'preparing' });
    await expectDueIn(CHECK_OPEN_MS);
  });

  it('is not put off by a write that leaves the state as it is', async () => {
    const claim = await claimed(h.store);
    await h.elapse(CHECK_OPEN_MS - 10_000);
    await h.store.records.note(claim, { state: 'accepted', attempts: 1 });
    await h.elapse(10_000);
    expect(await due()).toEqual([KEY]);
  });

  it.each(['transferred', 'unresolved'] as const)('looks again at what ended %s', async (state) => {
    await h.store.records.end(await claimed(h.store), { ...REJECTION, state });
    await expectDueIn(nextLookMs(state, 0) ?? 0);
  });

  it('never looks again at what was rejected, by a worker or before', async () => {
    await h.store.records.end(await claimed(h.store), { ...REJECTION, state: 'rejected' });
    await h.store.records.refuse({ ...KEY, invoiceId: '1019' }, 'r', 'shop.unknown', 'm');
    await h.elapse(30 * 24 * 3_600_000);
    expect(await due()).toEqual([]);
  });

  it('asks after a rejected record that was reopened', async () => {
    await h.store.records.end(await claimed(h.store), { ...REJECTION, state: 'rejected' });
    await h.store.records.note(await claimed(h.store), { state: 'preparing' });
    await expectDueIn(CHECK_OPEN_MS);
  });

  it('gives a record to one process, and to the next one where nothing came of it', async () => {
    await claimed(h.store);
    await h.elapse(CHECK_OPEN_MS);
    const answers = await Promise.all([due(), h.other.agenda.due(10, HOLD_MS)]);
    expect(answers.flat()).toEqual([KEY]);
    await h.elapse(HOLD_MS);
    expect(await h.other.agenda.due(10, HOLD_MS)).toEqual([KEY]);
  });

  it('gives the oldest first, and no more than asked for', async () => {
    for (const invoiceId of ['3', '1', '2']) {
      await h.store.records.claim({ ...KEY, invoiceId }, 1);
      await h.elapse(1_000);
    }
    await h.elapse(CHECK_OPEN_MS);
    expect((await due(2)).map(({ invoiceId }) => invoiceId)).toEqual(['3', '1']);
    expect((await due(2)).map(({ invoiceId }) => invoiceId)).toEqual(['2']);
  });

  describe('a record that was looked at', () => {
    it('is looked at again when that was asked for', async () => {
      await claimed(h.store);
      await h.store.agenda.schedule(KEY, 'accepted', 3_600_000);
      await expectDueIn(3_600_000);
    });

    it('is never looked at again where nothing more was asked for', async () => {
      await claimed(h.store);
      await h.store.agenda.schedule(KEY, 'accepted', undefined);
      await h.elapse(30 * 24 * 3_600_000);
      expect(await due()).toEqual([]);
    });

    it('stays as scheduled where it has moved on meanwhile', async () => {
      const claim = await claimed(h.store);
      await h.store.records.note(claim, { state: 'preparing' });
      await h.store.agenda.schedule(KEY, 'accepted', undefined, { countsAsLook: true });
      expect(await h.store.records.read(KEY)).not.toHaveProperty('looks');
      await expectDueIn(CHECK_OPEN_MS);
    });

    it('counts its looks until it comes into another end', async () => {
      await h.store.records.end(await claimed(h.store), { ...REJECTION, state: 'unresolved' });
      for (const looks of [1, 2]) {
        await h.store.agenda.schedule(KEY, 'unresolved', 1_000, { countsAsLook: true });
        expect((await h.other.records.read(KEY))?.looks).toBe(looks);
      }
      await h.store.agenda.schedule(KEY, 'unresolved', 1_000);
      await h.store.records.end(await claimed(h.store), { ...REJECTION, state: 'unresolved' });
      expect((await h.store.records.read(KEY))?.looks).toBe(2);
      await h.store.records.end(await claimed(h.store), { ...REJECTION, state: 'transferred' });
      expect(await h.store.records.read(KEY)).not.toHaveProperty('looks');
    });

    it.each<[string, () => Promise<unknown>]>([
      ['added again', () => h.store.shops.save(aShop())],
      [
        'verified',
        () => h.store.shops.markVerified(KEY.shopId, VERIFIED, { ...aShop(), before: VERIFIED.clientId }),
      ],
    ])('rests while its shop may not transfer, and is due once that is %s', async (_how, change) => {
      await h.store.shops.restore({ settings: aShop(), disabled: false, verified: VERIFIED });
      await h.store.shops.disable(KEY.shopId);
      await h.store.records.end(await claimed(h.store), { ...REJECTION, state: 'unresolved' });
      await h.store.agenda.rest(KEY);
      await h.elapse(30 * 24 * 3_600_000);
      expect(await due()).toEqual([]);
      await change();
      expect(await due()).toEqual([KEY]);
      expect(await due()).toEqual([]);
    });

    it('does not rest where its shop has been switched on meanwhile', async () => {
      await h.store.shops.restore({ settings: aShop(), disabled: false, verified: VERIFIED });
      await claimed(h.store);
      await h.store.agenda.rest(KEY);
      await expectDueIn(CHECK_OPEN_MS);
    });

    it('goes from the agenda where its record is no longer there', async () => {
      await h.store.agenda.schedule(KEY, 'accepted', 0);
      await h.elapse(1_000);
      expect(await due()).toEqual([]);
      expect(await h.store.records.read(KEY)).toBeUndefined();
    });
  });
}
