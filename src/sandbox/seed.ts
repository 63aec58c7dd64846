import type { Entity } from './schema/value.ts';
import { saveCustomer } from './services/company.ts';
import { saveOrder } from './services/order.ts';
import { saveCategory, saveProduct } from './services/product.ts';
import { type Company, counters, newStored, type TaxCode, type User, type World } from './state.ts';
import { norwegianTaxCodes } from './tax-codes.ts';

export type CustomerSeed = {
  name: string;
  firstName?: string;
  type?: 'None' | 'Lead' | 'Consumer' | 'Business' | 'Supplier';
  organizationNumber?: string;
  workEmail?: string;
  invoiceEmail?: string;
  externalId?: string;
  /** Any other stored field, in the WSDL's names. */
  fields?: Record<string, unknown>;
};

export type CategorySeed = { name: string; no?: string };

export type ProductSeed = {
  name: string;
  categoryId: number;
  no?: string;
  price?: string;
  /** 1 active, 0 expired. */
  statusId?: number;
};

export type OrderSeed = {
  customerId: number;
  reference?: string;
  externalStatus?: number;
  status?: string;
  includeVat?: boolean;
  rows?: {
    productId: number;
    name: string;
    price: string;
    quantity?: string;
    discountRate?: string;
    taxCode?: number;
  }[];
};

export type CompanySeed = {
  clientId: number;
  /** A guid; Login and SetIdentityById name the company by it. */
  identityId: string;
  name: string;
  userName?: string;
  organizationNumber?: string;
  currency?: string;
  country?: string;
  isDisabled?: boolean;
  isBlocked?: boolean;
  /** Orders without DepartmentId are refused. */
  departmentRequired?: boolean;
  deniedServices?: string[];
  /** Where there are any, orders and rows with another DepartmentId are refused. */
  departments?: { id: number; name: string }[];
  /** Ids; as for departments. */
  projects?: number[];
  /** Ids of the next new entities. */
  nextId?: Partial<Company['nextId']>;
  /** Default: the Norwegian list. */
  taxCodes?: TaxCode[];
  categories?: CategorySeed[];
  products?: ProductSeed[];
  customers?: CustomerSeed[];
  orders?: OrderSeed[];
};

export type SandboxSeed = {
  /** The one support user, who sees every company that is not blocked. */
  user?: Partial<User>;
  companies: CompanySeed[];
};

const email = (value: string | undefined) => (value === undefined ? undefined : { Value: value });

function customerEntity(seed: CustomerSeed): Entity {
  return {
    ExternalId: seed.externalId,
    OrganizationNumber: seed.organizationNumber,
    Name: seed.name,
    FirstName: seed.firstName,
    Type: seed.type ?? (seed.organizationNumber === undefined ? 'Consumer' : 'Business'),
    EmailAddresses: { Invoice: email(seed.invoiceEmail), Work: email(seed.workEmail) },
    ...(seed.fields as Entity | undefined),
  };
}

function productEntity(seed: ProductSeed): Entity {
  return {
    Name: seed.name,
    CategoryId: seed.categoryId,
    No: seed.no,
    Price: seed.price,
    StatusId: seed.statusId ?? 1,
  };
}

function orderEntity(seed: OrderSeed): Entity {
  return {
    CustomerId: seed.customerId,
    OrderStatus: seed.status ?? 'Web',
    IncludeVAT: seed.includeVat ?? false,
    ExternalStatus: seed.externalStatus,
    ReferenceNumber: seed.reference,
    InvoiceRows: (seed.rows ?? []).map((row) => ({
      ProductId: row.productId,
      Price: row.price,
      Name: row.name,
      DiscountRate: row.discountRate,
      Quantity: row.quantity ?? '1',
      TaxSettings: row.taxCode === undefined ? undefined : { TaxCode: row.taxCode },
    })),
  };
}

/** Put a company and its books into the world. Ids count per company, so two companies share numbers. */
export function addCompany(world: World, seed: CompanySeed): Company {
  if (world.companies.has(seed.clientId)) throw new Error(`company ${seed.clientId} is already there`);
  const company: Company = {
    clientId: seed.clientId,
    identityId: seed.identityId.toLowerCase(),
    name: seed.name,
    userName: seed.userName ?? 'Sharefox Support',
    organizationNumber: seed.organizationNumber ?? '',
    currency: seed.currency ?? 'NOK',
    country: seed.country ?? 'NO',
    isDisabled: seed.isDisabled ?? false,
    isBlocked: seed.isBlocked ?? false,
    departmentRequired: seed.departmentRequired ?? false,
    deniedServices: new Set(seed.deniedServices),
    taxCodes: seed.taxCodes ?? norwegianTaxCodes,
    departments: seed.departments ?? [],
    projects: seed.projects ?? [],
    customers: new Map(),
    categories: new Map(),
    products: new Map(),
    orders: new Map(),
    nextId: {
      ...{ customer: 1, category: 1, product: 1, order: 1001, row: 1, invoice: 10001 },
      ...seed.nextId,
    },
  };
  world.companies.set(company.clientId, company);
  addCategories(world, company, seed.categories ?? []);
  addProducts(world, company, seed.products ?? []);
  addCustomers(world, company, seed.customers ?? []);
  addOrders(world, company, seed.orders ?? []);
  return company;
}

export type BooksKind = keyof typeof counters;

/**
 * Store data as another program left it: no rule is checked, and an order is answered exactly as given.
 * Replaces what has this id.
 */
export function putStored(world: World, company: Company, kind: BooksKind, id: number, fields: Entity): void {
  const now = world.clock();
  const stored = newStored(id, fields, now, now);
  if (kind === 'orders') company.orders.set(id, { ...stored, rows: [], isLiteral: true });
  else company[kind].set(id, stored);
  const counter = counters[kind];
  company.nextId[counter] = Math.max(company.nextId[counter], id + 1);
}

const seeding = (world: World, company: Company) => ({ world, company, operation: 'seed', visibleAt: 0 });

/** These four return the new ids, in the order given. They throw where the service would refuse. */
export function addCustomers(world: World, company: Company, seeds: CustomerSeed[]): number[] {
  return seeds.map((seed) => Number(saveCustomer(seeding(world, company), customerEntity(seed)).Id));
}

export function addCategories(world: World, company: Company, seeds: CategorySeed[]): number[] {
  return seeds.map(({ name, no }) =>
    Number(saveCategory(seeding(world, company), { Name: name, No: no }).Id),
  );
}

export function addProducts(world: World, company: Company, seeds: ProductSeed[]): number[] {
  return seeds.map((seed) => Number(saveProduct(seeding(world, company), productEntity(seed)).Id));
}

export function addOrders(world: World, company: Company, seeds: OrderSeed[]): number[] {
  return seeds.map((seed) => Number(saveOrder(seeding(world, company), orderEntity(seed)).OrderId));
}
