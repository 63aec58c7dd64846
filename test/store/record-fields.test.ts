import { describe, expect, it } from 'vitest';
import { applyChanges, fromFields, toFields } from '../../src/store/record-fields.ts';
import type { TransferRecord } from '../../src/transfer/ports/records.ts';

const RECORD: TransferRecord = {
  state: 'preparing',
  revision: 2,
  acceptedAt: 1_610_530_200_000,
  updatedAt: 1_610_530_200_001,
  attempts: 1,
  unknownOutcome: false,
  ended: [],
};

describe('a record as hash fields', () => {
  it('is read with the defaults a fresh record has, and without the fields of the lease', () => {
    const fields = {
      state: 'accepted',
      revision: '1',
      attempts: '0',
      acceptedAt: '1610530200000',
      updatedAt: '1610530200001',
      fence: 'f',
      epoch: 'e',
      leaseUntil: '1610530290000',
      requestId: 'r',
    };
    expect(fromFields(fields)).toEqual({
      state: 'accepted',
      revision: 1,
      attempts: 0,
      acceptedAt: 1_610_530_200_000,
      updatedAt: 1_610_530_200_001,
      unknownOutcome: false,
      ended: [],
    });
  });

  it.each([{}, { fence: 'f' }, { state: '' }, { state: 'no state of ours' }])(
    'is no record without a state of ours: %j',
    (fields) => {
      expect(fromFields(fields)).toBeUndefined();
    },
  );

  it('sets what has a value, deletes what is null, and leaves out what is undefined', () => {
    const { orderId, ...changes } = {
      orderId: undefined,
      unknownOutcome: true,
      adopted: false,
      sentAt: null,
    };
    expect(toFields({ ...changes, ...(orderId === undefined ? {} : { orderId }) })).toEqual({
      sets: [
        ['unknownOutcome', '1'],
        ['adopted', '0'],
      ],
      deletes: ['sentAt'],
    });
    expect(toFields({ orderId } as unknown as Parameters<typeof toFields>[0])).toEqual({
      sets: [],
      deletes: [],
    });
  });

  it('in hand changes the same way, and the one before stays as it was', () => {
    const before = { ...RECORD, sentAt: 5 };
    const after = applyChanges(before, { sentAt: null, state: 'sending', attempts: 2 });
    expect(after).toEqual({ ...RECORD, state: 'sending', attempts: 2 });
    expect(before).toEqual({ ...RECORD, sentAt: 5 });
  });
});
