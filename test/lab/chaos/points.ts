/**
 * Where a worker process is killed: before, after or during a call of the product's ports. A point's name is
 * the port, the method and what the call is about. `watch.ts` gives these names.
 */
import type { FaultEffect } from '../../../src/sandbox/faults.ts';

/** Which invoice makes a process reach the point. */
export type Scene =
  /** Any invoice gets there. */
  | { is: 'any' }
  /** A new customer. */
  | { is: 'new customer' }
  /** The first one of a new shop: product and category must be created, too. */
  | { is: 'new shop' }
  /** The save of its order meets this fault. */
  | { is: 'fault'; effect: FaultEffect; when: 'before' | 'after' }
  /** Sent again after it was transferred. */
  | { is: 'second click' };

export interface Point {
  name: string;
  scene: Scene;
}

const ANY: Scene = { is: 'any' };
const NEW_CUSTOMER: Scene = { is: 'new customer' };
const NEW_SHOP: Scene = { is: 'new shop' };
const ANSWER_LOST: Scene = { is: 'fault', effect: { kind: 'reset' }, when: 'after' };
const SAVE_LOST: Scene = { is: 'fault', effect: { kind: 'reset' }, when: 'before' };
const SAVE_REFUSED: Scene = { is: 'fault', effect: { kind: 'throttled' }, when: 'before' };

const at = (scene: Scene, ...names: string[]): Point[] => names.map((name) => ({ name, scene }));

/** Every step boundary of a transfer. */
export const KILL_POINTS: readonly Point[] = [
  ...at(ANY, 'before records.claim', 'after records.claim', 'after records.note begin'),
  ...at(ANY, 'after books.findOrdersByMark', 'after records.note customer', 'before intents.write order'),
  ...at(ANY, 'after intents.write order', 'during books.createOrder', 'after books.createOrder'),
  ...at(ANY, 'after records.note ordered', 'before records.end transferred', 'after records.end transferred'),
  ...at(NEW_CUSTOMER, 'after entities.lease customer', 'after books.findCustomersByEmail'),
  ...at(NEW_CUSTOMER, 'after intents.write customer', 'during books.createCustomer'),
  ...at(NEW_CUSTOMER, 'after books.createCustomer', 'after entities.remember customer'),
  ...at(NEW_CUSTOMER, 'after entities.free customer'),
  ...at(NEW_SHOP, 'after books.findOrdersOfCustomer', 'after entities.lease product'),
  ...at(NEW_SHOP, 'after entities.lease category', 'after intents.write category'),
  ...at(NEW_SHOP, 'during books.createCategory', 'after books.createCategory'),
  ...at(NEW_SHOP, 'after entities.remember category', 'after entities.free category'),
  ...at(NEW_SHOP, 'after intents.write product', 'during books.createProduct', 'after books.createProduct'),
  ...at(NEW_SHOP, 'after entities.remember product', 'after records.note product'),
  ...at(NEW_SHOP, 'after books.listTaxCodes', 'before facts.set markSearchable'),
  ...at(ANSWER_LOST, 'before records.note no answer', 'after records.note no answer'),
  ...at(ANSWER_LOST, 'before records.note adopt', 'after records.note adopt'),
  ...at(SAVE_LOST, 'before records.note not found', 'after records.note not found'),
  ...at(SAVE_REFUSED, 'before records.note not sent', 'after records.note not sent'),
  ...at({ is: 'second click' }, 'before records.answer', 'after records.answer'),
];

/** Where a process is suspended for longer than its lease. What it does after waking must be refused. */
export const SUSPEND_POINTS: readonly Point[] = [
  ...at(ANY, 'before intents.write order', 'after intents.write order', 'after books.createOrder'),
  ...at(ANY, 'after books.findOrdersByMark', 'before records.end transferred'),
  ...at(NEW_CUSTOMER, 'before intents.write customer', 'after intents.write customer'),
  ...at(NEW_SHOP, 'before intents.write category', 'after intents.write product'),
];
