/** Intents: written by the dispatcher just before a save leaves. */
import type { EntityKind } from './entities.ts';
import type { RecordKey } from './records.ts';

export type SendIntent =
  | {
      kind: 'order';
      key: RecordKey;
      fence: string;
      epoch: string;
      revision: number;
      /** Epoch milliseconds, of the click. */
      requestedAt: number;
      contentHash: string;
    }
  | { kind: 'create'; clientId: string; entity: EntityKind; fence: string; epoch: string };

export type IntentAnswer = 'go' | 'stale' | 'superseded' | 'quiet';

export interface Intents {
  /** One script over all members: check each, renew its lease, note that it leaves now. */
  write(intents: SendIntent[]): Promise<IntentAnswer[]>;
}
