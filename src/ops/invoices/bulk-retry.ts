/** Retries many rejected invoices one after another. A page shows the progress, and can stop it. */

import type { Logger } from '../../logger.ts';
import type { RecordKey } from '../../transfer/ports/records.ts';

export interface BulkRetry {
  id: number;
  what: string;
  total: number;
  sent: number;
  /** Invoices whose content is no longer kept. */
  skipped: number;
  state: 'running' | 'done' | 'cancelled' | 'failed';
}

/** How many retries this process remembers. */
const REMEMBERED = 20;

export interface BulkRetries {
  start(what: string, keys: RecordKey[]): BulkRetry;
  find(id: number): BulkRetry | undefined;
  cancel(id: number): void;
}

export function createBulkRetries(deps: {
  retry: (key: RecordKey) => Promise<boolean>;
  log: Logger;
}): BulkRetries {
  const all = new Map<number, BulkRetry>();
  let lastId = 0;

  async function run(bulk: BulkRetry, keys: RecordKey[]): Promise<void> {
    try {
      for (const key of keys) {
        if (bulk.state !== 'running') return;
        if (await deps.retry(key)) bulk.sent += 1;
        else bulk.skipped += 1;
      }
      if (bulk.state === 'running') bulk.state = 'done';
    } catch (err) {
      bulk.state = 'failed';
      deps.log.error({ err, what: bulk.what }, 'bulk retry failed');
    }
  }

  return {
    start(what, keys) {
      lastId += 1;
      const bulk: BulkRetry = { id: lastId, what, total: keys.length, sent: 0, skipped: 0, state: 'running' };
      all.set(lastId, bulk);
      all.delete(lastId - REMEMBERED);
      void run(bulk, keys);
      return bulk;
    },
    find: (id) => all.get(id),
    cancel(id) {
      const bulk = all.get(id);
      if (bulk?.state === 'running') bulk.state = 'cancelled';
    },
  };
}
