/**
 * The adapter reads any answer that the WSDLs allow to what they mean. From the full WSDLs where they are at
 * hand, else from our narrow ones.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerFromWire, customerUpdateToWire } from '../../../src/twentyfourseven/customers.ts';
import {
  createCategory,
  createCustomer,
  createOrder,
  createProduct,
  customersByEmail,
  listCategories,
  listTaxCodes,
  type Operation,
  type Outcome,
  ordersOfCustomer,
  productsByName,
  updateCustomer,
  updateOrder,
} from '../../../src/twentyfourseven/operations.ts';
import { createLogin, type Login } from '../../../src/twentyfourseven/session/login.ts';
import { type ServiceName, wsdlPath } from '../../../src/twentyfourseven/wire/services.ts';
import { type Entity as Answered, UnreadableAnswer } from '../../../src/twentyfourseven/wire/values.ts';
import { readWsdl, type WsdlModel } from '../../wsdl/model.ts';
import { readXml } from '../read.ts';
import { aCircuits, aCustomer, anOrder, credentials, freePass } from '../support.ts';
import { type Draw, drawFrom, makeAnswer, writeAnswer } from './answer-generator.ts';
import { type Entity, meaningOf } from './schema-reader.ts';

const FULL = join(import.meta.dirname, '../../../../shared/contracts/24seven');
const FULL_NAMES: Record<ServiceName, string> = {
  authenticate: 'authService',
  company: 'companyService',
  product: 'productService',
  invoice: 'invoiceService',
  account: 'accountService',
  client: 'clientService',
};

const narrow = (service: ServiceName) => readWsdl(readFileSync(wsdlPath(service), 'utf8'));
function modelOf(service: ServiceName): WsdlModel {
  const full = join(FULL, `${FULL_NAMES[service]}.wsdl`);
  return existsSync(full) ? readWsdl(readFileSync(full, 'utf8')) : narrow(service);
}

const KEYS = new Set(['Id', 'OrderId', 'CustomerId', 'Client', 'TaxId', 'TaxRate', 'InvoiceRows']);
/** The same answers in every run. */
const SEED = 20_210_113;
const RUNS = 150;

/** An operation's answer, as the adapter has it and as it is meant. */
function byRule(
  service: ServiceName,
  operation: string,
  check: (answered: Answered, meant: Entity, draw: Draw, xml: string) => void | Promise<void>,
  runs = RUNS,
): () => Promise<void> {
  const model = modelOf(service);
  const ours = narrow(service);
  const isRare = (typeName: string, name: string) =>
    name === 'APIException' || !ours.complexTypes.get(typeName)?.some((field) => field.name === name);
  const wishes = {
    keys: new Set([...KEYS, `${operation}Result`]),
    isRare: (typeName: string, name: string) => ours.complexTypes.size > 0 && isRare(typeName, name),
  };
  return () =>
    fc.assert(
      fc.asyncProperty(fc.noShrink(fc.integer()), async (seed) => {
        const draw = drawFrom(seed);
        const piece = makeAnswer(draw, model, operation, wishes);
        const xml = writeAnswer(draw, piece, model.targetNamespace);
        const answer = readXml(service, xml);
        if (answer.kind === 'fault') throw new Error('read as a fault');
        expect(answer.name).toBe(`${operation}Response`);
        await check(answer.content, meaningOf(model, piece), draw, xml);
      }),
      { seed: SEED, numRuns: runs },
    );
}

/** Without what is not set, at any depth. */
function given(value: object): object {
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  return Object.fromEntries(entries);
}

const listed = (meant: Entity, result: string, item: string): Entity[] =>
  ((meant[result] as Entity | undefined)?.[item] as Entity[] | undefined) ?? [];

class Unreadable extends Error {}
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Unreadable();
  return value;
}

/** No department and no project has a number below 1. */
const real = (id: unknown) => (Number(id) > 0 ? id : undefined);

function orderOf(order: Entity): object {
  const rows = listed(order, 'InvoiceRows', 'InvoiceRow');
  return given({
    orderId: must(order.OrderId),
    customerId: must(order.CustomerId),
    orderStatus: order.OrderStatus,
    invoiceId: order.InvoiceId,
    dateOrdered: order.DateOrdered,
    dateInvoiced: order.DateInvoiced,
    paid: order.Paid,
    paymentTime: order.PaymentTime,
    projectId: real(order.ProjectId),
    departmentId: real(order.DepartmentId),
    yourReference: order.YourReference,
    invoiceTitle: order.InvoiceTitle,
    invoiceText: order.InvoiceText,
    invoiceEmailAddress: order.InvoiceEmailAddress,
    deliveryDate: order.DeliveryDate,
    currency: (order.Currency as Entity | undefined)?.Symbol,
    referenceNumber: order.ReferenceNumber ?? '',
    externalStatus: order.ExternalStatus,
    includeVat: order.IncludeVAT,
    totalIncVat: order.OrderTotalIncVat,
    totalVat: order.OrderTotalVat,
    rows: rows.map((row) =>
      given({
        rowId: row.RowId,
        productId: row.ProductId,
        name: row.Name ?? '',
        price: row.Price,
        quantity: row.Quantity,
        discountRate: row.DiscountRate,
        vatRate: row.VatRate,
        taxCode: (row.TaxSettings as Entity | undefined)?.TaxCode,
        type: row.Type,
        sequenceNumber: row.SequenceNumber,
        projectId: real(row.ProjectId),
        departmentId: real(row.DepartmentId),
      }),
    ),
  });
}

const lower = (name: string) => name[0]?.toLowerCase() + name.slice(1);

/** The slots of a container that hold anything, under our names for them. */
function slotsOf(container: unknown, slot: (entity: Entity) => unknown): object | undefined {
  const found = Object.entries((container ?? {}) as Entity).flatMap(([name, entity]) => {
    const value = entity === undefined ? undefined : slot(entity as Entity);
    return value === undefined ? [] : [[lower(name), value]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
function addressOf(address: Entity): object | undefined {
  const fields = ['Street', 'State', 'PostalCode', 'PostalArea', 'Name', 'City', 'Country'];
  const found = given(Object.fromEntries(fields.map((name) => [lower(name), address[name]])));
  return Object.keys(found).length === 0 ? undefined : found;
}

function customerOf(company: Entity): object {
  return given({
    id: must(company.Id),
    externalId: company.ExternalId,
    organizationNumber: company.OrganizationNumber,
    name: company.Name,
    firstName: company.FirstName,
    addresses: slotsOf(company.Addresses, addressOf),
    phones: slotsOf(company.PhoneNumbers, (phone) => phone.Value),
    emails: slotsOf(company.EmailAddresses, (email) => email.Value),
    country: company.Country,
    invoiceLanguage: company.InvoiceLanguage,
    type: company.Type,
    accountDebit: company.AccountDebit,
    accountCredit: company.AccountCredit,
    discount: company.Discount,
    blockInvoice: company.BlockInvoice,
    currencyId: company.CurrencyId,
  });
}

const productOf = (product: Entity) =>
  given({
    id: must(product.Id),
    name: product.Name ?? '',
    categoryId: product.CategoryId,
    statusId: product.StatusId,
  });
const categoryOf = (category: Entity) => ({ id: must(category.Id), name: category.Name ?? '' });
const taxCodeOf = (code: Entity) => ({
  taxId: must(code.TaxId),
  taxNo: code.TaxNo ?? '',
  name: code.TaxName ?? '',
  rate: must(code.TaxRate),
});

function exceptionOf(entity: Entity): { type: unknown; message: unknown } | undefined {
  const { Type, Message } = (entity.APIException ?? {}) as Entity;
  return Type === undefined && Message === undefined
    ? undefined
    : { type: Type ?? '', message: Message ?? '' };
}

/** What `read` gives, or that it refuses to read. */
function orUnreadable(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable || error instanceof UnreadableAnswer) return 'unreadable';
    throw error;
  }
}

/**
 * An entity with an exception, or without what it must have, fails the look-up that it is about, and the one
 * that it may be about.
 */
function found(
  entities: Entity[],
  read: (entity: Entity) => object,
  isAbout: (entity: Entity) => boolean | undefined = () => undefined,
): unknown {
  const all: object[] = [];
  const broken: { entity: Entity; outcome: object }[] = [];
  for (const entity of entities) {
    const exception = exceptionOf(entity);
    const value = orUnreadable(() => read(entity));
    if (exception !== undefined) {
      broken.push({ entity, outcome: { kind: 'exception', exception: { ...exception, hasId: false } } });
    } else if (value === 'unreadable') broken.push({ entity, outcome: { kind: 'missing' } });
    else if (isAbout(entity) !== false) all.push(value as object);
  }
  const about = (wanted: true | undefined) =>
    broken.find(({ entity }) => isAbout(entity) === wanted)?.outcome;
  const spoilt = about(true) ?? about(undefined);
  return [spoilt ?? { kind: 'value', value: all, marked: true }];
}

/** Without the reason why one could not be read, which is for the log. */
const plain = (outcomes: Outcome<unknown>[]) =>
  outcomes.map((outcome) => (outcome.kind === 'missing' ? { kind: 'missing' } : outcome));

function lookUp<Item>(
  { service, wireName, fromAnswer }: Operation<Item, unknown>,
  item: Item,
  itemName: string,
  read: (entity: Entity) => object,
) {
  return byRule(service, wireName, (answered, meant) => {
    const expected = found(listed(meant, `${wireName}Result`, itemName), read);
    expect(plain(fromAnswer(answered, [item]))).toStrictEqual(expected);
  });
}

describe('any answer that the WSDLs allow is read to what they mean', () => {
  it('GetCompanies', lookUp(customersByEmail, 'x', 'Company', customerOf));
  it('GetCategories', lookUp(listCategories, null, 'Category', categoryOf));
  it('GetProducts', lookUp(productsByName, 'x', 'Product', productOf));
  it('GetTaxCodeList', lookUp(listTaxCodes, null, 'TaxCodeElement', taxCodeOf));

  it(
    'GetInvoices',
    byRule('invoice', 'GetInvoices', (answered, meant) => {
      const entities = listed(meant, 'GetInvoicesResult', 'InvoiceOrder');
      const wanted = entities.map((entity) => entity.CustomerId).find((id) => id !== undefined) ?? 7;
      const isAbout = ({ CustomerId }: Entity) =>
        CustomerId === undefined ? undefined : CustomerId === wanted;
      const expected = found(entities, orderOf, isAbout);
      expect(plain(ordersOfCustomer.fromAnswer(answered, [Number(wanted)]))).toStrictEqual(expected);
    }),
  );

  it(
    'a customer that was read can be sent back as read, whatever it holds',
    byRule('company', 'GetCompanies', (answered) => {
      for (const company of listedAs(answered, 'GetCompaniesResult', 'Company')) {
        const customer = orUnreadable(() => customerFromWire(company));
        if (customer === 'unreadable') continue;
        const { id, type, accountDebit, accountCredit, discount, blockInvoice, currencyId } =
          customer as ReturnType<typeof customerFromWire>;
        const back = { id, accountDebit, accountCredit, discount, blockInvoice, currencyId, type };
        if (id > 0) expect(() => customerUpdateToWire(given(back) as never)).not.toThrow();
      }
    }),
  );
});

const listedAs = (answered: Answered, result: string, item: string): Answered[] =>
  ((answered[result] as Answered | undefined)?.[item] as Answered[] | undefined) ?? [];

/** Marks of a saved entity by which an item knows its own; what the first one says, or another. */
function save<Item>(
  operation: Operation<Item, number>,
  itemName: string,
  idName: string,
  marks: readonly string[],
  itemOf: (marks: Entity) => Item,
) {
  const { service, wireName, fromAnswer } = operation;
  return byRule(service, wireName, (answered, meant, draw) => {
    const entities = listed(meant, `${wireName}Result`, itemName);
    const isOurs = draw(2) === 0;
    const wanted = Object.fromEntries(
      marks.map((mark) => {
        const theirs = isOurs ? entities[0]?.[mark] : undefined;
        return [mark, theirs ?? (mark === 'ReferenceNumber' || mark === 'ExternalId' ? 'SF-own' : 77_001)];
      }),
    );
    const likeness = (entity: Entity) => {
      const said = marks.filter((mark) => entity[mark] !== undefined);
      if (said.some((mark) => entity[mark] !== wanted[mark])) return 'other';
      return said.length === 0 ? 'silent' : 'same';
    };
    const same = entities.filter((entity) => likeness(entity) === 'same');
    const [only] = entities;
    const isAlone = only !== undefined && entities.length === 1 && likeness(only) === 'silent';
    const entity = same.length === 1 ? same[0] : isAlone ? only : undefined;
    const id = entity?.[idName];
    const hasId = typeof id === 'number' && id > 0;
    const exception = entity && exceptionOf(entity);
    const expected =
      exception !== undefined
        ? { kind: 'exception', exception: { ...exception, hasId } }
        : hasId
          ? { kind: 'value', value: id, marked: !isAlone }
          : { kind: 'missing' };
    expect(plain(fromAnswer(answered, [itemOf(wanted)]))).toStrictEqual([expected]);
  });
}

describe('the answer to a save says whose it is, as the WSDLs mean it', () => {
  const orderMarks = ['ReferenceNumber', 'ExternalStatus'];
  const orderWith = ({ ReferenceNumber, ExternalStatus }: Entity) =>
    anOrder({ referenceNumber: String(ReferenceNumber), externalStatus: Number(ExternalStatus) });
  it('SaveInvoices', save(createOrder, 'InvoiceOrder', 'OrderId', orderMarks, orderWith));
  it(
    'SaveInvoices, of an order that stands',
    save(updateOrder, 'InvoiceOrder', 'OrderId', ['OrderId'], ({ OrderId }) => ({
      ...anOrder(),
      orderId: Number(OrderId),
      rows: [],
    })),
  );
  it(
    'SaveCompanies',
    save(createCustomer, 'Company', 'Id', ['ExternalId'], ({ ExternalId }) =>
      aCustomer({ externalId: String(ExternalId) }),
    ),
  );
  it(
    'SaveCompanies, of a customer that stands',
    save(updateCustomer, 'Company', 'Id', ['Id'], ({ Id }) => ({ id: Number(Id), type: 'None' as const })),
  );
  it(
    'SaveCategories',
    save(createCategory, 'Category', 'Id', [], () => 'x'),
  );
  it(
    'SaveProducts',
    save(createProduct, 'Product', 'Id', [], () => ({ name: 'x', categoryId: 1 })),
  );
});

describe('any answer of the Authenticate service is read to what it means', () => {
  /** A login whose one answer is given. */
  function loginWith(result: Answered): Login {
    const exchange = { perform: async () => ({ ok: true as const, result }) };
    const turns = { take: async () => undefined } as unknown as Parameters<typeof createLogin>[0]['turns'];
    return createLogin({ exchange, turns, circuits: aCircuits() });
  }
  const unclear = (error: unknown) => {
    expect(error).toMatchObject({ code: 'service.unavailable' });
    return 'unreadable';
  };
  const identityOf = (identity: Entity) => ({
    identityId: must(identity.Id),
    clientId: must(must(identity.Client as Entity | undefined).Id),
    clientName: (identity.Client as Entity).Name ?? '',
    isDisabled: identity.IsDisabled,
  });

  it(
    'GetIdentity',
    byRule('authenticate', 'GetIdentity', async (answered, meant) => {
      const expected = orUnreadable(() => identityOf(must(meant.GetIdentityResult as Entity | undefined)));
      const value = await loginWith(answered).getIdentity('id', '1').catch(unclear);
      expect(value).toStrictEqual(expected);
    }),
  );

  it(
    'GetIdentitiesWithCredential',
    byRule('authenticate', 'GetIdentitiesWithCredential', async (answered, meant) => {
      const identities = listed(meant, 'GetIdentitiesWithCredentialResult', 'Identity');
      const expected = orUnreadable(() => identities.map(identityOf));
      expect(await loginWith(answered).getIdentities(credentials).catch(unclear)).toStrictEqual(expected);
    }),
  );

  it(
    'Login',
    byRule('authenticate', 'Login', async (answered, meant) => {
      const { LoginResult: id } = meant;
      const isSessionId = id === undefined || /^[!-:<-~]{1,200}$/.test(String(id));
      const login = loginWith(answered).login(credentials, 'i', '1', freePass as never);
      expect(await login.catch(unclear)).toStrictEqual(isSessionId ? id : 'unreadable');
    }),
  );
});
