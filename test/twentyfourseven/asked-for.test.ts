import { expect, it } from 'vitest';
import { CUSTOMER_PROPERTIES, customerFromWire } from '../../src/twentyfourseven/customers.ts';
import { createOrder, customersByEmail, ordersByMark } from '../../src/twentyfourseven/operations.ts';
import {
  FOLLOWED_ORDER_PROPERTIES,
  followedOrderFromWire,
  ORDER_PROPERTIES,
  ORDER_ROW_PROPERTIES,
  orderFromWire,
} from '../../src/twentyfourseven/orders.ts';
import {
  CATEGORY_PROPERTIES,
  categoryFromWire,
  PRODUCT_PROPERTIES,
  productFromWire,
} from '../../src/twentyfourseven/products.ts';
import type { Entity } from '../../src/twentyfourseven/wire/values.ts';
import { anOrder } from './support.ts';

/** Which elements of an entity are read, in the order of the alphabet. */
function watched(entity: Entity, names: Set<string>): Entity {
  return new Proxy(entity, {
    get(target, name) {
      names.add(String(name));
      return target[String(name)];
    },
  });
}

const ORDER = { OrderId: '1', CustomerId: '1', OrderStatus: 'Web' };

// What was not asked for is left out of the answer, and would be taken for its default.
it.each<[string, readonly string[], (names: Set<string>) => unknown]>([
  ['a customer', CUSTOMER_PROPERTIES, (names) => customerFromWire(watched({ Id: '1', Type: 'None' }, names))],
  ['a product', PRODUCT_PROPERTIES, (names) => productFromWire(watched({ Id: '1' }, names))],
  ['a category', CATEGORY_PROPERTIES, (names) => categoryFromWire(watched({ Id: '1' }, names))],
  ['an order', ORDER_PROPERTIES, (names) => orderFromWire(watched(ORDER, names))],
  ['a followed order', FOLLOWED_ORDER_PROPERTIES, (names) => followedOrderFromWire(watched(ORDER, names))],
  [
    'a row of an order',
    ORDER_ROW_PROPERTIES,
    (names) => {
      const row = watched({ Type: 'Normal' }, names);
      return orderFromWire({ ...ORDER, InvoiceRows: { InvoiceRow: [row] } });
    },
  ],
])(
  'of %s nothing is read that was not asked for, and nothing asked for that is not read',
  (_, asked, read) => {
    const names = new Set<string>();
    read(names);
    expect([...names].sort()).toEqual([...asked].sort());
  },
);

it('an exception is read unasked, as it comes', () => {
  const names = new Set<string>();
  const company = watched({ Id: '1', Type: 'None' }, names);
  customersByEmail.fromAnswer({ GetCompaniesResult: { Company: [company] } }, ['x']);
  ordersByMark.fromAnswer({ GetInvoicesResult: { InvoiceOrder: [watched(ORDER, names)] } }, [1]);
  expect(names).toContain('APIException');
});

it('of a saved order only id, marks and exception are read, which a save gives back unasked', () => {
  const names = new Set<string>();
  createOrder.fromAnswer({ SaveInvoicesResult: { InvoiceOrder: [watched(ORDER, names)] } }, [anOrder()]);
  expect([...names].sort()).toEqual(['APIException', 'ExternalStatus', 'OrderId', 'ReferenceNumber']);
});
