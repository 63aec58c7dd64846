import { Terminal } from '../../errors.ts';
import type { Identities } from '../../onboarding/ports.ts';
import type { Credentials, Login } from './login.ts';
import type { Sessions } from './session.ts';

export function createIdentities({
  login,
  sessions,
  credentials,
}: {
  login: Login;
  sessions: Sessions;
  credentials: () => Promise<Credentials>;
}): Identities {
  return {
    async list() {
      const identities = await login.getIdentities(await credentials());
      if (identities.length === 0) {
        throw new Terminal(
          'service.login_refused',
          '24SevenOffice lists no company for our user: its password is wrong, or nobody has invited it yet',
        );
      }
      return identities;
    },

    current: (access) => sessions.current(access),
  };
}
