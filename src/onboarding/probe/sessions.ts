/** Questions about sessions: how many, how long, and whose they are. */
import { any, type Inquiry, oneOf, type Probe, Stopped, stopAt, Untold } from './inquiry.ts';
import { child, textOf } from './port.ts';

const SESSION = 'src/twentyfourseven/session/session.ts';
/** Sessions opened beside the shop's own; each is a login, and logins are throttled. */
const BESIDE = ['second', 'third', 'fourth'];

async function isAlive(probe: Probe, session?: string): Promise<boolean> {
  const answer = await probe.wire.ask({
    ...{ service: 'authenticate' as const, operation: 'HasSession' },
    ...(session !== undefined && { session }),
  });
  stopAt(answer);
  return textOf(answer.result, 'HasSessionResult') === 'true';
}

/** Where the own session stands. */
async function standsIn(probe: Probe): Promise<string | undefined> {
  const answer = await probe.wire.ask({ service: 'authenticate', operation: 'GetIdentity' });
  stopAt(answer);
  return textOf(child(child(answer.result, 'GetIdentityResult'), 'Client'), 'Id');
}

export const SESSIONS: readonly Inquiry[] = [
  {
    id: 'parallel-sessions',
    section: '1',
    question: 'Does a login end the one before, and how many sessions may stand side by side?',
    decision: 'One session a company, all at once',
    file: SESSION,
    holds: {
      sessionsPerUser: oneOf(null),
      sessionsBeyond: any,
      loginThrottledText: (value) => /throttl/i.test(String(value)),
    },
    async ask(probe) {
      const { wire } = probe;
      if (!(await isAlive(probe))) await wire.renew();
      const tried = `${BESIDE.length} more logins, the first session looked at after each`;
      let open = 1;
      for (const name of BESIDE) {
        const { answer, isOpen } = await wire.login(name, probe.identityId);
        stopAt(answer);
        if (answer.signal === 'login_throttled') {
          return { tried, came: `throttled after ${open}`, found: { loginThrottledText: answer.fault } };
        }
        if (!isOpen) {
          if (answer.fault === undefined) throw new Untold('a login was refused');
          const found = { sessionsPerUser: open, sessionsBeyond: 'login_refused' };
          return { tried, came: `the login after ${open} was refused`, found };
        }
        open += 1;
        if (!(await isAlive(probe))) {
          await wire.renew();
          const found = { sessionsPerUser: open - 1, sessionsBeyond: 'oldest_ends' };
          return { tried, came: `the first ended when there were ${open}`, found };
        }
      }
      return { tried, came: `${open} side by side, none ended`, found: { sessionsPerUser: null } };
    },
  },
  {
    id: 'identity',
    section: '1',
    question: "Does a login for one company move another session's company?",
    decision: 'A session keeps its company; where it does not, each save asks first',
    file: SESSION,
    holds: { identityBelongsTo: oneOf('session') },
    async ask(probe) {
      const { wire, state } = probe;
      const identities = await wire.identities();
      const other = identities.find(({ clientId, isDisabled }) => clientId !== state.clientId && !isDisabled);
      if (other === undefined) throw new Untold('our user may enter one company only');
      if ((await standsIn(probe)) !== state.clientId)
        throw new Untold('our session does not stand in the company');
      const { answer, isOpen } = await wire.login('elsewhere', other.identityId);
      stopAt(answer);
      if (!isOpen) throw new Untold('the login for the other company was refused');
      const isMoved = (await standsIn(probe)) !== state.clientId;
      if (isMoved) {
        await probe.onSessionsMove();
        await wire.login('back', probe.identityId);
        await wire.renew();
        if ((await standsIn(probe)) !== state.clientId)
          throw new Stopped('the session cannot be brought back to the company');
      }
      return {
        tried: 'a login for another company of our user',
        came: isMoved ? 'our session stood there then' : 'our session stayed',
        found: { identityBelongsTo: isMoved ? 'user' : 'session' },
      };
    },
  },
];

/** Asked last: what happened to the sessions meanwhile tells. */
export const SESSION_LIFE: Inquiry = {
  id: 'session-life',
  section: '1',
  question: 'How long does a session live, from its login or from its last use?',
  decision: 'A session is used until it is refused, then opened anew',
  file: SESSION,
  holds: { sessionLife: any },
  async ask(probe) {
    const { wire, state } = probe;
    const limited = state.findings.find(({ found }) => typeof found.sessionsPerUser === 'number');
    if (limited !== undefined) throw new Untold('sessions end each other');
    const [lost] = wire.lost();
    const tried = 'one session used all the time, one not at all';
    const seconds = (ms: number) => Math.round(ms / 1_000);
    if (lost !== undefined && lost.ageMs > 2 * lost.idleMs) {
      return {
        tried,
        came: `ended after ${seconds(lost.ageMs)} s although it was in use`,
        found: { sessionLife: 'absolute' },
      };
    }
    if (!(await isAlive(probe, 'second'))) {
      if (lost !== undefined) throw new Untold('both ended');
      return { tried, came: 'the unused one ended, the used one did not', found: { sessionLife: 'sliding' } };
    }
    throw new Untold('both lived to the end of the probe');
  },
};
