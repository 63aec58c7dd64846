/** The plan of a probe, and how it is gone through: paced, counted, kept after each question. */

import type { Clock } from '../../clock.ts';
import { TransferFailure } from '../../errors.ts';
import { any, type Finding, type Inquiry, judge, type Probe, Stopped, stopAt, Untold } from './inquiry.ts';
import { all, type ProbeWire, textOf } from './port.ts';
import { READINGS } from './readings.ts';
import { SAVINGS } from './savings.ts';
import { SEARCHES } from './searches.ts';
import { SESSION_LIFE, SESSIONS } from './sessions.ts';
import { orders, PROBE_NAME } from './things.ts';

/** Of one folder, however often it is run. */
export const MOST_REQUESTS = 300;
/** Half of what the quota lets through on average: the workers go on beside us. */
export const PACE_MS = 1_000;
/** A demo company has few; more are not looked at one by one. */
const MOST_FOREIGN = 200;

/** Never asked: that would shut everybody out for an hour. Told where it happens. */
const QUOTA_ANSWER: Inquiry = {
  id: 'quota-answer',
  section: '15',
  question: 'What is the answer where the quota is used up?',
  decision: 'HTTP 429 and a fault that says so are both known',
  file: 'src/twentyfourseven/wire/faults.ts',
  holds: { quotaAnswer: any },
  async ask({ state }) {
    const { quotaAnswer } = state.facts;
    if (quotaAnswer === undefined) throw new Untold('it was not used up');
    return { tried: 'nothing: it was met', came: String(quotaAnswer), found: { quotaAnswer } };
  },
};

const [rights, quota, ...readings] = READINGS;
/** Sessions early, so that one of them lies unused for long. */
export const PLAN: readonly Inquiry[] = [
  ...[rights, quota].filter((inquiry) => inquiry !== undefined),
  ...SESSIONS,
  ...SAVINGS.filter(({ id }) => id === 'visibility' || id === 'write-rights'),
  ...readings,
  ...SEARCHES,
  ...SAVINGS.filter(({ id }) => id !== 'visibility' && id !== 'write-rights'),
  SESSION_LIFE,
  QUOTA_ANSWER,
];

/** Settings of the sandbox that no probe tells, or not exactly, and why. */
export const NOT_TOLD: Readonly<Record<string, string>> = {
  requestsPerSecond: 'would have to be exceeded, which stops the workers, too',
  loginsPerMinute: 'would have to be exceeded, and others log in, too',
  sessionMs: 'only that sessions lived as long as the probe, or ended in it',
};

/** Open questions that no request answers. */
export const NOT_ASKED: readonly string[] = [
  '2: two-factor login; the login that was given works or does not',
  '8, 10: how text rows and drafts look on their screens',
  '11, 12: partial payments, credit notes, merged and deleted orders; they need a bookkeeper',
  '18: which accounting group a new category gets; it shows when an order is invoiced',
  '21: maintenance windows and the end of SOAP',
];

/** Slower than the quota, and never more than the limit. */
export function paced(wire: ProbeWire, clock: Clock, countedBefore: number, paceMs: number): ProbeWire {
  let last: number | undefined;
  const total = () => countedBefore + wire.sent();
  async function turn(): Promise<void> {
    // Opening a session may cost two more.
    if (total() + 3 > MOST_REQUESTS)
      throw new Stopped(`${total()} requests were made, and ${MOST_REQUESTS} are the limit`);
    if (last !== undefined) await clock.sleep(Math.max(0, last + paceMs - clock.monotonic()));
    last = clock.monotonic();
  }
  return {
    ...wire,
    sent: wire.sent,
    async ask(ask) {
      await turn();
      return wire.ask(ask);
    },
    async login(name, identityId) {
      await turn();
      return wire.login(name, identityId);
    },
    async identities() {
      await turn();
      return wire.identities();
    },
  };
}

/** Whether it was asked, and asking again could tell no more. */
const isAsked = ({ state, canWrite }: Probe, { id }: Inquiry) =>
  state.findings.some(
    (finding) => finding.id === id && (finding.verdict !== 'could not be told' || finding.write || !canWrite),
  );

async function findingOf(probe: Probe, inquiry: Inquiry): Promise<Finding> {
  const about = { id: inquiry.id, write: probe.canWrite };
  try {
    const told = await inquiry.ask(probe);
    return { ...about, ...told, verdict: judge(inquiry, told.found, probe.world) };
  } catch (error) {
    if (error instanceof TransferFailure) throw new Stopped(`${error.code}: ${error.message}`);
    if (!(error instanceof Untold)) throw error;
    return { ...about, tried: '', came: error.message, found: {}, verdict: 'could not be told' };
  }
}

/** @returns why it stopped before the end; undefined where every question was asked */
export async function runPlan(
  probe: Probe,
  onFinding: (inquiry: Inquiry, finding: Finding) => void,
): Promise<string | undefined> {
  const note = async (inquiry: Inquiry) => {
    const finding = await findingOf(probe, inquiry);
    const { state } = probe;
    state.findings = [...state.findings.filter(({ id }) => id !== inquiry.id), finding];
    await probe.keep();
    onFinding(inquiry, finding);
  };
  try {
    for (const inquiry of PLAN) {
      if (inquiry.needsWrite === true && !probe.canWrite) continue;
      if (!isAsked(probe, inquiry)) await note(inquiry);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    Object.assign(probe.state.facts, error.found);
    if (error.found.quotaAnswer !== undefined) await note(QUOTA_ANSWER);
    await probe.keep();
    return error.message;
  }
}

/** Why nothing may be written here; undefined where it may. Asks for the company's orders. */
export async function refuseWrite(
  probe: Probe,
  given: { hasTransferred: boolean; accountName: string; company: string | undefined },
): Promise<string | undefined> {
  const { hasTransferred, accountName, company } = given;
  if (company !== undefined)
    return company === accountName ? undefined : '--company is not the exact name of the account';
  const repeat = `; only a demo company may be written to, unless --company repeats the account's exact name`;
  if (hasTransferred) return `the shop has transferred invoices${repeat}`;
  try {
    const content = { syncParams: { RegisteredAfter: '2000-01-01T00:00:00' } };
    const answer = await probe.wire.ask({ service: 'invoice', operation: 'GetOrderSyncList', content });
    stopAt(answer);
    if (answer.result === undefined) return `its orders cannot be listed${repeat}`;
    const made = new Set(probe.state.made.map(({ kind, id }) => (kind === 'order' ? id : 0)));
    const ids = all(answer.result, 'int').map(({ text }) => Number(text));
    const others = ids.filter((id) => !made.has(id));
    if (others.length === 0) return undefined;
    const found = others.length > MOST_FOREIGN ? [] : await orders(probe, { OrderIds: { int: others } });
    const ours = found.filter((order) => PROBE_NAME.test(textOf(order, 'ReferenceNumber') ?? ''));
    const foreign = others.length - ours.length;
    return foreign === 0
      ? undefined
      : `the company holds ${foreign} orders that the probe did not make${repeat}`;
  } catch (error) {
    if (error instanceof Untold) return `its orders cannot be read${repeat}`;
    throw error;
  }
}
