import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../src/sandbox/faults.ts';
import {
  allValues,
  berg,
  firstValue,
  fjord,
  invoices,
  order,
  type RawAnswer,
  type RawClient,
  searchOrders,
  startRaw,
} from './raw-soap.ts';

let raw: RawClient;
let session: string;

beforeEach(async () => {
  raw = await startRaw();
  session = await raw.login();
});

afterEach(() => raw.sandbox.stop());

const save = (...orders: string[]) =>
  raw.call('Invoice', 'SaveInvoices', invoices(...(orders.length > 0 ? orders : [order()])), session);
const references = async (clientId = fjord.clientId) =>
  (await raw.sandbox.control.books(clientId)).orders.map(({ reference }) => reference);
const inject = (effect: FaultEffect, when: 'before' | 'after' = 'before') =>
  raw.sandbox.control.inject({ operation: 'SaveInvoices', effect, when });
const isConnectionError = async (answer: Promise<RawAnswer>) => {
  await expect(answer).rejects.toThrow(/fetch failed|terminated/);
};

describe.each([
  ['before' as const, 0],
  ['after' as const, 1],
])('a fault %s the commit leaves %i order(s)', (when, count) => {
  it.each<[FaultEffect, (answer: Promise<RawAnswer>) => Promise<void>]>([
    [{ kind: 'reset' }, isConnectionError],
    [{ kind: 'hang', ms: 20 }, isConnectionError],
    [{ kind: 'cut' }, isConnectionError],
    [
      { kind: 'http', status: 503 },
      async (answer) => {
        expect(await answer).toMatchObject({ status: 503, text: expect.stringContaining('<html>') });
      },
    ],
    [
      { kind: 'truncated' },
      async (answer) => {
        const { status, text } = await answer;
        expect(status).toBe(200);
        expect(text).toContain('<soap:Envelope');
        expect(text).not.toContain('</soap:Envelope>');
      },
    ],
    [{ kind: 'empty' }, async (answer) => expect(await answer).toMatchObject({ status: 200, text: '' })],
    [
      { kind: 'soapFault', text: 'Timeout expired' },
      async (answer) => {
        const { status, text } = await answer;
        expect(status).toBe(500);
        expect(text).toContain('---&gt; Timeout expired</faultstring>');
      },
    ],
    [{ kind: 'throttled' }, async (answer) => expect((await answer).status).toBe(429)],
    [
      { kind: 'quarantine', ms: 60_000 },
      async (answer) => {
        const first = await answer;
        expect(first.status).toBe(429);
        expect(first.text).toMatch(/^Limit exceeded by \d+\. Request is blocked\. Quarantine ends at 20/);
        expect(first.headers.get('APILimitRemaining')).toBe('0');
        expect((await raw.call('Authenticate', 'HasSession', '', session)).status).toBe(429);
        await raw.sandbox.control.resetQuota();
        expect((await raw.call('Authenticate', 'HasSession', '', session)).status).toBe(200);
      },
    ],
  ])('%o', async (effect, check) => {
    await inject(effect, when);
    await check(save());
    expect(await references()).toHaveLength(count);
    await save();
    expect(await references()).toHaveLength(count + 1);
  });
});

describe('an answer of HTTP 200 that is not what it seems', () => {
  it('carries an APIException beside a valid id of a saved order', async () => {
    await inject({ kind: 'apiException', withId: true }, 'after');
    const { status, text } = await save();
    expect(status).toBe(200);
    expect(firstValue(text, 'OrderId')).toBe('1001');
    expect(text).toContain(
      '<APIException><Type>Office24Seven.Library.Data.DataBaseServerException</Type><Message>SQL Server with',
    );
    expect(await references()).toHaveLength(1);
  });

  it('carries an APIException beside an id although nothing was saved', async () => {
    await inject({ kind: 'apiException', withId: true });
    const { text } = await save();
    expect(Number(firstValue(text, 'OrderId'))).toBeGreaterThan(900_000_000);
    expect(await references()).toHaveLength(0);
  });

  it.each([
    ['before' as const, 0],
    ['after' as const, 1],
  ])('carries an APIException and no id, %s the commit', async (when, count) => {
    await inject({ kind: 'apiException', withId: false, type: 'X', message: 'no' }, when);
    const { text } = await save();
    expect(text).not.toContain('<OrderId>');
    expect(text).toContain('<APIException><Type>X</Type><Message>no</Message>');
    expect(await references()).toHaveLength(count);
  });

  it('lacks one member, saved or not, while its neighbours are saved and answered', async () => {
    const three = ['a', 'b', 'c'].map((reference) => order({ reference }));
    await inject({ kind: 'missingMember', member: 1 }, 'after');
    expect(allValues((await save(...three)).text, 'ReferenceNumber')).toEqual(['a', 'c']);
    expect(await references()).toEqual(['a', 'b', 'c']);
    await inject({ kind: 'missingMember', member: 1 }, 'before');
    expect(allValues((await save(...three)).text, 'ReferenceNumber')).toEqual(['a', 'c']);
    expect(await references()).toEqual(['a', 'b', 'c', 'a', 'c']);
  });

  it('lacks the last member where none is named', async () => {
    await inject({ kind: 'missingMember' }, 'after');
    const answer = await save(order({ reference: 'a' }), order({ reference: 'b' }));
    expect(allValues(answer.text, 'ReferenceNumber')).toEqual(['a']);
  });

  it('names an id that does not exist', async () => {
    await inject({ kind: 'phantomId' });
    const phantom = firstValue((await save()).text, 'OrderId');
    const search = searchOrders(`<OrderIds><int>${phantom}</int></OrderIds>`, 'OrderId');
    expect((await raw.call('Invoice', 'GetInvoices', search, session)).text).toContain(
      '<GetInvoicesResult />',
    );
    expect(await references()).toHaveLength(0);
  });
});

describe('a session that goes wrong', () => {
  it('is lost before the call, which is refused', async () => {
    await inject({ kind: 'sessionLost' });
    expect((await save()).text).toContain('Session is not authenticated');
    expect(await references()).toHaveLength(0);
  });

  it('is lost after the call, which was answered', async () => {
    await inject({ kind: 'sessionLost' }, 'after');
    expect((await save()).status).toBe(200);
    expect((await save()).text).toContain('Session is not authenticated');
    expect(await references()).toHaveLength(1);
  });

  it('is switched silently, and the order lands in another company', async () => {
    await inject({ kind: 'wrongIdentity', toClientId: berg.clientId });
    expect((await save()).status).toBe(200);
    expect(await references(fjord.clientId)).toEqual([]);
    expect(await references(berg.clientId)).toEqual(['SF-1']);
  });
});

describe('time', () => {
  it('passes before a late commit, which happens although the caller has left', async () => {
    await inject({ kind: 'slow', ms: 400 });
    await expect(
      raw.call('Invoice', 'SaveInvoices', invoices(order()), session, AbortSignal.timeout(10)),
    ).rejects.toThrow();
    expect(await references()).toHaveLength(0);
    await expect.poll(references).toHaveLength(1);
  });

  it('passes after the commit of a slow answer', async () => {
    await inject({ kind: 'slow', ms: 400 }, 'after');
    const answer = save();
    await expect.poll(references, { interval: 2 }).toHaveLength(1);
    expect(await Promise.race([answer, 'still waiting'])).toBe('still waiting');
    expect(firstValue((await answer).text, 'OrderId')).toBe('1001');
  });

  it('ends a hang when the sandbox stops', async () => {
    await inject({ kind: 'hang' });
    const refused = isConnectionError(save());
    await expect.poll(async () => (await raw.sandbox.control.counts()).SaveInvoices).toBe(1);
    await raw.sandbox.stop();
    await refused;
  });
});

describe('late visibility', () => {
  const find = async () => {
    const search = searchOrders('<CustomerIds><int>1</int></CustomerIds>', 'OrderId');
    return allValues((await raw.call('Invoice', 'GetInvoices', search, session)).text, 'OrderId');
  };
  const findById = async () => {
    const search = searchOrders('<OrderIds><int>1001</int></OrderIds>', 'OrderId');
    return allValues((await raw.call('Invoice', 'GetInvoices', search, session)).text, 'OrderId');
  };

  it('hides a committed order from searches and reads until it is revealed', async () => {
    await inject({ kind: 'hidden' });
    expect(firstValue((await save()).text, 'OrderId')).toBe('1001');
    expect(await find()).toEqual([]);
    expect(await findById()).toEqual([]);
    expect((await raw.sandbox.control.books(fjord.clientId)).orders).toMatchObject([{ visible: false }]);
    await raw.sandbox.control.revealAll();
    expect(await findById()).toEqual(['1001']);
  });

  it('holds for every creation, customers included, for a set time', async () => {
    let now = Date.UTC(2026, 0, 10);
    const delayed = await startRaw({ clock: () => now, visibilityDelayMs: 5_000 });
    const login = await delayed.login();
    const company = '<companies><Company><Name>Late</Name></Company></companies>';
    await delayed.call('Company', 'SaveCompanies', company, login);
    const search =
      '<searchParams><CompanyName>Late</CompanyName></searchParams><returnProperties><string>Id</string></returnProperties>';
    const found = async () =>
      allValues((await delayed.call('Company', 'GetCompanies', search, login)).text, 'Id');
    expect(await found()).toEqual([]);
    now += 5_000;
    expect(await found()).toEqual(['4']);
    await delayed.sandbox.stop();
  });
});
