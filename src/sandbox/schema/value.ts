/**
 * A value of a request or an answer. int, short and double are numbers; decimal, long, dateTime and guid
 * stay text; arrays are arrays; xsi:nil is null; an unset field is absent.
 */
export type Value = undefined | null | string | number | boolean | Value[] | Entity;
export type Entity = { [name: string]: Value };

export function text(entity: Entity, name: string): string | undefined {
  const value = entity[name];
  return typeof value === 'string' ? value : undefined;
}

export function int(entity: Entity, name: string): number | undefined {
  const value = entity[name];
  return typeof value === 'number' ? value : undefined;
}

export function entity(parent: Entity, name: string): Entity | undefined {
  const value = parent[name];
  return isEntity(value) ? value : undefined;
}

/** The entities of an array field; nil members are left out. */
export function entities(parent: Entity, name: string): Entity[] {
  const value = parent[name];
  return Array.isArray(value) ? value.filter(isEntity) : [];
}

export function ints(parent: Entity, name: string): number[] {
  const value = parent[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'number') : [];
}

export function texts(parent: Entity, name: string): string[] {
  const value = parent[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function isEntity(value: Value): value is Entity {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
