/**
 * Values of an answer as `answer.ts` gives it: text in one form per type, or undefined where not set.
 *
 * Text that is not a value of its type makes the whole answer unreadable: guessing would turn a damaged
 * answer into a decision.
 */

const INTEGER = /^-?\d{1,15}$/;
const DECIMAL = /^-?\d+(\.\d+)?$/;
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** An answer that parsed as XML but does not hold what it must. */
export class UnreadableAnswer extends Error {
  constructor(what: string) {
    super(`unreadable answer: ${what}`);
    this.name = new.target.name;
  }
}

/** One element's children. */
export type Entity = Readonly<Record<string, unknown>>;

function isEntity(value: unknown): value is Entity {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function required<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new UnreadableAnswer(`${name} is missing`);
  return value;
}

export function textOf(entity: Entity, name: string): string | undefined {
  const value = entity[name];
  if (value !== undefined && typeof value !== 'string') {
    throw new UnreadableAnswer(`${name} is not a single value`);
  }
  return value;
}

/** Of an element with a default or one that always comes. */
export const requiredText = (entity: Entity, name: string): string => required(textOf(entity, name), name);

/** xs:int and xs:short. */
export function intOf(entity: Entity, name: string): number | undefined {
  const text = textOf(entity, name);
  if (text === undefined) return undefined;
  if (!INTEGER.test(text)) throw new UnreadableAnswer(`${name} is not a whole number`);
  return Number(text);
}

export const requiredInt = (entity: Entity, name: string): number => required(intOf(entity, name), name);

/** Stays text. */
export function decimalOf(entity: Entity, name: string): string | undefined {
  const text = textOf(entity, name);
  if (text !== undefined && !DECIMAL.test(text)) throw new UnreadableAnswer(`${name} is not a decimal`);
  return text;
}

export const requiredDecimal = (entity: Entity, name: string): string =>
  required(decimalOf(entity, name), name);

/** As the service gave it, zone or none. */
export function dateOf(entity: Entity, name: string): string | undefined {
  const text = textOf(entity, name);
  if (text !== undefined && !DATE.test(text)) throw new UnreadableAnswer(`${name} is not a date`);
  return text;
}

export function booleanOf(entity: Entity, name: string): boolean | undefined {
  const text = textOf(entity, name);
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new UnreadableAnswer(`${name} is neither true nor false`);
}

export const requiredBoolean = (entity: Entity, name: string): boolean =>
  required(booleanOf(entity, name), name);

export function entityOf(entity: Entity, name: string): Entity | undefined {
  const value = entity[name];
  if (value !== undefined && !isEntity(value)) {
    throw new UnreadableAnswer(`${name} is not an element with children`);
  }
  return value;
}

/** The items of an array element; none where the array is missing. */
export function listOf(entity: Entity, arrayName: string, itemName: string): Entity[] {
  const items = entityOf(entity, arrayName)?.[itemName] ?? [];
  if (!Array.isArray(items) || !items.every(isEntity)) {
    throw new UnreadableAnswer(`${itemName} is not a list of elements with children`);
  }
  return items;
}

/** Without its undefined values, as exactOptionalPropertyTypes wants it. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
