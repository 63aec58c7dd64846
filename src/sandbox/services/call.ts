import type { ServiceSchema } from '../schema/notation.ts';
import { arrayItem } from '../schema/notation.ts';
import { type Entity, isEntity, type Value } from '../schema/value.ts';
import type { Company, Session, World } from '../state.ts';

/** What an operation inside one company's books is called with. */
export type Call = {
  world: World;
  company: Company;
  operation: string;
  /** When what this call creates starts to show, in ms. */
  visibleAt: number;
};

/** What an operation of the Authenticate service is called with. */
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

/** An entity that was refused; the others of the request are not affected. */
export class EntityRefused extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.name = 'EntityRefused';
    this.type = type;
  }
}

export const databaseException = 'Office24Seven.Library.Data.DataBaseServerException';

export function refuseOverlong(field: string): EntityRefused {
  return new EntityRefused(
    databaseException,
    `String or binary data would be truncated. (${field}) The statement has been terminated.`,
  );
}

export function refuseParameter(message: string): EntityRefused {
  return new EntityRefused('Office24Seven.Library.Core.ParameterNotFoundException', message);
}

export function apiException(type: string, message: string): Entity {
  return { Type: type, Message: message, StackTrace: '   at Office24Seven.Library.Core.Save()' };
}

/** Run one entity's save; a refusal becomes its APIException beside what was sent. */
export function saveEach(members: Entity[], save: (member: Entity) => Entity): Entity[] {
  return members.map((member) => {
    try {
      return save(member);
    } catch (error) {
      if (!(error instanceof EntityRefused)) throw error;
      return { ...member, APIException: apiException(error.type, error.message) };
    }
  });
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

/** The values a left-out field takes because its schema default is a real one. */
export function realDefaults(schema: ServiceSchema, type: string): Entity {
  const result: Entity = {};
  for (const field of schema.types.get(type) ?? []) {
    if (field.default === undefined || field.sentinel) continue;
    if (arrayItem(schema.types.get(field.type) ?? []) !== undefined) continue;
    result[field.name] = scalarDefaults[field.type]?.(field.default) ?? field.default;
  }
  return result;
}

/** SQL's LIKE as SQL Server's default collation reads it: case-insensitive, `%` and `_`. */
export function like(pattern: string): (text: string | undefined) => boolean {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]');
  const expression = new RegExp(`^${source}$`, 'iu');
  return (text) => expression.test(text ?? '');
}

export function refuseManyIds(ids: number[]): void {
  if (ids.length > 1_000) throw new ServiceFault('Too many ids, the maximum is 1000');
}

export function requireSearch(given: boolean): void {
  if (!given) throw new ServiceFault('Please specify at least one search parameter');
}
