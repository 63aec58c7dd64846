import { describe, expect, it } from 'vitest';
import { createKeys } from '../../src/store/keys.ts';

const KEY = { shopId: 'acme.mysharefox.com', invoiceId: '1018-1' };
const keys = createKeys('{sharefox24seven}');

describe('our keys', () => {
  it('are those the contract names', () => {
    expect(keys.record(KEY)).toBe('{sharefox24seven}:transfer:acme.mysharefox.com:1018-1');
    expect(keys.trail(KEY)).toBe('{sharefox24seven}:trail:acme.mysharefox.com:1018-1');
    expect(keys.events).toBe('{sharefox24seven}:events');
    expect(keys.outstandingOf('invoice-transfer')).toBe('{sharefox24seven}:outstanding');
    expect(keys.epoch).toBe('{sharefox24seven}:epoch');
  });

  it('all carry the prefix, hence its hash tag, and none is another', () => {
    const all = [
      keys.epoch,
      keys.events,
      keys.agenda,
      keys.shops,
      keys.deployment,
      keys.outstandingOf('invoice-transfer'),
      keys.outstandingOf('status-check'),
      keys.recount('invoice-transfer'),
      keys.recount('status-check'),
      keys.record(KEY),
      keys.trail(KEY),
      keys.checked(KEY, 'r'),
      keys.shop(KEY.shopId),
      keys.ids('501', 'customer'),
      keys.ids('501', 'product'),
      keys.createLease('501', 'customer'),
      keys.facts('501'),
      keys.session('501'),
      keys.loginLock('501'),
      keys.logins('501', 1),
      keys.logins('501', 2),
      keys.quota('default'),
      keys.quotaRecent('default'),
      keys.quotaBackground('default'),
      keys.quota('other'),
      keys.circuits('default'),
      keys.issued(KEY.shopId),
      keys.invoiceNumbers,
    ];
    for (const key of all) expect(key).toMatch(/^\{sharefox24seven\}:/);
    expect(new Set(all).size).toBe(all.length);
  });
});
