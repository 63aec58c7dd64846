/** The three calls of the Authenticate service. They need no lane; each takes its own token. */
import type { Identity } from '../../onboarding/ports.ts';
import type { Circuits, Pass } from '../circuits/circuits.ts';
import type { Exchange, Performed } from '../dispatch/exchange.ts';
import type { Manner, Turns } from '../dispatch/turns.ts';
import { type OperationFacts, unclearOutcome } from '../wire/faults.ts';
import {
  type Entity,
  entityOf,
  listOf,
  requiredBoolean,
  requiredText,
  textOf,
  UnreadableAnswer,
} from '../wire/values.ts';

export interface Credentials {
  username: string;
  password: string;
  applicationId: string;
}

/** Whether nobody waits for it: then it does not wait either. */
export type Background = Partial<Pick<Manner, 'isBackground'>>;

export interface Login {
  /**
   * The new session's id; undefined where the credentials are refused (an empty answer, not a fault). What
   * either means for the pass, the caller must say.
   */
  login(
    credentials: Credentials,
    identityId: string,
    lane: string,
    pass: Pass,
    how?: Background,
  ): Promise<string | undefined>;
  getIdentity(sessionId: string, lane: string, how?: Background): Promise<Identity>;
  /** Every company the user may enter. */
  getIdentities(credentials: Credentials): Promise<Identity[]>;
}

/** A session id goes into a header: nothing that could end it. */
const SESSION_ID = /^[\x21-\x3a\x3c-\x7e]{1,200}$/;

const facts = (name: string): OperationFacts => ({
  name,
  effect: 'read',
  refusedCode: 'service.login_refused',
  unknownCode: 'service.unavailable',
});
const LOGIN = facts('Login');
const GET_IDENTITY = facts('GetIdentity');
const GET_IDENTITIES = facts('GetIdentitiesWithCredential');

function identityFromWire(identity: Entity): Identity {
  const client = entityOf(identity, 'Client');
  if (client === undefined) throw new UnreadableAnswer('Client is missing');
  return {
    identityId: requiredText(identity, 'Id'),
    clientId: requiredText(client, 'Id'),
    clientName: textOf(client, 'Name') ?? '',
    isDisabled: requiredBoolean(identity, 'IsDisabled'),
  };
}

/** Its calls throw Retryable or NotNow. */
export function createLogin({
  exchange,
  turns,
  circuits,
}: {
  exchange: Exchange;
  turns: Turns;
  circuits: Circuits;
}): Login {
  function read<T>(performed: Performed, operation: OperationFacts, pick: (result: Entity) => T): T {
    if (!performed.ok) throw performed.verdict.failure;
    try {
      return pick(performed.result);
    } catch (error) {
      throw error instanceof UnreadableAnswer ? unclearOutcome(operation) : error;
    }
  }

  const credential = ({ applicationId, username, password }: Credentials, identityId?: string) => ({
    credential: {
      ApplicationId: applicationId,
      IdentityId: identityId,
      Password: password,
      Username: username,
    },
  });

  return {
    async login(credentials, identityId, lane, pass, how) {
      await turns.take(lane, pass, how);
      const args = credential(credentials, identityId);
      const performed = await exchange.perform(
        { service: 'authenticate', operation: 'Login', args },
        LOGIN,
        [credentials],
        pass,
      );
      return read(performed, LOGIN, (result) => {
        const sessionId = textOf(result, 'LoginResult');
        if (sessionId !== undefined && !SESSION_ID.test(sessionId)) {
          throw new UnreadableAnswer('LoginResult is no session id');
        }
        return sessionId;
      });
    },

    async getIdentity(sessionId, lane, how) {
      const pass = await circuits.enter({ what: 'identity' }, how);
      await turns.take(lane, pass, how);
      const performed = await exchange.perform(
        { service: 'authenticate', operation: 'GetIdentity', args: {}, sessionId },
        GET_IDENTITY,
        [sessionId],
        pass,
      );
      return read(performed, GET_IDENTITY, (result) => {
        const identity = entityOf(result, 'GetIdentityResult');
        if (identity === undefined) throw new UnreadableAnswer('GetIdentityResult is missing');
        return identityFromWire(identity);
      });
    },

    async getIdentities(credentials) {
      const pass = await circuits.enter({ what: 'identity' });
      await turns.take('', pass);
      const performed = await exchange.perform(
        { service: 'authenticate', operation: 'GetIdentitiesWithCredential', args: credential(credentials) },
        GET_IDENTITIES,
        [credentials],
        pass,
      );
      return read(performed, GET_IDENTITIES, (result) =>
        listOf(result, 'GetIdentitiesWithCredentialResult', 'Identity').map(identityFromWire),
      );
    },
  };
}
