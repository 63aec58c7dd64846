import { Decimal } from 'decimal.js';
import type { SandboxBehaviour } from '../behaviour.ts';
import { fitted } from '../schema/lengths.ts';
import type { ServiceSchema } from '../schema/notation.ts';
import { arrayItem } from '../schema/notation.ts';
import { type Entity, isEntity, texts, type Value } from '../schema/value.ts';
import { project } from '../schema/write.ts';
import { type Company, counters, newStored, type Session, type Stored, type World } from '../state.ts';

/** Arguments of an operation on one company's books. */
export type Call = {
  world: World;
  company: Company;
  operation: string;
  /** When the entities that this call creates become visible, in ms since 1970. */
  visibleAt: number;
};

/** Arguments of an operation of the Authenticate service. */
type AuthenticateCall = { world: World; session: Session | undefined };

export type Operation = (call: Call, request: Entity) => Value;
export type AuthenticateOperation = (call: AuthenticateCall, request: Entity) => Value;

/** Answered as a SOAP fault; the text is the innermost message of the .NET chain. */
export class ServiceFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ServiceFault';
  }
}

export const notAuthenticated = () => new ServiceFault('Session is not authenticated');
export const wrongIdentity = () => new ServiceFault('Client is not authenticated on this identity');
export const identityBlocked = () =>
  new ServiceFault(
    'Provided IdentityId is blocked. Please use GetIdentitiesWithCredential to get a list of available ' +
      'Identities and reauthenticate with a valid IdentityId',
  );

/** One entity is refused. The others of the request are not affected. */
export class EntityRefused extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.name = 'EntityRefused';
    this.type = type;
  }
}

export const databaseException = 'Office24Seven.Library.Data.DataBaseServerException';

/** The member with texts that fit their columns. A text that is too long is cut or refused. */
export function fitColumns(world: World, schema: ServiceSchema, type: string, member: Entity): Entity {
  return fitted(schema, type, member, (field, text, longest) => {
    if (world.behaviour.lengthLimits === 'truncate') return text.slice(0, longest);
    throw new EntityRefused(
      databaseException,
      `String or binary data would be truncated. (${field}) The statement has been terminated.`,
    );
  });
}

export function refuseParameter(message: string): EntityRefused {
  return new EntityRefused('Office24Seven.Library.Core.ParameterNotFoundException', message);
}

export function apiException(type: string, message: string): Entity {
  return { Type: type, Message: message, StackTrace: '   at Office24Seven.Library.Core.Save()' };
}

/**
 * Change the stored entity with this id, or store a new one where there is no id.
 *
 * @param unknown what the service says where the id is not in the books
 */
export function saveStored(
  { world, company, visibleAt }: Call,
  kind: 'customers' | 'categories' | 'products',
  id: number | undefined,
  save: { unknown: string; change: (stored: Entity) => Entity; create: () => Entity },
): Stored {
  const now = world.clock();
  if (id === undefined) {
    const fields = save.create();
    const stored = newStored(company.nextId[counters[kind]]++, fields, now, visibleAt);
    company[kind].set(stored.id, stored);
    return stored;
  }
  const stored = company[kind].get(id);
  if (stored === undefined) throw refuseParameter(save.unknown);
  stored.fields = save.change(stored.fields);
  stored.changedAt = now;
  return stored;
}

/** Save each member. A refused one is answered as it was sent, with an APIException. */
export function saveEach({ world }: Call, members: Entity[], save: (member: Entity) => Entity): Entity[] {
  const answers = members.map((member) => {
    try {
      return save(member);
    } catch (error) {
      if (!(error instanceof EntityRefused)) throw error;
      return { ...member, APIException: apiException(error.type, error.message) };
    }
  });
  return world.behaviour.saveOrder === 'reversed' ? answers.reverse() : answers;
}

/** Returns a function that keeps the properties in the request's list. An unknown name may refuse the call. */
export function chooser(
  { world }: Call,
  schema: ServiceSchema,
  type: string,
  request: Entity,
  list: string,
): (value: Entity) => Entity {
  const { unknownProperties, answers } = world.behaviour;
  const names = new Set(texts(request, list));
  const known = new Set(schema.types.get(type)?.map(({ name }) => name));
  const unknown = [...names].find((name) => !known.has(name));
  if (unknown !== undefined && unknownProperties === 'fault') {
    throw new ServiceFault(`The return property '${unknown}' does not exist`);
  }
  return (value) => project(schema, type, value, names, answers);
}

/** Lay `change` over `base`: absent leaves unchanged, containers merge field by field, arrays replace. */
export function merge(base: Entity, change: Entity): Entity {
  const result: Entity = { ...base };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    const old = result[name];
    result[name] = isEntity(value) && isEntity(old) ? merge(old, value) : value;
  }
  return result;
}

const scalarDefaults: Record<string, (text: string) => Value> = {
  int: Number,
  short: Number,
  boolean: (text) => text === 'true',
};

/** The schema's defaults that are values of their own. A field that is left out takes them. */
export function realDefaults(schema: ServiceSchema, type: string): Entity {
  const result: Entity = {};
  for (const field of schema.types.get(type) ?? []) {
    if (field.default === undefined || field.sentinel) continue;
    if (arrayItem(schema.types.get(field.type) ?? []) !== undefined) continue;
    result[field.name] = scalarDefaults[field.type]?.(field.default) ?? field.default;
  }
  return result;
}

/** Merge an update into what is stored. `omittedDefaults` says what becomes of fields with a default. */
export function mergeUpdate(world: World, stored: Entity, change: Entity, defaults: Entity): Entity {
  const { omittedDefaults } = world.behaviour;
  if (omittedDefaults === 'reset') return merge({ ...stored, ...defaults }, change);
  if (omittedDefaults === 'unchanged') return merge(stored, change);
  // .NET's class cannot tell a default that was sent from a field that was left out.
  const isDefault = (name: string, value: Value) =>
    typeof defaults[name] === 'string' && typeof value === 'string' && /^[\d.]+$/.test(value)
      ? new Decimal(value).equals(defaults[name])
      : value === defaults[name];
  const told = Object.entries(change).filter(
    ([name, value]) => !(name in defaults && isDefault(name, value)),
  );
  return merge(stored, Object.fromEntries(told));
}

type TextSearch = SandboxBehaviour['emailSearch'];

/** A test for a search by text: the whole text or a part, with or without case and the wildcards `%` and `_`. */
export function matcher(
  wanted: string,
  mode: TextSearch,
  hasWildcards: boolean,
): (text: string | undefined) => boolean {
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = hasWildcards ? escaped.replaceAll('%', '[\\s\\S]*').replaceAll('_', '[\\s\\S]') : escaped;
  const whole = mode.startsWith('exact') ? `^${pattern}$` : pattern;
  const expression = new RegExp(whole, mode.endsWith('_case') ? 'u' : 'iu');
  return (text) => expression.test(text ?? '');
}

export function refuseManyIds(ids: number[]): void {
  if (ids.length > 1_000) throw new ServiceFault('Too many ids, the maximum is 1000');
}

export function requireSearch(given: boolean): void {
  if (!given) throw new ServiceFault('Please specify at least one search parameter');
}
