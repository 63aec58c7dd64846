/**
 * The same work done by plain code, to compare with ours: one call at a time, nothing joined, and nothing
 * remembered but (at best) the session. For each invoice it finds the customer, the product and the tax code,
 * creates what is missing, creates the order and reads it back.
 *
 * It makes the same requests as we do, but gives none of the guarantees: it never looks for an earlier order.
 */
import { systemClock } from '../../../src/clock.ts';
import {
  type InvoiceTransferInput,
  type InvoiceTransferJob,
  invoiceTransferJob,
} from '../../../src/contract/jobs.ts';
import { type ShopSettings, shopSettings } from '../../../src/contract/shop.ts';
import { decideCustomer, decideCustomerDraft } from '../../../src/domain/customer.ts';
import { decideInvoice } from '../../../src/domain/invoice.ts';
import { decideMark } from '../../../src/domain/mark.ts';
import { decideOrder } from '../../../src/domain/order.ts';
import { chooseByName } from '../../../src/domain/product.ts';
import { decideTaxCodes, type TaxIds } from '../../../src/domain/tax.ts';
import { defaultUser } from '../../../src/sandbox/demo-seed.ts';
import type { ShopAccess } from '../../../src/transfer/ports/shops.ts';
import {
  createCategory,
  createCustomer,
  createOrder,
  createProduct,
  customersByEmail,
  customersByOrganizationNumber,
  listCategories,
  listTaxCodes,
  type Operation,
  orderById,
  productsByName,
} from '../../../src/twentyfourseven/operations.ts';
import { createSoap } from '../../../src/twentyfourseven/wire/soap.ts';
import { RENTAL_PRODUCT } from './world.ts';

export interface PlainClient {
  /** @returns the order's id */
  transfer(invoice: InvoiceTransferInput): Promise<number>;
  /** One request for one order. */
  readOrder(orderId: number): Promise<void>;
  close(): void;
}

type Call = <Item, Value>(operation: Operation<Item, Value>, item: Item) => Promise<Value>;

/** @param session `kept`: it logs in once; `per_invoice`: each time */
export function createPlainClient(options: {
  baseUrl: string;
  access: ShopAccess;
  session: 'kept' | 'per_invoice';
}): PlainClient {
  const { baseUrl, access } = options;
  const soap = createSoap({ baseUrl, timeoutMs: 60_000, sendWindowMs: 5_000, clock: systemClock });
  const shop = shopSettings.parse({
    shopId: access.shopId,
    accountName: 'any',
    rentalProductName: RENTAL_PRODUCT,
  });
  let sessionId: string | undefined;

  async function logIn(): Promise<void> {
    const { username, password, applicationId } = defaultUser;
    const credential = {
      ApplicationId: applicationId,
      IdentityId: access.identityId,
      Password: password,
      Username: username,
    };
    const answer = await soap.call({ service: 'authenticate', operation: 'Login', args: { credential } });
    if (!answer.ok) throw new Error(`the plain client could not log in: ${answer.cause}`);
    sessionId = String(answer.result.LoginResult);
  }

  const call: Call = async (operation, item) => {
    const answer = await soap.call({
      service: operation.service,
      operation: operation.wireName,
      args: operation.toRequest([item]),
      ...(sessionId !== undefined && { sessionId }),
    });
    if (!answer.ok) throw new Error(`the plain client's ${operation.name} failed: ${answer.cause}`);
    const [outcome] = operation.fromAnswer(answer.result, [item]);
    if (outcome?.kind !== 'value') throw new Error(`the plain client's ${operation.name} was refused`);
    return outcome.value;
  };

  return {
    async transfer(invoice) {
      const job = invoiceTransferJob.parse(invoice);
      const check = decideInvoice(job, shop);
      if (check.kind === 'rejected') throw new Error(check.message);
      if (sessionId === undefined || options.session === 'per_invoice') await logIn();
      const customerId = await ensureCustomer(call, job, shop, access);
      const productId = await ensureProduct(call, shop);
      const taxIds = await findTaxes(call, check.lines, shop);
      const mark = decideMark({
        clientId: access.clientId,
        shopId: shop.shopId,
        invoiceId: job.invoice.id,
      });
      const { lines, totals } = check;
      const { draft } = decideOrder({ job, lines, totals, shop, customerId, productId, taxIds, mark });
      const orderId = await call(createOrder, draft);
      if ((await call(orderById, orderId)) === undefined) throw new Error('the order is not there');
      return orderId;
    },
    async readOrder(orderId) {
      if (sessionId === undefined || options.session === 'per_invoice') await logIn();
      if ((await call(orderById, orderId)) === undefined) throw new Error('the order is not there');
    },
    close: () => soap.close(),
  };
}

async function ensureCustomer(
  call: Call,
  { customer }: InvoiceTransferJob,
  shop: ShopSettings,
  { clientId }: ShopAccess,
): Promise<number> {
  const { draft } = decideCustomerDraft(customer, shop, clientId);
  const searches = [
    async () =>
      draft.organizationNumber === undefined
        ? []
        : call(customersByOrganizationNumber, draft.organizationNumber),
    async () => call(customersByEmail, customer.email),
  ];
  for (const search of searches) {
    const hits = await search();
    const found = decideCustomer(customer, { byOrganizationNumber: hits, byEmail: hits }, 'reject');
    if (found.kind === 'match') return found.customer.id;
  }
  return call(createCustomer, draft);
}

async function ensureProduct(call: Call, shop: ShopSettings): Promise<number> {
  const name = shop.rentalProductName;
  const found = chooseByName(await call(productsByName, name), name, 'product').match;
  if (found !== undefined) return found.id;
  const category = chooseByName(await call(listCategories, null), name, 'category').match;
  const categoryId = category?.id ?? (await call(createCategory, name));
  return call(createProduct, { name, categoryId });
}

async function findTaxes(
  call: Call,
  lines: Parameters<typeof decideTaxCodes>[0],
  shop: ShopSettings,
): Promise<TaxIds> {
  const decision = decideTaxCodes(lines, shop, await call(listTaxCodes, null));
  if (decision.kind === 'rejected') throw new Error(decision.message);
  return decision.taxIds;
}
