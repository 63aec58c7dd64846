import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  credential,
  envelope,
  invoices,
  namespace,
  order,
  type RawClient,
  row,
  startRaw,
} from './raw-soap.ts';

let raw: RawClient;
let session: string;

beforeAll(async () => {
  raw = await startRaw();
  session = await raw.login();
});

afterAll(() => raw.sandbox.stop());

const save = (inner: string) => raw.call('Invoice', 'SaveInvoices', inner, session);
const lastViolation = async () => (await raw.sandbox.control.violations()).at(-1);
const orders = async () => (await raw.sandbox.control.books(501)).orders;

describe('a request outside the schema is a fault, is noted, and changes nothing', () => {
  const valid = order();
  it.each([
    [
      'an unknown element',
      valid.replace('<OrderStatus>', '<Colour>red</Colour><OrderStatus>'),
      'Colour: unknown element',
    ],
    [
      'an element out of sequence',
      valid
        .replace('<CustomerId>1</CustomerId>', '')
        .replace('<IncludeVAT>', '<CustomerId>1</CustomerId><IncludeVAT>'),
      'CustomerId: out of sequence',
    ],
    [
      'a duplicate element',
      valid.replace('<CustomerId>1</CustomerId>', '<CustomerId>1</CustomerId><CustomerId>1</CustomerId>'),
      'CustomerId: duplicate element',
    ],
    [
      'a missing required element',
      valid.replace('<IncludeVAT>false</IncludeVAT>', ''),
      'IncludeVAT: required element is missing',
    ],
    [
      'nil where it is not allowed',
      valid.replace('<CustomerId>1</CustomerId>', '<CustomerId xsi:nil="true"/>'),
      'CustomerId: nil is not allowed',
    ],
    [
      'an unknown enum value',
      valid.replace('>Web<', '>Registered<'),
      'OrderStatus: not a valid value for OrderSlipStateType',
    ],
    [
      'an int that is text',
      valid.replace('>1</CustomerId>', '>secret</CustomerId>'),
      'CustomerId: not a valid value for int',
    ],
    [
      'an int out of range',
      valid.replace('>1</CustomerId>', '>2147483648</CustomerId>'),
      'CustomerId: not a valid value for int',
    ],
    [
      'an empty int',
      valid.replace('>1</CustomerId>', '></CustomerId>'),
      'CustomerId: not a valid value for int',
    ],
    [
      'a decimal with exponent',
      order({ rows: row({ price: '1e3' }) }),
      'Price: not a valid value for decimal',
    ],
    ['a decimal comma', order({ rows: row({ price: '1,5' }) }), 'Price: not a valid value for decimal'],
    [
      'a decimal beyond 29 digits',
      order({ rows: row({ price: '79228162514264337593543950336' }) }),
      'Price: not a valid value for decimal',
    ],
    ['a decimal that is empty', order({ rows: row({ price: '' }) }), 'Price: not a valid value for decimal'],
    [
      'a short out of range',
      valid.replace('</Quantity>', '</Quantity><SequenceNumber>40000</SequenceNumber>'),
      'SequenceNumber: not a valid value for short',
    ],
    ['a boolean that is text', order({ includeVat: 'yes' }), 'IncludeVAT: not a valid value for boolean'],
    [
      'a date that does not exist',
      valid.replace('<IncludeVAT>', '<DateOrdered>2021-02-30T12:00:00</DateOrdered><IncludeVAT>'),
      'DateOrdered: not a valid value for dateTime',
    ],
    [
      'a date without time',
      valid.replace('<IncludeVAT>', '<DateOrdered>2021-01-10</DateOrdered><IncludeVAT>'),
      'DateOrdered: not a valid value for dateTime',
    ],
    [
      'a guid that is none',
      valid.replace('</InvoiceOrder>', '<InvoiceTemplateId>{1}</InvoiceTemplateId></InvoiceOrder>'),
      'InvoiceTemplateId: not a valid value for guid',
    ],
    [
      'a wrong namespace',
      valid.replace('<CustomerId>', '<CustomerId xmlns="urn:other">'),
      'CustomerId: wrong namespace',
    ],
    [
      'a wrong array item',
      valid.replaceAll('InvoiceRow>', 'Row>'),
      'InvoiceOrder[1]/InvoiceRows/Row[1]: unknown element',
    ],
    [
      'text between elements',
      valid.replace('<InvoiceRows>', '<InvoiceRows>x'),
      'InvoiceRows: text where elements belong',
    ],
    [
      'elements inside text',
      valid.replace('>SF-1<', '><b/><'),
      'ReferenceNumber: elements where text belongs',
    ],
  ])('%s', async (_name, member, expected) => {
    const before = (await raw.sandbox.control.violations()).length;
    const { status, text } = await save(invoices(member));
    expect(status).toBe(500);
    expect(text).toContain('<faultcode>soap:Client</faultcode>');
    expect(text).toContain(`Instance validation error: SaveInvoices/invoices/InvoiceOrder`);
    expect(text).toContain(expected);
    expect(text).not.toContain('secret');
    expect(await raw.sandbox.control.violations()).toHaveLength(before + 1);
    expect(await lastViolation()).toMatchObject({ kind: 'schema', operation: 'SaveInvoices', clientId: 501 });
    expect(await orders()).toHaveLength(0);
  });

  it.each([
    ['an illegal control character', envelope('SaveInvoices', invoices(order({ reference: 'a\u0001b' })))],
    ['an illegal character reference', envelope('SaveInvoices', invoices(order({ reference: 'a&#1;b' })))],
    ['half a document', envelope('SaveInvoices', invoices(order())).slice(0, -30)],
    ['a bare ampersand', envelope('SaveInvoices', invoices(order({ reference: 'a & b' })))],
    ['no XML at all', 'hello'],
  ])('%s', async (_name, body) => {
    const { status, text } = await raw.post('Invoice', body, {
      'Content-Type': 'text/xml; charset=utf-8',
      SOAPAction: `${namespace}/SaveInvoices`,
      Cookie: `ASP.NET_SessionId=${session}`,
    });
    expect(status).toBe(500);
    expect(text).toContain('not well-formed');
    expect(await lastViolation()).toMatchObject({ kind: 'schema', operation: 'SaveInvoices' });
    expect(await orders()).toHaveLength(0);
  });

  it('a SOAPAction of another operation, or an operation of another service', async () => {
    const wrongAction = await raw.post('Authenticate', envelope('HasSession', ''), {
      'Content-Type': 'text/xml; charset=utf-8',
      SOAPAction: `"${namespace}/Login"`,
    });
    expect(wrongAction.status).toBe(500);
    const wrongService = await raw.call('Company', 'SaveInvoices', invoices(order()), session);
    expect(wrongService.status).toBe(500);
    expect(wrongService.text).toContain('did not recognize the value of HTTP Header SOAPAction');
  });
});

describe('a request inside the schema passes', () => {
  it('with nil for IncludeVAT, sentinels for unset values and SOAPAction without quotes', async () => {
    const before = (await raw.sandbox.control.violations()).length;
    const body = order()
      .replace('<IncludeVAT>false</IncludeVAT>', '<IncludeVAT xsi:nil="true"/>')
      .replace('<CustomerId>', '<OrderId>-2147483648</OrderId><CustomerId>');
    const { text } = await raw.post('Invoice', envelope('SaveInvoices', invoices(body)), {
      'Content-Type': 'text/xml',
      SOAPAction: `${namespace}/SaveInvoices`,
      Cookie: `a=b; ASP.NET_SessionId=${session}`,
    });
    expect(text).toContain('<OrderId>1001</OrderId>');
    expect(text).toContain('<IncludeVAT xsi:nil="true" />');
    expect(await raw.sandbox.control.violations()).toHaveLength(before);
  });

  it('as SOAP 1.2, and is answered as SOAP 1.2', async () => {
    const body = envelope('Login', credential()).replace(
      'http://schemas.xmlsoap.org/soap/envelope/',
      'http://www.w3.org/2003/05/soap-envelope',
    );
    const answer = await raw.post('Authenticate', body, {
      'Content-Type': 'application/soap+xml; charset=utf-8',
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/soap+xml');
    expect(answer.text).toContain('http://www.w3.org/2003/05/soap-envelope');
    expect(answer.text).toContain('<LoginResult>');
  });
});
