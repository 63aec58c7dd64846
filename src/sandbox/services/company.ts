import { companySchema } from '../schema/company.ts';
import { findOverlong } from '../schema/lengths.ts';
import { type Entity, entities, entity, int, ints, isEntity, text, texts } from '../schema/value.ts';
import { project } from '../schema/write.ts';
import { changedAfter, isVisible, minuteStamp, type Stored } from '../state.ts';
import {
  type Call,
  like,
  merge,
  type Operation,
  realDefaults,
  refuseManyIds,
  refuseOverlong,
  refuseParameter,
  requireSearch,
  saveEach,
} from './call.ts';

const defaults = realDefaults(companySchema, 'Company');

const withoutSpaces = (value: string) => value.replace(/\s/g, '');

function slotValues(customer: Entity, container: string): string[] {
  const slots = entity(customer, container) ?? {};
  return Object.values(slots)
    .filter(isEntity)
    .map((slot) => text(slot, 'Value') ?? '');
}

function answer(stored: Stored): Entity {
  return {
    ...stored.fields,
    Id: stored.id,
    DateCreated: minuteStamp(stored.createdAt),
    DateChanged: minuteStamp(stored.changedAt),
  };
}

/** Several parameters together narrow the search; an e-mail is found in any slot and anywhere in it. */
const getCompanies: Operation = ({ world, company }, request) => {
  const search = entity(request, 'searchParams') ?? {};
  const ids = ints(search, 'CompanyIds');
  refuseManyIds(ids);
  requireSearch(Object.keys(search).some((name) => name !== 'CompanyIds' || ids.length > 0));
  const wanted = new Set(ids);
  const id = int(search, 'CompanyId');
  const externalId = text(search, 'ExternalId');
  const namePattern = text(search, 'CompanyName');
  const matchesName = namePattern === undefined ? undefined : like(namePattern);
  const email = text(search, 'CompanyEmail')?.toLowerCase();
  const phone = text(search, 'CompanyPhone');
  const organizationNumber = text(search, 'OrganizationNumber');
  const now = world.clock();
  const names = new Set(texts(request, 'returnProperties'));
  return [...company.customers.values()]
    .filter((stored) => {
      const { fields } = stored;
      return (
        isVisible(stored, now) &&
        (id === undefined || stored.id === id) &&
        (wanted.size === 0 || wanted.has(stored.id)) &&
        (externalId === undefined || text(fields, 'ExternalId') === externalId) &&
        (matchesName === undefined || matchesName(text(fields, 'Name'))) &&
        (email === undefined ||
          slotValues(fields, 'EmailAddresses').some((value) => value.toLowerCase().includes(email))) &&
        (phone === undefined ||
          slotValues(fields, 'PhoneNumbers').some((value) =>
            withoutSpaces(value).includes(withoutSpaces(phone)),
          )) &&
        (organizationNumber === undefined ||
          withoutSpaces(text(fields, 'OrganizationNumber') ?? '') === withoutSpaces(organizationNumber)) &&
        changedAfter(stored, text(search, 'ChangedAfter'))
      );
    })
    .map((stored) => project(companySchema, 'Company', answer(stored), names, world.behaviour.answers));
};

/** Neither stored nor echoed from what was sent. */
const readOnly = new Set([
  'Id',
  'APIException',
  'DateCreated',
  'DateChanged',
  'ExplicitlySpecifyNewCompanyId',
]);

export function saveCustomer({ world, company, visibleAt }: Call, member: Entity): Entity {
  const overlong = findOverlong(companySchema, 'Company', member);
  if (overlong !== undefined) throw refuseOverlong(overlong);
  const id = int(member, 'Id');
  const change: Entity = Object.fromEntries(Object.entries(member).filter(([name]) => !readOnly.has(name)));
  const now = world.clock();
  if (id !== undefined) {
    const stored = company.customers.get(id);
    if (stored === undefined) throw refuseParameter('Company does not exist');
    const reset = world.behaviour.omittedDefaults === 'reset' ? defaults : {};
    stored.fields = merge({ ...stored.fields, ...reset }, change);
    stored.changedAt = now;
    return answer(stored);
  }
  if (text(change, 'Name') === undefined) throw refuseParameter('Name is required');
  const stored: Stored = {
    id: company.nextId.customer++,
    fields: merge(defaults, change),
    createdAt: now,
    changedAt: now,
    visibleAt,
  };
  company.customers.set(stored.id, stored);
  return answer(stored);
}

export const companyOperations: Record<string, Operation> = {
  GetCompanies: getCompanies,
  SaveCompanies: (call, request) =>
    saveEach(entities(request, 'companies'), (member) => saveCustomer(call, member)),
};
