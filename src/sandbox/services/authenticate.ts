import { type Entity, entity, text } from '../schema/value.ts';
import { type Company, chooseCompany, openSession, type World } from '../state.ts';
import { type AuthenticateOperation, identityBlocked, notAuthenticated, ServiceFault } from './call.ts';

const isUsable = (company: Company) => !company.isBlocked && !company.isDisabled;

function credentialsMatch(world: World, credential: Entity | undefined): credential is Entity {
  const { user } = world;
  return (
    credential !== undefined &&
    text(credential, 'ApplicationId') === user.applicationId.toLowerCase() &&
    text(credential, 'Username')?.toLowerCase() === user.username.toLowerCase() &&
    text(credential, 'Password') === user.password
  );
}

function defaultCompany(world: World): Company | undefined {
  return [...world.companies.values()][0];
}

function findByIdentity(world: World, identityId: string | undefined): Company | undefined {
  return [...world.companies.values()].find((company) => company.identityId === identityId);
}

function identityOf(world: World, company: Company, currentClientId: number | undefined): Entity {
  return {
    Id: company.identityId,
    User: { ContactId: 1, Id: '5eed0000-0000-4000-8000-000000000001', Name: company.userName },
    Client: { Id: company.clientId, Name: company.name },
    IsCurrent: company.clientId === currentClientId,
    IsDefault: company === defaultCompany(world),
    IsProtected: false,
    Servers: [],
    IsDisabled: company.isDisabled ? true : undefined,
  };
}

/** Blocked identities are not listed; disabled ones are, marked as such. */
function identities(world: World, currentClientId?: number): Entity[] {
  return [...world.companies.values()]
    .filter((company) => !company.isBlocked)
    .map((company) => identityOf(world, company, currentClientId));
}

export const authenticateOperations: Record<string, AuthenticateOperation> = {
  /** Wrong credentials answer an empty string, not a fault. Without IdentityId the default identity is used. */
  Login({ world }, request) {
    const credential = entity(request, 'credential');
    if (!credentialsMatch(world, credential)) return '';
    const identityId = text(credential, 'IdentityId');
    const company = identityId === undefined ? defaultCompany(world) : findByIdentity(world, identityId);
    if (company === undefined || !isUsable(company)) throw identityBlocked();
    const session = openSession(world, company.clientId);
    if (session === undefined) throw new ServiceFault('The user has too many open sessions');
    return session.id;
  },

  HasSession: ({ session }) => session !== undefined,

  GetIdentity({ world, session }) {
    const company = session && world.companies.get(session.clientId);
    if (company === undefined) throw notAuthenticated();
    return identityOf(world, company, company.clientId);
  },

  GetIdentities({ world, session }) {
    if (session === undefined) throw notAuthenticated();
    return identities(world, session.clientId);
  },

  GetIdentitiesWithCredential({ world }, request) {
    return credentialsMatch(world, entity(request, 'credential')) ? identities(world) : [];
  },

  /** Changes the company for everybody who holds this session id. */
  SetIdentityById({ world, session }, request) {
    if (session === undefined) throw notAuthenticated();
    const company = findByIdentity(world, text(request, 'identityId'));
    if (company === undefined) return false;
    if (!isUsable(company)) throw identityBlocked();
    chooseCompany(world, session, company.clientId);
    return true;
  },
};
