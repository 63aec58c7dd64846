import type { LocalDate } from '../contract/jobs.ts';
import type { IssuedRecord, IssuedRecords } from '../following/ports.ts';
import { keyOfMember } from './agenda.ts';
import type { RedisClient } from './connection.ts';
import type { Keys } from './keys.ts';
import { fromFields } from './record-fields.ts';
import type { Scripts } from './scripts.ts';

/** Records in one script: Redis does nothing else meanwhile. */
const AT_ONCE = 500;

const FIELDS = [
  ...['state', 'code', 'acceptedAt', 'issuedOn', 'currency', 'expected', 'shown', 'result'],
  ...['orderId', 'clientId', 'customerId', 'reference', 'orderStatus', 'invoiceNumber', 'invoicedOn'],
  ...['dueOn', 'paidOn', 'followedAt', 'basis', 'differences', 'goneAt'],
] as const;

/** As `issued_score` in prelude.lua. */
const scoreOf = (date: LocalDate) => Number(date.replaceAll('-', ''));

function recordOf(values: (string | null)[]): IssuedRecord | undefined {
  const found = FIELDS.flatMap((field, index) => {
    const value = values[index];
    return value == null ? [] : [[field, value]];
  });
  return fromFields(Object.fromEntries(found));
}

/** Invoices by issue date in Redis: a sorted set for each shop. */
export function createIssuedRecords(deps: {
  redis: RedisClient;
  scripts: Scripts;
  keys: Keys;
}): IssuedRecords {
  const { redis, scripts, keys } = deps;
  return {
    count: (shopId, from, to) => redis.zcount(keys.issued(shopId), scoreOf(from), scoreOf(to)),
    async read(shopId, from, to) {
      const members = await redis.zrangebyscore(keys.issued(shopId), scoreOf(from), scoreOf(to));
      const found: Awaited<ReturnType<IssuedRecords['read']>> = [];
      for (let start = 0; start < members.length; start += AT_ONCE) {
        const wanted = members.slice(start, start + AT_ONCE).map(keyOfMember);
        const rows = (await scripts.run('fields', wanted.map(keys.record), [...FIELDS])) as (
          | string
          | null
        )[][];
        for (const [index, key] of wanted.entries()) {
          const record = recordOf(rows[index] ?? []);
          if (record !== undefined) found.push({ key, record });
        }
      }
      return found;
    },
  };
}
