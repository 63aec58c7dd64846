/** What the sweep asks of the store. */
import type { TransferState } from '../../contract/results.ts';
import type { RecordKey } from './records.ts';

/** What the sweep looks at, and when. Records come in by the scripts that change their state. */
export interface Agenda {
  /** Records whose time has come, oldest first; nobody else is given them within `holdMs`. */
  due(limit: number, holdMs: number): Promise<RecordKey[]>;
  /** Look at it again after `delayMs` (undefined: never), unless its state is another by now. */
  schedule(
    key: RecordKey,
    state: TransferState,
    delayMs: number | undefined,
    options?: { countsAsLook?: boolean },
  ): Promise<void>;
  /** Not again before the record's shop is added or verified; then at once. Does nothing where it may transfer. */
  rest(key: RecordKey): Promise<void>;
}
