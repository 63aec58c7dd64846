/** One shop's 24SevenOffice. Failures are the four kinds of `src/errors.ts`; anything else thrown is a bug. */
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
} from '../../domain/books.ts';
import type { SendIntent } from './intents.ts';
import type { ShopAccess } from './shops.ts';

/**
 * Reads throw Retryable or NotNow, never "nothing found" for a failed look-up.
 * Creates throw OutcomeUnknown where the save may have been written; Terminal, Retryable, NotNow and
 * StaleClaim where it was not; with `isDenial` where only the service's word says so.
 */
export interface Books {
  findCustomersByOrganizationNumber(organizationNumber: string): Promise<Customer[]>;
  findCustomersByEmail(email: string): Promise<Customer[]>;
  findCustomersByExternalId(externalId: string): Promise<Customer[]>;
  getCustomer(id: number): Promise<Customer | undefined>;
  createCustomer(draft: CustomerDraft, intent: SendIntent): Promise<number>;
  /** Idempotent, hence without intent. */
  updateCustomer(update: CustomerUpdate): Promise<void>;

  listCategories(): Promise<Category[]>;
  createCategory(name: string, intent: SendIntent): Promise<number>;
  findProducts(name: string): Promise<Product[]>;
  getProduct(id: number): Promise<Product | undefined>;
  createProduct(draft: ProductDraft, intent: SendIntent): Promise<number>;
  listTaxCodes(): Promise<TaxCode[]>;
  /** For `shop verify`; needs a right to the client service, which an invoice does not. */
  listDepartments(): Promise<Department[]>;

  /** All orders the service shows for this ExternalStatus, rows included. */
  findOrdersByMark(externalStatus: number): Promise<Order[]>;
  findOrdersOfCustomer(customerId: number): Promise<Order[]>;
  getOrder(orderId: number): Promise<Order | undefined>;
  createOrder(draft: OrderDraft, intent: SendIntent): Promise<number>;
  /** Adding rows is not idempotent, hence with an intent; throws as a create does. */
  updateOrder(update: OrderUpdate, intent: SendIntent): Promise<void>;
}

export type BooksOf = (access: ShopAccess) => Books;
