/** What is kept of one shop's invoices, for erasing the personal part of it. */
import { type TransferState, transferState } from '../contract/results.ts';
import type { RecordKey } from '../transfer/ports/records.ts';
import { keyOfMember } from './agenda.ts';
import { onOurNode, type RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';

const SCAN_COUNT = 1_000;

/** Only of a record that still is in one of these states: a job may have begun it anew. */
const ERASE_IF_STILL = `
local state = redis.call('HGET', KEYS[1], 'state')
for i = 1, #ARGV do
  if ARGV[i] == state then return redis.call('HDEL', KEYS[1], 'payload', 'sentComment') end
end
return -1`;

export interface ShopData {
  /** Every invoice there is a record of, in no order. */
  invoices(shopId: string): Promise<{ key: RecordKey; state: TransferState }[]>;
  /** Take the content out of a record that is in one of these states. @returns false where it is not any more */
  erasePayload(key: RecordKey, states: readonly TransferState[]): Promise<boolean>;
  /** Forget the company's session, and by whose e-mail and number its customers are known. */
  forgetCompany(clientId: string): Promise<void>;
  /** Forget by whose e-mail and number this one customer is known: hashes of them. */
  forgetCustomer(clientId: string, customerId: number): Promise<void>;
}

const literally = (text: string) => text.replace(/[\\*?[\]]/g, '\\$&');

export function createShopData({ redis, keys }: { redis: RedisClient; keys: Keys }): ShopData {
  async function recordKeys(shopId: string): Promise<RecordKey[]> {
    const first = keys.record({ shopId, invoiceId: '' });
    const found = new Set<string>();
    let cursor = '0';
    do {
      const args = [cursor, 'MATCH', `${literally(first)}*`, 'COUNT', SCAN_COUNT];
      const [next, names] = (await onOurNode(redis, keys, 'SCAN', ...args)) as [string, string[]];
      for (const name of names) found.add(name);
      cursor = next;
    } while (cursor !== '0');
    return [...found].map((name) => keyOfMember(`${shopId}:${name.slice(first.length)}`));
  }

  return {
    async invoices(shopId) {
      const all = await recordKeys(shopId);
      const states = await Promise.all(all.map((key) => redis.hget(keys.record(key), 'state')));
      return all.flatMap((key, index) => {
        const state = transferState.safeParse(states[index]);
        return state.success ? [{ key, state: state.data }] : [];
      });
    },
    async erasePayload(key, states) {
      const isErased = Number(await redis.eval(ERASE_IF_STILL, 1, keys.record(key), ...states)) >= 0;
      if (isErased) await redis.del(keys.words(key));
      return isErased;
    },
    async forgetCustomer(clientId, customerId) {
      const known = await redis.hgetall(keys.ids(clientId, 'customer'));
      const fields = Object.keys(known).filter((field) => known[field]?.startsWith(`${customerId} `));
      if (fields.length > 0) await redis.hdel(keys.ids(clientId, 'customer'), ...fields);
    },
    async forgetCompany(clientId) {
      await redis.del(keys.ids(clientId, 'customer'), keys.session(clientId));
    },
  };
}
