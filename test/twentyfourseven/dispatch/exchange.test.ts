import { describe, expect, it } from 'vitest';
import { NotNow } from '../../../src/errors.ts';
import type { Pass } from '../../../src/twentyfourseven/circuits/circuits.ts';
import { createExchange } from '../../../src/twentyfourseven/dispatch/exchange.ts';
import { createQuota } from '../../../src/twentyfourseven/dispatch/quota.ts';
import type { OperationFacts } from '../../../src/twentyfourseven/wire/faults.ts';
import type { CallFailure, Soap } from '../../../src/twentyfourseven/wire/soap.ts';
import { aClock, failureOf, memoryQuota, silentLogger } from '../support.ts';

const clock = aClock();
const headers = { apilimitremaining: '0', apilimitreset: '2021-01-13T10:30:00Z' };
const request = { service: 'invoice', operation: 'SaveInvoices', args: {} } as const;
const instead = new NotNow('service.unavailable', 1);
const facts = (effect: OperationFacts['effect']): OperationFacts => ({
  name: 'SaveInvoices',
  effect,
  refusedCode: 'order.refused',
  unknownCode: 'order.unknown_outcome',
});

/** One request whose pass, where it was lost, says that a circuit is open now. */
async function perform(call: Soap['call'], effect: OperationFacts['effect'] = 'create') {
  const told: string[] = [];
  const tell = (word: string) => async () => void told.push(word);
  const pass: Pass = {
    isProbe: false,
    answered: tell('answered'),
    accepted: tell('accepted'),
    undecided: async (wasSent) => void told.push(wasSent ? 'undecided' : 'not sent'),
    refused: async () => instead,
    lost: async () => instead,
  };
  const store = memoryQuota();
  const quota = createQuota({ store, clock, logger: silentLogger });
  const exchange = createExchange({
    soap: { call, close: () => undefined },
    quota,
    clock,
    logger: silentLogger,
  });
  const performed = exchange.perform(request, facts(effect), [{}], pass);
  return { performed, told, store };
}
const fails = (failure: Partial<CallFailure>) => async (): Promise<CallFailure> => ({
  ok: false,
  cause: 'network',
  mayBeWritten: true,
  ...failure,
});

describe('a lost request, where a circuit is open now', () => {
  it('is left for later if it was a read', async () => {
    expect(await (await perform(fails({}), 'read')).performed).toMatchObject({
      verdict: { failure: instead },
    });
  });

  it('is left for later if it was a save that never left', async () => {
    const { performed } = await perform(fails({ mayBeWritten: false, networkCode: 'ECONNREFUSED' }));
    expect(await performed).toMatchObject({ verdict: { failure: instead } });
  });

  it('stays of unknown outcome if it was a save that may have been written', async () => {
    const { performed } = await perform(fails({}));
    expect(await performed).toMatchObject({ verdict: { failure: { kind: 'outcome_unknown' } } });
  });
});

it('a request that was withheld gives its pass back unsent', async () => {
  const withheld = new Error('withheld');
  const { performed, told } = await perform(async () => {
    throw withheld;
  });
  expect(await failureOf(performed)).toBe(withheld);
  expect(told).toEqual(['not sent']);
});

describe('what an answer says of the window', () => {
  it('is believed', async () => {
    const { performed, store, told } = await perform(async () => ({
      ok: true,
      result: {},
      status: 200,
      headers,
    }));
    expect(await performed).toMatchObject({ ok: true });
    expect(told).toEqual(['answered']);
    expect(store.observed).toEqual([[0, 60 * 60_000]]);
  });

  it('is not asked of a refusal that names its own end', async () => {
    const text = 'Limit exceeded by 1. Request is blocked. Quarantine ends at 2021-01-13T09:35:00Z';
    const { performed, store } = await perform(fails({ cause: 'http', status: 429, headers, text }));
    expect(await performed).toMatchObject({ verdict: { signal: 'quota' } });
    expect(store.observed).toEqual([]);
    expect(store.quarantinedFor).toBe(5 * 60_000);
  });
});
