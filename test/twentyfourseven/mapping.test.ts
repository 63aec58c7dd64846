import { describe, expect, it } from 'vitest';
import type { OrderDraft } from '../../src/domain/books.ts';
import {
  customerFromWire,
  customerUpdateToWire,
  newCustomerToWire,
} from '../../src/twentyfourseven/customers.ts';
import {
  createCustomer,
  createOrder,
  createProduct,
  customerById,
  listCategories,
  orderById,
  ordersByMark,
  ordersOfCustomer,
} from '../../src/twentyfourseven/operations.ts';
import { orderFromWire, orderToWire } from '../../src/twentyfourseven/orders.ts';
import { taxCodeFromWire } from '../../src/twentyfourseven/products.ts';
import { type Entity, listOf, UnreadableAnswer } from '../../src/twentyfourseven/wire/values.ts';
import { read } from './read.ts';
import { aCustomer, anOrder } from './support.ts';

const one = (answer: Entity, list: string, item: string): Entity => {
  const [only] = listOf(answer, list, item);
  if (only === undefined) throw new Error('nothing there');
  return only;
};
const readOrder = (order: object) =>
  orderFromWire(
    one(
      read('invoice', 'GetInvoices', { GetInvoicesResult: { InvoiceOrder: order } }),
      'GetInvoicesResult',
      'InvoiceOrder',
    ),
  );
const readCustomer = (company: object) =>
  customerFromWire(
    one(
      read('company', 'GetCompanies', { GetCompaniesResult: { Company: company } }),
      'GetCompaniesResult',
      'Company',
    ),
  );

const UNSET = {
  int: '-2147483648',
  decimal: '-79228162514264337593543950335',
  date: '0001-01-01T00:00:00',
};

describe('an order to send', () => {
  it('always says its status and whether its prices include VAT', () => {
    expect(orderToWire(anOrder())).toMatchObject({ OrderStatus: 'Web', IncludeVAT: false });
    expect(orderToWire(anOrder({ includeVat: true }))).toMatchObject({ IncludeVAT: true });
  });

  it('cannot be invoiced by us', () => {
    const order = { ...anOrder(), orderStatus: 'Invoiced' } as unknown as OrderDraft;
    expect(() => orderToWire(order)).toThrow(/OrderStatus/);
  });

  it('leaves out what is empty or not given', () => {
    const {
      invoiceEmailAddress: _,
      paymentTime: __,
      ...order
    } = anOrder({ invoiceText: '', invoiceTitle: '' });
    const wire = orderToWire(order);
    for (const name of [
      'InvoiceText',
      'InvoiceTitle',
      'InvoiceEmailAddress',
      'PaymentTime',
      'DepartmentId',
    ]) {
      expect(wire).not.toHaveProperty(name);
    }
    for (const name of ['OrderId', 'DistributionMethod']) expect(wire).not.toHaveProperty(name);
  });

  it('keeps payment time 0, which means none', () => {
    expect(orderToWire(anOrder({ paymentTime: 0 }))).toMatchObject({ PaymentTime: 0 });
  });

  it.each<[string, Partial<OrderDraft>]>([
    ['a price with an exponent', { rows: [{ ...anOrder().rows[0], price: '1e3' } as OrderDraft['rows'][0]] }],
    ['a name of 301', { rows: [{ ...anOrder().rows[0], name: 'x'.repeat(301) } as OrderDraft['rows'][0]] }],
    ['no rows', { rows: [] }],
    ['a date with zone', { dateOrdered: '2021-01-10T12:00:00Z' }],
    ['no customer', { customerId: 0 }],
    ['the unset mark', { externalStatus: -2_147_483_648 }],
  ])('%s is our bug and is not sent; the error names no value', (_, overrides) => {
    expect(() => orderToWire(anOrder(overrides))).toThrow(/^a wrong order was about to be sent: /);
  });
});

describe('an order as read', () => {
  const wire = {
    OrderId: '12',
    CustomerId: '7',
    OrderStatus: 'Web',
    InvoiceId: UNSET.int,
    DateInvoiced: UNSET.date,
    Paid: '0001-01-01T00:00:00Z',
    ReferenceNumber: 'SF-1',
    ExternalStatus: UNSET.int,
    IncludeVAT: null,
    OrderTotalIncVat: UNSET.decimal,
    OrderTotalVat: '0.0000',
    InvoiceRows: {
      InvoiceRow: {
        ProductId: '-1',
        RowId: '1',
        Name: '',
        Price: '1234567890123456.789',
        Type: 'Text',
        SequenceNumber: '-32768',
        TaxSettings: { TaxCode: UNSET.int },
      },
    },
  };

  it('has no sentinels and exact decimals', () => {
    expect(readOrder(wire)).toEqual({
      orderId: 12,
      customerId: 7,
      orderStatus: 'Web',
      referenceNumber: 'SF-1',
      totalVat: '0.0000',
      rows: [{ rowId: 1, productId: -1, name: '', price: '1234567890123456.789', type: 'Text' }],
    });
  });

  it('is Web, with normal rows, where it does not say otherwise', () => {
    const { OrderStatus: _, ...silent } = wire;
    const rows = { InvoiceRow: [{ RowId: '1' }] };
    expect(readOrder({ ...silent, InvoiceRows: rows })).toMatchObject({
      orderStatus: 'Web',
      rows: [{ type: 'Normal' }],
    });
  });

  it.each([
    ['without id', { OrderId: UNSET.int }],
    ['with a broken total', { OrderTotalIncVat: '12,50' }],
    ['with a broken date', { Paid: 'yesterday' }],
    ['with a broken flag', { IncludeVAT: 'perhaps' }],
    ['with two references', { ReferenceNumber: ['a', 'b'] }],
  ])('%s makes the answer unreadable', (_, change) => {
    expect(() => readOrder({ ...wire, ...change })).toThrow(UnreadableAnswer);
  });
});

describe('customers', () => {
  it('a new one never carries an id', () => {
    const draft = { ...aCustomer(), id: 5 };
    expect(newCustomerToWire(draft)).not.toHaveProperty('Id');
  });

  it('an update never carries our mark', () => {
    expect(() => customerUpdateToWire({ id: 1, type: 'Business', externalId: 'x' })).toThrow(/ExternalId/);
  });

  it('an address goes back as read, though its country is no code', () => {
    const addresses = { visit: { street: 'Vegen 1', country: 'Norge' } };
    expect(customerUpdateToWire({ id: 1, type: 'Business', addresses })).toMatchObject({
      Addresses: { Visit: { Country: 'Norge' } },
    });
  });

  it('goes and comes back the same', () => {
    const draft = aCustomer({
      invoiceLanguage: 'no',
      accountDebit: 1500,
      accountCredit: 0,
      discount: '2.5',
      currencyId: 'NOK',
    });
    expect(readCustomer({ ...newCustomerToWire(draft), Id: '9' })).toEqual({
      ...draft,
      id: 9,
      blockInvoice: false,
    });
  });

  it('empty slots and sentinels read as absent, silence as what the WSDL declares', () => {
    expect(
      readCustomer({
        Id: '3',
        Name: 'A',
        ExternalId: '',
        Type: 'None',
        Addresses: { Post: null, Invoice: { Street: '' } },
        EmailAddresses: { Work: { Value: '' } },
        PhoneNumbers: null,
        Discount: UNSET.decimal,
        AccountDebit: '-32768',
      }),
    ).toEqual({
      id: 3,
      name: 'A',
      type: 'None',
      accountCredit: 0,
      blockInvoice: false,
      currencyId: 'LOCAL',
    });
  });

  it('of one answer are read once each, however many asked for them', () => {
    let read = 0;
    const company = (Id: string) => ({
      Id,
      get Name() {
        read += 1;
        return 'A';
      },
      Type: 'None',
    });
    const answer = { GetCompaniesResult: { Company: [company('1'), company('2')] } };
    expect(customerById.fromAnswer(answer, [2, 1, 2, 3])).toMatchObject([
      { kind: 'value', value: { id: 2 } },
      { kind: 'value', value: { id: 1 } },
      { kind: 'value', value: { id: 2 } },
      { kind: 'value', value: undefined },
    ]);
    expect(read).toBe(2);
  });
});

it('a tax code without a rate makes the list unreadable', () => {
  expect(taxCodeFromWire({ TaxId: '10', TaxNo: '3', TaxName: 'N', TaxRate: '25.00' })).toEqual({
    taxId: 10,
    taxNo: '3',
    name: 'N',
    rate: '25.00',
  });
  expect(() => taxCodeFromWire({ TaxId: '10' })).toThrow(UnreadableAnswer);
});

describe('lists', () => {
  it.each<[string, object, object[]]>([
    ['nothing', {}, []],
    ['nil', { GetCategoriesResult: null }, []],
    ['one', { GetCategoriesResult: { Category: { Id: '1' } } }, [{ Id: '1' }]],
    [
      'several, one nil',
      { GetCategoriesResult: { Category: [{ Id: '1' }, null, { Id: '2' }] } },
      [{ Id: '1' }, { Id: '2' }],
    ],
  ])('%s reads as a list', (_, result, expected) => {
    const answer = read('product', 'GetCategories', result);
    expect(listOf(answer, 'GetCategoriesResult', 'Category')).toEqual(expected);
  });
});

describe('whose is whose in the answer to a save', () => {
  const two = [
    anOrder({ externalStatus: 1, referenceNumber: 'SF-a' }),
    anOrder({ externalStatus: 2, referenceNumber: 'SF-b' }),
  ];
  const saved = (entities: object[]) =>
    read('invoice', 'SaveInvoices', { SaveInvoicesResult: { InvoiceOrder: entities } });
  const entity = (id: string, reference: string, status: string) => ({
    OrderId: id,
    ReferenceNumber: reference,
    ExternalStatus: status,
  });

  it('goes by mark, not by position', () => {
    const answer = saved([entity('20', 'SF-b', '2'), entity('10', 'SF-a', '1')]);
    expect(createOrder.fromAnswer(answer, two)).toEqual([
      { kind: 'value', value: 10, marked: true },
      { kind: 'value', value: 20, marked: true },
    ]);
  });

  it('a member the answer does not speak of is missing, and so is one of two that claim the same mark', () => {
    expect(createOrder.fromAnswer(saved([entity('10', 'SF-a', '1')]), two)[1]).toEqual({ kind: 'missing' });
    const twice = saved([entity('10', 'SF-a', '1'), entity('11', 'SF-a', '1')]);
    expect(createOrder.fromAnswer(twice, two)).toEqual([{ kind: 'missing' }, { kind: 'missing' }]);
  });

  it('alone, an answer without mark is the one; with another mark it is not', () => {
    const one = two.slice(0, 1);
    const [unmarked] = createOrder.fromAnswer(saved([{ OrderId: '10' }]), one);
    expect(unmarked).toEqual({ kind: 'value', value: 10, marked: false });
    expect(createOrder.fromAnswer(saved([entity('10', 'SF-z', '1')]), one)).toEqual([{ kind: 'missing' }]);
    expect(createOrder.fromAnswer(saved([{ OrderId: '10' }, { OrderId: '11' }]), one)).toEqual([
      { kind: 'missing' },
    ]);
  });

  it.each(['-2147483648', '0', '-1', ''])('an id of %j is none', (id) => {
    expect(createOrder.fromAnswer(saved([entity(id, 'SF-a', '1')]), two.slice(0, 1))).toEqual([
      { kind: 'missing' },
    ]);
  });

  it('an exception says whether an id stands beside it', () => {
    const failed = { APIException: { Type: 'T', Message: 'M' } };
    const [beside] = createOrder.fromAnswer(
      saved([{ ...entity('10', 'SF-a', '1'), ...failed }]),
      two.slice(0, 1),
    );
    expect(beside).toEqual({ kind: 'exception', exception: { type: 'T', message: 'M', hasId: true } });
    const [alone] = createProduct.fromAnswer(
      read('product', 'SaveProducts', { SaveProductsResult: { Product: failed } }),
      [{ name: 'P', categoryId: 1 }],
    );
    expect(alone).toEqual({ kind: 'exception', exception: { type: 'T', message: 'M', hasId: false } });
  });

  it('customers go by our mark', () => {
    const drafts = [aCustomer({ externalId: 'a' }), aCustomer({ externalId: 'b' })];
    const answer = {
      SaveCompaniesResult: {
        Company: [
          { Id: '2', ExternalId: 'b' },
          { Id: '1', ExternalId: 'a' },
        ],
      },
    };
    expect(createCustomer.fromAnswer(answer, drafts)).toMatchObject([{ value: 1 }, { value: 2 }]);
  });

  describe('one entity of a joined look-up that is an exception or cannot be read', () => {
    const exception = { APIException: { Type: 'T', Message: 'M' } };
    const order = (id: number, more: object = {}) => ({
      OrderId: String(id),
      CustomerId: '1',
      ExternalStatus: String(id),
      OrderStatus: 'Web',
      ...more,
    });
    const orders = (...found: object[]) =>
      read('invoice', 'GetInvoices', { GetInvoicesResult: { InvoiceOrder: found } });
    const kinds = (outcomes: { kind: string }[]) => outcomes.map(({ kind }) => kind).join(' ');

    it.each([
      ['an exception', exception, 'exception'],
      ['an unreadable value', { InvoiceId: 'x' }, 'missing'],
    ])('fails only the item that it is about: %s', (_, bad, kind) => {
      const answer = orders(order(1), order(2, bad), order(4));
      expect(kinds(ordersByMark.fromAnswer(answer, [1, 2, 3]))).toBe(`value ${kind} value`);
      expect(kinds(orderById.fromAnswer(answer, [1, 2, 3]))).toBe(`value ${kind} value`);
      const customers = read('company', 'GetCompanies', {
        GetCompaniesResult: {
          Company: [
            { Id: '1', Name: 'A' },
            { Id: '2', Name: 'B', AccountDebit: 'x', ...exception },
          ],
        },
      });
      expect(kinds(customerById.fromAnswer(customers, [1, 2, 3]))).toBe('value exception value');
    });

    it('fails those that nothing was found for, where it does not say whose it is', () => {
      const answer = orders(order(1), exception);
      expect(kinds(ordersByMark.fromAnswer(answer, [1, 2, 3]))).toBe('value exception exception');
      expect(kinds(orderById.fromAnswer(orders(order(1), { OrderId: 'x' }), [1, 2]))).toBe('value missing');
    });

    it('an item with a second entity that is broken has no answer: the two may be two orders', () => {
      expect(kinds(ordersByMark.fromAnswer(orders(order(1), order(1, exception)), [1]))).toBe('exception');
    });

    it('makes a search that cannot tell whose it is fail, never come to less', () => {
      const answer = orders(order(1), exception);
      expect(kinds(ordersOfCustomer.fromAnswer(answer, [1]))).toBe('exception');
      const categories = read('product', 'GetCategories', {
        GetCategoriesResult: { Category: [{ Id: '1', Name: 'A' }, exception] },
      });
      expect(kinds(listCategories.fromAnswer(categories, [null, null]))).toBe('exception exception');
    });

    it('of a save leaves its neighbours saved', () => {
      const answer = saved([entity('10', 'SF-a', '1'), entity('x', 'SF-b', '2')]);
      expect(kinds(createOrder.fromAnswer(answer, two))).toBe('value missing');
    });
  });
});
