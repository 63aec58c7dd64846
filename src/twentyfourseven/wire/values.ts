/**
 * Values of an answer: text as it came, read without loss.
 *
 * The service says "not set" by leaving an element out, by nil, or by the sentinel of its type
 * (24seven.md §3); all three read as undefined. Text that is not a value of its type makes the whole
 * answer unreadable: guessing would turn a damaged answer into a decision.
 */

const INT_UNSET = '-2147483648';
const SHORT_UNSET = '-32768';
const DECIMAL_UNSET = '-79228162514264337593543950335';
const DATE_UNSET = /^0001-01-01T00:00:00(\.0+)?(Z|[+-]\d\d:\d\d)?$/;
const INTEGER = /^[+-]?\d{1,15}$/;
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;
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

function scalar(entity: Entity, name: string): string | undefined {
  const value = entity[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new UnreadableAnswer(`${name} is not a single value`);
  return value;
}

export function textOf(entity: Entity, name: string): string | undefined {
  return scalar(entity, name);
}

/** xs:int and xs:short. */
export function intOf(entity: Entity, name: string): number | undefined {
  const text = scalar(entity, name)?.trim();
  if (text === undefined || text === INT_UNSET || text === SHORT_UNSET) return undefined;
  if (!INTEGER.test(text)) throw new UnreadableAnswer(`${name} is not a whole number`);
  return Number(text);
}

export function requiredInt(entity: Entity, name: string): number {
  const value = intOf(entity, name);
  if (value === undefined) throw new UnreadableAnswer(`${name} is missing`);
  return value;
}

/** Stays text; only the forms `+1`, `.5` and `1.`, which we could not send back, become plain. */
export function decimalOf(entity: Entity, name: string): string | undefined {
  const text = scalar(entity, name)?.trim();
  if (text === undefined || text === DECIMAL_UNSET) return undefined;
  if (!DECIMAL.test(text)) throw new UnreadableAnswer(`${name} is not a decimal`);
  return text
    .replace('+', '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '');
}

/** As the service gave it, zone or none. */
export function dateOf(entity: Entity, name: string): string | undefined {
  const text = scalar(entity, name)?.trim();
  if (text === undefined || DATE_UNSET.test(text)) return undefined;
  if (!DATE.test(text)) throw new UnreadableAnswer(`${name} is not a date`);
  return text;
}

export function booleanOf(entity: Entity, name: string): boolean | undefined {
  const text = scalar(entity, name)?.trim().toLowerCase();
  if (text === undefined) return undefined;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new UnreadableAnswer(`${name} is neither true nor false`);
}

export function entityOf(entity: Entity, name: string): Entity | undefined {
  const value = entity[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (!isEntity(value)) throw new UnreadableAnswer(`${name} is not an element with children`);
  return value;
}

/** The items of an array element: none, one or many, however the parser gave them; nil items are dropped. */
export function listOf(entity: Entity, arrayName: string, itemName: string): Entity[] {
  const items = entityOf(entity, arrayName)?.[itemName];
  if (items === undefined || items === null) return [];
  const list = Array.isArray(items) ? items : [items];
  return list
    .filter((item) => item !== null)
    .map((item) => {
      if (!isEntity(item)) throw new UnreadableAnswer(`${itemName} is not an element with children`);
      return item;
    });
}

/** Without its undefined values, as exactOptionalPropertyTypes wants it. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
