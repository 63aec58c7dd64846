/** What 24SevenOffice said, kept in a record and told in an event without what the invoice says. */
import type { TransferRecords } from '../src/transfer/ports/records.ts';
import { maskRefusal } from '../src/twentyfourseven/wire/mask.ts';

/** The same records; an end's message is masked by the record's own payload, while it is there. */
export function maskingRefusals(records: TransferRecords): TransferRecords {
  return {
    ...records,
    end(claim, { message, ...end }) {
      if (message === undefined) return records.end(claim, end);
      return records.end(claim, { ...end, message: maskRefusal(message, claim.record.payload) });
    },
    answer(claim, ended, trail) {
      if (!('message' in ended)) return records.answer(claim, ended, trail);
      const message = maskRefusal(ended.message, claim.record.payload);
      return records.answer(claim, { ...ended, message }, trail);
    },
  };
}
