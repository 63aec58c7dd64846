import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  allValues,
  berg,
  credential,
  firstValue,
  fjord,
  invoices,
  order,
  type RawClient,
  startRaw,
} from './raw-soap.ts';

let raw: RawClient;
let now = Date.UTC(2026, 0, 10, 12);

beforeEach(async () => {
  now = Date.UTC(2026, 0, 10, 12);
  raw = await startRaw({ clock: () => now, loginsPerMinute: 5, sessionMs: 1_200_000 });
});

afterEach(() => raw.sandbox.stop());

const identity = async (session?: string) =>
  (await raw.call('Authenticate', 'GetIdentity', '', session)).text;
const taxCodes = (session?: string) => raw.call('Account', 'GetTaxCodeList', '', session);

describe('logging in', () => {
  it('answers a session id and sets the cookie', async () => {
    const { text, headers } = await raw.call('Authenticate', 'Login', credential());
    expect(headers.get('set-cookie')).toContain(`ASP.NET_SessionId=${firstValue(text, 'LoginResult')};`);
  });

  it('with a wrong password answers an empty result, not a fault', async () => {
    const { status, text } = await raw.call('Authenticate', 'Login', credential({ password: 'wrong' }));
    expect(status).toBe(200);
    expect(text).toContain('<LoginResult />');
  });

  it('follows a password changed at run time', async () => {
    await raw.sandbox.control.setPassword('new');
    expect(await raw.login()).toBe('');
    const { text } = await raw.call('Authenticate', 'Login', credential({ password: 'new' }));
    expect(firstValue(text, 'LoginResult')).not.toBe('');
  });

  it('starts on the given identity, else on the default one', async () => {
    expect(firstValue(await identity(await raw.login(berg.identityId)), 'Name')).toBe('Sharefox Support');
    expect(await identity(await raw.login(berg.identityId))).toContain(
      '<Client><Id>502</Id><Name>Berg Maskin AS</Name></Client>',
    );
    const { text } = await raw.call('Authenticate', 'Login', credential());
    expect(await identity(firstValue(text, 'LoginResult'))).toContain('<Id>501</Id>');
  });

  it('on a blocked identity is a fault, also when no identity is given and the default is blocked', async () => {
    await raw.sandbox.control.blockIdentity(fjord.clientId);
    const { status, text } = await raw.call('Authenticate', 'Login', credential());
    expect(status).toBe(500);
    expect(text).toContain('IdentityId is blocked');
    expect(await raw.login(berg.identityId)).not.toBe('');
  });

  it('too often within a minute is a fault', async () => {
    for (let count = 0; count < 5; count += 1) await raw.login();
    expect((await raw.call('Authenticate', 'Login', credential())).text).toContain('throttled');
    now += 61_000;
    expect(await raw.login()).not.toBe('');
  });

  it('is not needed to list the identities', async () => {
    await raw.sandbox.control.renameCompany(berg.clientId, 'Berg & Co');
    await raw.sandbox.control.disableCompany(berg.clientId);
    const { text } = await raw.call('Authenticate', 'GetIdentitiesWithCredential', credential());
    expect(text).toContain('<Client><Id>501</Id><Name>Fjord Utleie AS</Name></Client>');
    expect(text).toContain('<Name>Berg &amp; Co</Name>');
    expect(allValues(text, 'IsDisabled')).toEqual(['true']);
  });
});

describe('a session', () => {
  it('is required: without one, or after it expired, the call is a fault', async () => {
    const session = await raw.login();
    expect((await taxCodes(session)).status).toBe(200);
    for (const answer of [await taxCodes(), await taxCodes('unknown')]) {
      expect(answer.status).toBe(500);
      expect(answer.text).toContain('---&gt; Session is not authenticated');
    }
    now += 1_200_001;
    expect((await taxCodes(session)).text).toContain('Session is not authenticated');
  });

  it('is known to HasSession until it is lost', async () => {
    const session = await raw.login();
    const has = async () =>
      firstValue((await raw.call('Authenticate', 'HasSession', '', session)).text, 'HasSessionResult');
    expect(await has()).toBe('true');
    expect(await raw.sandbox.control.expireSessions()).toBe(1);
    expect(await has()).toBe('false');
  });

  it('switched to another company writes into that company for everybody who holds it', async () => {
    const session = await raw.login();
    const switched = await raw.call(
      'Authenticate',
      'SetIdentityById',
      `<identityId>${berg.identityId}</identityId>`,
      session,
    );
    expect(firstValue(switched.text, 'SetIdentityByIdResult')).toBe('true');
    await raw.call('Invoice', 'SaveInvoices', invoices(order()), session);
    expect((await raw.sandbox.control.books(fjord.clientId)).orders).toHaveLength(0);
    expect((await raw.sandbox.control.books(berg.clientId)).orders).toHaveLength(1);
  });

  it('stays where it is when switched to an identity that does not exist', async () => {
    const session = await raw.login();
    const unknown = '<identityId>1d000000-0000-4000-8000-000000000999</identityId>';
    const answer = await raw.call('Authenticate', 'SetIdentityById', unknown, session);
    expect(firstValue(answer.text, 'SetIdentityByIdResult')).toBe('false');
    expect(await identity(session)).toContain('<Id>501</Id>');
  });

  it('is refused once its company is disabled', async () => {
    const session = await raw.login();
    await raw.sandbox.control.disableCompany(fjord.clientId);
    expect((await taxCodes(session)).text).toContain('Client is not authenticated on this identity');
  });

  it('opens only the services the identity may use', async () => {
    const session = await raw.login();
    await raw.sandbox.control.configure({ permissionText: 'No access' });
    await raw.sandbox.control.denyService(fjord.clientId, 'Account');
    expect((await taxCodes(session)).text).toContain('No access');
    expect((await raw.call('Client', 'GetVatTypeList', '', session)).status).toBe(200);
  });
});
