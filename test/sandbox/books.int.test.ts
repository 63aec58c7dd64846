import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  allValues,
  firstValue,
  fjord,
  invoices,
  order,
  type RawClient,
  row,
  searchOrders,
  startRaw,
  strings,
  tax,
} from './raw-soap.ts';

let raw: RawClient;
let session: string;

beforeEach(async () => {
  raw = await startRaw();
  session = await raw.login();
});

afterEach(() => raw.sandbox.stop());

const save = (...orders: string[]) => raw.call('Invoice', 'SaveInvoices', invoices(...orders), session);
const books = () => raw.sandbox.control.books(fjord.clientId);
const find = (filter: string, ...names: string[]) =>
  raw.call('Invoice', 'GetInvoices', searchOrders(filter, ...names), session);
const companies = (search: string, ...names: string[]) =>
  raw.call(
    'Company',
    'GetCompanies',
    `<searchParams>${search}</searchParams>${strings('returnProperties', ...names)}`,
    session,
  );
const products = (search: string, ...names: string[]) =>
  raw.call(
    'Product',
    'GetProducts',
    `<searchParams>${search}</searchParams>${strings('returnProperties', ...names)}`,
    session,
  );

describe('an order', () => {
  it('that is sent twice is stored twice', async () => {
    const first = await save(order());
    const second = await save(order());
    expect(firstValue(first.text, 'OrderId')).toBe('1001');
    expect(firstValue(second.text, 'OrderId')).toBe('1002');
    expect((await books()).orders.map(({ reference }) => reference)).toEqual(['SF-1', 'SF-1']);
  });

  it('gets exact totals with discount and several rates', async () => {
    const rows =
      row({ price: '1350.00', discount: '10' }) + row({ price: '99.99', quantity: '3', taxCode: tax.middle });
    const { text } = await save(order({ rows }));
    expect(firstValue(text, 'OrderTotalIncVat')).toBe('1863.72');
    expect(firstValue(text, 'OrderTotalVat')).toBe('348.75');
    expect((await books()).orders[0]).toMatchObject({ totalIncVat: '1863.72', totalVat: '348.75' });
  });

  it('with prices that include VAT gets no VAT on top', async () => {
    const { text } = await save(order({ includeVat: 'true', rows: row({ price: '1250' }) }));
    expect(firstValue(text, 'OrderTotalIncVat')).toBe('1250.00');
    expect(firstValue(text, 'OrderTotalVat')).toBe('250.00');
  });

  it('takes VAT from the tax code, never from the VatRate sent', async () => {
    const rows = row({ taxCode: tax.exempt }).replace('<Price>', '<VatRate>25</VatRate><Price>');
    await save(order({ rows }));
    expect((await books()).orders[0]).toMatchObject({
      totalVat: '0.00',
      rows: [{ vatRate: '0', taxCode: tax.exempt }],
    });
  });

  it('without a tax code takes the product default of 25 %', async () => {
    const rows = row().replace(/<TaxSettings>.*<\/TaxSettings>/, '');
    await save(order({ rows }));
    expect((await books()).orders[0]).toMatchObject({
      totalVat: '25.00',
      rows: [{ vatRate: '25', taxCode: null }],
    });
  });

  it.each([
    ['an unknown customer', order({ customerId: 999 }), 'Customer does not exist'],
    ['an unknown product', order({ rows: row({ productId: 999 }) }), 'Product does not exist'],
    ['a TaxNo where the TaxId belongs', order({ rows: row({ taxCode: 3 }) }), 'Tax code does not exist'],
    ['an unknown order id', order({ orderId: 5 }), 'Order does not exist'],
    [
      'a row name of 301 characters',
      order({ rows: row({ name: 'x'.repeat(301) }) }),
      'String or binary data would be truncated',
    ],
    [
      'a reference of 51 characters',
      order({ reference: 'x'.repeat(51) }),
      'String or binary data would be truncated',
    ],
  ])('with %s is refused alone and leaves no trace', async (_name, bad, message) => {
    const { status, text } = await save(bad, order({ reference: 'good' }));
    expect(status).toBe(200);
    expect(firstValue(text, 'Message')).toContain(message);
    expect((await books()).orders.map(({ reference }) => reference)).toEqual(['good']);
  });

  it('of a company that requires departments is refused without one', async () => {
    await raw.sandbox.control.addCompany({
      clientId: 600,
      identityId: '1d000000-0000-4000-8000-000000000600',
      name: 'Dept AS',
      departmentRequired: true,
      customers: [{ name: 'A' }],
      categories: [{ name: 'C' }],
      products: [{ name: 'P', categoryId: 1 }],
    });
    session = await raw.login('1d000000-0000-4000-8000-000000000600');
    expect(firstValue((await save(order())).text, 'Type')).toContain('DepartmentIsRequiredException');
  });

  it('saved as Invoiced is booked at once, which is a violation', async () => {
    await save(order({ status: 'Invoiced' }));
    expect((await books()).orders[0]).toMatchObject({ status: 'Invoiced', invoiceId: 10001 });
    expect(await raw.sandbox.control.violations()).toMatchObject([{ kind: 'booked', clientId: 501 }]);
  });

  it('keeps the sequence numbers sent, and numbers rows that have none', async () => {
    const numbered = row({ name: 'last' }).replace(
      '<TaxSettings>',
      '<SequenceNumber>9</SequenceNumber><TaxSettings>',
    );
    await save(order({ rows: numbered + row({ name: 'plain' }) }));
    expect((await books()).orders[0]?.rows.map(({ sequenceNumber }) => sequenceNumber)).toEqual([9, 2]);
  });

  it('cannot be sent as paid, invoiced or with totals of its own', async () => {
    const sent = order()
      .replace('<OrderStatus>Web</OrderStatus>', '<OrderStatus>Web</OrderStatus><InvoiceId>5</InvoiceId>')
      .replace(
        '<ExternalStatus>',
        '<OrderTotalIncVat>1</OrderTotalIncVat><Paid>2026-01-01T00:00:00</Paid><ExternalStatus>',
      );
    await save(sent);
    expect((await books()).orders[0]).toMatchObject({ paid: null, invoiceId: null, totalIncVat: '125.00' });
  });

  it('turns an edited text row into a priced one when the edit leaves its type out', async () => {
    const textRow = '<InvoiceRow><Name>note</Name><Type>Text</Type></InvoiceRow>';
    const edit =
      '<InvoiceRow><ProductId>1</ProductId><RowId>1</RowId><ChangeState>Edit</ChangeState></InvoiceRow>';
    await save(order({ rows: textRow }));
    expect((await books()).orders[0]?.rows).toMatchObject([{ type: 'Text', total: '0.00' }]);
    await raw.sandbox.control.configure({ omittedDefaults: 'unchanged' });
    await save(order({ orderId: 1001, rows: edit }));
    expect((await books()).orders[0]?.rows[0]?.type).toBe('Text');
    await raw.sandbox.control.configure({ omittedDefaults: 'reset' });
    await save(order({ orderId: 1001, rows: edit }));
    expect((await books()).orders[0]?.rows[0]?.type).toBe('Normal');
  });

  it('changes row by row, until it is invoiced', async () => {
    await save(order({ rows: row({ name: 'one' }) + row({ name: 'two' }) + row({ name: 'three' }) }));
    const [one, two] = (await books()).orders[0]?.rows ?? [];
    const rows =
      `<InvoiceRow><RowId>${one?.rowId}</RowId><Price>50</Price><ChangeState>Edit</ChangeState></InvoiceRow>` +
      `<InvoiceRow><RowId>${two?.rowId}</RowId><ChangeState>Delete</ChangeState></InvoiceRow>` +
      row({ name: 'four' }).replace('<TaxSettings>', '<ChangeState>Add</ChangeState><TaxSettings>') +
      row({ name: 'ignored without a ChangeState' });
    await save(order({ orderId: 1001, rows, reference: 'changed' }));
    expect((await books()).orders).toMatchObject([
      { reference: 'changed', rows: [{ name: 'one', price: '50' }, { name: 'three' }, { name: 'four' }] },
    ]);
    await raw.sandbox.control.publish(fjord.clientId, 1001);
    expect((await save(order({ orderId: 1001, rows: '' }))).text).toContain(
      'is invoiced and cannot be changed',
    );
    const update = `<InvoiceOrder><OrderId>1001</OrderId><IncludeVAT xsi:nil="true"/><ReferenceNumber>late</ReferenceNumber></InvoiceOrder>`;
    await raw.call('Invoice', 'UpdateInvoices', invoices(update), session);
    expect((await books()).orders[0]?.reference).toBe('late');
  });
});

describe('GetInvoices', () => {
  it('finds by id, customer, external status and state, and answers only what was asked for', async () => {
    await save(order({ externalStatus: 5 }), order({ externalStatus: 6, customerId: 2, status: 'Draft' }));
    const ids = async (filter: string) => allValues((await find(filter, 'OrderId')).text, 'OrderId');
    expect(await ids('<OrderIds><int>1002</int><int>4711</int></OrderIds>')).toEqual(['1002']);
    expect(await ids('<CustomerIds><int>1</int></CustomerIds>')).toEqual(['1001']);
    expect(await ids('<ExternalStatus><int>5</int><int>6</int></ExternalStatus>')).toEqual(['1001', '1002']);
    expect(await ids('<OrderStates><OrderSlipStateType>Draft</OrderSlipStateType></OrderStates>')).toEqual([
      '1002',
    ]);
    expect(
      await ids('<CustomerIds><int>1</int></CustomerIds><ExternalStatus><int>6</int></ExternalStatus>'),
    ).toEqual([]);
    const asked = ['Paid', 'InvoiceId', 'Closed'];
    expect((await find('<OrderIds><int>1001</int></OrderIds>', ...asked)).text).toContain(
      '<InvoiceOrder><IncludeVAT xsi:nil="true" /><InvoiceTemplateId>00000000-0000-0000-0000-000000000000</InvoiceTemplateId></InvoiceOrder>',
    );
    await raw.sandbox.control.configure({ answers: 'written_out' });
    expect((await find('<OrderIds><int>1001</int></OrderIds>', ...asked)).text).toContain(
      '<InvoiceOrder><InvoiceId>-2147483648</InvoiceId><IncludeVAT xsi:nil="true" /><Paid>0001-01-01T00:00:00</Paid></InvoiceOrder>',
    );
  });

  it('without a filter, or with more than 1000 ids, is a fault', async () => {
    expect((await find('', 'OrderId')).text).toContain('Please specify at least one search parameter');
    const many = '<int>1</int>'.repeat(1_001);
    expect((await find(`<OrderIds>${many}</OrderIds>`, 'OrderId')).status).toBe(500);
  });

  it('can be configured to ignore ExternalStatus, or to find nothing by it', async () => {
    await save(order({ externalStatus: 5 }), order({ externalStatus: 6 }));
    const found = async () =>
      allValues((await find('<ExternalStatus><int>5</int></ExternalStatus>', 'OrderId')).text, 'OrderId');
    await raw.sandbox.control.configure({ externalStatusFilter: 'ignored' });
    expect(await found()).toEqual(['1001', '1002']);
    await raw.sandbox.control.configure({ externalStatusFilter: 'finds_nothing' });
    expect(await found()).toEqual([]);
  });

  it('finds by change time, which is rounded to the minute', async () => {
    let now = Date.UTC(2026, 0, 10, 12, 0, 20);
    const clocked = await startRaw({ clock: () => now });
    const login = await clocked.login();
    await clocked.call('Invoice', 'SaveInvoices', invoices(order()), login);
    now += 600_000;
    await clocked.call('Invoice', 'SaveInvoices', invoices(order()), login);
    const since = async (time: string) => {
      const filter = searchOrders(`<ChangedAfter>2026-01-10T${time}</ChangedAfter>`, 'OrderId');
      return allValues((await clocked.call('Invoice', 'GetInvoices', filter, login)).text, 'OrderId');
    };
    expect(await since('12:00:00')).toEqual(['1001', '1002']);
    expect(await since('12:00:10Z')).toEqual(['1002']);
    expect(await since('13:05:00+01:00')).toEqual(['1002']);
    const sync =
      '<syncParams><ChangedAfter>2026-01-10T12:05:00</ChangedAfter><RegisteredAfter>0001-01-01T00:00:00</RegisteredAfter></syncParams>';
    const list = await clocked.call('Invoice', 'GetOrderSyncList', sync, login);
    expect(allValues(list.text, 'int')).toEqual(['1002']);
    await clocked.sandbox.stop();
  });

  it('shows what the bookkeeper did: published, paid, merged, edited, inactive, deleted', async () => {
    const { control } = raw.sandbox;
    await save(order(), order(), order(), order());
    await control.publish(fjord.clientId, 1001);
    await control.pay(fjord.clientId, 1001, '2026-01-31T00:00:00');
    const collecting = await control.merge(fjord.clientId, 1002);
    await control.editReference(fjord.clientId, 1003, 'hand-written');
    await control.setInactive(fjord.clientId, 1003);
    await control.deleteOrder(fjord.clientId, 1004);
    const { text } = await find(
      '<OrderIds><int>1001</int><int>1002</int><int>1003</int><int>1004</int></OrderIds>',
      'OrderStatus',
      'InvoiceId',
      'Paid',
      'ReferenceNumber',
    );
    expect(allValues(text, 'OrderStatus')).toEqual(['Invoiced', 'InvoicedPack', 'Inactive']);
    expect(allValues(text, 'Paid')).toEqual(['2026-01-31T00:00:00']);
    expect(allValues(text, 'ReferenceNumber')).toEqual(['SF-1', 'SF-1', 'hand-written']);
    expect((await books()).orders.find(({ orderId }) => orderId === collecting)).toMatchObject({
      status: 'Invoiced',
      invoiceId: 10002,
      totalIncVat: '125.00',
    });
  });
});

describe('companies', () => {
  it.each([
    ['e-mail in any slot, whatever its case', '<CompanyEmail>FAKTURA@bygg</CompanyEmail>', ['2']],
    ['organisation number without its spaces', '<OrganizationNumber>987654321</OrganizationNumber>', ['2']],
    ['a name pattern', '<CompanyName>%an%</CompanyName>', ['1', '2', '3']],
    ['a name without a pattern only whole', '<CompanyName>Nord</CompanyName>', []],
    ['ids', '<CompanyIds><int>3</int><int>99</int></CompanyIds>', ['3']],
    ['two things at once', '<CompanyName>%</CompanyName><CompanyEmail>ola</CompanyEmail>', ['3']],
  ])('are found by %s', async (_name, search, expected) => {
    expect(allValues((await companies(search, 'Id')).text, 'Id')).toEqual(expected);
  });

  it('are not searched without a parameter', async () => {
    expect((await companies('', 'Id')).text).toContain('Please specify at least one search parameter');
  });

  it('keep what an update leaves out, except the defaults that are real values', async () => {
    const create =
      '<companies><Company><Name>A &amp; B</Name><EmailAddresses><Invoice><Value>f@x.no</Value></Invoice></EmailAddresses>' +
      '<Type>Business</Type><Discount>5</Discount></Company></companies>';
    const created = await raw.call('Company', 'SaveCompanies', create, session);
    expect(created.text).toContain('<Name>A &amp; B</Name>');
    const id = firstValue(created.text, 'Id');
    const update = `<companies><Company><Id>${id}</Id><Name></Name><EmailAddresses><Work><Value>w@x.no</Value></Work></EmailAddresses></Company></companies>`;
    await raw.call('Company', 'SaveCompanies', update, session);
    const stored = (await books()).customers.find((customer) => customer.id === Number(id));
    expect(stored?.fields).toMatchObject({
      Name: 'A & B',
      EmailAddresses: { Invoice: { Value: 'f@x.no' }, Work: { Value: 'w@x.no' } },
      Type: 'None',
      Discount: '0.0',
    });
  });

  it('can be configured to keep those too', async () => {
    await raw.sandbox.control.configure({ omittedDefaults: 'unchanged' });
    await raw.call(
      'Company',
      'SaveCompanies',
      '<companies><Company><Id>2</Id><Url>x</Url></Company></companies>',
      session,
    );
    expect((await books()).customers[1]?.fields).toMatchObject({ Type: 'Business', Url: 'x' });
  });

  it('with an unknown id or too long a name are refused one by one', async () => {
    const { text } = await raw.call(
      'Company',
      'SaveCompanies',
      `<companies><Company><Id>999</Id></Company><Company><Name>${'x'.repeat(201)}</Name></Company><Company><Name>ok</Name></Company></companies>`,
      session,
    );
    expect(allValues(text, 'Message')).toEqual([
      'Company does not exist',
      expect.stringContaining('truncated'),
    ]);
    expect((await books()).customers.at(-1)?.name).toBe('ok');
  });
});

describe('products and categories', () => {
  it('are found by a part of the name, and % is a wildcard', async () => {
    await raw.sandbox.control.addProducts(fjord.clientId, [
      { name: 'Frakt 100%', categoryId: 1 },
      { name: 'Leie', categoryId: 1 },
    ]);
    expect(allValues((await products('<Name>rak</Name>', 'Name')).text, 'Name')).toEqual([
      'Frakt',
      'Frakt 100%',
    ]);
    expect(allValues((await products('<Name>%</Name>', 'Name')).text, 'Name')).toHaveLength(3);
    expect((await products('', 'Name')).text).toContain('Please specify at least one search parameter');
  });

  it('need a category and a name to be created', async () => {
    const saved = await raw.call(
      'Product',
      'SaveProducts',
      '<products><Product><Name>A</Name></Product><Product><CategoryId>1</CategoryId></Product><Product><Name>B</Name><CategoryId>1</CategoryId></Product></products>',
      session,
    );
    expect(allValues(saved.text, 'Message')).toEqual(['CategoryId is required', 'Name is required']);
    expect((await books()).products.at(-1)).toMatchObject({ name: 'B', fields: { StatusId: 1 } });
    const category = await raw.call(
      'Product',
      'SaveCategories',
      '<categories><Category><Name>Utleie</Name></Category></categories>',
      session,
    );
    expect(firstValue(category.text, 'Id')).toBe('2');
    const all = await raw.call(
      'Product',
      'GetCategories',
      strings('returnProperties', 'Id', 'Name'),
      session,
    );
    expect(allValues(all.text, 'Name')).toEqual(['Diverse', 'Utleie']);
  });

  it('have tax codes whose id is not their number', async () => {
    const { text } = await raw.call('Account', 'GetTaxCodeList', '', session);
    expect(text).toContain('<TaxId>10</TaxId><TaxNo>3</TaxNo>');
    expect(allValues(text, 'TaxRate').filter((rate) => rate === '25').length).toBeGreaterThan(2);
  });
});
