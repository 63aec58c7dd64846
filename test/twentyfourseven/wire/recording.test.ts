/** What may lie on a disk of a request and its answer: their form, and nobody's data. */
import { describe, expect, it } from 'vitest';
import { createMasker } from '../../../src/twentyfourseven/wire/recording.ts';
import { wordsOfService } from '../../../src/twentyfourseven/wire/words.ts';
import { elementsOf } from '../../../src/twentyfourseven/wire/xml-tokens.ts';

const NS = 'xmlns="http://24sevenOffice.com/webservices"';
const inEnvelope = (body: string) =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${body}</soap:Body></soap:Envelope>`;

function masked(body: string): string {
  const text = createMasker(wordsOfService()).xml(inEnvelope(body));
  return /<soap:Body>([\s\S]*)<\/soap:Body>/.exec(text)?.[1] ?? text;
}

describe('what names nobody stays as it came', () => {
  it.each([
    '<OrderStatus>Offer</OrderStatus>',
    '<IncludeVAT>true</IncludeVAT>',
    '<SequenceNumber>3</SequenceNumber>',
    '<OrderTotalIncVat>1518.7500</OrderTotalIncVat>',
    '<TaxNo>33</TaxNo>',
    '<OrderId>-2147483648</OrderId>',
    '<Paid>0001-01-01T00:00:00</Paid>',
    '<Street />',
    '<Symbol>NOK</Symbol>',
    '<returnProperties><string>OrderId</string></returnProperties>',
    '<faultcode>soap:Server</faultcode>',
    '<faultstring>Server was unable to process request. ---&gt; Session is not authenticated</faultstring>',
    '<APIException><Type>Office24Seven.Library.Data.DataBaseServerException</Type></APIException>',
  ])('%s', (xml) => expect(masked(xml)).toBe(xml));

  it('nil, namespaces and the order of elements', () => {
    const xml = `<GetInvoicesResponse ${NS}><IncludeVAT xsi:nil="true" /><Price>1.00</Price><Name /></GetInvoicesResponse>`;
    expect(masked(xml)).toBe(xml);
  });
});

describe('everything else is replaced', () => {
  const canary = 'Zaphira';
  const elements = ['Name', 'OrderStatus', 'IncludeVAT', 'Price', 'OrderId', 'Paid', 'string', 'faultstring'];
  it.each([...elements, 'faultcode', 'Message', 'Type', 'Symbol', 'TaxNo', 'Password', 'Surprise'])(
    'a name in %s',
    (name) => expect(masked(`<${name}>${canary}</${name}>`)).not.toContain(canary),
  );

  it.each([
    ['an element', `<${canary}>1</${canary}>`],
    ['an attribute', `<Name lang="${canary}">x</Name>`],
    ['a comment', `<Name><!-- ${canary} --></Name>`],
    ['CDATA', `<Name><![CDATA[${canary}]]></Name>`],
    ['text between elements', `<Company>${canary}<Name>x</Name></Company>`],
    ['half a tag', `<Name>x</Name><Name lang="${canary}`],
    ['half a text', `<Name>${canary}`],
    ['an unfinished CDATA', `<Name><![CDATA[${canary}`],
    ['a fault that quotes', `<faultstring>System.Exception: ${canary} ---&gt; No ${canary}</faultstring>`],
    ['a phrase with more in it', `<Message>Session is not authenticated for ${canary}</Message>`],
    ['a prefix', `<${canary}:Name>x</${canary}:Name>`],
    ['a namespace', `<Name xmlns="http://www.w3.org/${canary}@x">x</Name>`],
  ])('%s', (_where, xml) => expect(masked(xml)).not.toContain(canary));

  it('a page is not kept at all', () => {
    expect(createMasker(wordsOfService()).xml(`<html><b>${canary}</b></html>`)).not.toContain(canary);
  });

  it('numbers that tell of somebody: phones, organisation numbers, sums that are no rows', () => {
    const xml =
      '<Value>91122337</Value><OrganizationNumber>817404502</OrganizationNumber><Turnover>5000.25</Turnover>';
    expect(masked(xml)).toBe(
      '<Value>1</Value><OrganizationNumber>2</OrganizationNumber><Turnover>0000.00</Turnover>',
    );
  });
});

it('equal values stay equal, so that what was saved is what was looked up', () => {
  const text = masked(
    '<OrderId>1001</OrderId><Name>Kari</Name><int>1001</int><Name>Kari</Name><Name>Ola</Name><CustomerId>7</CustomerId>',
  );
  expect(text).toBe(
    '<OrderId>1</OrderId><Name>text-2</Name><int>1</int><Name>text-2</Name><Name>text-3</Name><CustomerId>4</CustomerId>',
  );
});

it('dates keep their form, their time of day and their zone, not their day', () => {
  expect(masked('<DateOrdered>2021-01-10T12:00:00.5+02:00</DateOrdered>')).toMatch(
    /^<DateOrdered>2001-01-\d\dT12:00:00\.5\+02:00<\/DateOrdered>$/,
  );
  expect(masked('<DateOrdered>2021-01-10T12:00:00</DateOrdered>')).not.toContain('2021');
});

it('what makes parsers stumble is kept: white space, control characters, an answer cut off', () => {
  expect(masked('<Name>Ka&#xB;ri</Name>')).toBe('<Name>text-1&#xB;</Name>');
  expect(masked('<OrderId> 1001\r\n</OrderId>')).toBe('<OrderId> 1\r\n</OrderId>');
  const half = createMasker(wordsOfService()).xml(inEnvelope('<Name>Kari</Name>').slice(0, -20));
  expect(half.endsWith('</Name><')).toBe(true);
});

it('headers: sessions, unknown values and cookies go, the form of quota and platform stays', () => {
  const { request, answer } = createMasker(wordsOfService()).exchange({
    at: 0,
    durationMs: 1,
    service: 'invoice',
    operation: 'GetInvoices',
    request: {
      headers: { Cookie: 'ASP.NET_SessionId=abcsecret; other=secret', SOAPAction: '"x/GetInvoices"' },
      body: '',
    },
    answer: {
      status: 200,
      headers: {
        'set-cookie': ['ASP.NET_SessionId=abcsecret; path=/; HttpOnly; user=secret'],
        'x-user': 'secret',
        apilimitremaining: '7199',
        'content-length': '7',
      },
      body: '',
    },
  });
  expect(request.headers).toEqual({ cookie: 'ASP.NET_SessionId=text-1', soapaction: '"x/GetInvoices"' });
  expect(answer).toMatchObject({
    headers: {
      'set-cookie': 'ASP.NET_SessionId=text-1; path=/; HttpOnly',
      'x-user': 'masked',
      apilimitremaining: '7199',
    },
  });
});

it('a document is read as far as it goes', () => {
  const root = elementsOf('<a x="1"><b>1 &lt; 2&#xB;</b><c xsi:nil="true" /><d>half');
  const [a] = root.children;
  expect(a?.children.map(({ name, nil, text }) => [name, nil, text])).toEqual([
    ['b', false, '1 < 2\v'],
    ['c', true, ''],
    ['d', false, 'half'],
  ]);
});
