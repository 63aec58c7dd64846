/**
 * The sandbox against answers that a real ASP.NET stack wrote (test/twentyfourseven/recorded). A sandbox with
 * the same data gets the same requests, byte for byte. Its answers must be equal to the byte, except for what
 * no serializer decides: session ids, times, and the wording of exceptions.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BehaviourChange, behaviourSchema } from '../../src/sandbox/behaviour.ts';
import type { SandboxControl } from '../../src/sandbox/control.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { allValues, firstValue } from './raw-soap.ts';

const FOLDER = join(import.meta.dirname, '../twentyfourseven/recorded');
const CLIENT = 3_400_000_001;
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

interface Comparison {
  /** What a bookkeeper or another program does before the request. */
  before?: (control: SandboxControl) => Promise<unknown>;
  behaviour?: BehaviourChange;
  /** Elements that the sandbox fills in and the recorded server did not. */
  oursHas?: string[];
  /** Elements whose text is not compared. */
  textDiffers?: string[];
  withoutSession?: true;
  /** Why nothing is compared. */
  notCompared?: string;
}

const EXCEPTION = ['Type', 'Message', 'StackTrace'];
const saved: Comparison = { oursHas: ['CustomerOrgNo', 'TaxRate'] };
const savedUndated: Comparison = { oursHas: ['CustomerOrgNo', 'TaxRate', 'DateOrdered'] };
const found: Comparison = { oursHas: ['TaxRate'] };
const savedCompany: Comparison = { oursHas: ['DateCreated', 'DateChanged'] };

const ODD_COMPANY = {
  OrganizationNumber: 'odd',
  Addresses: { Post: {}, Visit: { Street: '', City: 'Oslo' } },
  PhoneNumbers: {},
  EmailAddresses: { Home: {}, Work: { Value: '' } },
  AccountDebit: 1500,
  Relations: [],
  CurrencyId: 'SEK',
};

const ODD_ORDER = {
  CustomerId: 1,
  CustomerDeliveryName: '',
  Addresses: {},
  IncludeVAT: null,
  OrderTotalIncVat: '0.00',
  OrderTotalVat: '-12.50',
  InvoiceTitle: '  two\r\nlines & <more>\tå ',
  Paid: '2021-02-03T12:00:00.1234567',
  Currency: {},
  InvoiceRows: [
    {},
    null,
    {
      ProductId: -1,
      RowId: 2,
      Price: '0',
      DiscountRate: '0.0000000001',
      Quantity: '1.50',
      SequenceNumber: 0,
      Type: 'Text',
      TaxSettings: {},
    },
  ],
  UserDefinedDimensions: [],
};

const CONTROL_CHARACTERS = {
  OrganizationNumber: '911222333',
  Name: 'Kontroll\u000b\u0001Tegn',
  Type: 'Business',
};

/** Every recorded answer, in the order in which the requests were sent. */
const COMPARISONS: Record<string, Comparison> = {
  login: {},
  'login-refused': { withoutSession: true },
  'login-blocked': { withoutSession: true },
  identity: {},
  identities: {},
  'identities-refused': {},
  'fault-no-session': { withoutSession: true },
  'companies-none': {},
  'companies-null': { behaviour: { emptyLists: 'null' } },
  'save-companies': savedCompany,
  'save-companies-exception': { oursHas: ['StackTrace'], textDiffers: EXCEPTION },
  companies: {},
  'companies-nothing-asked': {},
  'companies-odd': { before: (control) => control.putStored(CLIENT, 'customers', 1, ODD_COMPANY) },
  'companies-control-characters': {
    before: (control) => control.putStored(CLIENT, 'customers', 1003, CONTROL_CHARACTERS),
  },
  'fault-no-search-parameter': {},
  'categories-none': {},
  'save-categories': {},
  categories: {},
  'save-products': { oursHas: ['DateChanged'] },
  products: {},
  'tax-codes': {},
  'client-information': {},
  'save-invoices-web': saved,
  'save-invoices-offer': saved,
  'save-invoices-exception': { textDiffers: EXCEPTION },
  'invoices-web': found,
  'invoices-offer': found,
  'invoices-none': {},
  'invoices-odd': { before: (control) => control.putStored(CLIENT, 'orders', 1, ODD_ORDER) },
  'invoices-nothing-asked': {},
  'invoices-published': { ...found, before: (control) => control.publish(CLIENT, 4001) },
  'invoices-paid': { ...found, before: (control) => control.pay(CLIENT, 4001, '2021-02-03T00:00:00') },
  'invoices-paid-kind-utc': { ...found, behaviour: { dateZone: 'utc' } },
  'invoices-paid-kind-local': { ...found, behaviour: { dateZone: 'offset' } },
  'invoices-four-decimals': { ...found, behaviour: { decimals: 'four_places' } },
  'fault-bad-enum': {},
  'fault-empty-int-with-end-tag': {},
  'fault-empty-int-in-list': {},
  'fault-empty-bool': {},
  // For an order without rows the recorded server's sum is 0, ours is 0.00.
  'empty-elements-with-default': { ...savedUndated, textDiffers: ['OrderTotalIncVat', 'OrderTotalVat'] },
  'title-emptied': { ...saved, behaviour: { omittedDefaults: 'never_change' } },
  'fault-bad-decimal': {},
  'fault-bad-date': {},
  'other-order': savedUndated,
  'fault-malformed': { notCompared: "the empty 400 is Mono's own" },
  // The message is Mono's own.
  'fault-wrong-action': { textDiffers: ['faultstring'] },
  'fault-no-search-parameter-invoice': {},
  'fault-thrown': {
    before: (control) =>
      control.inject({
        operation: 'GetInvoices',
        effect: { kind: 'soapFault', text: 'Inner <&> said no' },
      }),
  },
  'soap12-tax-codes': {},
  'soap12-fault': {},
  'nil-slots/companies': { behaviour: { unusedSlots: 'nil' } },
  'nil-slots/companies-odd': { behaviour: { unusedSlots: 'nil' } },
  'stack-traces/fault-bad-enum': { behaviour: { faultText: 'stack_trace' } },
  'stack-traces/fault-no-session': { withoutSession: true, behaviour: { faultText: 'stack_trace' } },
  'stack-traces/fault-thrown': {
    before: (control) =>
      control.inject({
        operation: 'GetInvoices',
        effect: { kind: 'soapFault', text: 'Inner <&> said no' },
      }),
    behaviour: { faultText: 'stack_trace' },
  },
  'stack-traces/login-blocked': { withoutSession: true, behaviour: { faultText: 'stack_trace' } },
};

const REQUESTS = new Map(
  read('requests.txt')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, name = '', path = '', action = ''] = /^(\S+): POST (\S+), SOAPAction (\S+)$/.exec(line) ?? [];
      return [name, { path, action }];
    }),
);

/** HTTP status and header fields of each recorded answer. */
const HEADERS = new Map(
  read('headers.txt')
    .split(/\n(?=\S)/)
    .map((block) => {
      const [first = '', ...lines] = block.trimEnd().split('\n');
      const [, name = '', status = ''] = /^(\S+): HTTP\/1\.1 (\d+)/.exec(first) ?? [];
      const fields = lines.map((line) =>
        line
          .trim()
          .split(/: (.*)/s)
          .slice(0, 2),
      );
      return [name, { status: Number(status), fields: Object.fromEntries(fields) as Record<string, string> }];
    }),
);

const recordedTaxCodes = () => {
  const each = read('tax-codes.xml').match(/<TaxCodeElement>.*?<\/TaxCodeElement>/g) ?? [];
  return each.map((xml) => ({
    taxId: Number(firstValue(xml, 'TaxId')),
    taxNo: firstValue(xml, 'TaxNo'),
    name: firstValue(xml, 'TaxName'),
    rate: firstValue(xml, 'TaxRate'),
    accountNo: firstValue(xml, 'AccountNo') === '' ? undefined : Number(firstValue(xml, 'AccountNo')),
  }));
};

/** The recorded server accepted elements in any order. */
const USUAL = behaviourSchema.parse({ requests: 'dotnet', requestsPerSecond: 1_000 });

let sandbox: Sandbox;
let session = '';

beforeAll(async () => {
  sandbox = await startSandbox({
    ...USUAL,
    clock: () => Date.parse('2026-11-24T00:00:00Z'),
    seed: {
      user: {
        username: 'support@sharefox.test',
        password: 'hem & <lig> "ord"',
        applicationId: '0f1e2d3c-4b5a-4968-8776-655443322110',
      },
      companies: [
        {
          clientId: CLIENT,
          identityId: '11111111-aaaa-4bbb-8ccc-000000000001',
          name: 'Fjord Utleie AS',
          taxCodes: recordedTaxCodes(),
          nextId: {
            customer: 1001,
            category: 1004,
            product: 1005,
            order: 4001,
            row: 100_001,
            invoice: 10_001,
          },
        },
        {
          clientId: CLIENT + 1,
          identityId: '11111111-aaaa-4bbb-8ccc-000000000002',
          name: 'Berg & Dal Maskin <Utleie>',
        },
      ],
    },
  });
});

afterAll(() => sandbox.stop());

/** Replaces what no serializer decides, so that both sides are the same. */
function masked(text: string, { textDiffers = [] }: Comparison): string {
  const named = ['LoginResult', 'DateChanged', 'ContactId', ...textDiffers];
  return named
    .reduce((xml, name) => xml.replace(new RegExp(`<${name}>[^<]*<`, 'g'), `<${name}>…<`), text)
    .replace(/(<User>.*?<Id>)[^<]*/g, '$1…')
    .replace(/XML document \(\d+, \d+\)/, 'XML document (…)')
    .replace(/(T\d\d:\d\d:\d\d)[+-]\d\d:\d\d/g, '$1+…')
    .replace(/\n {2,}(?:at |---)[^\n]*?(?=\n|<\/faultstring>)/g, '');
}

const without = (text: string, names: string[] = []) =>
  names.reduce((xml, name) => xml.replace(new RegExp(`<${name}>[^<]*</${name}>`, 'g'), ''), text);

const cookieForm = (value: string | null | undefined) => value?.replace(/=[^;]+;/, '=…;') ?? null;

async function send(name: string, { withoutSession }: Comparison) {
  const { path, action } = REQUESTS.get(name) ?? { path: '', action: '' };
  const body = read(`${name}.request.xml`);
  const isNew = body.includes('http://www.w3.org/2003/05/soap-envelope');
  const response = await fetch(sandbox.url + path, {
    method: 'POST',
    body,
    headers: {
      ...(isNew
        ? { 'Content-Type': `application/soap+xml; charset=utf-8; action="${action}"` }
        : { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: `"${action}"` }),
      ...(withoutSession || session === '' ? {} : { Cookie: `ASP.NET_SessionId=${session}` }),
    },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('the sandbox answers as the recorded server', () => {
  it.each(Object.entries(COMPARISONS))('%s', async (file, comparison) => {
    const name = file.replace(/^.*\//, '');
    if (comparison.notCompared !== undefined) {
      expect(read(`${file}.xml`), comparison.notCompared).toBe('');
      return;
    }
    await comparison.before?.(sandbox.control);
    await sandbox.control.configure(comparison.behaviour ?? {});
    const { status, headers, text } = await send(name, comparison);
    if (name === 'login') session = firstValue(text, 'LoginResult');
    await sandbox.control.configure(USUAL);

    expect(masked(without(text, comparison.oursHas), comparison)).toBe(
      masked(read(`${file}.xml`), comparison),
    );
    const recorded = HEADERS.get(name);
    expect(status).toBe(recorded?.status);
    const { 'Set-Cookie': cookie, ...fields } = recorded?.fields ?? {};
    for (const [field, value] of Object.entries(fields)) expect(headers.get(field), field).toBe(value);
    expect(cookieForm(headers.get('Set-Cookie'))).toBe(cookieForm(cookie));
  });

  it('and no recorded answer is left out', () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.xml') && !file.endsWith('.request.xml'))
      .map((file) => file.replace(/\.xml$/, ''));
    expect(files.sort()).toEqual(Object.keys(COMPARISONS).sort());
    expect(allValues(read('invoices-paid.xml'), 'Paid')).toEqual(['2021-02-03T00:00:00']);
  });
});
