/**
 * Every call we make: how items become one request, and one answer the items' outcomes.
 *
 * Both directions take any number of items, so that the dispatcher can join calls. Answers are matched
 * by mark or id, never by position.
 */
import type {
  Category,
  Customer,
  CustomerDraft,
  CustomerUpdate,
  Department,
  Order,
  OrderDraft,
  OrderUpdate,
  Product,
  ProductDraft,
  TaxCode,
} from '../domain/books.ts';
import {
  CUSTOMER_PROPERTIES,
  customerFromWire,
  customerUpdateToWire,
  newCustomerToWire,
} from './customers.ts';
import {
  FOLLOWED_ORDER_PROPERTIES,
  followedOrderFromWire,
  ORDER_PROPERTIES,
  ORDER_ROW_PROPERTIES,
  orderFromWire,
  orderToWire,
  orderUpdateToWire,
} from './orders.ts';
import {
  CATEGORY_PROPERTIES,
  categoryFromWire,
  categoryToWire,
  departmentFromWire,
  PRODUCT_PROPERTIES,
  productFromWire,
  productToWire,
  taxCodeFromWire,
} from './products.ts';
import type { EntityException, OperationFacts } from './wire/faults.ts';
import type { ServiceName } from './wire/services.ts';
import { type Entity, entityOf, intOf, listOf, textOf, UnreadableAnswer } from './wire/values.ts';

export type Outcome<Value> =
  /** `marked`: the answer itself said whose it is. */
  | { kind: 'value'; value: Value; marked: boolean }
  | { kind: 'exception'; exception: EntityException }
  /** The answer does not speak of this item, or not so that it can be read. */
  | { kind: 'missing'; unreadable?: string };

export interface Operation<Item, Value> extends OperationFacts {
  service: ServiceName;
  /** The SOAP operation; `name` tells apart the ways we use it. */
  wireName: string;
  /** Left out where calls never leave together. */
  join?: { maxItems: number; maxWeight: number; weightOf(item: Item): number };
  /** Nobody waits for it: it leaves with a token that nobody else wants, or fails at once. */
  isBackground?: boolean;
  /** By an id that we have from this company: undefined would mean that it is gone. */
  asksForKnown?: boolean;
  toRequest(items: readonly Item[]): object;
  /** One outcome per item, in the items' order. Throws UnreadableAnswer. */
  fromAnswer(result: Entity, items: readonly Item[]): Outcome<Value>[];
}

/** Ids that one look-up may carry (24seven.md §7.5 for orders, §4.1 for companies). */
const MAX_IDS = 1_000;
const MAX_ROWS = 500;
const joinIds = { maxItems: MAX_IDS, maxWeight: MAX_IDS, weightOf: () => 1 };
/** Products and categories are told apart by their names. */
const joinNames = { maxItems: MAX_ROWS, maxWeight: MAX_ROWS, weightOf: () => 1 };
const strings = (names: readonly string[]) => ({ string: [...names] });
const ints = (items: readonly number[]) => ({ int: [...new Set(items)] });

const codes = {
  customer: { refusedCode: 'customer.refused', unknownCode: 'service.unavailable' },
  product: { refusedCode: 'product.refused', unknownCode: 'service.unavailable' },
  order: { refusedCode: 'order.refused', unknownCode: 'order.unknown_outcome' },
} as const;

function exceptionOf(entity: Entity, hasId: boolean): EntityException | undefined {
  const exception = entityOf(entity, 'APIException');
  const type = exception && textOf(exception, 'Type');
  const message = exception && textOf(exception, 'Message');
  if (type === undefined && message === undefined) return undefined;
  return { type: type ?? '', message: message ?? '', hasId };
}

/** Whether an entity of an answer is the item's: it says so, says another's, or says nothing. */
type Likeness = 'same' | 'other' | 'silent';

function compare(mark: string | number | undefined, wanted: string | number | undefined): Likeness {
  if (mark === undefined || wanted === undefined) return 'silent';
  return mark === wanted ? 'same' : 'other';
}

/** The value, or why there is none. Throws what is not about the answer. */
function reading<Value>(read: () => Value): Value | UnreadableAnswer {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnreadableAnswer) return error;
    throw error;
  }
}

/** What cannot be read says nothing. */
function likeness<Item>(of: LikenessOf<Item>, entity: Entity, item: Item): Likeness {
  const like = reading(() => of(entity, item));
  return like instanceof UnreadableAnswer ? 'silent' : like;
}

type LikenessOf<Item> = (entity: Entity, item: Item) => Likeness;
type Broken = { entity: Entity; outcome: Outcome<never> };

/**
 * A look-up's outcomes. An entity with an exception, or one that cannot be read, fails the items that it is about.
 * Where it does not say, it fails those that nothing was found for: it may be theirs, and part of an answer is
 * no answer.
 */
function found<Item, Read, Value>(
  entities: Entity[],
  fromWire: (entity: Entity) => Read,
  items: readonly Item[],
  pick: (all: Read[], item: Item) => Value,
  likenessOf: LikenessOf<Item> = () => 'silent',
  isNone: (value: Value) => boolean = () => true,
): Outcome<Value>[] {
  const all: Read[] = [];
  const broken: Broken[] = [];
  for (const entity of entities) {
    const read = reading(() => exceptionOf(entity, false) ?? { value: fromWire(entity) });
    if (read instanceof UnreadableAnswer) {
      broken.push({ entity, outcome: { kind: 'missing', unreadable: read.message } });
    } else if ('value' in read) all.push(read.value);
    else broken.push({ entity, outcome: { kind: 'exception', exception: read } });
  }
  return items.map((item) => {
    const value = pick(all, item);
    const like = (wanted: Likeness) =>
      broken.find(({ entity }) => likeness(likenessOf, entity, item) === wanted);
    const spoilt = like('same') ?? (isNone(value) ? like('silent') : undefined);
    return spoilt?.outcome ?? { kind: 'value', value, marked: true };
  });
}

const everything = <Read>(all: Read[]) => all;

function saved<Item>(
  entities: Entity[],
  items: readonly Item[],
  idName: string,
  likenessOf: LikenessOf<Item>,
): Outcome<number>[] {
  return items.map((item) => {
    const same = entities.filter((entity) => likeness(likenessOf, entity, item) === 'same');
    const [only] = entities;
    const isAlone = items.length === 1 && entities.length === 1;
    const isByDefault =
      same.length === 0 && isAlone && only !== undefined && likeness(likenessOf, only, item) === 'silent';
    const entity = same.length === 1 ? same[0] : isByDefault ? only : undefined;
    if (entity === undefined) return { kind: 'missing' };
    const read = reading<Outcome<number>>(() => {
      const id = intOf(entity, idName);
      const isId = id !== undefined && id > 0;
      const exception = exceptionOf(entity, isId);
      if (exception !== undefined) return { kind: 'exception', exception };
      return isId ? { kind: 'value', value: id, marked: !isByDefault } : { kind: 'missing' };
    });
    return read instanceof UnreadableAnswer ? { kind: 'missing', unreadable: read.message } : read;
  });
}

/* ---------- customers ---------- */

const companies = (result: Entity) => listOf(result, 'GetCompaniesResult', 'Company');
const savedCompanies = (result: Entity) => listOf(result, 'SaveCompaniesResult', 'Company');

/**
 * By one search parameter. `%`, `_` and `[` in the text may act as wildcards over there (24seven.md §4.1),
 * which only brings more hits: the caller compares exactly.
 */
function customerSearch(parameter: string): Operation<string, Customer[]> {
  return {
    name: `GetCompanies.${parameter}`,
    service: 'company',
    wireName: 'GetCompanies',
    effect: 'read',
    ...codes.customer,
    toRequest: ([text]) => ({
      searchParams: { [parameter]: text },
      returnProperties: strings(CUSTOMER_PROPERTIES),
    }),
    fromAnswer: (result, items) => found(companies(result), customerFromWire, items, everything),
  };
}

export const customersByOrganizationNumber = customerSearch('OrganizationNumber');
export const customersByEmail = customerSearch('CompanyEmail');
export const customersByExternalId = customerSearch('ExternalId');

export const customerById: Operation<number, Customer | undefined> = {
  name: 'GetCompanies.CompanyIds',
  service: 'company',
  wireName: 'GetCompanies',
  effect: 'read',
  ...codes.customer,
  join: joinIds,
  asksForKnown: true,
  toRequest: (ids) => ({
    searchParams: { CompanyIds: ints(ids) },
    returnProperties: strings(CUSTOMER_PROPERTIES),
  }),
  fromAnswer: (result, ids) =>
    found(
      companies(result),
      customerFromWire,
      ids,
      (customers, id) => customers.find((customer) => customer.id === id),
      (entity, id) => compare(intOf(entity, 'Id'), id),
      (customer) => customer === undefined,
    ),
};

export const createCustomer: Operation<CustomerDraft, number> = {
  name: 'SaveCompanies.create',
  service: 'company',
  wireName: 'SaveCompanies',
  effect: 'create',
  ...codes.customer,
  join: { maxItems: MAX_ROWS, maxWeight: MAX_ROWS, weightOf: () => 1 },
  toRequest: (drafts) => ({ companies: { Company: drafts.map(newCustomerToWire) } }),
  fromAnswer: (result, drafts) =>
    saved(savedCompanies(result), drafts, 'Id', (entity, draft) =>
      compare(textOf(entity, 'ExternalId'), draft.externalId),
    ),
};

export const updateCustomer: Operation<CustomerUpdate, number> = {
  name: 'SaveCompanies.update',
  service: 'company',
  wireName: 'SaveCompanies',
  effect: 'update',
  ...codes.customer,
  toRequest: (updates) => ({ companies: { Company: updates.map(customerUpdateToWire) } }),
  fromAnswer: (result, updates) =>
    saved(savedCompanies(result), updates, 'Id', (entity, update) => compare(intOf(entity, 'Id'), update.id)),
};

/* ---------- products, categories, tax codes ---------- */

export const listCategories: Operation<null, Category[]> = {
  name: 'GetCategories',
  service: 'product',
  wireName: 'GetCategories',
  effect: 'read',
  ...codes.product,
  // Without arguments one answer is everybody's.
  join: joinIds,
  toRequest: () => ({ returnProperties: strings(CATEGORY_PROPERTIES) }),
  fromAnswer: (result, items) =>
    found(listOf(result, 'GetCategoriesResult', 'Category'), categoryFromWire, items, everything),
};

/** The answer need not repeat the name, and may write it otherwise. */
const nameLikeness = (entity: Entity, name: string): Likeness =>
  textOf(entity, 'Name')?.trim() === name.trim() ? 'same' : 'silent';

export const createCategory: Operation<string, number> = {
  name: 'SaveCategories',
  service: 'product',
  wireName: 'SaveCategories',
  effect: 'create',
  ...codes.product,
  join: joinNames,
  toRequest: (names) => ({ categories: { Category: names.map(categoryToWire) } }),
  fromAnswer: (result, names) =>
    saved(listOf(result, 'SaveCategoriesResult', 'Category'), names, 'Id', nameLikeness),
};

/** Wildcards as for customers; the caller compares exactly. */
export const productsByName: Operation<string, Product[]> = {
  name: 'GetProducts.Name',
  service: 'product',
  wireName: 'GetProducts',
  effect: 'read',
  ...codes.product,
  toRequest: ([name]) => ({
    searchParams: { Name: name },
    returnProperties: strings(PRODUCT_PROPERTIES),
  }),
  fromAnswer: (result, items) =>
    found(listOf(result, 'GetProductsResult', 'Product'), productFromWire, items, everything),
};

export const productById: Operation<number, Product | undefined> = {
  name: 'GetProducts.ProductIds',
  service: 'product',
  wireName: 'GetProducts',
  effect: 'read',
  ...codes.product,
  join: joinIds,
  asksForKnown: true,
  toRequest: (ids) => ({
    searchParams: { ProductIds: ints(ids) },
    returnProperties: strings(PRODUCT_PROPERTIES),
  }),
  fromAnswer: (result, ids) =>
    found(
      listOf(result, 'GetProductsResult', 'Product'),
      productFromWire,
      ids,
      (products, id) => products.find((product) => product.id === id),
      (entity, id) => compare(intOf(entity, 'Id'), id),
      (product) => product === undefined,
    ),
};

export const createProduct: Operation<ProductDraft, number> = {
  name: 'SaveProducts',
  service: 'product',
  wireName: 'SaveProducts',
  effect: 'create',
  ...codes.product,
  join: joinNames,
  toRequest: (drafts) => ({ products: { Product: drafts.map(productToWire) } }),
  fromAnswer: (result, drafts) =>
    saved(listOf(result, 'SaveProductsResult', 'Product'), drafts, 'Id', (entity, { name }) =>
      nameLikeness(entity, name),
    ),
};

export const listTaxCodes: Operation<null, TaxCode[]> = {
  name: 'GetTaxCodeList',
  service: 'account',
  wireName: 'GetTaxCodeList',
  effect: 'read',
  ...codes.product,
  // Without arguments one answer is everybody's.
  join: joinIds,
  toRequest: () => ({}),
  fromAnswer: (result, items) =>
    found(listOf(result, 'GetTaxCodeListResult', 'TaxCodeElement'), taxCodeFromWire, items, everything),
};

export const listDepartments: Operation<null, Department[]> = {
  name: 'GetDepartmentList',
  service: 'client',
  wireName: 'GetDepartmentList',
  effect: 'read',
  ...codes.order,
  join: joinIds,
  toRequest: () => ({}),
  fromAnswer: (result, items) =>
    found(listOf(result, 'GetDepartmentListResult', 'Department'), departmentFromWire, items, everything),
};

/* ---------- orders ---------- */

function orderSearch<Value>(
  parameter: 'ExternalStatus' | 'OrderIds' | 'CustomerIds',
  isJoined: boolean,
  /** The field that says which item an order is found for. */
  key: 'ExternalStatus' | 'OrderId' | 'CustomerId',
  pick: (orders: Order[], item: number) => Value,
  isNone: (value: Value) => boolean,
  { properties, fromWire } = { properties: ORDER_PROPERTIES as readonly string[], fromWire: orderFromWire },
): Operation<number, Value> {
  return {
    name: `GetInvoices.${parameter}`,
    service: 'invoice',
    wireName: 'GetInvoices',
    effect: 'read',
    ...codes.order,
    ...(isJoined && { join: joinIds }),
    toRequest: (items) => ({
      searchParams: { [parameter]: ints(items) },
      invoiceReturnProperties: strings(properties),
      rowReturnProperties: strings(ORDER_ROW_PROPERTIES),
    }),
    fromAnswer: (result, items) =>
      found(
        listOf(result, 'GetInvoicesResult', 'InvoiceOrder'),
        fromWire,
        items,
        pick,
        (entity, item) => compare(intOf(entity, key), item),
        isNone,
      ),
  };
}

export const ordersByMark = orderSearch(
  'ExternalStatus',
  true,
  'ExternalStatus',
  (orders, mark) => orders.filter((order) => order.externalStatus === mark),
  (orders) => orders.length === 0,
);
const byId = (orders: Order[], id: number) => orders.find((order) => order.orderId === id);
const isMissing = (order: Order | undefined) => order === undefined;
export const orderById = orderSearch('OrderIds', true, 'OrderId', byId, isMissing);
export const followedOrder: Operation<number, Order | undefined> = {
  ...orderSearch('OrderIds', true, 'OrderId', byId, isMissing, {
    properties: FOLLOWED_ORDER_PROPERTIES,
    fromWire: followedOrderFromWire,
  }),
  name: 'GetInvoices.followed',
  isBackground: true,
  asksForKnown: true,
};
/** The same, where a person waits for the answer. */
export const reportedOrder: typeof followedOrder = {
  ...followedOrder,
  name: 'GetInvoices.reported',
  isBackground: false,
};
export const ordersOfCustomer = orderSearch(
  'CustomerIds',
  false,
  'CustomerId',
  (orders, customerId) => orders.filter((order) => order.customerId === customerId),
  // One that does not say whose it is may be the one that is looked for, beside others of the customer.
  () => true,
);

export const createOrder: Operation<OrderDraft, number> = {
  name: 'SaveInvoices.create',
  service: 'invoice',
  wireName: 'SaveInvoices',
  effect: 'create',
  ...codes.order,
  join: { maxItems: MAX_ROWS, maxWeight: MAX_ROWS, weightOf: (draft) => draft.rows.length },
  toRequest: (drafts) => ({ invoices: { InvoiceOrder: drafts.map(orderToWire) } }),
  fromAnswer: (result, drafts) =>
    saved(listOf(result, 'SaveInvoicesResult', 'InvoiceOrder'), drafts, 'OrderId', orderLikeness),
};

/** Effect `create`: rows may be added, so what became of it must be looked up before it is sent again. */
export const updateOrder: Operation<OrderUpdate, number> = {
  name: 'SaveInvoices.update',
  service: 'invoice',
  wireName: 'SaveInvoices',
  effect: 'create',
  ...codes.order,
  toRequest: (updates) => ({ invoices: { InvoiceOrder: updates.map(orderUpdateToWire) } }),
  fromAnswer: (result, updates) =>
    saved(listOf(result, 'SaveInvoicesResult', 'InvoiceOrder'), updates, 'OrderId', (entity, update) =>
      compare(intOf(entity, 'OrderId'), update.orderId),
    ),
};

function orderLikeness(entity: Entity, draft: OrderDraft): Likeness {
  const byReference = compare(textOf(entity, 'ReferenceNumber'), draft.referenceNumber);
  const byStatus = compare(intOf(entity, 'ExternalStatus'), draft.externalStatus);
  if (byReference === 'other' || byStatus === 'other') return 'other';
  return byReference === 'same' || byStatus === 'same' ? 'same' : 'silent';
}
