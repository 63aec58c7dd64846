import type { InvoiceTransferJob } from '../../src/contract/jobs.ts';
import { sweep } from '../../src/transfer/sweep.ts';
import { aLogger, type Worker } from './worker.ts';
import type { World } from './world.ts';

/** A queue of which nothing is left but what is said to live. */
export function aSweep(world: World, live: string[] = []) {
  const added: InvoiceTransferJob[] = [];
  /** Those of them that only look. */
  const looks: InvoiceTransferJob[] = [];
  const logged: Worker['logged'] = [];
  return {
    added,
    looks,
    logged,
    pass: () =>
      sweep({
        ...world.store,
        booksOf: world.service.booksOf(world.store.intents),
        jobs: {
          isLive: async (jobId) => live.includes(jobId),
          async add(payload, { isLook = false } = {}) {
            added.push(payload);
            if (isLook) looks.push(payload);
          },
        },
        log: aLogger(logged),
      }),
  };
}
