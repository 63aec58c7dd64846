import { companySchema } from '../schema/company.ts';
import { type Entity, entities, entity, int, ints, isEntity, text } from '../schema/value.ts';
import { changedAfter, isVisible, minuteStamp, type Stored, type World } from '../state.ts';
import {
  type Call,
  chooser,
  fitColumns,
  matcher,
  merge,
  mergeUpdate,
  type Operation,
  realDefaults,
  refuseManyIds,
  refuseParameter,
  requireSearch,
  saveEach,
  saveStored,
} from './call.ts';

const defaults = realDefaults(companySchema, 'Company');

const withoutSpaces = (value: string) => value.replace(/\s/g, '');

/** Values of a container's slots: of the named ones, or of all. */
function slotValues(customer: Entity, container: string, names?: readonly string[]): string[] {
  const slots = entity(customer, container) ?? {};
  return Object.entries(slots)
    .filter(([name]) => names === undefined || names.includes(name))
    .map(([, slot]) => slot)
    .filter(isEntity)
    .map((slot) => text(slot, 'Value') ?? '');
}

/** A test for a search by organisation number. */
function numberMatcher(world: World, wanted: string): (stored: string | undefined) => boolean {
  const { organizationNumberSearch, wildcards } = world.behaviour;
  const everywhere = wildcards === 'everywhere';
  if (organizationNumberSearch !== 'spaces_ignored') {
    return matcher(wanted, organizationNumberSearch, everywhere);
  }
  const matches = matcher(withoutSpaces(wanted), 'exact', everywhere);
  return (stored) => matches(withoutSpaces(stored ?? ''));
}

function answer(stored: Stored): Entity {
  return {
    ...stored.fields,
    Id: stored.id,
    DateCreated: minuteStamp(stored.createdAt),
    DateChanged: minuteStamp(stored.changedAt),
  };
}

/** Several parameters together narrow the search. */
const getCompanies: Operation = (call, request) => {
  const { world, company } = call;
  const { emailSearch, emailSlots, wildcards } = world.behaviour;
  const search = entity(request, 'searchParams') ?? {};
  const ids = ints(search, 'CompanyIds');
  refuseManyIds(ids);
  requireSearch(Object.keys(search).some((name) => name !== 'CompanyIds' || ids.length > 0));
  const wanted = new Set(ids);
  const id = int(search, 'CompanyId');
  const externalId = text(search, 'ExternalId');
  const namePattern = text(search, 'CompanyName');
  const matchesName =
    namePattern === undefined ? undefined : matcher(namePattern, 'exact', wildcards !== 'nowhere');
  const email = text(search, 'CompanyEmail');
  const matchesEmail =
    email === undefined ? undefined : matcher(email, emailSearch, wildcards === 'everywhere');
  const phone = text(search, 'CompanyPhone');
  const organizationNumber = text(search, 'OrganizationNumber');
  const matchesNumber =
    organizationNumber === undefined ? undefined : numberMatcher(world, organizationNumber);
  const now = world.clock();
  const choose = chooser(call, companySchema, 'Company', request, 'returnProperties');
  return [...company.customers.values()]
    .filter((stored) => {
      const { fields } = stored;
      return (
        isVisible(stored, now) &&
        (id === undefined || stored.id === id) &&
        (wanted.size === 0 || wanted.has(stored.id)) &&
        (externalId === undefined || text(fields, 'ExternalId') === externalId) &&
        (matchesName === undefined || matchesName(text(fields, 'Name'))) &&
        (matchesEmail === undefined ||
          slotValues(fields, 'EmailAddresses', emailSlots).some((value) => matchesEmail(value))) &&
        (phone === undefined ||
          slotValues(fields, 'PhoneNumbers').some((value) =>
            withoutSpaces(value).includes(withoutSpaces(phone)),
          )) &&
        (matchesNumber === undefined || matchesNumber(text(fields, 'OrganizationNumber'))) &&
        changedAfter(stored, text(search, 'ChangedAfter'))
      );
    })
    .map((stored) => choose(answer(stored)));
};

/** A save ignores these fields: it neither stores nor echoes them. */
const readOnly = new Set([
  'Id',
  'APIException',
  'DateCreated',
  'DateChanged',
  'ExplicitlySpecifyNewCompanyId',
]);

export function saveCustomer(call: Call, sent: Entity): Entity {
  const { world } = call;
  const member = fitColumns(world, companySchema, 'Company', sent);
  const change: Entity = Object.fromEntries(Object.entries(member).filter(([name]) => !readOnly.has(name)));
  const stored = saveStored(call, 'customers', int(member, 'Id'), {
    unknown: 'Company does not exist',
    change: (before) => mergeUpdate(world, before, change, defaults),
    create: () => {
      if (text(change, 'Name') === undefined) throw refuseParameter('Name is required');
      return merge(defaults, change);
    },
  });
  return answer(stored);
}

export const companyOperations: Record<string, Operation> = {
  GetCompanies: getCompanies,
  SaveCompanies: (call, request) =>
    saveEach(call, entities(request, 'companies'), (member) => saveCustomer(call, member)),
};
