/**
 * Where a worker process is killed: before, after or during a call of the product's ports, by the port's
 * name, the method's, and what it is about. `watch.ts` gives these names, from outside.
 */
import type { FaultEffect } from '../../../src/sandbox/faults.ts';

/** What an invoice has to meet for a process to come to the point. */
export type Scene =
  /** Any invoice gets there. */
  | { is: 'any' }
  /** Nobody knows the customer. */
  | { is: 'new customer' }
  /** The first one of a shop that was just connected: product and category are to be made, too. */
  | { is: 'new shop' }
  /** Its order's save meets this. */
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

/** Where a process falls asleep for longer than its lease: what it does when it wakes must be refused. */
export const SUSPEND_POINTS: readonly Point[] = [
  ...at(ANY, 'before intents.write order', 'after intents.write order', 'after books.createOrder'),
  ...at(ANY, 'after books.findOrdersByMark', 'before records.end transferred'),
  ...at(NEW_CUSTOMER, 'before intents.write customer', 'after intents.write customer'),
  ...at(NEW_SHOP, 'before intents.write category', 'after intents.write product'),
];
