import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createControlClient } from '../../src/sandbox/control-client.ts';
import { fjord, invoices, order, paths, type RawClient, startRaw } from './raw-soap.ts';

let raw: RawClient;
let session: string;

beforeEach(async () => {
  raw = await startRaw();
  session = await raw.login();
});

afterEach(() => raw.sandbox.stop());

describe('the control API over HTTP', () => {
  it('sees and does the same as the control object', async () => {
    const remote = createControlClient(raw.sandbox.url);
    await raw.call('Invoice', 'SaveInvoices', invoices(order()), session);
    expect(await remote.publish(fjord.clientId, 1001)).toBe(10001);
    await remote.pay(fjord.clientId, 1001, '2026-02-01T00:00:00');
    const [customerId] = await remote.addCustomers(fjord.clientId, [{ name: 'Ny', workEmail: 'ny@x.no' }]);
    expect(customerId).toBe(4);
    const books = await remote.books(fjord.clientId);
    expect(books).toEqual(await raw.sandbox.control.books(fjord.clientId));
    expect(books.orders).toMatchObject([{ invoiceId: 10001, paid: '2026-02-01T00:00:00' }]);
    expect(await remote.counts()).toEqual({ Login: 1, SaveInvoices: 1 });
    await remote.resetCounts();
    expect(await remote.counts()).toEqual({});
    expect(await remote.requests()).toEqual(await raw.sandbox.control.requests());
    expect(await remote.violations()).toEqual([]);
  });

  it('does nothing that a page in a browser asks for, of whatever origin', async () => {
    const url = `${raw.sandbox.url}/_control/expireSessions`;
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: new URL(url).origin },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const asked = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'text/plain' },
        body: '[]',
      });
      expect(asked.status).toBe(403);
    }
    expect(await createControlClient(raw.sandbox.url).expireSessions()).toBe(1);
  });

  it('offers every operation of the control object', () => {
    expect(Object.keys(createControlClient(raw.sandbox.url)).sort()).toEqual(
      Object.keys(raw.sandbox.control).sort(),
    );
  });

  it('injects faults and refuses what it does not know', async () => {
    const remote = createControlClient(raw.sandbox.url);
    await remote.inject({ operation: 'GetTaxCodeList', effect: { kind: 'http', status: 502 } });
    expect((await raw.call('Account', 'GetTaxCodeList', '', session)).status).toBe(502);
    await remote.inject({ operation: '*', effect: { kind: 'reset' }, count: 99 });
    await remote.clearFaults();
    expect((await raw.call('Account', 'GetTaxCodeList', '', session)).status).toBe(200);
    await expect(remote.inject({ operation: 'SaveInvoice', effect: { kind: 'reset' } })).rejects.toThrow(
      'no operation SaveInvoice',
    );
    await expect(remote.books(1)).rejects.toThrow('no company 1');
    await expect(remote.pay(fjord.clientId, 1001, '2026-01-01T00:00:00')).rejects.toThrow('no order 1001');
    await expect(remote.denyService(fjord.clientId, 'Invoices')).rejects.toThrow('no service Invoices');
    const unknown = await fetch(`${raw.sandbox.url}/_control/toString`, { method: 'POST' });
    expect(unknown.status).toBe(400);
  });
});

describe('the request log', () => {
  it('says who called what and how it ended, and keeps bodies only if configured to', async () => {
    await raw.call('Account', 'GetTaxCodeList', '');
    await raw.sandbox.control.configure({ keepBodies: true });
    await raw.call('Account', 'GetTaxCodeList', '', session);
    const [login, refused, answered] = await raw.sandbox.control.requests();
    expect(login).toMatchObject({ operation: 'Login', clientId: null, status: 200, ok: true });
    expect(login).not.toHaveProperty('body');
    expect(refused).toMatchObject({ operation: 'GetTaxCodeList', sessionId: null, status: 500, ok: false });
    expect(answered).toMatchObject({ clientId: fjord.clientId, sessionId: session, ok: true });
    expect(answered?.body).toContain('<GetTaxCodeList');
  });
});

describe('HTTP', () => {
  it('answers 404 elsewhere and 405 to anything but POST', async () => {
    expect((await fetch(`${raw.sandbox.url}/nowhere`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(raw.sandbox.url + paths.Invoice)).status).toBe(405);
  });
});
