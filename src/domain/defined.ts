type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The same object without keys whose value is undefined: a key that is there is a key to write. */
export function withoutUndefined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
