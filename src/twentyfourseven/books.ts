/** One shop's books, as `transfer/ports/books.ts` wants them. */
import type { Order } from '../domain/books.ts';
import type { FollowedOrders } from '../following/ports.ts';
import type { BooksOf } from '../transfer/ports/books.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import {
  createCategory,
  createCustomer,
  createOrder,
  createProduct,
  customerById,
  customersByEmail,
  customersByExternalId,
  customersByOrganizationNumber,
  type followedOrder,
  listCategories,
  listDepartments,
  listTaxCodes,
  orderById,
  ordersByMark,
  ordersOfCustomer,
  productById,
  productsByName,
  updateCustomer,
  updateOrder,
} from './operations.ts';

/** Empty text matches everything or nothing over there; either would be taken for an answer. */
function searchText(text: string): string {
  if (text.trim() === '') throw new Error('a search needs a text');
  return text;
}

export function createBooks(dispatcher: Dispatcher): BooksOf {
  return (access) => ({
    findCustomersByOrganizationNumber: async (organizationNumber) =>
      dispatcher.call(access, customersByOrganizationNumber, searchText(organizationNumber)),
    findCustomersByEmail: async (email) => dispatcher.call(access, customersByEmail, searchText(email)),
    findCustomersByExternalId: async (externalId) =>
      dispatcher.call(access, customersByExternalId, searchText(externalId)),
    getCustomer: (id) => dispatcher.call(access, customerById, id),
    createCustomer: (draft, intent) => dispatcher.call(access, createCustomer, draft, intent),
    updateCustomer: async (update) => {
      await dispatcher.call(access, updateCustomer, update);
    },

    listCategories: () => dispatcher.call(access, listCategories, null),
    createCategory: (name, intent) => dispatcher.call(access, createCategory, name, intent),
    findProducts: async (name) => dispatcher.call(access, productsByName, searchText(name)),
    getProduct: (id) => dispatcher.call(access, productById, id),
    createProduct: (draft, intent) => dispatcher.call(access, createProduct, draft, intent),
    listTaxCodes: () => dispatcher.call(access, listTaxCodes, null),
    listDepartments: () => dispatcher.call(access, listDepartments, null),

    findOrdersByMark: (externalStatus) => dispatcher.call(access, ordersByMark, externalStatus),
    findOrdersOfCustomer: (customerId) => dispatcher.call(access, ordersOfCustomer, customerId),
    getOrder: (orderId) => dispatcher.call(access, orderById, orderId),
    createOrder: (draft, intent) => dispatcher.call(access, createOrder, draft, intent),
    updateOrder: async (update, intent) => {
      await dispatcher.call(access, updateOrder, update, intent);
    },
  });
}

export function createFollowedOrders(
  dispatcher: Dispatcher,
  operation: typeof followedOrder,
): FollowedOrders {
  return {
    async read(access, orderIds) {
      const calls = orderIds.map((id) => dispatcher.call(access, operation, id));
      const answers = await Promise.allSettled(calls);
      const failed = answers.find((answer) => answer.status === 'rejected');
      // Part of them may have been read by an earlier one of several requests.
      if (failed !== undefined && !answers.some(({ status }) => status === 'fulfilled')) throw failed.reason;
      const orders = new Map<number, Order | 'unreadable'>();
      for (const [index, answer] of answers.entries()) {
        const order = answer.status === 'fulfilled' ? answer.value : 'unreadable';
        if (order !== undefined) orders.set(orderIds[index] as number, order);
      }
      return orders;
    },
  };
}
