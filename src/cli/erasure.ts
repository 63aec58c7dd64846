/** What follows every erasure: the file that still holds what was erased, and what cannot be reached from here. */
import { systemClock } from '../clock.ts';
import { type Rewrite, rewriteAppendOnlyFile } from '../store/append-only-file.ts';
import type { Store } from '../store/store.ts';
import type { Io } from './io.ts';

const TOLD: Record<Rewrite, string> = {
  rewritten: "Redis' append-only file was written anew, without it",
  none: 'Redis keeps no append-only file',
  denied:
    "Redis' append-only file may still hold it: this login may not have it written anew; run BGREWRITEAOF there",
  busy: "Redis' append-only file may still hold it: another rewrite takes long; run BGREWRITEAOF once it is over",
};

export async function eraseFromFiles(io: Io, store: Store): Promise<void> {
  io.out(TOLD[await rewriteAppendOnlyFile(store, systemClock)]);
  io.out(
    'not reached from here: snapshots, backups and replicas of Redis made before, and recordings (TFSO_RECORD_DIR); delete them, or let them expire',
  );
}
