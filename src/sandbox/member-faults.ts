import type { FaultEffect } from './faults.ts';
import type { ServiceSchema } from './schema/notation.ts';
import { type Entity, entities, isEntity, type Value } from './schema/value.ts';
import { apiException, databaseException } from './services/call.ts';

export type MemberEffect = Extract<FaultEffect, { kind: 'apiException' | 'missingMember' | 'phantomId' }>;

export function isMemberEffect(effect: FaultEffect): effect is MemberEffect {
  return ['apiException', 'missingMember', 'phantomId'].includes(effect.kind);
}

const idField = (operation: string) => (operation.endsWith('Invoices') ? 'OrderId' : 'Id');

/** Far above every id that the sandbox gives out. */
let lastPhantomId = 900_000_000;

function spoil(effect: MemberEffect, operation: string, value: Entity): Entity | undefined {
  const name = idField(operation);
  switch (effect.kind) {
    case 'missingMember':
      return undefined;
    case 'phantomId':
      lastPhantomId += 1;
      return { ...value, [name]: lastPhantomId };
    case 'apiException': {
      lastPhantomId += 1;
      const message =
        effect.message ??
        'SQL Server with address sql01 and Catalog "Kontorplassen" encountered an error with severity level 14 of 25';
      return {
        ...value,
        [name]: effect.withId ? (value[name] ?? lastPhantomId) : undefined,
        APIException: apiException(effect.type ?? databaseException, message),
      };
    }
  }
}

function isStruck(effect: MemberEffect, index: number, length: number): boolean {
  if (effect.member !== undefined) return index === effect.member;
  return effect.kind !== 'missingMember' || index === length - 1;
}

/** After the commit: every member is saved, and the struck ones are answered wrongly. */
export function spoilResult(effect: MemberEffect, operation: string, result: Value): Value {
  if (!Array.isArray(result)) return result;
  return result
    .map((value, index) =>
      isEntity(value) && isStruck(effect, index, result.length) ? spoil(effect, operation, value) : value,
    )
    .filter((value) => value !== undefined);
}

/**
 * Before the commit: struck members are not saved, but answered with the fault. A read commits nothing, so
 * the fault changes its answer.
 */
export function spoilRequest(
  effect: MemberEffect,
  schema: ServiceSchema,
  operation: string,
  request: Entity,
  run: (request: Entity) => Value,
): Value {
  if (!/^(Save|Update)/.test(operation)) return spoilResult(effect, operation, run(request));
  const listName = schema.operations.get(operation)?.request[0]?.name ?? '';
  const members = entities(request, listName);
  const spared = members.filter((_, index) => !isStruck(effect, index, members.length));
  const saved = run({ ...request, [listName]: spared });
  const answers = Array.isArray(saved) ? [...saved] : [];
  return members
    .map((sent, index) =>
      isStruck(effect, index, members.length) ? spoil(effect, operation, sent) : answers.shift(),
    )
    .filter((value) => value !== undefined);
}
