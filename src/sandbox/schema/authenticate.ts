import { defineService } from './notation.ts';

export const authenticateSchema = defineService({
  name: 'Authenticate',
  path: '/authenticate/v001/authenticate.asmx',
  operations: {
    Login: { request: 'credential:Credential', result: 'LoginResult:string' },
    HasSession: { request: '', result: 'HasSessionResult:boolean!' },
    GetIdentity: { request: '', result: 'GetIdentityResult:Identity' },
    GetIdentities: { request: '', result: 'GetIdentitiesResult:ArrayOfIdentity' },
    SetIdentityById: { request: 'identityId:guid!', result: 'SetIdentityByIdResult:boolean!' },
    GetIdentitiesWithCredential: {
      request: 'credential:Credential',
      result: 'GetIdentitiesWithCredentialResult:ArrayOfIdentity',
    },
  },
  types: {
    Credential: 'ApplicationId:guid!; IdentityId:guid=ZEROGUID; Password:string; Username:string',
    Identity: `
      Id:guid!; User:User; Client:Client; IsCurrent:boolean!; IsDefault:boolean!; IsProtected:boolean!;
      Servers:ArrayOfServer; IsDisabled:boolean=false`,
    User: 'ContactId:int=INTMIN; Id:guid=ZEROGUID; Name:string=EMPTY; EmployeeId:int=INTMIN',
    Client: 'Id:long!; Name:string',
    ArrayOfServer: 'Server:Server*?',
    Server: 'Id:int!; Type:int!',
    ArrayOfIdentity: 'Identity:Identity*?',
  },
  enums: {},
});
